// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programmed access to device memory, I/O ports and the expansion ROM.
 */
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_priv.h"

/* Hold device memory enabled for one access, or say that it is off. Nothing for I/O ports. */
static int vfio_pci_mem_get(struct vfio_pci_core_device *vdev, bool test_mem)
{
	if (!test_mem)
		return 0;

	down_read(&vdev->memory_lock);
	if (__vfio_pci_memory_enabled(vdev))
		return 0;
	up_read(&vdev->memory_lock);
	return -EIO;
}

static void vfio_pci_mem_put(struct vfio_pci_core_device *vdev, bool test_mem)
{
	if (test_mem)
		up_read(&vdev->memory_lock);
}

/*
 * For each width the two exported accessors, and one that moves a unit between
 * device and user. A user page that faults must not do so under memory_lock, so
 * the copy is outside.
 */
#define VFIO_PCI_IO_UNIT(size)								\
int vfio_pci_core_iowrite##size(struct vfio_pci_core_device *vdev, bool test_mem,	\
				u##size val, void __iomem *io)				\
{											\
	int ret = vfio_pci_mem_get(vdev, test_mem);					\
											\
	if (!ret) {									\
		iowrite##size(val, io);							\
		vfio_pci_mem_put(vdev, test_mem);					\
	}										\
	return ret;									\
}											\
EXPORT_SYMBOL_GPL(vfio_pci_core_iowrite##size);						\
											\
int vfio_pci_core_ioread##size(struct vfio_pci_core_device *vdev, bool test_mem,	\
			       u##size *val, void __iomem *io)				\
{											\
	int ret = vfio_pci_mem_get(vdev, test_mem);					\
											\
	if (!ret) {									\
		*val = ioread##size(io);						\
		vfio_pci_mem_put(vdev, test_mem);					\
	}										\
	return ret;									\
}											\
EXPORT_SYMBOL_GPL(vfio_pci_core_ioread##size);						\
											\
static int vfio_pci_move##size(struct vfio_pci_core_device *vdev, bool test_mem,	\
			       void __iomem *io, char __user *buf, bool iswrite)	\
{											\
	u##size val;									\
	int ret;									\
											\
	if (iswrite) {									\
		if (copy_from_user(&val, buf, sizeof(val)))				\
			return -EFAULT;							\
		return vfio_pci_core_iowrite##size(vdev, test_mem, val, io);		\
	}										\
	ret = vfio_pci_core_ioread##size(vdev, test_mem, &val, io);			\
	if (!ret && copy_to_user(buf, &val, sizeof(val)))				\
		ret = -EFAULT;								\
	return ret;									\
}

VFIO_PCI_IO_UNIT(8)
VFIO_PCI_IO_UNIT(16)
VFIO_PCI_IO_UNIT(32)
VFIO_PCI_IO_UNIT(64)

static int vfio_pci_move(struct vfio_pci_core_device *vdev, bool test_mem, void __iomem *io,
			 char __user *buf, bool iswrite, size_t width)
{
	switch (width) {
	case 8:
		return vfio_pci_move64(vdev, test_mem, io, buf, iswrite);
	case 4:
		return vfio_pci_move32(vdev, test_mem, io, buf, iswrite);
	case 2:
		return vfio_pci_move16(vdev, test_mem, io, buf, iswrite);
	default:
		return vfio_pci_move8(vdev, test_mem, io, buf, iswrite);
	}
}

/* What a user reads where he may not: all ones. */
static int vfio_pci_fill_ones(char __user *buf, size_t count)
{
	u8 ones[64];

	memset(ones, 0xff, sizeof(ones));
	while (count) {
		size_t n = min(count, sizeof(ones));

		if (copy_to_user(buf, ones, n))
			return -EFAULT;
		buf += n;
		count -= n;
	}
	return 0;
}

ssize_t vfio_pci_core_do_io_rw(struct vfio_pci_core_device *vdev, bool test_mem,
			       void __iomem *io, char __user *buf, loff_t off, size_t count,
			       size_t x_start, size_t x_end, bool iswrite,
			       enum vfio_pci_io_width max_width)
{
	size_t widest = max_width, left = count;
	int ret = 0;

	/* RW-012: quadword accesses came late to the kernel. */
	if (!profile(BEH_PCI_IO_QWORD))
		widest = min_t(size_t, widest, VFIO_PCI_IO_WIDTH_4);

	while (left) {
		size_t step;

		if (off >= x_start && off < x_end) {
			step = min_t(size_t, left, x_end - off);
			if (!iswrite)
				ret = vfio_pci_fill_ones(buf, step);
		} else {
			size_t run = left;

			if (off < x_start)
				run = min_t(size_t, run, x_start - off);
			for (step = widest; step > run || off % step; step /= 2)
				;
			ret = vfio_pci_move(vdev, test_mem, io + off, buf, iswrite, step);
		}
		if (ret)
			return ret;

		left -= step;
		off += step;
		buf += step;
	}
	return count;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_do_io_rw);

int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar)
{
	struct pci_dev *pdev = vdev->pdev;
	void __iomem *io;
	int ret;

	if (vdev->barmap[bar])
		return 0;

	ret = pci_request_selected_regions(pdev, 1 << bar, "vfio");
	if (ret)
		return ret;

	io = pci_iomap(pdev, bar, 0);
	if (!io) {
		pci_release_selected_regions(pdev, 1 << bar);
		return -ENOMEM;
	}
	vdev->barmap[bar] = io;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_setup_barmap);

static ssize_t vfio_pci_rom_rw(struct vfio_pci_core_device *vdev, char __user *buf, loff_t pos,
			       size_t count, size_t end, bool iswrite)
{
	struct pci_dev *pdev = vdev->pdev;
	size_t image;
	void __iomem *io = pci_map_rom(pdev, &image);
	ssize_t done;

	if (!io)
		return -ENOMEM;

	/* The BAR is often larger than the image: no need to read what is not there. Some
	 * devices answer quadwords with errors, so never wider than 4 (RW-013). */
	done = vfio_pci_core_do_io_rw(vdev, pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_MEM,
				      io, buf, pos, count, image, end, iswrite,
				      VFIO_PCI_IO_WIDTH_4);
	pci_unmap_rom(pdev, io);
	return done;
}

/* A BAR or the ROM, as *ppos says. Short at its end, -EINVAL behind it. */
ssize_t vfio_pci_bar_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite)
{
	struct pci_dev *pdev = vdev->pdev;
	loff_t pos = *ppos & VFIO_PCI_OFFSET_MASK;
	int bar = VFIO_PCI_OFFSET_TO_INDEX(*ppos);
	unsigned long flags = pdev->resource[bar].flags;
	size_t x_start = 0, x_end = 0;
	resource_size_t end;
	ssize_t done;

	if (pci_resource_start(pdev, bar))
		end = pci_resource_len(pdev, bar);
	else if (bar == PCI_ROM_RESOURCE && (flags & IORESOURCE_ROM_SHADOW))
		end = VFIO_PCI_SHADOW_ROM_SIZE;
	else
		return -EINVAL;

	if (pos >= end)
		return -EINVAL;
	count = min_t(size_t, count, end - pos);

	if (bar == PCI_ROM_RESOURCE) {
		done = vfio_pci_rom_rw(vdev, buf, pos, count, end, iswrite);
	} else {
		done = vfio_pci_core_setup_barmap(vdev, bar);
		if (done)
			return done;

		/* The vector table is the host's. */
		if (bar == vdev->msix_bar) {
			x_start = vdev->msix_offset;
			x_end = vdev->msix_offset + vdev->msix_size;
		}
		done = vfio_pci_core_do_io_rw(vdev, flags & IORESOURCE_MEM, vdev->barmap[bar], buf,
					      pos, count, x_start, x_end, iswrite,
					      VFIO_PCI_IO_WIDTH_8);
	}

	if (done > 0)
		*ppos += done;
	return done;
}
