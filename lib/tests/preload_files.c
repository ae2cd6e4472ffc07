// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interposer's view of descriptors: opening, duplicating, closing, waiting,
 * signals and child processes of a plain program.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "preload.h"

static void test_open(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC), dir, two;
	char name[64] = "";

	ok(fd >= 0, "open /dev/vfio/vfio");
	is(ioctl(fd, GET_API_VERSION), 0, "ioctl");
	is(err(ioctl(fd, 12345)), -EINVAL, "an ioctl it does not know");
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "F_GETFD");
	is(fcntl(fd, F_GETFL) & (O_ACCMODE | O_CLOEXEC), O_RDWR, "F_GETFL");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	is(readlink(path, name, sizeof(name)), 14, "readlink of /proc/self/fd");
	ok(!strcmp(name, "/dev/vfio/vfio"), "is %s", name);
	two = open(path, O_RDWR);
	is(ioctl(two, GET_API_VERSION), 0, "open through /proc/self/fd");
	close(two);
	two = dup(fd);
	is(ioctl(two, GET_API_VERSION), 0, "dup");
	is(dup2(fd, 60), 60, "dup2");
	is(ioctl(60, GET_API_VERSION), 0, "of which the ioctl works");
	is(close_range(60, 60, 0), 0, "close_range");
	is(err(ioctl(60, GET_API_VERSION)), -EBADF, "closes");
	is(err(read(two, name, 1)), -EINVAL, "a container cannot be read");
	is(err(lseek(two, 0, SEEK_SET)), -ESPIPE, "nor sought");
	close(two);
	dir = open("/dev/vfio", O_RDONLY | O_DIRECTORY);
	two = openat(dir, "vfio", O_RDWR);
	is(ioctl(two, GET_API_VERSION), 0, "openat");
	close(two);
	is(err(read(dir, name, 1)), -EISDIR, "a directory cannot be read");
	is(err(open("/dev/vfio/none", O_RDWR)), -ENOENT, "a device that is not there");
	is(err(open("/dev/vfio/vfio/x", O_RDWR)), -ENOTDIR, "a device is no directory");
	is(err(open("/dev/vfio", O_RDWR)), -EISDIR, "a directory cannot be written");
	is(err(open(bad, O_RDWR)), -EFAULT, "a bad path");
	is(err(open("", O_RDWR)), -ENOENT, "an empty path");
	chdir("/");
	two = open("dev//vfio/./vfio", O_RDWR);
	is(ioctl(two, GET_API_VERSION), 0, "a path relative to /, with detours");
	close(two);
	two = open("/usr/../dev/vfio/vfio", O_RDWR);
	is(ioctl(two, GET_API_VERSION), 0, "a path with ..");
	close(two);
	close(dir);
	is(ioctl(fd, GET_API_VERSION), 0, "the first descriptor still works");
	close(fd);
	is(err(ioctl(fd, GET_API_VERSION)), -EBADF, "and does not once it is closed");
	fd = open("/dev/null", O_RDWR);
	is(write(fd, "x", 1), 1, "the host's own devices are as ever");
	close(fd);
}

static void test_ready(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR), ep = epoll_create1(0);
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT };
	struct epoll_event event = { .events = EPOLLIN };
	struct timeval now = { 0 };
	fd_set set;

	is(poll(&pfd, 1, 0), 1, "poll");
	is(pfd.revents, POLLIN | POLLOUT, "is ready for both, without a poll operation");
	is(ppoll(&pfd, 1, NULL, NULL), 1, "ppoll");
	FD_ZERO(&set);
	FD_SET(fd, &set);
	is(select(fd + 1, &set, NULL, NULL, &now), 1, "select");
	is(err(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event)), -EPERM, "epoll refuses it");
	close(ep);
	close(fd);
}

static volatile sig_atomic_t caught;

static void on_signal(int sig, siginfo_t *info, void *uc)
{
	caught = sig;
	mprotect((void *)((long)info->si_addr & -4096), 4096, PROT_READ | PROT_WRITE);
}

static void test_signals(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO }, old;
	char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/vfio/vfio", O_RDWR), status;
	sigset_t all, got;
	pid_t pid;

	is(sigaction(SIGSEGV, &act, &old), 0, "sigaction");
	ok(old.sa_handler == SIG_DFL, "was the default");
	sigaction(SIGSEGV, NULL, &old);
	ok(old.sa_sigaction == on_signal, "is what was set");
	is(err(ioctl(fd, 0x3b66, 1)), -EINVAL, "an ioctl");
	*(volatile char *)page = 1;
	is(caught, SIGSEGV, "the program's own fault reaches its handler");
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	is(err(stat(DEV, bad)), -EFAULT, "EFAULT with all signals blocked");
	sigprocmask(SIG_UNBLOCK, &all, &got);
	ok(sigismember(&got, SIGUSR1) && !sigismember(&got, SIGSEGV), "but those of faults");
	signal(SIGSEGV, SIG_DFL);
	pid = fork();
	if (!pid) {
		*(volatile char *)bad = 1;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "by default a fault kills");
	close(fd);
}

static void test_processes(void)
{
	int fd = open("/dev/vfio/vfio", O_RDWR), status;
	pid_t pid = fork();

	if (!pid)
		_exit(ioctl(fd, GET_API_VERSION) || close(fd) ||
		      open("/dev/vfio/vfio", O_RDWR) != fd);
	waitpid(pid, &status, 0);
	is(status, 0, "a child goes on with a copy");
	pid = vfork();
	if (!pid) {
		close(fd);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	is(ioctl(fd, GET_API_VERSION), 0, "a vfork() child closes its own");
	is(system("exec 9<>/dev/vfio/vfio; test -e " DEV " && ls -lR /sys/bus/pci >/dev/null && "
		  "find /sys/kernel/iommu_groups >/dev/null && test \"$(cat " DEV "/vendor)\" = "
		  "0x1234 && test \"$(readlink -f " DEV "/driver)\" = "
		  "/sys/bus/pci/drivers/mock_vfio_pci && stat /dev/vfio/vfio >/dev/null"), 0,
	   "a shell, test, ls, find, cat, readlink and stat see the same");
	closefrom(3);
	is(err(ioctl(fd, GET_API_VERSION)), -EBADF, "closefrom");
	fd = open("/dev/vfio/vfio", O_RDWR);
	is(ioctl(fd, GET_API_VERSION), 0, "and another open()");
}

int main(int argc, char **argv)
{
	preload(argv);
	ok(getenv("VFIO_SELFTESTS_BDF") && getenv("VFIO_COMPLIANCE_BDFS"), "the devices are named");
	test_open();
	test_ready();
	test_signals();
	test_processes();
	return done_testing();
}
