// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a variant driver may do with vfio-pci-core, and what it is refused.
 */
#include <linux/module.h>
#include <linux/uaccess.h>

#include "vfio_pci_zoo.h"

struct variant {
	struct vfio_pci_core_device core;
	unsigned int region_released;
	u8 region[16];
};

/* How the next probe goes wrong. */
static enum { GOOD, NO_DRVDATA, HALF_MIG, NO_STOP_COPY, HALF_LOG } flaw;
static int probe_result;
static unsigned int released;
static struct variant *bound;
static int late_open_errno;

static ssize_t region_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			 loff_t *ppos, bool iswrite)
{
	struct variant *v = container_of(vdev, struct variant, core);
	loff_t pos = *ppos & VFIO_PCI_OFFSET_MASK;

	if (pos >= sizeof(v->region))
		return -EINVAL;
	count = min_t(size_t, count, sizeof(v->region) - pos);
	if (iswrite ? copy_from_user(v->region + pos, buf, count) :
		      copy_to_user(buf, v->region + pos, count))
		return -EFAULT;
	*ppos += count;
	return count;
}

static void region_release(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region)
{
	struct variant *v = container_of(vdev, struct variant, core);

	if (region->data == v)
		v->region_released++;
}

static int region_add_cap(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			  struct vfio_info_cap *caps)
{
	struct vfio_info_cap_header header = { .id = 0x7e57, .version = 3 };

	return vfio_info_add_capability(caps, &header, sizeof(header));
}

static const struct vfio_pci_regops region_ops = {
	.rw = region_rw, .release = region_release, .add_capability = region_add_cap,
};

static int variant_open_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	struct variant *v = container_of(vdev, struct variant, core);
	int ret = vfio_pci_core_enable(vdev);

	if (ret)
		return ret;
	ret = vfio_pci_core_register_dev_region(vdev, 0x80001b36, 7, &region_ops,
						sizeof(v->region),
						VFIO_REGION_INFO_FLAG_READ |
						VFIO_REGION_INFO_FLAG_WRITE, v);
	if (!ret)
		ret = late_open_errno;
	if (ret)
		vfio_pci_core_disable(vdev);
	else
		vfio_pci_core_finish_enable(vdev);
	return ret;
}

static void variant_release(struct vfio_device *core_vdev)
{
	released++;
	vfio_pci_core_release_dev(core_vdev);
}

static const struct vfio_device_ops variant_ops = {
	.name = "variant",
	.init = vfio_pci_core_init_dev,
	.release = variant_release,
	.open_device = variant_open_device,
	.close_device = vfio_pci_core_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
};

static struct file *mig_set(struct vfio_device *vdev, enum vfio_device_mig_state state)
{
	return ERR_PTR(-EIO);
}

static int mig_get(struct vfio_device *vdev, enum vfio_device_mig_state *state)
{
	return -EIO;
}

static const struct vfio_migration_ops half_mig = { .migration_set_state = mig_set };
static const struct vfio_migration_ops mig = {
	.migration_set_state = mig_set, .migration_get_state = mig_get,
};
static const struct vfio_log_ops half_log;

static int variant_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct variant *v = vfio_alloc_device(variant, core.vdev, &pdev->dev, &variant_ops);

	if (IS_ERR(v))
		return PTR_ERR(v);

	dev_set_drvdata(&pdev->dev, flaw == NO_DRVDATA ? NULL : &v->core);
	if (flaw == HALF_MIG)
		v->core.vdev.mig_ops = &half_mig;
	if (flaw == NO_STOP_COPY)
		v->core.vdev.mig_ops = &mig;
	if (flaw == HALF_LOG)
		v->core.vdev.log_ops = &half_log;

	probe_result = vfio_pci_core_register_device(&v->core);
	if (probe_result)
		vfio_put_device(&v->core.vdev);
	else
		bound = v;
	return probe_result;
}

static void variant_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(vdev);
	vfio_put_device(&vdev->vdev);
	bound = NULL;
}

static const struct pci_device_id variant_ids[] = {
	{ PCI_DEVICE(ZOO_VENDOR, ZOO_DEVICE) },
	{}
};

static struct pci_driver variant_driver = {
	.name = "variant",
	.id_table = variant_ids,
	.probe = variant_probe,
	.remove = variant_remove,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};

/* Bind once more with @how wrong. */
static void expect_refused(int how, unsigned int warnings, const char *what)
{
	unsigned int before = released;

	flaw = how;
	probe_result = 1;
	is(expect_warnings(warnings, pci_register_driver(&variant_driver)), 0, "driver with %s",
	   what);
	is(probe_result, -EINVAL, "%s is refused", what);
	is(released, before + 1, "and the device is released");
	pci_unregister_driver(&variant_driver);
}

static void test_region(int dev)
{
	struct {
		struct vfio_region_info info;
		struct vfio_region_info_cap_type type;
		struct vfio_info_cap_header own;
	} buf = { .info = { .argsz = sizeof(buf), .index = VFIO_PCI_NUM_REGIONS } };
	struct vfio_device_info info = { .argsz = sizeof(info) };
	char text[32] = "variant";

	is(sys(dev, VFIO_DEVICE_GET_INFO, &info), 0, "info");
	is(info.num_regions, VFIO_PCI_NUM_REGIONS + 1, "one region more");
	is(sys(dev, VFIO_DEVICE_GET_REGION_INFO, &buf), 0, "its info");
	is(buf.info.size, 16, "its size");
	is(buf.info.flags, VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE |
	   VFIO_REGION_INFO_FLAG_CAPS, "its flags");
	is(buf.type.header.id, VFIO_REGION_INFO_CAP_TYPE, "type capability first");
	is(buf.type.type, 0x80001b36, "its type");
	is(buf.type.subtype, 7, "its subtype");
	is(buf.own.id, 0x7e57, "then the driver's own");
	is(buf.own.next, 0, "which is the last");

	is(kapi_sys_pwrite(dev, text, 8, zoo_off(VFIO_PCI_NUM_REGIONS, 4)), 8, "write to it");
	is(kapi_sys_pread(dev, text, 32, zoo_off(VFIO_PCI_NUM_REGIONS, 8)), 8, "short read");
	ok(!strcmp(text, "ant"), "what was written");
	is(kapi_sys_pread(dev, text, 1, zoo_off(VFIO_PCI_NUM_REGIONS, 16)), -EINVAL, "behind it");
	is((long)kapi_sys_mmap(NULL, 4096, PROT_READ, MAP_SHARED, dev,
			       zoo_off(VFIO_PCI_NUM_REGIONS, 0)), -EINVAL, "mmap without the flag");
}

static void test_io(void)
{
	struct vfio_pci_core_device *vdev = &bound->core;
	u64 qword = 0;
	u8 buf[8];

	is(vfio_pci_core_setup_barmap(vdev, 0), 0, "claim BAR 0");
	is(vfio_pci_core_setup_barmap(vdev, 0), 0, "again");
	is(vfio_pci_core_iowrite64(vdev, true, 0x1122334455667788, vdev->barmap[0]), 0, "write");
	is(vfio_pci_core_ioread64(vdev, true, &qword, vdev->barmap[0]), 0, "read");
	ok(qword == 0x1122334455667788, "a quadword");
	is(vfio_pci_core_do_io_rw(vdev, true, vdev->barmap[0], (char *)buf, 0, 8, 2, 4, false, 2),
	   8, "read with a hole");
	ok(!memcmp(buf, "\x88\x77\xff\xff\x44\x33\x22\x11", 8), "the hole is ones");
}

static void test_ranges(void)
{
	loff_t buf_off;
	size_t count, reg_off;

	ok(vfio_pci_core_range_intersect_range(0x10, 8, 0x14, 2, &buf_off, &count, &reg_off) &&
	   buf_off == 4 && count == 2 && reg_off == 0, "register inside the buffer");
	ok(vfio_pci_core_range_intersect_range(0x15, 8, 0x14, 4, &buf_off, &count, &reg_off) &&
	   buf_off == 0 && count == 3 && reg_off == 1, "buffer starts in the register");
	ok(!vfio_pci_core_range_intersect_range(0x10, 4, 0x14, 4, &buf_off, &count, &reg_off),
	   "side by side");
}

int main(void)
{
	struct pci_dev *pdev;
	struct zoo_fds fds;
	unsigned int i;

	core_start();
	is(kapi_load_module("vfio_pci_core"), 0, "load vfio-pci-core");
	pdev = zoo_start();

	expect_refused(NO_DRVDATA, 1, "no drvdata");
	expect_refused(HALF_MIG, 0, "half of the migration ops");
	expect_refused(NO_STOP_COPY, 0, "migration without STOP_COPY");
	expect_refused(HALF_LOG, 0, "half of the log ops");

	flaw = GOOD;
	is(pci_register_driver(&variant_driver), 0, "good driver");
	is(probe_result, 0, "is taken");
	if (!bound)
		return tap_done();

	late_open_errno = -ENOSPC;
	fds = zoo_open(pdev);
	is(fds.device, -ENOSPC, "the driver's part of the open fails");
	is(bound->region_released, 1, "its region is released");
	zoo_close(&fds);
	late_open_errno = 0;

	for (i = 0; i < 2; i++) {
		fds = zoo_open(pdev);
		ok(fds.device >= 0, "open (%d)", fds.device);
		test_region(fds.device);
		test_io();
		zoo_close(&fds);
		is(bound->region_released, 2 + i, "region released at the close");
	}
	test_ranges();

	i = released;
	pci_unregister_driver(&variant_driver);
	is(released, i + 1, "released with the driver");
	return tap_done();
}
