// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot reset of devices that were opened through their character devices: they are
 * owned by the iommufd, so no group is named. And which VM they belong to.
 */
#include <string.h>

#include "cdev_fixture.h"
#include "client/kvm.h"
#include "hot_reset.h"
#include "sriov_util.h"

static struct vfio_pci_dependent_device *entry(struct info *info, const char *bdf)
{
	char name[BDF_MAX];
	uint32_t i;

	for (i = 0; i < info->head.count; i++) {
		struct vfio_pci_dependent_device *d = &info->devices[i];

		snprintf(name, sizeof(name), "%04x:%02x:%02x.%x", d->segment, d->bus,
			 d->devfn >> 3, d->devfn & 7);
		if (!strcmp(name, bdf))
			return d;
	}
	CLIENT_FAIL("%s is not affected", bdf);
}

VFIO_TEST_F(cdev, alone, "RST-013 RST-019 CDEV-044 CDEV-045")
{
	uint32_t argsz;
	struct info info;
	struct mock mock;
	uint64_t resets;

	if (on_root_bus(self->bdf))
		SKIP(return, "the device is on the root bus");
	cdev_bind(self->fd, self->iommufd, &self->devid);
	ASSERT_EQ(0, get_info(self->fd, &info));
	if (info.head.count != 1)
		SKIP(return, "other devices are affected");
	EXPECT_EQ(VFIO_PCI_HOT_RESET_FLAG_DEV_ID | VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED,
		  info.head.flags);
	EXPECT_EQ(self->devid, entry(&info, self->bdf)->devid);

	for (argsz = 0; argsz < HEADER; argsz++)
		EXPECT_EQ(-EINVAL, hot_reset(self->fd, argsz, 0, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER, 1, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER + 4, 0, 1, &self->fd, 1));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER + 4, 0, 1, &self->iommufd, 1));
	EXPECT_EQ(-EINVAL, hot_reset(self->fd, HEADER, 0, ~0u, NULL, 0));
	if (__mock_find(self->fd, &mock)) {
		EXPECT_EQ(0, hot_reset(self->fd, HEADER, 0, 0, NULL, 0));
		return;
	}
	resets = mock_read(&mock, MOCK_REG_RESETS);
	EXPECT_EQ(0, hot_reset(self->fd, HEADER, 0, 0, NULL, 0));
	EXPECT_EQ(resets + 1, mock_read(&mock, MOCK_REG_RESETS));
}

/* With a group as proof a device from a group is reset, and without one it is not. */
VFIO_TEST_F(cdev, group_is_proof_for_groups_only, "CDEV-046 RST-018")
{
	struct vfio_dev dev;

	if (on_root_bus(self->bdf))
		SKIP(return, "the device is on the root bus");
	device_open(&dev, self->bdf);
	EXPECT_EQ(-EINVAL, hot_reset(dev.fd, HEADER, 0, 0, NULL, 0));
	EXPECT_EQ(-EINVAL, hot_reset_with(dev.fd, self->fd));
	EXPECT_EQ(-EINVAL, hot_reset_with(dev.fd, self->iommufd));
	EXPECT_EQ(0, hot_reset_with(dev.fd, dev.group));
	device_close(&dev);
}

/* What of the group is not bound itself belongs to the owner of the other. */
VFIO_TEST_F(cdev, sibling_is_owned_with_the_group, "RST-013 CDEV-044 CDEV-045")
{
	const char *bdf = role_bdf(ROLE_SHARED), *sibling = role_bdf(ROLE_SIBLING);
	uint32_t id, sibling_id;
	struct info info;
	int a, b;

	if (!sibling)
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	if (on_root_bus(bdf))
		SKIP(return, "the devices are on the root bus");
	a = cdev_open(bdf);
	b = cdev_open(sibling);
	cdev_bind(a, self->iommufd, &id);
	ASSERT_EQ(0, get_info(a, &info));
	if (info.head.count != 2)
		SKIP(return, "devices of other groups are affected");
	EXPECT_EQ(VFIO_PCI_HOT_RESET_FLAG_DEV_ID | VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED,
		  info.head.flags);
	EXPECT_EQ(id, entry(&info, bdf)->devid);
	EXPECT_EQ(VFIO_PCI_DEVID_OWNED, entry(&info, sibling)->devid);
	EXPECT_EQ(0, hot_reset(a, HEADER, 0, 0, NULL, 0));

	cdev_bind(b, self->iommufd, &sibling_id);
	EXPECT_NE(id, sibling_id);
	ASSERT_EQ(0, get_info(a, &info));
	EXPECT_EQ(sibling_id, entry(&info, sibling)->devid);
	ASSERT_EQ(0, get_info(b, &info));
	EXPECT_EQ(id, entry(&info, bdf)->devid);
	EXPECT_EQ(0, hot_reset(a, HEADER, 0, 0, NULL, 0));
	EXPECT_EQ(0, hot_reset(b, HEADER, 0, 0, NULL, 0));
	close(a);
	close(b);
}

/* Virtual functions are on the bus of the physical one, and in groups of their own. */
VFIO_TEST_F(cdev, others_own_part_of_the_bus, "RST-013 RST-032 CDEV-045")
{
	const char *why, *pf = sriov_candidate(&why);
	struct sriov sriov;
	char vf[BDF_MAX];
	struct info info;
	uint32_t devid;
	int fd, ret;

	if (!pf)
		SKIP(return, "%s", why);
	sriov_keep(&sriov, pf);
	__sriov_set_param("Y");
	fd = cdev_open(pf);
	cdev_bind(fd, self->iommufd, &devid);
	ret = get_info(fd, &info);
	EXPECT_TRUE(!ret || ret == -ENODEV);
	sriov_set(&sriov, 1);
	ASSERT_TRUE(sriov_vf(&sriov, 0, vf));
	ret = get_info(fd, &info);
	if (!ret) {
		EXPECT_EQ(VFIO_PCI_HOT_RESET_FLAG_DEV_ID, info.head.flags);
		EXPECT_EQ(devid, entry(&info, pf)->devid);
		EXPECT_EQ((uint32_t)VFIO_PCI_DEVID_NOT_OWNED, entry(&info, vf)->devid);
		EXPECT_EQ(-EINVAL, hot_reset(fd, HEADER, 0, 0, NULL, 0));
	}
	close(fd);
	sriov_restore(&sriov);
	if (ret)
		SKIP(return, "the bus of the physical function has no reset");
}

VFIO_TEST_F(cdev, vm_is_that_at_bind, "CDEV-047 CDEV-048 KVM-020")
{
	struct mock mock;
	int vm, device;

	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	vm = vm_create();
	device = vm_vfio_device(vm);
	cdev_bind(self->fd, self->iommufd, NULL);
	if (__mock_find(self->fd, &mock))
		SKIP(return, "the driver does not tell about its VM");
	EXPECT_EQ(0, mock_read(&mock, MOCK_REG_HAS_KVM));
	/* Too late for this open. */
	kvm_vfio_add(device, self->fd);
	EXPECT_EQ(0, mock_read(&mock, MOCK_REG_KVM_NOW));
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(device, self->fd));
	kvm_vfio_del(device, self->fd);
	close(self->fd);

	self->fd = cdev_open(self->bdf);
	kvm_vfio_add(device, self->fd);
	cdev_bind(self->fd, self->iommufd, NULL);
	EXPECT_EQ(1, mock_read(&(struct mock){ self->fd, mock.index, mock.offset, mock.size },
			       MOCK_REG_HAS_KVM));
	mock.fd = self->fd;
	kvm_vfio_del(device, self->fd);
	EXPECT_EQ(1, mock_read(&mock, MOCK_REG_KVM_NOW));
	close(device);
	close(vm);
	EXPECT_EQ(1, mock_read(&mock, MOCK_REG_KVM_NOW));
}

/* The VM holds the file of a device that was shown to it, not the device. */
VFIO_TEST_F(cdev, vm_holds_the_file, "KVM-020 CDEV-041")
{
	int vm, device;

	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	vm = vm_create();
	device = vm_vfio_device(vm);
	kvm_vfio_add(device, self->fd);
	cdev_bind(self->fd, self->iommufd, NULL);
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(-EBUSY, __group_open(self->number));
	close(device);
	EXPECT_TRUE(cdev_group_is_free(self->number));
	close(vm);
}

CONFORMANCE_MAIN
