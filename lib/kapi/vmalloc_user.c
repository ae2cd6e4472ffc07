// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the core that a driver lets its user map.
 *
 * It comes from a memfd, which is what a mapping of it shows, and is registered as
 * a physical range, so that faults find the memfd as they do for a BAR. Children
 * of a fork() share it, as they share it with the kernel.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/fail_nth.h>
#include <kapi/host.h>
#include <kapi/objects.h>
#include <kapi/phys.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/err.h>
#include <linux/vmalloc.h>
#include <pthread.h>
#include <stdlib.h>
#include "vma.h"

struct user_area {
	struct user_area *next;
	void *start;
	unsigned long len;
	int memfd;
	struct kapi_phys_range *range;
};

static pthread_mutex_t areas_lock = PTHREAD_MUTEX_INITIALIZER;
static struct user_area *areas;

static void area_free(struct user_area *area)
{
	kapi_phys_unregister(area->range);
	if (!IS_ERR_OR_NULL(area->start))
		kapi_host_munmap(area->start, area->len);
	if (area->memfd >= 0)
		kapi_host_close(area->memfd);
	free(area);
}

static struct user_area *area_new(unsigned long len)
{
	struct user_area *area = calloc(1, sizeof(*area));

	if (!area)
		return NULL;
	area->len = len;
	area->memfd = kapi_host(SYS_memfd_create, "vmalloc_user", MFD_CLOEXEC);
	if (area->memfd < 0 || kapi_host(SYS_ftruncate, area->memfd, len) < 0)
		goto fail;
	area->start = kapi_host_mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, area->memfd, 0);
	if (IS_ERR(area->start))
		goto fail;
	area->range = kapi_phys_register((unsigned long)area->start | KAPI_PHYS_USER, len, NULL,
					 NULL, area->memfd);
	if (area->range)
		return area;
fail:
	area_free(area);
	return NULL;
}

void *vmalloc_user(unsigned long size)
{
	struct user_area *area;

	if (!size || size > LONG_MAX || kapi_should_fail(KAPI_FAIL_ALLOC))
		return NULL;
	area = area_new(PAGE_ALIGN(size));
	if (!area)
		return NULL;
	kapi_object_add(KAPI_ALLOCS, 1);
	pthread_mutex_lock(&areas_lock);
	area->next = areas;
	areas = area;
	pthread_mutex_unlock(&areas_lock);
	return area->start;
}

/* The link that leads to the area that @addr lies in, or to NULL. The lock is held. */
static struct user_area **find(const void *addr)
{
	struct user_area **pos;

	for (pos = &areas; *pos; pos = &(*pos)->next)
		if (addr >= (*pos)->start && addr < (*pos)->start + (*pos)->len)
			break;
	return pos;
}

void vfree(const void *addr)
{
	struct user_area **pos, *area;

	if (!addr)
		return;
	pthread_mutex_lock(&areas_lock);
	pos = find(addr);
	area = *pos;
	if (area)
		*pos = area->next;
	pthread_mutex_unlock(&areas_lock);
	if (!area) {
		kfree(addr);
		return;
	}
	area_free(area);
	kapi_object_add(KAPI_ALLOCS, -1);
}

int remap_vmalloc_range(struct vm_area_struct *vma, void *addr, unsigned long pgoff)
{
	unsigned long size = vma->vm_end - vma->vm_start, off = pgoff << PAGE_SHIFT;
	struct user_area *area;
	int ret = -EINVAL;

	if (pgoff > ULONG_MAX >> PAGE_SHIFT || (unsigned long)addr & ~PAGE_MASK)
		return -EINVAL;
	pthread_mutex_lock(&areas_lock);
	area = *find(addr);
	if (area && addr == area->start && size <= area->len && off <= area->len - size) {
		vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
		ret = kapi_vma_map(vma, vma->vm_start,
				   page_to_pfn(virt_to_page(addr)) + pgoff, size >> PAGE_SHIFT);
	}
	pthread_mutex_unlock(&areas_lock);
	return ret;
}
