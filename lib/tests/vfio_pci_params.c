// SPDX-License-Identifier: GPL-2.0-only
/*
 * What module parameters and the class of a device change: INTx masked at the
 * interrupt controller (nointxmask), and the legacy ranges of a VGA device.
 */
#include <sys/eventfd.h>

#include "vfio_pci_zoo.h"

static int dev;

static int set_intx(unsigned int action, unsigned int count, const int *fd)
{
	union {
		struct vfio_irq_set set;
		u8 bytes[sizeof(struct vfio_irq_set) + sizeof(int)];
	} buf = {
		.set = {
			.argsz = sizeof(buf), .index = VFIO_PCI_INTX_IRQ_INDEX, .count = count,
			.flags = action | (fd ? VFIO_IRQ_SET_DATA_EVENTFD :
					   VFIO_IRQ_SET_DATA_NONE),
		},
	};

	if (fd)
		memcpy(buf.set.data, fd, sizeof(*fd));
	return sys(dev, VFIO_DEVICE_SET_IRQS, &buf);
}

static void drive(bool asserted)
{
	pci_fn_lock(&the_zoo.fn);
	pci_fn_set_intx(&the_zoo.fn, asserted);
	pci_fn_unlock(&the_zoo.fn);
}

static u64 fd_count(int fd)
{
	u64 count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static bool device_masked(void)
{
	return pci_fn_get16(&the_zoo.fn, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
}

static void test_nointxmask(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), none = -1;

	is(set_intx(VFIO_IRQ_SET_ACTION_TRIGGER, 1, &fd), 0, "enable INTx");
	drive(true);
	is(fd_count(fd), 1, "it fires once, though the level stays");
	ok(!device_masked(), "masked, but not by the device");
	is(set_intx(VFIO_IRQ_SET_ACTION_UNMASK, 1, NULL), 0, "unmask while it is pending");
	is(fd_count(fd), 1, "it fires again");
	drive(false);
	is(set_intx(VFIO_IRQ_SET_ACTION_UNMASK, 1, NULL), 0, "unmask when it is not");
	is(fd_count(fd), 0, "nothing");

	is(set_intx(VFIO_IRQ_SET_ACTION_MASK, 1, NULL), 0, "mask");
	drive(true);
	is(fd_count(fd), 0, "nothing while masked");
	is(set_intx(VFIO_IRQ_SET_ACTION_UNMASK, 1, NULL), 0, "unmask");
	is(fd_count(fd), 1, "it fires");
	drive(false);
	is(set_intx(VFIO_IRQ_SET_ACTION_TRIGGER, 1, &none), 0, "take the eventfd away");
	is(set_intx(VFIO_IRQ_SET_ACTION_TRIGGER, 1, NULL), 0, "loopback to nobody");
	is(set_intx(VFIO_IRQ_SET_ACTION_TRIGGER, 0, NULL), 0, "disable");

	/* DisINTx from before the enable: the line starts masked. */
	cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	is(set_intx(VFIO_IRQ_SET_ACTION_TRIGGER, 1, &fd), 0, "enable with DisINTx set");
	drive(true);
	is(fd_count(fd), 0, "nothing");
	cfg_w(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	is(fd_count(fd), 1, "clearing it lets the interrupt through");
	drive(false);
	is(set_intx(VFIO_IRQ_SET_ACTION_TRIGGER, 0, NULL), 0, "disable");
	close(fd);
}

static void test_vga(void)
{
	static const struct {
		u64 off;
		size_t count;
		ssize_t want;
	} reads[] = {
		{ 0x3af, 1, -EINVAL }, { 0x3b0, 4, 4 }, { 0x3ba, 4, 2 }, { 0x3bc, 1, -EINVAL },
		{ 0x3c0, 16, 16 }, { 0x3df, 2, 1 }, { 0x3e0, 1, -EINVAL }, { 0x9ffff, 1, -EINVAL },
		{ 0xa0000, 8, 8 }, { 0xbffff, 8, 1 }, { 0xc0000, 1, -EINVAL },
	};
	struct vfio_region_info info = {
		.argsz = sizeof(info), .index = VFIO_PCI_VGA_REGION_INDEX,
	};
	u8 buf[16];
	unsigned int i;

	is(sys(dev, VFIO_DEVICE_GET_REGION_INFO, &info), 0, "VGA region");
	is(info.size, 0xc0000, "its size");
	is(info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE, "its flags");
	for (i = 0; i < ARRAY_SIZE(reads); i++)
		is(kapi_sys_pread(dev, buf, reads[i].count,
				  zoo_off(VFIO_PCI_VGA_REGION_INDEX, reads[i].off)),
		   reads[i].want, "read %zu at %#llx", reads[i].count,
		   (unsigned long long)reads[i].off);
}

int main(void)
{
	struct pci_dev *pdev;
	struct zoo_fds fds;

	core_start();
	is(kapi_load_module("vfio_pci_core"), 0, "load vfio-pci-core");
	is(kapi_set_param("vfio_pci", "ids", "1b36:0fee"), 0, "set ids");
	is(kapi_set_param("vfio_pci", "nointxmask", "1"), 0, "set nointxmask");
	is(kapi_load_module("vfio_pci"), 0, "load vfio-pci");
	pdev = zoo_start_class(PCI_CLASS_DISPLAY_VGA << 8);

	fds = zoo_open(pdev);
	dev = fds.device;
	if (!ok(dev >= 0, "open the zoo (%d)", dev))
		return tap_done();

	test_nointxmask();
	test_vga();
	zoo_close(&fds);
	return tap_done();
}
