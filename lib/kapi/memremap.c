// SPDX-License-Identifier: GPL-2.0-only
/* Device memory that is plain memory, as the core sees it. */
#include <kapi/fault.h>
#include <kapi/host.h>
#include <kapi/phys.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <pthread.h>
#include <stdlib.h>
#include "vma.h"

struct remapped {
	struct remapped *next;
	void *start;
	size_t len;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct remapped *all;

void *memremap(u64 addr, size_t size, unsigned long flags)
{
	u64 first = addr & PAGE_MASK, off, last_off;
	struct remapped *map;
	int memfd;

	if (!size || !flags || addr + size < addr)
		return NULL;
	if (addr & KAPI_PHYS_USER)
		return (void *)(addr & ~KAPI_PHYS_USER);
	memfd = kapi_phys_memfd(first, &off);
	if (memfd < 0 || kapi_phys_memfd(addr + size - 1, &last_off) != memfd)
		return NULL;
	map = malloc(sizeof(*map));
	if (!map)
		return NULL;
	map->len = PAGE_ALIGN(addr + size - first);
	map->start = kapi_host_mmap(NULL, map->len, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, off);
	if (IS_ERR(map->start)) {
		free(map);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	map->next = all;
	all = map;
	pthread_mutex_unlock(&lock);
	return map->start + offset_in_page(addr);
}

void memunmap(void *addr)
{
	void *start = (void *)((unsigned long)addr & PAGE_MASK);
	struct remapped **pos, *map;

	pthread_mutex_lock(&lock);
	for (pos = &all; *pos && (*pos)->start != start; pos = &(*pos)->next)
		;
	map = *pos;
	if (map)
		*pos = map->next;
	pthread_mutex_unlock(&lock);
	if (map) {
		kapi_host_munmap(map->start, map->len);
		free(map);
	}
}
