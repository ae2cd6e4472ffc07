// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_FEATURE_DMA_BUF of Linux 6.19 and later: device memory as a dma-buf,
 * for other devices to reach it. The file holds on to the device until either is
 * closed. There are no importers here, so all that a user sees of it is that it is
 * there, and its size. Clauses FEAT-062 to FEAT-066.
 */
#include <linux/anon_inodes.h>
#include <linux/cleanup.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfio_pci_priv.h"

/* The uapi's, which is later than the headers here. */
struct vfio_region_dma_range {
	__u64 offset;
	__u64 length;
};

struct vfio_device_feature_dma_buf {
	__u32 region_index;
	__u32 open_flags;
	__u32 flags;
	__u32 nr_ranges;
	struct vfio_region_dma_range dma_ranges[];
};

struct vfio_pci_dma_buf {
	struct vfio_pci_core_device *vdev;	/* NULL: it was closed */
	struct list_head item;			/* vdev->dmabufs */
	size_t size;
};

/* Of all devices: the list, and whose a buffer is, when it and its device close at once. */
static DEFINE_MUTEX(vfio_pci_dmabufs_lock);

static void vfio_pci_dma_buf_leave(struct vfio_pci_dma_buf *buf)
{
	struct vfio_pci_core_device *vdev = buf->vdev;

	lockdep_assert_held(&vfio_pci_dmabufs_lock);
	list_del(&buf->item);
	buf->vdev = NULL;
	vfio_device_put_registration(&vdev->vdev);
}

static int vfio_pci_dma_buf_release(struct inode *inode, struct file *file)
{
	struct vfio_pci_dma_buf *buf = file->private_data;

	scoped_guard(mutex, &vfio_pci_dmabufs_lock)
		if (buf->vdev)
			vfio_pci_dma_buf_leave(buf);
	kfree(buf);
	return 0;
}

/* For users to ask the size, and nothing else. */
static loff_t vfio_pci_dma_buf_llseek(struct file *file, loff_t off, int whence)
{
	struct vfio_pci_dma_buf *buf = file->private_data;

	if (off || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	return whence == SEEK_END ? buf->size : 0;
}

static const struct file_operations vfio_pci_dma_buf_fops = {
	.owner = THIS_MODULE,
	.release = vfio_pci_dma_buf_release,
	.llseek = vfio_pci_dma_buf_llseek,
};

/* The bytes of all ranges, or -errno if there are none such in @bar. */
static long vfio_pci_dma_buf_size(struct vfio_pci_core_device *vdev, unsigned int bar,
				  const struct vfio_region_dma_range *ranges, u32 n)
{
	u64 end, total = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		if (!ranges[i].length ||
		    UNLESS_MUTANT(dma_buf_unaligned,
				  !PAGE_ALIGNED(ranges[i].offset | ranges[i].length)))
			return -EINVAL;
		/* Too much for an IOVA allocator of any importer. */
		if (check_add_overflow(total, ranges[i].length, &total) || total >> 63)
			return -EINVAL;
	}
	/* Ports are not for other devices. */
	if (!(pci_resource_flags(vdev->pdev, bar) & IORESOURCE_MEM))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (check_add_overflow((u64)pci_resource_start(vdev->pdev, bar), ranges[i].offset,
				       &end) ||
		    check_add_overflow(end, ranges[i].length, &end))
			return -EOVERFLOW;
		if (UNLESS_MUTANT(dma_buf_past_end, end > pci_resource_end(vdev->pdev, bar) + 1))
			return -EINVAL;
	}
	return total;
}

/* A descriptor, or -errno. The file owns @buf and a registration of the device if it is made. */
static int vfio_pci_dma_buf_fd(struct vfio_pci_core_device *vdev, struct vfio_pci_dma_buf *buf,
			       u32 flags)
{
	int fd = get_unused_fd_flags(flags & O_CLOEXEC);
	struct file *file;

	if (fd < 0)
		return fd;
	file = anon_inode_getfile_fmode("[dmabuf]", &vfio_pci_dma_buf_fops, buf,
					flags & (O_ACCMODE | O_NONBLOCK), FMODE_LSEEK);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	buf->vdev = vdev;
	scoped_guard(mutex, &vfio_pci_dmabufs_lock)
		list_add_tail(&buf->item, &vdev->dmabufs);
	fd_install(fd, file);
	return fd;
}

static int vfio_pci_make_dma_buf(struct vfio_pci_core_device *vdev, u32 flags, size_t size)
{
	struct vfio_pci_dma_buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	int fd = -ENODEV;

	if (!buf)
		return -ENOMEM;
	buf->size = size;
	if (vfio_device_try_get_registration(&vdev->vdev)) {
		fd = vfio_pci_dma_buf_fd(vdev, buf, flags);
		if (fd < 0)
			vfio_device_put_registration(&vdev->vdev);
	}
	if (fd < 0)
		kfree(buf);
	return fd;
}

int vfio_pci_feature_dma_buf(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			     size_t argsz)
{
	struct vfio_device_feature_dma_buf req;
	struct vfio_region_dma_range *ranges;
	long size;
	int ret;

	if (!vdev->exports_dma_buf)
		return -EOPNOTSUPP;
	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_GET, sizeof(req));
	if (ret != 1)
		return ret;
	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;
	if (!req.nr_ranges || req.flags)
		return -EINVAL;
	if (req.region_index >= VFIO_PCI_ROM_REGION_INDEX || !vdev->barmap[req.region_index])
		return -ENODEV;

	ranges = memdup_array_user(arg + sizeof(req), req.nr_ranges, sizeof(*ranges));
	if (IS_ERR(ranges))
		return PTR_ERR(ranges);
	size = vfio_pci_dma_buf_size(vdev, req.region_index, ranges, req.nr_ranges);
	kfree(ranges);
	return size < 0 ? size : vfio_pci_make_dma_buf(vdev, req.open_flags, size);
}

void vfio_pci_dma_bufs_drop(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_dma_buf *buf, *next;

	guard(mutex)(&vfio_pci_dmabufs_lock);
	list_for_each_entry_safe(buf, next, &vdev->dmabufs, item)
		vfio_pci_dma_buf_leave(buf);
}
