// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot reset: all functions of a slot or bus at once. A user may do it who owns
 * every one of them, which he proves with the descriptors of their groups.
 *
 * Where a function cannot be reset alone, the same reset is tried by itself
 * when the last user of its device set has gone.
 */
#include <linux/file.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "../core/profile.h"
#include "vfio_pci_priv.h"

/* Group files a user showed, each with a reference. */
struct vfio_pci_group_info {
	unsigned int count;
	struct file **files;
};

/* Is @pdev in @slot, or behind a bridge in it? */
static bool vfio_pci_dev_below_slot(struct pci_dev *pdev, struct pci_slot *slot)
{
	while (pdev) {
		if (pdev->bus == slot->bus)
			return pdev->slot == slot;
		pdev = pdev->bus->self;
	}
	return false;
}

struct vfio_pci_walk {
	int (*fn)(struct pci_dev *pdev, void *data);
	void *data;
	struct pci_slot *slot;	/* NULL: the whole bus */
	int ret;
};

static int vfio_pci_walk_one(struct pci_dev *pdev, void *data)
{
	struct vfio_pci_walk *walk = data;

	if (!walk->slot || vfio_pci_dev_below_slot(pdev, walk->slot))
		walk->ret = walk->fn(pdev, walk->data);
	return walk->ret;
}

/* Call @fn on all that a reset of @pdev's slot (or bus) takes along, until it returns non-zero. */
static int vfio_pci_for_each_slot_or_bus(struct pci_dev *pdev,
					 int (*fn)(struct pci_dev *pdev, void *data), void *data,
					 bool slot)
{
	struct vfio_pci_walk walk = { .fn = fn, .data = data, .slot = slot ? pdev->slot : NULL };

	pci_walk_bus(pdev->bus, vfio_pci_walk_one, &walk);
	return walk.ret;
}

/* A slot reset is preferred: it takes fewer along. -ENODEV if there is neither. */
static int vfio_pci_probe_hot_reset(struct pci_dev *pdev, bool *slot)
{
	*slot = !pci_probe_reset_slot(pdev->slot);
	if (!*slot && pci_probe_reset_bus(pdev->bus))
		return -ENODEV;
	return 0;
}

static int vfio_pci_count_devs(struct pci_dev *pdev, void *data)
{
	(*(unsigned int *)data)++;
	return 0;
}

struct vfio_pci_fill_info {
	struct vfio_pci_dependent_device *devices;
	unsigned int room;
	unsigned int count;
};

static int vfio_pci_fill_devs(struct pci_dev *pdev, void *data)
{
	struct vfio_pci_fill_info *fill = data;
	struct vfio_pci_dependent_device *info;
	struct iommu_group *group;

	/* One was added since we counted. */
	if (fill->count >= fill->room)
		return -EAGAIN;

	group = iommu_group_get(&pdev->dev);
	if (!group)
		return -EPERM;

	info = &fill->devices[fill->count++];
	info->group_id = iommu_group_id(group);
	info->segment = pci_domain_nr(pdev->bus);
	info->bus = pdev->bus->number;
	info->devfn = pdev->devfn;
	iommu_group_put(group);
	return 0;
}

int vfio_pci_ioctl_get_pci_hot_reset_info(struct vfio_pci_core_device *vdev,
					  struct vfio_pci_hot_reset_info __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_pci_hot_reset_info, count);
	bool late_header = profile(BEH_PCI_HOT_RESET_INFO_LATE_HEADER);
	struct vfio_device_set *dev_set = vdev->vdev.dev_set;
	struct vfio_pci_hot_reset_info hdr;
	struct vfio_pci_fill_info fill = {};
	bool slot;
	int ret;

	if (copy_from_user(&hdr, arg, minsz))
		return -EFAULT;
	if (hdr.argsz < minsz)
		return -EINVAL;

	ret = vfio_pci_probe_hot_reset(vdev->pdev, &slot);
	if (!ret)
		ret = vfio_pci_for_each_slot_or_bus(vdev->pdev, vfio_pci_count_devs, &fill.room,
						    slot);
	if (ret)
		return ret;
	if (WARN_ON(!fill.room))
		return -ERANGE;

	hdr.flags = 0;
	if (fill.room > (hdr.argsz - sizeof(hdr)) / sizeof(*fill.devices)) {
		hdr.count = fill.room;
		return copy_to_user(arg, &hdr, minsz) ? -EFAULT : -ENOSPC;
	}

	fill.devices = kcalloc(fill.room, sizeof(*fill.devices), GFP_KERNEL);
	if (!fill.devices)
		return -ENOMEM;

	mutex_lock(&dev_set->lock);
	ret = vfio_pci_for_each_slot_or_bus(vdev->pdev, vfio_pci_fill_devs, &fill, slot);
	mutex_unlock(&dev_set->lock);

	if (!ret)
		hdr.count = fill.count;
	if (!late_header && copy_to_user(arg, &hdr, minsz))
		ret = -EFAULT;
	if (!ret && copy_to_user(arg->devices, fill.devices, fill.count * sizeof(*fill.devices)))
		ret = -EFAULT;
	if (!ret && late_header && copy_to_user(arg, &hdr, minsz))
		ret = -EFAULT;

	kfree(fill.devices);
	return ret;
}

static int vfio_pci_is_device_in_set(struct pci_dev *pdev, void *data)
{
	return vfio_find_device_in_devset(data, &pdev->dev) ? 0 : -ENODEV;
}

/*
 * A device of the set to reset the set by, or NULL. Everything the reset hits
 * must be in the set: only then is every driver concerned one of ours.
 */
static struct pci_dev *vfio_pci_dev_set_resettable(struct vfio_device_set *dev_set)
{
	struct vfio_pci_core_device *first;
	bool slot;

	lockdep_assert_held(&dev_set->lock);

	/* The set is made of one slot or bus, so any member stands for all. */
	first = list_first_entry(&dev_set->device_list, struct vfio_pci_core_device,
				 vdev.dev_set_list);
	if (vfio_pci_probe_hot_reset(first->pdev, &slot) ||
	    vfio_pci_for_each_slot_or_bus(first->pdev, vfio_pci_is_device_in_set, dev_set, slot))
		return NULL;
	return first->pdev;
}

static void vfio_pci_dev_set_pm_runtime_put(struct vfio_device_set *dev_set,
					    struct vfio_pci_core_device *end)
{
	struct vfio_pci_core_device *cur;

	list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list) {
		if (cur == end)
			break;
		pm_runtime_put(&cur->pdev->dev);
	}
}

static int vfio_pci_dev_set_pm_runtime_get(struct vfio_device_set *dev_set)
{
	struct vfio_pci_core_device *cur;
	int ret;

	list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list) {
		ret = pm_runtime_resume_and_get(&cur->pdev->dev);
		if (ret) {
			vfio_pci_dev_set_pm_runtime_put(dev_set, cur);
			return ret;
		}
	}
	return 0;
}

static bool vfio_dev_in_groups(struct vfio_device *vdev, const struct vfio_pci_group_info *groups)
{
	unsigned int i;

	for (i = 0; i < groups->count; i++)
		if (vfio_file_has_dev(groups->files[i], vdev))
			return true;
	return false;
}

static void vfio_pci_dev_set_unlock_memory(struct vfio_device_set *dev_set,
					   struct vfio_pci_core_device *end)
{
	struct vfio_pci_core_device *cur;

	list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list) {
		if (cur == end)
			break;
		up_write(&cur->memory_lock);
	}
}

/*
 * Take every member's device memory away from its user. Several locks of a
 * kind, in no order others keep: so only try, and give up on contention.
 */
static int vfio_pci_dev_set_lock_memory(struct vfio_device_set *dev_set,
					const struct vfio_pci_group_info *groups)
{
	struct vfio_pci_core_device *cur;
	int ret;

	list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list) {
		if (!vfio_dev_in_groups(&cur->vdev, groups))
			ret = -EINVAL;
		else if (!down_write_trylock(&cur->memory_lock))
			ret = -EBUSY;
		else
			ret = 0;
		if (ret) {
			vfio_pci_dev_set_unlock_memory(dev_set, cur);
			return ret;
		}
		vfio_pci_zap_bars(cur);
	}
	return 0;
}

static int vfio_pci_dev_set_hot_reset(struct vfio_device_set *dev_set,
				      const struct vfio_pci_group_info *groups)
{
	struct vfio_pci_core_device *cur;
	struct pci_dev *pdev;
	int ret;

	mutex_lock(&dev_set->lock);

	pdev = vfio_pci_dev_set_resettable(dev_set);
	ret = pdev ? vfio_pci_dev_set_pm_runtime_get(dev_set) : -EINVAL;
	if (ret)
		goto unlock;

	ret = vfio_pci_dev_set_lock_memory(dev_set, groups);
	if (!ret) {
		/* The reset ends D3 behind our back; do it here, with what we saved for it. */
		list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list)
			vfio_pci_set_power_state(cur, PCI_D0);
		ret = pci_reset_bus(pdev);
		vfio_pci_dev_set_unlock_memory(dev_set, NULL);
	}
	vfio_pci_dev_set_pm_runtime_put(dev_set, NULL);

unlock:
	mutex_unlock(&dev_set->lock);
	return ret;
}

/* Get the group files behind @count descriptors; on error none is kept. */
static int vfio_pci_get_group_files(struct vfio_pci_group_info *info, const s32 *fds,
				    unsigned int count)
{
	struct file *file;

	for (info->count = 0; info->count < count; info->count++) {
		file = fget(fds[info->count]);
		if (!file)
			return -EBADF;
		if (!vfio_file_is_group(file)) {
			fput(file);
			return -EINVAL;
		}
		info->files[info->count] = file;
	}
	return 0;
}

static int vfio_pci_hot_reset_groups(struct vfio_pci_core_device *vdev, u32 count, bool slot,
				     struct vfio_pci_hot_reset __user *arg)
{
	struct vfio_pci_group_info info = {};
	unsigned int affected = 0;
	s32 *fds;
	int ret;

	/* No more groups than devices: this bounds what we copy. */
	ret = vfio_pci_for_each_slot_or_bus(vdev->pdev, vfio_pci_count_devs, &affected, slot);
	if (ret)
		return ret;
	if (count > affected)
		return -EINVAL;

	fds = kcalloc(count, sizeof(*fds), GFP_KERNEL);
	info.files = kcalloc(count, sizeof(*info.files), GFP_KERNEL);
	if (!fds || !info.files)
		ret = -ENOMEM;
	else if (copy_from_user(fds, arg->group_fds, count * sizeof(*fds)))
		ret = -EFAULT;
	else
		ret = vfio_pci_get_group_files(&info, fds, count);

	if (!ret)
		ret = vfio_pci_dev_set_hot_reset(vdev->vdev.dev_set, &info);

	while (info.count)
		fput(info.files[--info.count]);
	kfree(info.files);
	kfree(fds);
	return ret;
}

int vfio_pci_ioctl_pci_hot_reset(struct vfio_pci_core_device *vdev,
				 struct vfio_pci_hot_reset __user *arg)
{
	unsigned long minsz = offsetofend(struct vfio_pci_hot_reset, count);
	struct vfio_pci_hot_reset hdr;
	bool slot;
	int ret;

	if (copy_from_user(&hdr, arg, minsz))
		return -EFAULT;
	if (hdr.argsz < minsz || hdr.flags)
		return -EINVAL;

	/* Ownership is proved by groups alone here: there is no iommufd to prove it by. */
	if (profile(BEH_PCI_HOT_RESET_COUNT_FIRST) && !hdr.count)
		return -EINVAL;
	ret = vfio_pci_probe_hot_reset(vdev->pdev, &slot);
	if (ret)
		return ret;
	if (!hdr.count)
		return -EINVAL;

	return vfio_pci_hot_reset_groups(vdev, hdr.count, slot, arg);
}

static bool vfio_pci_dev_set_needs_reset(struct vfio_device_set *dev_set)
{
	struct vfio_pci_core_device *cur;

	/* The one that is closing still counts. */
	if (vfio_device_set_open_count(dev_set) > 1)
		return false;

	list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list)
		if (cur->needs_reset)
			return true;
	return false;
}

void vfio_pci_dev_set_try_reset(struct vfio_device_set *dev_set)
{
	struct vfio_pci_core_device *cur;
	struct pci_dev *pdev;

	if (!vfio_pci_dev_set_needs_reset(dev_set))
		return;
	pdev = vfio_pci_dev_set_resettable(dev_set);
	if (!pdev || vfio_pci_dev_set_pm_runtime_get(dev_set))
		return;

	if (!pci_reset_bus(pdev))
		list_for_each_entry(cur, &dev_set->device_list, vdev.dev_set_list)
			cur->needs_reset = false;

	vfio_pci_dev_set_pm_runtime_put(dev_set, NULL);
}
