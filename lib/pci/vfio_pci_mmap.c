// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs in the user's address space. Pages appear at the first touch and are
 * taken away whenever device memory goes off (COMMAND, D3, reset); a touch
 * meanwhile is SIGBUS, afterwards the page comes back.
 */
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "vfio_pci_priv.h"

#define VFIO_PCI_PGOFF_BITS	(VFIO_PCI_OFFSET_SHIFT - PAGE_SHIFT)
#define VFIO_PCI_PGOFF_MASK	((1UL << VFIO_PCI_PGOFF_BITS) - 1)

/* The rest of the page behind a small BAR, claimed so that nothing else is put there. */
struct vfio_pci_dummy_resource {
	struct resource		resource;
	struct list_head	res_next;
};

static bool vfio_pci_claim_page_rest(struct vfio_pci_core_device *vdev, struct resource *res)
{
	struct vfio_pci_dummy_resource *dummy = kzalloc(sizeof(*dummy), GFP_KERNEL_ACCOUNT);

	if (!dummy)
		return false;

	dummy->resource.name = "vfio sub-page reserved";
	dummy->resource.start = res->end + 1;
	dummy->resource.end = res->start + PAGE_SIZE - 1;
	dummy->resource.flags = res->flags;
	if (request_resource(res->parent, &dummy->resource)) {
		kfree(dummy);
		return false;
	}
	list_add(&dummy->res_next, &vdev->dummy_resources_list);
	return true;
}

void vfio_pci_probe_mmaps(struct vfio_pci_core_device *vdev)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		struct resource *res = &vdev->pdev->resource[PCI_STD_RESOURCES + bar];
		bool can = (res->flags & IORESOURCE_MEM) && resource_size(res);

		/* A small BAR in the middle of a page: the user could not tell where. */
		if (can && resource_size(res) < PAGE_SIZE)
			can = !(res->start & ~PAGE_MASK) && vfio_pci_claim_page_rest(vdev, res);
		vdev->bar_mmap_supported[bar] = can;
	}
}

void vfio_pci_release_mmaps(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_dummy_resource *dummy, *next;

	list_for_each_entry_safe(dummy, next, &vdev->dummy_resources_list, res_next) {
		list_del(&dummy->res_next);
		release_resource(&dummy->resource);
		kfree(dummy);
	}
}

void vfio_pci_zap_bars(struct vfio_pci_core_device *vdev)
{
	loff_t start = VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_BAR0_REGION_INDEX);
	loff_t end = VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_ROM_REGION_INDEX);

	if (!MUTANT(mmap_not_zapped, true))
		unmap_mapping_range(vdev->vdev.inode->i_mapping, start, end - start, true);
}

void vfio_pci_lock_and_zap(struct vfio_pci_core_device *vdev)
{
	down_write(&vdev->memory_lock);
	vfio_pci_zap_bars(vdev);
}

u16 vfio_pci_decode_begin(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	u16 before;

	down_write(&vdev->memory_lock);
	pci_read_config_word(pdev, PCI_COMMAND, &before);
	if (~before & PCI_COMMAND_MEMORY)
		pci_write_config_word(pdev, PCI_COMMAND, before | PCI_COMMAND_MEMORY);
	return before;
}

void vfio_pci_decode_end(struct vfio_pci_core_device *vdev, u16 command)
{
	pci_write_config_word(vdev->pdev, PCI_COMMAND, command);
	up_write(&vdev->memory_lock);
}

static vm_fault_t vfio_pci_mmap_page_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct vfio_pci_core_device *vdev = vma->vm_private_data;
	unsigned int bar = vma->vm_pgoff >> VFIO_PCI_PGOFF_BITS;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	unsigned long pfn;

	pfn = (pci_resource_start(vdev->pdev, bar) >> PAGE_SHIFT) +
	      (vma->vm_pgoff & VFIO_PCI_PGOFF_MASK) +
	      ((vmf->address - vma->vm_start) >> PAGE_SHIFT);

	down_read(&vdev->memory_lock);
	if (!UNLESS_MUTANT(mmap_low_power, vdev->pm_runtime_engaged) &&
	    !UNLESS_MUTANT(mmap_memory_off, !__vfio_pci_memory_enabled(vdev)))
		ret = vmf_insert_pfn(vma, vmf->address, pfn);
	up_read(&vdev->memory_lock);

	return ret;
}

static const struct vm_operations_struct vfio_pci_mmap_ops = {
	.fault = vfio_pci_mmap_page_fault,
};

static int vfio_pci_mmap_dev_region(struct vfio_pci_core_device *vdev, unsigned int i,
				    struct vm_area_struct *vma)
{
	struct vfio_pci_region *region;

	if (i >= vdev->num_regions)
		return -EINVAL;
	region = &vdev->region[i];
	if (!(region->flags & VFIO_REGION_INFO_FLAG_MMAP) || !region->ops || !region->ops->mmap)
		return -EINVAL;
	return region->ops->mmap(vdev, region, vma);
}

static int vfio_pci_mmap_bar(struct vfio_pci_core_device *vdev, unsigned int bar,
			     struct vm_area_struct *vma)
{
	u64 first = vma->vm_pgoff & VFIO_PCI_PGOFF_MASK;
	u64 pages = PAGE_ALIGN(pci_resource_len(vdev->pdev, bar)) >> PAGE_SHIFT;
	int ret;

	if (!vdev->bar_mmap_supported[bar] || 
	    UNLESS_MUTANT(mmap_past_end, first + vma_pages(vma) > pages))
		return -EINVAL;

	/* The mapping does not go through barmap, but the BAR must be ours. */
	ret = vfio_pci_core_setup_barmap(vdev, bar);
	if (ret)
		return ret;

	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	vma->vm_ops = &vfio_pci_mmap_ops;
	vma->vm_private_data = vdev;
	return 0;
}

int vfio_pci_core_mmap(struct vfio_device *core_vdev, struct vm_area_struct *vma)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);
	u64 index = vma->vm_pgoff >> VFIO_PCI_PGOFF_BITS;

	/* A private mapping would be a copy of the registers. */
	if (UNLESS_MUTANT(mmap_private, !(vma->vm_flags & VM_SHARED)) ||
	    vma->vm_end < vma->vm_start)
		return -EINVAL;

	if (index <= VFIO_PCI_BAR5_REGION_INDEX)
		return vfio_pci_mmap_bar(vdev, index, vma);
	if (index >= VFIO_PCI_NUM_REGIONS)
		return vfio_pci_mmap_dev_region(vdev, index - VFIO_PCI_NUM_REGIONS, vma);
	return -EINVAL;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_mmap);
