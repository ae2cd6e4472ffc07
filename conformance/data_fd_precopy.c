// SPDX-License-Identifier: GPL-2.0-only
/* The session in PRE_COPY and PRE_COPY_P2P. */
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

#define HEADER sizeof(struct mock_record)

FIXTURE(precopy)
{
	struct mig m;
	int data_fd;
};

FIXTURE_VARIANT(precopy)
{
	uint32_t state;
};

FIXTURE_VARIANT_ADD(precopy, full) { .state = S_PRE_COPY };
FIXTURE_VARIANT_ADD(precopy, p2p) { .state = S_PRE_COPY_P2P };

FIXTURE_SETUP(precopy)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	why = mig_want_flags(&self->m, F_STOP_COPY | F_P2P | F_PRE_COPY);
	if (why) {
		mig_close(&self->m);
		SKIP(return, "%s", why);
	}
	mock_write(&self->m.mock, MOCK_REG_STATE_SIZE, 64);
	mock_write(&self->m.mock, MOCK_REG_PRECOPY_INIT, 1000);
	self->data_fd = mig_go(self->m.dev.fd, variant->state);
	ASSERT_GE(self->data_fd, 0);
}

FIXTURE_TEARDOWN(precopy)
{
	mig_close(&self->m);
}

static int get_info(int data_fd, struct vfio_precopy_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->initial_bytes = info->dirty_bytes = MIG_UNTOUCHED;
	return __vfio_ioctl(data_fd, VFIO_MIG_GET_PRECOPY_INFO, info);
}

static void read_exactly(struct __test_metadata *_metadata, int data_fd, size_t len)
{
	char buf[8192];

	ASSERT_LE(len, sizeof(buf));
	EXPECT_EQ(len, __fd_read(data_fd, buf, len));
}

VFIO_TEST_F(precopy, info_of_a_new_session, "MIG-038")
{
	struct vfio_precopy_info info;
	uint64_t before;

	EXPECT_EQ(0, get_info(self->data_fd, &info));
	EXPECT_EQ(1000, info.initial_bytes);
	EXPECT_EQ(0, info.dirty_bytes);
	/* It counts down as data is read. */
	read_exactly(_metadata, self->data_fd, HEADER + 1);
	before = info.initial_bytes;
	EXPECT_EQ(0, get_info(self->data_fd, &info));
	EXPECT_EQ(before - 1, info.initial_bytes);
	read_exactly(_metadata, self->data_fd, 999);
	EXPECT_EQ(0, get_info(self->data_fd, &info));
	EXPECT_EQ(0, info.initial_bytes);
	EXPECT_EQ(0, info.dirty_bytes);
}

VFIO_TEST_F(precopy, dirty_bytes, "MIG-050")
{
	struct vfio_precopy_info info;

	read_exactly(_metadata, self->data_fd, HEADER + 1000);
	mock_write(&self->m.mock, MOCK_REG_PRECOPY_DIRTY, 300);
	mock_write(&self->m.mock, MOCK_REG_PRECOPY_DIRTY, 200);
	EXPECT_EQ(0, get_info(self->data_fd, &info));
	EXPECT_EQ(0, info.initial_bytes);
	EXPECT_EQ(500, info.dirty_bytes);
	read_exactly(_metadata, self->data_fd, HEADER + 100);
	EXPECT_EQ(0, get_info(self->data_fd, &info));
	EXPECT_EQ(400, info.dirty_bytes);
	read_exactly(_metadata, self->data_fd, 400);
	EXPECT_EQ(0, get_info(self->data_fd, &info));
	EXPECT_EQ(0, info.dirty_bytes);
}

VFIO_TEST_F(precopy, end_for_now, "MIG-030")
{
	struct pollfd p = { .fd = self->data_fd, .events = POLLIN };
	char buf[64];

	read_exactly(_metadata, self->data_fd, HEADER + 1000);
	EXPECT_EQ(-ENOMSG, __fd_read(self->data_fd, buf, sizeof(buf)));
	EXPECT_EQ(-ENOMSG, __fd_read(self->data_fd, buf, 1));
	EXPECT_EQ(0, poll(&p, 1, 0));
	mock_write(&self->m.mock, MOCK_REG_PRECOPY_DIRTY, 10);
	EXPECT_EQ(1, poll(&p, 1, 1000));
	read_exactly(_metadata, self->data_fd, HEADER + 10);
	EXPECT_EQ(-ENOMSG, __fd_read(self->data_fd, buf, 1));
}

VFIO_TEST_F(precopy, no_end_for_now_in_stop_copy, "MIG-031")
{
	struct pollfd p = { .fd = self->data_fd, .events = POLLIN };
	char buf[256];

	read_exactly(_metadata, self->data_fd, HEADER + 1000);
	EXPECT_EQ(-ENOMSG, __fd_read(self->data_fd, buf, 1));
	mig_go(self->m.dev.fd, S_STOP_COPY);
	EXPECT_EQ(1, poll(&p, 1, 1000));
	EXPECT_EQ(stream_size(64), stream_read(self->data_fd, buf, sizeof(buf), 7));
	EXPECT_EQ(0, __fd_read(self->data_fd, buf, 1));
	EXPECT_EQ(1, poll(&p, 1, 0));
}

VFIO_TEST_F(precopy, info_argsz, "MIG-035")
{
	uint32_t argsz, in[sizeof(struct vfio_precopy_info) / 4];

	for (argsz = 0; argsz < sizeof(in); argsz++) {
		memset(in, 0x5a, sizeof(in));
		in[0] = argsz;
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->data_fd, VFIO_MIG_GET_PRECOPY_INFO, in));
		EXPECT_EQ(0x5a5a5a5a, in[2]);
		EXPECT_EQ(0x5a5a5a5a, in[5]);
	}
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->data_fd, VFIO_MIG_GET_PRECOPY_INFO, bad_pointer()));
	in[0] = 4096;
	EXPECT_EQ(0, __vfio_ioctl(self->data_fd, VFIO_MIG_GET_PRECOPY_INFO, in));
}

VFIO_TEST_F(precopy, info_after_pre_copy, "MIG-037")
{
	struct vfio_precopy_info info;

	mig_go(self->m.dev.fd, S_STOP_COPY);
	EXPECT_EQ(-EINVAL, get_info(self->data_fd, &info));
	EXPECT_EQ(MIG_UNTOUCHED, info.initial_bytes);
	close(self->data_fd);
	mig_go(self->m.dev.fd, S_STOP);
	self->data_fd = mig_go(self->m.dev.fd, S_STOP_COPY);
	EXPECT_EQ(-EINVAL, get_info(self->data_fd, &info));
}

VFIO_TEST_F(precopy, info_flags, "MIG-039")
{
	struct vfio_precopy_info info = { .argsz = sizeof(info), .flags = 0x5a5a5a50 };

	EXPECT_EQ(0, __vfio_ioctl(self->data_fd, VFIO_MIG_GET_PRECOPY_INFO, &info));
	EXPECT_EQ(0x5a5a5a50, info.flags);
	EXPECT_EQ(1000, info.initial_bytes);
}

VFIO_TEST_F(precopy, half_a_record_is_finished, "MIG-051")
{
	struct mock_record rec;
	char buf[2048];

	/* Of the 1000 bytes that were announced 10 are read before PRE_COPY ends. */
	read_exactly(_metadata, self->data_fd, HEADER + 10);
	mig_go(self->m.dev.fd, S_STOP_COPY);
	EXPECT_EQ(990 + stream_size(64), stream_read(self->data_fd, buf, sizeof(buf), 333));
	memcpy(&rec, buf + 990, sizeof(rec));
	EXPECT_EQ(MOCK_REC_MAGIC, le16toh(rec.magic));
	EXPECT_EQ(MOCK_REC_START, le16toh(rec.type));
}

VFIO_TEST_F(precopy, leaving_for_running_ends_it, "MIG-022")
{
	struct vfio_precopy_info info;
	char byte;

	mig_go(self->m.dev.fd, variant->state == S_PRE_COPY ? S_RUNNING : S_RUNNING_P2P);
	EXPECT_EQ(-ENODEV, __fd_read(self->data_fd, &byte, 1));
	EXPECT_NE(0, get_info(self->data_fd, &info));
}

CONFORMANCE_MAIN
