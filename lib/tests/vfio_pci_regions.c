// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs, ROM, the MSI-X table and vectors of a device that has them all: how
 * accesses are cut, what INFO says, what SET_IRQS does to vectors.
 */
#include <sys/eventfd.h>

#include "../core/profile.h"
#include "vfio_pci_zoo.h"

static int dev;

static const char *log_text(void)
{
	static char text[256];
	unsigned int i, len = 0;

	text[0] = 0;
	for (i = 0; i < the_zoo.nr_log; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%llx/%u", i ? " " : "",
				(unsigned long long)the_zoo.log[i].off, the_zoo.log[i].width);
	the_zoo.nr_log = 0;
	return text;
}

static bool all_ones(const u8 *bytes, unsigned int count)
{
	while (count--)
		if (*bytes++ != 0xff)
			return false;
	return true;
}

/* Read @count bytes at @off of BAR 0 and compare the accesses that the device saw. */
static void expect_cut(u64 off, size_t count, const char *want)
{
	const char *got;
	u8 buf[64];

	the_zoo.nr_log = 0;
	is(kapi_sys_pread(dev, buf, count, zoo_off(0, off)), count, "read %zu at %llx", count,
	   (unsigned long long)off);
	got = log_text();
	if (!ok(!strcmp(got, want), "in pieces %s", want))
		printf("# got %s\n", got);
}

static void test_cuts(void)
{
	bool q = profile(BEH_PCI_IO_QWORD);

	expect_cut(0x10, 1, "10/1");
	expect_cut(0x10, 2, "10/2");
	expect_cut(0x11, 2, "11/1 12/1");
	expect_cut(0x12, 4, "12/2 14/2");
	expect_cut(0x14, 8, "14/4 18/4");
	expect_cut(0x18, 8, q ? "18/8" : "18/4 1c/4");
	expect_cut(0x1b, 15, q ? "1b/1 1c/4 20/8 28/2" : "1b/1 1c/4 20/4 24/4 28/2");
	expect_cut(ZOO_BAR0_SIZE - 3, 3, "fffd/1 fffe/2");
}

static void test_edges(void)
{
	u8 buf[16];

	is(kapi_sys_pread(dev, buf, 8, zoo_off(0, ZOO_BAR0_SIZE - 4)), 4, "short at the end");
	is(kapi_sys_pread(dev, buf, 8, zoo_off(0, ZOO_BAR0_SIZE)), -EINVAL, "behind it");
	is(kapi_sys_pread(dev, buf, 4, zoo_off(1, 0)), -EINVAL, "no BAR");
	is(kapi_sys_pread(dev, buf, 4, zoo_off(3, 0)), -EINVAL, "the other half of a BAR");
	is(kapi_sys_pread(dev, buf, 4, zoo_off(VFIO_PCI_VGA_REGION_INDEX, 0x3c0)), -EINVAL,
	   "no VGA");
	is(kapi_sys_pread(dev, buf, 0, zoo_off(99, 0)), 0, "nothing of no region");

	/* The vector table is not the user's. */
	memset(buf, 0, sizeof(buf));
	is(kapi_sys_pread(dev, buf, 12, zoo_off(0, ZOO_MSIX_TABLE - 4)), 12, "into the table");
	ok(all_ones(buf + 4, 8), "reads ones");
	memset(buf, 0x5a, sizeof(buf));
	is(kapi_sys_pwrite(dev, buf, 16, zoo_off(0, ZOO_MSIX_TABLE + ZOO_MSIX_COUNT * 16 - 8)), 16,
	   "write across its end");
	is(the_zoo.mem[ZOO_MSIX_TABLE + ZOO_MSIX_COUNT * 16], 0x5a, "what is behind is written");
	ok(the_zoo.mem[ZOO_MSIX_TABLE + ZOO_MSIX_COUNT * 16 - 8] != 0x5a, "the table is not");

	cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_IO);
	is(kapi_sys_pread(dev, buf, 4, zoo_off(0, 0)), -EIO, "memory off");
	is(kapi_sys_pread(dev, buf, 4, zoo_off(4, 0)), 4, "ports on");
	ok(!memcmp(buf, "\0\1\2\3", 4), "and they answer");
	cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static struct vfio_region_info region_info(unsigned int index, unsigned int argsz, int want)
{
	struct {
		struct vfio_region_info info;
		u8 caps[64];
	} buf = { .info = { .argsz = argsz, .index = index } };

	is(sys(dev, VFIO_DEVICE_GET_REGION_INFO, &buf), want, "info of region %u", index);
	return buf.info;
}

static void test_info(void)
{
	struct vfio_region_info info;
	u8 rom[16];

	info = region_info(0, sizeof(info), 0);
	is(info.size, ZOO_BAR0_SIZE, "its size");
	is(info.flags, 15, "read, write, mmap, capabilities");
	is(info.argsz, 40, "space for the capability");
	is(info.cap_offset, 0, "which did not fit");
	info = region_info(0, 40, 0);
	is(info.cap_offset, 32, "and now does");
	info = region_info(2, sizeof(info), 0);
	is(info.size, ZOO_BAR2_SIZE, "its size");
	is(info.flags, 7, "read, write, mmap");
	is(region_info(3, sizeof(info), 0).size, 0, "upper half: none");
	is(region_info(4, sizeof(info), 0).flags, 3, "ports: no mmap");
	is(region_info(5, sizeof(info), 0).size, ZOO_BAR5_SIZE, "small BAR");
	info = region_info(VFIO_PCI_ROM_REGION_INDEX, sizeof(info), 0);
	is(info.size, ZOO_ROM_SIZE, "ROM: size of the BAR");
	is(info.flags, VFIO_REGION_INFO_FLAG_READ, "read only");
	is(region_info(VFIO_PCI_CONFIG_REGION_INDEX, sizeof(info), 0).size, 4096, "config");
	region_info(VFIO_PCI_VGA_REGION_INDEX, sizeof(info), -EINVAL);
	region_info(VFIO_PCI_NUM_REGIONS, sizeof(info), -EINVAL);
	region_info(0, 31, -EINVAL);

	is(kapi_sys_pread(dev, rom, 16, zoo_off(VFIO_PCI_ROM_REGION_INDEX, 0)), 16, "read ROM");
	ok(rom[0] == 0x55 && rom[1] == 0xaa, "its magic");
	the_zoo.nr_log = 0;
	is(kapi_sys_pread(dev, rom, 16, zoo_off(VFIO_PCI_ROM_REGION_INDEX, ZOO_ROM_IMAGE)), 16,
	   "read behind the image");
	ok(all_ones(rom, 16), "ones");
	is(kapi_sys_pwrite(dev, rom, 4, zoo_off(VFIO_PCI_ROM_REGION_INDEX, 0)), -EINVAL,
	   "write ROM");
}

static int set_irqs(unsigned int index, unsigned int flags, unsigned int start,
		    unsigned int count, const int *fds)
{
	u8 buf[sizeof(struct vfio_irq_set) + 16 * sizeof(int)] = {};
	struct vfio_irq_set *set = (void *)buf;

	set->argsz = sizeof(buf);
	set->index = index;
	set->flags = flags;
	set->start = start;
	set->count = count;
	if (fds)
		memcpy(set->data, fds, count * sizeof(int));
	return sys(dev, VFIO_DEVICE_SET_IRQS, set);
}

static u64 fd_count(int fd)
{
	u64 count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

#define TRIGGER_FD	(VFIO_IRQ_SET_ACTION_TRIGGER | VFIO_IRQ_SET_DATA_EVENTFD)
#define TRIGGER_NONE	(VFIO_IRQ_SET_ACTION_TRIGGER | VFIO_IRQ_SET_DATA_NONE)

static void test_msix(void)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = VFIO_PCI_MSIX_IRQ_INDEX };
	const unsigned int msix = VFIO_PCI_MSIX_IRQ_INDEX;
	bool dyn = profile(BEH_PCI_MSI_DYNAMIC);
	int fds[5], bad[2], i;

	for (i = 0; i < 5; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	is(sys(dev, VFIO_DEVICE_GET_IRQ_INFO, &info), 0, "MSI-X info");
	is(info.count, ZOO_MSIX_COUNT, "vectors");
	is(info.flags, dyn ? VFIO_IRQ_INFO_EVENTFD : VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE,
	   "resizable");

	is(set_irqs(msix, TRIGGER_NONE, 0, 0, NULL), -EINVAL, "disable what is not on");
	is(set_irqs(msix, TRIGGER_FD, 0, 0, fds), -ERANGE, "enable no vector");
	is(set_irqs(msix, TRIGGER_FD, 0, 5, fds), -EINVAL, "more than there are");
	bad[0] = fds[0];
	bad[1] = 0x7fff;
	is(set_irqs(msix, TRIGGER_FD, 0, 2, bad), -EBADF, "a closed descriptor");
	is(cfg_r(dev, ZOO_MSIX + PCI_MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, 0, "all is undone");

	is(set_irqs(msix, TRIGGER_FD, 0, 2, fds), 0, "two vectors");
	is(set_irqs(VFIO_PCI_MSI_IRQ_INDEX, TRIGGER_FD, 0, 1, fds), -EINVAL, "MSI beside it");
	kapi_pci_msi(&the_zoo.fn.hw, 1);
	is(fd_count(fds[1]), 1, "a message arrives");
	is(fd_count(fds[0]), 0, "only there");
	is(set_irqs(msix, TRIGGER_NONE, 0, 2, NULL), 0, "loopback");
	is(fd_count(fds[0]) + fd_count(fds[1]), 2, "to both");

	is(set_irqs(msix, TRIGGER_FD, 3, 1, fds + 3), dyn ? 0 : -EINVAL, "a vector more");
	if (dyn) {
		kapi_pci_msi(&the_zoo.fn.hw, 3);
		is(fd_count(fds[3]), 1, "works");
	}
	is(set_irqs(msix, TRIGGER_NONE, 0, 4, NULL), dyn ? 0 : -EINVAL, "loopback of all");

	bad[0] = -1;
	is(set_irqs(msix, TRIGGER_FD, 1, 1, bad), 0, "take vector 1 away");
	fd_count(fds[1]);
	kapi_pci_msi(&the_zoo.fn.hw, 1);
	is(fd_count(fds[1]), 0, "nothing arrives");
	is(set_irqs(msix, TRIGGER_NONE, 0, 0, NULL), 0, "disable");
	is(set_irqs(msix, TRIGGER_FD, 2, 0, fds), dyn ? 0 : -EINVAL, "vectors without eventfds");
	if (dyn)
		is(set_irqs(msix, TRIGGER_NONE, 0, 0, NULL), 0, "disable");
	for (i = 0; i < 5; i++)
		close(fds[i]);
}

static void test_err(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), below = -2;

	is(set_irqs(VFIO_PCI_ERR_IRQ_INDEX, TRIGGER_FD, 0, 1, &fd), 0, "ERR on PCI Express");
	vfio_pci_core_err_handlers.error_detected(the_zoo.fn.hw.pdev, pci_channel_io_normal);
	is(fd_count(fd), 1, "an error is told");
	is(set_irqs(VFIO_PCI_ERR_IRQ_INDEX, TRIGGER_FD, 0, 1, &below),
	   profile(BEH_PCI_ERR_REQ_FD_CHECKED) ? -EINVAL : 0, "a descriptor below -1");
	is(set_irqs(VFIO_PCI_ERR_IRQ_INDEX, TRIGGER_NONE, 0, 0, NULL), 0, "release");
	is(set_irqs(VFIO_PCI_ERR_IRQ_INDEX, TRIGGER_NONE, 0, 1, NULL), -EINVAL, "nothing there");
	vfio_pci_core_err_handlers.error_detected(the_zoo.fn.hw.pdev, pci_channel_io_normal);
	is(fd_count(fd), 0, "nobody is told");
	close(fd);
}

/* A BAR that is another's when the device is opened, and free after that (RW-023). */
static void busy_at_open(struct pci_dev *pdev, const char *kernel, long want)
{
	struct zoo_fds fds;
	u32 val;

	is(vfio_profile_select(kernel), 0, "as %s", kernel);
	is(pci_request_selected_regions(pdev, 1, "other"), 0, "somebody has BAR 0");
	fds = zoo_open(pdev);
	ok(fds.device >= 0, "the device opens all the same");
	cfg_w(fds.device, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	is(kapi_sys_pread(fds.device, &val, 4, 0), -EBUSY, "its BAR 0 is busy");
	is((long)kapi_sys_mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED, fds.device, 0), -EBUSY,
	   "and cannot be mapped");
	pci_release_selected_regions(pdev, 1);
	is(kapi_sys_pread(fds.device, &val, 4, 0), want, "BAR 0 is given up");
	is(kapi_sys_pread(fds.device, &val, 4, zoo_off(2, 0)), 4, "others are not concerned");
	zoo_close(&fds);
}

int main(void)
{
	struct pci_dev *pdev;
	struct zoo_fds fds;

	core_start();
	is(kapi_load_module("vfio_pci_core"), 0, "load vfio-pci-core");
	is(kapi_set_param("vfio_pci", "ids", "1b36:0fee"), 0, "set ids");
	is(kapi_load_module("vfio_pci"), 0, "load vfio-pci");
	pdev = zoo_start();

	fds = zoo_open(pdev);
	dev = fds.device;
	if (!ok(dev >= 0, "open the zoo (%d)", dev))
		return tap_done();
	cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);

	test_cuts();
	test_edges();
	test_info();
	test_msix();
	test_err();
	zoo_close(&fds);
	busy_at_open(pdev, "6.12", 4);
	busy_at_open(pdev, "7.3", -EBUSY);
	return tap_done();
}
