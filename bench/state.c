// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

int __state_set(int device, uint32_t state, int *fd)
{
	struct vfio_device_feature_mig_state arg = { .device_state = state, .data_fd = -1 };
	struct {
		struct vfio_device_feature header;
		struct vfio_device_feature_mig_state state;
	} feature = { { sizeof(feature),
			VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE }, arg };
	int ret = __feature_raw(device, &feature);

	*fd = feature.state.data_fd;
	return ret;
}

int state_set(int device, uint32_t state)
{
	int fd, ret = __state_set(device, state, &fd);

	if (ret)
		CLIENT_FAIL("to %s: %s", state_name(state), client_errno(ret));
	return fd;
}

uint64_t state_flags(int device)
{
	struct vfio_device_feature_migration arg = { 0 };

	if (__feature_get(device, VFIO_DEVICE_FEATURE_MIGRATION, &arg, sizeof(arg)))
		return 0;
	return arg.flags;
}

const char *state_name(uint32_t state)
{
	static const char *const names[] = {
		[VFIO_DEVICE_STATE_ERROR] = "ERROR",
		[VFIO_DEVICE_STATE_STOP] = "STOP",
		[VFIO_DEVICE_STATE_RUNNING] = "RUNNING",
		[VFIO_DEVICE_STATE_STOP_COPY] = "STOP_COPY",
		[VFIO_DEVICE_STATE_RESUMING] = "RESUMING",
		[VFIO_DEVICE_STATE_RUNNING_P2P] = "RUNNING_P2P",
		[VFIO_DEVICE_STATE_PRE_COPY] = "PRE_COPY",
		[VFIO_DEVICE_STATE_PRE_COPY_P2P] = "PRE_COPY_P2P",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "no such state";
}

void state_fill(struct mock *mock, uint64_t size)
{
	static char block[1 << 20];
	uint64_t at, n;

	if (mock_read(mock, MOCK_REG_STATE_SIZE) == size)
		return;
	mock_write(mock, MOCK_REG_STATE_SIZE, size);
	for (at = 0; at < size; at += n) {
		n = size - at < sizeof(block) ? size - at : sizeof(block);
		memset(block, at >> 20 | 1, n);
		mock_write_bytes(mock, MOCK_WINDOW + at, block, n);
	}
}

char *state_save(int device, size_t *len)
{
	size_t room = 1 << 20;
	char *stream = NULL;
	ssize_t n;
	int fd;

	*len = 0;
	fd = state_set(device, VFIO_DEVICE_STATE_STOP_COPY);
	do {
		if (!stream || *len == room)
			stream = realloc(stream, room *= 2);
		if (!stream)
			CLIENT_FAIL("no memory for a stream");
		n = read(fd, stream + *len, room - *len);
		if (n < 0)
			CLIENT_FAIL("read of a data fd: %s", client_errno(errno));
		*len += n;
	} while (n);
	close(fd);
	state_set(device, VFIO_DEVICE_STATE_RUNNING);
	return stream;
}

int state_write(int fd, const char *stream, size_t len, size_t chunk)
{
	ssize_t n;

	for (; len; len -= n, stream += n) {
		n = write(fd, stream, len < chunk ? len : chunk);
		if (n <= 0)
			return n ? -errno : -EIO;
	}
	return 0;
}
