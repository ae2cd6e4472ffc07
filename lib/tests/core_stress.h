/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the threads of core_stress.c do: each step is one call, or a few, on
 * whatever descriptors there are. A step returns what its last call did.
 */
#ifndef TESTS_CORE_STRESS_H
#define TESTS_CORE_STRESS_H

#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>

#include "../core/profile.h"
#include "vfio_machine.h"

#define IOVA_SLOTS	16
#define SLOT_SIZE	(16 * PG)

static const char *const bdfs[] = { BDF_MAIN, BDF_PAIR0, BDF_PAIR1, BDF_PEER };
#define NR_DEVS ((unsigned int)ARRAY_SIZE(bdfs))

/* Mediated devices, which come and go. */
static const char *const uuids[] = {
	"6a1f0e2c-0002-4000-8000-000000000001", "6a1f0e2c-0002-4000-8000-000000000002",
};
#define NR_ALL (NR_DEVS + (unsigned int)ARRAY_SIZE(uuids))
#define MDEVS	"/sys/bus/mdev/devices/"
#define MDEV_TYPE "/sys/class/mdev_bus/mock_mdev/mdev_supported_types/mock_mdev-small/"

/* Descriptors that any thread may use and any may close; -1: none. */
static int containers[2] = { -1, -1 };
static int groups[NR_ALL] = { [0 ... NR_ALL - 1] = -1 };
static int devices[2 * NR_ALL] = { [0 ... 2 * NR_ALL - 1] = -1 };
static int data_files[4] = { -1, -1, -1, -1 };

static int group_ids[NR_DEVS];
static char *mem;

struct worker {
	const char *name;
	long (*step)(struct worker *w);
	unsigned int seed;
	int event[2];
	char *page;
	unsigned long steps, good;
	pthread_t thread;
};

static unsigned int roll(struct worker *w, unsigned int n)
{
	return (unsigned int)rand_r(&w->seed) % n;
}

static int peek(const int *slots, unsigned int i)
{
	return __atomic_load_n(&slots[i], __ATOMIC_RELAXED);
}

static int any(struct worker *w, const int *slots, unsigned int n)
{
	return peek(slots, roll(w, n));
}

#define ANY(w, slots) any(w, slots, ARRAY_SIZE(slots))

/* Put @fd in the place of what is there, which is closed. */
static void publish(int *slots, unsigned int i, int fd)
{
	int old = __atomic_exchange_n(&slots[i], fd, __ATOMIC_RELAXED);

	if (old >= 0)
		kapi_sys_close(old);
}

static int open_any_group(unsigned int i)
{
	char path[96];

	if (i < NR_DEVS)
		return open_group(group_ids[i]);
	snprintf(path, sizeof(path), MDEVS "%s", uuids[i - NR_DEVS]);
	return open_group(group_at(path));
}

static long open_step(struct worker *w)
{
	unsigned int i = roll(w, NR_ALL), c = roll(w, ARRAY_SIZE(containers));
	int container, fd;

	switch (roll(w, 6)) {
	case 0:
		if (peek(containers, c) < 0)
			publish(containers, c, open_container());
		break;
	case 1:
		fd = open_any_group(i);
		if (fd < 0)
			return fd;
		publish(groups, i, fd);
		break;
	case 2:
		container = peek(containers, c);
		return sys(peek(groups, i), VFIO_GROUP_SET_CONTAINER, &container);
	case 3:
		return sysv(peek(containers, c), VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	default:
		fd = open_device(ANY(w, groups), i < NR_DEVS ? bdfs[i] : uuids[i - NR_DEVS]);
		if (fd < 0)
			return fd;
		publish(devices, i + NR_ALL * roll(w, 2), fd);
	}
	return 0;
}

/* Devices and groups are open most of the time: this comes by less often. */
static long close_step(struct worker *w)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	switch (roll(w, 40)) {
	case 0:
		publish(containers, roll(w, ARRAY_SIZE(containers)), -1);
		return 0;
	case 1:
	case 2:
		publish(groups, roll(w, NR_ALL), -1);
		return 0;
	case 3 ... 9:
		publish(devices, roll(w, 2 * NR_ALL), -1);
		return 0;
	case 10:
		return sysv(ANY(w, groups), VFIO_GROUP_UNSET_CONTAINER, 0);
	default:
		return sys(ANY(w, groups), VFIO_GROUP_GET_STATUS, &status);
	}
}

static long dup_step(struct worker *w)
{
	int *const lists[] = { containers, groups, devices, data_files };
	int fd = kapi_sys_dup(peek(lists[roll(w, 4)], roll(w, 2)), true);
	u8 byte;

	if (fd < 0)
		return fd;
	kapi_sys_read(fd, &byte, 1);
	kapi_sys_poll(fd);
	return kapi_sys_close(fd);
}

static long new_vaddr(int container, u64 iova, void *at)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = VFIO_DMA_MAP_FLAG_VADDR, .vaddr = (u64)at,
		.iova = iova, .size = SLOT_SIZE,
	};

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static long map_step(struct worker *w)
{
	u64 iova = 0x100000 + roll(w, IOVA_SLOTS) * SLOT_SIZE;
	struct vfio_iommu_type1_dirty_bitmap track = { .argsz = sizeof(track) };
	struct {
		struct vfio_iommu_type1_info info;
		u8 caps[512];
	} info = { .info.argsz = sizeof(info) };
	int c = ANY(w, containers);

	switch (roll(w, 9)) {
	case 0 ... 2:
		return map_dma(c, iova, mem + roll(w, 4) * PG, SLOT_SIZE);
	case 3 ... 4:
		return unmap_dma(c, iova, SLOT_SIZE, 0);
	case 5:
		return roll(w, 8) ? 0 : unmap_dma(c, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL);
	case 6:
		track.flags = roll(w, 2) ? VFIO_IOMMU_DIRTY_PAGES_FLAG_START :
					   VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP;
		return sys(c, VFIO_IOMMU_DIRTY_PAGES, &track);
	case 7:
		/* The process moves elsewhere: the addresses go, and new ones come. */
		/* Where others wait for the new one it could be that none comes: see type1_attach.c. */
		if (roll(w, 4) || profile(BEH_VADDR_WAITS))
			return 0;
		unmap_dma(c, iova, SLOT_SIZE, VFIO_DMA_UNMAP_FLAG_VADDR);
		sched_yield();
		return new_vaddr(c, iova, mem);
	default:
		return sys(c, VFIO_IOMMU_GET_INFO, &info);
	}
}

static long pin_step(struct worker *w)
{
	u64 iova = 0x100000 + roll(w, IOVA_SLOTS) * SLOT_SIZE;
	int fd = ANY(w, devices);
	unsigned int what = roll(w, 8);

	mock_put(fd, MOCK_REG_ARG0, iova);
	mock_put(fd, MOCK_REG_ARG1, what == 2 ? 0x800 : 4);
	mock_put(fd, MOCK_REG_ARG2, what == 2 ? 1 : 3);
	mock_get(fd, MOCK_REG_PINS);
	mock_get(fd, MOCK_REG_KVM_NOW);
	return mock_put(fd, MOCK_REG_CMD, what == 2 ? MOCK_CMD_DMA_RW : what < 5 ? MOCK_CMD_PIN :
			MOCK_CMD_UNPIN_ALL);
}

static long migrate_step(struct worker *w)
{
	int fd = ANY(w, devices), data;
	long ret;

	if (!roll(w, 4))
		return get_state(fd);
	ret = set_state(fd, 1 + roll(w, 7), &data);
	if (!ret && data >= 0)
		publish(data_files, roll(w, ARRAY_SIZE(data_files)), data);
	return ret;
}

static long data_step(struct worker *w)
{
	struct vfio_precopy_info info = { .argsz = sizeof(info) };
	unsigned int i = roll(w, ARRAY_SIZE(data_files));

	switch (roll(w, 8)) {
	case 0 ... 3:
		return kapi_sys_read(peek(data_files, i), w->page, PG);
	case 4 ... 5:
		return kapi_sys_write(peek(data_files, i), w->page, roll(w, PG));
	case 6:
		return sys(peek(data_files, i), VFIO_MIG_GET_PRECOPY_INFO, &info);
	default:
		publish(data_files, i, -1);
		return 0;
	}
}

static long log_step(struct worker *w)
{
	struct vfio_device_feature_dma_logging_range range = {
		.iova = 0x100000, .length = IOVA_SLOTS * SLOT_SIZE,
	};
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = PG, .num_ranges = 1, .ranges = (u64)&range,
	};
	struct vfio_device_feature_dma_logging_report report = {
		.iova = range.iova, .length = range.length, .page_size = PG, .bitmap = (u64)w->page,
	};
	int fd = ANY(w, devices);

	switch (roll(w, 6)) {
	case 0:
		return feature(fd, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
			       &control, sizeof(control));
	case 1:
		return feature(fd, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,
			       &control, 0);
	case 2 ... 3:
		return feature(fd, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
			       &report, sizeof(report));
	default:
		mock_put(fd, MOCK_REG_ARG0, 0x100000 + roll(w, IOVA_SLOTS) * SLOT_SIZE);
		mock_put(fd, MOCK_REG_ARG1, 1 + roll(w, SLOT_SIZE));
		return mock_put(fd, MOCK_REG_CMD, MOCK_CMD_DIRTY);
	}
}

static long reset_step(struct worker *w)
{
	int fd = ANY(w, devices), shown[NR_DEVS];
	unsigned int i;

	if (roll(w, 2))
		return sysv(fd, VFIO_DEVICE_RESET, 0);
	for (i = 0; i < 3; i++)
		shown[i] = peek(groups, roll(w, NR_ALL));
	return hot_reset(fd, shown, 1 + roll(w, 3));
}

#define EVENTFD(action) (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_##action)
#define NONE(action) (VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_##action)

static long irq_step(struct worker *w)
{
	struct vfio_device_ioeventfd io = {
		.argsz = sizeof(io), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = BAR0_AT(4),
		.data = 7, .fd = roll(w, 2) ? w->event[1] : -1,
	};
	u32 raise = 1;
	u64 one = 1;
	int fd = ANY(w, devices);

	switch (roll(w, 12)) {
	case 0:
		return set_irqs(fd, EVENTFD(TRIGGER), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, w->event);
	case 1:
		return set_irqs(fd, EVENTFD(UNMASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, w->event + 1);
	case 2:
		return set_irqs(fd, NONE(TRIGGER), VFIO_PCI_INTX_IRQ_INDEX, 0, 0, NULL);
	case 3:
		return set_irqs(fd, NONE(UNMASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, NULL);
	case 4:
		return set_irqs(fd, NONE(MASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, NULL);
	case 5:
		return set_irqs(fd, EVENTFD(TRIGGER), VFIO_PCI_MSI_IRQ_INDEX, 0, 1, w->event);
	case 6:
		return set_irqs(fd, NONE(TRIGGER), VFIO_PCI_MSI_IRQ_INDEX, 0, 0, NULL);
	case 7:
		return set_irqs(fd, EVENTFD(TRIGGER), VFIO_PCI_REQ_IRQ_INDEX, 0, 1, w->event);
	case 8:
		return sys(fd, VFIO_DEVICE_IOEVENTFD, &io);
	case 9:
		return write(w->event[1], &one, sizeof(one));
	case 10:
		/* The edu raises an interrupt, and takes it back. */
		return kapi_sys_pwrite(fd, &raise, 4, BAR0_AT(0x60));
	default:
		return kapi_sys_pwrite(fd, &raise, 4, BAR0_AT(0x64));
	}
}

/* What is mapped is looked at by the core only: it says EFAULT where we would get SIGBUS. */
static long access_step(struct worker *w)
{
	int fd = ANY(w, devices);
	u16 command = 6 | roll(w, 2) << 10;
	void *at;
	long ret;

	switch (roll(w, 6)) {
	case 0:
		return kapi_sys_pread(fd, w->page, 256, CONFIG_AT(0));
	case 1:
		return kapi_sys_pwrite(fd, &command, 2, CONFIG_AT(4));
	case 2:
		return kapi_sys_pread(fd, w->page, 4, BAR0_AT(0));
	case 3:
		at = kapi_sys_mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (IS_ERR(at))
			return PTR_ERR(at);
		ret = kapi_sys_pwrite(fd, at, 4, MOCK_AT(MOCK_DATA));
		kapi_sys_munmap(at, PG);
		kapi_sys_munmap(at + PG, PG);
		return ret;
	case 4:
		return kapi_sys_pwrite(fd, w->page, 64, MOCK_AT(MOCK_WINDOW + roll(w, 4000)));
	default:
		return feature(fd, VFIO_DEVICE_FEATURE_SET |
			       (roll(w, 4) ? VFIO_DEVICE_FEATURE_LOW_POWER_EXIT :
					     VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY), w->page, 0);
	}
}

static long kvm_step(struct worker *w)
{
	struct kvm_create_device cd = { .type = KVM_DEV_TYPE_VFIO };
	struct kvm_device_attr attr = { .group = KVM_DEV_VFIO_GROUP };
	int kvm = kapi_sys_open("/dev/kvm", O_RDWR), vm = sysv(kvm, KVM_CREATE_VM, 0);
	long ret = sys(vm, KVM_CREATE_DEVICE, &cd);
	unsigned int i;
	s32 group;

	for (i = 0; i < 20 && !ret; i++) {
		group = ANY(w, groups);
		attr.addr = (u64)&group;
		attr.attr = i & 1 ? KVM_DEV_VFIO_GROUP_DEL : KVM_DEV_VFIO_GROUP_ADD;
		sys(cd.fd, KVM_SET_DEVICE_ATTR, &attr);
	}
	if (!ret)
		kapi_sys_close(cd.fd);
	kapi_sys_close(vm);
	kapi_sys_close(kvm);
	return ret;
}

/* Waits for the last close of the device, which others have to come around to. */
static long bind_step(struct worker *w)
{
	const char *bdf = bdfs[roll(w, NR_DEVS)];
	long ret;

	if (roll(w, 200))
		return -EAGAIN;
	ret = attr_put("/sys/bus/pci/drivers/mock_vfio_pci/unbind", bdf);
	if (!ret)
		ret = attr_put("/sys/bus/pci/drivers/mock_vfio_pci/bind", bdf);
	return ret;
}

/* Make a mediated device, or take it away, which waits likewise. */
static long mdev_step(struct worker *w)
{
	const char *uuid = uuids[roll(w, ARRAY_SIZE(uuids))];
	char path[96];

	if (roll(w, 100))
		return -EAGAIN;
	if (roll(w, 2))
		return attr_put(MDEV_TYPE "create", uuid);
	snprintf(path, sizeof(path), MDEVS "%s/remove", uuid);
	return attr_put(path, "1");
}

static void mdevs_remove(void)
{
	char path[96];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(uuids); i++) {
		snprintf(path, sizeof(path), MDEVS "%s/remove", uuids[i]);
		attr_put(path, "1");
	}
}

#endif
