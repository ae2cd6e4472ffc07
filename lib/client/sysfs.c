// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/vfio_client.h"

bool bdf_is_mdev(const char *bdf)
{
	return strlen(bdf) == 36 && bdf[8] == '-';
}

static void device_path(char *path, size_t size, const char *bdf, const char *name)
{
	snprintf(path, size, "/sys/bus/%s/devices/%s/%s", bdf_is_mdev(bdf) ? "mdev" : "pci", bdf,
		 name);
}

/* The last component of a link's target. */
static int link_name(const char *bdf, const char *name, char *buf, size_t size)
{
	char path[256], target[512];
	const char *base;
	ssize_t len;

	device_path(path, sizeof(path), bdf, name);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = 0;
	base = strrchr(target, '/');
	if (snprintf(buf, size, "%s", base ? base + 1 : target) >= (int)size)
		return -ENAMETOOLONG;
	return 0;
}

int __sysfs_group(const char *bdf)
{
	char name[32];
	int ret = link_name(bdf, "iommu_group", name, sizeof(name));

	return ret ? ret : atoi(name);
}

int sysfs_group(const char *bdf)
{
	int group = __sysfs_group(bdf);

	if (group < 0)
		CLIENT_FAIL("%s: iommu_group: %s", bdf, client_errno(group));
	return group;
}

int __sysfs_driver(const char *bdf, char *name, size_t size)
{
	return link_name(bdf, "driver", name, size);
}

static int read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int err;

	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	err = errno;
	close(fd);
	if (len < 0)
		return -err;
	while (len && isspace((unsigned char)buf[len - 1]))
		len--;
	buf[len] = 0;
	return len;
}

int __sysfs_read(const char *bdf, const char *attr, char *buf, size_t size)
{
	char path[256];

	device_path(path, sizeof(path), bdf, attr);
	return read_text(path, buf, size);
}

uint64_t sysfs_number(const char *bdf, const char *attr)
{
	char text[64];
	int ret = __sysfs_read(bdf, attr, text, sizeof(text));

	if (ret < 0)
		CLIENT_FAIL("%s: %s: %s", bdf, attr, client_errno(ret));
	return strtoull(text, NULL, 0);
}

bool sysfs_has_reset(const char *bdf, const char *method)
{
	char text[128], *word, *save;

	if (__sysfs_read(bdf, "reset_method", text, sizeof(text)) < 0)
		return false;
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (!strcmp(word, method))
			return true;
	return false;
}

bool sysfs_can_reset(const char *bdf)
{
	char text[128];

	return __sysfs_read(bdf, "reset_method", text, sizeof(text)) > 0;
}

int __file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text));
	if (ret < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int __sysfs_write(const char *bdf, const char *attr, const char *text)
{
	char path[256];

	device_path(path, sizeof(path), bdf, attr);
	return __file_write(path, text);
}

uint64_t file_number(const char *path, uint64_t fallback)
{
	char text[64], *end;
	unsigned long long value;

	if (read_text(path, text, sizeof(text)) <= 0)
		return fallback;
	value = strtoull(text, &end, 0);
	return *end ? fallback : value;
}
