// SPDX-License-Identifier: GPL-2.0-only
/* Each arc of the migration states by itself, and a whole migration from device to device. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "state.h"

#define ARC_STATE	4096	/* bytes of device state while arcs are measured */
#define CHUNK		(1ul << 20)

#define RUNNING		VFIO_DEVICE_STATE_RUNNING
#define STOP		VFIO_DEVICE_STATE_STOP
#define STOP_COPY	VFIO_DEVICE_STATE_STOP_COPY
#define RESUMING	VFIO_DEVICE_STATE_RESUMING
#define RUNNING_P2P	VFIO_DEVICE_STATE_RUNNING_P2P
#define PRE_COPY	VFIO_DEVICE_STATE_PRE_COPY
#define PRE_COPY_P2P	VFIO_DEVICE_STATE_PRE_COPY_P2P

static const struct arc {
	uint32_t from, to;
	uint64_t needs;		/* VFIO_MIGRATION_* */
} arcs[] = {
	{ RUNNING, STOP, 0 },
	{ STOP, RUNNING, 0 },
	{ STOP, STOP_COPY, 0 },
	{ STOP_COPY, STOP, 0 },
	{ STOP, RESUMING, 0 },
	{ RESUMING, STOP, 0 },
	{ RUNNING, RUNNING_P2P, VFIO_MIGRATION_P2P },
	{ RUNNING_P2P, RUNNING, VFIO_MIGRATION_P2P },
	{ RUNNING_P2P, STOP, VFIO_MIGRATION_P2P },
	{ STOP, RUNNING_P2P, VFIO_MIGRATION_P2P },
	{ RUNNING, PRE_COPY, VFIO_MIGRATION_PRE_COPY },
	{ PRE_COPY, RUNNING, VFIO_MIGRATION_PRE_COPY },
	{ PRE_COPY, STOP_COPY, VFIO_MIGRATION_PRE_COPY },
	{ RUNNING_P2P, PRE_COPY_P2P, VFIO_MIGRATION_PRE_COPY | VFIO_MIGRATION_P2P },
	{ PRE_COPY_P2P, RUNNING_P2P, VFIO_MIGRATION_PRE_COPY | VFIO_MIGRATION_P2P },
	{ PRE_COPY, PRE_COPY_P2P, VFIO_MIGRATION_PRE_COPY | VFIO_MIGRATION_P2P },
	{ PRE_COPY_P2P, PRE_COPY, VFIO_MIGRATION_PRE_COPY | VFIO_MIGRATION_P2P },
	{ PRE_COPY_P2P, STOP_COPY, VFIO_MIGRATION_PRE_COPY | VFIO_MIGRATION_P2P },
};

static void close_if_open(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* From where an arc led back to where it begins, by way of RUNNING. */
static int enter(int device, uint32_t state, int *fd, const char *stream, size_t len)
{
	close_if_open(fd);
	state_set(device, RUNNING);
	*fd = state == RUNNING ? -1 : state_set(device, state);
	return state == RESUMING ? state_write(*fd, stream, len, CHUNK) : 0;
}

static void bench_arc(struct bench *b)
{
	const struct arc *arc = bench_ctx(b);
	struct mock *mock = setup_main_mock(b);
	int fd = -1, new = -1, ret;
	uint64_t flags;
	char *stream;
	size_t len;

	if (!mock)
		return;
	flags = state_flags(mock->fd);
	if (!flags || (flags & arc->needs) != arc->needs) {
		bench_skip(b, flags ? "this VFIO has no such state" :
				      "the device does not migrate");
		return;
	}
	state_fill(mock, ARC_STATE);
	stream = state_save(mock->fd, &len);
	ret = enter(mock->fd, arc->from, &fd, stream, len);
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = __state_set(mock->fd, arc->to, &new);
		if (ret) {
			bench_fail(b, "SET: %s", client_errno(ret));
			break;
		}
		bench_pause(b);
		if (arc->to == RESUMING)
			ret = state_write(new, stream, len, CHUNK);
		close_if_open(&new);
		ret = ret ?: enter(mock->fd, arc->from, &fd, stream, len);
		bench_resume(b);
	}
	if (ret)
		bench_fail(b, "the way back: %s", client_errno(ret));
	bench_set_items(b, 1);
	enter(mock->fd, RUNNING, &fd, NULL, 0);
	free(stream);
}

/* From the source's RUNNING to the destination's. 0 or -errno. */
static int migrate(int src, int dst, bool precopy, char *buf)
{
	int in, out, next, ret;
	ssize_t n = 0;

	in = state_set(src, precopy ? PRE_COPY : STOP_COPY);
	out = state_set(dst, RESUMING);
	if (precopy) {
		/* All that is there before it stops. */
		while ((n = read(in, buf, CHUNK)) > 0 && !state_write(out, buf, n, n))
			;
		if (n < 0 && errno == ENOMSG)
			n = 0;
		ret = n < 0 ? -errno : __state_set(src, STOP_COPY, &next);
		if (ret)
			goto out;
	}
	while ((n = read(in, buf, CHUNK)) > 0) {
		ret = state_write(out, buf, n, n);
		if (ret)
			goto out;
	}
	ret = n < 0 ? -errno : __state_set(dst, RUNNING, &next);
out:
	close(in);
	close(out);
	return ret;
}

static void bench_migrate(struct bench *b)
{
	bool precopy = *(const bool *)bench_ctx(b);
	size_t size = bench_arg(b, 0), step = size < CHUNK ? size : CHUNK;
	struct mock *src = setup_main_mock(b), *dst;
	struct copy c = { .len = step, .room = 64 << 20 };
	struct vfio_dev *peer;
	char *buf;
	int ret = 0;

	peer = src ? setup_device(b, ROLE_PEER) : NULL;
	dst = peer ? setup_mock(b, peer) : NULL;
	if (!dst)
		return;
	if (precopy && !(state_flags(src->fd) & VFIO_MIGRATION_PRE_COPY)) {
		bench_skip(b, "this VFIO has no PRE_COPY");
		return;
	}
	c.src = setup_memory(b, PAGES_4K, c.room);
	if (!c.src)
		return;
	buf = pages_alloc(2 * CHUNK);
	c.dst = buf + CHUNK;
	state_fill(src, size);
	/* In and out. */
	bench_floor(b, &floor_memcpy, &c, 2.0 * size / step);
	while (!ret && bench_loop(b)) {
		ret = migrate(src->fd, dst->fd, precopy, buf);
		bench_pause(b);
		state_set(src->fd, RUNNING);
		bench_resume(b);
	}
	if (ret) {
		bench_fail(b, "migration: %s", client_errno(ret));
		__vfio_ioctl(dst->fd, VFIO_DEVICE_RESET, NULL);
	}
	bench_set_bytes(b, size);
	munmap(buf, 2 * CHUNK);
}

void register_migration(void)
{
	static const bool no = false, yes = true;
	struct bench_entry *e;
	char name[64];

	for (size_t i = 0; i < sizeof(arcs) / sizeof(arcs[0]); i++) {
		snprintf(name, sizeof(name), "arc/%s-%s", state_name(arcs[i].from),
			 state_name(arcs[i].to));
		bench_register(name, bench_arc, &arcs[i]);
	}
	e = bench_register("migrate", bench_migrate, &no);
	BENCH_ARGS(e, "bytes", 4 << 10, 1 << 20, 64 << 20);
	e = bench_register("migrate_precopy", bench_migrate, &yes);
	BENCH_ARGS(e, "bytes", 4 << 10, 1 << 20, 64 << 20);
}
