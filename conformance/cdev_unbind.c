// SPDX-License-Identifier: GPL-2.0-only
/* Character devices of a device that loses its driver. */
#include <fcntl.h>
#include <string.h>

#include "cdev_fixture.h"
#include "bind_util.h"

FIXTURE(going)
{
	struct binding binding;
	struct unbinder unbinder;
	char node[300];
	int iommufd, fd;
};

FIXTURE_SETUP(going)
{
	const char *why, *bdf = bind_candidate(&why);

	self->fd = self->iommufd = self->unbinder.fd = -1;
	if (!bdf)
		SKIP(return, "%s", why);
	if (cdev_missing(bdf))
		SKIP(return, "%s", cdev_missing(bdf));
	ASSERT_EQ(0, __cdev_path(bdf, self->node, sizeof(self->node)));
	binding_keep(&self->binding, bdf);
	unbinder_start(&self->unbinder, &self->binding);
	self->iommufd = iommufd_open();
}

FIXTURE_TEARDOWN(going)
{
	close(self->fd);
	unbinder_join(&self->unbinder);
	close(self->iommufd);
	binding_restore(&self->binding);
}

/* open() of the file that @fd is open on, whatever its name: a descriptor or -errno. */
static int open_again(int fd)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = open(path, O_RDWR | O_CLOEXEC);
	return ret < 0 ? -errno : ret;
}

static void has_ended(struct __test_metadata *_metadata, FIXTURE_DATA(going) *self)
{
	ASSERT_TRUE(unbinder_done(&self->unbinder, 5000));
	EXPECT_EQ((int)strlen(self->binding.bdf), unbinder_join(&self->unbinder));
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
}

VFIO_TEST_F(going, unused, "CDEV-002")
{
	int path = open(self->node, O_PATH | O_CLOEXEC), ret;

	ASSERT_LE(0, path);
	unbinder_go(&self->unbinder);
	has_ended(_metadata, self);
	EXPECT_NE(0, access(self->node, F_OK));
	ret = open_again(path);
	outcome("CDEV-002", errno_name(ret));
	EXPECT_TRUE(ret == -ENODEV || ret == -ENXIO);
	close(path);
}

/* Also a descriptor that is not bound keeps the driver, which cannot know of it. */
VFIO_TEST_F(going, waits_for_unbound_descriptor, "CDEV-005 DEV-013")
{
	self->fd = cdev_open(self->binding.bdf);
	unbinder_go(&self->unbinder);
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	close(self->fd);
	self->fd = -1;
	has_ended(_metadata, self);
}

VFIO_TEST_F(going, waits_for_bound_descriptor, "DRV-019 DEV-013 CDEV-041")
{
	int ret;

	self->fd = cdev_open(self->binding.bdf);
	cdev_bind(self->fd, self->iommufd, NULL);
	unbinder_go(&self->unbinder);
	EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	/* Nobody finds it any more. */
	EXPECT_NE(0, access(self->node, F_OK));
	ret = open_again(self->fd);
	outcome("DRV-019", errno_name(ret < 0 ? ret : 0));
	EXPECT_TRUE(ret >= 0 || ret == -ENODEV || ret == -ENXIO);
	if (ret >= 0) {
		/* It came by way of the open file, and is one more that is waited for. */
		close(self->fd);
		self->fd = ret;
		EXPECT_FALSE(unbinder_done(&self->unbinder, 300));
	}
	close(self->fd);
	self->fd = -1;
	has_ended(_metadata, self);
}

CONFORMANCE_MAIN
