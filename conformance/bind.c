// SPDX-License-Identifier: GPL-2.0-only
/* A device that loses its driver, unused and in use, and gets it back. */
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "bind_util.h"

FIXTURE(unbind)
{
	struct binding binding;
	struct unbinder unbinder;
	struct vfio_dev dev;
	int len;		/* of the device's name: what a write of it returns */
};

FIXTURE_SETUP(unbind)
{
	const char *why, *bdf = bind_candidate(&why);

	if (!bdf)
		SKIP(return, "%s", why);
	self->dev.container = self->dev.group = self->dev.fd = -1;
	self->unbinder.fd = -1;
	self->len = strlen(bdf);
	binding_keep(&self->binding, bdf);
	unbinder_start(&self->unbinder, &self->binding);
}

FIXTURE_TEARDOWN(unbind)
{
	device_close(&self->dev);
	unbinder_join(&self->unbinder);
	binding_restore(&self->binding);
}

/* Begin to unbind the device, which is open: the write does not return. */
static void begin(struct __test_metadata *_metadata, FIXTURE_DATA(unbind) *self)
{
	device_open(&self->dev, self->binding.bdf);
	unbinder_go(&self->unbinder);
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
}

static void has_ended(struct __test_metadata *_metadata, FIXTURE_DATA(unbind) *self)
{
	ASSERT_TRUE(unbinder_done(&self->unbinder, 5000));
	EXPECT_EQ(self->len, unbinder_join(&self->unbinder));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
}

static bool has_vfio_dev(const char *bdf)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", bdf);
	return !access(path, F_OK);
}

VFIO_TEST_F(unbind, unused_device, "DEV-016 DRV-015 DRV-025 BIND-001 BIND-002")
{
	/* The class came with 6.1. */
	EXPECT_EQ(!access("/sys/class/vfio-dev", F_OK), has_vfio_dev(self->binding.bdf));
	EXPECT_TRUE(group_node_is(self->binding.group, true));
	unbinder_go(&self->unbinder);
	has_ended(_metadata, self);
	EXPECT_TRUE(group_node_is(self->binding.group, false));
	EXPECT_FALSE(has_vfio_dev(self->binding.bdf));
	EXPECT_EQ(-ENOENT, __group_open(self->binding.group));

	EXPECT_EQ(self->len, __device_bind(&self->binding, self->binding.driver));
	EXPECT_TRUE(device_is_bound(self->binding.bdf));
	EXPECT_TRUE(group_node_is(self->binding.group, true));
	device_open(&self->dev, self->binding.bdf);
}

/*
 * Up to 5.19 an open file keeps its group: it has no device and is otherwise as
 * before, and so it is there when the device comes back.
 */
static bool group_is_kept(struct __test_metadata *_metadata, FIXTURE_DATA(unbind) *self)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int ret = __vfio_ioctl(self->dev.group, VFIO_GROUP_GET_STATUS, &status);

	outcome("DEV-017", errno_name(ret));
	if (ret)
		return false;
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->dev.group, self->binding.bdf));
	EXPECT_EQ(-EBUSY, __group_open(self->binding.group));
	return true;
}

VFIO_TEST_F(unbind, group_file_outlives_device, "GRP-015 GRP-024 DEV-017")
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int again;

	self->dev.container = container_open();
	self->dev.group = group_open(self->binding.group);
	unbinder_go(&self->unbinder);
	has_ended(_metadata, self);

	if (group_is_kept(_metadata, self)) {
		ASSERT_EQ(self->len, __device_bind(&self->binding, self->binding.driver));
		EXPECT_EQ(-EBUSY, __group_open(self->binding.group));
		EXPECT_EQ(0, __group_set_container(self->dev.group, self->dev.container));
		return;
	}
	EXPECT_EQ(-ENODEV, __vfio_ioctl(self->dev.group, VFIO_GROUP_GET_STATUS, &status));
	EXPECT_EQ(-EBADF, __group_set_container(self->dev.group, -1));
	EXPECT_EQ(-ENODEV, __group_set_container(self->dev.group, self->dev.container));
	EXPECT_EQ(-ENODEV, __group_set_container(self->dev.group, self->dev.group));
	EXPECT_EQ(-EINVAL, __group_unset_container(self->dev.group));
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->dev.group, self->binding.bdf));

	/* The group of the same number that comes with the device is another one. */
	ASSERT_EQ(self->len, __device_bind(&self->binding, self->binding.driver));
	ASSERT_TRUE(group_node_is(self->binding.group, true));
	again = __group_open(self->binding.group);
	EXPECT_GE(again, 0);
	EXPECT_EQ(0, __group_set_container(again, self->dev.container));
	EXPECT_EQ(-ENODEV, __vfio_ioctl(self->dev.group, VFIO_GROUP_GET_STATUS, &status));
	close(again);
}

VFIO_TEST_F(unbind, group_leaves_its_container, "DEV-017 GRP-015")
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	void *page = pages_alloc(page_size());

	self->dev.container = container_open();
	self->dev.group = group_open(self->binding.group);
	group_set_container(self->dev.group, self->dev.container);
	container_set_iommu(self->dev.container, VFIO_TYPE1v2_IOMMU);
	iommu_map(self->dev.container, page, 0, page_size(), MAP_RW);
	unbinder_go(&self->unbinder);
	has_ended(_metadata, self);

	if (group_is_kept(_metadata, self)) {
		EXPECT_EQ(0, __iommu_map(self->dev.container, page, 0x10000, page_size(), MAP_RW));
		EXPECT_EQ(0, __group_unset_container(self->dev.group));
		return;
	}
	EXPECT_EQ(-ENODEV, __vfio_ioctl(self->dev.group, VFIO_GROUP_GET_STATUS, &status));
	EXPECT_EQ(-EINVAL, __group_unset_container(self->dev.group));
	/* With the last group went the backend. */
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, page, 0x10000, page_size(), MAP_RW));
	EXPECT_EQ(-EINVAL, __container_set_iommu(self->dev.container, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(-ENOENT, __group_open(self->binding.group));
}

VFIO_TEST_F(unbind, blocks_until_last_close, "DEV-013 DRV-016")
{
	struct vfio_device_info info;
	int second;

	device_open(&self->dev, self->binding.bdf);
	second = group_get_device_fd(self->dev.group, self->binding.bdf);
	unbinder_go(&self->unbinder);
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	/* What is open works on. */
	device_info(second, &info);
	EXPECT_TRUE(info.flags & VFIO_DEVICE_FLAGS_PCI);
	close(second);
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	device_info(self->dev.fd, &info);
	close(self->dev.fd);
	self->dev.fd = -1;
	has_ended(_metadata, self);
}

VFIO_TEST_F(unbind, open_while_pending, "GRP-054 DRV-018")
{
	int fd;

	begin(_metadata, self);
	fd = __group_get_device_fd(self->dev.group, self->binding.bdf);
	outcome("GRP-054", errno_name(fd < 0 ? fd : 0));
	EXPECT_TRUE(fd >= 0 || fd == -ENODEV);
	if (fd >= 0) {
		close(self->dev.fd);
		self->dev.fd = -1;
		EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
		close(fd);
	}
	device_close(&self->dev);
	has_ended(_metadata, self);
}

VFIO_TEST_F(unbind, user_is_asked, "DEV-014 DEV-015 DRV-017")
{
	struct vfio_irq_info info;
	int event = eventfd_new();
	struct mock mock;
	uint64_t requests = 0;
	bool counts;

	device_open(&self->dev, self->binding.bdf);
	irq_info(self->dev.fd, VFIO_PCI_REQ_IRQ_INDEX, &info);
	ASSERT_EQ(1, info.count);
	irq_eventfd(self->dev.fd, VFIO_PCI_REQ_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, event);
	counts = !__mock_find(self->dev.fd, &mock);
	if (counts)
		requests = mock_read(&mock, MOCK_REG_REQUESTS);
	unbinder_go(&self->unbinder);
	EXPECT_EQ(1, eventfd_wait(event, 5000));
	if (counts)
		EXPECT_EQ(requests + 1, mock_read(&mock, MOCK_REG_REQUESTS));
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	EXPECT_EQ(0, eventfd_count(event));
	device_close(&self->dev);
	has_ended(_metadata, self);
	EXPECT_EQ(0, eventfd_count(event));
}

VFIO_TEST_F_TIMEOUT(unbind, user_is_asked_again, 60, "DEV-014 DEV-015 DRV-016")
{
	int event;

	if (!getenv("VFIO_COMPLIANCE_SLOW"))
		SKIP(return, "takes 10 s; VFIO_COMPLIANCE_SLOW=1 runs it");
	event = eventfd_new();
	device_open(&self->dev, self->binding.bdf);
	irq_eventfd(self->dev.fd, VFIO_PCI_REQ_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, event);
	unbinder_go(&self->unbinder);
	EXPECT_EQ(1, eventfd_wait(event, 5000));
	EXPECT_EQ(0, eventfd_wait(event, 8000));
	EXPECT_EQ(1, eventfd_wait(event, 8000));
	device_close(&self->dev);
	has_ended(_metadata, self);
}

VFIO_TEST_F(unbind, signal_does_not_end_it, "DEV-013 DRV-020")
{
	int event = eventfd_new();

	device_open(&self->dev, self->binding.bdf);
	irq_eventfd(self->dev.fd, VFIO_PCI_REQ_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, event);
	unbinder_go(&self->unbinder);
	EXPECT_EQ(1, eventfd_wait(event, 5000));
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	unbinder_signal(&self->unbinder);
	/* It has warned, asked again, and waits on. */
	EXPECT_EQ(1, eventfd_wait(event, 5000));
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	unbinder_signal(&self->unbinder);
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	device_close(&self->dev);
	has_ended(_metadata, self);
}

CONFORMANCE_MAIN
