// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks of 64 KiB on huge pages. A kernel's memory is mapped by pages of 2 MiB or
 * more, which is worth a tenth of the speed of drivers that copy much of it; the
 * heap of a process is not. A region goes back to the host when it is empty.
 */
#include <kapi/host.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <pthread.h>
#include "internal.h"

#define REGIONS		256
#define PER_REGION	32	/* bits in a map */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static u32 used[REGIONS];	/* a bit for each block of a region */
static unsigned int hint;	/* no region before has room */
static unsigned long area;	/* 0: not there yet, 1: cannot be had */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1	/* which gcc says so */
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WANTED false		/* that watches the heap, and nothing else */
#else
#define WANTED true
#endif

static unsigned long make_area(void)
{
	const size_t size = REGIONS * (size_t)SZ_2M;
	void *p = kapi_host_mmap(NULL, size + SZ_2M, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (IS_ERR(p))
		return 1;
	p = (void *)ALIGN((unsigned long)p, SZ_2M);
	madvise(p, size, MADV_HUGEPAGE);
	return (unsigned long)p;
}

void *kapi_block_alloc(void)
{
	unsigned long p = 0;
	unsigned int bit;

	if (!WANTED)
		return NULL;
	pthread_mutex_lock(&lock);
	if (!area)
		__atomic_store_n(&area, make_area(), __ATOMIC_RELAXED);
	while (hint < REGIONS && !~used[hint])
		hint++;
	if (area > 1 && hint < REGIONS) {
		bit = __builtin_ctz(~used[hint]);
		used[hint] |= 1u << bit;
		p = area + hint * (unsigned long)SZ_2M + bit * (unsigned long)KAPI_BLOCK_SIZE;
	}
	pthread_mutex_unlock(&lock);
	return (void *)p;
}

bool kapi_is_block(const void *p)
{
	unsigned long at = __atomic_load_n(&area, __ATOMIC_RELAXED);

	return at > 1 && (unsigned long)p - at < REGIONS * (unsigned long)SZ_2M;
}

void kapi_block_free(void *p)
{
	unsigned long off = (unsigned long)p - area;
	unsigned int region = off / SZ_2M;

	pthread_mutex_lock(&lock);
	used[region] &= ~(1u << off % SZ_2M / KAPI_BLOCK_SIZE);
	if (!used[region])
		madvise((void *)(area + region * (unsigned long)SZ_2M), SZ_2M, MADV_DONTNEED);
	hint = min(hint, region);
	pthread_mutex_unlock(&lock);
}

void kapi_block_lock(bool take)
{
	if (take)
		pthread_mutex_lock(&lock);
	else
		pthread_mutex_unlock(&lock);
}
