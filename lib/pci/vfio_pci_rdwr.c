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
	if (!UNLESS_MUTANT(rw_memory_off, !__vfio_pci_memory_enabled(vdev)))
		return 0;
	up_read(&vdev->memory_lock);
	return -EIO;
}

static void vfio_pci_mem_put(struct vfio_pci_core_device *vdev, bool test_mem)
{
	if (test_mem)
		up_read(&vdev->memory_lock);
}

#define VFIO_PCI_IO_ACCESSORS(size)							\
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
EXPORT_SYMBOL_GPL(vfio_pci_core_ioread##size);

VFIO_PCI_IO_ACCESSORS(8)
VFIO_PCI_IO_ACCESSORS(16)
VFIO_PCI_IO_ACCESSORS(32)
VFIO_PCI_IO_ACCESSORS(64)

int vfio_pci_store(struct vfio_pci_core_device *vdev, bool test_mem, u64 val, void __iomem *io,
		   size_t width)
{
	switch (width) {
	case 1:
		return vfio_pci_core_iowrite8(vdev, test_mem, val, io);
	case 2:
		return vfio_pci_core_iowrite16(vdev, test_mem, val, io);
	case 4:
		return vfio_pci_core_iowrite32(vdev, test_mem, val, io);
	default:
		return vfio_pci_core_iowrite64(vdev, test_mem, val, io);
	}
}

/* One load, into the first @width bytes of @unit. */
static int vfio_pci_load(struct vfio_pci_core_device *vdev, bool test_mem, void *unit,
			 void __iomem *io, size_t width)
{
	switch (width) {
	case 1:
		return vfio_pci_core_ioread8(vdev, test_mem, unit, io);
	case 2:
		return vfio_pci_core_ioread16(vdev, test_mem, unit, io);
	case 4:
		return vfio_pci_core_ioread32(vdev, test_mem, unit, io);
	default:
		return vfio_pci_core_ioread64(vdev, test_mem, unit, io);
	}
}

/*
 * Move one unit between device and user. A user page that faults must not do so
 * under memory_lock, so the copy is outside.
 */
static int vfio_pci_move(struct vfio_pci_core_device *vdev, bool test_mem, void __iomem *io,
			 char __user *buf, bool iswrite, size_t width)
{
	/* Of a little endian CPU: the value of a narrower unit is that of its bytes. */
	u64 unit = 0;
	int ret;

	if (iswrite) {
		ret = copy_from_user(&unit, buf, width) ? -EFAULT : 0;
		return ret ? ret : vfio_pci_store(vdev, test_mem, unit, io, width);
	}
	ret = vfio_pci_load(vdev, test_mem, &unit, io, width);
	return !ret && copy_to_user(buf, &unit, width) ? -EFAULT : ret;
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
			if (!iswrite && !MUTANT(rw_ones_not_written, true))
				ret = vfio_pci_fill_ones(buf, step);
		} else {
			size_t run = left;

			if (off < x_start)
				run = min_t(size_t, run, x_start - off);
			for (step = widest;
			     step > run || UNLESS_MUTANT(rw_too_wide, off % step); step /= 2)
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

static int vfio_pci_claim_bar(struct vfio_pci_core_device *vdev, int bar)
{
	const int mask = 1 << bar;
	void __iomem *io;
	int err;

	/* Of two threads that come first at once one is told that it is taken, as in Linux. */
	err = pci_request_selected_regions(vdev->pdev, mask, "vfio");
	if (err)
		return err;
	io = pci_iomap(vdev->pdev, bar, 0);
	if (!io) {
		pci_release_selected_regions(vdev->pdev, mask);
		return -ENOMEM;
	}
	smp_store_release(&vdev->barmap[bar], io);
	return 0;
}

int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar)
{
	if (smp_load_acquire(&vdev->barmap[bar]))
		return 0;
	return profile(BEH_PCI_BARS_AT_OPEN) ? vdev->bar_error[bar] ?: -ENODEV :
					       vfio_pci_claim_bar(vdev, bar);
}
EXPORT_SYMBOL_GPL(vfio_pci_core_setup_barmap);

void vfio_pci_claim_bars(struct vfio_pci_core_device *vdev)
{
	int bar;

	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
		if (pci_resource_len(vdev->pdev, bar))
			vdev->bar_error[bar] = vfio_pci_claim_bar(vdev, bar);
}

/* A region of @size bytes, of which an access at @pos wants @count. */
struct vfio_pci_span {
	loff_t pos;
	size_t count;
	size_t size;
};

static ssize_t vfio_pci_rom_read(struct vfio_pci_core_device *vdev, char __user *buf,
				 const struct vfio_pci_span *span)
{
	struct pci_dev *pdev = vdev->pdev;
	bool mem = pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_MEM;
	size_t image;
	void __iomem *io = pci_map_rom(pdev, &image);
	ssize_t done = -ENOMEM;

	if (io) {
		/* The BAR is often larger than the image: no need to read what is not
		 * there. Some devices answer quadwords with errors, so never wider than
		 * 4 (RW-013). */
		done = vfio_pci_core_do_io_rw(vdev, mem, io, buf, span->pos, span->count, image,
					      span->size, false, VFIO_PCI_IO_WIDTH_4);
		pci_unmap_rom(pdev, io);
	}
	return done;
}

static ssize_t vfio_pci_bar_move(struct vfio_pci_core_device *vdev, int bar, char __user *buf,
				 const struct vfio_pci_span *span, bool iswrite)
{
	bool mem = vdev->pdev->resource[bar].flags & IORESOURCE_MEM;
	size_t table = 0, table_end = 0;
	int err = vfio_pci_core_setup_barmap(vdev, bar);

	if (err)
		return err;

	/* The vector table is the host's. */
	if (UNLESS_MUTANT(rw_vectors_shown, bar == vdev->msix_bar)) {
		table = vdev->msix_offset;
		table_end = table + vdev->msix_size - MUTANT(rw_vectors_one_short, true);
	}
	return vfio_pci_core_do_io_rw(vdev, mem, vdev->barmap[bar], buf, span->pos, span->count,
				      table, table_end, iswrite, VFIO_PCI_IO_WIDTH_8);
}

/* 0 if there is nothing to access. */
static size_t vfio_pci_bar_size(struct pci_dev *pdev, int bar)
{
	if (pci_resource_start(pdev, bar))
		return pci_resource_len(pdev, bar);
	if (bar == PCI_ROM_RESOURCE && (pdev->resource[bar].flags & IORESOURCE_ROM_SHADOW))
		return VFIO_PCI_SHADOW_ROM_SIZE;
	return 0;
}

/* A BAR or the ROM, as *ppos says. Short at its end, -EINVAL behind it. */
ssize_t vfio_pci_bar_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite)
{
	int bar = VFIO_PCI_OFFSET_TO_INDEX(*ppos);
	struct vfio_pci_span span = {
		.pos = *ppos & VFIO_PCI_OFFSET_MASK,
		.size = vfio_pci_bar_size(vdev->pdev, bar),
	};
	ssize_t done;

	if (span.pos >= span.size ||
	    UNLESS_MUTANT(rw_rom_written, iswrite && bar == PCI_ROM_RESOURCE) ||
	    MUTANT(rw_end_einval, count > span.size - span.pos))
		return -EINVAL;
	span.count = min_t(size_t, count, span.size - span.pos);

	if (bar == PCI_ROM_RESOURCE)
		done = vfio_pci_rom_read(vdev, buf, &span);
	else
		done = vfio_pci_bar_move(vdev, bar, buf, &span, iswrite);
	if (done > 0)
		*ppos += done;
	return done;
}
