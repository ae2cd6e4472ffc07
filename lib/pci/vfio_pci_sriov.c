// SPDX-License-Identifier: GPL-2.0-only
/*
 * SR-IOV: enabling VFs of a physical function that a user drives, and the VF
 * token, the secret that users of the PF and of its VFs must share because
 * either can harm the other.
 */
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uuid.h>
#include <linux/vfio.h>

#include "vfio_pci_priv.h"

/* PFs whose VFs were enabled through vfio_pci_core_sriov_configure(). */
static DEFINE_MUTEX(vfio_pci_sriov_pfs_mutex);
static LIST_HEAD(vfio_pci_sriov_pfs);

int vfio_pci_core_feature_token(struct vfio_device *device, u32 flags, void __user *arg,
				size_t argsz)
{
	struct vfio_pci_vf_token *token = to_vfio_pci(device)->vf_token;
	uuid_t uuid;
	int ret;

	if (!token)
		return -ENOTTY;

	/* No GET: it would tell this user the secret of the one before. */
	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET, sizeof(uuid));
	if (ret != 1)
		return ret;
	if (copy_from_user(&uuid, arg, sizeof(uuid)))
		return -EFAULT;

	mutex_lock(&token->lock);
	uuid_copy(&token->uuid, &uuid);
	mutex_unlock(&token->lock);
	return 0;
}

void vfio_pci_vf_token_user_add(struct vfio_pci_core_device *vdev, int delta)
{
	struct vfio_pci_vf_token *token;

	if (!vdev->sriov_pf_core_dev)
		return;

	token = vdev->sriov_pf_core_dev->vf_token;
	mutex_lock(&token->lock);
	WARN_ON(delta < 0 && !token->users);
	token->users += delta;
	mutex_unlock(&token->lock);
}

/* A VF wants its PF's token; without a PF under vfio there is none to give. */
static int vf_check_token(struct vfio_pci_core_device *vdev, const uuid_t *given)
{
	struct vfio_pci_core_device *pf = vdev->sriov_pf_core_dev;
	bool match;

	if (!pf) {
		if (!given)
			return 0;
		pci_info_ratelimited(vdev->pdev, "VF token given, but the PF is not on vfio-pci\n");
		return -EINVAL;
	}
	if (!given) {
		pci_info_ratelimited(vdev->pdev, "opened without the VF token\n");
		return -EACCES;
	}

	mutex_lock(&pf->vf_token->lock);
	match = uuid_equal(given, &pf->vf_token->uuid);
	mutex_unlock(&pf->vf_token->lock);
	if (!match) {
		pci_info_ratelimited(vdev->pdev, "opened with a wrong VF token\n");
		return -EACCES;
	}
	return 0;
}

/* A PF whose VFs are in use wants the token; else a token given becomes the token. */
static int pf_check_token(struct vfio_pci_core_device *vdev, const uuid_t *given)
{
	struct vfio_pci_vf_token *token = vdev->vf_token;
	int ret = 0;

	mutex_lock(&token->lock);
	if (!token->users) {
		if (given)
			uuid_copy(&token->uuid, given);
	} else if (!given || !uuid_equal(given, &token->uuid)) {
		ret = -EACCES;
	}
	mutex_unlock(&token->lock);

	if (ret)
		pci_info_ratelimited(vdev->pdev, "%s VF token\n", given ? "Incorrect" : "Missing");
	return ret;
}

static int vfio_pci_validate_vf_token(struct vfio_pci_core_device *vdev, const uuid_t *given)
{
	if (vdev->pdev->is_virtfn)
		return vf_check_token(vdev, given);
	if (vdev->vf_token)
		return pf_check_token(vdev, given);
	if (!given)
		return 0;

	pci_info_ratelimited(vdev->pdev, "VF token given, but device is neither PF nor VF\n");
	return -EINVAL;
}

#define VF_TOKEN_ARG	"vf_token="

/*
 * Does @buf name this device? The form is "BDF[ vf_token=UUID]", with any
 * number of blanks. 0 no, 1 yes, -errno for our name with something wrong
 * behind it (GRP-055..067).
 */
int vfio_pci_core_match(struct vfio_device *core_vdev, char *buf)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);
	const char *name = pci_name(vdev->pdev);
	size_t len = strlen(name);
	bool have_token = false;
	uuid_t uuid;
	int ret;

	if (strncmp(name, buf, len))
		return 0;
	buf += len;
	if (*buf && *buf != ' ')
		return 0;

	for (;;) {
		while (*buf == ' ')
			buf++;
		if (!*buf)
			break;
		if (have_token || strncmp(buf, VF_TOKEN_ARG, strlen(VF_TOKEN_ARG)))
			return -EINVAL;

		buf += strlen(VF_TOKEN_ARG);
		if (strlen(buf) < UUID_STRING_LEN)
			return -EINVAL;
		ret = uuid_parse(buf, &uuid);
		if (ret)
			return ret;
		have_token = true;
		buf += UUID_STRING_LEN;
	}

	ret = vfio_pci_validate_vf_token(vdev, have_token ? &uuid : NULL);
	return ret ? ret : 1;
}

/* VFs of our PF go to our driver, not to the one that would drive them on the host. */
static int vfio_pci_bus_notifier(struct notifier_block *nb, unsigned long action, void *data)
{
	struct vfio_pci_core_device *vdev = container_of(nb, struct vfio_pci_core_device, nb);
	struct pci_dev *pdev = to_pci_dev((struct device *)data);
	struct pci_driver *drv;

	if (!pdev->is_virtfn || pci_physfn(pdev) != vdev->pdev)
		return 0;

	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		pci_info(vdev->pdev, "VF %s goes to this driver too\n", pci_name(pdev));
		WARN_ON(driver_set_override(&pdev->dev, &pdev->driver_override,
					    vdev->vdev.ops->name, strlen(vdev->vdev.ops->name)));
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		drv = pci_dev_driver(pdev);
		if (drv && drv != pci_dev_driver(vdev->pdev))
			pci_warn(vdev->pdev, "VF %s is on driver %s, its PF on %s\n",
				 pci_name(pdev), drv->name, pci_dev_driver(vdev->pdev)->name);
		break;
	}
	return 0;
}

int vfio_pci_vf_init(struct vfio_pci_core_device *vdev)
{
	struct pci_dev *pdev = vdev->pdev;
	struct vfio_pci_core_device *pf;
	int ret;

	if (pdev->is_virtfn) {
		/* The PF stays on the list until its VFs are gone: no reference needed. */
		mutex_lock(&vfio_pci_sriov_pfs_mutex);
		list_for_each_entry(pf, &vfio_pci_sriov_pfs, sriov_pfs_item) {
			if (pf->pdev == pci_physfn(pdev)) {
				vdev->sriov_pf_core_dev = pf;
				break;
			}
		}
		mutex_unlock(&vfio_pci_sriov_pfs_mutex);
		return 0;
	}

	if (!pdev->is_physfn)
		return 0;

	vdev->vf_token = kzalloc(sizeof(*vdev->vf_token), GFP_KERNEL);
	if (!vdev->vf_token)
		return -ENOMEM;
	mutex_init(&vdev->vf_token->lock);
	uuid_gen(&vdev->vf_token->uuid);

	vdev->nb.notifier_call = vfio_pci_bus_notifier;
	ret = bus_register_notifier(&pci_bus_type, &vdev->nb);
	if (ret) {
		kfree(vdev->vf_token);
		vdev->vf_token = NULL;
	}
	return ret;
}

void vfio_pci_vf_uninit(struct vfio_pci_core_device *vdev)
{
	if (!vdev->vf_token)
		return;

	bus_unregister_notifier(&pci_bus_type, &vdev->nb);
	WARN_ON(vdev->vf_token->users);
	mutex_destroy(&vdev->vf_token->lock);
	kfree(vdev->vf_token);
	vdev->vf_token = NULL;
}

static void sriov_forget_pf(struct vfio_pci_core_device *vdev)
{
	/* Without memory_lock: a racing power change at worst gets -EBUSY. */
	vdev->sriov_active = false;
	mutex_lock(&vfio_pci_sriov_pfs_mutex);
	list_del_init(&vdev->sriov_pfs_item);
	mutex_unlock(&vfio_pci_sriov_pfs_mutex);
}

static int sriov_enable_vfs(struct vfio_pci_core_device *vdev, int nr_virtfn)
{
	struct pci_dev *pdev = vdev->pdev;
	bool already;
	int ret;

	/* On the list before the VFs appear: their probe looks the PF up. */
	mutex_lock(&vfio_pci_sriov_pfs_mutex);
	already = !list_empty(&vdev->sriov_pfs_item);
	if (!already)
		list_add_tail(&vdev->sriov_pfs_item, &vfio_pci_sriov_pfs);
	mutex_unlock(&vfio_pci_sriov_pfs_mutex);
	if (already)
		return -EINVAL;

	ret = pm_runtime_resume_and_get(&pdev->dev);
	if (ret) {
		sriov_forget_pf(vdev);
		return ret;
	}

	down_write(&vdev->memory_lock);
	vfio_pci_set_power_state(vdev, PCI_D0);
	vdev->sriov_active = true;
	up_write(&vdev->memory_lock);

	ret = pci_enable_sriov(pdev, nr_virtfn);
	if (ret) {
		pm_runtime_put(&pdev->dev);
		sriov_forget_pf(vdev);
		return ret;
	}
	return nr_virtfn;
}

int vfio_pci_core_sriov_configure(struct vfio_pci_core_device *vdev, int nr_virtfn)
{
	device_lock_assert(&vdev->pdev->dev);

	if (nr_virtfn)
		return sriov_enable_vfs(vdev, nr_virtfn);

	if (pci_num_vf(vdev->pdev)) {
		pci_disable_sriov(vdev->pdev);
		pm_runtime_put(&vdev->pdev->dev);
	}
	sriov_forget_pf(vdev);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_match);
EXPORT_SYMBOL_GPL(vfio_pci_core_sriov_configure);
