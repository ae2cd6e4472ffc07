/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio_pci_core.h> for drivers that touch the BARs themselves,
 * from API level 6.12 on. Include <linux/vfio_pci_core.h>.
 */
#ifndef KAPI_VFIO_PCI_IO_H
#define KAPI_VFIO_PCI_IO_H

/* Widest single access vfio_pci_core_do_io_rw() may make. */
enum vfio_pci_io_width {
	VFIO_PCI_IO_WIDTH_1 = 1,
	VFIO_PCI_IO_WIDTH_2 = 2,
	VFIO_PCI_IO_WIDTH_4 = 4,
	VFIO_PCI_IO_WIDTH_8 = 8,
};

/*
 * setup_barmap claims BAR @bar and fills vdev->barmap[bar], if not done yet; 0,
 * -EBUSY if another driver owns it, -ENOMEM. ioread/iowrite make one access;
 * with @test_mem they give -EIO while memory decode is off or the device in D3.
 * do_io_rw moves @count bytes between @buf and @io + @off in the widest aligned
 * accesses up to @max_width. Bytes in [@x_start, @x_end) are not touched: reads
 * give 0xff, writes are dropped. Returns @count or -errno.
 */
int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar);
ssize_t vfio_pci_core_do_io_rw(struct vfio_pci_core_device *vdev, bool test_mem,
			       void __iomem *io, char __user *buf, loff_t off, size_t count,
			       size_t x_start, size_t x_end, bool iswrite,
			       enum vfio_pci_io_width max_width);

#define VFIO_PCI_CORE_IO_DECLARE(size)							\
int vfio_pci_core_iowrite##size(struct vfio_pci_core_device *vdev, bool test_mem,	\
				u##size val, void __iomem *io);				\
int vfio_pci_core_ioread##size(struct vfio_pci_core_device *vdev, bool test_mem,	\
			       u##size *val, void __iomem *io);

VFIO_PCI_CORE_IO_DECLARE(8)
VFIO_PCI_CORE_IO_DECLARE(16)
VFIO_PCI_CORE_IO_DECLARE(32)
VFIO_PCI_CORE_IO_DECLARE(64)
#undef VFIO_PCI_CORE_IO_DECLARE

/* Do @buf_cnt bytes at @buf_start and @reg_cnt bytes at @reg_start overlap? If so the overlap is
 * @intersect_count bytes, @buf_offset into the buffer and @register_offset into the register. */
bool vfio_pci_core_range_intersect_range(loff_t buf_start, size_t buf_cnt, loff_t reg_start,
					 size_t reg_cnt, loff_t *buf_offset,
					 size_t *intersect_count, size_t *register_offset);

#endif
