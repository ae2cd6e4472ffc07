// SPDX-License-Identifier: GPL-2.0-only
/* Getting a device descriptor from a group, and what every device descriptor does. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define NO_SUCH_IOCTL	_IO(VFIO_TYPE, VFIO_BASE + 90)
#define TOKEN		"83d8f4f2-509f-382f-3c1e-e6bfe0fa1001"

/* A group that is ready to give devices. */
FIXTURE(ready)
{
	const char *bdf;
	int group, container;
	char name[256];
};

FIXTURE_SETUP(ready)
{
	self->bdf = role_bdf(ROLE_MAIN);
	if (!self->bdf)
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	self->container = container_open();
	self->group = group_open(sysfs_group(self->bdf));
	group_set_container(self->group, self->container);
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
}

FIXTURE_TEARDOWN(ready)
{
	close(self->group);
	close(self->container);
}

static int get_with(FIXTURE_DATA(ready) *self, const char *suffix)
{
	snprintf(self->name, sizeof(self->name), "%s%s", self->bdf, suffix);
	return __group_get_device_fd(self->group, self->name);
}

VFIO_TEST_F(ready, unknown_name, "GRP-047")
{
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->group, "no-such-device"));
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->group, ""));
}

VFIO_TEST_F(ready, device_of_other_group, "GRP-048")
{
	const char *other = NULL;
	unsigned int i;

	for (i = 0; named_bdf(i) && !other; i++)
		if (sysfs_group(named_bdf(i)) != sysfs_group(self->bdf))
			other = named_bdf(i);
	if (!other)
		SKIP(return, "no device of another group is named");
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->group, other));
}

VFIO_TEST_F(ready, no_descriptor_left, "GRP-049")
{
	struct rlimit limit, none;
	int next = dup(self->group);

	close(next);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = (struct rlimit){ .rlim_cur = next, .rlim_max = limit.rlim_max };
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(-EMFILE, __group_get_device_fd(self->group, self->bdf));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	/* An open device would hold the group in its container. */
	EXPECT_EQ(0, __group_unset_container(self->group));
}

VFIO_TEST_F(ready, descriptor, "GRP-050")
{
	int fd = __group_get_device_fd(self->group, self->bdf);
	char path[32], link[64] = "";

	ASSERT_GE(fd, 0);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(fd, F_GETFL) & O_ACCMODE);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ASSERT_GT(readlink(path, link, sizeof(link) - 1), 0);
	EXPECT_STREQ("anon_inode:[vfio-device]", link);
	close(fd);
}

VFIO_TEST_F(ready, second_descriptor, "GRP-051 DEV-001")
{
	int first = group_get_device_fd(self->group, self->bdf);
	int second = __group_get_device_fd(self->group, self->bdf);
	struct vfio_device_info info;

	ASSERT_GE(second, 0);
	ASSERT_NE(first, second);
	close(first);
	/* The device is still open: it answers, and holds the group in the container. */
	device_info(second, &info);
	EXPECT_EQ(-EBUSY, __group_unset_container(self->group));
	close(second);
	EXPECT_EQ(0, __group_unset_container(self->group));
}

VFIO_TEST_F(ready, name_with_more_behind, "GRP-055")
{
	EXPECT_EQ(-ENODEV, get_with(self, "x"));
	EXPECT_EQ(-ENODEV, get_with(self, "0"));
	/* Nor is a part of the name enough. */
	snprintf(self->name, sizeof(self->name), "%.*s", (int)strlen(self->bdf) - 1, self->bdf);
	EXPECT_EQ(-ENODEV, __group_get_device_fd(self->group, self->name));
}

VFIO_TEST_F(ready, name_with_blanks, "GRP-056")
{
	int fd = get_with(self, " ");

	EXPECT_GE(fd, 0);
	close(fd);
}

VFIO_TEST_F(ready, unknown_option, "GRP-057")
{
	EXPECT_EQ(-EINVAL, get_with(self, " foo"));
	EXPECT_EQ(-EINVAL, get_with(self, " vf_tokens=" TOKEN));
}

VFIO_TEST_F(ready, token_too_short, "GRP-058")
{
	EXPECT_EQ(-EINVAL, get_with(self, " vf_token="));
	EXPECT_EQ(-EINVAL, get_with(self, " vf_token=83d8f4f2"));
}

VFIO_TEST_F(ready, token_malformed, "GRP-059")
{
	EXPECT_EQ(-EINVAL, get_with(self, " vf_token=83d8f4f2-509f-382f-3c1e-e6bfe0fa100x"));
	EXPECT_EQ(-EINVAL, get_with(self, " vf_token=83d8f4f2x509f-382f-3c1e-e6bfe0fa1001"));
}

VFIO_TEST_F(ready, token_twice, "GRP-060")
{
	EXPECT_EQ(-EINVAL, get_with(self, " vf_token=" TOKEN " vf_token=" TOKEN));
}

VFIO_TEST_F(ready, token_without_sriov, "GRP-061")
{
	char text[32];

	if (__sysfs_read(self->bdf, "sriov_totalvfs", text, sizeof(text)) >= 0)
		SKIP(return, "the device has SR-IOV");
	EXPECT_EQ(-EINVAL, get_with(self, " vf_token=" TOKEN));
}

VFIO_TEST_F(ready, listed_in_sysfs, "DEV-018")
{
	char path[128];
	struct dirent *e;
	unsigned int found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", self->bdf);
	/* 5.19 and before have no such class; who has it lists the device. */
	if (access("/sys/class/vfio-dev", F_OK)) {
		outcome("DEV-018", "absent");
		EXPECT_EQ(-1, access(path, F_OK));
		return;
	}
	outcome("DEV-018", "listed");
	dir = opendir(path);
	ASSERT_NE(NULL, dir);
	while ((e = readdir(dir)))
		found += !strncmp(e->d_name, "vfio", 4);
	closedir(dir);
	EXPECT_EQ(1, found);
}

FIXTURE(device)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(device)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
}

FIXTURE_TEARDOWN(device)
{
	device_close(&self->dev);
}

VFIO_TEST_F(device, lives_on_in_another_process, "DEV-003")
{
	int go[2], status;
	pid_t child;
	char c;

	ASSERT_EQ(0, pipe(go));
	child = fork();
	ASSERT_GE(child, 0);
	if (!child) {
		struct vfio_device_info info;

		close(go[1]);
		if (read(go[0], &c, 1))
			_exit(1);
		device_info(self->dev.fd, &info);
		_exit(info.flags & VFIO_DEVICE_FLAGS_PCI ? 0 : 1);
	}
	device_close(&self->dev);
	/* End of file tells the child that we are done with the device. */
	close(go[1]);
	close(go[0]);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

VFIO_TEST_F(device, no_lseek, "DEV-004")
{
	EXPECT_EQ(-1, lseek(self->dev.fd, 0, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, lseek(self->dev.fd, 0, SEEK_CUR));
	EXPECT_EQ(ESPIPE, errno);
}

VFIO_TEST_F(device, file_position, "DEV-005 RW-025")
{
	uint32_t v;

	if (!edu_is(self->dev.bdf))
		SKIP(return, "BAR 0 is only known of an edu device");
	edu_write32(self->dev.fd, EDU_LIVENESS, 0x12345678);
	/* read() starts at region 0, offset 0, and goes on behind what it read. */
	ASSERT_EQ(4, read(self->dev.fd, &v, 4));
	EXPECT_EQ(EDU_ID_VALUE, v);
	ASSERT_EQ(4, read(self->dev.fd, &v, 4));
	EXPECT_EQ(~0x12345678u, v);
	/* pread() does not move it. */
	ASSERT_EQ(4, pread(self->dev.fd, &v, 4, 0));
	v = 5;
	ASSERT_EQ(4, write(self->dev.fd, &v, 4));
	EXPECT_EQ(120, edu_factorial(self->dev.fd, 5));
}

VFIO_TEST_F(device, unknown_ioctl, "DEV-010")
{
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->dev.fd, NO_SUCH_IOCTL, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->dev.fd, VFIO_GET_API_VERSION, NULL));
	EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->dev.fd, VFIO_GROUP_GET_STATUS, NULL));
}

/* Later kernels say which device it is: "vfio-device-syspath: /sys/devices/...". */
VFIO_TEST_F(device, fdinfo, "DEV-021")
{
	char path[64], text[1024], want[PATH_MAX], *line;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->dev.fd);
	f = fopen(path, "r");
	ASSERT_NE(NULL, f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = 0;
	EXPECT_NE(NULL, strstr(text, "flags:\t"));
	line = strstr(text, "vfio-device-syspath:");
	if (!line)
		SKIP(return, "this kernel does not name the device");
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", self->dev.bdf);
	ASSERT_NE(NULL, realpath(path, want));
	line += strlen("vfio-device-syspath:");
	line += strspn(line, " \t");
	line[strcspn(line, "\n")] = 0;
	EXPECT_STREQ(want, line);
}

CONFORMANCE_MAIN
