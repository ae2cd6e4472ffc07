// SPDX-License-Identifier: GPL-2.0-only
/*
 * SR-IOV of the PCI API on the NVMe model: VFs by the API and by sysfs, their BARs,
 * a reset of the PF under them; and the model's own rules.
 */
#include <linux/err.h>
#include <linux/interrupt.h>

#include "../pci/model/nvme.h"
#include "pci_machine.h"

#define PF_DIR	"/sys/bus/pci/devices/0000:01:00.0"
#define VF_DIR	"/sys/bus/pci/devices/0000:01:00.1"

static struct pci_dev *pf;

/* A driver that takes the PF, or a VF that it is told to. */
static int drv_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	pci_set_drvdata(dev, &pf);
	return 0;
}

static int set_vectors(struct pci_dev *vf, int count)
{
	return count > 4 ? -ENOSPC : 0;
}

static u32 total_vectors(struct pci_dev *dev)
{
	return 16;
}

static struct pci_driver drv = {
	.name = "iov-test",
	.probe = drv_probe,
	.sriov_configure = pci_sriov_configure_simple,
	.sriov_set_msix_vec_count = set_vectors,
	.sriov_get_vf_total_msix = total_vectors,
};

static ssize_t put(const char *path, const char *text)
{
	return machine_attr(path, (void *)text, 0, strlen(text), true);
}

static void test_no_sriov(struct pci_dev *edu)
{
	is(pci_enable_sriov(edu, 1), -ENODEV, "no PF: enable");
	is(pci_sriov_configure_simple(edu, 1), -ENODEV, "simple");
	is(pci_sriov_set_totalvfs(edu, 1), -ENOSYS, "set_totalvfs");
	is(pci_num_vf(edu) + pci_sriov_get_totalvfs(edu) + pci_vfs_assigned(edu), 0, "no VFs");
	is(pci_iov_vf_id(edu), -EINVAL, "vf_id");
	is(PTR_ERR(pci_iov_get_pf_drvdata(edu, &drv)), -EINVAL, "pf_drvdata");
	is(pci_iov_resource_size(edu, PCI_IOV_RESOURCES), 0, "resource size");
	pci_disable_sriov(edu);
}

static void test_limits(void)
{
	is(pci_sriov_get_totalvfs(pf), 3, "totalvfs");
	is(pci_iov_resource_size(pf, PCI_IOV_RESOURCES), NVME_BAR_SIZE, "size of one VF's BAR");
	is(resource_size(&pf->resource[PCI_IOV_RESOURCES]), 3 * NVME_BAR_SIZE, "of all");
	is(pci_enable_sriov(pf, 4), -EINVAL, "more than there are");
	is(pci_enable_sriov(pf, -1), -EINVAL, "a negative number");
	is(pci_enable_sriov(pf, 0), 0, "none: nothing to do");
	is(pci_sriov_set_totalvfs(pf, 4), -EINVAL, "a limit above the hardware's");
	is(pci_sriov_set_totalvfs(pf, 2), 0, "a limit of 2");
	is(put(PF_DIR "/sriov_numvfs", "3"), -ERANGE, "which sysfs keeps");
	is(pci_sriov_set_totalvfs(pf, 3), 0, "back");
}

static void test_vfs(void)
{
	struct pci_dev *vf;

	is(pci_enable_sriov(pf, 2), 0, "two VFs");
	is(pci_enable_sriov(pf, 2), -EINVAL, "not again");
	is(pci_sriov_set_totalvfs(pf, 2), -EBUSY, "no new limit now");
	is(pci_num_vf(pf), 2, "num_vf");
	vf = machine_dev(1, 0, 2);
	is(vf->is_virtfn && vf->physfn == pf && !vf->multifunction, 1, "a VF");
	is(pci_iov_vf_id(vf), 1, "the second");
	is(vf->vendor, 0x1b36, "with the PF's vendor");
	is(vf->cfg_size, 4096, "and Express space");
	ok(!strcmp(machine_text(VF_DIR "/reset_method"), "flr\n"), "FLR, no bus reset");
	ok(vf->dev.iommu_group && vf->dev.iommu_group != pf->dev.iommu_group, "its own group");
	is(pci_enable_sriov(vf, 1), -ENODEV, "no VFs of VFs");
	vf->dev_flags |= PCI_DEV_FLAGS_ASSIGNED;
	is(pci_vfs_assigned(pf), 1, "one is assigned");
	is(pci_sriov_configure_simple(pf, 0), -EPERM, "and stays");
	vf->dev_flags &= ~PCI_DEV_FLAGS_ASSIGNED;
	is(pci_sriov_configure_simple(pf, 0), 0, "free again");
	is(pci_num_vf(pf), 0, "gone");
	is(pci_get_domain_bus_and_slot(0, 1, PCI_DEVFN(0, 2)) == NULL, 1, "from the bus");
	/* Who holds one can still look at it: nothing answers any more. */
	is(pci_iov_vf_id(vf), 1, "one that is held");
	pci_dev_put(vf);
}

static void test_bars(void)
{
	struct pci_dev *vf;
	void __iomem *bar;
	u16 ctrl;

	pci_enable_sriov(pf, 3);
	vf = machine_dev(1, 0, 3);
	is(pci_resource_start(vf, 0), pci_resource_start(pf, PCI_IOV_RESOURCES) + 2 * NVME_BAR_SIZE,
	   "the third share");
	bar = pci_iomap(vf, 0, 0);
	is(ioread32(bar + NVME_REG_CSTS), 0, "decodes without COMMAND.MEMORY");
	is(ioread32(bar + NVME_MSIX_TABLE + 12), 1, "a vector table");
	pci_read_config_word(pf, 0x128, &ctrl);
	pci_write_config_word(pf, 0x128, ctrl & ~PCI_SRIOV_CTRL_MSE);
	is(ioread32(bar + NVME_REG_CSTS), ~0u, "not without the PF's MSE");
	pci_write_config_word(pf, 0x128, ctrl);
	pci_write_config_word(vf, vf->pm_cap + PCI_PM_CTRL, 3);
	is(ioread32(bar + NVME_REG_CSTS), ~0u, "nor in D3");
	pci_write_config_word(vf, vf->pm_cap + PCI_PM_CTRL, 0);

	/* Registers of a VF come back as after power-on, those of the PF as they were. */
	iowrite32(0x1234, bar + NVME_MSIX_TABLE);
	pci_write_config_word(vf, PCI_COMMAND, PCI_COMMAND_MASTER);
	is(pci_reset_function(pf), 0, "FLR of the PF");
	pci_read_config_word(pf, 0x128, &ctrl);
	is(ctrl & 0x9, 0x9, "VFs are on again");
	is(ioread32(bar + NVME_MSIX_TABLE), 0, "and were reset");
	pci_read_config_word(vf, PCI_COMMAND, &ctrl);
	is(ctrl, 0, "altogether");
	pci_write_config_word(pf, 0x128, 0);
	pci_read_config_word(vf, PCI_COMMAND, &ctrl);
	is(ctrl, 0xffff, "a VF that is off does not answer");
	pci_disable_sriov(pf);
	pci_dev_put(vf);
}

static void test_sysfs(void)
{
	pci_register_driver(&drv);
	is(put(PF_DIR "/sriov_numvfs", "1"), -ENOENT, "no driver");
	put(PF_DIR "/driver_override", "iov-test");
	put("/sys/bus/pci/drivers/iov-test/bind", "0000:01:00.0");
	is(put(PF_DIR "/sriov_drivers_autoprobe", "maybe"), -EINVAL, "autoprobe takes a boolean");
	put(PF_DIR "/sriov_drivers_autoprobe", "0");
	is(put(PF_DIR "/sriov_numvfs", "1"), 1, "one VF");
	ok(!strcmp(machine_text(PF_DIR "/sriov_vf_total_msix"), "16\n"), "vectors to share");
	is(put(VF_DIR "/sriov_vf_msix_count", "4"), 1, "some for the VF");
	is(put(VF_DIR "/sriov_vf_msix_count", "5"), -ENOSPC, "too many");
	is(put(VF_DIR "/sriov_vf_msix_count", "-1"), -EINVAL, "less than none");
	is(machine_dev(1, 0, 1)->driver == NULL, 1, "left alone");
	put(VF_DIR "/driver_override", "iov-test");
	put("/sys/bus/pci/drivers/iov-test/bind", "0000:01:00.1");
	is(put(VF_DIR "/sriov_vf_msix_count", "4"), -EBUSY, "not with a driver");
	is(pci_iov_get_pf_drvdata(machine_dev(1, 0, 1), &drv) == &pf, 1, "drvdata of the PF");
	ok(!strcmp(machine_text(PF_DIR "/sriov_vf_device"), "10\n") &&
	   !strcmp(machine_text(PF_DIR "/sriov_offset"), "1\n") &&
	   !strcmp(machine_text(PF_DIR "/sriov_stride"), "1\n"), "numbers");
	is(put(PF_DIR "/sriov_numvfs", "0"), 1, "and away");
	put("/sys/bus/pci/drivers/iov-test/unbind", "0000:01:00.0");
	pci_unregister_driver(&drv);
}

/* What the controller does with settings that it cannot work with. */
static void test_controller(void)
{
	void __iomem *bar = machine_bar(pf);

	is(ioread32(bar + 8), 0x00010400, "version 1.4");
	iowrite32(0x00460001, bar + NVME_REG_CC);
	is(ioread32(bar + NVME_REG_CSTS), NVME_CSTS_CFS, "no queues: fatal status");
	iowrite32(0, bar + NVME_REG_CC);
	is(ioread32(bar + NVME_REG_CSTS), 0, "disabled");
	iowrite64(0x1000, bar + NVME_REG_ASQ);
	iowrite64(0x2000, bar + NVME_REG_ACQ);
	is(ioread64(bar + NVME_REG_ACQ), 0x2000, "8 bytes");
	iowrite32(0x000f000f, bar + NVME_REG_AQA);
	iowrite32(0x00000001, bar + NVME_REG_CC);
	is(ioread32(bar + NVME_REG_CSTS), NVME_CSTS_CFS, "entry sizes are not optional");
	iowrite32(0, bar + NVME_REG_CC);
	iowrite32(0x00460001, bar + NVME_REG_CC);
	is(ioread32(bar + NVME_REG_CSTS), NVME_CSTS_RDY, "ready");
	/* Nothing is mapped there: the command cannot be read. */
	iowrite32(1, bar + NVME_REG_DOORBELLS);
	is(ioread32(bar + NVME_REG_CSTS) & NVME_CSTS_CFS, NVME_CSTS_CFS, "a DMA that fails");
	iowrite32(0x00464001, bar + NVME_REG_CC);
	is(ioread32(bar + NVME_REG_CSTS) & NVME_CSTS_SHST, NVME_CSTS_SHST_DONE, "shut down");
	iowrite32(0, bar + NVME_REG_CC);
	iowrite32(7, bar + NVME_REG_INTMS);
	iowrite32(2, bar + NVME_REG_INTMC);
	is(ioread32(bar + NVME_REG_INTMS), 5, "interrupt mask");
	is(ioread8(bar + NVME_REG_INTMS), 5, "in bytes, too");
	is(ioread32(bar + NVME_MSIX_PBA), 0, "nothing pending");
	is(pci_reset_function(pf), 0, "reset");
	is(ioread32(bar + NVME_REG_INTMS), 0, "is thorough");
	pci_iounmap(pf, bar);
	pci_disable_device(pf);
}

int main(void)
{
	char *name = machine_file("iommu vtd\nport 04\nnvme 00.0 vfs=3\nroot\nedu 03.0\n");

	kapi_init();
	is(vfio_model_init(name), 0, "machine built");
	unlink(name);
	free(name);
	pf = machine_dev(1, 0, 0);
	test_no_sriov(machine_dev(0, 3, 0));
	test_limits();
	test_vfs();
	test_bars();
	test_sysfs();
	test_controller();
	return done_testing();
}
