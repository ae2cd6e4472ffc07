// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of PCI functions: /sys/bus/pci/devices/BDF. */
#include <linux/capability.h>
#include <linux/pm_runtime.h>

#include "pci_internal.h"

#define ID_ATTR(field, fmt)							\
static ssize_t field##_show(struct device *dev, struct device_attribute *attr,	\
			    char *buf)						\
{										\
	return sysfs_emit(buf, fmt, to_pci_dev(dev)->field);			\
}										\
static DEVICE_ATTR_RO(field)

ID_ATTR(vendor, "0x%04x\n");
ID_ATTR(device, "0x%04x\n");
ID_ATTR(subsystem_vendor, "0x%04x\n");
ID_ATTR(subsystem_device, "0x%04x\n");
ID_ATTR(revision, "0x%02x\n");
ID_ATTR(class, "0x%06x\n");
ID_ATTR(irq, "%u\n");

static ssize_t resource_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	int i, max = pdev->subordinate ? DEVICE_COUNT_RESOURCE : PCI_BRIDGE_RESOURCES;
	ssize_t len = 0;

	for (i = 0; i < max; i++)
		len += sysfs_emit_at(buf, len, "0x%016llx 0x%016llx 0x%016llx\n",
				     (unsigned long long)pdev->resource[i].start,
				     (unsigned long long)pdev->resource[i].end,
				     (unsigned long long)pdev->resource[i].flags);
	return len;
}
static DEVICE_ATTR_RO(resource);

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	return sysfs_emit(buf, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X\n", pdev->vendor,
			  pdev->device, pdev->subsystem_vendor, pdev->subsystem_device,
			  pdev->class >> 16 & 0xff, pdev->class >> 8 & 0xff, pdev->class & 0xff);
}
static DEVICE_ATTR_RO(modalias);

static ssize_t power_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = { "D0", "D1", "D2", "D3hot", "D3cold", "unknown" };

	return sysfs_emit(buf, "%s\n", names[READ_ONCE(to_pci_dev(dev)->current_state)]);
}
static DEVICE_ATTR_RO(power_state);

static ssize_t numa_node_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dev->numa_node);
}
static DEVICE_ATTR_RO(numa_node);

static ssize_t enable_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", atomic_read(&to_pci_dev(dev)->enable_cnt));
}

/* Not while a driver has it: it counts enables of its own. */
static int set_enabled(struct pci_dev *pdev, bool enable)
{
	guard(device)(&pdev->dev);

	if (pdev->dev.driver)
		return -EBUSY;
	if (enable)
		return pci_enable_device(pdev);
	if (!pci_is_enabled(pdev))
		return -EIO;
	pci_disable_device(pdev);
	return 0;
}

static ssize_t enable_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	unsigned long val;
	int ret = -EPERM;

	if (capable(CAP_SYS_ADMIN))
		ret = kstrtoul(buf, 0, &val) ? -EINVAL : set_enabled(to_pci_dev(dev), val);
	return ret < 0 ? ret : (ssize_t)count;
}
static DEVICE_ATTR_RW(enable);

static ssize_t driver_override_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	ssize_t len;

	device_lock(dev);
	len = sysfs_emit(buf, "%s\n", to_pci_dev(dev)->driver_override ?
			 to_pci_dev(dev)->driver_override : "(null)");
	device_unlock(dev);
	return len;
}

static ssize_t driver_override_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t count)
{
	int ret = driver_set_override(dev, &to_pci_dev(dev)->driver_override, buf, count);

	return ret ? ret : count;
}
static DEVICE_ATTR_RW(driver_override);

static struct attribute *pci_dev_attrs[] = {
	&dev_attr_irq.attr,
	&dev_attr_vendor.attr,
	&dev_attr_subsystem_vendor.attr,
	&dev_attr_device.attr,
	&dev_attr_subsystem_device.attr,
	&dev_attr_revision.attr,
	&dev_attr_class.attr,
	&dev_attr_resource.attr,
	&dev_attr_modalias.attr,
	&dev_attr_power_state.attr,
	&dev_attr_numa_node.attr,
	&dev_attr_enable.attr,
	&dev_attr_driver_override.attr,
	NULL,
};

static const struct attribute_group pci_dev_group = { .attrs = pci_dev_attrs };

static ssize_t reset_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	unsigned long val;
	int ret;

	if (kstrtoul(buf, 0, &val) || val != 1)
		return -EINVAL;
	pm_runtime_get_sync(dev);
	ret = pci_reset_function(to_pci_dev(dev));
	pm_runtime_put(dev);
	return ret < 0 ? ret : (ssize_t)count;
}
static DEVICE_ATTR_WO(reset);

static ssize_t reset_method_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return pci_reset_method_show(to_pci_dev(dev), buf);
}

static ssize_t reset_method_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	return pci_reset_method_store(to_pci_dev(dev), buf, count);
}
static DEVICE_ATTR_RW(reset_method);

static struct attribute *pci_reset_attrs[] = {
	&dev_attr_reset.attr,
	&dev_attr_reset_method.attr,
	NULL,
};

static umode_t reset_is_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return pci_reset_supported(to_pci_dev(kobj_to_dev(kobj))) ? attr->mode : 0;
}

static const struct attribute_group pci_reset_group = {
	.attrs = pci_reset_attrs,
	.is_visible = reset_is_visible,
};

static ssize_t runtime_status_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[RPM_ACTIVE] = "active", [RPM_RESUMING] = "resuming",
		[RPM_SUSPENDED] = "suspended", [RPM_SUSPENDING] = "suspending",
	};
	const char *s = names[dev->power.runtime_status];

	if (dev->power.runtime_error)
		s = "error";
	else if (dev->power.disable_depth)
		s = "unsupported";
	return sysfs_emit(buf, "%s\n", s);
}
static DEVICE_ATTR_RO(runtime_status);

static ssize_t control_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dev->power.runtime_auto ? "auto" : "on");
}

static ssize_t control_store(struct device *dev, struct device_attribute *attr, const char *buf,
			     size_t count)
{
	ssize_t ret = count;

	device_lock(dev);
	if (sysfs_streq(buf, "auto"))
		pm_runtime_allow(dev);
	else if (sysfs_streq(buf, "on"))
		pm_runtime_forbid(dev);
	else
		ret = -EINVAL;
	device_unlock(dev);
	return ret;
}
static DEVICE_ATTR_RW(control);

static struct attribute *pci_power_attrs[] = {
	&dev_attr_runtime_status.attr,
	&dev_attr_control.attr,
	NULL,
};

static const struct attribute_group pci_power_group = {
	.name = "power",
	.attrs = pci_power_attrs,
};

const struct attribute_group *pci_dev_groups[] = {
	&pci_dev_group, &pci_reset_group, &pci_power_group, &pci_sriov_pf_group,
	&pci_sriov_vf_group, NULL,
};
