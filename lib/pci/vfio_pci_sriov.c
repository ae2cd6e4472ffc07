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

int vfio_pci_set_vf_token(struct vfio_pci_core_device *vdev, void __user *arg)
{
	uuid_t fresh;

	if (copy_from_user(&fresh, arg, sizeof(fresh)))
		return -EFAULT;

	mutex_lock(&vdev->vf_token->lock);
	if (!MUTANT(pf_token_feature_lost, true))
		uuid_copy(&vdev->vf_token->uuid, &fresh);
	mutex_unlock(&vdev->vf_token->lock);
	return 0;
}

void vfio_pci_vf_token_user_add(struct vfio_pci_core_device *vdev, int delta)
{
	struct vfio_pci_vf_token *token;

	if (!vdev->sriov_pf_core_dev)
		return;

	token = vdev->sriov_pf_core_dev->vf_token;
	mutex_lock(&token->lock);
	token->users += MUTANT(vf_users_kept, delta < 0) ? 0 : delta;
	WARN_ON(token->users < 0);
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
	if (UNLESS_MUTANT(vf_wrong_token, !match)) {
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
	if (!UNLESS_MUTANT(pf_opens_beside_vfs, token->users)) {
		if (UNLESS_MUTANT(pf_token_not_set, given))
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
	if (!given || MUTANT(token_for_others, given))
		return 0;

	pci_info_ratelimited(vdev->pdev, "VF token given, but device is neither PF nor VF\n");
	return -EINVAL;
}

/*
 * Parse "vf_token=UUID" at @text. Returns how long it is, 0 if it is something
 * else, or -EINVAL if the UUID is none.
 */
static int parse_vf_token(const char *text, uuid_t *token)
{
	static const char key[] = "vf_token=";
	const size_t key_len = sizeof(key) - 1;

	if (strncmp(text, key, key_len))
		return 0;
	if (strnlen(text + key_len, UUID_STRING_LEN) < UUID_STRING_LEN ||
	    uuid_parse(text + key_len, token))
		return -EINVAL;
	return key_len + UUID_STRING_LEN;
}

/*
 * Does @buf name this device? The form is "BDF[ vf_token=UUID]", with any
 * number of blanks. 0 no, 1 yes, -errno for our name with something wrong
 * behind it (GRP-055..067).
 */
int vfio_pci_core_match(struct vfio_device *core_vdev, char *buf)
{
	struct vfio_pci_core_device *vdev = to_vfio_pci(core_vdev);
	const char *name = pci_name(vdev->pdev), *rest;
	const uuid_t *given = NULL;
	uuid_t uuid;
	int len;

	if (strncmp(buf, name, strlen(name)))
		return 0;
	rest = buf + strlen(name);
	if (*rest && *rest != ' ')
		return 0;

	for (rest += strspn(rest, " "); *rest; rest += strspn(rest, " ")) {
		len = given ? 0 : parse_vf_token(rest, &uuid);
		if (len <= 0)
			return -EINVAL;
		given = &uuid;
		rest += len;
	}

	len = vfio_pci_validate_vf_token(vdev, given);
	return len ? len : 1;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_match);

static void vfio_pci_adopt_vf(struct vfio_pci_core_device *vdev, struct pci_dev *vf)
{
	const char *driver = vdev->vdev.ops->name;

	pci_info(vdev->pdev, "VF %s goes to this driver too\n", pci_name(vf));
	WARN_ON(driver_set_override(&vf->dev, &vf->driver_override, driver, strlen(driver)));
}

static void vfio_pci_check_vf_driver(struct vfio_pci_core_device *vdev, struct pci_dev *vf)
{
	struct pci_driver *ours = pci_dev_driver(vdev->pdev), *its = pci_dev_driver(vf);

	if (its && its != ours)
		pci_warn(vdev->pdev, "VF %s is on driver %s, its PF on %s\n", pci_name(vf),
			 its->name, ours->name);
}

/* VFs of our PF go to our driver, not to the one that would drive them on the host. */
static int vfio_pci_vf_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct vfio_pci_core_device *vdev = container_of(nb, struct vfio_pci_core_device, nb);
	struct pci_dev *vf = to_pci_dev((struct device *)data);

	if (!vf->is_virtfn || pci_physfn(vf) != vdev->pdev)
		return NOTIFY_DONE;
	if (UNLESS_MUTANT(vf_to_host_driver, event == BUS_NOTIFY_ADD_DEVICE))
		vfio_pci_adopt_vf(vdev, vf);
	else if (event == BUS_NOTIFY_BOUND_DRIVER)
		vfio_pci_check_vf_driver(vdev, vf);
	return NOTIFY_DONE;
}

/* NULL if it is not on a vfio-pci driver, or its VFs were not enabled through it. */
static struct vfio_pci_core_device *vfio_pci_find_pf(struct pci_dev *physfn)
{
	struct vfio_pci_core_device *pf, *found = NULL;

	/* It stays on the list until its VFs are gone: no reference needed. */
	mutex_lock(&vfio_pci_sriov_pfs_mutex);
	list_for_each_entry(pf, &vfio_pci_sriov_pfs, sriov_pfs_item)
		if (pf->pdev == physfn)
			found = pf;
	mutex_unlock(&vfio_pci_sriov_pfs_mutex);
	return found;
}

static int vfio_pci_pf_init(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_vf_token *token = kzalloc(sizeof(*token), GFP_KERNEL);
	int ret;

	if (!token)
		return -ENOMEM;
	if (!MUTANT(pf_first_token_known, true))
		uuid_gen(&token->uuid);
	mutex_init(&token->lock);

	vdev->nb.notifier_call = vfio_pci_vf_event;
	ret = bus_register_notifier(&pci_bus_type, &vdev->nb);
	if (ret)
		kfree(token);
	else
		vdev->vf_token = token;
	return ret;
}

int vfio_pci_vf_init(struct vfio_pci_core_device *vdev)
{
	if (vdev->pdev->is_virtfn)
		vdev->sriov_pf_core_dev = vfio_pci_find_pf(pci_physfn(vdev->pdev));
	return vdev->pdev->is_physfn ? vfio_pci_pf_init(vdev) : 0;
}

void vfio_pci_vf_uninit(struct vfio_pci_core_device *vdev)
{
	struct vfio_pci_vf_token *token = vdev->vf_token;

	if (!token)
		return;

	bus_unregister_notifier(&pci_bus_type, &vdev->nb);
	vdev->vf_token = NULL;
	WARN_ON(token->users);
	mutex_destroy(&token->lock);
	kfree(token);
}

/* False if it is on the list already. */
static bool sriov_remember_pf(struct vfio_pci_core_device *vdev)
{
	bool fresh;

	mutex_lock(&vfio_pci_sriov_pfs_mutex);
	fresh = list_empty(&vdev->sriov_pfs_item);
	if (fresh)
		list_add_tail(&vdev->sriov_pfs_item, &vfio_pci_sriov_pfs);
	mutex_unlock(&vfio_pci_sriov_pfs_mutex);
	return fresh;
}

static void sriov_forget_pf(struct vfio_pci_core_device *vdev)
{
	/* Without memory_lock: a racing power change at worst gets -EBUSY. */
	WRITE_ONCE(vdev->sriov_active, false);
	mutex_lock(&vfio_pci_sriov_pfs_mutex);
	list_del_init(&vdev->sriov_pfs_item);
	mutex_unlock(&vfio_pci_sriov_pfs_mutex);
}

/* Called with the PF awake; it stays so while there are VFs. */
static int sriov_start_vfs(struct vfio_pci_core_device *vdev, int nr_virtfn)
{
	vfio_pci_lock_awake(vdev);
	WRITE_ONCE(vdev->sriov_active, true);
	up_write(&vdev->memory_lock);

	return pci_enable_sriov(vdev->pdev, nr_virtfn);
}

static int sriov_enable_vfs(struct vfio_pci_core_device *vdev, int nr_virtfn)
{
	struct device *dev = &vdev->pdev->dev;
	int ret;

	/* On the list before the VFs appear: their probe looks the PF up. */
	if (!sriov_remember_pf(vdev))
		return -EINVAL;

	ret = pm_runtime_resume_and_get(dev);
	if (!ret) {
		ret = sriov_start_vfs(vdev, nr_virtfn);
		if (!ret)
			return nr_virtfn;
		pm_runtime_put(dev);
	}
	sriov_forget_pf(vdev);
	return ret;
}

static void sriov_disable_vfs(struct vfio_pci_core_device *vdev)
{
	if (pci_num_vf(vdev->pdev)) {
		pci_disable_sriov(vdev->pdev);
		pm_runtime_put(&vdev->pdev->dev);
	}
	sriov_forget_pf(vdev);
}

int vfio_pci_core_sriov_configure(struct vfio_pci_core_device *vdev, int nr_virtfn)
{
	device_lock_assert(&vdev->pdev->dev);

	if (nr_virtfn)
		return sriov_enable_vfs(vdev, nr_virtfn);
	sriov_disable_vfs(vdev);
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_sriov_configure);
