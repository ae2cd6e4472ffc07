// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory, on malloc().
 */
#include <linux/bug.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include <malloc.h>
#include <stdlib.h>
#include "internal.h"

static bool should_fail(gfp_t flags)
{
	return !(flags & __GFP_NOFAIL) && kapi_should_fail(KAPI_FAIL_ALLOC);
}

/* What malloc() and its like gave; NULL is passed through. */
static void *born(void *p, size_t size, const void *site)
{
	if (likely(p)) {
		kapi_object_add(KAPI_ALLOCS, 1);
		if (unlikely(READ_ONCE(kapi_sites_on)))
			kapi_site_add(p, size, site);
	}
	return p;
}

static void die(const void *p)
{
	if (unlikely(READ_ONCE(kapi_sites_on)))
		kapi_site_remove(p);
	kapi_object_add(KAPI_ALLOCS, -1);
	if (unlikely(kapi_is_block(p)))
		kapi_block_free((void *)p);
	else
		free((void *)p);
}

#define CALLER __builtin_return_address(0)

static void *get(size_t size, gfp_t flags)
{
	void *p = unlikely(size == KAPI_BLOCK_SIZE) ? kapi_block_alloc() : NULL;

	if (unlikely(p))
		return flags & __GFP_ZERO ? memset(p, 0, size) : p;
	return flags & __GFP_ZERO ? calloc(1, size) : malloc(size);
}

static void *allocate(size_t size, gfp_t flags, size_t max, const void *site)
{
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > max || should_fail(flags))
		return NULL;
	return born(get(size, flags), size, site);
}

static void *reallocate(const void *p, size_t size, gfp_t flags, size_t max, const void *site)
{
	size_t old = ksize(p);
	void *ret;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	ret = allocate(size, flags, max, site);
	if (!ret)
		return NULL;
	if (old)
		memcpy(ret, p, min(old, size));
	kfree(p);
	return ret;
}

void *kmalloc(size_t size, gfp_t flags)
{
	return allocate(size, flags, KMALLOC_MAX_SIZE, CALLER);
}

void *kvmalloc(size_t size, gfp_t flags)
{
	/* The kernel refuses what does not fit an int, with a warning. */
	return allocate(size, flags, INT_MAX, CALLER);
}

void *krealloc(const void *p, size_t size, gfp_t flags)
{
	return reallocate(p, size, flags, KMALLOC_MAX_SIZE, CALLER);
}

void *kvrealloc(const void *p, size_t size, gfp_t flags)
{
	return reallocate(p, size, flags, INT_MAX, CALLER);
}

void kfree(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		die(p);
}

void kvfree(const void *p)
{
	kfree(p);
}

void kfree_sensitive(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		explicit_bzero((void *)p, ksize(p));
	kfree(p);
}

size_t ksize(const void *p)
{
	if (ZERO_OR_NULL_PTR(p))
		return 0;
	return kapi_is_block(p) ? KAPI_BLOCK_SIZE : malloc_usable_size((void *)p);
}

/* In whole pages, so that nothing else shares memory a user may map. */
static void *page_alloc(size_t size, size_t align, gfp_t flags, const void *site)
{
	void *p;

	if (!size || should_fail(flags))
		return NULL;
	size = PAGE_ALIGN(size);
	p = born(aligned_alloc(align, size), size, site);
	if (p && flags & __GFP_ZERO)
		memset(p, 0, size);
	return p;
}

void *vmalloc(unsigned long size)
{
	return page_alloc(size, PAGE_SIZE, 0, CALLER);
}

void *vzalloc(unsigned long size)
{
	return page_alloc(size, PAGE_SIZE, __GFP_ZERO, CALLER);
}

bool is_vmalloc_addr(const void *x)
{
	return PAGE_ALIGNED(x);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	return (unsigned long)page_alloc(PAGE_SIZE << order, PAGE_SIZE << order, gfp, CALLER);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		die((void *)addr);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	unsigned long addr = __get_free_pages(gfp, order);

	return addr ? virt_to_page((void *)addr) : NULL;
}

void __free_pages(struct page *page, unsigned int order)
{
	if (page)
		die(page_address(page));
}

struct kmem_cache {
	unsigned int size;
	unsigned int align;
	void (*ctor)(void *obj);
	atomic_t live;
};

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->align = max_t(unsigned int, align, sizeof(void *));
	if (flags & SLAB_HWCACHE_ALIGN)
		s->align = max(s->align, 64U);
	s->size = round_up(size, s->align);
	s->ctor = ctor;
	return s;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	WARN(atomic_read(&s->live), "kmem_cache_destroy: objects remain\n");
	kfree(s);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	void *p = should_fail(flags) ? NULL : aligned_alloc(s->align, s->size);

	p = born(p, s->size, CALLER);
	if (!p)
		return NULL;
	if (flags & __GFP_ZERO)
		memset(p, 0, s->size);
	if (s->ctor)
		s->ctor(p);
	atomic_inc(&s->live);
	return p;
}

void kmem_cache_free(struct kmem_cache *s, void *p)
{
	if (!p)
		return;
	atomic_dec(&s->live);
	die(p);
}
