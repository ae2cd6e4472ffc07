// SPDX-License-Identifier: GPL-2.0-only
/* Driver binding, the sysfs view of functions and groups, DMA ownership, runtime PM. */
#include <linux/pm_runtime.h>

#include "pci_machine.h"

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVERS "/sys/bus/pci/drivers/"
#define MAIN "0000:01:00.0"

static unsigned int probes, removes, suspends, resumes;
static int probe_ret;

static int test_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	probes++;
	return probe_ret;
}

static void test_remove(struct pci_dev *dev)
{
	removes++;
}

static int on_suspend(struct device *dev)
{
	suspends++;
	return 0;
}

static int on_resume(struct device *dev)
{
	resumes++;
	return 0;
}

static const struct dev_pm_ops pm_ops = { SET_RUNTIME_PM_OPS(on_suspend, on_resume, NULL) };

static const struct pci_device_id override_ids[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};

static struct pci_driver managed = {
	.name = "managed",
	.id_table = override_ids,
	.probe = test_probe,
	.remove = test_remove,
	.driver_managed_dma = true,
	.driver.pm = &pm_ops,
};

static struct pci_driver native = {
	.name = "native",
	.probe = test_probe,
	.remove = test_remove,
};

static int put(const char *path, const char *text)
{
	ssize_t ret = machine_attr(path, (void *)text, 0, strlen(text), true);

	return ret < 0 ? ret : 0;
}

#define reads(path, want) do {							\
	const char *__got = machine_text(path);						\
	if (!ok(!strcmp(__got, want), "%s", path))				\
		printf("# got '%s'\n", __got);					\
} while (0)

static ssize_t config_io(unsigned char *buf, size_t count, loff_t off, bool write)
{
	return machine_attr(DEVICES MAIN "/config", buf, off, count, write);
}

static void test_attributes(void)
{
	unsigned char config[300];

	reads(DEVICES MAIN "/vendor", "0x1234\n");
	reads(DEVICES MAIN "/device", "0x11e8\n");
	reads(DEVICES MAIN "/class", "0x00ff00\n");
	reads(DEVICES MAIN "/revision", "0x10\n");
	reads(DEVICES MAIN "/subsystem_vendor", "0x1af4\n");
	reads(DEVICES MAIN "/subsystem_device", "0x1100\n");
	reads(DEVICES MAIN "/numa_node", "-1\n");
	reads(DEVICES MAIN "/driver_override", "(null)\n");
	reads(DEVICES MAIN "/modalias",
	      "pci:v00001234d000011E8sv00001AF4sd00001100bc00scFFi00\n");
	reads("/sys/devices/pci0000:00/0000:00:04.0/" MAIN "/vendor", "0x1234\n");
	reads(DEVICES "0000:00:04.0/class", "0x060400\n");
	reads(DEVICES MAIN "/iommu_group/type", "DMA\n");
	reads(DEVICES MAIN "/iommu_group/reserved_regions",
	      "0x00000000fee00000 0x00000000feefffff msi\n");
	reads(DEVICES MAIN "/iommu_group/devices/" MAIN "/device", "0x11e8\n");
	reads(DEVICES "0000:02:00.0/iommu_group/devices/0000:02:00.1/device", "0x11e8\n");
	reads(DEVICES "0000:00:04.0/driver/0000:00:05.0/device", "0x000c\n");

	is(config_io(config, sizeof(config), 0, false), 256, "config: all of it");
	ok(config[0] == 0x34 && config[3] == 0x11 && config[0x40] == 5, "right bytes");
	is(config_io(config, 7, 0x2d, false), 7, "config: odd position and length");
	ok(config[0] == 0x1a && config[1] == 0x00 && config[2] == 0x11, "right bytes");
	is(config_io(config, 1, 256, false), 0, "config: at the end");
	is(config_io((unsigned char *)"\x08", 1, PCI_CACHE_LINE_SIZE, true), 1, "config: write");
	is(config_io(config, 1, PCI_CACHE_LINE_SIZE, false), 1, "config: read back");
	is(config[0], 8, "written");
}

static void test_binding(struct pci_dev *dev)
{
	is(pci_register_driver(&managed), 0, "driver for overrides registered");
	is(probes, 0, "and takes nothing by itself");
	is(put("/sys/bus/pci/drivers_probe", MAIN), 0, "asked to");
	is(probes, 0, "nor then");
	is(put(DEVICES MAIN "/driver_override", "managed"), 0, "override");
	reads(DEVICES MAIN "/driver_override", "managed\n");
	is(put("/sys/bus/pci/drivers_probe", MAIN), 0, "probe");
	ok(probes == 1 && dev->driver == &managed, "bound");
	reads(DEVICES MAIN "/driver/" MAIN "/vendor", "0x1234\n");
	is(put(DRIVERS "managed/unbind", MAIN), 0, "unbind");
	ok(removes == 1 && !dev->driver, "unbound");
	is(put(DEVICES MAIN "/driver_override", "\n"), 0, "no override");

	is(pci_register_driver(&native), 0, "driver without ids registered");
	is(put(DRIVERS "native/bind", MAIN), -ENODEV, "it knows no device");
	is(put(DRIVERS "native/new_id", "1234"), -EINVAL, "half an id");
	probe_ret = -EIO;
	is(put(DRIVERS "native/new_id", "1234 11e8"), 0, "an id");
	is(probes, 6, "all five were offered");
	ok(!dev->driver, "and refused");
	probe_ret = 0;
	is(put(DRIVERS "native/bind", MAIN), 0, "bind");
	ok(dev->driver == &native, "bound");
	is(put(DRIVERS "native/remove_id", "1234 11e9"), -ENODEV, "no such id");
	is(put(DRIVERS "native/remove_id", "1234 11e8"), 0, "id removed");
}

/* A driver that uses the DMA API and a user of the group exclude each other. */
static void test_ownership(struct pci_dev *dev)
{
	struct iommu_group *group = iommu_group_get(&dev->dev);

	is(iommu_group_claim_dma_owner(group, dev), -EPERM, "driver bound: no owner");
	is(put(DRIVERS "native/unbind", MAIN), 0, "unbind");
	is(iommu_group_claim_dma_owner(group, dev), 0, "owner");
	is(put(DEVICES MAIN "/driver_override", "native"), 0, "override");
	is(put(DRIVERS "native/bind", MAIN), -EBUSY, "owned: no driver");
	is(put(DEVICES MAIN "/driver_override", "managed"), 0, "override");
	is(put(DRIVERS "managed/bind", MAIN), 0, "but one that leaves DMA to its user");
	iommu_group_release_dma_owner(group);
	iommu_group_put(group);
}

static void test_runtime_pm(struct pci_dev *dev)
{
	struct device *d = &dev->dev;

	reads(DEVICES MAIN "/power/control", "on\n");
	reads(DEVICES MAIN "/power/runtime_status", "active\n");
	suspends = resumes = 0;
	pm_runtime_allow(d);
	is(suspends, 0, "probe left a use");
	is(pm_runtime_put(d), 0, "given back");
	is(suspends, 1, "suspended");
	reads(DEVICES MAIN "/power/runtime_status", "suspended\n");
	is(pm_runtime_resume_and_get(d), 0, "get");
	is(resumes, 1, "resumed");
	is(pm_runtime_get_sync(d), 1, "active already");
	is(pm_runtime_put(d), 0, "one use left");
	is(suspends, 1, "stays active");
	pm_runtime_put_noidle(d);
	is(suspends, 1, "noidle leaves it");
	is(pm_runtime_idle(d), 0, "idle");
	is(suspends, 2, "suspends it");
	is(put(DEVICES MAIN "/power/control", "on"), 0, "control: on");
	is(resumes, 2, "resumed");
	pm_runtime_get_noresume(d);
	is(put(DEVICES MAIN "/power/control", "bad"), -EINVAL, "control: nonsense");
}

int main(void)
{
	struct pci_dev *dev;

	machine_init();
	dev = machine_dev(1, 0, 0);
	test_attributes();
	test_binding(dev);
	test_ownership(dev);
	test_runtime_pm(dev);
	pci_unregister_driver(&native);
	pci_unregister_driver(&managed);
	ok(!dev->driver, "unbound by unregistering");
	reads(DRIVERS "managed/new_id", "error -2");
	return tap_done();
}
