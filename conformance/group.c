// SPDX-License-Identifier: GPL-2.0-only
/* The group descriptor outside of a container. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define NO_SUCH_IOCTL	_IO(VFIO_TYPE, VFIO_BASE + 90)

FIXTURE(group)
{
	const char *bdf;
	int number, fd;
};

FIXTURE_SETUP(group)
{
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->number = sysfs_group(self->bdf);
	self->fd = group_open(self->number);
}

FIXTURE_TEARDOWN(group)
{
	close(self->fd);
}

VFIO_TEST_F(group, opens_again_after_close, "GRP-001")
{
	close(self->fd);
	self->fd = __group_open(self->number);
	EXPECT_GE(self->fd, 0);
}

VFIO_TEST_F(group, second_open_is_busy, "GRP-002")
{
	pid_t child;
	int status;

	EXPECT_EQ(-EBUSY, __group_open(self->number));
	child = fork();
	ASSERT_GE(child, 0);
	if (!child)
		_exit(__group_open(self->number) == -EBUSY ? 0 : 1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

VFIO_TEST_F(group, status_bad_pointer, "GRP-008")
{
	struct vfio_group_status *ro, status = { .argsz = sizeof(status) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_GROUP_GET_STATUS, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_GROUP_GET_STATUS, NULL));
	ro = border_alloc(sizeof(status), &status, true);
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_GROUP_GET_STATUS, ro));
}

VFIO_TEST_F(group, status_short_argsz, "GRP-009")
{
	struct vfio_group_status status;
	uint32_t argsz;

	for (argsz = 0; argsz < sizeof(status); argsz++) {
		status = (struct vfio_group_status){ .argsz = argsz, .flags = 0x5a5a5a5a };
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->fd, VFIO_GROUP_GET_STATUS, &status));
		EXPECT_EQ(argsz, status.argsz);
		EXPECT_EQ(0x5a5a5a5a, status.flags);
	}
}

VFIO_TEST_F(group, status_long_argsz, "GRP-010")
{
	/* At the end of a page, so that a ninth byte is noticed. */
	struct vfio_group_status *status = border_alloc(sizeof(*status), NULL, false);

	status->argsz = 4096;
	EXPECT_EQ(0, __vfio_ioctl(self->fd, VFIO_GROUP_GET_STATUS, status));
	EXPECT_EQ(4096, status->argsz);
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, status->flags);
}

VFIO_TEST_F(group, status_viable, "GRP-011")
{
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->fd));
}

VFIO_TEST_F(group, unknown_ioctl, "GRP-016")
{
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, NO_SUCH_IOCTL, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, VFIO_DEVICE_GET_INFO, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->fd, VFIO_GET_API_VERSION, NULL));
}

VFIO_TEST_F(group, no_read_write, "GRP-017")
{
	char c = 0;

	EXPECT_EQ(-1, read(self->fd, &c, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(self->fd, &c, 1));
	EXPECT_EQ(EINVAL, errno);
}

VFIO_TEST_F(group, set_container_bad_pointer, "GRP-018")
{
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->fd, VFIO_GROUP_SET_CONTAINER, bad_pointer()));
}

VFIO_TEST_F(group, set_container_minus_one, "GRP-019")
{
	int ret = __group_set_container(self->fd, -1);

	EXPECT_TRUE(ret == -EINVAL || ret == -EBADF);
	outcome("GRP-019", errno_name(ret));
}

VFIO_TEST_F(group, set_container_closed_fd, "GRP-020")
{
	int fd = dup(self->fd);

	ASSERT_GE(fd, 0);
	close(fd);
	EXPECT_EQ(-EBADF, __group_set_container(self->fd, fd));
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE, group_flags(self->fd));
}

VFIO_TEST_F(group, set_container_other_file, "GRP-023")
{
	int pipes[2], file, ret;

	ASSERT_EQ(0, pipe(pipes));
	ret = __group_set_container(self->fd, pipes[0]);
	EXPECT_TRUE(ret == -EINVAL || ret == -EBADFD);
	outcome("GRP-023", errno_name(ret));
	EXPECT_EQ(ret, __group_set_container(self->fd, self->fd));
	file = open("/proc/self/exe", O_RDONLY);
	ASSERT_GE(file, 0);
	EXPECT_EQ(ret, __group_set_container(self->fd, file));
	close(file);
	close(pipes[0]);
	close(pipes[1]);
}

VFIO_TEST_F(group, unset_without_container, "GRP-035")
{
	EXPECT_EQ(-EINVAL, __group_unset_container(self->fd));
}

VFIO_TEST_F(group, device_name_bad_pointer, "GRP-042")
{
	/* A name that runs into a page without access. */
	char *open_end = border_alloc(4, "0000", false);

	EXPECT_EQ(-EFAULT, __group_get_device_fd(self->fd, bad_pointer()));
	EXPECT_EQ(-EFAULT, __group_get_device_fd(self->fd, NULL));
	EXPECT_EQ(-EFAULT, __group_get_device_fd(self->fd, open_end));
}

VFIO_TEST_F(group, device_name_too_long, "GRP-043")
{
	char *name = pages_alloc(2 * page_size());

	memset(name, 'x', page_size());
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->fd, name));
	/* A byte less is a name, if not one that is known. */
	name[page_size() - 1] = 0;
	group_set_container(self->fd, container_open());
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->fd, name));
}

VFIO_TEST_F(group, device_needs_container, "GRP-044")
{
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->fd, self->bdf));
}

VFIO_TEST_F(group, unknown_device_without_container, "GRP-046")
{
	int ret = __group_get_device_fd(self->fd, "no-such-device");

	EXPECT_TRUE(ret == -EINVAL || ret == -ENODEV);
	outcome("GRP-046", errno_name(ret));
}

CONFORMANCE_MAIN
