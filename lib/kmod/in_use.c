// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks at what drivers made below the device in sysfs: block devices, network
 * interfaces, terminals.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kmod/in_use.h"
#include "kmod/bind.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAX_STACK	8	/* of block devices on each other, or of interfaces */

static char *found;		/* the use, "" so far */
static size_t found_size;
static bool ask_kernel;		/* second look: uses that cannot be named */

static int __attribute__((format(printf, 1, 2))) use(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(found, found_size, fmt, args);
	va_end(args);
	return 1;
}

static bool read_text(const char *dir, const char *name, char *text, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return n > 0;
}

static const char *link_name(const char *dir, const char *name, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	n = readlink(path, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	return strrchr(buf, '/') ? strrchr(buf, '/') + 1 : buf;
}

/* The field of a mountinfo line that comes behind " - TYPE". */
static bool source_is(const char *line, const char *name)
{
	const char *at = strstr(line, " - ");
	char source[256];

	if (!at || sscanf(at + 3, "%*s %255s", source) != 1 || strncmp(source, "/dev/", 5))
		return false;
	return !strcmp(source + 5, name);
}

static int mounted(const char *table, const char *name, const char *numbers)
{
	FILE *f = fopen(table, "re");
	char *line = NULL, id[32], where[PATH_MAX];
	size_t size = 0;
	int ret = 0;

	while (f && !ret && getline(&line, &size, f) > 0)
		if (sscanf(line, "%*d %*d %31s %*s %4095s", id, where) == 2 &&
		    (!strcmp(id, numbers) || source_is(line, name)))
			ret = use("%s is mounted on %s", name, where);
	free(line);
	if (f)
		fclose(f);
	return ret;
}

static int swap(const char *name, const char *numbers)
{
	FILE *f = fopen("/proc/swaps", "re");
	char line[PATH_MAX + 64], path[PATH_MAX], id[32];
	struct stat st;
	int ret = 0;

	while (f && !ret && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%4095s", path) != 1 || stat(path, &st) || !S_ISBLK(st.st_mode))
			continue;
		snprintf(id, sizeof(id), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
		if (!strcmp(id, numbers))
			ret = use("%s is swap", name);
	}
	if (f)
		fclose(f);
	return ret;
}

static int block(const char *dir, int depth);

/* RAID, LVM, encryption: what is made of it may be what is mounted. */
static int held(const char *dir, const char *name, int depth)
{
	char path[PATH_MAX];
	struct dirent *e;
	int ret = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/holders", dir);
	d = opendir(path);
	while (d && !ret && (e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/class/block/%s", e->d_name);
		if (depth < MAX_STACK)
			ret = block(path, depth + 1);
		if (!ret)
			ret = use("%s is part of %s", name, e->d_name);
	}
	if (d)
		closedir(d);
	return ret;
}

/* A disk or a partition. */
static int block(const char *dir, int depth)
{
	char numbers[32], node[PATH_MAX];
	const char *name = strrchr(dir, '/') + 1;
	int ret, fd;

	if (!read_text(dir, "dev", numbers, sizeof(numbers)))
		return 0;
	ret = mounted("/proc/self/mountinfo", name, numbers);
	if (!ret)
		ret = mounted("/proc/1/mountinfo", name, numbers);
	if (!ret)
		ret = swap(name, numbers);
	if (!ret)
		ret = held(dir, name, depth);
	if (ret || !ask_kernel)
		return ret;
	/* Whoever cannot share it has it open this way: the kernel knows them all. */
	snprintf(node, sizeof(node), "/dev/%s", name);
	fd = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == EBUSY)
		return use("%s is held by another program or file system", name);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* The namespaces of a controller that can have several paths are not below it. */
static int nvme_subsystem(const char *controller)
{
	static const char class[] = "/sys/class/nvme-subsystem";
	const char *name = strrchr(controller, '/') + 1;
	char dir[PATH_MAX], path[PATH_MAX + 512], sub[PATH_MAX];
	DIR *all = opendir(class), *one;
	struct dirent *e, *n;
	int ret = 0;

	while (all && !ret && (e = readdir(all))) {
		snprintf(dir, sizeof(dir), "%s/%s", class, e->d_name);
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (*e->d_name == '.' || access(path, F_OK))
			continue;
		one = opendir(dir);
		while (one && !ret && (n = readdir(one))) {
			snprintf(path, sizeof(path), "%s/%s", dir, n->d_name);
			if (!strcmp(link_name(path, "subsystem", sub, sizeof(sub)), "block"))
				ret = block(path, 0);
		}
		if (one)
			closedir(one);
	}
	if (all)
		closedir(all);
	return ret;
}

#define RTF_UP		0x0001
#define RTF_REJECT	0x0200

static bool has_default_route(const char *name)
{
	char line[512], iface[64], dest[64], mask[64];
	unsigned int flags, plen;
	bool is = false;
	FILE *f;

	f = fopen("/proc/net/route", "re");
	while (f && !is && fgets(line, sizeof(line), f))
		is = sscanf(line, "%63s %63s %*s %x %*s %*s %*s %63s", iface, dest, &flags,
			    mask) == 4 &&
		     !strcmp(iface, name) && !strcmp(dest, "00000000") &&
		     !strcmp(mask, "00000000") && (flags & RTF_UP) && !(flags & RTF_REJECT);
	if (f)
		fclose(f);
	f = fopen("/proc/net/ipv6_route", "re");
	while (f && !is && fgets(line, sizeof(line), f))
		is = sscanf(line, "%63s %x %*s %*s %*s %*s %*s %*s %x %63s", dest, &plen, &flags,
			    iface) == 4 &&
		     !strcmp(iface, name) && !plen && strspn(dest, "0") == strlen(dest) &&
		     (flags & RTF_UP) && !(flags & RTF_REJECT);
	if (f)
		fclose(f);
	return is;
}

static int interface(const char *name, int depth)
{
	char dir[PATH_MAX];
	struct dirent *e;
	int ret = 0;
	DIR *d;

	if (has_default_route(name))
		return use("the default route leaves by %s", name);
	snprintf(dir, sizeof(dir), "/sys/class/net/%s", name);
	d = opendir(dir);
	while (d && !ret && depth < MAX_STACK && (e = readdir(d)))
		if (!strncmp(e->d_name, "upper_", 6))
			ret = interface(e->d_name + 6, depth + 1);
	if (d)
		closedir(d);
	return ret;
}

static int terminal(const char *name)
{
	char active[512], *word, *save;

	if (!read_text("/sys/class/tty/console", "active", active, sizeof(active)))
		return 0;
	for (word = strtok_r(active, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (!strcmp(word, name))
			return use("%s is a console of the kernel", name);
	return 0;
}

static int look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char link[PATH_MAX];
	const char *subsystem, *name = path + ftw->base;

	if (type != FTW_D)
		return 0;
	subsystem = link_name(path, "subsystem", link, sizeof(link));
	if (!strcmp(subsystem, "block"))
		return block(path, 0);
	if (!strcmp(subsystem, "nvme"))
		return nvme_subsystem(path);
	if (!strcmp(subsystem, "net"))
		return interface(name, 0);
	return strcmp(subsystem, "tty") ? 0 : terminal(name);
}

/* A group has one user; somebody who waits for our unbind to come through, too. */
static int vfio_user(const char *dir)
{
	char driver[PATH_MAX], link[PATH_MAX], path[PATH_MAX + 32];
	const char *group;
	int fd;

	if (!strstr(link_name(dir, "driver", driver, sizeof(driver)), "vfio"))
		return 0;
	group = link_name(dir, "iommu_group", link, sizeof(link));
	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	if (access(path, F_OK))
		snprintf(path, sizeof(path), "/dev/vfio/noiommu-%s", group);
	fd = *group ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return *group && errno == EBUSY ? use("a program has %s open", path) : 0;
	close(fd);
	return 0;
}

int device_in_use(const char *bdf, char *why, size_t len)
{
	char path[PATH_MAX], dir[PATH_MAX], text[32];
	int ret;

	*why = '\0';
	found = why;
	found_size = len;
	if (!bind_valid_bdf(bdf))
		return -EINVAL;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	if (!realpath(path, dir))
		return -ENODEV;
	if (read_text(dir, "class", text, sizeof(text)) && !strncmp(text, "0x06", 4))
		return use("it is a bridge");
	if (read_text(dir, "boot_vga", text, sizeof(text)) && !strcmp(text, "1"))
		return use("it is the boot display");
	if (read_text(dir, "sriov_numvfs", text, sizeof(text)) && atoi(text) > 0)
		return use("it has %s virtual functions", text);
	if (vfio_user(dir))
		return 1;
	/* A disk is held if its partition is: first look who mounted that. */
	ask_kernel = false;
	ret = nftw(dir, look, 16, FTW_PHYS);
	ask_kernel = true;
	if (!ret)
		ret = nftw(dir, look, 16, FTW_PHYS);
	return ret < 0 ? -EIO : ret;
}
