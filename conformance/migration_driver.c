// SPDX-License-Identifier: GPL-2.0-only
/*
 * Migration of any device whose driver has it: what can be checked with no word of
 * what the stream holds. The mock driver's own stream: data_fd_*.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

/* What a state needs the driver to have. */
static uint64_t flags_of(uint32_t state)
{
	return F_STOP_COPY |
	       (state == S_RUNNING_P2P || state == S_PRE_COPY_P2P ? F_P2P : 0) |
	       (state >= S_PRE_COPY ? F_PRE_COPY : 0);
}

/* Open the device and see to it that it can reach @state; NULL or why not. */
static const char *open_for(struct mig *m, uint32_t state)
{
	const char *why = mig_open(m, ROLE_MAIN, false);

	if (why)
		return why;
	why = mig_want_flags(m, flags_of(state));
	if (why)
		mig_close(m);
	return why;
}

FIXTURE(any_state)
{
	struct mig m;
	int data_fd;
};

FIXTURE_VARIANT(any_state)
{
	uint32_t state;
};

FIXTURE_VARIANT_ADD(any_state, STOP) { .state = S_STOP };
FIXTURE_VARIANT_ADD(any_state, STOP_COPY) { .state = S_STOP_COPY };
FIXTURE_VARIANT_ADD(any_state, RESUMING) { .state = S_RESUMING };
FIXTURE_VARIANT_ADD(any_state, RUNNING_P2P) { .state = S_RUNNING_P2P };
FIXTURE_VARIANT_ADD(any_state, PRE_COPY) { .state = S_PRE_COPY };
FIXTURE_VARIANT_ADD(any_state, PRE_COPY_P2P) { .state = S_PRE_COPY_P2P };

FIXTURE_SETUP(any_state)
{
	const char *why = open_for(&self->m, variant->state);

	if (why)
		SKIP(return, "%s", why);
	self->data_fd = mig_go(self->m.dev.fd, variant->state);
	ASSERT_EQ(variant->state, mig_state(self->m.dev.fd));
}

FIXTURE_TEARDOWN(any_state)
{
	mig_close(&self->m);
}

/* A session that is over moves no data, in neither direction. */
static void check_dead(struct __test_metadata *_metadata, uint32_t state, int data_fd)
{
	char byte = 0;

	if (data_fd < 0)
		return;
	EXPECT_GT(0, state == S_RESUMING ? __fd_write(data_fd, &byte, 1) :
					   __fd_read(data_fd, &byte, 1));
}

VFIO_TEST_F(any_state, is_over_when_closed, "MIG-040")
{
	device_close(&self->m.dev);
	check_dead(_metadata, variant->state, self->data_fd);
	device_open(&self->m.dev, role_bdf(ROLE_DEVICE));
	if (self->m.has_mock)
		mock_find(self->m.dev.fd, &self->m.mock);
	EXPECT_EQ(S_RUNNING, mig_state(self->m.dev.fd));
	EXPECT_EQ(-1, mig_get(self->m.dev.fd).data_fd);
	check_dead(_metadata, variant->state, self->data_fd);
	EXPECT_LE(0, mig_go(self->m.dev.fd, S_STOP_COPY));
}

VFIO_TEST_F(any_state, is_over_after_reset, "RST-006 MIG-020")
{
	MIG_NEEDS_RESET(&self->m);
	mig_reset(&self->m);
	EXPECT_EQ(S_RUNNING, mig_state(self->m.dev.fd));
	check_dead(_metadata, variant->state, self->data_fd);
}

FIXTURE(any_stream)
{
	struct mig m;
	char *stream;
	size_t len;
};

FIXTURE_SETUP(any_stream)
{
	const char *why = open_for(&self->m, S_STOP_COPY);

	if (why)
		SKIP(return, "%s", why);
	self->stream = malloc(STREAM_MAX);
	ASSERT_NE(NULL, self->stream);
}

FIXTURE_TEARDOWN(any_stream)
{
	mig_close(&self->m);
	free(self->stream);
}

/* Save the state in reads of @piece bytes and let the device run again. */
static void save(FIXTURE_DATA(any_stream) *self, size_t piece)
{
	int data_fd = mig_go(self->m.dev.fd, S_STOP_COPY);

	self->len = stream_read(data_fd, self->stream, STREAM_MAX, piece);
	mig_go(self->m.dev.fd, S_RUNNING);
	close(data_fd);
}

VFIO_TEST_F(any_stream, goes_back_in, "MIG-044")
{
	int data_fd;

	save(self, 4096);
	EXPECT_LT(0, self->len);
	data_fd = mig_go(self->m.dev.fd, S_RESUMING);
	stream_write(data_fd, self->stream, self->len, 1000);
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, S_STOP));
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, S_RUNNING));
	close(data_fd);
}

VFIO_TEST_F(any_stream, goes_into_the_peer, "MIG-044")
{
	struct mig peer;
	const char *why = mig_open(&peer, ROLE_PEER, false);
	int data_fd;

	if (why)
		SKIP(return, "%s", why);
	save(self, 1 << 20);
	data_fd = mig_go(peer.dev.fd, S_RESUMING);
	stream_write(data_fd, self->stream, self->len, 1 << 20);
	EXPECT_EQ(-1, mig_go(peer.dev.fd, S_RUNNING));
	close(data_fd);
	mig_close(&peer);
}

VFIO_TEST_F(any_stream, in_single_bytes, "MIG-045")
{
	size_t whole, at;
	int data_fd;

	save(self, 4096);
	whole = self->len;
	if (whole > 1 << 16)
		SKIP(return, "the stream has %zu bytes", whole);
	save(self, 1);
	EXPECT_EQ(whole, self->len);
	data_fd = mig_go(self->m.dev.fd, S_RESUMING);
	for (at = 0; at < self->len; at++)
		ASSERT_EQ(1, __fd_write(data_fd, self->stream + at, 1));
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, S_STOP));
	close(data_fd);
}

VFIO_TEST_F(any_stream, end_stays, "MIG-029")
{
	int data_fd = mig_go(self->m.dev.fd, S_STOP_COPY);
	char byte;

	stream_read(data_fd, self->stream, STREAM_MAX, 4096);
	EXPECT_EQ(0, __fd_read(data_fd, &byte, 1));
	EXPECT_EQ(0, __fd_read(data_fd, &byte, 1));
	close(data_fd);
}

VFIO_TEST_F(any_stream, nothing_written_is_not_enough, "MIG-023")
{
	int data_fd = mig_go(self->m.dev.fd, S_RESUMING);
	struct mig_answer a = mig_set(self->m.dev.fd, S_STOP);

	MIG_NEEDS_RESET(&self->m);
	EXPECT_GT(0, a.ret);
	EXPECT_EQ(S_RESUMING, mig_state(self->m.dev.fd));
	close(data_fd);
	mig_reset(&self->m);
}

FIXTURE(any_precopy)
{
	struct mig m;
	int data_fd;
};

FIXTURE_SETUP(any_precopy)
{
	const char *why = open_for(&self->m, S_PRE_COPY);

	if (why)
		SKIP(return, "%s", why);
	self->data_fd = mig_go(self->m.dev.fd, S_PRE_COPY);
}

FIXTURE_TEARDOWN(any_precopy)
{
	mig_close(&self->m);
}

static int precopy_info(int data_fd, uint32_t argsz, struct vfio_precopy_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = argsz;
	return ioctl(data_fd, VFIO_MIG_GET_PRECOPY_INFO, info) ? -errno : 0;
}

VFIO_TEST_F(any_precopy, info, "MIG-035 MIG-038")
{
	struct vfio_precopy_info info, after;
	size_t done = 0;
	char buf[4096];
	uint64_t left;
	ssize_t n;

	EXPECT_EQ(-EINVAL, precopy_info(self->data_fd, sizeof(info) - 1, &info));
	ASSERT_EQ(0, precopy_info(self->data_fd, sizeof(info), &info));
	left = info.initial_bytes + info.dirty_bytes;
	/* What a driver puts around its data, it need not count. */
	while (done < left && (n = __fd_read(self->data_fd, buf, sizeof(buf))) > 0)
		done += n;
	ASSERT_EQ(0, precopy_info(self->data_fd, sizeof(after), &after));
	if (done)
		EXPECT_GT(left, after.initial_bytes + after.dirty_bytes);
}

VFIO_TEST_F(any_precopy, session_goes_on, "MIG-009 MIG-037")
{
	struct vfio_precopy_info info;
	char *stream = malloc(STREAM_MAX);

	ASSERT_NE(NULL, stream);
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, S_STOP_COPY));
	EXPECT_EQ(-EINVAL, precopy_info(self->data_fd, sizeof(info), &info));
	EXPECT_LT(0, stream_read(self->data_fd, stream, STREAM_MAX, 4096));
	free(stream);
}

CONFORMANCE_MAIN
