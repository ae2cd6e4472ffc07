/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The default machine, linked statically, as a VFIO program sees it: groups and
 * devices by address, the mock driver's control region. Functions return a
 * result or -errno and print nothing. One program includes it once.
 */
#ifndef TESTS_VFIO_MACHINE_H
#define TESTS_VFIO_MACHINE_H

#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../mock_driver/mock_uapi.h"
#include "../pci/model/model.h"

/* Of the default topology: alone in its group; two that share one; a peer; on the root bus. */
#define BDF_MAIN	"0000:01:00.0"
#define BDF_PAIR0	"0000:02:00.0"
#define BDF_PAIR1	"0000:02:00.1"
#define BDF_PEER	"0000:03:00.0"
#define BDF_PLAIN	"0000:00:03.0"

#define PG 4096UL

static inline bool machine_start(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	kapi_init();
	return !kapi_load_modules() && !vfio_model_init(NULL);
}

/* Before each ioctl, for who keeps a list of them. */
static void (*sys_watch)(unsigned int cmd, const void *arg);

static inline long sysv_watched(int fd, unsigned int cmd, unsigned long arg)
{
	if (sys_watch)
		sys_watch(cmd, (void *)arg);
	return kapi_sys_ioctl(fd, cmd, arg);
}

static inline long sys(int fd, unsigned int cmd, void *arg)
{
	return sysv_watched(fd, cmd, (unsigned long)arg);
}

#define sysv(fd, cmd, val) sysv_watched(fd, cmd, (unsigned long)(val))

/* Write to an attribute of sysfs. */
static inline long attr_put(const char *path, const char *text)
{
	struct kapi_node *node;
	long ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = kapi_attr_write(node, text, 0, strlen(text));
	kapi_node_put(node);
	return ret < 0 ? ret : 0;
}

/* Number of the group of the device at @path in sysfs. */
static inline int group_at(const char *path)
{
	char name[96], link[256] = "", *slash;
	struct kapi_node *node;
	int ret, group;

	snprintf(name, sizeof(name), "%s/iommu_group", path);
	ret = kapi_lookup(name, false, &node);
	if (ret)
		return ret;
	ret = kapi_node_readlink(node, link, sizeof(link) - 1);
	kapi_node_put(node);
	if (ret < 0)
		return ret;
	slash = strrchr(link, '/');
	return slash && !kstrtoint(slash + 1, 10, &group) ? group : -EINVAL;
}

static inline int group_of(const char *bdf)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	return group_at(path);
}

/* A function by its address, "0000:01:00.0", with a reference. */
static inline struct pci_dev *dev_of(const char *bdf)
{
	unsigned int bus, slot, fn;

	sscanf(bdf, "0000:%x:%x.%x", &bus, &slot, &fn);
	return pci_get_domain_bus_and_slot(0, bus, PCI_DEVFN(slot, fn));
}

static inline int open_container(void)
{
	return kapi_sys_open("/dev/vfio/vfio", O_RDWR);
}

static inline int open_group(int number)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%d", number);
	return kapi_sys_open(path, O_RDWR);
}

static inline int open_device(int group, const char *bdf)
{
	return sys(group, VFIO_GROUP_GET_DEVICE_FD, (void *)bdf);
}

/* Offset of the mock driver's control region on the device: the first behind the fixed ones. */
#define MOCK_AT(reg)	(((u64)VFIO_PCI_NUM_REGIONS << 40) + (reg))
#define BAR0_AT(reg)	((u64)(reg))
#define CONFIG_AT(reg)	(((u64)VFIO_PCI_CONFIG_REGION_INDEX << 40) + (reg))

static inline long mock_put(int fd, u64 reg, u64 val)
{
	return kapi_sys_pwrite(fd, &val, sizeof(val), MOCK_AT(reg));
}

/* The register, or ~0 if it cannot be read. */
static inline u64 mock_get(int fd, u64 reg)
{
	u64 val = 0;

	return kapi_sys_pread(fd, &val, sizeof(val), MOCK_AT(reg)) == sizeof(val) ? val : ~0ULL;
}

static inline long map_dma(int container, u64 iova, void *at, u64 size)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (u64)at, .iova = iova, .size = size,
	};

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static inline long unmap_dma(int container, u64 iova, u64 size, u32 flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = size,
	};

	return sys(container, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

/* DEVICE_FEATURE with @len bytes of payload. */
static inline long feature(int fd, u32 flags, void *data, size_t len)
{
	u64 buf[16] = {};
	struct vfio_device_feature *arg = (void *)buf;
	long ret;

	arg->argsz = sizeof(*arg) + len;
	arg->flags = flags;
	memcpy(arg->data, data, len);
	ret = sys(fd, VFIO_DEVICE_FEATURE, arg);
	memcpy(data, arg->data, len);
	return ret;
}

/* SET of the migration state; *@data_fd is closed by the caller, -1 if there is none. */
static inline long set_state(int fd, u32 state, int *data_fd)
{
	struct vfio_device_feature_mig_state mig = { .device_state = state, .data_fd = -1 };
	long ret;

	ret = feature(fd, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &mig,
		      sizeof(mig));
	if (data_fd)
		*data_fd = ret ? -1 : mig.data_fd;
	return ret;
}

static inline long get_state(int fd)
{
	struct vfio_device_feature_mig_state mig = {};
	long ret;

	ret = feature(fd, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &mig,
		      sizeof(mig));
	return ret ?: mig.device_state;
}

/* SET_IRQS with up to four eventfds (or none). */
static inline long set_irqs(int fd, u32 flags, u32 index, u32 start, u32 count, const int *fds)
{
	u64 buf[8] = {};
	struct vfio_irq_set *arg = (void *)buf;
	size_t len = fds ? count * sizeof(*fds) : 0;

	arg->argsz = sizeof(*arg) + len;
	arg->flags = flags;
	arg->index = index;
	arg->start = start;
	arg->count = count;
	if (len)
		memcpy(arg->data, fds, len);
	return sys(fd, VFIO_DEVICE_SET_IRQS, arg);
}

/* PCI_HOT_RESET, owned by @n groups (at most 4). */
static inline long hot_reset(int fd, const int *groups, unsigned int n)
{
	u32 buf[8] = {};
	struct vfio_pci_hot_reset *arg = (void *)buf;

	arg->argsz = sizeof(*arg) + n * sizeof(*groups);
	arg->count = n;
	memcpy(arg->group_fds, groups, n * sizeof(*groups));
	return sys(fd, VFIO_DEVICE_PCI_HOT_RESET, arg);
}

#endif
