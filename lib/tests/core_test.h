/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unit tests of the VFIO core: a fake driver with counters in every op, and short
 * names for the system calls. One program includes it once.
 */
#ifndef CORE_TEST_H
#define CORE_TEST_H

#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/vfio.h>
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "tap.h"

/* Warnings that are meant to come: counted here, claimed from kapi. */
static unsigned int expected_warnings;

static inline bool claim_warning(const struct kapi_warning *warning, void *arg)
{
	expected_warnings++;
	return true;
}

#define expect_warnings(count, expr) ({ \
	unsigned int __before = expected_warnings; \
	typeof(expr) __r; \
	kapi_warn_set_hook(claim_warning, NULL); \
	__r = (expr); \
	kapi_warn_set_hook(NULL, NULL); \
	is(expected_warnings - __before, count, "warnings from %s", #expr); \
	__r; })

/* A device of the fake driver. */
struct fake {
	struct vfio_device vdev;
	unsigned int init, release, opened, closed, requested, last_request, unmapped;
	u64 unmap_iova, unmap_len;
	int open_errno;
	unsigned int open_count_seen;
	struct kvm *kvm_seen;
	void *set_id;
	void (*on_open)(struct fake *fake);
	void (*on_unmap)(struct fake *fake, u64 iova, u64 length);
	unsigned int *released;		/* survives the device */
};

static int fake_init_errno;
static void *fake_set_id;

static inline struct fake *to_fake(struct vfio_device *vdev)
{
	return container_of(vdev, struct fake, vdev);
}

static int fake_init(struct vfio_device *vdev)
{
	struct fake *fake = to_fake(vdev);

	if (fake_init_errno)
		return fake_init_errno;
	fake->init++;
	return fake_set_id ? vfio_assign_device_set(vdev, fake_set_id) : 0;
}

static void fake_release(struct vfio_device *vdev)
{
	if (to_fake(vdev)->released)
		(*to_fake(vdev)->released)++;
}

static int fake_open_device(struct vfio_device *vdev)
{
	struct fake *fake = to_fake(vdev);

	fake->opened++;
	fake->open_count_seen = vdev->open_count;
	fake->kvm_seen = vdev->kvm;
	if (fake->on_open)
		fake->on_open(fake);
	return fake->open_errno;
}

static void fake_close_device(struct vfio_device *vdev)
{
	struct fake *fake = to_fake(vdev);

	fake->closed++;
	fake->open_count_seen = vdev->open_count;
}

static void fake_request(struct vfio_device *vdev, unsigned int count)
{
	to_fake(vdev)->last_request = count;
	__atomic_fetch_add(&to_fake(vdev)->requested, 1, __ATOMIC_RELEASE);
}

static void fake_dma_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	struct fake *fake = to_fake(vdev);

	fake->unmapped++;
	fake->unmap_iova = iova;
	fake->unmap_len = length;
	if (fake->on_unmap)
		fake->on_unmap(fake, iova, length);
}

static struct vfio_device_ops fake_ops = {
	.name = "fake",
	.init = fake_init,
	.release = fake_release,
	.open_device = fake_open_device,
	.close_device = fake_close_device,
	.request = fake_request,
	.dma_unmap = fake_dma_unmap,
};

static struct device_driver fake_driver = { .name = "fake", .owner = THIS_MODULE };

static void fake_parent_release(struct device *dev)
{
	kfree(dev);
}

/* A struct device that looks bound to the fake driver. */
static inline struct device *fake_parent(const char *name)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	device_initialize(dev);
	dev->release = fake_parent_release;
	if (dev_set_name(dev, "%s", name) || device_add(dev))
		abort();
	dev->driver = &fake_driver;
	return dev;
}

static inline void fake_parent_remove(struct device *dev)
{
	dev->driver = NULL;
	device_unregister(dev);
}

static inline struct fake *fake_alloc(const char *name, const struct vfio_device_ops *ops)
{
	struct fake *fake = vfio_alloc_device(fake, vdev, fake_parent(name), ops);

	if (IS_ERR(fake))
		abort();
	return fake;
}

/* An emulated device, registered. */
static inline struct fake *fake_emulated(const char *name)
{
	struct fake *fake = fake_alloc(name, &fake_ops);

	is(vfio_register_emulated_iommu_dev(&fake->vdev), 0, "register emulated %s", name);
	return fake;
}

static inline void fake_remove(struct fake *fake)
{
	struct device *dev = fake->vdev.dev;

	vfio_unregister_group_dev(&fake->vdev);
	vfio_put_device(&fake->vdev);
	fake_parent_remove(dev);
}

static inline int sys(int fd, unsigned int cmd, void *arg)
{
	return kapi_sys_ioctl(fd, cmd, (unsigned long)arg);
}

#define sysv(fd, cmd, val) ((int)kapi_sys_ioctl(fd, cmd, (unsigned long)(val)))

static inline int open_container(void)
{
	return kapi_sys_open("/dev/vfio/vfio", O_RDWR);
}

static inline int open_group(struct vfio_device *vdev)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%d", iommu_group_id(vdev->dev->iommu_group));
	return kapi_sys_open(path, O_RDWR);
}

static inline int get_device_fd(int group, struct vfio_device *vdev)
{
	return sys(group, VFIO_GROUP_GET_DEVICE_FD, (void *)dev_name(vdev->dev));
}

static inline void core_start(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	kapi_init();
	if (kapi_load_module("vfio") || kapi_load_module("vfio_iommu_type1")) {
		printf("Bail out! the core's modules do not load\n");
		exit(1);
	}
}

#endif
