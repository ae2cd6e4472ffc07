// SPDX-License-Identifier: GPL-2.0-only
/* Devices without an IOMMU: how they become that, and that they work. */
#include <linux/pci_regs.h>
#include <sys/stat.h>

#include "conformance.h"
#include "bind_util.h"
#include "client/kvm.h"
#include "hot_reset.h"
#include "noiommu.h"

FIXTURE(device)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(device)
{
	if (noiommu_missing())
		SKIP(return, "%s", noiommu_missing());
	device_open(&self->dev, noiommu_bdf(0));
}

FIXTURE_TEARDOWN(device)
{
	device_close(&self->dev);
}

VFIO_TEST_F(device, works, "NOIO-014")
{
	struct vfio_device_info info;
	int event = eventfd_new();

	device_info(self->dev.fd, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	EXPECT_EQ(sysfs_number(self->dev.bdf, "vendor"),
		  config_read16(self->dev.fd, PCI_VENDOR_ID));
	if (!edu_is(self->dev.bdf))
		SKIP(return, "what is behind the BARs is only known of an edu device");
	EXPECT_EQ(EDU_ID_VALUE, edu_read32(self->dev.fd, EDU_ID));
	config_command(self->dev.fd, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
	irq_eventfd(self->dev.fd, VFIO_PCI_MSI_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, event);
	edu_write32(self->dev.fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(1, eventfd_wait(event, 2000));
	irq_disable(self->dev.fd, VFIO_PCI_MSI_IRQ_INDEX);
}

/* A backend that only counts: nothing of its users can be pinned or copied. */
VFIO_TEST_F(device, drivers_reach_no_memory, "PIN-004 PIN-029")
{
	struct mock mock;

	if (__mock_find(self->dev.fd, &mock))
		SKIP(return, "the driver is not the mock driver");
	EXPECT_EQ(-ENOTTY, mock_command(&mock, MOCK_CMD_PIN, 0, 1, 1));
	EXPECT_EQ(-ENOTTY, mock_command(&mock, MOCK_CMD_DMA_RW, 0, 8, 0));
	EXPECT_EQ(-ENOTTY, mock_command(&mock, MOCK_CMD_DMA_RW, 0, 8, 1));
	EXPECT_EQ(0, mock_read(&mock, MOCK_REG_PINS));
}

VFIO_TEST_F(device, shown_to_a_vm, "KVM-024 NOIO-015")
{
	struct mock mock;
	int vm, device;

	EXPECT_EQ(0, __container_check(self->dev.container, VFIO_DMA_CC_IOMMU));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	vm = vm_create();
	device = vm_vfio_device(vm);
	EXPECT_EQ(0, __kvm_vfio_add(device, self->dev.group));
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(device, self->dev.group));
	/* Its VM is seen by the next open, as behind an IOMMU. */
	close(self->dev.fd);
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	if (!__mock_find(self->dev.fd, &mock))
		EXPECT_EQ(1, mock_read(&mock, MOCK_REG_HAS_KVM));
	EXPECT_EQ(0, __kvm_vfio_del(device, self->dev.group));
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(device, self->dev.group));
	close(device);
	close(vm);
}

/* The module parameter, which is as it was at the end. */
FIXTURE(parameter)
{
	struct binding binding;
};

FIXTURE_SETUP(parameter)
{
	const char *why = noiommu_missing();
	char path[128], driver[64];

	if (why)
		SKIP(return, "%s", why);
	if (__sysfs_driver(noiommu_bdf(0), driver, sizeof(driver)))
		SKIP(return, "%s is not bound to a driver", noiommu_bdf(0));
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/unbind", driver);
	if (access(path, W_OK) || access(PARAMETER, W_OK))
		SKIP(return, "this user cannot write to " PARAMETER " or to %s", path);
	binding_keep(&self->binding, noiommu_bdf(0));
}

FIXTURE_TEARDOWN(parameter)
{
	__file_write(PARAMETER, "Y");
	binding_restore(&self->binding);
}

VFIO_TEST_F(parameter, off, "NOIO-001 NOIO-004 CONT-014 DRV-012")
{
	int container = container_open(), group = group_open(self->binding.group), len;
	struct stat st;

	ASSERT_EQ(0, stat(PARAMETER, &st));
	EXPECT_EQ(0644, st.st_mode & 07777);
	ASSERT_EQ(1, __file_write(PARAMETER, "N"));
	EXPECT_EQ(0, __container_check(container, VFIO_NOIOMMU_IOMMU));
	/* What there is stays what it is; the backend is gone. */
	EXPECT_TRUE(group_is_noiommu(self->binding.group));
	group_set_container(group, container);
	EXPECT_EQ(0, __container_check(container, VFIO_NOIOMMU_IOMMU));
	EXPECT_EQ(-ENODEV, __container_set_iommu(container, VFIO_NOIOMMU_IOMMU));
	close(group);
	close(container);

	len = strlen(self->binding.bdf);
	ASSERT_EQ(len, __device_unbind(&self->binding));
	EXPECT_FALSE(group_is_noiommu(self->binding.group));
	EXPECT_EQ(-ENOENT, __sysfs_group(self->binding.bdf));
	EXPECT_EQ(-EINVAL, __device_bind(&self->binding, self->binding.driver));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));

	ASSERT_EQ(1, __file_write(PARAMETER, "Y"));
	EXPECT_EQ(len, __device_bind(&self->binding, self->binding.driver));
	EXPECT_TRUE(group_is_noiommu(sysfs_group(self->binding.bdf)));
}

VFIO_TEST_F(parameter, on_for_devices_with_iommu, "NOIO-003")
{
	struct binding real;
	const char *bdf = iommu_bdf();

	if (!bdf || !device_is_bound(bdf))
		SKIP(return, "no device with an IOMMU is named and bound");
	binding_keep(&real, bdf);
	EXPECT_LT(0, __device_unbind(&real));
	EXPECT_LT(0, __device_bind(&real, real.driver));
	EXPECT_FALSE(group_is_noiommu(real.group));
	EXPECT_TRUE(group_node_is(real.group, true));
	binding_restore(&real);
}

/* One that was unbound has no group any more, and nobody can own it. */
VFIO_TEST_F(parameter, hot_reset_info_without_group, "RST-012")
{
	struct vfio_dev dev;
	struct info info;
	unsigned int i;
	const char *bdf;

	for (i = 1; (bdf = noiommu_bdf(i)); i++)
		if (!on_root_bus(bdf) && !strncmp(bdf, self->binding.bdf, 8))
			break;
	if (!bdf)
		SKIP(return, "no two devices without an IOMMU are on one bus");
	ASSERT_LT(0, __device_unbind(&self->binding));
	device_open(&dev, bdf);
	memset(&info, 0, sizeof(info));
	info.head.argsz = sizeof(info);
	EXPECT_EQ(-EPERM, __vfio_ioctl(dev.fd, GET_INFO, &info));
	outcome("RST-012", info.head.count ? "header" : "none");
	device_close(&dev);
}

CONFORMANCE_MAIN
