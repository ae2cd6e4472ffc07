// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinning user memory: proving that each page is there, by touching it.
 *
 * Measured against madvise(MADV_POPULATE_WRITE): that is a quarter faster on pages never used
 * before, and ten times slower on those that are present.
 */
#include <kapi/fail_nth.h>
#include <kapi/fault.h>
#include <kapi/objects.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

static long pin(unsigned long start, unsigned long nr, unsigned int flags, struct page **pages)
{
	unsigned long end, i;
	struct page *page;

	start &= PAGE_MASK;
	if (!nr)
		return 0;
	if (start >= TASK_SIZE_MAX)
		return -EFAULT;
	if (kapi_should_fail(KAPI_FAIL_PIN))
		return -ENOMEM;
	if (nr > (TASK_SIZE_MAX - start) >> PAGE_SHIFT)
		nr = (TASK_SIZE_MAX - start) >> PAGE_SHIFT;
	/* A device's pages are not memory. */
	if (READ_ONCE(kapi_vma_count)) {
		end = kapi_vma_next(start, start + (nr << PAGE_SHIFT));
		nr = (end - start) >> PAGE_SHIFT;
	}
	nr -= kapi_uaccess_touch(start, nr, flags & FOLL_WRITE);
	if (!nr)
		return -EFAULT;
	kapi_object_add(KAPI_PINNED_PAGES, nr);
	if (pages) {
		page = virt_to_page(start);
		for (i = 0; i < nr; i++)
			pages[i] = page + i;
	}
	return nr;
}

long pin_user_pages(unsigned long start, unsigned long nr, unsigned int gup_flags,
		    struct page **pages)
{
	return pin(start, nr, gup_flags, pages);
}

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr,
			   unsigned int gup_flags, struct page **pages, int *locked)
{
	return pin(start, nr, gup_flags, pages);
}

int pin_user_pages_fast(unsigned long start, int nr, unsigned int gup_flags, struct page **pages)
{
	return nr < 0 ? -EINVAL : pin(start, nr, gup_flags, pages);
}
