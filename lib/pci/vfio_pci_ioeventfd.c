// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_IOEVENTFD: a write to an eventfd becomes one store to a BAR.
 */
#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfio_pci_priv.h"

struct vfio_pci_ioeventfd {
	struct list_head		next;
	struct vfio_pci_core_device	*vdev;
	struct virqfd			*virqfd;
	void __iomem			*addr;
	u64				data;
	loff_t				pos;
	unsigned int			bar;
	int				count;
	bool				test_mem;
};

static void vfio_pci_ioeventfd_do_write(struct vfio_pci_ioeventfd *ioeventfd, bool test_mem)
{
	struct vfio_pci_core_device *vdev = ioeventfd->vdev;

	switch (ioeventfd->count) {
	case 1:
		vfio_pci_core_iowrite8(vdev, test_mem, ioeventfd->data, ioeventfd->addr);
		break;
	case 2:
		vfio_pci_core_iowrite16(vdev, test_mem, ioeventfd->data, ioeventfd->addr);
		break;
	case 4:
		vfio_pci_core_iowrite32(vdev, test_mem, ioeventfd->data, ioeventfd->addr);
		break;
	case 8:
		vfio_pci_core_iowrite64(vdev, test_mem, ioeventfd->data, ioeventfd->addr);
		break;
	}
}

/* In the wakeup of the eventfd, which must not sleep: returns 1 to have the thread do it. */
static int vfio_pci_ioeventfd_handler(void *opaque, void *unused)
{
	struct vfio_pci_ioeventfd *ioeventfd = opaque;
	struct vfio_pci_core_device *vdev = ioeventfd->vdev;

	if (ioeventfd->test_mem && !down_read_trylock(&vdev->memory_lock))
		return 1;

	/* With memory off the store is lost, as it would be on the bus. */
	if (!ioeventfd->test_mem || __vfio_pci_memory_enabled(vdev))
		vfio_pci_ioeventfd_do_write(ioeventfd, false);

	if (ioeventfd->test_mem)
		up_read(&vdev->memory_lock);
	return 0;
}

static void vfio_pci_ioeventfd_thread(void *opaque, void *unused)
{
	struct vfio_pci_ioeventfd *ioeventfd = opaque;

	vfio_pci_ioeventfd_do_write(ioeventfd, ioeventfd->test_mem);
}

static void vfio_pci_ioeventfd_remove(struct vfio_pci_core_device *vdev,
				      struct vfio_pci_ioeventfd *ioeventfd)
{
	vfio_virqfd_disable(&ioeventfd->virqfd);
	list_del(&ioeventfd->next);
	vdev->ioeventfds_nr--;
	kfree(ioeventfd);
}

/* At the last close, when nobody else can change the list. */
void vfio_pci_ioeventfd_release_all(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_ioeventfd *ioeventfd, *next;

	list_for_each_entry_safe(ioeventfd, next, &vdev->ioeventfds_list, next)
		vfio_pci_ioeventfd_remove(vdev, ioeventfd);
}

static struct vfio_pci_ioeventfd *vfio_pci_ioeventfd_find(struct vfio_pci_core_device *vdev,
							  unsigned int bar, loff_t pos, u64 data,
							  int count)
{
	struct vfio_pci_ioeventfd *cur;

	list_for_each_entry(cur, &vdev->ioeventfds_list, next)
		if (cur->bar == bar && cur->pos == pos && cur->data == data && cur->count == count)
			return cur;
	return NULL;
}

static int vfio_pci_ioeventfd_add(struct vfio_pci_core_device *vdev, unsigned int bar, loff_t pos,
				  u64 data, int count, int fd)
{
	struct vfio_pci_ioeventfd *ioeventfd;
	int ret;

	if (vdev->ioeventfds_nr >= VFIO_PCI_IOEVENTFD_MAX)
		return -ENOSPC;

	ioeventfd = kzalloc(sizeof(*ioeventfd), GFP_KERNEL_ACCOUNT);
	if (!ioeventfd)
		return -ENOMEM;

	ioeventfd->vdev = vdev;
	ioeventfd->addr = vdev->barmap[bar] + pos;
	ioeventfd->data = data;
	ioeventfd->pos = pos;
	ioeventfd->bar = bar;
	ioeventfd->count = count;
	ioeventfd->test_mem = vdev->pdev->resource[bar].flags & IORESOURCE_MEM;

	ret = vfio_virqfd_enable(ioeventfd, vfio_pci_ioeventfd_handler, vfio_pci_ioeventfd_thread,
				 NULL, &ioeventfd->virqfd, fd);
	if (ret) {
		kfree(ioeventfd);
		return ret;
	}

	list_add(&ioeventfd->next, &vdev->ioeventfds_list);
	vdev->ioeventfds_nr++;
	return 0;
}

static int vfio_pci_ioeventfd(struct vfio_pci_core_device *vdev, u64 offset, u64 data, int count,
			      int fd)
{
	struct vfio_pci_ioeventfd *found;
	loff_t pos = offset & VFIO_PCI_OFFSET_MASK;
	u64 bar = VFIO_PCI_OFFSET_TO_INDEX(offset);
	int ret;

	/* Unsigned, so that an offset with bit 63 set is out of range as well (RST-039). */
	if (bar > VFIO_PCI_BAR5_REGION_INDEX)
		return -EINVAL;
	if (pos + count > pci_resource_len(vdev->pdev, bar))
		return -EINVAL;
	/* The vector table is the host's. */
	if (bar == vdev->msix_bar && pos + count > vdev->msix_offset &&
	    pos < (loff_t)vdev->msix_offset + vdev->msix_size)
		return -EINVAL;

	ret = vfio_pci_core_setup_barmap(vdev, bar);
	if (ret)
		return ret;

	mutex_lock(&vdev->ioeventfds_lock);
	found = vfio_pci_ioeventfd_find(vdev, bar, pos, data, count);
	if (fd >= 0)
		ret = found ? -EEXIST : vfio_pci_ioeventfd_add(vdev, bar, pos, data, count, fd);
	else if (found)
		vfio_pci_ioeventfd_remove(vdev, found);
	else
		ret = -ENODEV;
	mutex_unlock(&vdev->ioeventfds_lock);

	return ret;
}

int vfio_pci_ioctl_ioeventfd(struct vfio_pci_core_device *vdev,
			     struct vfio_device_ioeventfd __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_device_ioeventfd, fd);
	struct vfio_device_ioeventfd req;
	u32 size;

	if (copy_from_user(&req, arg, minsz))
		return -EFAULT;
	if (req.argsz < minsz || (req.flags & ~VFIO_DEVICE_IOEVENTFD_SIZE_MASK))
		return -EINVAL;

	/* The flag bits are the sizes themselves: 1, 2, 4, 8. Exactly one. */
	size = req.flags & VFIO_DEVICE_IOEVENTFD_SIZE_MASK;
	if (hweight32(size) != 1 || req.fd < -1)
		return -EINVAL;

	return vfio_pci_ioeventfd(vdev, req.offset, req.data, size, req.fd);
}
