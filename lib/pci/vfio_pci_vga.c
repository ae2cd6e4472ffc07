// SPDX-License-Identifier: GPL-2.0-only
/*
 * The legacy ranges of a VGA device as one region, laid out as in the first
 * 768 KiB of a PC: ports 0x3b0-0x3bb and 0x3c0-0x3df, frame buffer at 0xa0000.
 */
#include <linux/aperture.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/vfio.h>
#include <linux/vgaarb.h>

#include "vfio_pci_priv.h"

#define VGA_DECODE_NORMAL	(VGA_RSRC_NORMAL_IO | VGA_RSRC_NORMAL_MEM)
#define VGA_DECODE_LEGACY	(VGA_RSRC_LEGACY_IO | VGA_RSRC_LEGACY_MEM)

static bool disable_vga;

void vfio_pci_vga_set_disabled(bool disabled)
{
	disable_vga = disabled;
}

static bool is_vga(struct pci_dev *pdev)
{
	return (pdev->class >> 8) == PCI_CLASS_DISPLAY_VGA;
}

bool vfio_pci_has_vga(struct pci_dev *pdev)
{
	return !disable_vga && is_vga(pdev);
}

static const struct vga_range {
	unsigned long start, end;	/* end is exclusive */
	unsigned int rsrc;
	bool ports;
} vga_ranges[] = {
	{ 0x3b0, 0x3bc, VGA_RSRC_LEGACY_IO, true },
	{ 0x3c0, 0x3e0, VGA_RSRC_LEGACY_IO, true },
	{ 0xa0000, VFIO_PCI_VGA_REGION_SIZE, VGA_RSRC_LEGACY_MEM, false },
};

static const struct vga_range *vga_range_of(loff_t pos)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vga_ranges); i++)
		if (pos >= vga_ranges[i].start && pos < vga_ranges[i].end)
			return &vga_ranges[i];
	return NULL;
}

ssize_t vfio_pci_vga_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite)
{
	loff_t pos = *ppos & VFIO_PCI_OFFSET_MASK;
	const struct vga_range *range;
	void __iomem *io;
	ssize_t done;

	if (!vdev->has_vga)
		return -EINVAL;
	range = vga_range_of(pos);
	if (!range)
		return -EINVAL;

	io = range->ports ? ioport_map(range->start, range->end - range->start) :
			    ioremap(range->start, range->end - range->start);
	if (!io)
		return -ENOMEM;

	done = vga_get_interruptible(vdev->pdev, range->rsrc);
	if (!done) {
		/* Not a BAR: the user's memory enable bit has no say over it. */
		done = vfio_pci_core_do_io_rw(vdev, false, io, buf, pos - range->start,
					      min_t(size_t, count, range->end - pos), 0, 0,
					      iswrite, VFIO_PCI_IO_WIDTH_8);
		vga_put(vdev->pdev, range->rsrc);
	}

	if (range->ports)
		ioport_unmap(io);
	else
		iounmap(io);

	if (done > 0)
		*ppos += done;
	return done;
}

/*
 * What the arbiter is told the device decodes. With VGA access disabled and no
 * other VGA device behind the same bridge, the legacy ranges can be switched
 * off at the bridge, so the device need not count as a user of them.
 */
static unsigned int vfio_pci_set_decode(struct pci_dev *pdev, bool single_vga)
{
	struct pci_dev *other = NULL;
	unsigned char max_busnr;

	if (single_vga || !disable_vga || pci_is_root_bus(pdev->bus))
		return VGA_DECODE_NORMAL | VGA_DECODE_LEGACY;

	max_busnr = pci_bus_max_busnr(pdev->bus);
	while ((other = pci_get_class(PCI_CLASS_DISPLAY_VGA << 8, other))) {
		if (other == pdev || pci_is_root_bus(other->bus) ||
		    pci_domain_nr(other->bus) != pci_domain_nr(pdev->bus))
			continue;
		if (other->bus->number >= pdev->bus->number && other->bus->number <= max_busnr) {
			pci_dev_put(other);
			return VGA_DECODE_NORMAL | VGA_DECODE_LEGACY;
		}
	}
	return VGA_DECODE_NORMAL;
}

int vfio_pci_vga_init(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	int ret;

	if (!is_vga(pdev))
		return 0;

	/* The firmware's frame buffer driver must let go first. */
	ret = aperture_remove_conflicting_pci_devices(pdev, vdev->vdev.ops->name);
	if (!ret)
		ret = vga_client_register(pdev, vfio_pci_set_decode);
	if (!ret)
		vga_set_legacy_decoding(pdev, vfio_pci_set_decode(pdev, false));
	return ret;
}

void vfio_pci_vga_uninit(struct vfio_pci_core_device *vdev)
{
	if (!is_vga(vdev->pdev))
		return;

	vga_client_unregister(vdev->pdev);
	vga_set_legacy_decoding(vdev->pdev, VGA_DECODE_NORMAL | VGA_DECODE_LEGACY);
}
