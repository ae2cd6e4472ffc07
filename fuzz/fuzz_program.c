// SPDX-License-Identifier: GPL-2.0-only
/* Programs on the core: system calls without the system, and books beside. */
#include "fuzz_program.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "fuzz_core.h"
#include "mock_uapi.h"

static uint64_t ops;
static int slots[PROG_SLOTS];
static uint8_t kinds[PROG_SLOTS], devs[PROG_SLOTS];
static int groups[PROG_DEVS];
static unsigned int headers[PROG_NO_DEVICE][FUZZ_HEADER];
static bool print;
static bool alone;	/* one thread, and the core has none of its own */
static void (*target_step)(const struct prog_step *s);

static int core_close(int fd)
{
	bool told;
	int ret;

	if (kapi_fd_is_ours(fd))
		return kapi_sys_close(fd);
	told = kapi_fd_closing(fd);
	ret = syscall(SYS_close, fd) ? -errno : 0;
	if (told)
		kapi_fd_closed();
	return ret;
}

static int core_dup(int fd)
{
	int ret;

	if (kapi_fd_is_ours(fd))
		return kapi_sys_dup(fd, true);
	ret = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return ret < 0 ? -errno : ret;
}

static long core_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	return kapi_fd_is_ours(fd) ? kapi_sys_ioctl(fd, cmd, arg) : -ENOTTY;
}

/*
 * On eventfds these are the host's, by number: the thread sanitizer takes it for a
 * race if two threads share a descriptor through libc's names.
 */
static ssize_t core_read(int fd, void *buf, size_t count)
{
	ssize_t ret;

	if (kapi_fd_is_ours(fd))
		return kapi_sys_read(fd, buf, count);
	ret = syscall(SYS_read, fd, buf, count);
	return ret < 0 ? -errno : ret;
}

static ssize_t core_write(int fd, const void *buf, size_t count)
{
	ssize_t ret;

	if (kapi_fd_is_ours(fd))
		return kapi_sys_write(fd, buf, count);
	ret = syscall(SYS_write, fd, buf, count);
	return ret < 0 ? -errno : ret;
}

static ssize_t core_pread(int fd, void *buf, size_t count, off_t pos)
{
	return kapi_fd_is_ours(fd) ? kapi_sys_pread(fd, buf, count, pos) : -ESPIPE;
}

static ssize_t core_pwrite(int fd, const void *buf, size_t count, off_t pos)
{
	return kapi_fd_is_ours(fd) ? kapi_sys_pwrite(fd, buf, count, pos) : -ESPIPE;
}

static off_t core_lseek(int fd, off_t off, int whence)
{
	return kapi_fd_is_ours(fd) ? kapi_sys_lseek(fd, off, whence) : -ESPIPE;
}

static int core_poll(int fd)
{
	return kapi_fd_is_ours(fd) ? (int)kapi_sys_poll(fd) : 0;
}

static void *core_mmap(void *addr, size_t len, int prot, int fd, off_t off)
{
	if (!kapi_fd_is_ours(fd))
		return (void *)(long)-ENODEV;
	return kapi_sys_mmap(addr, len, prot, MAP_SHARED | MAP_FIXED, fd, off);
}

static int core_munmap(void *addr, size_t len)
{
	/* Nothing but the core's is ever mapped there. */
	int ret = kapi_sys_munmap(addr, len);

	return ret < 0 ? ret : 0;
}

static int core_eventfd(void)
{
	int fd;

	if (alone)
		return kapi_sys_eventfd(0);
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Those of functions never change. */
static int core_group(const char *dev)
{
	for (unsigned int i = 0; i < PROG_MDEV0; i++)
		if (dev == prog_dev_name[i])
			return groups[i];
	return fuzz_core_mdev_group(dev);
}

static void core_profile(unsigned int n)
{
	fuzz_core_profile(prog_profile[n]);
}

static const struct prog_sys core_sys = {
	.open = kapi_sys_open, .close = core_close, .dup = core_dup, .ioctl = core_ioctl,
	.read = core_read, .write = core_write, .pread = core_pread, .pwrite = core_pwrite,
	.lseek = core_lseek, .poll = core_poll, .mmap = core_mmap, .munmap = core_munmap,
	.eventfd = core_eventfd, .attr_write = fuzz_core_attr_write, .group = core_group,
	.fail_nth = kapi_fail_nth, .profile = core_profile,
};

static void run_init(struct prog_run *run)
{
	*run = (struct prog_run) {
		.sys = &core_sys, .slots = slots, .kinds = kinds, .devs = devs, .thread = PROG_BOTH,
		.ops = PROG_ALL_OPS,
	};
}

/* What an edu keeps over a reset, if it has one: status, a raised interrupt, its DMA engine. */
static void restore_edu(int fd)
{
	static const struct { uint8_t reg; uint32_t val; } regs[] = {
		{ 0x04, ~0U }, { 0x20, 0 }, { 0x64, ~0U }, { 0x80, 0 }, { 0x84, 0 }, { 0x88, 0 }, { 0x8c, 0 },
		{ 0x90, 0 }, { 0x94, 0 },
	};

	for (unsigned int i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		kapi_sys_pwrite(fd, &regs[i].val, 4, regs[i].reg);
}

/* What a device and its driver keep longer than a file of theirs. */
static void restore(unsigned int dev)
{
	struct fuzz_device d;
	uint64_t one = 1;

	if (dev > PROG_PEER)
		return;
	fuzz_open(&d, prog_dev_name[dev]);
	restore_edu(d.fd);
	if (dev != PROG_PLAIN)
		ORACLE(kapi_sys_pwrite(d.fd, &one, 8, ((uint64_t)VFIO_PCI_NUM_REGIONS << 40) +
				       MOCK_REG_RESTORE) == 8, "device %u cannot be restored", dev);
	kapi_sys_close(d.fd);
	kapi_sys_close(d.group);
	kapi_sys_close(d.container);
}

/* An injected error of open_device is spent on the attempt before. */
static void restore_all(unsigned int touched)
{
	for (unsigned int dev = 0; dev < PROG_DEVS; dev++)
		if (touched >> dev & 1)
			restore(dev);
}

/* What is made at its first use and stays, is made before anything is counted. */
static void warm_up(void)
{
	static const struct prog_call calls[] = {
		{ PROG_SETUP, .slot = 0, .v = { PROG_MAIN } }, { PROG_EVENTFD, .out = 4 },
		{ PROG_SET_STATE, .slot = 2, .out = 3, .v = { VFIO_DEVICE_STATE_STOP_COPY } },
		{ PROG_OPEN_KVM, .out = 5 }, { PROG_CREATE_VM, .slot = 5, .out = 6 },
		{ PROG_CREATE_KVM_VFIO, .slot = 6, .out = 7 },
		{ PROG_MDEV_CREATE, .v = { PROG_MDEV0 } }, { PROG_MDEV_CREATE, .v = { PROG_MDEV1 } },
		{ PROG_MMAP, .slot = 2, .v = { 0x8000, 0x1001, 3 } },
		{ PROG_SETUP, .slot = 8, .v = { PROG_PLAIN } },
		{ PROG_SETUP, .slot = 11, .v = { PROG_PAIR0 } },
		{ PROG_GET_DEVICE, .slot = 12, .out = 14, .v = { PROG_PAIR1 } },
		{ PROG_SETUP, .slot = 15, .v = { PROG_PEER } },
		{ PROG_SETUP, .slot = 18, .v = { PROG_MDEV0 } },
		{ PROG_SETUP, .slot = 21, .v = { PROG_MDEV1 } },
		/* A descriptor of the host's, looked at by the core. */
		{ PROG_UNSET_CONTAINER, .slot = 16 }, { PROG_SET_CONTAINER, .slot = 16, .v = { 4 } },
	};
	uint8_t program[sizeof(calls) / sizeof(calls[0])][PROG_CALL_SIZE];
	struct prog_run run;

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		prog_encode(&calls[i], program[i]);
	run_init(&run);
	prog_run(&run, program[0], sizeof(program));
	prog_end(&run);
}

void fuzz_program_start(const char *topology)
{
	unsigned int i;
	int ret;

	alone = strcmp(fuzz_target_name, "race");
	fuzz_start(alone, topology);
	ret = prog_mem_init();
	if (ret) {
		fprintf(stderr, "cannot map the program's memory: %s\n", strerror(-ret));
		exit(2);
	}
	for (i = 0; i < PROG_SLOTS; i++)
		slots[i] = -1;
	for (i = 0; i < PROG_MDEV0; i++)
		groups[i] = fuzz_core_group(prog_dev_name[i]);
	ops = fuzz_target(fuzz_target_name)->ops;
	print = getenv("FUZZ_PRINT");
	warm_up();
	restore_all((1U << PROG_NO_DEVICE) - 1);
	for (i = 0; i < PROG_NO_DEVICE; i++)
		fuzz_core_header(prog_dev_name[i], headers[i]);
	fuzz_core_snap();
}

static void print_step(const struct prog_step *s)
{
	char text[256];
	struct prog_call c = *s->call;

	c.op = s->op;
	prog_print(&c, text, sizeof(text));
	fprintf(stderr, "%2u %s (fd %d) = %ld%s%s\n", s->index, text, s->fd, s->ret,
		s->ret < 0 ? " " : "", s->ret < 0 ? strerror(-s->ret) : "");
}

static void step(void *ctx, const struct prog_step *s)
{
	if (print)
		print_step(s);
	/* The books cannot follow. */
	if (s->foreign)
		return;
	oracle_files_step(s);
	if (target_step)
		target_step(s);
}

static void check_left(void)
{
	char diff[400];

	ORACLE(!fuzz_core_diff(diff, sizeof(diff)), "left when all is closed: %s", diff);
	ORACLE(!fuzz_core_warnings(), "%u warnings", fuzz_core_warnings());
}

void fuzz_program(const uint8_t *data, size_t size, void (*on_step)(const struct prog_step *s))
{
	static struct prog_run run;

	run_init(&run);
	run.ops = ops;
	run.step = step;
	target_step = on_step;
	oracle_files_start();
	prog_mem_reset();
	prog_run(&run, data, size);
	prog_end(&run);
	if (run.foreign)
		oracle_files_forget();
	else
		oracle_files_end();
	if (run.profile)
		core_profile(0);
	for (unsigned int dev = 0; run.foreign && dev < PROG_NO_DEVICE; dev++)
		fuzz_core_header_restore(prog_dev_name[dev], headers[dev]);
	restore_all(run.touched);
	check_left();
}

struct half {
	struct prog_run run;
	const uint8_t *data;
	size_t size;
};

static void *run_half(void *arg)
{
	struct half *half = arg;

	prog_run(&half->run, half->data, half->size);
	return NULL;
}

void fuzz_program_race(const uint8_t *data, size_t size)
{
	static struct half half[2];
	pthread_t other;

	for (unsigned int i = 0; i < 2; i++) {
		run_init(&half[i].run);
		half[i].run.ops = ops;
		half[i].run.thread = i;
		half[i].data = data;
		half[i].size = size;
	}
	prog_mem_reset();
	if (pthread_create(&other, NULL, run_half, &half[1]))
		abort();
	run_half(&half[0]);
	pthread_join(other, NULL);
	prog_end(&half[0].run);
	restore_all(half[0].run.touched | half[1].run.touched);
	check_left();
}
