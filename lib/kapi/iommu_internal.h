/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of lib/kapi that make up the IOMMU core. */
#ifndef KAPI_IOMMU_INTERNAL_H
#define KAPI_IOMMU_INTERNAL_H

#include <kapi/iommu_hw.h>
#include <linux/kobject.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <pthread.h>

struct iommu_group {
	struct kobject kobj;
	struct kobject *devices_kobj;
	struct kref ref;
	struct mutex mutex;		/* all below */
	struct list_head devices;	/* struct group_device */
	void *iommu_data;
	void (*iommu_data_release)(void *iommu_data);
	char *name;
	int id;
	const struct iommu_ops *ops;	/* NULL: no IOMMU behind it (no-IOMMU, emulated) */
	struct iommu_domain *default_domain;
	/* Written under mutex and dma_lock, read under either. */
	struct iommu_domain *domain;
	pthread_rwlock_t dma_lock;	/* held for read while a device of the group does DMA */
	unsigned int owner_cnt;
	void *owner;
};

struct group_device {
	struct list_head list;
	struct device *dev;
	char *name;
};

/* iommu_sysfs.c */
int iommu_group_sysfs_add(struct iommu_group *group);
void iommu_group_sysfs_del(struct iommu_group *group);
int iommu_group_sysfs_name(struct iommu_group *group, bool add);

/* Mutex held: a domain for all of the group. */
void iommu_group_set_domain(struct iommu_group *group, struct iommu_domain *domain);

#endif
