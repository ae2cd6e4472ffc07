// SPDX-License-Identifier: GPL-2.0-only
/*
 * Throughput of the migration data descriptor. On a kernel the floor is a read of
 * as many bytes from a memfd: there a memcpy has no system call to make.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "state.h"

#define STATE	FLOOR_ROOM

struct floors {
	struct copy copy;
	struct fd_read read;
};

static void set_floor(struct bench *b, struct floors *f, char *buf, size_t chunk, size_t room,
		      double per_iteration)
{
	if (room > STATE)
		room = STATE;
	if (setup_on_core()) {
		f->copy = (struct copy){ .dst = buf, .src = setup_memory(b, PAGES_4K, STATE),
					 .len = chunk, .room = room };
		bench_floor(b, &floor_memcpy, &f->copy, per_iteration);
	} else {
		f->read = (struct fd_read){ .fd = setup_memfd(), .buf = buf, .len = chunk,
					    .room = room };
		bench_floor(b, &floor_memfd_read, &f->read, per_iteration);
	}
}

/* Back where a stream begins. */
static int begin(int device, int fd, uint32_t state)
{
	if (fd >= 0)
		close(fd);
	state_set(device, VFIO_DEVICE_STATE_STOP);
	return state_set(device, state);
}

static void end(int device, int fd)
{
	close(fd);
	state_set(device, VFIO_DEVICE_STATE_RUNNING);
}

static bool ready(struct bench *b, struct mock **mock, uint64_t size)
{
	*mock = setup_main_mock(b);
	if (!*mock)
		return false;
	if (!state_flags((*mock)->fd)) {
		bench_skip(b, "the device does not migrate");
		return false;
	}
	state_fill(*mock, size);
	return true;
}

/* One iteration is one chunk, whatever the pieces it comes in. */
static void bench_read(struct bench *b)
{
	size_t chunk = bench_arg(b, 0), have;
	struct floors floors;
	struct mock *mock;
	char *buf;
	ssize_t n = 1;
	int fd;

	if (!ready(b, &mock, STATE))
		return;
	buf = pages_alloc(chunk);
	memset(buf, 1, chunk);
	set_floor(b, &floors, buf, chunk, STATE, 1);
	fd = begin(mock->fd, -1, VFIO_DEVICE_STATE_STOP_COPY);
	while (n >= 0 && bench_loop(b)) {
		for (have = 0; have < chunk && n >= 0; have += n) {
			n = read(fd, buf + have, chunk - have);
			if (n < 0)
				bench_fail(b, "read: %s", client_errno(errno));
			if (n)
				continue;
			bench_pause(b);
			fd = begin(mock->fd, fd, VFIO_DEVICE_STATE_STOP_COPY);
			bench_resume(b);
		}
	}
	bench_set_bytes(b, chunk);
	end(mock->fd, fd);
	munmap(buf, chunk);
}

/* The stream of a device with @mock's state of STATE bytes, read once. */
static const char *stream_of_state(struct mock *mock, size_t *len)
{
	static size_t stream_len;
	static char *stream;

	if (!stream)
		stream = state_save(mock->fd, &stream_len);
	*len = stream_len;
	return stream;
}

/* Likewise of a stream that was read before. */
static void bench_write(struct bench *b)
{
	size_t chunk = bench_arg(b, 0), len, at = 0, n;
	struct floors floors;
	const char *stream;
	struct mock *mock;
	int fd, ret = 0;
	char *buf;

	if (!ready(b, &mock, STATE))
		return;
	buf = pages_alloc(chunk);
	memset(buf, 1, chunk);
	set_floor(b, &floors, buf, chunk, STATE, 1);
	stream = stream_of_state(mock, &len);
	fd = begin(mock->fd, -1, VFIO_DEVICE_STATE_RESUMING);
	while (!ret && bench_loop(b)) {
		n = len - at < chunk ? len - at : chunk;
		ret = state_write(fd, stream + at, n, n);
		at += n;
		if (at == len) {
			bench_pause(b);
			fd = begin(mock->fd, fd, VFIO_DEVICE_STATE_RESUMING);
			at = 0;
			bench_resume(b);
		}
	}
	if (!ret) {
		/* The device leaves RESUMING with a whole stream only. */
		ret = state_write(fd, stream + at, len - at, 1 << 20);
		bench_set_bytes(b, chunk);
	}
	if (ret)
		bench_fail(b, "write: %s", client_errno(ret));
	end(mock->fd, fd);
	munmap(buf, chunk);
}

/* All of a state in chunks of 1 MiB. */
static void bench_by_state(struct bench *b)
{
	size_t size = bench_arg(b, 0), chunk = 1 << 20;
	struct floors floors;
	struct mock *mock;
	ssize_t n = 1;
	char *buf;
	int fd;

	if (!ready(b, &mock, size))
		return;
	if (size < chunk)
		chunk = size;
	buf = pages_alloc(chunk);
	memset(buf, 1, chunk);
	set_floor(b, &floors, buf, chunk, size, (double)size / chunk);
	fd = begin(mock->fd, -1, VFIO_DEVICE_STATE_STOP_COPY);
	while (n >= 0 && bench_loop(b)) {
		while ((n = read(fd, buf, chunk)) > 0)
			;
		if (n < 0)
			bench_fail(b, "read: %s", client_errno(errno));
		bench_pause(b);
		fd = begin(mock->fd, fd, VFIO_DEVICE_STATE_STOP_COPY);
		bench_resume(b);
	}
	bench_set_bytes(b, size);
	end(mock->fd, fd);
	munmap(buf, chunk);
}

void register_data_fd(void)
{
	struct bench_entry *e;

	e = bench_register("data_fd_read", bench_read, NULL);
	BENCH_ARGS(e, "chunk", 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20);
	e = bench_register("data_fd_write", bench_write, NULL);
	BENCH_ARGS(e, "chunk", 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20);
	e = bench_register("data_fd_read_state", bench_by_state, NULL);
	BENCH_ARGS(e, "bytes", 4 << 10, 1 << 20, 16 << 20, 256 << 20);
}
