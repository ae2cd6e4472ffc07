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

#include <kapi/argsz.h>
#include "../core/profile.h"
#include "vfio_pci_priv.h"

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

struct vfio_pci_reset_list {
	struct vfio_pci_dependent_device *devices;
	unsigned int room;
	unsigned int count;
};

static int vfio_pci_list_dev(struct pci_dev *pdev, void *data)
{
	struct iommu_group *group = iommu_group_get(&pdev->dev);
	struct vfio_pci_reset_list *list = data;
	int ret = 0;

	if (list->count == list->room)
		ret = -EAGAIN;	/* one was added since we counted */
	else if (!group)
		ret = -EPERM;
	else
		list->devices[list->count++] = (struct vfio_pci_dependent_device) {
			.segment = pci_domain_nr(pdev->bus),
			.bus = pdev->bus->number,
			.devfn = pdev->devfn,
			.group_id = iommu_group_id(group),
		};
	if (group)
		iommu_group_put(group);
	return ret;
}

/* Fill @list, whose room is set, and allocate its devices, which the caller frees. */
static int vfio_pci_make_list(struct vfio_pci_core_device *vdev, bool slot,
			      struct vfio_pci_reset_list *list)
{
	struct mutex *lock = &vdev->vdev.dev_set->lock;
	int ret;

	list->devices = kcalloc(list->room, sizeof(*list->devices), GFP_KERNEL);
	if (!list->devices)
		return -ENOMEM;

	mutex_lock(lock);
	ret = vfio_pci_for_each_slot_or_bus(vdev->pdev, vfio_pci_list_dev, list, slot);
	mutex_unlock(lock);
	return ret;
}

int vfio_pci_get_hot_reset_info(struct vfio_pci_core_device *vdev, void __user *arg)
{
	bool late_header = profile(BEH_PCI_HOT_RESET_INFO_LATE_HEADER);
	struct vfio_pci_hot_reset_info hdr;
	struct vfio_pci_reset_list list = {};
	bool slot;
	int ret;

	ret = vfio_get_head(&hdr, arg, count);
	if (!ret)
		ret = vfio_pci_probe_hot_reset(vdev->pdev, &slot);
	if (!ret)
		ret = vfio_pci_for_each_slot_or_bus(vdev->pdev, vfio_pci_count_devs, &list.room,
						    slot);
	if (ret)
		return ret;
	if (WARN_ON(!list.room))
		return -ERANGE;

	hdr.flags = 0;
	if (list.room > (hdr.argsz - sizeof(hdr)) / sizeof(*list.devices)) {
		hdr.count = MUTANT(hot_reset_count_not_told, true) ? 0 : list.room;
		ret = vfio_put_head(&hdr, arg, count);
		return ret ? ret : -ENOSPC;
	}

	ret = vfio_pci_make_list(vdev, slot, &list);
	if (!list.devices)
		return ret;

	if (!ret)
		hdr.count = list.count - MUTANT(hot_reset_unlisted, list.count > 1);
	if (!late_header && vfio_put_head(&hdr, arg, count))
		ret = -EFAULT;
	if (!ret && copy_to_user(arg + sizeof(hdr), list.devices,
				 list.count * sizeof(*list.devices)))
		ret = -EFAULT;
	if (!ret && late_header)
		ret = vfio_put_head(&hdr, arg, count);

	kfree(list.devices);
	return ret;
}

static int vfio_pci_is_device_in_set(struct pci_dev *pdev, void *data)
{
	return UNLESS_MUTANT(hot_reset_unbound_sibling,
			     !vfio_find_device_in_devset(data, &pdev->dev)) ? -ENODEV : 0;
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

#define for_each_member(cur, set) \
	list_for_each_entry(cur, &(set)->device_list, vdev.dev_set_list)

/* Undo what was taken of the members before @end, of all if it is NULL. */
static void dev_set_drop(struct vfio_device_set *set, struct vfio_pci_core_device *end,
			 void (*drop)(struct vfio_pci_core_device *vdev))
{
	struct vfio_pci_core_device *cur;

	for_each_member(cur, set) {
		if (cur == end)
			break;
		drop(cur);
	}
}

/* Take something of every member, or of none. 0 or what the @take that failed gave. */
static int dev_set_take(struct vfio_device_set *set,
			int (*take)(struct vfio_pci_core_device *vdev, void *arg),
			void (*drop)(struct vfio_pci_core_device *vdev), void *arg)
{
	struct vfio_pci_core_device *cur;
	int ret;

	for_each_member(cur, set) {
		ret = take(cur, arg);
		if (ret) {
			if (!MUTANT(hot_reset_failure_keeps_locks, true))
				dev_set_drop(set, cur, drop);
			return ret;
		}
	}
	return 0;
}

static int take_power(struct vfio_pci_core_device *vdev, void *unused)
{
	return pm_runtime_resume_and_get(&vdev->pdev->dev);
}

static void drop_power(struct vfio_pci_core_device *vdev)
{
	pm_runtime_put(&vdev->pdev->dev);
}

/* Group files a user showed, each with a reference. */
struct vfio_pci_proof {
	unsigned int count;
	struct file **files;
};

static bool vfio_pci_proves(const struct vfio_pci_proof *proof, struct vfio_device *vdev)
{
	struct file **file = proof->files, **end = file + proof->count;

	while (file < end && !vfio_file_has_dev(*file, vdev))
		file++;
	return file < end;
}

/*
 * Take a member's device memory away from its user. Several locks of a kind,
 * in no order others keep: so only try, and give up on contention.
 */
static int take_memory(struct vfio_pci_core_device *vdev, void *proof)
{
	if (UNLESS_MUTANT(hot_reset_anyone, !vfio_pci_proves(proof, &vdev->vdev)))
		return -EINVAL;
	if (!down_write_trylock(&vdev->memory_lock))
		return -EBUSY;
	vfio_pci_zap_bars(vdev);
	return 0;
}

static void drop_memory(struct vfio_pci_core_device *vdev)
{
	up_write(&vdev->memory_lock);
}

static int vfio_pci_reset_proved(struct vfio_device_set *set, struct vfio_pci_proof *proof)
{
	struct vfio_pci_core_device *cur;
	struct pci_dev *pdev;
	int ret = -EINVAL;

	mutex_lock(&set->lock);
	pdev = vfio_pci_dev_set_resettable(set);
	if (pdev)
		ret = dev_set_take(set, take_power, drop_power, NULL);
	if (ret)
		goto unlock;

	ret = dev_set_take(set, take_memory, drop_memory, proof);
	if (!ret) {
		/* The reset ends D3 behind our back; do it here, with what we saved for it. */
		for_each_member(cur, set)
			vfio_pci_set_power_state(cur, PCI_D0);
		ret = MUTANT(hot_reset_does_nothing, true) ? 0 : pci_reset_bus(pdev);
		dev_set_drop(set, NULL, drop_memory);
	}
	dev_set_drop(set, NULL, drop_power);
unlock:
	mutex_unlock(&set->lock);
	return ret;
}

/* Add the group file behind @fd. */
static int vfio_pci_add_proof(struct vfio_pci_proof *proof, s32 fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (UNLESS_MUTANT(hot_reset_any_file, !vfio_file_is_group(file))) {
		fput(file);
		return -EINVAL;
	}
	proof->files[proof->count++] = file;
	return 0;
}

static int vfio_pci_reset_with_groups(struct vfio_pci_core_device *vdev, const s32 *fds,
				      unsigned int count)
{
	struct vfio_pci_proof proof = {};
	int ret = 0;

	proof.files = kcalloc(count, sizeof(*proof.files), GFP_KERNEL);
	if (!proof.files)
		return -ENOMEM;

	while (!ret && proof.count < count)
		ret = vfio_pci_add_proof(&proof, fds[proof.count]);
	if (!ret)
		ret = vfio_pci_reset_proved(vdev->vdev.dev_set, &proof);

	while (proof.count)
		if (!MUTANT(hot_reset_keeps_groups, true))
			fput(proof.files[--proof.count]);
		else
			proof.count--;
	kfree(proof.files);
	return ret;
}

int vfio_pci_hot_reset(struct vfio_pci_core_device *vdev, void __user *arg)
{
	struct vfio_pci_hot_reset hdr;
	unsigned int affected = 0;
	bool slot;
	s32 *fds;
	int ret;

	ret = vfio_get_head(&hdr, arg, count);
	if (ret)
		return ret;

	/* Ownership is proved by groups alone here: there is no iommufd to prove it by. */
	if (UNLESS_MUTANT(hot_reset_flags_taken, hdr.flags) ||
	    (!hdr.count && profile(BEH_PCI_HOT_RESET_COUNT_FIRST)))
		return -EINVAL;

	ret = vfio_pci_probe_hot_reset(vdev->pdev, &slot);
	if (!ret)
		ret = vfio_pci_for_each_slot_or_bus(vdev->pdev, vfio_pci_count_devs, &affected,
						    slot);
	if (ret)
		return ret;
	/* No more groups than devices: this bounds what we copy. */
	if (!hdr.count ||
	    UNLESS_MUTANT(hot_reset_too_many, hdr.count > affected))
		return -EINVAL;

	fds = memdup_array_user(arg + sizeof(hdr), hdr.count, sizeof(*fds));
	if (IS_ERR(fds))
		return PTR_ERR(fds);
	ret = vfio_pci_reset_with_groups(vdev, fds, hdr.count);
	kfree(fds);
	return ret;
}

static bool vfio_pci_dev_set_wants_reset(struct vfio_device_set *set)
{
	struct vfio_pci_core_device *cur;
	bool wanted = false;

	for_each_member(cur, set)
		wanted |= cur->needs_reset;
	/* The one that is closing still counts as open. */
	return wanted && profile(BEH_PCI_CLOSE_RESETS_BUS) && 
	       !UNLESS_MUTANT(close_resets_open_siblings, vfio_device_set_open_count(set) > 1);
}

void vfio_pci_reset_idle_set(struct vfio_device_set *set)
{
	struct vfio_pci_core_device *cur;
	struct pci_dev *pdev = NULL;

	if (vfio_pci_dev_set_wants_reset(set))
		pdev = vfio_pci_dev_set_resettable(set);
	if (!pdev || dev_set_take(set, take_power, drop_power, NULL))
		return;

	if (!pci_reset_bus(pdev))
		for_each_member(cur, set)
			cur->needs_reset = false;
	dev_set_drop(set, NULL, drop_power);
}
