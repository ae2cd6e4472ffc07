// SPDX-License-Identifier: GPL-2.0-only
/* Which files may be added to the KVM VFIO device, and deleted from it. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "kvm_attr.h"

VFIO_TEST_F(attr, no_descriptor, "KVM-017 KVM-035")
{
	int fd = dup(self->group), path = open("/", O_PATH);

	ASSERT_GE(fd, 0);
	close(fd);
	EXPECT_EQ(-EBADF, __kvm_vfio_add(self->device, fd));
	EXPECT_EQ(-EBADF, __kvm_vfio_add(self->device, -1));
	EXPECT_EQ(-EBADF, __kvm_vfio_add(self->device, INT_MIN));
	EXPECT_EQ(-EBADF, __kvm_vfio_add(self->device, path));
	EXPECT_EQ(-EBADF, __kvm_vfio_del(self->device, fd));
	EXPECT_EQ(-EBADF, __kvm_vfio_del(self->device, -1));
	close(path);
}

/* Descriptors of anything but a group or device. */
enum { OTHERS = 9 };

static void open_others(FIXTURE_DATA(attr) *self, int *fds)
{
	fds[0] = eventfd(0, 0);
	fds[1] = open("/dev/null", O_RDWR);
	fds[2] = container_open();
	fds[3] = open("/proc/self/exe", O_RDONLY);
	fds[4] = open("/sys/bus/pci/devices", O_RDONLY | O_DIRECTORY);
	if (pipe(fds + 5))
		CLIENT_FAIL("pipe: %s", client_errno(errno));
	fds[7] = kvm_open();
	fds[8] = dup(self->vm);
}

VFIO_TEST_F(attr, other_files, "KVM-018 KVM-033")
{
	int fds[OTHERS], i;

	open_others(self, fds);
	for (i = 0; i < OTHERS; i++) {
		ASSERT_GE(fds[i], 0);
		EXPECT_EQ(-EINVAL, __kvm_vfio_add(self->device, fds[i]));
		EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, fds[i]));
		close(fds[i]);
	}
	EXPECT_EQ(-EINVAL, __kvm_vfio_add(self->device, self->device));
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->device));
}

VFIO_TEST_F(attr, group_without_container, "KVM-022 KVM-030")
{
	int ret = __kvm_vfio_add(self->device, self->group);

	EXPECT_TRUE(!ret || ret == -EINVAL);
	outcome("KVM-022", errno_name(ret));
	EXPECT_EQ(ret ? -ENOENT : 0, __kvm_vfio_del(self->device, self->group));
}

VFIO_TEST_F(attr, group_in_container, "KVM-023 KVM-030")
{
	int ret, container = container_open();

	group_set_container(self->group, container);
	ret = __kvm_vfio_add(self->device, self->group);
	EXPECT_TRUE(!ret || ret == -EINVAL);
	outcome("KVM-023", errno_name(ret));
	EXPECT_EQ(ret ? -ENOENT : 0, __kvm_vfio_del(self->device, self->group));
	/* KVM has no part in the container. */
	container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
	kvm_vfio_add(self->device, self->group);
	EXPECT_EQ(0, __group_unset_container(self->group));
	kvm_vfio_del(self->device, self->group);
	close(container);
}

VFIO_TEST_F(attr, added_twice, "KVM-025 KVM-026")
{
	int copy = dup(self->group);

	kvm_vfio_add(self->device, self->group);
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, self->group));
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, copy));
	/* Once is enough to be rid of it. */
	kvm_vfio_del(self->device, copy);
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->group));
	close(copy);
}

static void *add_in_thread(void *arg)
{
	FIXTURE_DATA(attr) *self = arg;

	return (void *)(intptr_t)__kvm_vfio_add(self->device, self->group);
}

VFIO_TEST_F(attr, added_by_another_thread, "KVM-027")
{
	pthread_t thread;
	void *ret;

	kvm_vfio_add(self->device, self->group);
	ASSERT_EQ(0, pthread_create(&thread, NULL, add_in_thread, self));
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(-EEXIST, (intptr_t)ret);
}

VFIO_TEST_F(attr, deleted_through_a_duplicate, "KVM-031")
{
	int copy;

	kvm_vfio_add(self->device, self->group);
	copy = dup(self->group);
	close(self->group);
	self->group = copy;
	EXPECT_EQ(0, __kvm_vfio_del(self->device, copy));
}

VFIO_TEST_F(attr, not_added, "KVM-032")
{
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->group));
}

VFIO_TEST_F(attr, added_again, "KVM-036")
{
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, __kvm_vfio_add(self->device, self->group));
		EXPECT_EQ(0, __kvm_vfio_del(self->device, self->group));
	}
}

VFIO_TEST_F(attr, several_groups, "KVM-030 KVM-036")
{
	int other;

	if (!role_bdf(ROLE_PLAIN))
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	other = group_open(sysfs_group(role_bdf(ROLE_PLAIN)));
	kvm_vfio_add(self->device, self->group);
	kvm_vfio_add(self->device, other);
	kvm_vfio_del(self->device, self->group);
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, other));
	kvm_vfio_add(self->device, self->group);
	kvm_vfio_del(self->device, other);
	kvm_vfio_del(self->device, self->group);
	close(other);
}

/* The device's own character device, -errno. */
static int open_cdev(const char *bdf)
{
	char path[300];
	struct dirent *entry;
	int fd = -ENOENT;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", bdf);
	dir = opendir(path);
	while (dir && fd == -ENOENT && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "vfio", 4))
			continue;
		snprintf(path, sizeof(path), "/dev/vfio/devices/%s", entry->d_name);
		fd = open(path, O_RDWR);
		fd = fd < 0 ? -errno : fd;
	}
	if (dir)
		closedir(dir);
	return fd;
}

VFIO_TEST_F(attr, unbound_device_cdev, "KVM-020")
{
	int fd = open_cdev(role_bdf(ROLE_MAIN));

	if (fd == -ENOENT)
		SKIP(return, "no character devices of devices (CONFIG_VFIO_DEVICE_CDEV)");
	ASSERT_GE(fd, 0);
	EXPECT_EQ(0, __kvm_vfio_add(self->device, fd));
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, fd));
	EXPECT_EQ(0, __kvm_vfio_del(self->device, fd));
	close(fd);
}

CONFORMANCE_MAIN
