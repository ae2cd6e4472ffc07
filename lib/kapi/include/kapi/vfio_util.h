/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio.h> that not every driver needs: user memory behind an
 * I/O virtual address, files handed in by users, info capability chains, the
 * tests of SET_IRQS. Include <linux/vfio.h>.
 */
#ifndef KAPI_VFIO_UTIL_H
#define KAPI_VFIO_UTIL_H

#define VFIO_PIN_PAGES_MAX_ENTRIES (PAGE_SIZE / sizeof(unsigned long))

#if KAPI_LEVEL >= 601
/*
 * vfio_pin_pages - pin user memory for a device without an IOMMU of its own
 * @iova: first byte; @npage pages from there
 * @prot: IOMMU_READ, IOMMU_WRITE
 * @pages: receives the pages
 *
 * Only between open_device and close_device of a driver with a dma_unmap op.
 * Each page pinned needs one unpin with the same @iova. Returns @npage, or with
 * nothing pinned: -EINVAL (not open, not mapped), -E2BIG above
 * VFIO_PIN_PAGES_MAX_ENTRIES, -EPERM (mapping lacks @prot), -EACCES (type1 v1),
 * -ENOTTY (no-IOMMU), -EFAULT, -ENOMEM (locked memory limit), -ENODEV (process
 * gone), -EBUSY (mapping without address). Sleeps. Clauses PIN-001 to PIN-017.
 */
int vfio_pin_pages(struct vfio_device *device, dma_addr_t iova, int npage, int prot,
		   struct page **pages);
void vfio_unpin_pages(struct vfio_device *device, dma_addr_t iova, int npage);
#endif

/*
 * vfio_dma_rw - the CPU reads or writes user memory on behalf of a device
 *
 * Needs a READ mapping in both directions. Returns 0, -EINVAL (not open, not
 * mapped), -EPERM, -EFAULT, -ENOTTY (no-IOMMU) or -EBUSY; on an error part of
 * the data may have been moved. Clauses PIN-027 to PIN-038.
 */
int vfio_dma_rw(struct vfio_device *device, dma_addr_t iova, void *data, size_t len, bool write);

/*
 * Files that a user hands in as proof of ownership. All take any file. Nothing
 * is referenced: the caller holds the file.
 */
/* The IOMMU group, on sPAPR only: NULL here. */
struct iommu_group *vfio_file_iommu_group(struct file *file);
#if KAPI_LEVEL >= 601
/* Is it a group file? */
bool vfio_file_is_group(struct file *file);
#endif
#if KAPI_LEVEL >= 612
/* Is it a group or a device file? */
bool vfio_file_is_valid(struct file *file);
#endif
/* Is it the group file of @device? */
bool vfio_file_has_dev(struct file *file, struct vfio_device *device);
/* Is DMA of its devices coherent whatever they ask for? True for foreign files. */
bool vfio_file_enforced_coherent(struct file *file);
/* Devices opened from now on through this file belong to @kvm; NULL: to none. */
void vfio_file_set_kvm(struct file *file, struct kvm *kvm);

/* A chain of capabilities under construction: zero it, add, shift, copy, kfree(buf). */
struct vfio_info_cap {
	struct vfio_info_cap_header *buf;
	size_t size;
};

/*
 * Append a capability of @size bytes, header included; the body is zero. Returns
 * its place (valid until the next addition) or ERR_PTR(-ENOMEM), and then the
 * chain is freed.
 */
struct vfio_info_cap_header *vfio_info_cap_add(struct vfio_info_cap *caps, size_t size, u16 id,
					       u16 version);
/* Append a copy of @cap. Returns 0 or -ENOMEM. */
int vfio_info_add_capability(struct vfio_info_cap *caps, struct vfio_info_cap_header *cap,
			     size_t size);
/* Make the links count from @offset bytes before the chain, where the info struct starts. */
void vfio_info_cap_shift(struct vfio_info_cap *caps, size_t offset);

/*
 * vfio_set_irqs_validate_and_prepare - the tests of every VFIO_DEVICE_SET_IRQS
 * @num_irqs: how many the index has
 * @max_irq_type: indexes the device has
 * @data_size: receives the bytes of payload to copy; NULL if none is allowed
 *
 * Returns 0 or -EINVAL. Clauses IRQ.
 */
int vfio_set_irqs_validate_and_prepare(struct vfio_irq_set *hdr, int num_irqs, int max_irq_type,
				       size_t *data_size);

#endif
