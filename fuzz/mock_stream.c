// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mock driver's receiving end: a stream in any pieces. It is taken over if
 * and only if oracle_fsm.c's reading of it finds one whole stream, and then the
 * device's state is what its DATA records carried.
 *
 * Input: byte 0: size of the pieces less 1; the rest is the stream. In it, bytes
 * 0xff 0xff in place of an END record's checksum stand for the right one: nobody
 * guesses 64 bits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/vfio.h>

#include "fuzz.h"
#include "fuzz_core.h"
#include "mock_uapi.h"
#include "oracle.h"

#define STREAM	4096U
#define REGION	((uint64_t)VFIO_PCI_NUM_REGIONS << 40)
#define HEADER	sizeof(struct mock_record)

FUZZ_TARGET("mock_stream");

static struct fuzz_device device;

static long set_state(uint32_t state, int *data_fd)
{
	struct {
		uint32_t argsz, flags, state;
		int32_t data_fd;
	} arg = {
		sizeof(arg), VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, state, -1,
	};
	long ret = kapi_sys_ioctl(device.fd, VFIO_DEVICE_FEATURE, (unsigned long)&arg);

	*data_fd = ret ? -1 : arg.data_fd;
	return ret;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_start(true, NULL);
	fuzz_open(&device, "0000:01:00.0");
	fuzz_core_snap();
	return 0;
}

/* The state that the records carry, as far as they are whole; 0xffff is made a checksum. */
static size_t collect(uint8_t *stream, size_t len, uint8_t *state)
{
	struct mock_record rec;
	size_t at, n = 0;

	for (at = 0; at + HEADER <= len; at += HEADER + rec.len) {
		memcpy(&rec, stream + at, HEADER);
		if (rec.len > len - at - HEADER)
			break;
		if (rec.type == MOCK_REC_DATA) {
			memcpy(state + n, stream + at + HEADER, rec.len);
			n += rec.len;
		}
		if (rec.type == MOCK_REC_END && rec.len == 8 && !memcmp(stream + at + HEADER, "\xff\xff", 2)) {
			uint64_t sum = oracle_checksum(state, n);

			memcpy(stream + at + HEADER, &sum, sizeof(sum));
		}
	}
	return n;
}

static void check_state(const uint8_t *state, size_t size)
{
	static uint8_t got[STREAM];
	uint64_t shown;

	ORACLE(kapi_sys_pread(device.fd, &shown, 8, REGION + MOCK_REG_STATE_SIZE) == 8 &&
	       shown == size, "%llu bytes of state, not %zu", (unsigned long long)shown, size);
	ORACLE(kapi_sys_pread(device.fd, got, size, REGION + MOCK_WINDOW) == (ssize_t)size &&
	       !memcmp(got, state, size), "the state is not what the stream carried");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t stream[STREAM], state[STREAM];
	size_t at, piece, n, len = size ? size - 1 : 0;
	bool bad = false, valid;
	uint64_t one = 1;
	char diff[200];
	int fd, none;
	long ret;

	len = len < STREAM ? len : STREAM;
	memcpy(stream, data + 1, len);
	n = collect(stream, len, state);
	valid = oracle_stream_valid(stream, len);

	ret = set_state(VFIO_DEVICE_STATE_RESUMING, &fd);
	ORACLE(!ret && fd >= 0, "RESUMING gives %ld", ret);
	for (at = 0; at < len && !bad; at += piece) {
		piece = len - at < data[0] + 1U ? len - at : data[0] + 1U;
		ret = kapi_sys_write(fd, stream + at, piece);
		ORACLE(ret < 0 || ret == (long)piece, "%zu bytes written, %ld taken", piece, ret);
		bad = ret < 0;
	}
	ORACLE(!bad || !valid, "a stream in order is refused with %ld", ret);
	ret = set_state(VFIO_DEVICE_STATE_STOP, &none);
	ORACLE(ret == (valid ? 0 : -22), "%s stream: STOP gives %ld", valid ? "good" : "bad", ret);
	if (valid)
		check_state(state, n);
	kapi_sys_close(fd);
	ret = kapi_sys_ioctl(device.fd, VFIO_DEVICE_RESET, 0);
	ORACLE(!ret, "reset: %ld", ret);
	ORACLE(kapi_sys_pwrite(device.fd, &one, 8, REGION + MOCK_REG_RESTORE) == 8, "no restore");
	ORACLE(!fuzz_core_diff(diff, sizeof(diff)), "left: %s", diff);
	return 0;
}
