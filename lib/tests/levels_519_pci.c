// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vfio-pci variant driver compiled at API level 5.19, on a machine with one
 * function alone and two that share a group. Clauses DRV-001 to DRV-006, PIN-020.
 */
#define KAPI_LEVEL 519
#include "levels_driver.h"

#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#include "../pci/model/model.h"

#define IOVA 0x100000UL

struct variant {
	struct vfio_pci_core_device core;
	struct notifier_block nb;
	unsigned int region_released;
};

static enum { GOOD, NO_DRVDATA, NO_STOP_COPY } flaw;
static int probe_result;
static struct variant *variants[3];
static unsigned int nr_variants;

static ssize_t region_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			 loff_t *ppos, bool iswrite)
{
	return iswrite ? -EINVAL : count;
}

static void region_release(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region)
{
	((struct variant *)region->data)->region_released++;
}

static const struct vfio_pci_regops region_ops = { .rw = region_rw, .release = region_release };

static int on_event(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_OK;
}

static int variant_open_device(struct vfio_device *core_vdev)
{
	struct variant *v = container_of(core_vdev, struct variant, core.vdev);
	unsigned long events = VFIO_IOMMU_NOTIFY_DMA_UNMAP;
	int ret;

	ret = vfio_pci_core_enable(&v->core);
	if (ret)
		return ret;
	ret = vfio_pci_register_dev_region(&v->core, 0x80001234, 1, &region_ops, 16,
					   VFIO_REGION_INFO_FLAG_READ, v);
	if (!ret) {
		v->nb.notifier_call = on_event;
		ret = vfio_register_notifier(core_vdev, VFIO_IOMMU_NOTIFY, &events, &v->nb);
	}
	if (ret)
		vfio_pci_core_disable(&v->core);
	else
		vfio_pci_core_finish_enable(&v->core);
	return ret;
}

static void variant_close_device(struct vfio_device *core_vdev)
{
	struct variant *v = container_of(core_vdev, struct variant, core.vdev);

	is(vfio_unregister_notifier(core_vdev, VFIO_IOMMU_NOTIFY, &v->nb), 0, "notifier off");
	vfio_pci_core_close_device(core_vdev);
}

static const struct vfio_device_ops variant_ops = {
	.name = "variant",
	.open_device = variant_open_device,
	.close_device = variant_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.migration_set_state = ldev_set_state,
	.migration_get_state = ldev_get_state,
};

static int variant_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct variant *v = kzalloc(sizeof(*v), GFP_KERNEL);

	vfio_pci_core_init_device(&v->core, pdev, &variant_ops);
	if (flaw != NO_STOP_COPY)
		v->core.vdev.migration_flags = VFIO_MIGRATION_STOP_COPY;
	dev_set_drvdata(&pdev->dev, flaw == NO_DRVDATA ? NULL : &v->core);
	probe_result = vfio_pci_core_register_device(&v->core);
	if (probe_result) {
		vfio_pci_core_uninit_device(&v->core);
		kfree(v);
	} else {
		variants[nr_variants++] = v;
	}
	return probe_result;
}

static void variant_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(vdev);
	vfio_pci_core_uninit_device(vdev);
	kfree(container_of(vdev, struct variant, core));
	nr_variants--;
}

static int variant_sriov_configure(struct pci_dev *pdev, int nr_virtfn)
{
	struct vfio_pci_core_device *vdev = dev_get_drvdata(&pdev->dev);

	return vfio_pci_core_sriov_configure(vdev, nr_virtfn);
}

static const struct pci_device_id variant_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{}
};

static struct pci_driver variant_driver = {
	.name = "variant",
	.id_table = variant_ids,
	.probe = variant_probe,
	.remove = variant_remove,
	.sriov_configure = variant_sriov_configure,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};

static void test_register(void)
{
	flaw = NO_DRVDATA;
	is(with_warnings(3, pci_register_driver(&variant_driver)), 0, "driver without drvdata");
	is(probe_result, -EINVAL, "DRV-001: is refused");
	pci_unregister_driver(&variant_driver);

	flaw = NO_STOP_COPY;
	is(pci_register_driver(&variant_driver), 0, "driver with migration ops and no flags");
	is(nr_variants, 3, "DRV-004: is not refused yet");
	pci_unregister_driver(&variant_driver);
	is(nr_variants, 0, "and goes");
	flaw = GOOD;
}

static void test_pins(u8 *memory)
{
	struct vfio_device *alone = &variants[0]->core.vdev, *two = &variants[1]->core.vdev;
	struct lfds fds = lfds_open(alone, -1), fds2 = lfds_open(two, fds.container);
	struct vfio_device_info info = { .argsz = sizeof(info) };
	unsigned long pfn = IOVA / PG, phys;

	ok(fds.device >= 0 && fds2.device >= 0, "both open");
	is(sys(fds.device, VFIO_DEVICE_GET_INFO, &info), 0, "info");
	is(info.num_regions, VFIO_PCI_NUM_REGIONS + 1, "with the driver's region");
	is(dma_map(fds.container, IOVA, PG, memory, 3), 0, "map");
	is(vfio_pin_pages(alone, &pfn, 1, IOMMU_READ, &phys), 1, "alone in its group it pins");
	ok(page_address(pfn_to_page(phys)) == memory, "the right page");
	is(vfio_unpin_pages(alone, &pfn, 1), 1, "unpin");
	is(vfio_pin_pages(two, &pfn, 1, IOMMU_READ, &phys), -EINVAL,
	   "PIN-020: one of two in a group does not");
	device_lock(alone->dev);
	is(variant_sriov_configure(variants[0]->core.pdev, 0), 0, "no VFs to disable");
	device_unlock(alone->dev);
	lfds_close(&fds2, true);
	lfds_close(&fds, false);
	is(variants[0]->region_released, 1, "the region is released at the close");
}

int main(void)
{
	static const char topology[] = "iommu vtd\nport 04\nedu 00.0\nroot\n"
				       "port 05\nedu 00.0\nedu 00.1\n";
	u8 *memory = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FILE *file = tmpfile();
	char path[32];

	level_start();
	is(kapi_load_module("vfio_pci_core"), 0, "load vfio-pci-core");
	if (!file || fputs(topology, file) < 0 || fflush(file))
		return 1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	is(vfio_model_init(path), 0, "the machine");
	fclose(file);

	test_register();
	is(pci_register_driver(&variant_driver), 0, "good driver");
	is(nr_variants, 3, "takes all three");
	if (nr_variants == 3)
		test_pins(memory);
	pci_unregister_driver(&variant_driver);
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
