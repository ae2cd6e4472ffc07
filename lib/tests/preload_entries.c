// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every entry of libc that programs use on VFIO's files, once each, by its name in
 * the library: with 64 in it, and checked for overflow. And those that the core's
 * files have no part in, data files of a migration among them, which must be refused
 * as Linux refuses them and not answered by what stands in for the descriptor.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include "preload.h"

static void __attribute__((__unused__)) test_names(void)
{
	static const char *const names[] = {
		"open", "open64", "__open_2", "__open64_2", "openat", "openat64", "__openat_2",
		"__openat64_2", "creat", "creat64", "fopen", "fopen64", "freopen", "freopen64",
		"fdopen", "opendir", "fdopendir", "readdir", "readdir64", "readdir_r",
		"readdir64_r", "scandir", "scandir64", "closedir", "rewinddir", "telldir", "seekdir",
		"dirfd", "readlink", "readlinkat", "__readlink_chk", "__readlinkat_chk", "realpath",
		"__realpath_chk", "canonicalize_file_name", "stat", "stat64", "lstat", "lstat64",
		"fstat", "fstat64", "fstatat", "fstatat64", "statx", "__xstat", "__xstat64",
		"__lxstat", "__lxstat64", "__fxstat", "__fxstat64", "__fxstatat", "__fxstatat64",
		"access", "faccessat", "eaccess", "euidaccess", "statfs", "statfs64", "fstatfs",
		"fstatfs64", "statvfs", "statvfs64", "fstatvfs", "fstatvfs64", "ioctl", "mmap",
		"mmap64", "munmap", "mremap", "mprotect", "read", "__read_chk", "pread", "pread64",
		"__pread_chk", "__pread64_chk", "write", "pwrite", "pwrite64", "readv", "writev",
		"preadv", "preadv64", "pwritev", "pwritev64", "preadv2", "preadv64v2", "pwritev2",
		"pwritev64v2", "lseek", "lseek64", "fcntl", "fcntl64", "dup", "dup2", "dup3",
		"close", "close_range", "closefrom", "poll", "ppoll", "__poll_chk", "__ppoll_chk",
		"select", "pselect", "sendfile", "sendfile64", "copy_file_range", "splice",
		"ftruncate", "ftruncate64", "fallocate", "fallocate64", "fsync", "fdatasync",
		"epoll_ctl", "epoll_wait", "epoll_pwait", "sendmsg", "sendmmsg", "dprintf", "vdprintf", "__dprintf_chk", "__vdprintf_chk",
	};
	unsigned int i;
	Dl_info info;
	void *sym;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		sym = dlsym(RTLD_DEFAULT, names[i]);
		check(sym && dladdr(sym, &info) && strstr(info.dli_fname, "libvfio-core.so"),
		      "%s is ours", names[i]);
	}
}

/* By a volatile size no compiler picks the unchecked entry. */
static volatile size_t size = 64;
ssize_t __read_chk(int fd, void *buf, size_t count, size_t size);
ssize_t __pread64_chk(int fd, void *buf, size_t count, off_t pos, size_t size);
ssize_t __readlink_chk(const char *path, char *buf, size_t len, size_t size);
char *__realpath_chk(const char *path, char *resolved, size_t size);
int __open64_2(const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);

static void test_checked(void)
{
	int fd = __open64_2(DEV "/vendor", O_RDONLY), dir = open(DEV, O_DIRECTORY);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char buf[PATH_MAX];

	is(__read_chk(fd, buf, 7, size), 7, "__read_chk");
	ok(!memcmp(buf, "0x1234\n", 7), "the content");
	is(__pread64_chk(fd, buf, 2, 2, size), 2, "__pread64_chk");
	ok(__readlink_chk(DEV "/driver", buf, 64, size) > 0, "__readlink_chk");
	ok(__realpath_chk(DEV "/driver", buf, size * 64) &&
	   !strcmp(buf, "/sys/bus/pci/drivers/mock_vfio_pci"), "__realpath_chk");
	is(__poll_chk(&pfd, 1, 0, size), 1, "__poll_chk");
	close(fd);
	fd = __openat64_2(dir, "device", O_RDONLY);
	is(read(fd, buf, 7), 7, "__openat64_2");
	close(fd);
	close(dir);
}

static int container, group, device, data = -1;

static void open_device(void)
{
	char link[256] = "", name[64];

	readlink(DEV "/iommu_group", link, sizeof(link) - 1);
	snprintf(name, sizeof(name), "/dev/vfio/%s", strrchr(link, '/') + 1);
	container = open("/dev/vfio/vfio", O_RDWR);
	group = open(name, O_RDWR);
	is(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container), 0, "a group in a container");
	is(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "with an IOMMU");
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, "0000:01:00.0");
	ok(device >= 0, "a device");
}

/* The stream of a device that is saved. */
static int data_file(void)
{
	struct {
		struct vfio_device_feature head;
		struct vfio_device_feature_mig_state mig;
	} arg = {
		.head = { sizeof(arg), VFIO_DEVICE_FEATURE_SET |
			  VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE },
		.mig = { .device_state = VFIO_DEVICE_STATE_STOP_COPY, .data_fd = -1 },
	};

	is(ioctl(device, VFIO_DEVICE_FEATURE, &arg), 0, "the device is saved");
	return arg.mig.data_fd;
}

/* Every call that the kind of file has no operation for. @what: for messages. */
static void refused(int fd, const char *what)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(0), pipefd[2], file = memfd_create("x", 0);

	pipe(pipefd);
	if (fd != data)
		is(err(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event)), -EPERM, "epoll of %s", what);
	is(err(sendfile(file, fd, NULL, 16)), -EINVAL, "sendfile from %s", what);
	is(err(sendfile(fd, file, NULL, 16)), -EINVAL, "sendfile to %s", what);
	is(err(copy_file_range(fd, NULL, file, NULL, 16, 0)), -EINVAL, "copy from %s", what);
	is(err(copy_file_range(file, NULL, fd, NULL, 16, 0)), -EINVAL, "copy to %s", what);
	is(err(splice(fd, NULL, pipefd[1], NULL, 16, 0)), -EINVAL, "splice from %s", what);
	write(pipefd[1], "x", 1);
	is(err(splice(pipefd[0], NULL, fd, NULL, 1, 0)), -EINVAL, "splice to %s", what);
	is(err(ftruncate(fd, 0)), -EINVAL, "ftruncate of %s", what);
	is(err(fallocate(fd, 0, 0, 16)), -ENODEV, "fallocate of %s", what);
	is(err(fsync(fd)), -EINVAL, "fsync of %s", what);
	is(err(fdatasync(fd)), -EINVAL, "fdatasync of %s", what);
	close(pipefd[0]);
	close(pipefd[1]);
	close(file);
	close(ep);
}

/* Without a poll operation a file is always ready. */
static void ready(int fd, const char *what)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT };
	struct timeval now = { 0 };
	fd_set in, out;

	is(poll(&pfd, 1, 0), 1, "poll of %s", what);
	is(pfd.revents, POLLIN | POLLOUT, "%s is ready", what);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fd, &in);
	FD_SET(fd, &out);
	is(select(fd + 1, &in, &out, NULL, &now), 2, "select of %s", what);
}

static void *end_later(void *arg)
{
	usleep(50000);
	ioctl(device, VFIO_DEVICE_RESET);
	return NULL;
}

/* The mock driver's data files have a poll operation. */
static void test_epoll(void)
{
	int ep = epoll_create1(0), two, file = eventfd(1, 0);
	struct epoll_event event = { .events = EPOLLIN, .data.fd = 7 }, got[3];
	struct pollfd pfd = { .fd = data, .events = POLLIN | POLLOUT };
	pthread_t thread;

	is(poll(&pfd, 1, 0), 1, "poll of a data file");
	is(pfd.revents, POLLIN, "can be read");
	is(epoll_ctl(ep, EPOLL_CTL_ADD, data, &event), 0, "epoll takes a data file");
	event.data.fd = 8;
	is(epoll_ctl(ep, EPOLL_CTL_ADD, file, &event), 0, "and the host's beside it");
	is(epoll_wait(ep, got, 3, 0), 2, "both are ready");
	is(got[0].data.fd + got[1].data.fd, 15, "under the names they were given");
	is(epoll_ctl(ep, EPOLL_CTL_DEL, file, NULL), 0, "the host's leaves");
	event.events = EPOLLIN | EPOLLONESHOT;
	is(epoll_ctl(ep, EPOLL_CTL_MOD, data, &event), 0, "once only");
	is(epoll_wait(ep, got, 3, 0), 1, "ready");
	is(epoll_wait(ep, got, 3, 0), 0, "once");
	event.events = EPOLLIN | EPOLLET;
	is(epoll_ctl(ep, EPOLL_CTL_MOD, data, &event), 0, "at each change");
	is(epoll_pwait(ep, got, 3, 0, NULL), 1, "ready");
	is(epoll_wait(ep, got, 3, 20), 0, "no change");
	two = dup(data);
	close(data);
	is(epoll_wait(ep, got, 3, 0), 0, "a closed descriptor is in no set");
	data = two;
	event.events = EPOLLOUT;
	is(epoll_ctl(ep, EPOLL_CTL_ADD, data, &event), 0, "wait for the end");
	pthread_create(&thread, NULL, end_later, NULL);
	is(epoll_wait(ep, got, 3, 5000), 1, "it comes");
	ok(got[0].events & EPOLLHUP, "as EPOLLHUP");
	pthread_join(thread, NULL);
	close(ep);
	close(file);
	close(data);
	data = data_file();
}

static void test_descriptors(int fd)
{
	char byte;
	int two = fcntl(fd, F_DUPFD_CLOEXEC, 50), three;

	ok(two >= 50, "F_DUPFD_CLOEXEC: %d", two);
	is(fcntl(two, F_GETFD), FD_CLOEXEC, "closes on exec");
	three = dup3(two, 60, 0);
	is(three, 60, "dup3");
	is(fcntl(three, F_GETFD), 0, "does not");
	is(close_range(50, 60, CLOSE_RANGE_CLOEXEC), 0, "close_range, for exec");
	is(fcntl(three, F_GETFD), FD_CLOEXEC, "does now");
	is(read(three, &byte, 1), 1, "and works");
	is(close_range(50, 60, 0), 0, "close_range");
	is(err(fcntl(two, F_GETFD)), -EBADF, "closed");
	is(err(read(three, &byte, 1)), -EBADF, "both");
	is(read(fd, &byte, 1), 1, "the first one is not");
}

/* Hand @fd to who reads the other end. 0, or -errno and nothing sent. */
static int hand_over(int fd, int *got)
{
	char buf[CMSG_SPACE(sizeof(int))] = "", byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = buf,
			      .msg_controllen = sizeof(buf) };
	struct mmsghdr many = { .msg_hdr = msg };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int ret, one, sock[2];

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	socketpair(AF_UNIX, SOCK_STREAM, 0, sock);
	one = err(sendmmsg(sock[0], &many, 1, 0));
	ret = err(sendmsg(sock[0], &msg, 0));
	is(one, ret, "one by sendmmsg() is as one by sendmsg()");
	if (ret == 1 && recvmsg(sock[1], &msg, 0) == 1)
		memcpy(got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(*got));
	close(sock[0]);
	close(sock[1]);
	return ret;
}

static void test_passing(void)
{
	int got = -1, fd = open(DEV "/vendor", O_RDONLY), null = open("/dev/null", O_RDWR);
	char text[8] = "";

	is(hand_over(device, &got), -EOPNOTSUPP, "a device cannot be handed on");
	is(hand_over(group, &got), -EOPNOTSUPP, "nor a group");
	is(hand_over(null, &got), 1, "files of the host can");
	close(got);
	is(hand_over(fd, &got), 1, "and an attribute");
	is(pread(got, text, 7, 0), 7, "of which the content arrives");
	ok(!strcmp(text, "0x1234\n"), "%s", text);
	is(err(sendmsg(0, bad, 0)) < 0, 1, "a bad pointer");
	close(got);
	close(fd);
	close(null);
}

static void test_attribute(void)
{
	int fd = open(DEV "/driver_override", O_RDWR), dir = open(DEV, O_DIRECTORY);
	struct statvfs fs;

	is(ftruncate(fd, 0), 0, "ftruncate of an attribute");
	is(fsync(fd), 0, "fsync");
	is(statvfs(DEV, &fs), 0, "statvfs");
	is(fstatvfs(dir, &fs), 0, "fstatvfs");
	is(fs.f_namemax, 255, "says something");
	is(err(statvfs(DEV "/none", &fs)), -ENOENT, "statvfs of nothing");
	is(statvfs("/", &fs), 0, "statvfs of the host's");
	close(fd);
	close(dir);
}

static void test_fdinfo(void)
{
	char text[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", device);
	file = fopen(path, "r");
	ok(file && fread(text, 1, sizeof(text) - 1, file) > 0, "fdinfo of a device");
	ok(!strncmp(text, "pos:\t0\nflags:\t0", 15), "as of all files");
	if (file)
		fclose(file);
	file = fopen("/proc/self/fdinfo/0", "r");
	ok(file, "and of the host's");
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	preload(argv);
#ifndef __SANITIZE_ADDRESS__
	/* A sanitizer has names of its own before ours. */
	test_names();
#endif
	test_checked();
	open_device();
	refused(container, "a container");
	refused(group, "a group");
	refused(device, "a device");
	ready(device, "a device");
	data = data_file();
	ok(data >= 0, "its data file");
	refused(data, "a data file");
	test_epoll();
	test_descriptors(data);
	test_passing();
	test_attribute();
	test_fdinfo();
	close(data);
	close(device);
	close(group);
	close(container);
	return done_testing();
}
