// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interposer's view of paths: a plain program finds the default devices by
 * every name that libc has for looking.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "preload.h"

static void test_stat(void)
{
	struct stat st, at;
	struct statfs fs;
	struct statx sx;
	int fd;

	is(stat("/dev/vfio/vfio", &st), 0, "stat of a device");
	ok(S_ISCHR(st.st_mode) && st.st_rdev == makedev(10, 196), "10:196");
	fd = open("/dev/vfio/vfio", O_RDWR);
	is(fstat(fd, &at), 0, "fstat");
	ok(at.st_mode == st.st_mode && at.st_rdev == st.st_rdev, "says the same");
	is(fstatat(fd, "", &at, AT_EMPTY_PATH), 0, "fstatat of an empty path");
	close(fd);
	is(lstat(DEV, &st), 0, "lstat");
	ok(S_ISLNK(st.st_mode), "of a link");
	is(stat(DEV, &st), 0, "stat");
	ok(S_ISDIR(st.st_mode) && st.st_nlink >= 2, "of the directory behind it");
	is(stat(DEV "/vendor", &st), 0, "stat of an attribute");
	ok(S_ISREG(st.st_mode) && st.st_size == 4096, "a file of a page");
	is(stat(DEV "/config", &st), 0, "stat of config");
	is(st.st_size, 256, "has its size");
	is(statx(AT_FDCWD, DEV "/config", 0, STATX_BASIC_STATS, &sx), 0, "statx");
	is(sx.stx_size, 256, "too");
	is(statfs(DEV, &fs), 0, "statfs");
	is(fs.f_type, 0x62656572, "is sysfs");
	is(err(stat(DEV "/none", &st)), -ENOENT, "stat of nothing");
	is(err(stat(DEV, bad)), -EFAULT, "stat into a bad buffer");
	is(access(DEV, R_OK | X_OK), 0, "access");
	is(err(access(DEV "/vendor", X_OK)), -EACCES, "no attribute is a program");
	is(err(access(DEV "/none", F_OK)), -ENOENT, "access of nothing");
	is(faccessat(AT_FDCWD, DEV, F_OK, 0), 0, "faccessat");
	is(err(getxattr(DEV, "user.x", path, 10)), -ENOTSUP, "no extended attributes");
	is(lstat("/dev/vfio/..", &st), 0, "the parent of a directory of ours");
	is(stat("/etc/passwd", &st), 0, "stat of a file of the host");
	is(err(stat("/none", &st)), -ENOENT, "and of none");
}

static void test_links(void)
{
	char buf[PATH_MAX] = "", *end;
	int dir;

	ok(readlink(DEV "/iommu_group", buf, sizeof(buf)) > 0, "readlink of iommu_group");
	end = strrchr(buf, '/');
	ok(end && strstr(buf, "../kernel/iommu_groups/"), "is relative: %s", buf);
	snprintf(path, sizeof(path), "/dev/vfio/%s", end ? end + 1 : "");
	is(access(path, R_OK | W_OK), 0, "its group is %s", path);
	dir = open(DEV, O_PATH);
	memset(buf, 0, sizeof(buf));
	ok(readlinkat(dir, "driver", buf, sizeof(buf)) > 0, "readlinkat of driver");
	ok(strstr(buf, "/mock_vfio_pci"), "is %s", buf);
	is(err(read(dir, buf, 1)), -EBADF, "an O_PATH descriptor cannot be read");
	close(dir);
	ok(realpath(DEV "/iommu_group", buf), "realpath");
	ok(!strncmp(buf, "/sys/kernel/iommu_groups/", 25), "is %s", buf);
	ok(realpath(DEV "/..", buf) && !strncmp(buf, "/sys/devices/pci0000:00", 23),
	   ".. is behind the link: %s", buf);
	ok(!realpath(DEV "/none", buf) && errno == ENOENT, "realpath of nothing");
	is(err(readlink(DEV "/vendor", buf, 10)), -EINVAL, "readlink of a file");
	is(readlink(DEV, buf, 3), 3, "readlink cuts");
	ok(realpath("/usr/bin/../bin", buf) && !strcmp(buf, "/usr/bin"), "realpath of the host's");
}

static void test_attributes(void)
{
	unsigned char config[64];
	struct iovec iov[2] = { { path, 2 }, { path + 2, 10 } };
	int fd = open(DEV "/vendor", O_RDONLY), status;
	char word[32] = "";
	FILE *file;
	pid_t pid;

	is(read(fd, path, 100), 7, "read an attribute");
	ok(!memcmp(path, "0x1234\n", 7), "its content");
	is(read(fd, path, 100), 0, "then its end");
	is(lseek(fd, 2, SEEK_SET), 2, "lseek");
	is(readv(fd, iov, 2), 5, "readv");
	is(err(read(fd, bad, 100)), 0, "at the end nothing is copied");
	is(err(pread(fd, bad, 100, 0)), -EFAULT, "pread into a bad buffer");
	is(err(pread(fd, path, 1, -1)), -EINVAL, "pread at a negative offset");
	pid = fork();
	if (!pid) {
		dup2(fd, 0);
		execl("/bin/grep", "grep", "-q", "0x1234", NULL);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "a program that inherits the descriptor reads the content too");
	close(fd);
	is(err(open(DEV "/vendor", O_WRONLY)), -EACCES, "cannot be opened for writing");
	is(err(open(DEV "/none", O_RDWR | O_CREAT, 0600)), -EACCES, "nor another one made");
	fd = open(DEV "/config", O_RDWR);
	is(pread(fd, config, 64, 0), 64, "pread of config");
	ok(config[0] == 0x34 && config[1] == 0x12, "is the vendor");
	is(pread(fd, config, 64, 256), 0, "nothing behind its end");
	close(fd);
	file = fopen(DEV "/device", "r");
	ok(file && fgets(word, sizeof(word), file), "fopen and fgets");
	ok(!strcmp(word, "0x11e8\n"), "the device");
	fd = file ? fileno(file) : -1;
	if (file)
		fclose(file);
	is(err(fcntl(fd, F_GETFD)), -EBADF, "fclose closes the descriptor");
	fd = dup(1);
	ok(fcntl(fd, F_GETFD) >= 0, "whose number is free again");
	close(fd);
	ok(!fopen(DEV "/none", "r") && errno == ENOENT, "fopen of nothing");
	file = fopen(DEV "/driver_override", "w");
	ok(file && fputs("vfio-pci\n", file) >= 0 && !fclose(file), "fopen to write");
	fd = open(DEV "/driver_override", O_RDWR);
	is(read(fd, path, 100), 9, "what was stored");
	ok(!memcmp(path, "vfio-pci\n", 9), "is shown");
	is(pwrite(fd, "mock_vfio_pci", 13, 0), 13, "pwrite");
	close(fd);
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void test_directories(void)
{
	struct dirent *entry, one, *out, **list;
	int n = 0, links = 0, fd;
	glob_t found;
	long pos;
	DIR *dir = opendir("/sys/bus/pci/devices");

	ok(dir, "opendir");
	while (dir && (entry = readdir(dir))) {
		n++;
		links += entry->d_type == DT_LNK;
	}
	is(n, links + 2, "all are links but . and ..");
	ok(links >= 8, "%d devices", links);
	rewinddir(dir);
	readdir(dir);
	pos = telldir(dir);
	readdir(dir);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	is(readdir_r(dir, &one, &out), 0, "readdir_r");
#pragma GCC diagnostic pop
	seekdir(dir, pos);
	readdir(dir);
	entry = readdir(dir);
	ok(entry && !strcmp(entry->d_name, one.d_name), "telldir and seekdir come back");
	fd = openat(dirfd(dir), "0000:01:00.0/vendor", O_RDONLY);
	ok(fd >= 0, "openat from dirfd");
	close(fd);
	is(closedir(dir), 0, "closedir");
	dir = fdopendir(open(DEV, O_RDONLY | O_DIRECTORY));
	ok(dir && readdir(dir), "fdopendir");
	if (dir)
		closedir(dir);
	is(scandir("/sys/bus/pci/devices", &list, no_dots, alphasort), links, "scandir");
	ok(!strcmp(list[0]->d_name, "0000:00:03.0"), "sorts");
	while (links)
		free(list[--links]);
	free(list);
	is(glob("/dev/vfio/[0-9]*", 0, NULL, &found), 0, "glob");
	ok(found.gl_pathc >= 3, "finds %zu groups", found.gl_pathc);
	globfree(&found);
	ok(!opendir(DEV "/vendor") && errno == ENOTDIR, "opendir of a file");
	ok(!opendir(DEV "/none") && errno == ENOENT, "opendir of nothing");
	dir = opendir("/usr");
	ok(dir && readdir(dir), "a directory of the host");
	if (dir)
		closedir(dir);
}

int main(int argc, char **argv)
{
	preload(argv);
	test_stat();
	test_links();
	test_attributes();
	test_directories();
	return done_testing();
}
