// SPDX-License-Identifier: GPL-2.0-only
#include "replay_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "sys_libc.h"

#define CONFIG_POS	((uint64_t)VFIO_PCI_CONFIG_REGION_INDEX << 40)
#define BARS		6
#define HEADER		64	/* of config space; what is behind it stays as it was written */
#define CONFIG		256
#define EDU_DMA_SRC	0x80
#define EDU_DMA_DST	0x88
#define EDU_DMA_COUNT	0x90
#define EDU_DMA_CMD	0x98
#define EDU_BUF		0x40000ULL
#define EDU_BUF_SIZE	4096U

static int groups[PROG_DEVS];
static uint32_t bars[PROG_DEVS][BARS];
static enum { BAR_AS_GIVEN, BAR_WRITTEN, BAR_UNSURE } bar_state[PROG_DEVS][BARS];
static uint8_t config[PROG_DEVS][CONFIG];

/* What no reset of edu clears: status, a raised interrupt, its DMA engine. */
static void restore_edu(int fd)
{
	static const struct { uint8_t reg; uint32_t val; } regs[] = {
		{ 0x04, ~0U }, { 0x20, 0 }, { 0x64, ~0U }, { 0x80, 0 }, { 0x84, 0 }, { 0x88, 0 },
		{ 0x8c, 0 }, { 0x90, 0 }, { 0x94, 0 },
	};

	for (unsigned int i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		prog_libc.pwrite(fd, &regs[i].val, 4, regs[i].reg);
}

static void restore_config(unsigned int dev, int fd)
{
	uint32_t now, was;

	for (unsigned int at = HEADER; at < CONFIG; at += 4) {
		memcpy(&was, config[dev] + at, 4);
		if (prog_libc.pread(fd, &now, 4, CONFIG_POS + at) == 4 && now != was)
			prog_libc.pwrite(fd, &was, 4, CONFIG_POS + at);
	}
}

int replay_device_open(unsigned int dev, int *container, int *group)
{
	const char *name = prog_dev_name[dev];
	int fd, n = prog_libc.group(name);
	char path[32];

	if (n < 0)
		return -ENODEV;
	snprintf(path, sizeof(path), "/dev/vfio/%d", n);
	*container = prog_libc.open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	*group = prog_libc.open(path, O_RDWR | O_CLOEXEC);
	prog_libc.ioctl(*group, VFIO_GROUP_SET_CONTAINER, (unsigned long)container);
	prog_libc.ioctl(*container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	/* An injected error of open_device is spent on the first attempt. */
	fd = prog_libc.ioctl(*group, VFIO_GROUP_GET_DEVICE_FD, (unsigned long)name);
	if (fd < 0)
		fd = prog_libc.ioctl(*group, VFIO_GROUP_GET_DEVICE_FD, (unsigned long)name);
	return fd;
}

void replay_device_close(int container, int group, int fd)
{
	prog_libc.close(fd);
	prog_libc.close(group);
	prog_libc.close(container);
}

bool replay_restore_open(unsigned int dev, int fd)
{
	uint64_t one = 1;

	if (dev > PROG_PEER)
		return true;
	restore_config(dev, fd);
	restore_edu(fd);
	return dev == PROG_PLAIN ||
	       prog_libc.pwrite(fd, &one, 8, ((uint64_t)VFIO_PCI_NUM_REGIONS << 40) +
				MOCK_REG_RESTORE) == 8;
}

static void restore(unsigned int dev)
{
	int container, group, fd = replay_device_open(dev, &container, &group);

	if (fd == -ENODEV)
		return;
	if (fd < 0 || !replay_restore_open(dev, fd))
		fprintf(stderr, "%s cannot be restored: %s\n", prog_dev_name[dev],
			fd < 0 ? strerror(-fd) : "refused");
	replay_device_close(container, group, fd);
}

void replay_restore(unsigned int touched)
{
	for (unsigned int dev = 0; dev <= PROG_PEER; dev++)
		if (touched >> dev & 1)
			restore(dev);
}

/* "START END FLAGS" a line, in the order of the BARs. */
static void read_bars(unsigned int dev)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", prog_dev_name[dev]);
	f = fopen(path, "r");
	for (unsigned int i = 0; f && i < BARS; i++) {
		unsigned long long start;

		if (fscanf(f, "%llx %*s %*s", &start) == 1)
			bars[dev][i] = start;
	}
	if (f)
		fclose(f);
}

void replay_device_init(void)
{
	for (unsigned int dev = 0; dev <= PROG_PEER; dev++) {
		int container, group, fd = replay_device_open(dev, &container, &group);

		groups[dev] = prog_libc.group(prog_dev_name[dev]);
		read_bars(dev);
		if (fd == -ENODEV)
			continue;
		if (fd >= 0)
			prog_libc.pread(fd, config[dev], CONFIG, CONFIG_POS);
		replay_device_close(container, group, fd);
	}
}

void replay_begin(void)
{
	memset(bar_state, 0, sizeof(bar_state));
}

void replay_bars_written(unsigned int dev, uint64_t pos, size_t len)
{
	for (uint64_t at = pos - CONFIG_POS - 0x10; len--; at++)
		if (at < 4 * BARS && dev < PROG_DEVS)
			bar_state[dev][at / 4] = BAR_WRITTEN;
}

void replay_bars_opened(unsigned int dev)
{
	for (unsigned int i = 0; i < BARS && dev < PROG_DEVS; i++)
		if (bar_state[dev][i])
			bar_state[dev][i] = BAR_UNSURE;
}

void replay_without_bars(unsigned int dev, uint64_t pos, uint8_t *bytes, size_t len)
{
	if (pos >> 40 != VFIO_PCI_CONFIG_REGION_INDEX || dev >= PROG_DEVS)
		return;
	pos -= CONFIG_POS;
	for (size_t i = 0; i < len; i++) {
		uint64_t at = pos + i - 0x10;

		if (at >= 4 * BARS || bar_state[dev][at / 4] == BAR_WRITTEN)
			continue;
		if (bar_state[dev][at / 4] == BAR_UNSURE ||
		    bytes[i] == (uint8_t)(bars[dev][at / 4] >> at % 4 * 8))
			bytes[i] = 0;
	}
}

void replay_without_groups(uint8_t *bytes, size_t len, bool done)
{
	const size_t head = sizeof(struct vfio_pci_hot_reset_info);
	const size_t one = sizeof(struct vfio_pci_dependent_device);
	uint32_t count = 0, group;

	if (!done) {
		if (len > head)
			memset(bytes + head, 0, len - head);
		return;
	}
	/* Behind them is what stood there before. */
	if (len >= head)
		memcpy(&count, bytes + offsetof(struct vfio_pci_hot_reset_info, count), sizeof(count));
	for (size_t at = head; count && at + one <= len; at += one, count--) {
		memcpy(&group, bytes + at, sizeof(group));
		for (unsigned int dev = 0; dev <= PROG_PEER; dev++)
			if (group == (uint32_t)groups[dev]) {
				group = dev;
				memcpy(bytes + at, &group, sizeof(group));
				break;
			}
	}
}

bool replay_dma_allowed(int fd, uint64_t pos, const void *data, size_t len)
{
	uint64_t reg[3] = { 0 }, local;
	uint32_t cmd = 0;

	if (pos > EDU_DMA_CMD || pos + len <= EDU_DMA_CMD)
		return true;
	memcpy(&cmd, (const uint8_t *)data + (EDU_DMA_CMD - pos),
	       pos + len - EDU_DMA_CMD < 4 ? pos + len - EDU_DMA_CMD : 4);
	for (int i = 0; i < 3; i++)
		for (int half = 0; half < 2; half++)
			prog_libc.pread(fd, (uint8_t *)&reg[i] + 4 * half, 4,
					EDU_DMA_SRC + 8 * i + 4 * half);
	/* A write of more than this register may change those, too. */
	local = cmd & 2 ? reg[0] : reg[1];
	return !(cmd & 1) || (pos == EDU_DMA_CMD && local >= EDU_BUF && reg[2] &&
			      local + reg[2] > local && local + reg[2] <= EDU_BUF + EDU_BUF_SIZE);
}

void replay_wait_dma(int fd)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	uint32_t cmd;

	/* The device takes a tenth of a second; without memory access it reads as all ones. */
	for (int i = 0; i < 60; i++) {
		if (prog_libc.pread(fd, &cmd, 4, EDU_DMA_CMD) != 4 || !(cmd & 1) || cmd == ~0U)
			return;
		nanosleep(&nap, NULL);
	}
}
