// SPDX-License-Identifier: GPL-2.0-only
/* FEATURE_MIGRATION, MIG_DEVICE_STATE and MIG_DATA_SIZE as ioctls. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define PROBE	VFIO_DEVICE_FEATURE_PROBE

FIXTURE(no_migration)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(no_migration)
{
	const char *bdf = role_bdf(ROLE_PLAIN);

	if (!bdf)
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	device_open(&self->dev, bdf);
}

FIXTURE_TEARDOWN(no_migration)
{
	device_close(&self->dev);
}

static void check_notty(struct __test_metadata *_metadata, int fd, uint32_t feature)
{
	static const uint32_t ops[] = { 0, GET, SET, PROBE, PROBE | GET, PROBE | SET,
					PROBE | GET | SET };
	uint64_t payload[2] = { S_STOP, 0 };
	unsigned int i;
	size_t len;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		for (len = 0; len <= sizeof(payload); len += 4)
			EXPECT_EQ(-ENOTTY, __device_feature(fd, feature | ops[i], payload, len))
				TH_LOG("flags 0x%x, %zu bytes", ops[i], len);
}

VFIO_TEST_F(no_migration, migration, "FEAT-016")
{
	check_notty(_metadata, self->dev.fd, VFIO_DEVICE_FEATURE_MIGRATION);
}

VFIO_TEST_F(no_migration, device_state, "FEAT-020")
{
	check_notty(_metadata, self->dev.fd, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE);
}

VFIO_TEST_F(no_migration, data_size, "FEAT-059")
{
	check_notty(_metadata, self->dev.fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE);
}

FIXTURE(migration)
{
	struct mig m;
	int fd;
};

FIXTURE_SETUP(migration)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, false);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->m.dev.fd;
}

FIXTURE_TEARDOWN(migration)
{
	mig_close(&self->m);
}

VFIO_TEST_F(migration, flags, "FEAT-017 FSM-R8")
{
	const uint64_t known = F_STOP_COPY | F_P2P | F_PRE_COPY;
	struct vfio_device_feature_migration got;
	uint64_t flags;
	int ret;

	EXPECT_EQ(F_STOP_COPY, self->m.flags & F_STOP_COPY);
	for (flags = 0; self->m.has_mock && flags <= 8; flags++) {
		ret = __mig_set_flags(&self->m, flags);
		if (!(flags & F_STOP_COPY) || (flags & ~known)) {
			EXPECT_EQ(-EINVAL, ret);
			continue;
		}
		/* All sets, or without PRE_COPY all that are left. */
		if (ret && (flags & F_PRE_COPY) && !mig_has_8_states(&self->m))
			continue;
		ASSERT_EQ(0, ret);
		memset(&got, 0xff, sizeof(got));
		EXPECT_EQ(0, __feature_get(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, &got,
					   sizeof(got)));
		EXPECT_EQ(flags, got.flags);
	}
}

VFIO_TEST_F(migration, flags_cannot_be_set, "FEAT-018")
{
	struct vfio_device_feature_migration flags = { self->m.flags };

	EXPECT_EQ(-EINVAL, __feature_set(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, &flags,
					 sizeof(flags)));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, SET));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, GET | SET));
	EXPECT_EQ(0, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, GET));
}

VFIO_TEST_F(migration, flags_into_read_only_memory, "FEAT-019")
{
	uint32_t in[4] = { 16, VFIO_DEVICE_FEATURE_MIGRATION | GET };
	void *ro = border_alloc(sizeof(in), in, true);

	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, ro));
}

VFIO_TEST_F(migration, state_argsz, "MIG-001")
{
	uint32_t in[4];
	uint32_t op, argsz;

	for (argsz = 8; argsz < 16; argsz++) {
		for (op = GET; op <= SET; op += SET - GET) {
			memset(in, 0x5a, sizeof(in));
			in[0] = argsz;
			in[1] = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | op;
			in[2] = S_STOP;
			EXPECT_EQ(-EINVAL, __feature_raw(self->fd, in));
			EXPECT_EQ(S_STOP, in[2]);
			EXPECT_EQ(0x5a5a5a5a, in[3]);
		}
	}
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
}

VFIO_TEST_F(migration, state_unreadable, "MIG-002")
{
	uint32_t in[2] = { 16, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | GET };
	uint32_t *edge = border_alloc(sizeof(in), in, false);

	/* Unreadable memory is not writable either: that it was read first shows in the driver. */
	if (self->m.has_mock)
		mock_write(&self->m.mock, MOCK_REG_FAIL_GET, 1);
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, edge));
	if (self->m.has_mock) {
		EXPECT_EQ(1, mock_read(&self->m.mock, MOCK_REG_FAIL_GET));
		mock_write(&self->m.mock, MOCK_REG_FAIL_GET, 0);
	}
	edge[1] = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | SET;
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, edge));
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
}

VFIO_TEST_F(migration, starts_running, "MIG-003")
{
	struct mig_answer a = mig_get(self->fd);

	EXPECT_EQ(0, a.ret);
	EXPECT_EQ(S_RUNNING, a.state);
	EXPECT_EQ(-1, a.data_fd);
}

VFIO_TEST_F(migration, error_cannot_be_set, "MIG-013")
{
	struct mig_answer a = mig_set(self->fd, S_ERROR);

	EXPECT_EQ(-EINVAL, a.ret);
	EXPECT_EQ(S_ERROR, a.state);
	EXPECT_EQ(-1, a.data_fd);
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
}

VFIO_TEST_F(migration, unknown_states, "MIG-014")
{
	static const uint32_t states[] = { 8, 9, 255, 256, 1u << 31, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		EXPECT_EQ(-EINVAL, mig_set(self->fd, states[i]).ret);
		EXPECT_EQ(S_RUNNING, mig_state(self->fd));
	}
	if (!self->m.has_mock || mig_has_8_states(&self->m))
		return;
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY).ret);
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY_P2P).ret);
}

VFIO_TEST_F(migration, no_data_fd_without_session, "MIG-007")
{
	struct mig_answer a = mig_set(self->fd, S_STOP);

	EXPECT_EQ(0, a.ret);
	EXPECT_EQ(-1, a.data_fd);
	EXPECT_EQ(S_STOP, mig_state(self->fd));
	a = mig_set(self->fd, S_RUNNING);
	EXPECT_EQ(0, a.ret);
	EXPECT_EQ(-1, a.data_fd);
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
}

VFIO_TEST_F(migration, data_size, "FEAT-057")
{
	static const uint64_t sizes[] = { 0, 1, 4096, (1 << 20) + 1 };
	struct vfio_device_feature_mig_data_size size = { 0 };
	char *stream = pages_alloc(2 << 20);
	unsigned int i;
	int data_fd;

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, GET) == -ENOTTY)
		SKIP(return, "this VFIO has no MIG_DATA_SIZE");
	feature_get(self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &size, sizeof(size));
	/* An estimate for drivers in general; exact for the mock. */
	for (i = 0; self->m.has_mock && i < sizeof(sizes) / sizeof(*sizes); i++) {
		mock_write(&self->m.mock, MOCK_REG_STATE_SIZE, sizes[i]);
		feature_get(self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &size, sizeof(size));
		data_fd = mig_go(self->fd, S_STOP_COPY);
		EXPECT_EQ(size.stop_copy_length, stream_read(data_fd, stream, 2 << 20, 1 << 20));
		close(data_fd);
		mig_go(self->fd, S_RUNNING);
	}
}

VFIO_TEST_F(migration, data_size_cannot_be_set, "FEAT-058")
{
	struct vfio_device_feature_mig_data_size size = { 1 };

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, GET) == -ENOTTY)
		SKIP(return, "this VFIO has no MIG_DATA_SIZE");
	EXPECT_EQ(-EINVAL, __feature_set(self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &size,
					 sizeof(size)));
	EXPECT_EQ(-EINVAL, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, SET));
}

VFIO_TEST_F(migration, no_data_size_with_6_states, "FEAT-060")
{
	if (!self->m.has_mock || mig_has_8_states(&self->m))
		SKIP(return, "this VFIO has the table with 8 states, and MIG_DATA_SIZE with it");
	check_notty(_metadata, self->fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE);
}

CONFORMANCE_MAIN
