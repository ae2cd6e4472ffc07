// SPDX-License-Identifier: GPL-2.0-only
/* SR-IOV in sysfs: attributes of a PF, and the links between it and its VFs. */
#include <linux/kernel.h>

#include "pci_internal.h"

static void link_name(struct pci_dev *vf, char *name, size_t size)
{
	snprintf(name, size, "virtfn%d", pci_iov_vf_id(vf));
}

int pci_iov_sysfs_link(struct pci_dev *vf)
{
	char name[16];
	int ret;

	if (!vf->is_virtfn)
		return 0;
	link_name(vf, name, sizeof(name));
	ret = sysfs_create_link(&vf->physfn->dev.kobj, &vf->dev.kobj, name);
	if (ret)
		return ret;
	ret = sysfs_create_link(&vf->dev.kobj, &vf->physfn->dev.kobj, "physfn");
	if (ret)
		sysfs_remove_link(&vf->physfn->dev.kobj, name);
	return ret;
}

void pci_iov_sysfs_unlink(struct pci_dev *vf)
{
	char name[16];

	if (!vf->is_virtfn)
		return;
	link_name(vf, name, sizeof(name));
	sysfs_remove_link(&vf->physfn->dev.kobj, name);
	sysfs_remove_link(&vf->dev.kobj, "physfn");
}

static ssize_t sriov_numvfs_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u16 num;

	/* Against one that writes: what is seen is before or after. */
	device_lock(dev);
	num = to_pci_dev(dev)->sriov->num_VFs;
	device_unlock(dev);
	return sysfs_emit(buf, "%u\n", num);
}

/* Device lock held. */
static int change_numvfs(struct pci_dev *pdev, u16 num)
{
	struct pci_driver *drv = pdev->driver;
	int ret;

	if (num == pdev->sriov->num_VFs)
		return 0;
	if (!drv || !drv->sriov_configure) {
		pci_info(pdev, "no driver that configures SR-IOV\n");
		return -ENOENT;
	}
	if (num && pdev->sriov->num_VFs) {
		pci_warn(pdev, "%u VFs already enabled. Disable before enabling %u VFs\n",
			 pdev->sriov->num_VFs, num);
		return -EBUSY;
	}
	ret = drv->sriov_configure(pdev, num);
	if (ret >= 0 && ret != num)
		pci_warn(pdev, "%u VFs requested; only %d enabled\n", num, ret);
	return ret;
}

static ssize_t sriov_numvfs_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	u16 num;
	int ret;

	if (kstrtou16(buf, 0, &num))
		return -EINVAL;
	if (num > pci_sriov_get_totalvfs(pdev))
		return -ERANGE;
	device_lock(dev);
	ret = change_numvfs(pdev, num);
	device_unlock(dev);
	return ret < 0 ? ret : (ssize_t)count;
}
static DEVICE_ATTR_RW(sriov_numvfs);

static ssize_t sriov_totalvfs_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", pci_sriov_get_totalvfs(to_pci_dev(dev)));
}
static DEVICE_ATTR_RO(sriov_totalvfs);

static ssize_t sriov_offset_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_pci_dev(dev)->sriov->offset);
}
static DEVICE_ATTR_RO(sriov_offset);

static ssize_t sriov_stride_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_pci_dev(dev)->sriov->stride);
}
static DEVICE_ATTR_RO(sriov_stride);

static ssize_t sriov_vf_device_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%x\n", to_pci_dev(dev)->sriov->vf_device);
}
static DEVICE_ATTR_RO(sriov_vf_device);

static ssize_t sriov_vf_total_msix_show(struct device *dev, struct device_attribute *attr,
					char *buf)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	u32 total = 0;

	device_lock(dev);
	if (pdev->driver && pdev->driver->sriov_get_vf_total_msix)
		total = pdev->driver->sriov_get_vf_total_msix(pdev);
	device_unlock(dev);
	return sysfs_emit(buf, "%u\n", total);
}
static DEVICE_ATTR_RO(sriov_vf_total_msix);

static ssize_t sriov_drivers_autoprobe_show(struct device *dev, struct device_attribute *attr,
					    char *buf)
{
	return sysfs_emit(buf, "%u\n", to_pci_dev(dev)->sriov->drivers_autoprobe);
}

static ssize_t sriov_drivers_autoprobe_store(struct device *dev, struct device_attribute *attr,
					     const char *buf, size_t count)
{
	bool on;

	if (kstrtobool(buf, &on))
		return -EINVAL;
	to_pci_dev(dev)->sriov->drivers_autoprobe = on;
	return count;
}
static DEVICE_ATTR_RW(sriov_drivers_autoprobe);

static struct attribute *pf_attrs[] = {
	&dev_attr_sriov_numvfs.attr,
	&dev_attr_sriov_totalvfs.attr,
	&dev_attr_sriov_drivers_autoprobe.attr,
	&dev_attr_sriov_vf_device.attr,
	&dev_attr_sriov_vf_total_msix.attr,
	&dev_attr_sriov_stride.attr,
	&dev_attr_sriov_offset.attr,
	NULL,
};

static umode_t pf_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return to_pci_dev(kobj_to_dev(kobj))->is_physfn ? attr->mode : 0;
}

const struct attribute_group pci_sriov_pf_group = {
	.attrs = pf_attrs,
	.is_visible = pf_visible,
};

static ssize_t sriov_vf_msix_count_store(struct device *dev, struct device_attribute *attr,
					 const char *buf, size_t count)
{
	struct pci_dev *vf = to_pci_dev(dev), *pf = vf->physfn;
	int val, ret = -EOPNOTSUPP;

	if (kstrtoint(buf, 0, &val) || val < 0)
		return -EINVAL;
	device_lock(&pf->dev);
	if (pf->driver && pf->driver->sriov_set_msix_vec_count) {
		device_lock(dev);
		ret = vf->driver ? -EBUSY : pf->driver->sriov_set_msix_vec_count(vf, val);
		device_unlock(dev);
	}
	device_unlock(&pf->dev);
	return ret ? ret : (ssize_t)count;
}
static DEVICE_ATTR_WO(sriov_vf_msix_count);

static struct attribute *vf_attrs[] = {
	&dev_attr_sriov_vf_msix_count.attr,
	NULL,
};

static umode_t vf_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return to_pci_dev(kobj_to_dev(kobj))->is_virtfn ? attr->mode : 0;
}

const struct attribute_group pci_sriov_vf_group = {
	.attrs = vf_attrs,
	.is_visible = vf_visible,
};
