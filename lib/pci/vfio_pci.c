// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-pci: the driver for devices that need nothing of their own. It takes
 * what it is told to: by driver_override, new_id, or the ids parameter.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

static char ids[1024] __initdata;
module_param_string(ids, ids, sizeof(ids), 0);
MODULE_PARM_DESC(ids, "Devices to take from the start: a list, with commas, of hexadecimal "
		 "vendor:device[:subvendor[:subdevice[:class[:class_mask]]]]");

static bool nointxmask;
module_param_named(nointxmask, nointxmask, bool, 0644);
MODULE_PARM_DESC(nointxmask, "Do not use PCI 2.3 style INTx masking");

static bool disable_vga;
module_param(disable_vga, bool, 0444);
MODULE_PARM_DESC(disable_vga, "Give users no access to the legacy VGA ranges");

static bool disable_idle_d3;
module_param(disable_idle_d3, bool, 0644);
MODULE_PARM_DESC(disable_idle_d3, "Keep idle, unused devices out of the D3 low power state");

static bool enable_sriov;
module_param(enable_sriov, bool, 0644);
MODULE_PARM_DESC(enable_sriov, "Allow VFs to be enabled through sriov_numvfs; the user of the PF "
		 "must know how to drive them");

static bool disable_denylist;
module_param(disable_denylist, bool, 0444);
MODULE_PARM_DESC(disable_denylist, "Allow devices that untrusted users can harm the host with");

/* Intel accelerators whose errata let a user take the host down. */
static const struct pci_device_id vfio_pci_denylist[] = {
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C3XXX) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C3XXX_VF) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C62X) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C62X_VF) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_DH895XCC) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_DH895XCC_VF) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_DSA_SPR0) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_IAX_SPR0) },
	{}
};

static bool vfio_pci_is_denylisted(struct pci_dev *pdev)
{
	bool listed = pci_match_id(vfio_pci_denylist, pdev);

	if (listed)
		pci_warn(pdev, "users of this device can harm the host: %s\n",
			 disable_denylist ? "taken, as disable_denylist is set" : "refused");
	return listed && !disable_denylist;
}

static int vfio_pci_open_device(struct vfio_device *core_vdev)
{
	struct vfio_pci_core_device *vdev =
		container_of(core_vdev, struct vfio_pci_core_device, vdev);
	int ret;

	ret = vfio_pci_core_enable(vdev);
	if (!ret)
		vfio_pci_core_finish_enable(vdev);
	return ret;
}

static const struct vfio_device_ops vfio_pci_ops = {
	.name		= "vfio-pci",
	.init		= vfio_pci_core_init_dev,
	.open_device	= vfio_pci_open_device,
	.close_device	= vfio_pci_core_close_device,
	.release	= vfio_pci_core_release_dev,
	.read		= vfio_pci_core_read,
	.write		= vfio_pci_core_write,
	.mmap		= vfio_pci_core_mmap,
	.ioctl		= vfio_pci_core_ioctl,
	.device_feature	= vfio_pci_core_ioctl_feature,
	.match		= vfio_pci_core_match,
	.request	= vfio_pci_core_request,
	.bind_iommufd	= vfio_iommufd_physical_bind,
	.attach_ioas	= vfio_iommufd_physical_attach_ioas,
	.detach_ioas	= vfio_iommufd_physical_detach_ioas,
	.unbind_iommufd	= vfio_iommufd_physical_unbind,
};

static int vfio_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vfio_pci_core_device *fresh;
	int ret = -EINVAL;

	if (!vfio_pci_is_denylisted(pdev)) {
		fresh = vfio_alloc_device(vfio_pci_core_device, vdev, &pdev->dev, &vfio_pci_ops);
		if (IS_ERR(fresh))
			return PTR_ERR(fresh);
		fresh->exports_dma_buf = true;
		pci_set_drvdata(pdev, fresh);
		ret = vfio_pci_core_register_device(fresh);
		if (ret)
			vfio_put_device(&fresh->vdev);
	}
	return ret;
}

static void vfio_pci_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *vdev = pci_get_drvdata(pdev);

	vfio_pci_core_unregister_device(vdev);
	vfio_put_device(&vdev->vdev);
}

static int vfio_pci_sriov_configure(struct pci_dev *pdev, int nr_virtfn)
{
	if (!enable_sriov)
		return -ENOENT;
	return vfio_pci_core_sriov_configure(pci_get_drvdata(pdev), nr_virtfn);
}

/* Any device, but only by driver_override; other ways in are added at run time. */
static const struct pci_device_id vfio_pci_table[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) },
	{}
};
MODULE_DEVICE_TABLE(pci, vfio_pci_table);

static struct pci_driver vfio_pci_driver = {
	.name			= "vfio-pci",
	.probe			= vfio_pci_probe,
	.remove			= vfio_pci_remove,
	.id_table		= vfio_pci_table,
	.err_handler		= &vfio_pci_core_err_handlers,
	.sriov_configure	= vfio_pci_sriov_configure,
	.driver_managed_dma	= true,
};

/* One of the ids parameter, in the order of its fields. */
static void __init vfio_pci_add_id(const char *text)
{
	unsigned int f[6] = { 0, 0, PCI_ANY_ID, PCI_ANY_ID, 0, 0 };
	int ret = -EINVAL;

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &f[0], &f[1], &f[2], &f[3], &f[4], &f[5]) >= 2)
		ret = pci_add_dynid(&vfio_pci_driver, f[0], f[1], f[2], f[3], f[4], f[5], 0);

	if (ret)
		pr_warn("vfio_pci: ids: cannot take \"%s\" (%d)\n", text, ret);
	else
		pr_info("vfio_pci: ids: takes %04x:%04x\n", f[0], f[1]);
}

static int __init vfio_pci_init(void)
{
	char *rest = ids, *id;
	int ret;

	vfio_pci_core_set_params(nointxmask, disable_vga, disable_idle_d3);

	ret = pci_register_driver(&vfio_pci_driver);
	while (!ret && (id = strsep(&rest, ",")))
		if (*id)
			vfio_pci_add_id(id);
	return ret;
}

static void __exit vfio_pci_exit(void)
{
	pci_unregister_driver(&vfio_pci_driver);
}

module_init(vfio_pci_init);
module_exit(vfio_pci_exit);

MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("VFIO driver of PCI devices that need none of their own");
