// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VF as its user sees it: config space that looks like any function's though the
 * hardware leaves half of it out, interrupts, reset; and its PF beside it.
 */
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "hot_reset.h"
#include "sriov_util.h"

#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER

/* A PF and one VF of it, open in one container. */
FIXTURE(vf)
{
	struct sriov sriov;
	char bdf[BDF_MAX];
	int container, group[2];
	int pf, vf;
};

FIXTURE_SETUP(vf)
{
	const char *why, *pf = sriov_candidate(&why);

	if (!pf)
		SKIP(return, "%s", why);
	sriov_keep(&self->sriov, pf);
	sriov_set(&self->sriov, 1);
	ASSERT_TRUE(sriov_vf(&self->sriov, 0, self->bdf));
	self->container = container_open();
	self->group[0] = group_open(sysfs_group(pf));
	self->group[1] = group_open(sysfs_group(self->bdf));
	group_set_container(self->group[0], self->container);
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	group_set_container(self->group[1], self->container);
	self->pf = __token_open(self->group[0], pf, TOKEN_RIGHT);
	ASSERT_GE(self->pf, 0);
	self->vf = __token_open(self->group[1], self->bdf, TOKEN_RIGHT);
	ASSERT_GE(self->vf, 0);
}

FIXTURE_TEARDOWN(vf)
{
	if (self->container) {
		close(self->vf);
		close(self->pf);
		close(self->group[1]);
		close(self->group[0]);
		close(self->container);
	}
	sriov_restore(&self->sriov);
}

VFIO_TEST_F(vf, config_header, "SRIOV-020 RW-041")
{
	uint16_t command = config_read16(self->vf, PCI_COMMAND);

	EXPECT_EQ(sysfs_number(self->sriov.pf, "vendor"),
		  config_read16(self->vf, PCI_VENDOR_ID));
	EXPECT_EQ(sysfs_number(self->bdf, "device"), config_read16(self->vf, PCI_DEVICE_ID));
	EXPECT_EQ(config_read16(self->vf, PCI_VENDOR_ID),
		  (uint16_t)config_read32(self->vf, PCI_VENDOR_ID));
	EXPECT_EQ(0, config_read8(self->vf, PCI_INTERRUPT_PIN));
	EXPECT_TRUE(command & PCI_COMMAND_MEMORY);
	EXPECT_FALSE(command & PCI_COMMAND_MASTER);
	config_command(self->vf, PCI_COMMAND_MASTER, PCI_COMMAND_MEMORY);
	command = config_read16(self->vf, PCI_COMMAND);
	EXPECT_TRUE(command & PCI_COMMAND_MASTER);
	outcome("SRIOV-020", command & PCI_COMMAND_MEMORY ? "memory-on" : "memory-off");
}

VFIO_TEST_F(vf, config_bars, "SRIOV-021")
{
	uint64_t size = region_size(self->vf, 0);
	uint32_t bar = config_read32(self->vf, PCI_BASE_ADDRESS_0);

	ASSERT_LT(0, size);
	/* The register of the hardware is 0; what kind of BAR it is, VFIO adds. */
	EXPECT_EQ(0, bar & PCI_BASE_ADDRESS_MEM_MASK);
	EXPECT_EQ(config_read32(self->pf, PCI_BASE_ADDRESS_0) & ~PCI_BASE_ADDRESS_MEM_MASK,
		  bar & ~PCI_BASE_ADDRESS_MEM_MASK);
	config_write32(self->vf, PCI_BASE_ADDRESS_0, ~0u);
	EXPECT_EQ((uint32_t)~(size - 1),
		  config_read32(self->vf, PCI_BASE_ADDRESS_0) & (uint32_t)PCI_BASE_ADDRESS_MEM_MASK);
	config_write32(self->vf, PCI_BASE_ADDRESS_0, 0xc0000000);
	EXPECT_EQ(0xc0000000 | bar, config_read32(self->vf, PCI_BASE_ADDRESS_0));
	EXPECT_EQ(region_size(self->pf, 0), size);
}

VFIO_TEST_F(vf, info_and_interrupts, "SRIOV-022 INFO-042")
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct vfio_irq_info irq;
	int event = eventfd_new();

	device_info(self->vf, &info);
	EXPECT_EQ(VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
		  info.flags & (VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET));
	irq_info(self->vf, VFIO_PCI_INTX_IRQ_INDEX, &irq);
	EXPECT_EQ(0, irq.count);
	EXPECT_EQ(-EINVAL, __irq_eventfd(self->vf, VFIO_PCI_INTX_IRQ_INDEX, TRIGGER, event));
	irq_info(self->vf, MSIX, &irq);
	if (irq.count) {
		EXPECT_EQ(0, __irq_eventfd(self->vf, MSIX, TRIGGER, event));
		EXPECT_EQ(0, __irq_none(self->vf, MSIX, TRIGGER, 0, 1));
		EXPECT_EQ(1, eventfd_count(event));
		irq_disable(self->vf, MSIX);
	}
	close(event);
}

/* A VF's memory is decoded when its PF says so, whatever its own COMMAND shows. */
VFIO_TEST_F(vf, memory_without_command, "RW-010")
{
	uint32_t v;

	config_command(self->vf, 0, PCI_COMMAND_MEMORY);
	EXPECT_EQ(4, __region_read(self->vf, 0, 0, &v, 4));
	config_command(self->vf, PCI_COMMAND_MEMORY, 0);
	EXPECT_EQ(4, __region_read(self->vf, 0, 0, &v, 4));
}

/* VFs are nowhere without their PF: it stays in D0. */
VFIO_TEST_F(vf, pf_stays_on, "RW-050")
{
	unsigned int pm = config_find_cap(self->pf, PCI_CAP_ID_PM);
	uint32_t v;

	if (!pm)
		SKIP(return, "the PF has no power management");
	config_write16(self->pf, pm + PCI_PM_CTRL, 3);
	EXPECT_EQ(0, config_read16(self->pf, pm + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK);
	EXPECT_EQ(4, __region_read(self->pf, 0, 0, &v, 4));
	EXPECT_EQ(4, __region_read(self->vf, 0, 0, &v, 4));
}

VFIO_TEST_F(vf, reset_alone, "SRIOV-022")
{
	if (!nvme_is(self->sriov.pf))
		SKIP(return, "only an NVMe controller has a register to see it by");
	config_command(self->pf, PCI_COMMAND_MEMORY, 0);
	nvme_write32(self->pf, NVME_AQA, 0x000f000f);
	EXPECT_EQ(0, __vfio_ioctl(self->vf, VFIO_DEVICE_RESET, NULL));
	EXPECT_EQ(0x000f000f, nvme_read32(self->pf, NVME_AQA));
	EXPECT_TRUE(config_read16(self->vf, PCI_COMMAND) & PCI_COMMAND_MEMORY);
}

static unsigned int find_ext_cap(int fd, unsigned int id)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, left = 480;

	while (pos && left--) {
		uint32_t header = config_read32(fd, pos);

		if (PCI_EXT_CAP_ID(header) == id && header)
			return pos;
		pos = PCI_EXT_CAP_NEXT(header);
	}
	return 0;
}

VFIO_TEST_F(vf, capability_is_read_only, "SRIOV-023")
{
	unsigned int pos = find_ext_cap(self->pf, PCI_EXT_CAP_ID_SRIOV);
	uint16_t ctrl;

	ASSERT_NE(0, pos);
	EXPECT_EQ(self->sriov.total, config_read16(self->pf, pos + PCI_SRIOV_TOTAL_VF));
	EXPECT_EQ(1, config_read16(self->pf, pos + PCI_SRIOV_NUM_VF));
	ctrl = config_read16(self->pf, pos + PCI_SRIOV_CTRL);
	EXPECT_EQ(PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE,
		  ctrl & (PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE));
	config_write16(self->pf, pos + PCI_SRIOV_CTRL, 0);
	EXPECT_EQ(ctrl, config_read16(self->pf, pos + PCI_SRIOV_CTRL));
	config_write16(self->pf, pos + PCI_SRIOV_NUM_VF, 0);
	EXPECT_EQ(1, config_read16(self->pf, pos + PCI_SRIOV_NUM_VF));
	EXPECT_EQ(0, find_ext_cap(self->vf, PCI_EXT_CAP_ID_SRIOV));
}

static bool named(const struct info *info, const char *bdf)
{
	char name[BDF_MAX];
	unsigned int i;

	for (i = 0; i < info->head.count; i++) {
		const struct vfio_pci_dependent_device *d = &info->devices[i];

		snprintf(name, sizeof(name), "%04x:%02x:%02x.%x", d->segment, d->bus,
			 d->devfn >> 3, d->devfn & 7);
		if (!strcmp(name, bdf) && d->group_id == sysfs_group(bdf))
			return true;
	}
	return false;
}

VFIO_TEST_F(vf, hot_reset_info, "SRIOV-024")
{
	const int fds[] = { self->pf, self->vf };
	struct info info;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, get_info(fds[i], &info));
		EXPECT_EQ(2, info.head.count);
		EXPECT_TRUE(named(&info, self->sriov.pf));
		EXPECT_TRUE(named(&info, self->bdf));
	}
}

/* Only if the VF is in the set of its bus can the bus be reset with it. */
VFIO_TEST_F(vf, device_set, "SET-005")
{
	int ret = hot_reset(self->pf, HEADER + 8, 0, 2, self->group, 2), other;

	ASSERT_TRUE(!ret || ret == -EINVAL);
	outcome("SET-005", errno_name(ret));
	other = hot_reset(self->vf, HEADER + 8, 0, 2, self->group, 2);
	EXPECT_EQ(ret, other);
	/* Both groups are needed, whatever the sets are. */
	EXPECT_EQ(-EINVAL, hot_reset_with(self->pf, self->group[0]));
}

CONFORMANCE_MAIN
