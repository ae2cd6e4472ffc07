/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver of emulated devices, with counters in every op, that can be compiled
 * at each API level. One program includes it once.
 */
#ifndef LEVELS_DRIVER_H
#define LEVELS_DRIVER_H

#include "levels.h"

struct ldev {
	struct vfio_device vdev;
	unsigned int opened, closed, requested, last_request, open_count_seen, read;
	unsigned int *released;		/* survives the device */
	struct kvm *kvm_seen;
	int open_errno;
	void (*on_open)(struct ldev *ldev);
	void (*on_close)(struct ldev *ldev);
	unsigned int unmapped;
	u64 unmap_iova, unmap_len;
	void (*on_unmap)(struct ldev *ldev);
	u32 state;
	unsigned int nr_hops;
	u32 hops[8];
	int fail_hop;			/* the n-th from now on; 0: none */
};

static inline struct ldev *to_ldev(struct vfio_device *vdev)
{
	return container_of(vdev, struct ldev, vdev);
}

static inline int ldev_open_device(struct vfio_device *vdev)
{
	struct ldev *ldev = to_ldev(vdev);

	ldev->opened++;
	ldev->open_count_seen = vdev->open_count;
	ldev->kvm_seen = vdev->kvm;
	if (ldev->on_open)
		ldev->on_open(ldev);
	return ldev->open_errno;
}

static inline void ldev_close_device(struct vfio_device *vdev)
{
	struct ldev *ldev = to_ldev(vdev);

	ldev->closed++;
	ldev->open_count_seen = vdev->open_count;
	if (ldev->on_close)
		ldev->on_close(ldev);
}

static inline ssize_t ldev_read(struct vfio_device *vdev, char __user *buf, size_t count,
				loff_t *ppos)
{
	to_ldev(vdev)->read++;
	return 0;
}

static inline void ldev_request(struct vfio_device *vdev, unsigned int count)
{
	struct ldev *ldev = to_ldev(vdev);

	WRITE_ONCE(ldev->last_request, count);
	__atomic_fetch_add(&ldev->requested, 1, __ATOMIC_RELEASE);
}

static inline void ldev_unmapped(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct ldev *ldev = to_ldev(vdev);

	ldev->unmapped++;
	ldev->unmap_iova = iova;
	ldev->unmap_len = length;
	if (ldev->on_unmap)
		ldev->on_unmap(ldev);
}

static inline struct file *ldev_set_state(struct vfio_device *vdev,
					  enum vfio_device_mig_state new_state)
{
	struct ldev *ldev = to_ldev(vdev);
	enum vfio_device_mig_state next;
	int ret;

	ldev->nr_hops = 0;
	while (ldev->state != new_state) {
		ret = vfio_mig_get_next_state(vdev, ldev->state, new_state, &next);
		if (!ret && ldev->fail_hop && !--ldev->fail_hop)
			ret = -EIO;
		if (ret)
			return ERR_PTR(ret);
		ldev->state = ldev->hops[ldev->nr_hops++ % 8] = next;
	}
	return NULL;
}

static inline int ldev_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *curr_state)
{
	*curr_state = to_ldev(vdev)->state;
	return 0;
}

static struct device_driver ldev_driver = { .name = "level", .owner = THIS_MODULE };

static inline void ldev_parent_release(struct device *dev)
{
	kfree(dev);
}

/* A struct device that looks bound to the driver. */
static inline struct device *ldev_parent(const char *name)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	device_initialize(dev);
	dev->release = ldev_parent_release;
	if (dev_set_name(dev, "%s", name) || device_add(dev))
		abort();
	dev->driver = &ldev_driver;
	return dev;
}

static inline void ldev_parent_remove(struct device *dev)
{
	dev->driver = NULL;
	device_unregister(dev);
}

/* The set that the next devices join; NULL: each one of its own. */
static void *ldev_set_id;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static const struct vfio_migration_ops ldev_mig_ops = {
	.migration_set_state = ldev_set_state,
	.migration_get_state = ldev_get_state,
};

/* What init answers. */
static int ldev_init_errno;

static inline int ldev_init(struct vfio_device *vdev)
{
	if (ldev_init_errno)
		return ldev_init_errno;
	to_ldev(vdev)->state = VFIO_DEVICE_STATE_RUNNING;
	vdev->mig_ops = &ldev_mig_ops;
	vdev->migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P;
	return ldev_set_id ? vfio_assign_device_set(vdev, ldev_set_id) : 0;
}

static inline void ldev_release(struct vfio_device *vdev)
{
	if (to_ldev(vdev)->released)
		(*to_ldev(vdev)->released)++;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	vfio_free_device(vdev);
#endif
}
#endif

static const struct vfio_device_ops ldev_ops = {
	.name = "level",
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	.init = ldev_init,
	.release = ldev_release,
	.dma_unmap = ldev_unmapped,
#else
	.migration_set_state = ldev_set_state,
	.migration_get_state = ldev_get_state,
#endif
	.open_device = ldev_open_device,
	.close_device = ldev_close_device,
	.read = ldev_read,
	.request = ldev_request,
};

/* A device that is not registered yet, and its end when it no longer is. */
static inline struct ldev *ldev_alloc(struct device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	return vfio_alloc_device(ldev, vdev, dev, &ldev_ops);
#else
	struct ldev *ldev = kzalloc(sizeof(*ldev), GFP_KERNEL);

	vfio_init_group_dev(&ldev->vdev, dev, &ldev_ops);
	ldev->state = VFIO_DEVICE_STATE_RUNNING;
	ldev->vdev.migration_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P;
	if (ldev_set_id && vfio_assign_device_set(&ldev->vdev, ldev_set_id))
		abort();
	return ldev;
#endif
}

static inline void ldev_free(struct ldev *ldev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	vfio_put_device(&ldev->vdev);
#else
	unsigned int *released = ldev->released;

	vfio_uninit_group_dev(&ldev->vdev);
	if (released)
		(*released)++;
	kfree(ldev);
#endif
}

static inline struct ldev *ldev_new(const char *name)
{
	struct ldev *ldev = ldev_alloc(ldev_parent(name));

	is(vfio_register_emulated_iommu_dev(&ldev->vdev), 0, "register %s", name);
	return ldev;
}

static inline void ldev_remove(struct ldev *ldev)
{
	struct device *dev = ldev->vdev.dev;

	vfio_unregister_group_dev(&ldev->vdev);
	ldev_free(ldev);
	ldev_parent_remove(dev);
}

#endif
