/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many objects of each kind live now. What is torn down in full leaves every
 * count where it was, so a test compares two snapshots.
 *
 * Counts are kept always, without ordering between threads: they are exact once
 * no other thread is in the core. Objects whose end waits for a grace period or
 * a work item are counted until then; kapi_objects_settle() waits for those.
 */
#ifndef KAPI_OBJECTS_H
#define KAPI_OBJECTS_H

#include <linux/types.h>

enum kapi_object {
	KAPI_ALLOCS,		/* of <linux/slab.h> */
	KAPI_FILES,		/* struct file */
	KAPI_DESCRIPTORS,	/* of the core, reserved ones too */
	KAPI_INODES,
	KAPI_KOBJECTS,		/* in sysfs: devices, classes, ... */
	KAPI_DEVICES,		/* struct device: functions, VFIO groups, VFIO devices, ... */
	KAPI_IOMMU_GROUPS,
	KAPI_IOMMU_DOMAINS,
	KAPI_PINNED_PAGES,	/* each as often as it is pinned */
	KAPI_LOCKED_PAGES,	/* locked_vm of the calling thread's mm */
	KAPI_VMAS,		/* device mappings */
	KAPI_EVENTFDS,		/* contexts */
	KAPI_NODES,		/* of the tree in kapi/vfs.h */
	KAPI_NR_OBJECTS
};

struct kapi_objects {
	long n[KAPI_NR_OBJECTS];
};

extern long kapi_object_counts[KAPI_NR_OBJECTS];

/* For the one who makes or ends objects. */
static inline void kapi_object_add(enum kapi_object kind, long n)
{
	__atomic_fetch_add(&kapi_object_counts[kind], n, __ATOMIC_RELAXED);
}

long kapi_objects(enum kapi_object kind);
void kapi_objects_snap(struct kapi_objects *snap);
/* Wait for RCU callbacks and for work that was queued before. Not from a work item. */
void kapi_objects_settle(void);
/*
 * Write what differs as "files 12 -> 13, nodes 7 -> 8", at most @size bytes with
 * the NUL; "" if nothing does. Returns how many kinds differ.
 */
unsigned int kapi_objects_diff(const struct kapi_objects *before, const struct kapi_objects *after,
			       char *buf, size_t size);

/*
 * Where allocations were made. kapi_sites_track() starts (or stops and forgets):
 * from then on each allocation remembers its caller, which makes it slower. One
 * that lives since after @mark is shown by kapi_sites_report() as
 * "    2 objects, 96 bytes from PROGRAM+0x1234", sites in no order; addr2line(1) turns
 * that into a line. kapi_sites_mark() is the mark of now. Return: sites shown.
 */
void kapi_sites_track(bool on);
unsigned long kapi_sites_mark(void);
unsigned int kapi_sites_report(unsigned long mark, void (*show)(const char *line));

/* Between slab.c and objects.c. */
extern bool kapi_sites_on;
void kapi_site_add(const void *p, size_t size, const void *site);
void kapi_site_remove(const void *p);

#endif
