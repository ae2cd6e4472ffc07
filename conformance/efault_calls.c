// SPDX-License-Identifier: GPL-2.0-only
/* Good arguments of the calls of containers, groups and devices. */
#include <unistd.h>

#include "efault_calls.h"

const char *call_env_open(struct call_env *env)
{
	*env = (struct call_env){ .group = -1, .container = -1, .data_fd = -1 };
	env->dev.fd = env->plain.fd = -1;
	if (!role_bdf(ROLE_MAIN))
		return role_missing(ROLE_MAIN);
	device_open(&env->dev, role_bdf(ROLE_MAIN));
	env->event = eventfd_new();
	env->mem = pages_alloc(page_size());
	return NULL;
}

void call_env_close(struct call_env *env)
{
	if (env->dev.fd < 0)
		return;
	if (env->data_fd >= 0)
		close(env->data_fd);
	if (env->plain.fd >= 0)
		device_close(&env->plain);
	device_close(&env->dev);
	if (env->group >= 0)
		close(env->group);
	if (env->container >= 0)
		close(env->container);
	close(env->event);
}

static void make(struct call *call, int fd, unsigned long request, const void *arg, size_t len)
{
	*call = (struct call){ .fd = fd, .request = request, .len = len };
	memcpy(call->buf, arg, len);
}

#define MAKE(_call, _fd, _request, _arg) make(_call, _fd, _request, &(_arg), sizeof(_arg))

static const char *group_status(struct call_env *env, struct call *call)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	MAKE(call, env->dev.group, VFIO_GROUP_GET_STATUS, status);
	return NULL;
}

const struct call_kind kind_group_status = { group_status, 8, 8 };

static const char *set_container(struct call_env *env, struct call *call)
{
	if (!role_bdf(ROLE_PEER))
		return role_missing(ROLE_PEER);
	env->group = group_open(sysfs_group(role_bdf(ROLE_PEER)));
	env->container = container_open();
	MAKE(call, env->group, VFIO_GROUP_SET_CONTAINER, env->container);
	return NULL;
}

static void unset_container(struct call_env *env, int ret)
{
	group_unset_container(env->group);
}

const struct call_kind kind_set_container = { set_container, 4, 0, unset_container };

static const char *device_fd(struct call_env *env, struct call *call)
{
	make(call, env->dev.group, VFIO_GROUP_GET_DEVICE_FD, env->dev.bdf,
	     strlen(env->dev.bdf) + 1);
	return NULL;
}

static void close_fd(struct call_env *env, int ret)
{
	close(ret);
}

/* "0000:01:00.0" and its end. */
const struct call_kind kind_device_fd = { device_fd, 13, 0, close_fd };

static const char *get_iommu_info(struct call_env *env, struct call *call)
{
	struct vfio_iommu_type1_info info = { .argsz = 16 };

	MAKE(call, env->dev.container, VFIO_IOMMU_GET_INFO, info);
	return NULL;
}

const struct call_kind kind_iommu_info = { get_iommu_info, 16, 16 };

static const char *map(struct call_env *env, struct call *call)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = MAP_RW, .vaddr = (uintptr_t)env->mem,
		.iova = IOVA_OF_CALLS, .size = page_size(),
	};

	MAKE(call, env->dev.container, VFIO_IOMMU_MAP_DMA, map);
	return NULL;
}

static void unmap_again(struct call_env *env, int ret)
{
	iommu_unmap(env->dev.container, IOVA_OF_CALLS, page_size(), 0);
}

const struct call_kind kind_map = { map, 32, 0, unmap_again };

/* Of a range in which there is nothing. */
static const char *unmap(struct call_env *env, struct call *call)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .iova = IOVA_OF_CALLS, .size = page_size(),
	};

	MAKE(call, env->dev.container, VFIO_IOMMU_UNMAP_DMA, unmap);
	return NULL;
}

const struct call_kind kind_unmap = { unmap, 24, 24 };

static const char *unmap_dirty(struct call_env *env, struct call *call)
{
	struct {
		struct vfio_iommu_type1_dma_unmap unmap;
		struct vfio_bitmap bitmap;
	} arg = {
		.unmap = {
			.argsz = sizeof(arg), .flags = VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP,
			.iova = IOVA_OF_CALLS, .size = page_size(),
		},
		.bitmap = { .pgsize = page_size(), .size = 8, .data = env->mem },
	};

	if (__iommu_dirty(env->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START))
		return "no dirty page tracking";
	MAKE(call, env->dev.container, VFIO_IOMMU_UNMAP_DMA, arg);
	return NULL;
}

const struct call_kind kind_unmap_dirty = { unmap_dirty, 48, 24 };

static const char *dirty_start(struct call_env *env, struct call *call)
{
	struct vfio_iommu_type1_dirty_bitmap dirty = {
		.argsz = sizeof(dirty), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_START,
	};

	MAKE(call, env->dev.container, VFIO_IOMMU_DIRTY_PAGES, dirty);
	return NULL;
}

const struct call_kind kind_dirty_start = { dirty_start, 8, 0 };

static const char *dirty_get(struct call_env *env, struct call *call)
{
	struct {
		struct vfio_iommu_type1_dirty_bitmap dirty;
		struct vfio_iommu_type1_dirty_bitmap_get get;
	} arg = {
		.dirty = { .argsz = sizeof(arg), .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
		.get = {
			.iova = IOVA_OF_CALLS, .size = page_size(),
			.bitmap = { .pgsize = page_size(), .size = 8, .data = env->mem },
		},
	};

	if (__iommu_dirty(env->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START))
		return "no dirty page tracking";
	/* Nothing is dirty in a bitmap of nothing: that is an error. */
	iommu_map(env->dev.container, pages_alloc(page_size()), IOVA_OF_CALLS, page_size(), MAP_RW);
	MAKE(call, env->dev.container, VFIO_IOMMU_DIRTY_PAGES, arg);
	return NULL;
}

const struct call_kind kind_dirty_get = { dirty_get, 48, 0 };

static const char *get_device_info(struct call_env *env, struct call *call)
{
	struct vfio_device_info info = { .argsz = 16 };

	MAKE(call, env->dev.fd, VFIO_DEVICE_GET_INFO, info);
	return NULL;
}

const struct call_kind kind_device_info = { get_device_info, 16, 16 };

static const char *get_region_info(struct call_env *env, struct call *call)
{
	struct vfio_region_info info = { .argsz = sizeof(info),
					 .index = VFIO_PCI_CONFIG_REGION_INDEX };

	MAKE(call, env->dev.fd, VFIO_DEVICE_GET_REGION_INFO, info);
	return NULL;
}

const struct call_kind kind_region_info = { get_region_info, 32, 32 };

static const char *get_irq_info(struct call_env *env, struct call *call)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = VFIO_PCI_REQ_IRQ_INDEX };

	MAKE(call, env->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, info);
	return NULL;
}

const struct call_kind kind_irq_info = { get_irq_info, 16, 16 };

static const char *set_irqs(struct call_env *env, struct call *call)
{
	struct {
		struct vfio_irq_set set;
		int32_t fd;
	} arg = {
		.set = {
			.argsz = sizeof(arg), .index = VFIO_PCI_REQ_IRQ_INDEX, .count = 1,
			.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		},
		.fd = env->event,
	};

	MAKE(call, env->dev.fd, VFIO_DEVICE_SET_IRQS, arg);
	return NULL;
}

const struct call_kind kind_set_irqs = { set_irqs, 24, 0 };

static const char *hot_reset_info(struct call_env *env, struct call *call)
{
	struct {
		struct vfio_pci_hot_reset_info head;
		struct vfio_pci_dependent_device device;
	} arg = { .head.argsz = sizeof(arg) };
	int ret;

	ret = __vfio_ioctl(env->dev.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg);
	if (ret)
		return "the main device is not the only one that a reset of its bus resets";
	MAKE(call, env->dev.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, arg);
	return NULL;
}

const struct call_kind kind_hot_reset_info = { hot_reset_info, 12, 20 };

static const char *hot_reset(struct call_env *env, struct call *call)
{
	struct {
		struct vfio_pci_hot_reset head;
		int32_t fd;
	} arg = { .head = { .argsz = sizeof(arg), .count = 1 }, .fd = env->dev.group };

	if (__vfio_ioctl(env->dev.fd, VFIO_DEVICE_PCI_HOT_RESET, &arg))
		return "the main device has no reset of its bus for itself";
	MAKE(call, env->dev.fd, VFIO_DEVICE_PCI_HOT_RESET, arg);
	return NULL;
}

const struct call_kind kind_hot_reset = { hot_reset, 16, 0, NULL, true };

static const char *ioeventfd(struct call_env *env, struct call *call)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = 8,
		.fd = env->event,
	};

	if (region_size(env->dev.fd, 0) < 16)
		return "the main device has no BAR 0";
	make(call, env->dev.fd, VFIO_DEVICE_IOEVENTFD, &arg, 28);
	return NULL;
}

static void ioeventfd_remove(struct call_env *env, int ret)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = 8, .fd = -1,
	};

	if (__vfio_ioctl(env->dev.fd, VFIO_DEVICE_IOEVENTFD, &arg))
		CLIENT_FAIL("the ioeventfd cannot be removed");
}

const struct call_kind kind_ioeventfd = { ioeventfd, 28, 0, ioeventfd_remove };
