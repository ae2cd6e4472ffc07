// SPDX-License-Identifier: GPL-2.0-only
/*
 * What goes over the data descriptors: a state saved on one device and resumed
 * on another, in any pieces; and streams that a device must not take.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

FIXTURE(round_trip)
{
	struct mig from, to;
	uint8_t *state, *stream;
	size_t size, room;
};

FIXTURE_VARIANT(round_trip)
{
	size_t size, read_piece, write_piece;
	uint64_t read_chunk;	/* the driver's own limit */
	bool precopy;
};

#define TRIP(name, ...) FIXTURE_VARIANT_ADD(round_trip, name) { __VA_ARGS__ }

TRIP(size_0, .size = 0, .read_piece = 4096, .write_piece = 4096);
TRIP(size_1, .size = 1, .read_piece = 4096, .write_piece = 4096);
TRIP(size_4095, .size = 4095, .read_piece = 1 << 20, .write_piece = 1 << 20);
TRIP(size_4096, .size = 4096, .read_piece = 1 << 20, .write_piece = 1 << 20);
TRIP(size_4097, .size = 4097, .read_piece = 1 << 20, .write_piece = 1 << 20);
TRIP(size_1M, .size = 1 << 20, .read_piece = 1 << 20, .write_piece = 1 << 20);
TRIP(size_64M, .size = 64 << 20, .read_piece = 4 << 20, .write_piece = 4 << 20);
TRIP(bytewise, .size = 300, .read_piece = 1, .write_piece = 1);
TRIP(odd_pieces, .size = 70001, .read_piece = 1021, .write_piece = 997);
TRIP(header_sized_pieces, .size = 5000, .read_piece = 8, .write_piece = 16);
TRIP(short_reads, .size = 70000, .read_piece = 65536, .write_piece = 65536, .read_chunk = 4093);
TRIP(over_chunks, .size = (2 << 20) + 65537, .read_piece = 3 << 20, .write_piece = 65535);
TRIP(after_precopy, .size = 9000, .read_piece = 4096, .write_piece = 100, .precopy = true);

FIXTURE_SETUP(round_trip)
{
	const char *why = mig_open(&self->from, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	why = mig_open(&self->to, ROLE_PEER, true);
	if (!why && variant->precopy) {
		why = mig_want_flags(&self->from, F_STOP_COPY | F_P2P | F_PRE_COPY);
		if (why)
			mig_close(&self->to);
	}
	if (why) {
		mig_close(&self->from);
		SKIP(return, "%s", why);
	}
	self->size = variant->size;
	self->room = self->size + self->size / 1000 + (64 << 10);
	self->state = pages_alloc(self->room);
	self->stream = pages_alloc(self->room);
	fill_pattern(self->state, self->size, 1);
	mock_write(&self->from.mock, MOCK_REG_STATE_SIZE, self->size);
	mock_write(&self->from.mock, MOCK_REG_READ_CHUNK, variant->read_chunk);
	mock_write_bytes(&self->from.mock, MOCK_WINDOW, self->state, self->size);
}

FIXTURE_TEARDOWN(round_trip)
{
	mig_close(&self->to);
	mig_close(&self->from);
	munmap(self->state, self->room);
	munmap(self->stream, self->room);
}

static size_t save(struct mig *m, bool precopy, void *stream, size_t room, size_t piece)
{
	int data_fd = mig_go(m->dev.fd, precopy ? S_PRE_COPY : S_STOP_COPY);
	size_t len = 0;
	ssize_t n;

	if (precopy) {
		while ((n = __fd_read(data_fd, (char *)stream + len, piece)) > 0)
			len += n;
		if (n != -ENOMSG)
			CLIENT_FAIL("end of PRE_COPY data: %zd", n);
		mig_go(m->dev.fd, S_STOP_COPY);
	}
	len += stream_read(data_fd, (char *)stream + len, room - len, piece);
	mig_go(m->dev.fd, S_RUNNING);
	close(data_fd);
	return len;
}

VFIO_TEST_F(round_trip, same_state_on_the_peer, "MIG-045 MIG-046")
{
	struct mig *to = &self->to;
	int data_fd;
	size_t len;

	len = save(&self->from, variant->precopy, self->stream, self->room, variant->read_piece);
	EXPECT_GE(len, stream_size(self->size) - (self->size ? 0 : sizeof(struct mock_record)));
	EXPECT_LT(len, self->room);

	data_fd = mig_go(to->dev.fd, S_RESUMING);
	stream_write(data_fd, self->stream, len, variant->write_piece);
	EXPECT_EQ(-1, mig_go(to->dev.fd, S_RUNNING));
	close(data_fd);
	EXPECT_EQ(self->size, mock_read(&to->mock, MOCK_REG_STATE_SIZE));
	memset(self->stream, 0x5a, self->room);
	mock_read_bytes(&to->mock, MOCK_WINDOW, self->stream, self->size);
	EXPECT_EQ(0, memcmp(self->state, self->stream, self->size));
	/* The state ends where it ends, and the one it came from is as it was. */
	EXPECT_EQ(0, __mock_read_bytes(&to->mock, MOCK_WINDOW + self->size, self->stream, 1));
	EXPECT_EQ(self->size, mock_read(&self->from.mock, MOCK_REG_STATE_SIZE));
	memset(self->stream, 0xa5, self->room);
	mock_read_bytes(&self->from.mock, MOCK_WINDOW, self->stream, self->size);
	EXPECT_EQ(0, memcmp(self->state, self->stream, self->size));
}

FIXTURE(resume)
{
	struct mig m;
	int fd, data_fd;
	uint8_t state[64], stream[512];
	size_t len;
};

FIXTURE_SETUP(resume)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->m.dev.fd;
	mock_write(&self->m.mock, MOCK_REG_STATE_SIZE, 4);
	mock_write_bytes(&self->m.mock, MOCK_WINDOW, "old!", 4);
	fill_pattern(self->state, sizeof(self->state), 2);
	self->len = stream_make(self->stream, self->state, sizeof(self->state));
	self->data_fd = mig_go(self->fd, S_RESUMING);
	ASSERT_GE(self->data_fd, 0);
}

FIXTURE_TEARDOWN(resume)
{
	mig_close(&self->m);
}

/* Leaving is refused, and only a reset helps; the device keeps the state it had. */
static void check_stuck(struct __test_metadata *_metadata, struct mig *m, uint32_t to)
{
	struct mig_answer a = mig_set(m->dev.fd, to);
	char old[4];

	EXPECT_EQ(-EINVAL, a.ret) TH_LOG("to %s", mig_state_name(to));
	EXPECT_EQ(-1, a.data_fd);
	EXPECT_EQ(S_RESUMING, mig_state(m->dev.fd));
	mock_read_bytes(&m->mock, MOCK_WINDOW, old, 4);
	EXPECT_EQ(0, memcmp(old, "old!", 4));
}

VFIO_TEST_F(resume, every_truncation_is_refused, "MIG-023")
{
	size_t len;

	MIG_NEEDS_RESET(&self->m);
	for (len = 0; len < self->len; len++) {
		stream_write(self->data_fd, self->stream, len, self->len);
		check_stuck(_metadata, &self->m, S_STOP);
		/* What was there counts: the rest makes it whole. */
		if (len % 8 == 5) {
			stream_write(self->data_fd, self->stream + len, self->len - len, self->len);
			EXPECT_EQ(0, mig_set(self->fd, S_STOP).ret);
			mock_write(&self->m.mock, MOCK_REG_STATE_SIZE, 4);
			mock_write_bytes(&self->m.mock, MOCK_WINDOW, "old!", 4);
		}
		close(self->data_fd);
		mig_reset(&self->m);
		EXPECT_EQ(S_RUNNING, mig_state(self->fd));
		self->data_fd = mig_go(self->fd, S_RESUMING);
	}
}

VFIO_TEST_F(resume, no_way_around_stop, "MIG-024")
{
	static const uint32_t ways[] = { S_RUNNING, S_STOP_COPY, S_RUNNING_P2P, S_PRE_COPY };
	unsigned int i;

	MIG_NEEDS_RESET(&self->m);
	stream_write(self->data_fd, self->stream, 20, 20);
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		check_stuck(_metadata, &self->m, ways[i]);
	mig_reset(&self->m);
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
	EXPECT_EQ(-ENODEV, __fd_write(self->data_fd, self->stream, 1));
}

VFIO_TEST_F(resume, corruption_is_noticed, "MIG-047")
{
	size_t at;
	ssize_t n;

	MIG_NEEDS_RESET(&self->m);
	for (at = 0; at < self->len; at++) {
		self->stream[at] ^= 0x10;
		n = __fd_write(self->data_fd, self->stream, self->len);
		/* Headers and lengths are checked on the way, the rest at the end. */
		if (n < 0) {
			EXPECT_TRUE(n == -EINVAL || n == -ENOMEM) TH_LOG("byte %zu: %zd", at, n);
		}
		check_stuck(_metadata, &self->m, S_RUNNING);
		self->stream[at] ^= 0x10;
		close(self->data_fd);
		mig_reset(&self->m);
		self->data_fd = mig_go(self->fd, S_RESUMING);
	}
	stream_write(self->data_fd, self->stream, self->len, self->len);
	EXPECT_EQ(0, mig_set(self->fd, S_RUNNING).ret);
}

VFIO_TEST_F(resume, more_than_it_takes, "MIG-033")
{
	uint64_t size = htole64(MOCK_STATE_MAX + 1);
	uint8_t start[16];

	stream_record(start, MOCK_REC_START, &size, sizeof(size));
	EXPECT_EQ(-ENOMEM, __fd_write(self->data_fd, start, sizeof(start)));
	check_stuck(_metadata, &self->m, S_STOP);
}

VFIO_TEST_F(resume, bytes_behind_the_end, "MIG-052")
{
	stream_write(self->data_fd, self->stream, self->len, self->len);
	EXPECT_EQ(-EINVAL, __fd_write(self->data_fd, "", 1));
	EXPECT_EQ(-EINVAL, __fd_write(self->data_fd, self->stream, self->len));
	check_stuck(_metadata, &self->m, S_STOP);
}

VFIO_TEST_F(resume, more_data_than_announced, "MIG-052")
{
	uint64_t size = htole64(16);
	uint8_t start[16], data[8 + 17];

	stream_record(start, MOCK_REC_START, &size, sizeof(size));
	stream_record(data, MOCK_REC_DATA, self->state, 17);
	stream_write(self->data_fd, start, sizeof(start), sizeof(start));
	EXPECT_EQ(-EINVAL, __fd_write(self->data_fd, data, sizeof(data)));
	check_stuck(_metadata, &self->m, S_STOP);
}

CONFORMANCE_MAIN
