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

#include <kapi/argsz.h>
#include "vfio_pci_priv.h"

/* The store an eventfd stands for; two are the same if all of it is. */
struct vfio_pci_bar_store {
	u64		data;
	loff_t		pos;	/* in the BAR */
	unsigned int	bar;
	unsigned int	width;
};

struct vfio_pci_ioeventfd {
	struct vfio_pci_bar_store	store;
	struct vfio_pci_core_device	*vdev;
	struct list_head		node;
	struct virqfd			*virqfd;
};

static int do_store(struct vfio_pci_ioeventfd *efd, bool test_mem)
{
	const struct vfio_pci_bar_store *st = &efd->store;

	return vfio_pci_store(efd->vdev, test_mem, st->data, efd->vdev->barmap[st->bar] + st->pos,
			      st->width);
}

static bool in_memory(struct vfio_pci_ioeventfd *efd)
{
	return efd->vdev->pdev->resource[efd->store.bar].flags & IORESOURCE_MEM;
}

/* Runs in the wakeup of the eventfd, which must not sleep: 1 leaves it to the thread. */
static int ioeventfd_wakeup(void *opaque, void *unused)
{
	struct vfio_pci_ioeventfd *efd = opaque;
	struct rw_semaphore *lock = &efd->vdev->memory_lock;

	if (!in_memory(efd)) {
		do_store(efd, false);
		return 0;
	}
	if (!down_read_trylock(lock))
		return 1;
	/* With memory off the store is lost, as it would be on the bus. */
	if (__vfio_pci_memory_enabled(efd->vdev))
		do_store(efd, false);
	up_read(lock);
	return 0;
}

static void ioeventfd_thread(void *opaque, void *unused)
{
	do_store(opaque, in_memory(opaque));
}

static void ioeventfd_remove(struct vfio_pci_ioeventfd *efd)
{
	efd->vdev->ioeventfds_nr--;
	list_del(&efd->node);
	vfio_virqfd_disable(&efd->virqfd);
	kfree(efd);
}

/* At the last close, when nobody else can change the list. */
void vfio_pci_ioeventfd_release_all(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_ioeventfd *efd, *next;

	list_for_each_entry_safe(efd, next, &vdev->ioeventfds_list, node)
		ioeventfd_remove(efd);
}

static struct vfio_pci_ioeventfd *ioeventfd_find(struct vfio_pci_core_device *vdev,
						 const struct vfio_pci_bar_store *st)
{
	struct vfio_pci_ioeventfd *efd;

	list_for_each_entry(efd, &vdev->ioeventfds_list, node)
		if (efd->store.bar == st->bar && efd->store.pos == st->pos &&
		    efd->store.width == st->width && efd->store.data == st->data)
			return efd;
	return NULL;
}

static int ioeventfd_add(struct vfio_pci_core_device *vdev, const struct vfio_pci_bar_store *st, int fd)
{
	struct vfio_pci_ioeventfd *efd;
	int ret;

	if (UNLESS_MUTANT(ioeventfd_no_limit, vdev->ioeventfds_nr >= VFIO_PCI_IOEVENTFD_MAX))
		return -ENOSPC;

	efd = kzalloc(sizeof(*efd), GFP_KERNEL_ACCOUNT);
	if (!efd)
		return -ENOMEM;
	efd->store = *st;
	efd->vdev = vdev;

	/* From here on it can fire. */
	ret = vfio_virqfd_enable(efd, ioeventfd_wakeup, ioeventfd_thread, NULL, &efd->virqfd, fd);
	if (ret) {
		kfree(efd);
	} else {
		list_add(&efd->node, &vdev->ioeventfds_list);
		vdev->ioeventfds_nr++;
	}
	return ret;
}

/* May a user have this store? */
static bool store_allowed(struct vfio_pci_core_device *vdev, const struct vfio_pci_bar_store *st)
{
	loff_t end = st->pos + st->width;

	if (UNLESS_MUTANT(ioeventfd_past_end, end > pci_resource_len(vdev->pdev, st->bar)) &&
	    !MUTANT(ioeventfd_past_end, st->pos >= pci_resource_len(vdev->pdev, st->bar)))
		return false;
	/* The vector table is the host's. */
	return st->bar != vdev->msix_bar || MUTANT(ioeventfd_on_vectors, true) ||
	       end <= vdev->msix_offset ||
	       st->pos >= (loff_t)vdev->msix_offset + vdev->msix_size;
}

/* With @fd negative: take the one for this store away. */
static int ioeventfd_change(struct vfio_pci_core_device *vdev, const struct vfio_pci_bar_store *st,
			    int fd)
{
	struct vfio_pci_ioeventfd *old = ioeventfd_find(vdev, st);

	if (fd >= 0)
		return UNLESS_MUTANT(ioeventfd_twice, old) ? -EEXIST : ioeventfd_add(vdev, st, fd);
	if (!old)
		return MUTANT(ioeventfd_remove_none, true) ? 0 : -ENODEV;
	ioeventfd_remove(old);
	return 0;
}

int vfio_pci_set_ioeventfd(struct vfio_pci_core_device *vdev, void __user *arg)
{
	struct vfio_device_ioeventfd req;
	struct vfio_pci_bar_store st;
	u64 index;
	int ret;

	ret = vfio_get_head(&req, arg, fd);
	if (ret)
		return ret;

	/* The flag bits are the sizes themselves: 1, 2, 4, 8. Exactly one. */
	if ((req.flags & ~VFIO_DEVICE_IOEVENTFD_SIZE_MASK) || hweight32(req.flags) != 1)
		return -EINVAL;
	/* Unsigned, so that an offset with bit 63 set is out of range as well (RST-039). */
	index = VFIO_PCI_OFFSET_TO_INDEX(req.offset);
	if (req.fd < -1 || index > VFIO_PCI_BAR5_REGION_INDEX)
		return -EINVAL;

	st.bar = index;
	st.pos = req.offset & VFIO_PCI_OFFSET_MASK;
	st.width = req.flags;
	st.data = req.data;
	if (!store_allowed(vdev, &st))
		return -EINVAL;

	ret = vfio_pci_core_setup_barmap(vdev, st.bar);
	if (!ret) {
		mutex_lock(&vdev->ioeventfds_lock);
		ret = ioeventfd_change(vdev, &st, req.fd);
		mutex_unlock(&vdev->ioeventfds_lock);
	}
	return ret;
}
