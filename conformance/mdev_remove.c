// SPDX-License-Identifier: GPL-2.0-only
/* Mediated devices go: by themselves, under a user, together with their parent. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "mdev_fixture.h"

VFIO_TEST_F(mdev_sysfs, remove, "MDEV-008")
{
	char group[64];

	mdev_create(self->parent, self->type, self->uuid[0]);
	snprintf(group, sizeof(group), "/dev/vfio/%d", mdev_group(self->uuid[0]));
	EXPECT_EQ(2, __file_put(mdev_path(self->uuid[0], "remove"), "1\n", 2));
	EXPECT_FALSE(mdev_exists(self->uuid[0]));
	EXPECT_NE(0, access(group, F_OK));
	EXPECT_EQ(-ENOENT, __mdev_remove(self->uuid[0]));
}

VFIO_TEST_F(mdev_sysfs, remove_values, "MDEV-009 MDEV-010")
{
	static const char *const none[] = { "x", "1x", "-1", " 1", "1 1", "0x", "\n", "1\n\n" };
	static const char *const zero[] = { "0", "0\n", "0x0", "00" };
	static const char *const other[] = { "1", "2", "0x10", "+3" };
	unsigned int i;

	mdev_create(self->parent, self->type, self->uuid[0]);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		EXPECT_EQ(-EINVAL, __file_put(mdev_path(self->uuid[0], "remove"), none[i],
						strlen(none[i])));
	for (i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		EXPECT_EQ(strlen(zero[i]), __file_put(mdev_path(self->uuid[0], "remove"), zero[i],
							strlen(zero[i])));
	EXPECT_TRUE(mdev_exists(self->uuid[0]));
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		if (i)
			mdev_create(self->parent, self->type, self->uuid[0]);
		EXPECT_EQ(strlen(other[i]), __file_put(mdev_path(self->uuid[0], "remove"),
							 other[i], strlen(other[i])));
		EXPECT_FALSE(mdev_exists(self->uuid[0]));
	}
}

/* A write in a thread of its own. */
struct writer {
	pthread_t thread;
	pthread_barrier_t *start;	/* or NULL */
	int fd;
	const char *text;
	int ret;
	bool done;
};

static void *write_text(void *arg)
{
	struct writer *w = arg;
	ssize_t ret;

	if (w->start)
		pthread_barrier_wait(w->start);
	ret = write(w->fd, w->text, strlen(w->text));
	w->ret = ret < 0 ? -errno : ret;
	__atomic_store_n(&w->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void writer_start(struct writer *w, const char *path, const char *text,
			 pthread_barrier_t *start)
{
	*w = (struct writer) { .start = start, .text = text };
	w->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (w->fd < 0)
		CLIENT_FAIL("%s: %s", path, client_errno(errno));
	if (pthread_create(&w->thread, NULL, write_text, w))
		CLIENT_FAIL("no thread");
}

static int writer_end(struct writer *w)
{
	if (pthread_join(w->thread, NULL))
		CLIENT_FAIL("the thread is lost");
	close(w->fd);
	return w->ret;
}

static bool writer_done(struct writer *w)
{
	return __atomic_load_n(&w->done, __ATOMIC_ACQUIRE);
}

VFIO_TEST_F(mdev_sysfs, two_removers, "MDEV-012")
{
	pthread_barrier_t start;
	struct writer w[2];
	int round, i, ret, done;

	ASSERT_EQ(0, pthread_barrier_init(&start, NULL, 2));
	for (round = 0; round < 8; round++) {
		mdev_create(self->parent, self->type, self->uuid[0]);
		for (i = 0; i < 2; i++)
			writer_start(&w[i], mdev_path(self->uuid[0], "remove"), "1", &start);
		for (i = done = 0; i < 2; i++) {
			ret = writer_end(&w[i]);
			EXPECT_TRUE(ret == 1 || ret == -ENODEV || ret == -EAGAIN);
			done += ret == 1;
		}
		EXPECT_LE(1, done);
		EXPECT_FALSE(mdev_exists(self->uuid[0]));
	}
	pthread_barrier_destroy(&start);
}

/* The request to give the device back, on an eventfd where it has one. -1: it has none. */
static int request_eventfd(int device)
{
	int fd = eventfd_new();

	if (__irq_eventfd(device, VFIO_PCI_REQ_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

VFIO_TEST_F(mdev_sysfs, remove_waits_for_users, "MDEV-008 DRV-018")
{
	struct vfio_dev dev;
	struct writer w;
	int event, fd;

	mdev_create(self->parent, self->type, self->uuid[0]);
	mdev_open(&dev, self->uuid[0], VFIO_TYPE1v2_IOMMU);
	event = request_eventfd(dev.fd);
	if (event < 0)
		SKIP(goto out, "the device cannot be asked to be given back");

	writer_start(&w, mdev_path(self->uuid[0], "remove"), "1", NULL);
	EXPECT_LT(0, eventfd_wait(event, 5000));
	EXPECT_FALSE(writer_done(&w));
	EXPECT_EQ(-ENOENT, __mdev_remove(self->uuid[0]));
	/* Up to 6.2 it is still there for its group's user. */
	fd = __group_get_device_fd(dev.group, self->uuid[0]);
	EXPECT_TRUE(fd >= 0 || fd == -ENODEV);
	outcome("DRV-018", fd < 0 ? errno_name(fd) : "opens");
	if (fd >= 0)
		close(fd);
	EXPECT_FALSE(writer_done(&w));

	close(dev.fd);
	dev.fd = -1;
	EXPECT_EQ(1, writer_end(&w));
	EXPECT_FALSE(mdev_exists(self->uuid[0]));
	close(event);
out:
	device_close(&dev);
}

/* Of the mock's first parent: whether the second one exists. */
static const char *pool_attr(void)
{
	static char path[256];

	snprintf(path, sizeof(path), "/sys/class/mdev_bus/%s/pool", mdev_parent(0));
	return path;
}

static bool wait_gone(const char *path)
{
	int i;

	for (i = 0; i < 500; i++) {
		if (access(path, F_OK))
			return true;
		usleep(10000);
	}
	return false;
}

VFIO_TEST_F(mdev_sysfs, parent_goes, "MDEV-007 MDEV-013")
{
	int create, remove, i;
	struct vfio_dev dev;
	char link[256];
	struct writer w;

	if (!variant->parent || access(pool_attr(), W_OK))
		SKIP(return, "this parent cannot be taken away");
	mdev_create(self->parent, self->type, self->uuid[0]);
	mdev_create(self->parent, self->type, self->uuid[1]);
	create = open(mdev_type_path(self->parent, self->type, "create"), O_WRONLY | O_CLOEXEC);
	remove = open(mdev_path(self->uuid[0], "remove"), O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, create);
	ASSERT_LE(0, remove);
	mdev_open(&dev, self->uuid[0], VFIO_TYPE1v2_IOMMU);

	snprintf(link, sizeof(link), "/sys/class/mdev_bus/%s", self->parent);
	writer_start(&w, pool_attr(), "0", NULL);
	EXPECT_TRUE(wait_gone(link));
	/* It waits for the user of its device; meanwhile nothing new is made. */
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(-1, write(create, self->uuid[2], MDEV_UUID_LEN));
		EXPECT_EQ(ENODEV, errno);
	}
	EXPECT_EQ(-1, write(remove, "1", 1));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_FALSE(writer_done(&w));
	device_close(&dev);
	EXPECT_EQ(1, writer_end(&w));

	EXPECT_FALSE(mdev_exists(self->uuid[0]));
	EXPECT_FALSE(mdev_exists(self->uuid[1]));
	EXPECT_EQ(-1, write(create, self->uuid[2], MDEV_UUID_LEN));
	EXPECT_EQ(ENODEV, errno);
	close(create);
	close(remove);
	ASSERT_EQ(1, __file_put(pool_attr(), "1", 1));
	EXPECT_EQ(0, __mdev_create(self->parent, self->type, self->uuid[0]));
}

CONFORMANCE_MAIN
