// SPDX-License-Identifier: GPL-2.0-only
#include "replay_look.h"

#include <string.h>
#include <time.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "replay_device.h"

#define REGION(index)	((uint64_t)(index) << 40)
#define CONFIG		256U	/* bytes */
#define SPAN		(32ULL << 20)	/* of iova; programs map little beyond it */
#define BITMAP		(SPAN / 4096 / 8)
#define EDU_RAISE	0x60
#define EDU_ACK		0x64

static const struct replay_look *look;

static void tell(enum prog_op op, enum prog_kind kind, long ret, const void *bytes, size_t len,
		 unsigned int dev)
{
	static const struct prog_call none;
	const struct prog_step s = {
		.call = &none, .index = PROG_MAX_CALLS, .op = op, .kind = kind, .fd = -1, .new_fd = -1,
		.value = op == PROG_PREAD ? REGION(VFIO_PCI_CONFIG_REGION_INDEX) : 0,
		.after = bytes, .len = len, .ret = ret,
	};

	look->tell(&s, dev);
}

/* Interrupts and ioeventfds are on their way. */
static void eventfds(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	bool waited = false;

	for (int i = 0; i < PROG_SLOTS; i++) {
		uint8_t count[8] = { 0 };
		long ret;

		if (look->slots[i] < 0 || look->kinds[i] != PROG_EVENT)
			continue;
		if (!waited)
			nanosleep(&nap, NULL);
		waited = true;
		ret = look->sys->read(look->slots[i], count, sizeof(count));
		tell(PROG_READ, PROG_EVENT, ret, count, sizeof(count), 0);
	}
}

static void registers(int fd, unsigned int dev)
{
	static const uint16_t regs[] = {
		MOCK_REG_MIG_STATE, MOCK_REG_OPEN_COUNT, MOCK_REG_HAS_KVM, MOCK_REG_KVM_NOW,
		MOCK_REG_KVM_ASSIGNED, MOCK_REG_PINS, MOCK_REG_LOG_DIRTY,
	};
	uint8_t val[8 * sizeof(regs) / sizeof(regs[0])] = { 0 };
	long ret = 0;

	for (unsigned int i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		ret += look->sys->pread(fd, val + 8 * i, 8, REGION(VFIO_PCI_NUM_REGIONS) + regs[i]);
	tell(PROG_INFO, PROG_DEVICE, ret, val, sizeof(val), dev);
}

static void config(int fd, unsigned int dev)
{
	uint8_t bytes[CONFIG] = { 0 };
	long ret = look->sys->pread(fd, bytes, sizeof(bytes), REGION(VFIO_PCI_CONFIG_REGION_INDEX));

	tell(PROG_PREAD, PROG_DEVICE, ret, bytes, sizeof(bytes), dev);
}

static void interrupt(int fd, unsigned int dev)
{
	static const uint32_t one = 1, all = ~0U;
	struct vfio_irq_set unmask = {
		.argsz = sizeof(unmask), .flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK,
		.index = VFIO_PCI_INTX_IRQ_INDEX, .count = 1,
	};
	long ret;

	ret = look->sys->pwrite(fd, &one, sizeof(one), EDU_RAISE);
	tell(PROG_PWRITE, PROG_DEVICE, ret, NULL, 0, dev);
	eventfds();
	ret = look->sys->ioctl(fd, VFIO_DEVICE_SET_IRQS, (unsigned long)&unmask);
	tell(PROG_SET_IRQS, PROG_DEVICE, ret, NULL, 0, dev);
	eventfds();
	ret = look->sys->pwrite(fd, &all, sizeof(all), EDU_ACK);
	tell(PROG_PWRITE, PROG_DEVICE, ret, NULL, 0, dev);
}

static void logged(int fd, unsigned int dev)
{
	static uint8_t bitmap[BITMAP];
	const struct vfio_device_feature_dma_logging_report report = {
		0, SPAN, 4096, (uintptr_t)bitmap,
	};
	union {
		struct vfio_device_feature header;
		uint8_t room[sizeof(struct vfio_device_feature) + sizeof(report)];
	} arg = {
		.header = { sizeof(arg), VFIO_DEVICE_FEATURE_GET |
				VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT },
	};
	long ret;

	memcpy(arg.room + sizeof(arg.header), &report, sizeof(report));
	memset(bitmap, 0, sizeof(bitmap));
	ret = look->sys->ioctl(fd, VFIO_DEVICE_FEATURE, (unsigned long)&arg);
	tell(PROG_INFO, PROG_DEVICE, ret, bitmap, sizeof(bitmap), dev);
}

static void device(int fd, unsigned int dev)
{
	config(fd, dev);
	registers(fd, dev);
	if (dev > PROG_PEER)
		return;
	logged(fd, dev);
	interrupt(fd, dev);
}

static void data_file(int fd, unsigned int dev)
{
	uint8_t bytes[64] = { 0 };
	long ret = look->sys->poll(fd);

	tell(PROG_POLL, PROG_DATA, ret, NULL, 0, dev);
	ret = look->sys->read(fd, bytes, sizeof(bytes));
	tell(PROG_READ, PROG_DATA, ret, bytes, sizeof(bytes), dev);
}

static void tracking(int fd, uint32_t flag)
{
	struct vfio_iommu_type1_dirty_bitmap arg = { .argsz = sizeof(arg), .flags = flag };
	long ret = look->sys->ioctl(fd, VFIO_IOMMU_DIRTY_PAGES, (unsigned long)&arg);

	tell(PROG_DIRTY, PROG_CONTAINER, ret, NULL, 0, 0);
}

static void dirty(int fd)
{
	static uint8_t bitmap[BITMAP];
	const struct vfio_iommu_type1_dirty_bitmap_get get = {
		0, SPAN, { 4096, sizeof(bitmap), (void *)bitmap },
	};
	union {
		struct vfio_iommu_type1_dirty_bitmap header;
		uint8_t room[sizeof(struct vfio_iommu_type1_dirty_bitmap) + sizeof(get)];
	} arg = {
		.header = { sizeof(arg), VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP },
	};
	long ret;

	memcpy(arg.room + sizeof(arg.header), &get, sizeof(get));
	memset(bitmap, 0, sizeof(bitmap));
	ret = look->sys->ioctl(fd, VFIO_IOMMU_DIRTY_PAGES, (unsigned long)&arg);
	tell(PROG_INFO, PROG_CONTAINER, ret, bitmap, sizeof(bitmap), 0);
}

static void container(int fd)
{
	union {
		struct vfio_iommu_type1_info head;
		uint8_t room[512];
	} info = { .head.argsz = sizeof(info) };
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = VFIO_DMA_UNMAP_FLAG_ALL,
	};
	long ret = look->sys->ioctl(fd, VFIO_IOMMU_GET_INFO, (unsigned long)&info);

	tell(PROG_IOMMU_INFO, PROG_CONTAINER, ret, &info, sizeof(info), 0);
	if (ret)
		return;
	dirty(fd);
	dirty(fd);
	tracking(fd, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
	tracking(fd, VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
	dirty(fd);
	tracking(fd, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
	ret = look->sys->ioctl(fd, VFIO_IOMMU_UNMAP_DMA, (unsigned long)&unmap);
	tell(PROG_UNMAP, PROG_CONTAINER, ret, &unmap, sizeof(unmap), 0);
}

static void close_beside(int slot)
{
	long ret = -1;

	for (int i = 0; i < PROG_SLOTS; i++) {
		if (i == slot || look->slots[i] < 0 || look->kinds[i] != PROG_DEVICE)
			continue;
		if (ret < 0) {
			ret = look->sys->close(look->slots[slot]);
			look->slots[slot] = -1;
		}
		config(look->slots[i], look->devs[i]);
	}
}

void replay_look_on(const struct replay_look *l)
{
	look = l;
	eventfds();
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < PROG_SLOTS; i++) {
			int fd = l->slots[i];

			if (fd < 0)
				continue;
			if (!pass && l->kinds[i] == PROG_DEVICE)
				device(fd, l->devs[i]);
			else if (!pass && l->kinds[i] == PROG_DATA)
				data_file(fd, l->devs[i]);
			else if (pass && l->kinds[i] == PROG_CONTAINER)
				container(fd);
		}
	for (int i = 0; i < PROG_SLOTS; i++)
		if (l->slots[i] >= 0 && l->kinds[i] == PROG_DEVICE)
			close_beside(i);
}

void replay_look_again(const struct replay_look *l, unsigned int devices)
{
	look = l;
	for (unsigned int dev = 0; dev <= PROG_PEER; dev++) {
		int container, group, fd;

		if (!(devices >> dev & 1))
			continue;
		fd = replay_device_open(dev, &container, &group);
		if (fd < 0) {
			tell(PROG_GET_DEVICE, PROG_GROUP, fd, NULL, 0, dev);
		} else {
			config(fd, dev);
			registers(fd, dev);
		}
		replay_device_close(container, group, fd);
	}
}
