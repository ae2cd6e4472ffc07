// SPDX-License-Identifier: GPL-2.0-only
/* Order of checks in the calls of containers and groups. */
#include <unistd.h>

#include "precedence.h"

/* A container without IOMMU with the main group in it, and that group. */
FIXTURE(order)
{
	int container, group, other;
};

FIXTURE_SETUP(order)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->container = container_open();
	self->other = container_open();
	self->group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
}

FIXTURE_TEARDOWN(order)
{
	close(self->group);
	close(self->other);
	close(self->container);
}

static void status_cut(struct call *call)
{
	call->len = 7;
}

VFIO_TEST_F(order, get_status, "PREC-001")
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct call good = CALL_INIT(self->group, VFIO_GROUP_GET_STATUS, status);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "a byte short", -EFAULT, 0, status_cut, F_POINTER },
		{ "argsz 0", -EINVAL, 0, call_argsz_zero, F_ARGSZ },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	};

	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, rules);
}

static int group_of(const struct call *call);

static void fd_negative(struct call *call)
{
	*CALL_ARG(call, int32_t) = -1;
}

static void fd_closed(struct call *call)
{
	int fd = eventfd_new();

	close(fd);
	*CALL_ARG(call, int32_t) = fd;
}

static void fd_foreign(struct call *call)
{
	*CALL_ARG(call, int32_t) = group_of(call);
}

/* The call is one of a group that is in a container. */
static void has_container(struct call *call)
{
	call->fd = group_of(call);
}

static int group_of(const struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	return self->group;
}

VFIO_TEST_F(order, set_container, "PREC-002")
{
	int32_t fd = self->other;
	struct call good = CALL_INIT(self->group, VFIO_GROUP_SET_CONTAINER, fd);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "-1", -EBADF, -EINVAL, fd_negative, F_A },
		{ "closed", -EBADF, -EINVAL, fd_closed, F_A },
		{ "has one", -EINVAL, 0, has_container, 0 },
		{ "no container", -EBADFD, -EINVAL, fd_foreign, F_A },
	};

	group_set_container(self->group, self->container);
	PRECEDENCE(good, rules);
	EXPECT_EQ(0, __group_unset_container(self->group));
	EXPECT_EQ(0, call_issue(&good));
}

/* The same where the group has none, so that what the descriptor is decides. */
VFIO_TEST_F(order, set_first_container, "PREC-002")
{
	int32_t fd = self->other;
	struct call good = CALL_INIT(self->group, VFIO_GROUP_SET_CONTAINER, fd);
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "-1", -EBADF, -EINVAL, fd_negative, F_A },
		{ "closed", -EBADF, 0, fd_closed, F_A },
		{ "no container", -EBADFD, -EINVAL, fd_foreign, F_A },
	};

	PRECEDENCE(good, rules);
	EXPECT_EQ(0, call_issue(&good));
}

static void type_unknown(struct call *call)
{
	call->value = 0x7fff;
}

/* Containers of which one has no group, the other an IOMMU already. */
static void no_group(struct call *call)
{
	const FIXTURE_DATA(order) *self = call->self;

	call->fd = self->other;
}

VFIO_TEST_F(order, set_iommu, "PREC-003")
{
	struct call good = {
		.fd = self->container, .request = VFIO_SET_IOMMU, .by_value = true,
		.value = VFIO_TYPE1v2_IOMMU, .self = self,
	};
	static const struct rule rules[] = {
		{ "no group", -EINVAL, 0, no_group, 0 },
		{ "unknown type", -ENODEV, 0, type_unknown, 0 },
	};

	group_set_container(self->group, self->container);
	PRECEDENCE(good, rules);
	EXPECT_EQ(0, call_issue(&good));
	/* Having one comes before its type. */
	EXPECT_EQ(-EINVAL, call_issue(&good));
	type_unknown(&good);
	EXPECT_EQ(-EINVAL, call_issue(&good));
}

static void name_unknown(struct call *call)
{
	strcpy((char *)call->buf, "0000:7f:1f.7");
}

static void name_endless(struct call *call)
{
	memset(call->buf, 'x', sizeof(call->buf));
	call->len = 16;
}

VFIO_TEST_F(order, get_device_fd, "PREC-004")
{
	struct call good = { .fd = self->group, .request = VFIO_GROUP_GET_DEVICE_FD, .self = self };
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "no end", -EFAULT, 0, name_endless, F_POINTER | F_A },
		{ "no such device", -ENODEV, 0, name_unknown, F_A },
	};
	char *name;
	int fd;

	strcpy((char *)good.buf, role_bdf(ROLE_MAIN));
	good.len = strlen(role_bdf(ROLE_MAIN)) + 1;
	/* Each of these comes before the group's having no container, or one without IOMMU. */
	EXPECT_EQ(-EINVAL, call_issue(&good));
	PRECEDENCE(good, rules);
	group_set_container(self->group, self->container);
	EXPECT_EQ(-EINVAL, call_issue(&good));
	PRECEDENCE(good, rules);
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	PRECEDENCE(good, rules);
	/* A name of a page or more is refused for its length, whatever follows it. */
	name = pages_alloc(2 * page_size());
	memset(name, 'x', page_size());
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group, name));
	fd = call_issue(&good);
	ASSERT_GE(fd, 0);
	close(fd);
}

/* What only an IOMMU can do is refused before its argument is looked at. */
VFIO_TEST_F(order, no_iommu, "PREC-005")
{
	static const unsigned long calls[] = {
		VFIO_IOMMU_GET_INFO, VFIO_IOMMU_MAP_DMA, VFIO_IOMMU_UNMAP_DMA,
		VFIO_IOMMU_DIRTY_PAGES, VFIO_IOMMU_ENABLE, _IO(VFIO_TYPE, 250),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->container, calls[i], bad_pointer()));
	group_set_container(self->group, self->container);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->container, calls[i], bad_pointer()));
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_EQ(i < 4 ? -EFAULT : -ENOTTY,
			  __vfio_ioctl(self->container, calls[i], bad_pointer()));
}

CONFORMANCE_MAIN
