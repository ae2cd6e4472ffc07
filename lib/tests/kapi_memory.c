// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: the allocators, caches, pages, what a device holds, reference counts.
 */
#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include <kapi/warn.h>
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include "tap.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static bool all_zero(const void *p, size_t n)
{
	return !memchr_inv(p, 0, n);
}

static void test_realloc(void)
{
	char *p = kmalloc(10, GFP_KERNEL), *q;

	strcpy(p, "nine char");
	q = krealloc(p, 100000, GFP_KERNEL);
	check(q && !strcmp(q, "nine char"), "krealloc() keeps what was there");
	check(ZERO_OR_NULL_PTR(krealloc(q, 0, GFP_KERNEL)), "krealloc() to nothing frees");
	q = kvrealloc(NULL, 20, GFP_KERNEL | __GFP_ZERO);
	check(q && all_zero(q, 20), "kvrealloc() of nothing allocates");
	strcpy(q, "x");
	q = kvrealloc(q, 5 << 20, GFP_KERNEL);
	check(q && !strcmp(q, "x"), "kvrealloc() beyond what kmalloc() has");
	kvfree(q);
	check(!kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL), "kmalloc() has an end");
	q = kmalloc(16, GFP_KERNEL);
	kfree_sensitive(q);
	kfree_sensitive(NULL);
	kfree(ZERO_SIZE_PTR);
	check(kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR && ksize(ZERO_SIZE_PTR) == 0,
	      "no bytes are an address of their own");
}

static void test_pages(void)
{
	void *a = vmalloc(5000), *b = vzalloc(5000), *c = vmalloc_user(4097);
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_ZERO, 2);

	check(PAGE_ALIGNED(a) && PAGE_ALIGNED(b) && is_vmalloc_addr(a), "vmalloc() gives whole pages");
	check(all_zero(b, 8192) && all_zero(c, 8192), "vzalloc(), vmalloc_user(): zero to the end");
	check(IS_ALIGNED((unsigned long)page_address(page), 4 * PAGE_SIZE) &&
	      all_zero(page_address(page), 4 * PAGE_SIZE), "alloc_pages() is aligned to its order");
	check(virt_to_page(page_address(page)) == page, "a page knows its address");
	__free_pages(page, 2);
	__free_pages(NULL, 0);
	vfree(a);
	vfree(b);
	vfree(c);
	vfree(NULL);
}

struct thing {
	int constructed, zero;
};

static void construct(void *obj)
{
	((struct thing *)obj)->constructed = 42;
}

static void test_cache(void)
{
	struct kmem_cache *s = kmem_cache_create("thing", sizeof(struct thing), 0,
						 SLAB_HWCACHE_ALIGN, construct);
	struct thing *p = kmem_cache_alloc(s, GFP_KERNEL | __GFP_ZERO);

	check(p && p->constructed == 42 && !p->zero && IS_ALIGNED((unsigned long)p, 64),
	      "cache: cleared, constructed, aligned");
	kapi_fail_nth(1);
	check(!kmem_cache_alloc(s, GFP_KERNEL), "cache: fault injection");
	kapi_fail_nth(0);
	kmem_cache_free(s, NULL);
	kmem_cache_free(s, p);
	warnings = 0;
	kmem_cache_destroy(s);
	kmem_cache_destroy(NULL);
	check(!warnings, "cache: empty at its end");

	s = kmem_cache_create("left", 8, 0, 0, NULL);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	kmem_cache_destroy(s);
	check(warnings == 1, "cache: an object that remains warns");
	kfree(p);
}

static int order[4], ran;

static void act(void *data)
{
	order[ran++ % 4] = (int)(long)data;
}

static void release(struct device *dev)
{
	kfree(dev);
}

static struct device *new_device(void)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	device_initialize(dev);
	dev->release = release;
	return dev;
}

static void test_devres(void)
{
	struct device *dev = new_device();
	char *s, *name;

	s = devm_kmalloc(dev, 10, GFP_KERNEL);
	check(s && devm_kmalloc(dev, 0, GFP_KERNEL) == ZERO_SIZE_PTR, "devres: memory");
	devm_kfree(dev, s);
	devm_kfree(dev, NULL);
	name = devm_kasprintf(dev, GFP_KERNEL, "%s-%d", "dev", 7);
	check(name && !strcmp(name, "dev-7"), "devres: a formatted string");
	name = devm_kstrdup(dev, name, GFP_KERNEL);
	check(name && !strcmp(name, "dev-7") && !devm_kstrdup(dev, NULL, GFP_KERNEL),
	      "devres: a copied string");
	check(!devm_add_action(dev, act, (void *)1) && !devm_add_action(dev, act, (void *)2) &&
	      !devm_add_action(dev, act, (void *)3), "devres: actions");
	devm_remove_action(dev, act, (void *)2);
	warnings = 0;
	devm_remove_action(dev, act, (void *)2);
	check(warnings == 1, "devres: an action that is not there warns");
	kapi_fail_nth(1);
	check(devm_add_action_or_reset(dev, act, (void *)9) == -ENOMEM && ran == 1 && order[0] == 9,
	      "devres: what cannot be noted is done at once");
	kapi_fail_nth(0);
	is(devres_release_all(dev), 4, "devres: two strings and two actions are left");
	check(ran == 3 && order[1] == 3 && order[2] == 1, "devres: the last taken goes first");
	put_device(dev);
}

static void test_refcount(void)
{
	DEFINE_MUTEX(lock);
	DEFINE_SPINLOCK(spin);
	atomic_t n = ATOMIC_INIT(2);
	refcount_t r;

	refcount_set(&r, 2);
	check(!refcount_dec_if_one(&r) && !refcount_dec_and_mutex_lock(&r, &lock) &&
	      refcount_read(&r) == 1, "refcount: not the last, no lock");
	check(refcount_dec_and_mutex_lock(&r, &lock) && mutex_is_locked(&lock),
	      "refcount: the last comes with the mutex");
	mutex_unlock(&lock);
	refcount_set(&r, 2);
	check(!refcount_dec_and_lock(&r, &spin) && refcount_dec_and_lock(&r, &spin),
	      "refcount: the last comes with the spinlock");
	spin_unlock(&spin);
	refcount_set(&r, 1);
	check(refcount_dec_if_one(&r) && !refcount_inc_not_zero(&r), "refcount: gone stays gone");
	check(!atomic_dec_and_mutex_lock(&n, &lock) && atomic_dec_and_mutex_lock(&n, &lock),
	      "atomic: the last comes with the mutex");
	mutex_unlock(&lock);

	warnings = 0;
	refcount_set(&r, 1);
	refcount_dec(&r);
	check(warnings == 1 && refcount_read(&r) == (unsigned int)REFCOUNT_SATURATED,
	      "refcount: refcount_dec() to 0 saturates");
	refcount_set(&r, 0);
	refcount_inc(&r);
	check(warnings == 2, "refcount: back from 0 warns");
	refcount_set(&r, 0);
	check(!refcount_dec_and_test(&r) && warnings == 3, "refcount: below 0 warns and frees nothing");
	refcount_set(&r, INT_MAX);
	refcount_inc(&r);
	check(warnings == 4 && refcount_dec_not_one(&r) &&
	      refcount_read(&r) == (unsigned int)REFCOUNT_SATURATED, "refcount: too many saturate");
	refcount_set(&r, 0);
	check(refcount_dec_not_one(&r) && warnings == 5, "refcount: dec_not_one() below 0 warns");
}

int main(void)
{
	long before;

	/* The first device brings what all share. */
	put_device(new_device());
	before = kapi_objects(KAPI_ALLOCS);
	kapi_warn_set_hook(count_warning, NULL);
	test_realloc();
	test_pages();
	test_cache();
	test_devres();
	test_refcount();
	is(kapi_objects(KAPI_ALLOCS), before, "nothing is left");
	return done_testing();
}
