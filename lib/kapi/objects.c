// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts of live objects, and where allocations come from.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/objects.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

long kapi_object_counts[KAPI_NR_OBJECTS];

static const char *const names[KAPI_NR_OBJECTS] = {
	[KAPI_ALLOCS] = "allocations", [KAPI_FILES] = "files",
	[KAPI_DESCRIPTORS] = "descriptors", [KAPI_INODES] = "inodes",
	[KAPI_KOBJECTS] = "kobjects", [KAPI_DEVICES] = "devices",
	[KAPI_IOMMU_GROUPS] = "IOMMU groups", [KAPI_IOMMU_DOMAINS] = "IOMMU domains",
	[KAPI_PINNED_PAGES] = "pinned pages", [KAPI_LOCKED_PAGES] = "locked pages",
	[KAPI_VMAS] = "device mappings", [KAPI_EVENTFDS] = "eventfds", [KAPI_NODES] = "nodes",
};

long kapi_objects(enum kapi_object kind)
{
	switch (kind) {
	case KAPI_LOCKED_PAGES:
		return READ_ONCE(current->mm->locked_vm);
	default:
		return __atomic_load_n(&kapi_object_counts[kind], __ATOMIC_RELAXED);
	}
}

void kapi_objects_snap(struct kapi_objects *snap)
{
	unsigned int kind;

	for (kind = 0; kind < KAPI_NR_OBJECTS; kind++)
		snap->n[kind] = kapi_objects(kind);
}

void kapi_objects_settle(void)
{
	/* Work may free by RCU, and a callback queue work. */
	rcu_barrier();
	flush_scheduled_work();
	rcu_barrier();
	flush_scheduled_work();
}

unsigned int kapi_objects_diff(const struct kapi_objects *before, const struct kapi_objects *after,
			       char *buf, size_t size)
{
	unsigned int kind, n = 0;
	size_t at = 0;

	*buf = 0;
	for (kind = 0; kind < KAPI_NR_OBJECTS; kind++) {
		if (before->n[kind] == after->n[kind])
			continue;
		at += snprintf(buf + at, size - at, "%s%s %ld -> %ld", n++ ? ", " : "",
			       names[kind], before->n[kind], after->n[kind]);
		if (at >= size)
			at = size - 1;
	}
	return n;
}

/* Allocations by address, open addressing; a removed one leaves a grave behind. */
struct site {
	const void *p, *site;
	size_t size;
	unsigned long serial;
};

#define GRAVE ((const void *)1)
#define MIN_SITES 4096

bool kapi_sites_on;
static struct site *sites;
static size_t max_sites, used_sites;
static unsigned long serial;
static pthread_mutex_t sites_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t hash(const void *p)
{
	return ((unsigned long)p >> 4) * 0x9e3779b97f4a7c15UL >> 20;
}

static void put(struct site s)
{
	size_t i = hash(s.p) & (max_sites - 1);

	while (sites[i].p && sites[i].p != GRAVE)
		i = (i + 1) & (max_sites - 1);
	used_sites += !sites[i].p;
	sites[i] = s;
}

/* A table with room; false without memory. */
static bool make_room(void)
{
	struct site *old = sites;
	size_t n = max_sites, live = 0, i;

	if (used_sites * 2 < max_sites)
		return true;
	for (i = 0; i < n; i++)
		live += old[i].p && old[i].p != GRAVE;
	max_sites = MIN_SITES;
	while (max_sites < live * 4)
		max_sites *= 2;
	sites = calloc(max_sites, sizeof(*sites));
	if (!sites) {
		sites = old;
		max_sites = n;
		return used_sites + 1 < max_sites;
	}
	used_sites = 0;
	for (i = 0; i < n; i++)
		if (old[i].p && old[i].p != GRAVE)
			put(old[i]);
	free(old);
	return true;
}

void kapi_sites_track(bool on)
{
	pthread_mutex_lock(&sites_lock);
	WRITE_ONCE(kapi_sites_on, on);
	if (!on) {
		free(sites);
		sites = NULL;
		max_sites = used_sites = 0;
	}
	pthread_mutex_unlock(&sites_lock);
}

void kapi_site_add(const void *p, size_t size, const void *site)
{
	pthread_mutex_lock(&sites_lock);
	if (kapi_sites_on && make_room())
		put((struct site) { p, site, size, ++serial });
	pthread_mutex_unlock(&sites_lock);
}

void kapi_site_remove(const void *p)
{
	size_t i = hash(p);

	pthread_mutex_lock(&sites_lock);
	for (i &= max_sites - 1; max_sites && sites[i].p; i = (i + 1) & (max_sites - 1)) {
		if (sites[i].p == p) {
			sites[i].p = GRAVE;
			break;
		}
	}
	pthread_mutex_unlock(&sites_lock);
}

unsigned long kapi_sites_mark(void)
{
	unsigned long ret;

	pthread_mutex_lock(&sites_lock);
	ret = serial;
	pthread_mutex_unlock(&sites_lock);
	return ret;
}

static void show_site(const struct site *s, size_t n, size_t bytes, void (*show)(const char *line))
{
	char line[256];
	Dl_info info;

	if (!dladdr(s->site, &info))
		info = (Dl_info) { .dli_fname = "?" };
	snprintf(line, sizeof(line), "%5zu objects, %zu bytes from %s+%#lx", n, bytes,
		 strrchr(info.dli_fname, '/') ? strrchr(info.dli_fname, '/') + 1 : info.dli_fname,
		 (unsigned long)s->site - (unsigned long)info.dli_fbase);
	show(line);
}

unsigned int kapi_sites_report(unsigned long mark, void (*show)(const char *line))
{
	unsigned int shown = 0;
	size_t i, j, n, bytes;

	pthread_mutex_lock(&sites_lock);
	for (i = 0; i < max_sites; i++) {
		if (!sites[i].p || sites[i].p == GRAVE || sites[i].serial <= mark)
			continue;
		for (j = n = bytes = 0; j < max_sites; j++) {
			if (!sites[j].p || sites[j].p == GRAVE || sites[j].serial <= mark ||
			    sites[j].site != sites[i].site)
				continue;
			if (j < i)
				break;
			n++;
			bytes += sites[j].size;
		}
		/* The first of its site speaks for all. */
		if (j == max_sites) {
			show_site(&sites[i], n, bytes, show);
			shown++;
		}
	}
	pthread_mutex_unlock(&sites_lock);
	return shown;
}
