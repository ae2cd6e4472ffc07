// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program asks of names and directories by the interposer's less usual entries,
 * each once for a name of the core, once for one of the host, and once for none.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include "preload.h"

int __xstat(int ver, const char *path, struct stat *st);
int __lxstat(int ver, const char *path, struct stat *st);
int __fxstat(int ver, int fd, struct stat *st);
int __fxstatat(int ver, int dirfd, const char *path, struct stat *st, int flags);
ssize_t __readlink_chk(const char *path, char *buf, size_t len, size_t size);
ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf, size_t len, size_t size);
char *__realpath_chk(const char *path, char *resolved, size_t size);
int __openat64_2(int dir, const char *path, int flags);
int __open64_2(const char *path, int flags);
ssize_t __read_chk(int fd, void *buf, size_t count, size_t size);
ssize_t __pread_chk(int fd, void *buf, size_t count, off_t pos, size_t size);

static volatile size_t size = PATH_MAX;
static char buf[PATH_MAX];

static void test_old_stat(void)
{
	struct stat st, at;
	int fd = open(DEV "/config", O_RDONLY), dir = open(DEV, O_DIRECTORY);

	is(__xstat(1, DEV "/config", &st), 0, "__xstat");
	is(st.st_size, 256, "the size");
	is(__lxstat(1, DEV, &st), 0, "__lxstat");
	ok(S_ISLNK(st.st_mode), "a link");
	is(__fxstat(1, fd, &st), 0, "__fxstat");
	is(__fxstatat(1, dir, "config", &at, 0), 0, "__fxstatat");
	is(at.st_ino, st.st_ino, "the same file");
	is(err(fstat(fd, bad)), -EFAULT, "fstat into a bad buffer");
	is(err(fstatat(dir, "none", &at, 0)), -ENOENT, "fstatat of nothing");
	is(err(fstatat(fd, "x", &at, 0)), -ENOTDIR, "below a file");
	is(err(fstatat(dir, "", &at, 0)), -ENOENT, "an empty name");
	is(fstatat(dir, "driver", &at, AT_SYMLINK_NOFOLLOW), 0, "fstatat of a link");
	ok(S_ISLNK(at.st_mode), "itself");
	is(fstatat(dir, "driver", &at, 0), 0, "or what it leads to");
	ok(S_ISDIR(at.st_mode), "a directory");
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	is(stat(path, &at), 0, "stat by /proc/PID/fd");
	is(at.st_ino, st.st_ino, "the same");
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	is(stat(path, &at), 0, "by /dev/fd");
	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	is(stat(path, &at), 0, "by /proc/thread-self/fd");
	is(err(stat("/proc/self/fd/x", &at)), -ENOENT, "no number");
	is(err(stat("/proc/self/fd/123456789012", &at)), -ENOENT, "too large a number");
	is(err(stat("/proc/self/fdx", &at)), -ENOENT, "no such directory");
	is(stat("/proc/1/stat", &at), 0, "another process");
	is(stat("/dev/vfio/..", &at), 0, "the directory above one of the core's");
	ok(S_ISDIR(at.st_mode), "a directory");
	is(stat(DEV "/..", &at), 0, "and above one in sysfs");
	close(fd);
	close(dir);
	is(err(fstat(fd, &st)), -EBADF, "fstat of what is closed");
}

static void test_statx(void)
{
	int fd = open(DEV "/vendor", O_RDONLY), host = open("/dev/null", O_RDWR);
	struct statfs fs;
	struct statvfs vfs;
	struct statx sx;

	is(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx), 0, "statx of a descriptor");
	is(sx.stx_size, 4096, "its size");
	is(statx(AT_FDCWD, DEV "/driver", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &sx), 0, "of a link");
	ok(S_ISLNK(sx.stx_mode), "which it is");
	is(statx(AT_FDCWD, "/dev/vfio/vfio", 0, STATX_BASIC_STATS, &sx), 0, "of a device");
	ok(sx.stx_rdev_major == 10 && sx.stx_rdev_minor == 196, "10:196");
	is(err(statx(AT_FDCWD, DEV "/none", 0, STATX_BASIC_STATS, &sx)), -ENOENT, "of nothing");
	is(err(statx(AT_FDCWD, DEV, 0, STATX_BASIC_STATS, bad)), -EFAULT, "into a bad buffer");
	is(statx(AT_FDCWD, "/etc", 0, STATX_BASIC_STATS, &sx), 0, "of the host's");
	is(fstatfs(fd, &fs), 0, "fstatfs");
	is(fs.f_type, 0x62656572, "sysfs");
	is(err(fstatfs(fd, bad)), -EFAULT, "into a bad buffer");
	is(statfs("/dev/vfio/vfio", &fs), 0, "statfs of a device");
	is(fs.f_type, 0x01021994, "tmpfs");
	is(err(statfs(DEV "/none", &fs)), -ENOENT, "statfs of nothing");
	is(statfs("/proc", &fs), 0, "of the host's");
	is(fs.f_type, 0x9fa0, "procfs");
	is(fstatfs(host, &fs), 0, "fstatfs of the host's");
	is(fstatvfs(host, &vfs), 0, "and fstatvfs");
	is(err(fstatvfs(fd, bad)), -EFAULT, "fstatvfs into a bad buffer");
	close(fd);
	close(host);
	fd = open("/dev/vfio/vfio", O_RDWR);
	is(fstatfs(fd, &fs), 0, "fstatfs of an open device");
	is(fs.f_type, 0x01021994, "tmpfs");
	close(fd);
	is(err(fstatfs(fd, &fs)), -EBADF, "fstatfs of what is closed");
}

static void test_access(void)
{
	int dir = open(DEV, O_DIRECTORY);

	is(err(access(DEV "/vendor", 64)), -EINVAL, "access: no such mode");
	is(faccessat(dir, "driver", F_OK, AT_SYMLINK_NOFOLLOW), 0, "faccessat");
	is(err(faccessat(dir, "none", F_OK, 0)), -ENOENT, "of nothing");
	is(faccessat(AT_FDCWD, "/etc", R_OK, 0), 0, "of the host's");
	is(euidaccess(DEV, R_OK | X_OK), 0, "euidaccess");
	is(err(euidaccess(DEV "/none", R_OK)), -ENOENT, "of nothing");
	is(euidaccess("/etc", R_OK), 0, "of the host's");
	close(dir);
}

/* Neither root nor anybody else: what nobody may do. */
static int as_nobody(void)
{
	if (seteuid(65534))
		return 0;
	return !(access(DEV "/vendor", W_OK) == -1 && errno == EACCES &&
		 !access(DEV "/vendor", R_OK) && !access(DEV "/driver_override", R_OK | W_OK) &&
		 access(DEV "/reset", R_OK) == -1 && errno == EACCES);
}

static void test_xattr(void)
{
	int fd = open(DEV "/vendor", O_RDONLY), host = open("/etc/passwd", O_RDONLY);

	is(err(lgetxattr(DEV, "user.x", buf, 10)), -ENOTSUP, "lgetxattr");
	is(err(fgetxattr(fd, "user.x", buf, 10)), -ENOTSUP, "fgetxattr");
	is(err(listxattr(DEV, buf, 10)), -ENOTSUP, "listxattr");
	is(err(llistxattr(DEV, buf, 10)), -ENOTSUP, "llistxattr");
	is(err(flistxattr(fd, buf, 10)), -ENOTSUP, "flistxattr");
	is(err(getxattr(DEV "/none", "user.x", buf, 10)), -ENOENT, "getxattr of nothing");
	ok(getxattr("/etc/passwd", "user.x", buf, 10) == -1 && errno != ENOENT, "of the host's");
	ok(lgetxattr("/etc/passwd", "user.x", buf, 10) == -1 && errno != ENOENT, "by each name");
	ok(fgetxattr(host, "user.x", buf, 10) == -1 && errno != EBADF, "fgetxattr");
	ok(err(listxattr("/etc/passwd", buf, size)) != -ENOENT, "listxattr");
	ok(err(llistxattr("/etc/passwd", buf, size)) != -ENOENT, "llistxattr");
	ok(err(flistxattr(host, buf, size)) != -EBADF, "flistxattr");
	close(fd);
	close(host);
}

static void test_links(void)
{
	int fd = open(DEV "/vendor", O_RDONLY), dir = open(DEV, O_DIRECTORY);
	int vfio = open("/dev/vfio/vfio", O_RDWR);
	ssize_t len;
	char *name;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, buf, sizeof(buf) - 1);
	ok(len > 7 && !memcmp(buf + len - 7, "/vendor", 7), "readlink of an attribute's descriptor");
	is(err(readlink(path, bad, 10)), -EFAULT, "into a bad buffer");
	is(err(readlink(path, buf, size - PATH_MAX)), -EINVAL, "of no size");
	is(err(readlink(DEV "/none", buf, 10)), -ENOENT, "of nothing");
	is(err(readlink("/etc/passwd", buf, 10)), -EINVAL, "of the host's");
	ok(__readlinkat_chk(dir, "driver", buf, 64, size) > 0, "__readlinkat_chk");
	is(err(readlinkat(dir, "none", buf, 10)), -ENOENT, "readlinkat of nothing");
	is(err(readlinkat(AT_FDCWD, "/etc/passwd", buf, 10)), -EINVAL, "of the host's");
	name = canonicalize_file_name(DEV "/driver");
	ok(name && !strcmp(name, "/sys/bus/pci/drivers/mock_vfio_pci"), "canonicalize_file_name");
	free(name);
	name = realpath("/usr/../etc", NULL);
	ok(name && !strcmp(name, "/etc"), "realpath of the host's");
	free(name);
	is(fchdir(open("/", O_DIRECTORY)), 0, "fchdir");
	is(err(fchdir(fd)), -ENOTDIR, "to a file");
	is(err(fchdir(vfio)), -ENOTDIR, "to a device");
	/* The host may have the directory or not. */
	ok(!err(fchdir(dir)) || errno == ENOENT, "to a directory of the core's");
	is(chdir("/"), 0, "chdir");
	is(access("dev/vfio/vfio", F_OK), 0, "a relative path from there");
	is(access("sys/bus/../bus/pci/./devices", F_OK), 0, "with detours");
	is(access("usr/../sys/bus/pci", F_OK), 0, "from the host's");
	is(chdir("/tmp"), 0, "chdir elsewhere");
	is(access("../dev/vfio/vfio", F_OK), 0, "and back by ..");
	is(err(access("vfio/vfio", F_OK)), -ENOENT, "no more");
	is(access("//dev//vfio/vfio", F_OK), 0, "slashes");
	is(access("/./dev/vfio/vfio", F_OK), 0, "a dot");
	is(access("/tmp/../dev/vfio/vfio", F_OK), 0, "a way about");
	is(access("/..", F_OK), 0, "the root's parent");
	memset(buf, 'x', sizeof(buf));
	buf[0] = '/';
	is(err(access(buf, F_OK)) < 0, 1, "a name too long");
	close(vfio);
	close(dir);
	close(fd);
	dir = open("/dev", O_DIRECTORY);
	is(faccessat(dir, "vfio/vfio", F_OK, 0), 0, "from the host's /dev");
	is(faccessat(dir, "null", F_OK, 0), 0, "where the host's are, too");
	is(faccessat(dir, "mdev-none", F_OK, 0), -1, "and some are not");
	close(dir);
	is(err(faccessat(dir, "vfio/vfio", F_OK, 0)), -EBADF, "from what is closed");
}

static void test_open(void)
{
	int dir = open(DEV, O_DIRECTORY), fd, two, epoll;

	is(err(creat(DEV "/none", 0600)), -EACCES, "creat");
	is(err(openat(dir, "none", O_RDWR | O_CREAT, 0600)), -EACCES, "openat to make a file");
	is(err(open(DEV "/vendor", O_RDONLY | O_CREAT | O_EXCL, 0600)), -EEXIST, "one that is there");
	is(err(open(DEV "/driver", O_RDONLY | O_NOFOLLOW)), -ELOOP, "a link that is not followed");
	is(err(open(DEV "/vendor", O_RDONLY | O_DIRECTORY)), -ENOTDIR, "no directory");
	is(err(open(DEV "/reset", O_RDONLY)), -EACCES, "what cannot be read");
	is(err(openat(dir, "", O_RDONLY)), -ENOENT, "an empty name");
	fd = openat(AT_FDCWD, "/dev/null", O_WRONLY);
	ok(fd >= 0, "openat of the host's");
	close(fd);
	fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);
	ok(fd >= 0 || errno == EOPNOTSUPP, "a temporary file");
	close(fd);
	fd = open("/dev/vfio/vfio", O_RDWR);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	two = open(path, O_RDWR);
	ok(two >= 0, "a device once more by /dev/fd");
	close(two);
	close(fd);
	fd = open(DEV "/config", O_RDONLY);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	two = open(path, O_RDWR);
	ok(two >= 0, "an attribute, for more than it was opened for");
	is(__pread_chk(two, buf, 2, 0, size), 2, "__pread_chk");
	ok(!memcmp(buf, "\x34\x12", 2), "its content");
	is(lseek(two, -2, SEEK_END), 254, "from its end");
	is(err(lseek(two, -300, SEEK_END)), -EINVAL, "from before its beginning");
	is(err(write(two, bad, 1)), -EFAULT, "write from a bad buffer");
	close(two);
	is(err(open(path, O_RDWR | O_DIRECTORY)), -ENOTDIR, "not as a directory");
	close(fd);
	two = open("/dev/vfio/vfio", O_PATH);
	is(err(openat(two, "x", O_RDONLY)), -ENOTDIR, "a device is no directory");
	close(two);
	epoll = open(DEV "/vendor", O_PATH | O_CLOEXEC);
	is(fcntl(epoll, F_GETFD), FD_CLOEXEC, "O_PATH, not across exec");
	close(epoll);
	close(dir);
}

/* What the C library does when the compiler knows better. */
static int check_read(void)
{
	return __read_chk(0, buf, size, size / 2);
}

static int check_pread(void)
{
	return __pread_chk(0, buf, size, 0, size / 2);
}

static int check_readlink(void)
{
	return __readlink_chk(DEV, buf, size, size / 2);
}

static int check_readlinkat(void)
{
	return __readlinkat_chk(AT_FDCWD, DEV, buf, size, size / 2);
}

static int check_realpath(void)
{
	return !__realpath_chk(DEV, buf, size / 2);
}

static int check_open(void)
{
	return __open64_2(DEV "/vendor", O_CREAT);
}

static int check_openat(void)
{
	return __openat64_2(AT_FDCWD, DEV "/vendor", O_TMPFILE);
}

static bool aborts(int (*fn)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		freopen("/dev/null", "w", stderr);
		_exit(fn());
	}
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static int all(const struct dirent *entry)
{
	return 1;
}

static void test_directories(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR), file = open(DEV "/vendor", O_RDONLY);
	struct dirent *entry, one, *out, **list;
	DIR *dir = fdopendir(open("/tmp", O_DIRECTORY));
	glob_t found = { 0 };
	long pos;

	ok(dir && readdir(dir), "fdopendir of the host's");
	pos = telldir(dir);
	seekdir(dir, pos);
	rewinddir(dir);
	ok(dirfd(dir) >= 0, "dirfd");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	is(readdir_r(dir, &one, &out), 0, "readdir_r");
	closedir(dir);
	dir = opendir("/dev/vfio");
	while ((entry = readdir(dir)))
		;
	is(readdir_r(dir, &one, &out), 0, "readdir_r at the end");
#pragma GCC diagnostic pop
	ok(!out, "has no entry");
	ok(dirfd(dir) == dirfd(dir), "a directory has one descriptor");
	closedir(dir);
	ok(!fdopendir(fd) && errno == ENOTDIR, "fdopendir of a device");
	close(fd);
	ok(!fdopendir(fd) && errno == EBADF, "of what is closed");
	ok(!fdopendir(file) && errno == ENOTDIR, "of an attribute");
	close(file);
	is(err(scandir(DEV "/none", &list, NULL, NULL)), -ENOENT, "scandir of nothing");
	is(err(scandir(DEV "/vendor", &list, NULL, NULL)), -ENOTDIR, "of a file");
	ok((fd = scandir("/etc", &list, all, alphasort)) > 2, "of the host's");
	while (fd > 0)
		free(list[--fd]);
	free(list);
	fd = scandir(DEV "/", &list, all, NULL);
	ok(fd > 16, "of many: %d", fd);
	while (fd > 0)
		free(list[--fd]);
	free(list);
	is(glob("/etc/pass*", 0, NULL, &found), 0, "glob of the host's");
	globfree(&found);
	is(glob("/dev/vfio/none*", 0, NULL, &found), GLOB_NOMATCH, "glob of nothing");
}

int main(int argc, char **argv)
{
	preload(argv);
	test_old_stat();
	test_statx();
	test_access();
	ok(in_child(as_nobody), "access as somebody else");
	test_xattr();
	test_links();
	test_open();
	ok(aborts(check_read) && aborts(check_pread), "read and pread check the buffer");
	ok(aborts(check_readlink) && aborts(check_readlinkat), "readlink and readlinkat, too");
	ok(aborts(check_realpath), "and realpath");
	ok(aborts(check_open) && aborts(check_openat), "open without the mode it needs");
	test_directories();
	return done_testing();
}
