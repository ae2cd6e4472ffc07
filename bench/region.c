// SPDX-License-Identifier: GPL-2.0-only
/* Regions: config space and a BAR with pread() and pwrite(), a mapped BAR, a driver's own region. */
#include <sys/mman.h>
#include <unistd.h>

#include "setup.h"

static struct vfio_dev *main_edu(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);

	if (dev && !edu_is(dev->bdf)) {
		bench_skip(b, "what is behind the BARs is only known of an edu device");
		return NULL;
	}
	return dev;
}

static void access_at(struct bench *b, int fd, uint64_t at, size_t width, bool write)
{
	uint64_t value = 0;
	ssize_t n = width;

	bench_floor(b, &floor_getppid, NULL, 1);
	while (n == (ssize_t)width && bench_loop(b)) {
		n = write ? pwrite(fd, &value, width, at) : pread(fd, &value, width, at);
		if (n != (ssize_t)width)
			bench_fail(b, "%s of %zu bytes: %s", write ? "write" : "read", width,
				   client_errno(n < 0 ? errno : 0));
	}
	bench_set_items(b, 1);
}

static void bench_config_read(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);

	if (dev)
		access_at(b, dev->fd, region_offset(dev->fd, VFIO_PCI_CONFIG_REGION_INDEX), 4, false);
}

/* The interrupt line register, which means nothing to a device. */
static void bench_config_write(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);

	if (dev)
		access_at(b, dev->fd, region_offset(dev->fd, VFIO_PCI_CONFIG_REGION_INDEX) + 0x3c, 1,
			  true);
}

static void bench_bar_read(struct bench *b)
{
	struct vfio_dev *dev = main_edu(b);

	if (dev)
		access_at(b, dev->fd, region_offset(dev->fd, VFIO_PCI_BAR0_REGION_INDEX) + EDU_ID, 4,
			  false);
}

static void bench_bar_write(struct bench *b)
{
	struct vfio_dev *dev = main_edu(b);

	if (dev)
		access_at(b, dev->fd,
			  region_offset(dev->fd, VFIO_PCI_BAR0_REGION_INDEX) + EDU_LIVENESS, 4, true);
}

/* NULL where each access is one to be emulated and those are not measured. */
static struct vfio_dev *emulated_edu(struct bench *b)
{
	if (bench_is_counted() && setup_on_core()) {
		bench_skip(b, "callgrind does not count the signal handler that emulates the access");
		return NULL;
	}
	return main_edu(b);
}

static void bench_bar_mmap(struct bench *b)
{
	struct vfio_dev *dev = emulated_edu(b);
	volatile uint32_t *bar;
	uint32_t id = EDU_ID_VALUE;

	if (!dev)
		return;
	bar = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd,
		   region_offset(dev->fd, VFIO_PCI_BAR0_REGION_INDEX));
	if (bar == MAP_FAILED) {
		bench_skip(b, "the BAR cannot be mapped");
		return;
	}
	bench_floor(b, &floor_getppid, NULL, 1);
	while (id == EDU_ID_VALUE && bench_loop(b))
		id = bar[EDU_ID / 4];
	if (id != EDU_ID_VALUE)
		bench_fail(b, "the device's id reads as 0x%x", id);
	bench_set_items(b, 1);
	munmap((void *)bar, 4096);
}

/* Map, touch, unmap: the fault is part of it. */
static void bench_mmap_munmap(struct bench *b)
{
	struct vfio_dev *dev = emulated_edu(b);
	uint64_t offset;
	void *bar;

	if (!dev)
		return;
	offset = region_offset(dev->fd, VFIO_PCI_BAR0_REGION_INDEX);
	bench_floor(b, &floor_getppid, NULL, 2);
	while (bench_loop(b)) {
		bar = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd, offset);
		if (bar == MAP_FAILED) {
			bench_skip(b, "the BAR cannot be mapped");
			break;
		}
		*(volatile uint32_t *)bar;
		munmap(bar, 4096);
	}
	bench_set_items(b, 1);
}

static void bench_driver_region(struct bench *b)
{
	struct mock *mock = setup_main_mock(b);

	if (mock)
		access_at(b, mock->fd, mock->offset + MOCK_REG_MAGIC, 8, false);
}

static void bench_region_info(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	struct vfio_region_info info;
	int ret = 0;

	if (!dev)
		return;
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = __region_info(dev->fd, VFIO_PCI_CONFIG_REGION_INDEX, &info);
		if (ret)
			bench_fail(b, "GET_REGION_INFO: %s", client_errno(ret));
	}
	bench_set_items(b, 1);
}

void register_region(void)
{
	bench_register("config_read", bench_config_read, NULL);
	bench_register("config_write", bench_config_write, NULL);
	bench_register("bar_read", bench_bar_read, NULL);
	bench_register("bar_write", bench_bar_write, NULL);
	bench_register("bar_mmap_load", bench_bar_mmap, NULL);
	bench_register("bar_mmap_munmap", bench_mmap_munmap, NULL);
	bench_register("driver_region_read", bench_driver_region, NULL);
	bench_register("get_region_info", bench_region_info, NULL);
}
