// SPDX-License-Identifier: GPL-2.0-only
/* Device sets that come and go with their devices, and opens and closes inside one. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "bind_util.h"
#include "client/mdev.h"
#include "hot_reset.h"

#define OPENERS	8

FIXTURE(open_at_once)
{
	struct vfio_dev dev;
	struct mock mock;
	pthread_barrier_t barrier;
	int fds[OPENERS];
};

FIXTURE_SETUP(open_at_once)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(device_close(&self->dev); return, "the driver does not count its calls");
}

FIXTURE_TEARDOWN(open_at_once)
{
	device_close(&self->dev);
}

struct opener {
	FIXTURE_DATA(open_at_once) *self;
	pthread_t thread;
	int fd;
	struct vfio_device_info info;
};

static void *open_one(void *arg)
{
	struct opener *o = arg;

	pthread_barrier_wait(&o->self->barrier);
	o->fd = __group_get_device_fd(o->self->dev.group, o->self->dev.bdf);
	/* Open for one is open for all: no call finds it half opened. */
	if (o->fd >= 0)
		device_info(o->fd, &o->info);
	return NULL;
}

VFIO_TEST_F(open_at_once, one_open_device, "SET-015 SET-011")
{
	uint64_t opens = mock_read(&self->mock, MOCK_REG_OPEN_CALLS);
	uint64_t closes = mock_read(&self->mock, MOCK_REG_CLOSE_CALLS);
	struct opener openers[OPENERS];
	int round, i;

	for (round = 0; round < 3; round++) {
		close(self->dev.fd);
		self->dev.fd = -1;
		ASSERT_EQ(0, pthread_barrier_init(&self->barrier, NULL, OPENERS));
		for (i = 0; i < OPENERS; i++) {
			openers[i].self = self;
			ASSERT_EQ(0, pthread_create(&openers[i].thread, NULL, open_one,
						    &openers[i]));
		}
		for (i = 0; i < OPENERS; i++) {
			ASSERT_EQ(0, pthread_join(openers[i].thread, NULL));
			ASSERT_LE(0, openers[i].fd);
			EXPECT_TRUE(openers[i].info.flags & VFIO_DEVICE_FLAGS_PCI);
		}
		pthread_barrier_destroy(&self->barrier);
		self->dev.fd = self->mock.fd = openers[0].fd;
		for (i = 1; i < OPENERS; i++)
			close(openers[i].fd);
		EXPECT_EQ(opens + round + 1, mock_read(&self->mock, MOCK_REG_OPEN_CALLS));
		EXPECT_EQ(closes + round + 1, mock_read(&self->mock, MOCK_REG_CLOSE_CALLS));
	}
}

/* Both devices of a set lose their driver, and get it again in another order. */
FIXTURE(rebound)
{
	struct binding a, b;
};

FIXTURE_SETUP(rebound)
{
	char driver[64], path[128];

	if (!role_bdf(ROLE_SIBLING))
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	if (__sysfs_driver(role_bdf(ROLE_SHARED), driver, sizeof(driver)) ||
	    __sysfs_driver(role_bdf(ROLE_SIBLING), driver, sizeof(driver)))
		SKIP(return, "the devices are not bound to a driver");
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/unbind", driver);
	if (access(path, W_OK))
		SKIP(return, "this user cannot write to the driver's unbind attribute");
	binding_keep(&self->a, role_bdf(ROLE_SHARED));
	binding_keep(&self->b, role_bdf(ROLE_SIBLING));
}

FIXTURE_TEARDOWN(rebound)
{
	/* Whoever keeps the second has what the first waits for. */
	binding_restore(&self->b);
	binding_restore(&self->a);
}

static int bind_again(struct binding *b)
{
	int ret = __sysfs_write(b->bdf, "driver_override", b->driver);

	return ret < 0 ? ret : __device_bind(b, b->driver);
}

VFIO_TEST_F(rebound, set_is_made_anew, "SET-010 SET-007 RST-027")
{
	struct vfio_dev dev;
	struct info info;

	ASSERT_LT(0, __device_unbind(&self->a));
	ASSERT_LT(0, __device_unbind(&self->b));
	ASSERT_TRUE(group_node_is(self->a.group, false));
	ASSERT_LT(0, bind_again(&self->b));
	ASSERT_TRUE(group_node_is(self->a.group, true));

	device_open(&dev, self->b.bdf);
	if (get_info(dev.fd, &info)) {
		device_close(&dev);
		SKIP(return, "the bus has no reset");
	}
	EXPECT_LE(2, info.head.count);
	/* The set is one short of the bus, */
	EXPECT_EQ(-EINVAL, hot_reset_with(dev.fd, dev.group));
	ASSERT_LT(0, bind_again(&self->a));
	/* and now it is whole, without a new open. */
	if (info.head.count == 2)
		EXPECT_EQ(0, hot_reset_with(dev.fd, dev.group));
	ASSERT_LT(0, __device_unbind(&self->a));
	EXPECT_EQ(-EINVAL, hot_reset_with(dev.fd, dev.group));
	device_close(&dev);
}

/* A device that pins, in a container of its own. */
FIXTURE(pins)
{
	struct vfio_dev dev;
	struct mock mock;
	uint64_t page;
};

FIXTURE_SETUP(pins)
{
	self->page = page_size();
	self->dev.fd = self->dev.group = self->dev.container = -1;
	if (!mdev_uuid(0))
		SKIP(return, MDEV_NO_UUID);
	mdev_open(&self->dev, mdev_uuid(0), VFIO_TYPE1v2_IOMMU);
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(return, "the mediated device's driver is not the mock driver");
}

FIXTURE_TEARDOWN(pins)
{
	device_close(&self->dev);
}

/* close_device gives back what it has pinned: then it is no longer charged either. */
VFIO_TEST_F(pins, close_device_can_unpin, "SET-017")
{
	uint8_t *mem = pages_alloc(8 * self->page);
	int i;

	/* Who maps without the privilege is held to the limit. */
	limit_locked_memory(4 * self->page);
	iommu_map(self->dev.container, mem, 0, 8 * self->page, MAP_RW);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(4, mock_command(&self->mock, MOCK_CMD_PIN, 0, 4, 3));
		EXPECT_EQ(-ENOMEM, mock_command(&self->mock, MOCK_CMD_PIN, 4 * self->page, 1, 3));
		close(self->dev.fd);
		self->dev.fd = group_get_device_fd(self->dev.group, mdev_uuid(0));
		self->mock.fd = self->dev.fd;
		EXPECT_EQ(0, mock_read(&self->mock, MOCK_REG_PINS));
	}
}

CONFORMANCE_MAIN
