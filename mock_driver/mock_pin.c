// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to user memory through the VFIO core: what drivers of emulated devices
 * do with vfio_pin_pages(), here at a test's command.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "mock.h"

static u64 mock_pin_count(struct mock_device *mock, u64 iova)
{
	void *entry = xa_load(&mock->pins, iova);

	return entry ? xa_to_value(entry) : 0;
}

/* Note that pages are pinned once more. */
static int mock_pin_note(struct mock_device *mock, u64 iova, u64 npage)
{
	u64 i, at, count;
	int ret;

	for (i = 0; i < npage; i++) {
		at = iova + i * PAGE_SIZE;
		count = mock_pin_count(mock, at) + 1;
		ret = xa_err(xa_store(&mock->pins, at, xa_mk_value(count), GFP_KERNEL_ACCOUNT));
		if (ret)
			return ret;
		mock->nr_pins++;
	}
	return 0;
}

/* Forget one pin of each page that has one. Returns how many had. */
static u64 mock_pin_forget(struct mock_device *mock, u64 iova, u64 npage)
{
	u64 i, at, count, found = 0;

	for (i = 0; i < npage; i++) {
		at = iova + i * PAGE_SIZE;
		count = mock_pin_count(mock, at);
		if (!count)
			continue;
		/* Storing over an entry needs no memory, so cannot fail. */
		if (count == 1)
			xa_erase(&mock->pins, at);
		else
			xa_store(&mock->pins, at, xa_mk_value(count - 1), GFP_KERNEL_ACCOUNT);
		found++;
	}
	mock->nr_pins -= found;
	return found;
}

s64 mock_pin(struct mock_device *mock, u64 iova, u64 npage, u64 prot)
{
	struct vfio_device *vdev = &mock->core.vdev;
	struct page **pages;
	u64 noted;
	int ret;

	if ((s64)npage > MOCK_PIN_MAX)
		return -E2BIG;
	pages = kvcalloc(MOCK_PIN_MAX, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	mutex_lock(&mock->pin_lock);
	ret = vfio_pin_pages(vdev, iova, (int)npage, prot, pages);
	if (ret > 0) {
		noted = mock->nr_pins;
		if (mock_pin_note(mock, iova, ret)) {
			mock_pin_forget(mock, iova, mock->nr_pins - noted);
			vfio_unpin_pages(vdev, iova, ret);
			ret = -ENOMEM;
		}
	}
	mutex_unlock(&mock->pin_lock);
	kvfree(pages);
	return ret;
}

s64 mock_unpin(struct mock_device *mock, u64 iova, u64 npage)
{
	if ((s64)npage > MOCK_PIN_MAX)
		return -E2BIG;
	mutex_lock(&mock->pin_lock);
	vfio_unpin_pages(&mock->core.vdev, iova, (int)npage);
	/* More than the core takes in one call it does not take at all. */
	if ((s64)npage > 0 && npage <= VFIO_PIN_PAGES_MAX_ENTRIES)
		mock_pin_forget(mock, iova, npage);
	mutex_unlock(&mock->pin_lock);
	return 0;
}

u64 mock_unpin_range(struct mock_device *mock, u64 first, u64 last)
{
	unsigned long iova;
	u64 count, done = 0;
	void *entry;

	mutex_lock(&mock->pin_lock);
	xa_for_each_range(&mock->pins, iova, entry, first, last) {
		for (count = xa_to_value(entry); count; count--, done++)
			vfio_unpin_pages(&mock->core.vdev, iova, 1);
		xa_erase(&mock->pins, iova);
	}
	mock->nr_pins -= done;
	mutex_unlock(&mock->pin_lock);
	return done;
}

void mock_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct mock_device *mock = mock_from_vdev(vdev);

	mutex_lock(&mock->pin_lock);
	mock->unmap_calls++;
	mock->unmap_iova = iova;
	mock->unmap_len = length;
	mutex_unlock(&mock->pin_lock);
	mock_unpin_range(mock, iova, iova + length - 1);
}
