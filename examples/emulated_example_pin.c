// SPDX-License-Identifier: GPL-2.0-only
/* Pages that the example holds, and how it learns that it must let them go. */
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/iommu.h>
#include <linux/mm.h>

#include "emulated_example.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static int emulated_pin_page(struct vfio_device *vdev, u64 iova, struct page **page)
{
	return vfio_pin_pages(vdev, iova, 1, IOMMU_READ, page);
}

static void emulated_unpin_page(struct vfio_device *vdev, u64 iova)
{
	vfio_unpin_pages(vdev, iova, 1);
}

int emulated_notify_start(struct emulated_device *ed)
{
	return 0;	/* the core calls emulated_dma_unmap() */
}

void emulated_notify_stop(struct emulated_device *ed)
{
}
#else
/* Pages by their numbers, and unmaps by a notifier that also permits pins. */
static int emulated_pin_page(struct vfio_device *vdev, u64 iova, struct page **page)
{
	unsigned long user_pfn = iova >> PAGE_SHIFT, pfn;
	int ret = vfio_pin_pages(vdev, &user_pfn, 1, IOMMU_READ, &pfn);

	if (ret == 1)
		*page = pfn_to_page(pfn);
	return ret;
}

static void emulated_unpin_page(struct vfio_device *vdev, u64 iova)
{
	unsigned long user_pfn = iova >> PAGE_SHIFT;

	vfio_unpin_pages(vdev, &user_pfn, 1);
}

static int emulated_notified(struct notifier_block *nb, unsigned long action, void *data)
{
	struct emulated_device *ed = container_of(nb, struct emulated_device, nb);
	struct vfio_iommu_type1_dma_unmap *unmap = data;

	if (action == VFIO_IOMMU_NOTIFY_DMA_UNMAP)
		emulated_dma_unmap(&ed->vdev, unmap->iova, unmap->size);
	return NOTIFY_OK;
}

int emulated_notify_start(struct emulated_device *ed)
{
	unsigned long events = VFIO_IOMMU_NOTIFY_DMA_UNMAP;

	ed->nb.notifier_call = emulated_notified;
	return vfio_register_notifier(&ed->vdev, VFIO_IOMMU_NOTIFY, &events, &ed->nb);
}

void emulated_notify_stop(struct emulated_device *ed)
{
	vfio_unregister_notifier(&ed->vdev, VFIO_IOMMU_NOTIFY, &ed->nb);
}
#endif

/* Index of the pin of @iova, or nr_pins. */
static unsigned int emulated_find(struct emulated_device *ed, u64 iova)
{
	unsigned int i;

	for (i = 0; i < ed->nr_pins; i++)
		if (ed->pins[i].iova == iova)
			break;
	return i;
}

s64 emulated_pin(struct emulated_device *ed, u64 iova)
{
	struct page *page = NULL;
	s64 ret;

	if (!PAGE_ALIGNED(iova))
		return -EINVAL;

	mutex_lock(&ed->lock);
	if (emulated_find(ed, iova) < ed->nr_pins) {
		ret = -EEXIST;
	} else if (ed->nr_pins == EMULATED_PINS_MAX) {
		ret = -ENOSPC;
	} else {
		ret = emulated_pin_page(&ed->vdev, iova, &page);
		if (ret == 1)
			ed->pins[ed->nr_pins++] = (struct emulated_pin){ iova, page };
	}
	mutex_unlock(&ed->lock);
	return ret;
}

static void emulated_drop(struct emulated_device *ed, unsigned int i)
{
	emulated_unpin_page(&ed->vdev, ed->pins[i].iova);
	ed->pins[i] = ed->pins[--ed->nr_pins];
}

s64 emulated_unpin(struct emulated_device *ed, u64 iova)
{
	s64 ret = -ENOENT;
	unsigned int i;

	mutex_lock(&ed->lock);
	i = emulated_find(ed, iova);
	if (i < ed->nr_pins) {
		emulated_drop(ed, i);
		ret = 1;
	}
	mutex_unlock(&ed->lock);
	return ret;
}

s64 emulated_sum(struct emulated_device *ed, u64 iova)
{
	s64 sum = -ENOENT;
	unsigned int i, at;
	u8 *bytes;

	mutex_lock(&ed->lock);
	i = emulated_find(ed, iova);
	if (i < ed->nr_pins) {
		bytes = kmap_local_page(ed->pins[i].page);
		for (sum = 0, at = 0; at < PAGE_SIZE; at++)
			sum += bytes[at];
		kunmap_local(bytes);
	}
	mutex_unlock(&ed->lock);
	return sum;
}

void emulated_unpin_range(struct emulated_device *ed, u64 iova, u64 length)
{
	unsigned int i = 0;

	mutex_lock(&ed->lock);
	while (i < ed->nr_pins) {
		if (ed->pins[i].iova - iova < length)
			emulated_drop(ed, i);	/* another one takes its place */
		else
			i++;
	}
	mutex_unlock(&ed->lock);
}

void emulated_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct emulated_device *ed = to_emulated(vdev);

	mutex_lock(&ed->lock);
	ed->unmaps++;
	mutex_unlock(&ed->lock);
	emulated_unpin_range(ed, iova, length);
}
