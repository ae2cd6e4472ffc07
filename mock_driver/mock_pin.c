// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to user memory through the VFIO core: what drivers of emulated devices
 * do with vfio_pin_pages(), here at a test's command.
 */
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "mock_ctrl.h"

static u64 mock_pin_count(struct mock_ctrl *ctrl, u64 iova)
{
	void *entry = xa_load(&ctrl->pins, iova);

	return entry ? xa_to_value(entry) : 0;
}

/* Note that pages are pinned once more. */
static int mock_pin_note(struct mock_ctrl *ctrl, u64 iova, u64 npage)
{
	u64 i, at, count;
	int ret;

	for (i = 0; i < npage; i++) {
		at = iova + i * PAGE_SIZE;
		count = mock_pin_count(ctrl, at) + 1;
		ret = xa_err(xa_store(&ctrl->pins, at, xa_mk_value(count), GFP_KERNEL_ACCOUNT));
		if (ret)
			return ret;
		ctrl->nr_pins++;
	}
	return 0;
}

/* Forget one pin of each page that has one. Returns how many had. */
static u64 mock_pin_forget(struct mock_ctrl *ctrl, u64 iova, u64 npage)
{
	u64 i, at, count, found = 0;

	for (i = 0; i < npage; i++) {
		at = iova + i * PAGE_SIZE;
		count = mock_pin_count(ctrl, at);
		if (!count)
			continue;
		/* Storing over an entry needs no memory, so cannot fail. */
		if (count == 1)
			xa_erase(&ctrl->pins, at);
		else
			xa_store(&ctrl->pins, at, xa_mk_value(count - 1), GFP_KERNEL_ACCOUNT);
		found++;
	}
	ctrl->nr_pins -= found;
	return found;
}

s64 mock_pin(struct mock_ctrl *ctrl, u64 iova, u64 npage, u64 prot)
{
	struct vfio_device *vdev = ctrl->vdev;
	struct page **pages;
	u64 noted, start;
	int ret;

	if ((s64)npage > MOCK_PIN_MAX)
		return -E2BIG;
	pages = kvcalloc(MOCK_PIN_MAX, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	mutex_lock(&ctrl->pin_lock);
	start = ktime_get_ns();
	ret = vfio_pin_pages(vdev, iova, (int)npage, prot, pages);
	ctrl->core_ns = ktime_get_ns() - start;
	if (ret > 0) {
		noted = ctrl->nr_pins;
		if (mock_pin_note(ctrl, iova, ret)) {
			mock_pin_forget(ctrl, iova, ctrl->nr_pins - noted);
			vfio_unpin_pages(vdev, iova, ret);
			ret = -ENOMEM;
		}
	}
	mutex_unlock(&ctrl->pin_lock);
	kvfree(pages);
	return ret;
}

s64 mock_unpin(struct mock_ctrl *ctrl, u64 iova, u64 npage)
{
	u64 start;

	if ((s64)npage > MOCK_PIN_MAX)
		return -E2BIG;
	mutex_lock(&ctrl->pin_lock);
	start = ktime_get_ns();
	vfio_unpin_pages(ctrl->vdev, iova, (int)npage);
	ctrl->core_ns = ktime_get_ns() - start;
	/* More than the core takes in one call it does not take at all. */
	if ((s64)npage > 0 && npage <= VFIO_PIN_PAGES_MAX_ENTRIES)
		mock_pin_forget(ctrl, iova, npage);
	mutex_unlock(&ctrl->pin_lock);
	return 0;
}

s64 mock_pin_loop(struct mock_ctrl *ctrl, u64 iova, u64 walk, u64 npage, u64 loops, u64 *start)
{
	struct page **pages;
	u64 i, at = 0;
	int ret;

	if (!npage || npage > walk)
		return -EINVAL;
	if (npage > VFIO_PIN_PAGES_MAX_ENTRIES || loops > MOCK_LOOP_MAX / npage)
		return -E2BIG;
	pages = kvcalloc(npage, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	/* Nothing is noted: no dma_unmap can ask for these pages while pin_lock is held. */
	mutex_lock(&ctrl->pin_lock);
	*start = ktime_get_ns();
	for (i = 0; i < loops; i++) {
		ret = vfio_pin_pages(ctrl->vdev, iova + at * PAGE_SIZE, npage,
				     IOMMU_READ | IOMMU_WRITE, pages);
		if (ret <= 0)
			break;
		vfio_unpin_pages(ctrl->vdev, iova + at * PAGE_SIZE, ret);
		at = at + 2 * npage <= walk ? at + npage : 0;
		cond_resched();
	}
	mutex_unlock(&ctrl->pin_lock);
	kvfree(pages);
	return i == loops ? loops : ret ?: -EFAULT;
}

u64 mock_unpin_range(struct mock_ctrl *ctrl, u64 first, u64 last)
{
	unsigned long iova;
	u64 count, done = 0;
	void *entry;

	mutex_lock(&ctrl->pin_lock);
	xa_for_each_range(&ctrl->pins, iova, entry, first, last) {
		for (count = xa_to_value(entry); count; count--, done++)
			vfio_unpin_pages(ctrl->vdev, iova, 1);
		xa_erase(&ctrl->pins, iova);
	}
	ctrl->nr_pins -= done;
	mutex_unlock(&ctrl->pin_lock);
	return done;
}

/*
 * Giving pages back here takes the container's lock inside its list of devices, as
 * every driver that pins pages does; opening a device takes the two the other way
 * round (docs/findings/type1-unmap-open-deadlock.md). Lock checking stops for good
 * at the first such report, and has to see what else there is.
 */
void mock_ctrl_dma_unmap(struct mock_ctrl *ctrl, u64 iova, u64 length)
{
	lockdep_off();
	mutex_lock(&ctrl->pin_lock);
	ctrl->unmap_calls++;
	ctrl->unmap_iova = iova;
	ctrl->unmap_len = length;
	mutex_unlock(&ctrl->pin_lock);
	mock_unpin_range(ctrl, iova, iova + length - 1);
	lockdep_on();
}
