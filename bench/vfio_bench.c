// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast a VFIO implementation is, from its user's side, beside floors that
 * are measured in the same run: memcpy of the same bytes, and the cheapest
 * system call.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client/vfio_client.h"
#include "gbench_shim.h"

#define STATE_SIZE (64l << 20)

static const int64_t chunks[] = { 4 << 10, 64 << 10, 1 << 20, 16 << 20 };
#define NR_CHUNKS ((int)(sizeof(chunks) / sizeof(chunks[0])))

static struct vfio_dev dev;
static struct mock mock;
static const char *why_not;	/* NULL: device and control region are there */

static void set_state(uint32_t state, int32_t *data_fd)
{
	struct vfio_device_feature_mig_state mig = { .device_state = state };
	struct {
		struct vfio_device_feature header;
		struct vfio_device_feature_mig_state state;
	} arg = { .header = { sizeof(arg), VFIO_DEVICE_FEATURE_SET |
					   VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE }, mig };
	int ret = __feature_raw(dev.fd, &arg);

	if (ret)
		CLIENT_FAIL("SET %u: %s", state, client_errno(ret));
	*data_fd = arg.state.data_fd;
}

static bool usable(struct bench *b)
{
	if (why_not)
		bench_skip(b, why_not);
	return !why_not;
}

static void bench_getppid(struct bench *b)
{
	while (bench_loop(b))
		syscall(SYS_getppid);
	bench_set_items(b, 1);
}

static void bench_memcpy(struct bench *b)
{
	size_t chunk = bench_arg(b), pos = 0;
	char *src = pages_alloc(STATE_SIZE), *dst = pages_alloc(chunk);

	memset(src, 1, STATE_SIZE);
	memset(dst, 2, chunk);
	while (bench_loop(b)) {
		memcpy(dst, src + pos, chunk);
		bench_keep(dst);
		pos = (pos + chunk) % STATE_SIZE;
	}
	bench_set_bytes(b, chunk);
	munmap(src, STATE_SIZE);
	munmap(dst, chunk);
}

static void bench_feature_get(struct bench *b)
{
	struct {
		struct vfio_device_feature header;
		struct vfio_device_feature_migration mig;
	} arg = { .header = { sizeof(arg), VFIO_DEVICE_FEATURE_GET |
					   VFIO_DEVICE_FEATURE_MIGRATION } };

	if (!usable(b))
		return;
	while (bench_loop(b))
		if (ioctl(dev.fd, VFIO_DEVICE_FEATURE, &arg))
			bench_skip(b, strerror(errno));
	bench_set_items(b, 1);
}

/* One iteration reads one chunk; a new session starts where a stream ends. */
static void bench_data_fd_read(struct bench *b)
{
	size_t chunk = bench_arg(b);
	char *buf = pages_alloc(chunk);
	int32_t fd = -1, none;

	if (!usable(b)) {
		munmap(buf, chunk);
		return;
	}
	memset(buf, 1, chunk);
	set_state(VFIO_DEVICE_STATE_STOP_COPY, &fd);
	while (bench_loop(b)) {
		ssize_t n = read(fd, buf, chunk);

		if (n < 0) {
			bench_skip(b, strerror(errno));
			break;
		}
		if (n == 0) {
			bench_pause(b);
			close(fd);
			set_state(VFIO_DEVICE_STATE_STOP, &none);
			set_state(VFIO_DEVICE_STATE_STOP_COPY, &fd);
			bench_resume(b);
		}
	}
	bench_set_bytes(b, chunk);
	close(fd);
	set_state(VFIO_DEVICE_STATE_RUNNING, &none);
	munmap(buf, chunk);
}

static void open_device(void)
{
	const char *bdf = role_bdf(ROLE_MAIN);

	if (!bdf) {
		why_not = role_missing(ROLE_MAIN);
		return;
	}
	device_open(&dev, bdf);
	if (__mock_find(dev.fd, &mock)) {
		why_not = "the device's driver has no control region to size its state with";
		return;
	}
	mock_write(&mock, MOCK_REG_STATE_SIZE, STATE_SIZE);
	for (long at = 0; at < STATE_SIZE; at += 1 << 20) {
		static char block[1 << 20];

		memset(block, at >> 20 | 1, sizeof(block));
		mock_write_bytes(&mock, MOCK_WINDOW + at, block, sizeof(block));
	}
}

int main(int argc, char **argv)
{
	int ret;

	open_device();
	bench_register("getppid", bench_getppid, NULL, 0);
	bench_register("feature_get", bench_feature_get, NULL, 0);
	bench_register("memcpy", bench_memcpy, chunks, NR_CHUNKS);
	bench_register("data_fd_read", bench_data_fd_read, chunks, NR_CHUNKS);
	ret = bench_main(argc, argv);
	if (!why_not) {
		mock_write(&mock, MOCK_REG_RESTORE, 1);
		device_close(&dev);
	}
	return ret;
}
