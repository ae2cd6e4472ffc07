// SPDX-License-Identifier: GPL-2.0-only
/*
 * GET_INFO, GET_REGION_INFO and GET_IRQ_INFO, with their capability chains.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_priv.h"

/*
 * Hand a capability chain out behind a struct of @size bytes at @arg. If it
 * does not fit, *argsz becomes what would; else *cap_offset says where it is.
 * Consumes the chain. 0 or -EFAULT.
 */
static int vfio_pci_copy_caps(void __user *arg, size_t size, struct vfio_info_cap *caps,
			      u32 *argsz, u32 *cap_offset)
{
	int ret = 0;

	*cap_offset = 0;
	if (*argsz < size + caps->size) {
		*argsz = size + caps->size;
	} else {
		vfio_info_cap_shift(caps, size);
		if (copy_to_user(arg + size, caps->buf, caps->size))
			ret = -EFAULT;
		else
			*cap_offset = size;
	}
	kfree(caps->buf);
	return ret;
}

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

int vfio_pci_ioctl_get_info(struct vfio_pci_core_device *vdev, struct vfio_device_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_info_cap caps = {};
	struct vfio_device_info info = {};
	size_t known;
	int ret;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	/* cap_offset is written to who has room for it, and only then. */
	if (profile(BEH_PCI_INFO_PAD)) {
		known = min_t(size_t, info.argsz, sizeof(info));
	} else {
		known = offsetofend(struct vfio_device_info, cap_offset);
		if (info.argsz < known)
			known = minsz;
	}

	info.flags = VFIO_DEVICE_FLAGS_PCI;
	if (vdev->reset_works)
		info.flags |= VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = VFIO_PCI_NUM_REGIONS + vdev->num_regions;
	info.num_irqs = VFIO_PCI_NUM_IRQS;

	if (profile(BEH_PCI_INFO_ATOMICS)) {
		ret = vfio_pci_info_atomic_cap(vdev, &caps);
		if (ret && ret != -ENODEV)
			return ret;
	}

	if (caps.size) {
		info.flags |= VFIO_DEVICE_FLAGS_CAPS;
		ret = vfio_pci_copy_caps(arg, sizeof(info), &caps, &info.argsz, &info.cap_offset);
		if (ret)
			return ret;
	}
	return copy_to_user(arg, &info, known) ? -EFAULT : 0;
}

/* Is there an image in the ROM? Needs device memory on for the look. */
static bool vfio_pci_rom_readable(struct vfio_pci_core_device *vdev)
{
	u16 cmd = vfio_pci_memory_lock_and_enable(vdev);
	size_t size;
	void __iomem *io = pci_map_rom(vdev->pdev, &size);

	if (io)
		pci_unmap_rom(vdev->pdev, io);
	vfio_pci_memory_unlock_and_restore(vdev, cmd);
	return io;
}

static void rom_region_info(struct vfio_pci_core_device *vdev, struct vfio_region_info *info)
{
	struct pci_dev *pdev = vdev->pdev;

	/* The BAR's size, not the image's. */
	info->size = pci_resource_len(pdev, PCI_ROM_RESOURCE);
	if (!info->size && (pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_SHADOW))
		info->size = VFIO_PCI_SHADOW_ROM_SIZE;
	if (!info->size)
		return;

	if (vfio_pci_rom_readable(vdev))
		info->flags = VFIO_REGION_INFO_FLAG_READ;
	else
		info->size = 0;
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
	if (!info->size)
		return 0;

	info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (!vdev->bar_mmap_supported[info->index])
		return 0;

	info->flags |= VFIO_REGION_INFO_FLAG_MMAP;
	if (info->index != vdev->msix_bar)
		return 0;
	return vfio_info_add_capability(caps, &msix, sizeof(msix));
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

int vfio_pci_ioctl_get_region_info(struct vfio_pci_core_device *vdev,
				   struct vfio_region_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_info_cap caps = {};
	struct vfio_region_info info;
	int ret = 0;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	info.offset = VFIO_PCI_INDEX_TO_OFFSET(info.index);
	info.size = 0;
	info.flags = 0;

	switch (info.index) {
	case VFIO_PCI_BAR0_REGION_INDEX ... VFIO_PCI_BAR5_REGION_INDEX:
		ret = bar_region_info(vdev, &info, &caps);
		break;
	case VFIO_PCI_ROM_REGION_INDEX:
		rom_region_info(vdev, &info);
		break;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		info.size = vdev->pdev->cfg_size;
		info.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
		break;
	case VFIO_PCI_VGA_REGION_INDEX:
		if (!vdev->has_vga)
			return -EINVAL;
		info.size = VFIO_PCI_VGA_REGION_SIZE;
		info.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
		break;
	default:
		ret = dev_region_info(vdev, &info, &caps);
		break;
	}
	if (ret) {
		kfree(caps.buf);
		return ret;
	}

	/* Without capabilities cap_offset goes back as it came, as the kernel does. */
	if (caps.size) {
		info.flags |= VFIO_REGION_INFO_FLAG_CAPS;
		ret = vfio_pci_copy_caps(arg, sizeof(info), &caps, &info.argsz, &info.cap_offset);
		if (ret)
			return ret;
	}
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

int vfio_pci_get_irq_count(struct vfio_pci_core_device *vdev, int irq_type)
{
	struct pci_dev *pdev = vdev->pdev;
	u16 flags;

	switch (irq_type) {
	case VFIO_PCI_INTX_IRQ_INDEX:
		return vdev->vconfig[PCI_INTERRUPT_PIN] ? 1 : 0;
	case VFIO_PCI_MSI_IRQ_INDEX:
		if (!pdev->msi_cap)
			return 0;
		pci_read_config_word(pdev, pdev->msi_cap + PCI_MSI_FLAGS, &flags);
		return 1 << ((flags & PCI_MSI_FLAGS_QMASK) >> 1);
	case VFIO_PCI_MSIX_IRQ_INDEX:
		if (!pdev->msix_cap)
			return 0;
		pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, &flags);
		return (flags & PCI_MSIX_FLAGS_QSIZE) + 1;
	case VFIO_PCI_ERR_IRQ_INDEX:
		return pci_is_pcie(pdev) ? 1 : 0;
	case VFIO_PCI_REQ_IRQ_INDEX:
		return 1;
	default:
		return 0;
	}
}

int vfio_pci_ioctl_get_irq_info(struct vfio_pci_core_device *vdev,
				struct vfio_irq_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_irq_info, count);
	struct vfio_irq_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	/* The other indexes exist with a count of 0; this one does not (INFO-040). */
	if (info.index == VFIO_PCI_ERR_IRQ_INDEX && !pci_is_pcie(vdev->pdev))
		return -EINVAL;

	info.flags = VFIO_IRQ_INFO_EVENTFD;
	info.count = vfio_pci_get_irq_count(vdev, info.index);

	if (info.index == VFIO_PCI_INTX_IRQ_INDEX)
		info.flags |= VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED;
	else if (info.index != VFIO_PCI_MSIX_IRQ_INDEX || !vdev->has_dyn_msix)
		info.flags |= VFIO_IRQ_INFO_NORESIZE;

	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}
