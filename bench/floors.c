// SPDX-License-Identifier: GPL-2.0-only
/* The least that could have been done: measured beside what is compared with it, and alone. */
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "setup.h"

static void run_getppid(void *ctx, int64_t n)
{
	while (n--)
		syscall(SYS_getppid);
}

const struct bench_floor floor_getppid = { "getppid", run_getppid };

static void run_memcpy(void *ctx, int64_t n)
{
	struct copy *c = ctx;

	while (n--) {
		memcpy(c->dst, c->src + c->at, c->len);
		bench_keep(c->dst);
		c->at += c->len;
		if (c->at + c->len > c->room)
			c->at = 0;
	}
}

const struct bench_floor floor_memcpy = { "memcpy", run_memcpy };

static void run_touch(void *ctx, int64_t n)
{
	struct touch *t = ctx;

	while (n--) {
		char *p = t->mem + (t->set * t->room + t->at) * 4096;

		for (size_t i = 0; i < t->pages; i++)
			*(volatile char *)(p + i * 4096);
		t->at += t->pages;
		if (t->at + t->pages > t->room)
			t->at = 0;
	}
}

/*
 * Which lines a cache can hold together is a matter of where their pages are: that is
 * up to chance, for as long as a process has them. Several sets of pages level it out.
 */
static void next_set(void *ctx)
{
	struct touch *t = ctx;

	if (t->sets < 2)
		return;
	t->set = (t->set + 1) % t->sets;
	t->at = 0;
	run_touch(t, t->room / t->pages);
}

const struct bench_floor floor_touch = { "touch", run_touch, next_set };

static void run_memfd_read(void *ctx, int64_t n)
{
	struct fd_read *r = ctx;

	while (n--) {
		if (pread(r->fd, r->buf, r->len, r->at) != (ssize_t)r->len)
			CLIENT_FAIL("read of a memfd: %s", client_errno(errno));
		r->at += r->len;
		if (r->at + r->len > r->room)
			r->at = 0;
	}
}

const struct bench_floor floor_memfd_read = { "memfd_read", run_memfd_read };

static void run_eventfd(void *ctx, int64_t n)
{
	int fd = *(int *)ctx;

	while (n--) {
		eventfd_raise(fd);
		eventfd_count(fd);
	}
}

const struct bench_floor floor_eventfd = { "eventfd", run_eventfd };

int setup_memfd(void)
{
	static int fd = -1;
	char *block;

	if (fd >= 0)
		return fd;
	block = pages_alloc(1 << 20);
	memset(block, 3, 1 << 20);
	fd = memfd_create("floor", MFD_CLOEXEC);
	for (size_t at = 0; at < FLOOR_ROOM; at += 1 << 20)
		if (fd < 0 || write(fd, block, 1 << 20) != 1 << 20)
			CLIENT_FAIL("memfd: %s", client_errno(errno));
	munmap(block, 1 << 20);
	return fd;
}

/* Alone: the rows that the ratios of others stand on. */

static void bench_getppid(struct bench *b)
{
	while (bench_loop(b))
		syscall(SYS_getppid);
	bench_set_items(b, 1);
}

static void bench_memcpy(struct bench *b)
{
	size_t len = bench_arg(b, 0), room = FLOOR_ROOM;
	struct copy c = { .len = len, .room = room };
	char *mem = setup_memory(b, PAGES_4K, room + len);

	if (!mem)
		return;
	c.src = mem;
	c.dst = mem + room;
	while (bench_loop(b))
		run_memcpy(&c, 1);
	bench_set_bytes(b, len);
}

static void bench_touch(struct bench *b)
{
	struct touch t = { .pages = bench_arg(b, 0), .room = 16384 };

	t.mem = setup_memory(b, PAGES_4K, FLOOR_ROOM);
	if (!t.mem)
		return;
	while (bench_loop(b))
		run_touch(&t, 1);
	bench_set_items(b, t.pages);
}

static void bench_eventfd(struct bench *b)
{
	int fd = eventfd_new();

	bench_floor(b, &floor_getppid, NULL, 2);
	while (bench_loop(b))
		run_eventfd(&fd, 1);
	bench_set_items(b, 1);
	close(fd);
}

static void bench_memfd_read(struct bench *b)
{
	size_t room = FLOOR_ROOM;
	struct fd_read r = { .len = bench_arg(b, 0), .room = room };
	struct copy c = { .len = r.len, .room = room };
	char *mem = setup_memory(b, PAGES_4K, room + r.len);

	if (!mem)
		return;
	c.src = mem;
	r.buf = c.dst = mem + room;
	r.fd = setup_memfd();
	bench_floor(b, &floor_memcpy, &c, 1);
	while (bench_loop(b))
		run_memfd_read(&r, 1);
	bench_set_bytes(b, r.len);
}

/* Write and read: what a pipe takes at once. */
static void bench_pipe(struct bench *b)
{
	size_t len = bench_arg(b, 0);
	char *mem = setup_memory(b, PAGES_4K, 2 * len);
	struct copy c = { .dst = mem, .src = mem + len, .len = len, .room = len };
	int fds[2];

	if (!mem)
		return;
	if (pipe2(fds, O_CLOEXEC)) {
		bench_fail(b, "pipe: %s", client_errno(errno));
		return;
	}
	bench_floor(b, &floor_memcpy, &c, 2);
	while (bench_loop(b))
		if (write(fds[1], mem, len) != (ssize_t)len || read(fds[0], mem, len) != (ssize_t)len)
			bench_fail(b, "pipe: %s", client_errno(errno));
	bench_set_bytes(b, len);
	close(fds[0]);
	close(fds[1]);
}

void register_floors(void)
{
	struct bench_entry *e;

	bench_register("getppid", bench_getppid, NULL);
	bench_register("eventfd", bench_eventfd, NULL);
	e = bench_register("memcpy", bench_memcpy, NULL);
	BENCH_ARGS(e, "bytes", 4 << 10, 64 << 10, 1 << 20, 16 << 20);
	e = bench_register("memfd_read", bench_memfd_read, NULL);
	BENCH_ARGS(e, "bytes", 4 << 10, 64 << 10, 1 << 20, 16 << 20);
	e = bench_register("pipe", bench_pipe, NULL);
	BENCH_ARGS(e, "bytes", 4 << 10, 64 << 10);
	e = bench_register("touch", bench_touch, NULL);
	BENCH_ARGS(e, "pages", 1, 512, 4096);
}
