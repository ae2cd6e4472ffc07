// SPDX-License-Identifier: GPL-2.0-only
#include "sys_libc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static int libc_open(const char *path, int flags)
{
	return result(open(path, flags));
}

static int libc_close(int fd)
{
	return result(close(fd));
}

static int libc_dup(int fd)
{
	return result(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

static long libc_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	return result(ioctl(fd, cmd, arg));
}

static ssize_t libc_read(int fd, void *buf, size_t count)
{
	return result(read(fd, buf, count));
}

static ssize_t libc_write(int fd, const void *buf, size_t count)
{
	return result(write(fd, buf, count));
}

static ssize_t libc_pread(int fd, void *buf, size_t count, off_t pos)
{
	return result(pread(fd, buf, count, pos));
}

static ssize_t libc_pwrite(int fd, const void *buf, size_t count, off_t pos)
{
	return result(pwrite(fd, buf, count, pos));
}

static off_t libc_lseek(int fd, off_t off, int whence)
{
	return result(lseek(fd, off, whence));
}

static int libc_poll(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM };
	int ret = poll(&p, 1, 0);

	return ret < 0 ? -errno : p.revents;
}

static void *libc_mmap(void *addr, size_t len, int prot, int fd, off_t off)
{
	void *p = mmap(addr, len, prot, MAP_SHARED | MAP_FIXED, fd, off);

	return p == MAP_FAILED ? (void *)(long)-errno : p;
}

static int libc_munmap(void *addr, size_t len)
{
	return result(munmap(addr, len));
}

static int libc_eventfd(void)
{
	return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

static int libc_attr_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int libc_group(const char *dev)
{
	static const char *const buses[] = { "pci", "mdev" };
	char path[128], link[256], *slash;
	ssize_t n = -1;

	for (int i = 0; i < 2 && n < 0; i++) {
		snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/iommu_group", buses[i], dev);
		n = readlink(path, link, sizeof(link) - 1);
	}
	if (n < 0)
		return -errno;
	link[n] = '\0';
	slash = strrchr(link, '/');
	return slash ? atoi(slash + 1) : -EINVAL;
}

const struct prog_sys prog_libc = {
	.open = libc_open, .close = libc_close, .dup = libc_dup, .ioctl = libc_ioctl,
	.read = libc_read, .write = libc_write, .pread = libc_pread, .pwrite = libc_pwrite,
	.lseek = libc_lseek, .poll = libc_poll, .mmap = libc_mmap, .munmap = libc_munmap,
	.eventfd = libc_eventfd, .attr_write = libc_attr_write, .group = libc_group,
};
