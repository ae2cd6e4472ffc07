// SPDX-License-Identifier: GPL-2.0-only
/*
 * GET_INFO, GET_REGION_INFO and GET_IRQ_INFO, with their capability chains.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include <kapi/argsz.h>
#include "../core/profile.h"
#include "vfio_pci_priv.h"

/* AtomicOps that the root complex completes for this device. -ENODEV for none. */
static int vfio_pci_info_atomic_cap(struct vfio_pci_core_device *vdev, struct vfio_info_cap *caps)
{
	static const struct {
		u32 devcap2, flag;
	} widths[] = {
		{ PCI_EXP_DEVCAP2_ATOMIC_COMP32, VFIO_PCI_ATOMIC_COMP32 },
		{ PCI_EXP_DEVCAP2_ATOMIC_COMP64, VFIO_PCI_ATOMIC_COMP64 },
		{ PCI_EXP_DEVCAP2_ATOMIC_COMP128, VFIO_PCI_ATOMIC_COMP128 },
	};
	struct vfio_device_info_cap_pci_atomic_comp cap = {
		.header.id = VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP,
		.header.version = 1,
	};
	struct pci_dev *pdev = pci_physfn(vdev->pdev);
	unsigned int i;
	u32 devcap2;

	pcie_capability_read_dword(pdev, PCI_EXP_DEVCAP2, &devcap2);
	for (i = 0; i < ARRAY_SIZE(widths); i++)
		if ((devcap2 & widths[i].devcap2) &&
		    !pci_enable_atomic_ops_to_root(pdev, widths[i].devcap2))
			cap.flags |= widths[i].flag;

	return cap.flags ? vfio_info_add_capability(caps, &cap.header, sizeof(cap)) : -ENODEV;
}

/* How much of a device info a user with @argsz bytes gets: all members he has room for. */
static size_t vfio_pci_info_room(u32 argsz)
{
	struct vfio_device_info *info;

	if (profile(BEH_PCI_INFO_PAD))
		return min_t(size_t, argsz, sizeof(*info));
	return argsz < vfio_head_size(info, cap_offset) ? vfio_head_size(info, num_irqs) :
							  vfio_head_size(info, cap_offset);
}

int vfio_pci_get_info(struct vfio_pci_core_device *vdev, void __user *arg)
{
	struct vfio_info_cap caps = {};
	struct vfio_device_info info = {};
	size_t room;
	int ret;

	ret = vfio_get_head(&info, arg, num_irqs);
	if (ret)
		return ret;
	/* By what he said, not by what we say if the capabilities do not fit. */
	room = vfio_pci_info_room(info.argsz);

	if (profile(BEH_PCI_INFO_ATOMICS)) {
		ret = vfio_pci_info_atomic_cap(vdev, &caps);
		if (ret && ret != -ENODEV)
			return ret;
	}

	info.num_irqs = VFIO_PCI_NUM_IRQS;
	info.num_regions = VFIO_PCI_NUM_REGIONS + vdev->num_regions;
	info.flags = VFIO_DEVICE_FLAGS_PCI | 
		     (vdev->reset_works || MUTANT(info_claims_reset, true) ?
		      VFIO_DEVICE_FLAGS_RESET : 0) |
		     (caps.size ? VFIO_DEVICE_FLAGS_CAPS : 0);

	ret = vfio_info_put_caps(arg, sizeof(info), &caps, &info.argsz, &info.cap_offset);
	if (!ret && copy_to_user(arg, &info, room))
		ret = -EFAULT;
	return ret;
}

#define REGION_INFO_RW	(VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE)

/* Is there an image in the ROM? Needs device memory on for the look. */
static bool vfio_pci_rom_readable(struct vfio_pci_core_device *vdev)
{
	u16 command = vfio_pci_decode_begin(vdev);
	size_t size;
	void __iomem *io = pci_map_rom(vdev->pdev, &size);

	if (io)
		pci_unmap_rom(vdev->pdev, io);
	vfio_pci_decode_end(vdev, command);
	return io;
}

static int rom_region_info(struct vfio_pci_core_device *vdev, struct vfio_region_info *info,
			   struct vfio_info_cap *caps)
{
	struct resource *rom = &vdev->pdev->resource[PCI_ROM_RESOURCE];
	/* The BAR's size, not the image's. */
	resource_size_t size = pci_resource_len(vdev->pdev, PCI_ROM_RESOURCE);

	if (!size && (rom->flags & IORESOURCE_ROM_SHADOW))
		size = VFIO_PCI_SHADOW_ROM_SIZE;
	if (size && vfio_pci_rom_readable(vdev)) {
		info->flags = VFIO_REGION_INFO_FLAG_READ;
		info->size = size;
	}
	return 0;
}

static int bar_region_info(struct vfio_pci_core_device *vdev, struct vfio_region_info *info,
			   struct vfio_info_cap *caps)
{
	/* "You may map the vector table with the rest": since 4.16. */
	struct vfio_info_cap_header msix = {
		.id = VFIO_REGION_INFO_CAP_MSIX_MAPPABLE,
		.version = 1,
	};

	info->size = pci_resource_len(vdev->pdev, info->index);
	info->size -= MUTANT(info_bar_size_off, info->size);
	if (info->size)
		info->flags = REGION_INFO_RW;
	if (!info->size || !vdev->bar_mmap_supported[info->index])
		return 0;

	info->flags |= MUTANT(info_bar_mmap_hidden, true) ? 0 : VFIO_REGION_INFO_FLAG_MMAP;
	if (info->index != vdev->msix_bar || MUTANT(info_msix_mappable_missing, true))
		return 0;
	return vfio_info_add_capability(caps, &msix, sizeof(msix));
}

static int config_region_info(struct vfio_pci_core_device *vdev, struct vfio_region_info *info,
			      struct vfio_info_cap *caps)
{
	info->size = vdev->pdev->cfg_size;
	info->flags = MUTANT(info_config_read_only, true) ? VFIO_REGION_INFO_FLAG_READ :
		      REGION_INFO_RW;
	return 0;
}

static int vga_region_info(struct vfio_pci_core_device *vdev, struct vfio_region_info *info,
			   struct vfio_info_cap *caps)
{
	if (UNLESS_MUTANT(info_vga_without, !vdev->has_vga))
		return -EINVAL;
	info->size = VFIO_PCI_VGA_REGION_SIZE;
	info->flags = REGION_INFO_RW;
	return 0;
}

static int dev_region_info(struct vfio_pci_core_device *vdev, struct vfio_region_info *info,
			   struct vfio_info_cap *caps)
{
	struct vfio_region_info_cap_type type = {
		.header.id = VFIO_REGION_INFO_CAP_TYPE,
		.header.version = 1,
	};
	struct vfio_pci_region *region;
	int ret;

	if (info->index >= VFIO_PCI_NUM_REGIONS + vdev->num_regions)
		return -EINVAL;

	region = &vdev->region[info->index - VFIO_PCI_NUM_REGIONS];
	info->size = region->size;
	info->flags = region->flags;
	type.type = region->type;
	type.subtype = region->subtype;

	ret = vfio_info_add_capability(caps, &type.header, sizeof(type));
	if (!ret && region->ops->add_capability)
		ret = region->ops->add_capability(vdev, region, caps);
	return ret;
}

typedef int (*region_info_t)(struct vfio_pci_core_device *vdev, struct vfio_region_info *info,
			     struct vfio_info_cap *caps);

/* Each fills size and flags, which are 0 before, and adds capabilities. */
static const region_info_t region_infos[VFIO_PCI_NUM_REGIONS] = {
	[VFIO_PCI_BAR0_REGION_INDEX ... VFIO_PCI_BAR5_REGION_INDEX] = bar_region_info,
	[VFIO_PCI_ROM_REGION_INDEX] = rom_region_info,
	[VFIO_PCI_CONFIG_REGION_INDEX] = config_region_info,
	[VFIO_PCI_VGA_REGION_INDEX] = vga_region_info,
};

int vfio_pci_get_region_info(struct vfio_pci_core_device *vdev, void __user *arg)
{
	struct vfio_info_cap caps = {};
	struct vfio_region_info info;
	region_info_t fill = dev_region_info;
	int ret;

	ret = vfio_get_head(&info, arg, offset);
	if (ret)
		return ret;
	if (info.index < VFIO_PCI_NUM_REGIONS)
		fill = region_infos[info.index];

	info.flags = 0;
	info.size = 0;
	info.offset = VFIO_PCI_INDEX_TO_OFFSET(info.index);

	ret = fill(vdev, &info, &caps);
	if (ret) {
		kfree(caps.buf);
		return ret;
	}

	/* Without capabilities cap_offset goes back as it came, as the kernel does. */
	if (UNLESS_MUTANT(info_caps_flag_missing, caps.size))
		info.flags |= VFIO_REGION_INFO_FLAG_CAPS;
	ret = vfio_info_put_caps(arg, sizeof(info), &caps, &info.argsz, &info.cap_offset);
	return ret ? ret : vfio_put_head(&info, arg, offset);
}

/* @field of the control word, which MSI and MSI-X have in the same place. */
static u16 msg_control(struct pci_dev *pdev, int cap, u16 field)
{
	u16 control;

	pci_read_config_word(pdev, cap + PCI_MSI_FLAGS, &control);
	return control & field;
}

unsigned int vfio_pci_irq_count(struct vfio_pci_core_device *vdev, unsigned int index)
{
	struct pci_dev *pdev = vdev->pdev;

	switch (index) {
	case VFIO_PCI_INTX_IRQ_INDEX:
		return vdev->vconfig[PCI_INTERRUPT_PIN] != 0;
	case VFIO_PCI_MSI_IRQ_INDEX:
		/* Log2 of it, from bit 1. */
		return pdev->msi_cap ?
			1u << (msg_control(pdev, pdev->msi_cap, PCI_MSI_FLAGS_QMASK) >> 1) : 0;
	case VFIO_PCI_MSIX_IRQ_INDEX:
		return pdev->msix_cap ?
			!MUTANT(info_msix_count_off, true) +
			msg_control(pdev, pdev->msix_cap, PCI_MSIX_FLAGS_QSIZE) : 0;
	case VFIO_PCI_ERR_IRQ_INDEX:
		return pci_is_pcie(pdev) || profile(BEH_PCI_ERR_IRQ_ALWAYS);
	case VFIO_PCI_REQ_IRQ_INDEX:
		return 1;
	}
	return 0;
}

int vfio_pci_get_irq_info(struct vfio_pci_core_device *vdev, void __user *arg)
{
	static const u32 flags[VFIO_PCI_NUM_IRQS] = {
		[VFIO_PCI_INTX_IRQ_INDEX] = VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED,
		[VFIO_PCI_MSI_IRQ_INDEX] = VFIO_IRQ_INFO_NORESIZE,
		[VFIO_PCI_MSIX_IRQ_INDEX] = VFIO_IRQ_INFO_NORESIZE,
		[VFIO_PCI_ERR_IRQ_INDEX] = VFIO_IRQ_INFO_NORESIZE,
		[VFIO_PCI_REQ_IRQ_INDEX] = VFIO_IRQ_INFO_NORESIZE,
	};
	struct vfio_irq_info info;
	int ret;

	ret = vfio_get_head(&info, arg, count);
	if (ret)
		return ret;
	if (UNLESS_MUTANT(info_irq_behind_last, info.index >= VFIO_PCI_NUM_IRQS))
		return -EINVAL;

	info.count = vfio_pci_irq_count(vdev, info.index);
	/* The other indexes exist with a count of 0; this one does not (INFO-040). */
	if (info.index == VFIO_PCI_ERR_IRQ_INDEX && !info.count)
		return -EINVAL;

	info.flags = VFIO_IRQ_INFO_EVENTFD | flags[info.index];
	if (MUTANT(info_irq_flags_wrong, info.index == VFIO_PCI_INTX_IRQ_INDEX))
		info.flags &= ~VFIO_IRQ_INFO_AUTOMASKED;
	if (info.index == VFIO_PCI_MSIX_IRQ_INDEX && vdev->has_dyn_msix)
		info.flags &= ~VFIO_IRQ_INFO_NORESIZE;

	return vfio_put_head(&info, arg, count);
}
