// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams of libc on the core's files, and what changes the table of descriptors
 * under them: the standard streams sent to an attribute and back, descriptors taken
 * from the core by the host and the other way round.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include "preload.h"

#define OVERRIDE DEV "/driver_override"

int __dprintf_chk(int fd, int flag, const char *fmt, ...);
int __vdprintf_chk(int fd, int flag, const char *fmt, va_list ap);

static char text[256];

static const char *override(void)
{
	int fd = open(OVERRIDE, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	close(fd);
	return text;
}

static int checked_print(int fd, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = __vdprintf_chk(fd, 1, fmt, ap);
	va_end(ap);
	return ret;
}

static void test_print(void)
{
	int fd = open(OVERRIDE, O_WRONLY), null = open("/dev/null", O_WRONLY);

	is(__dprintf_chk(fd, 1, "vfio-%s", "pci"), 8, "__dprintf_chk");
	ok(!strcmp(override(), "vfio-pci\n"), "%s", text);
	is(checked_print(fd, "mock%d", 3), 5, "__vdprintf_chk");
	ok(!strcmp(override(), "mock3\n"), "%s", text);
	is(dprintf(null, "%d", 12345), 5, "dprintf to the host's");
	close(fd);
	close(null);
	fd = open(DEV "/vendor", O_RDONLY);
	is(dprintf(fd, "x"), -1, "dprintf to what cannot be written");
	close(fd);
}

static void test_fopen(void)
{
	FILE *file = fopen(OVERRIDE, "r+");
	int fd;

	ok(file && fputs("one\n", file) >= 0 && !fflush(file), "a stream to read and write");
	ok(file && !fseek(file, 0, SEEK_SET) && fgets(text, sizeof(text), file) &&
	   !strcmp(text, "one\n"), "reads what was written");
	ok(file && fseek(file, -5, SEEK_SET), "and cannot go before the beginning");
	fclose(file);
	file = fopen(OVERRIDE, "a,ccs=x");
	ok(file && fputs("two\n", file) >= 0 && !fclose(file), "one to append");
	ok(!strcmp(override(), "two\n"), "%s", text);
	ok(!fopen(OVERRIDE, "q") && errno == EINVAL, "no mode");
	ok(!fopen(OVERRIDE, "wx") && errno == EEXIST, "not a new file");
	ok(!fopen(DEV "/vendor", "w") && errno == EACCES, "not to be written");
	ok(!fopen(DEV, "w") && errno == EISDIR, "a directory");
	file = fopen(DEV "/vendor", "re");
	ok(file && fcntl(fileno(file), F_GETFD) == FD_CLOEXEC, "not across exec");
	fclose(file);
	fd = open(DEV "/vendor", O_RDONLY);
	ok(!fdopen(fd, "w") && errno == EINVAL, "fdopen for what the descriptor cannot do");
	ok(!fdopen(fd, "q") && errno == EINVAL, "by no mode");
	file = fdopen(fd, "r");
	ok(file && fgets(text, sizeof(text), file) && !strcmp(text, "0x1234\n"), "fdopen to read");
	fclose(file);
	ok(!fdopen(fd, "r") && errno == EBADF, "fdopen of what is closed");
	fd = open(OVERRIDE, O_RDWR);
	file = fdopen(fd, "w");
	ok(file && fputs("three\n", file) >= 0 && !fclose(file), "fdopen to write");
	ok(!strcmp(override(), "three\n"), "%s", text);
	file = fopen("/etc/passwd", "r");
	ok(file && fgets(text, sizeof(text), file), "fopen of the host's");
	fclose(file);
}

static void test_freopen(void)
{
	FILE *file = fopen("/dev/null", "r");
	int fd;

	file = freopen(DEV "/vendor", "r", file);
	ok(file && fgets(text, sizeof(text), file) && !strcmp(text, "0x1234\n"),
	   "freopen: from the host's to the core's");
	file = freopen(DEV "/device", "r", file);
	ok(file && fgets(text, sizeof(text), file) && !strcmp(text, "0x11e8\n"),
	   "from one to another");
	fd = fileno(file);
	file = freopen("/etc/passwd", "r", file);
	ok(file && fgets(text, sizeof(text), file) && strchr(text, ':'), "and back");
	is(fcntl(fd, F_GETFD) >= 0, fileno(file) == fd, "with a descriptor of its own");
	file = freopen(NULL, "r", file);
	ok(file, "freopen of the same");
	ok(!freopen(DEV "/none", "r", file) && errno == ENOENT, "of nothing");
	file = fopen("/dev/null", "r");
	ok(!freopen(OVERRIDE, "w", file) && errno == EOPNOTSUPP, "of what is to be written");
	file = fopen("/dev/null", "r");
	ok(!freopen(DEV "/vendor", "q", file) && errno == EINVAL, "by no mode");
}

/* In a child, whose standard streams nobody misses. */
static int redirect(void)
{
	int fd = open(OVERRIDE, O_WRONLY), one = dup(1), two = dup(2);

	setvbuf(stdout, NULL, _IOLBF, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	printf("to-an-attribute\n");
	fflush(stdout);
	if (strcmp(override(), "to-an-attribute\n"))
		return 1;
	fprintf(stderr, "at-once\n");
	if (strcmp(override(), "at-once\n"))
		return 2;
	dup2(one, 1);
	dup2(two, 2);
	if (fileno(stdout) != 1 || fileno(stderr) != 2)
		return 3;
	/* And once more: what stood in is used again. */
	dup3(fd, 1, 0);
	printf("again\n");
	fflush(stdout);
	if (strcmp(override(), "again\n"))
		return 4;
	close(1);
	if (dup(fd) != 1)
		return 5;
	printf("dup\n");
	fflush(stdout);
	if (strcmp(override(), "dup\n"))
		return 6;
	dup3(one, 1, O_CLOEXEC);
	return 0;
}

static void test_table(void)
{
	int vfio = open("/dev/vfio/vfio", O_RDWR), null = open("/dev/null", O_RDWR), top;

	is(err(dup3(vfio, vfio, 0)), -EINVAL, "dup3 onto itself");
	is(err(dup3(vfio, 70, O_APPEND)), -EINVAL, "with other flags");
	is(dup2(vfio, vfio), vfio, "dup2 onto itself");
	is(err(dup2(vfio, -1)), -EBADF, "onto a negative number");
	is(err(dup2(999, vfio)), -EBADF, "of what is not open");
	is(ioctl(vfio, GET_API_VERSION), 0, "which leaves the other");
	is(dup2(vfio, 70), 70, "the core's onto a free number");
	is(dup2(null, 70), 70, "the host's onto the core's");
	is(err(ioctl(70, GET_API_VERSION)), -ENOTTY, "takes its place");
	is(dup2(vfio, 70), 70, "and the other way round");
	is(ioctl(70, GET_API_VERSION), 0, "again");
	is(dup3(null, 70, O_CLOEXEC), 70, "by dup3");
	is(fcntl(70, F_GETFD), FD_CLOEXEC, "not across exec");
	is(dup3(vfio, 70, O_CLOEXEC), 70, "and back");
	is(fcntl(70, F_GETFD), FD_CLOEXEC, "the same");
	is(fcntl(70, F_SETFD, 0), 0, "F_SETFD");
	is(fcntl(70, F_GETFD), 0, "is what was set");
	top = fcntl(vfio, F_DUPFD, 80);
	ok(top >= 80, "F_DUPFD: %d", top);
	is(err(fcntl(vfio, F_DUPFD, 1 << 30)), -EINVAL, "beyond the limit");
	is(fcntl(vfio, F_SETFL, O_NONBLOCK), 0, "F_SETFL");
	ok(fcntl(top, F_GETFL) & O_NONBLOCK, "is of the file");
	is(err(fcntl(vfio, F_GETLK, text)), -EINVAL, "no locks");
	is(err(fcntl(null, 9999)), -EINVAL, "the host's fcntl");
	is(err(close_range(5, 4, 0)), -EINVAL, "close_range the wrong way");
	is(close_range(70, UINT_MAX, 0), 0, "close_range to the end");
	is(err(ioctl(top, GET_API_VERSION)), -EBADF, "closed");
	is(err(fcntl(top, F_GETFL)), -EBADF, "for good");
	is(err(fcntl(top, F_GETLK, text)), -EBADF, "by any command");
	is(ioctl(vfio, GET_API_VERSION), 0, "below it not");
	is(unshare(CLONE_FILES), 0, "unshare the table");
	ok(!err(unshare(CLONE_FS | CLONE_FILES)) || errno == EPERM, "and what belongs to it");
	is(ioctl(vfio, GET_API_VERSION), 0, "which is still there");
	is(err(unshare(0x1)), -EINVAL, "unshare nothing known");
	close(null);
	close(vfio);
	is(err(close(vfio)), -EBADF, "close twice");
	is(err(close(-1)), -EBADF, "close of none");
}

/* With nothing in the way all above a number is closed. */
static int close_from(void)
{
	int vfio = open("/dev/vfio/vfio", O_RDWR), null = open("/dev/null", O_RDWR);

	closefrom(null);
	if (ioctl(vfio, GET_API_VERSION) || fcntl(null, F_GETFD) != -1)
		return 1;
	closefrom(-1);
	return fcntl(0, F_GETFD) != -1 || ioctl(vfio, GET_API_VERSION) != -1 ||
	       open("/dev/vfio/vfio", O_RDWR);
}

static void test_transfer(void)
{
	int in = memfd_create("in", 0), out = memfd_create("out", 0), pipefd[2];
	int attr = open(OVERRIDE, O_RDWR);
	struct msghdr plain = { 0 };
	int sock[2];

	write(in, "0123456789", 10);
	lseek(in, 0, SEEK_SET);
	is(sendfile(out, in, NULL, 4), 4, "sendfile of the host's");
	is(copy_file_range(in, NULL, out, NULL, 4, 0), 4, "copy_file_range");
	pipe(pipefd);
	is(splice(in, NULL, pipefd[1], NULL, 2, 0), 2, "splice");
	is(ftruncate(out, 4), 0, "ftruncate");
	is(lseek(out, 0, SEEK_END), 4, "has an effect");
	is(fallocate(out, 0, 0, 16), 0, "fallocate");
	is(lseek(out, 0, SEEK_END), 16, "has one, too");
	is(fsync(out), 0, "fsync");
	is(fdatasync(out), 0, "fdatasync");
	is(err(ftruncate(attr, -1)), -EINVAL, "ftruncate to less than nothing");
	is(err(fallocate(attr, 0, 0, 0)), -EINVAL, "fallocate of nothing");
	is(err(fallocate(attr, 0, -1, 8)), -EINVAL, "fallocate before the beginning");
	is(err(fallocate(attr, 0, 0, 8)), -EOPNOTSUPP, "fallocate of an attribute");
	is(fdatasync(attr), 0, "fdatasync of an attribute");
	socketpair(AF_UNIX, SOCK_STREAM, 0, sock);
	is(sendmsg(sock[0], &plain, 0), 0, "sendmsg without descriptors");
	plain.msg_control = bad;
	plain.msg_controllen = 64;
	is(err(sendmsg(sock[0], &plain, 0)), -EFAULT, "with bad ones");
	close(sock[0]);
	close(sock[1]);
	close(pipefd[0]);
	close(pipefd[1]);
	close(in);
	close(out);
	close(attr);
}

static void test_memory(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR), attr = open(DEV "/vendor", O_RDONLY);
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	page[0] = 'p';
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == ENODEV,
	   "mmap of a container without a group");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, attr, 0) == MAP_FAILED && errno == ENODEV,
	   "of an attribute");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, 999, 0) == MAP_FAILED && errno == EBADF,
	   "of what is not open");
	ok(mmap(page + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, fd, 0) ==
	   page + 4096, "anonymous memory, whatever the descriptor");
	is(mprotect(page, 4096, PROT_READ), 0, "mprotect of the host's");
	page = mremap(page, 8192, 4096, 0);
	is(page[0], 'p', "mremap of the host's");
	page = mremap(page, 4096, 16384, MREMAP_MAYMOVE);
	ok(page != MAP_FAILED && page[0] == 'p', "and to somewhere else");
	is(munmap(page, 16384), 0, "munmap");
	is(err(munmap((void *)1, 4096)), -EINVAL, "munmap of nothing");
	is(err(mprotect((void *)4096, 4096, PROT_READ)), -ENOMEM, "mprotect of nothing");
	close(fd);
	close(attr);
}

int main(int argc, char **argv)
{
	preload(argv);
	test_print();
	test_fopen();
	test_freopen();
	ok(in_child(redirect), "standard output and error to an attribute and back");
	test_table();
	ok(in_child(close_from), "closefrom");
	test_transfer();
	test_memory();
	return done_testing();
}
