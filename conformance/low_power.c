// SPDX-License-Identifier: GPL-2.0-only
/* The low power features of vfio-pci. */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define ENTRY	VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY
#define WAKEUP	VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP
#define EXIT	VFIO_DEVICE_FEATURE_LOW_POWER_EXIT

FIXTURE(power)
{
	struct vfio_dev dev;
	int fd;
};

FIXTURE_SETUP(power)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
	if (__feature_probe(self->fd, ENTRY, VFIO_DEVICE_FEATURE_SET) == -ENOTTY)
		SKIP(return, "the kernel has no low power features");
}

FIXTURE_TEARDOWN(power)
{
	device_close(&self->dev);
}

static int enter(int fd)
{
	return __feature_set(fd, ENTRY, NULL, 0);
}

static int enter_with_wakeup(int fd, int eventfd)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = eventfd };

	return __feature_set(fd, WAKEUP, &entry, sizeof(entry));
}

static int leave(int fd)
{
	return __feature_set(fd, EXIT, NULL, 0);
}

/* The signal that a load from @bar ends a process with, 0 for none. */
static int signal_of_load(const volatile uint32_t *bar)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		signal(SIGBUS, SIG_DFL);
		*bar;
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		CLIENT_FAIL("fork: %s", client_errno(errno));
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

VFIO_TEST_F(power, entry, "FEAT-044 FEAT-053 MMAP-011")
{
	struct vfio_region_info info;
	volatile uint32_t *bar;

	ASSERT_EQ(0, __region_info(self->fd, 0, &info));
	if (!(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		SKIP(return, "BAR 0 cannot be mapped");
	bar = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, (void *)bar);
	/* The page is there before, so that it has to be taken away. */
	*bar;
	ASSERT_EQ(0, enter(self->fd));
	EXPECT_EQ(SIGBUS, signal_of_load(bar));
	/* Calls wake the device for as long as they take. */
	EXPECT_EQ(0, __region_info(self->fd, 0, &info));
	EXPECT_EQ(sysfs_number(self->dev.bdf, "vendor"), config_read16(self->fd, 0));
	EXPECT_EQ(SIGBUS, signal_of_load(bar));
	EXPECT_EQ(0, leave(self->fd));
	EXPECT_EQ(0, signal_of_load(bar));
}

VFIO_TEST_F(power, entry_twice, "FEAT-045")
{
	ASSERT_EQ(0, enter(self->fd));
	EXPECT_EQ(-EINVAL, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
	EXPECT_EQ(0, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
}

VFIO_TEST_F(power, negative_eventfd, "FEAT-049")
{
	EXPECT_EQ(-EINVAL, enter_with_wakeup(self->fd, -1));
	EXPECT_EQ(-EINVAL, enter_with_wakeup(self->fd, -77));
	/* Not engaged by it. */
	EXPECT_EQ(0, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
}

VFIO_TEST_F(power, wrong_eventfd, "FEAT-050")
{
	uint32_t head[2] = { 16, VFIO_DEVICE_FEATURE_SET | WAKEUP };
	int event = eventfd_new();

	close(event);
	EXPECT_EQ(-EBADF, enter_with_wakeup(self->fd, event));
	EXPECT_EQ(-EINVAL, enter_with_wakeup(self->fd, self->dev.container));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(8, head, false)));
	EXPECT_EQ(0, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
}

VFIO_TEST_F(power, wakeup_while_engaged, "FEAT-051")
{
	int event = eventfd_new();

	ASSERT_EQ(0, enter(self->fd));
	EXPECT_EQ(-EINVAL, enter_with_wakeup(self->fd, event));
	EXPECT_EQ(-EINVAL, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
	close(event);
}

VFIO_TEST_F(power, access_wakes, "FEAT-052")
{
	int event = eventfd_new(), i;
	struct vfio_region_info info;
	uint64_t n = 0;

	ASSERT_EQ(0, enter_with_wakeup(self->fd, event));
	/* The device suspends some time later; only then there is something to wake. */
	for (i = 0; i < 200 && !n; i++) {
		usleep(5000);
		ASSERT_EQ(0, __region_info(self->fd, 0, &info));
		n = eventfd_count(event);
	}
	EXPECT_EQ(1, n);
	/* Awake for good. */
	ASSERT_EQ(0, __region_info(self->fd, 0, &info));
	EXPECT_EQ(0, eventfd_count(event));
	EXPECT_EQ(0, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
	close(event);
}

VFIO_TEST_F(power, exit_is_idempotent, "FEAT-054")
{
	EXPECT_EQ(0, leave(self->fd));
	ASSERT_EQ(0, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
	EXPECT_EQ(0, leave(self->fd));
}

VFIO_TEST_F(power, close_leaves_it, "FEAT-055")
{
	ASSERT_EQ(0, enter(self->fd));
	close(self->fd);
	self->fd = self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	EXPECT_EQ(0, enter(self->fd));
	EXPECT_EQ(0, leave(self->fd));
}

CONFORMANCE_MAIN
