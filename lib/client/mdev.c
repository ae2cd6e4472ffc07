// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/mdev.h"
#include "client/vfio_client.h"

#define CLASS	"/sys/class/mdev_bus"
#define BUS	"/sys/bus/mdev/devices"

/* Word number @n of an environment variable, in memory that stays. */
static const char *word(const char *variable, unsigned int n)
{
	const char *list = getenv(variable);
	char *copy, *name, *save;

	if (!list)
		return NULL;
	copy = strdup(list);
	if (!copy)
		CLIENT_FAIL("no memory");
	for (name = strtok_r(copy, " ", &save); name && n--; name = strtok_r(NULL, " ", &save))
		;
	if (!name)
		free(copy);
	return name;
}

const char *mdev_uuid(unsigned int n)
{
	return word("VFIO_COMPLIANCE_MDEVS", n);
}

const char *mdev_parent(unsigned int n)
{
	return word("VFIO_COMPLIANCE_MDEV_PARENT", n);
}

int __file_put(const char *path, const void *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, len);
	if (ret < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int __file_get(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = read(fd, buf, size - 1);
	if (ret < 0)
		ret = -errno;
	close(fd);
	buf[ret > 0 ? ret : 0] = '\0';
	if (ret > 0 && buf[ret - 1] == '\n')
		buf[--ret] = '\0';
	return ret;
}

/* One of a few buffers in turn, per thread. */
static char *path_buffer(void)
{
	static __thread char buffers[4][512];
	static __thread unsigned int next;

	return buffers[next++ % 4];
}

const char *mdev_type_path(const char *parent, const char *type, const char *attr)
{
	char *path = path_buffer();

	snprintf(path, 512, CLASS "/%s/mdev_supported_types/%s/%s", parent, type, attr);
	return path;
}

const char *mdev_path(const char *uuid, const char *attr)
{
	char *path = path_buffer();

	snprintf(path, 512, BUS "/%s%s%s", uuid, *attr ? "/" : "", attr);
	return path;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

bool mdev_type(const char *parent, unsigned int n, char type[MDEV_NAME_MAX])
{
	struct dirent **list;
	bool found = false;
	int i, count;

	count = scandir(mdev_type_path(parent, "", ""), &list, NULL, by_name);
	if (count < 0)
		CLIENT_FAIL("types of %s: %s", parent, client_errno(errno));
	for (i = 0; i < count; i++) {
		if (list[i]->d_name[0] != '.' && !n--) {
			snprintf(type, MDEV_NAME_MAX, "%s", list[i]->d_name);
			found = true;
		}
		free(list[i]);
	}
	free(list);
	return found;
}

unsigned int mdev_available(const char *parent, const char *type)
{
	uint64_t n = file_number(mdev_type_path(parent, type, "available_instances"), UINT64_MAX);

	if (n == UINT64_MAX)
		CLIENT_FAIL("available_instances of %s cannot be read", type);
	return n;
}

int __mdev_create(const char *parent, const char *type, const char *uuid)
{
	int ret = __file_put(mdev_type_path(parent, type, "create"), uuid, strlen(uuid));

	if (ret < 0)
		return ret;
	return ret == (int)strlen(uuid) ? 0 : -EIO;
}

void mdev_create(const char *parent, const char *type, const char *uuid)
{
	int ret = __mdev_create(parent, type, uuid);

	if (ret)
		CLIENT_FAIL("create %s of %s: %s", uuid, type, client_errno(ret));
}

int __mdev_remove(const char *uuid)
{
	int ret = __file_put(mdev_path(uuid, "remove"), "1", 1);

	if (ret < 0)
		return ret;
	return ret == 1 ? 0 : -EIO;
}

bool mdev_exists(const char *uuid)
{
	return !access(mdev_path(uuid, ""), F_OK);
}

int mdev_group(const char *uuid)
{
	char target[512] = "";
	const char *base;

	if (readlink(mdev_path(uuid, "iommu_group"), target, sizeof(target) - 1) < 0)
		CLIENT_FAIL("%s: iommu_group: %s", uuid, client_errno(errno));
	base = strrchr(target, '/');
	return atoi(base ? base + 1 : target);
}

static void open_into(struct vfio_dev *dev, const char *uuid, int container)
{
	dev->bdf[0] = '\0';
	dev->group_number = mdev_group(uuid);
	dev->container = container;
	dev->group = group_open(dev->group_number);
	group_set_container(dev->group, container);
}

void mdev_open(struct vfio_dev *dev, const char *uuid, unsigned long iommu_type)
{
	open_into(dev, uuid, container_open());
	container_set_iommu(dev->container, iommu_type);
	dev->fd = group_get_device_fd(dev->group, uuid);
}

void mdev_open_in(struct vfio_dev *dev, const char *uuid, const struct vfio_dev *first)
{
	int container = fcntl(first->container, F_DUPFD_CLOEXEC, 0);

	if (container < 0)
		CLIENT_FAIL("dup of the container: %s", client_errno(errno));
	open_into(dev, uuid, container);
	dev->fd = group_get_device_fd(dev->group, uuid);
}
