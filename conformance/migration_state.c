// SPDX-License-Identifier: GPL-2.0-only
/* MIG_DEVICE_STATE with a driver that can be told what to do. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conformance.h"
#include "fsm_tables.h"

FIXTURE(state)
{
	struct mig m;
	int fd;
};

FIXTURE_SETUP(state)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->m.dev.fd;
}

FIXTURE_TEARDOWN(state)
{
	mig_close(&self->m);
}

/* A MIG_DEVICE_STATE call in memory that the kernel can read and not write. */
static void *read_only_set(uint32_t state)
{
	uint32_t in[4] = { 16, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | VFIO_DEVICE_FEATURE_SET,
			   state, MIG_UNTOUCHED };

	return border_alloc(sizeof(in), in, true);
}

static int lowest_free_fd(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

VFIO_TEST_F(state, get_ignores_input, "MIG-004")
{
	static const uint32_t states[] = { S_RUNNING, S_STOP, S_STOP_COPY, S_STOP, S_RESUMING };
	uint32_t in[4], i;

	MIG_NEEDS_RESET(&self->m);
	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		mig_enter(&self->m, states[i]);
		memset(in, 0xa5, sizeof(in));
		in[0] = sizeof(in);
		in[1] = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | VFIO_DEVICE_FEATURE_GET;
		EXPECT_EQ(0, __feature_raw(self->fd, in));
		EXPECT_EQ(states[i], in[2]);
		EXPECT_EQ(UINT32_MAX, in[3]);
	}
	mig_reset(&self->m);
	mig_go_error(&self->m);
	EXPECT_EQ(S_ERROR, mig_get(self->fd).state);
	EXPECT_EQ(-1, mig_get(self->fd).data_fd);
}

VFIO_TEST_F(state, get_fails_in_driver, "MIG-005")
{
	struct mig_answer a;

	mock_write(&self->m.mock, MOCK_REG_FAIL_ERRNO, EREMOTEIO);
	mock_write(&self->m.mock, MOCK_REG_FAIL_GET, 2);
	EXPECT_EQ(0, mig_get(self->fd).ret);
	a = mig_get(self->fd);
	EXPECT_EQ(-EREMOTEIO, a.ret);
	EXPECT_EQ(MIG_UNTOUCHED, a.state);
	EXPECT_EQ(MIG_UNTOUCHED, a.data_fd);
	EXPECT_EQ(0, mig_get(self->fd).ret);
}

VFIO_TEST_F(state, same_state_again, "MIG-006 FSM-R4")
{
	static const uint32_t states[] = { S_RUNNING, S_STOP, S_STOP_COPY, S_RESUMING,
					   S_RUNNING_P2P, S_PRE_COPY, S_PRE_COPY_P2P };
	struct mig_answer a;
	uint16_t arc;
	uint32_t i;
	int data_fd;
	char byte;

	MIG_NEEDS_RESET(&self->m);
	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (states[i] >= S_PRE_COPY && !mig_has_8_states(&self->m))
			break;
		data_fd = mig_enter(&self->m, states[i]);
		mig_arcs_restart(&self->m);
		a = mig_set(self->fd, states[i]);
		EXPECT_EQ(0, a.ret);
		EXPECT_EQ(states[i], a.state);
		EXPECT_EQ(-1, a.data_fd);
		EXPECT_EQ(states[i], mig_state(self->fd));
		EXPECT_EQ(0, mig_arcs(&self->m, &arc, 1));
		if (fsm_saving(states[i])) {
			EXPECT_EQ(1, __fd_read(data_fd, &byte, 1));
		}
		if (data_fd >= 0)
			close(data_fd);
		mig_reset(&self->m);
	}
}

VFIO_TEST_F(state, failure_and_read_only_answer, "MIG-010")
{
	void *set = read_only_set(S_STOP);
	uint32_t next = self->m.flags & F_P2P ? S_RUNNING_P2P : S_STOP;

	/* Nobody can tell the driver's error when the answer cannot be written. */
	mig_fail_arc(&self->m, S_RUNNING, next, EREMOTEIO, false);
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, set));
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
	EXPECT_EQ(MOCK_ARC(S_RUNNING, next), mock_read(&self->m.mock, MOCK_REG_FAIL_ARC));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, set));
	EXPECT_EQ(S_STOP, mig_state(self->fd));
}

VFIO_TEST_F(state, no_free_descriptor, "MIG-011")
{
	static const uint32_t path[][2] = { { S_STOP, S_STOP_COPY }, { S_STOP, S_RESUMING },
					    { S_RUNNING, S_PRE_COPY },
					    { S_RUNNING_P2P, S_PRE_COPY_P2P } };
	struct rlimit limit, none;
	unsigned int i;
	int data_fd;
	char byte;

	MIG_NEEDS_RESET(&self->m);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < sizeof(path) / sizeof(*path); i++) {
		if (path[i][1] >= S_PRE_COPY && !mig_has_8_states(&self->m))
			break;
		mig_go(self->fd, path[i][0]);
		none = limit;
		none.rlim_cur = lowest_free_fd();
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
		EXPECT_EQ(-EMFILE, mig_set(self->fd, path[i][1]).ret);
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		EXPECT_EQ(path[i][1], mig_state(self->fd));
		EXPECT_EQ(none.rlim_cur, lowest_free_fd());
		/* There is a way out, and then the session can be had. */
		mig_reset(&self->m);
		data_fd = mig_enter(&self->m, path[i][1]);
		ASSERT_GE(data_fd, 0);
		if (fsm_saving(path[i][1])) {
			EXPECT_EQ(1, __fd_read(data_fd, &byte, 1));
		}
		close(data_fd);
		mig_reset(&self->m);
	}
}

VFIO_TEST_F(state, read_only_answer, "MIG-012")
{
	int free_fd = lowest_free_fd();

	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, read_only_set(S_STOP_COPY)));
	EXPECT_EQ(S_STOP_COPY, mig_state(self->fd));
	EXPECT_EQ(free_fd, lowest_free_fd());
	EXPECT_EQ(-1, mig_go(self->fd, S_STOP));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, read_only_set(S_RESUMING)));
	EXPECT_EQ(S_RESUMING, mig_state(self->fd));
	EXPECT_EQ(free_fd, lowest_free_fd());
}

VFIO_TEST_F(state, p2p_needs_its_flag, "MIG-015")
{
	ASSERT_EQ(0, __mig_set_flags(&self->m, F_STOP_COPY));
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_RUNNING_P2P).ret);
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
	ASSERT_EQ(0, __mig_set_flags(&self->m, F_STOP_COPY | F_P2P));
	EXPECT_EQ(0, mig_set(self->fd, S_RUNNING_P2P).ret);
	EXPECT_EQ(S_RUNNING_P2P, mig_state(self->fd));
}

VFIO_TEST_F(state, pre_copy_needs_its_flag, "MIG-016")
{
	if (!mig_has_8_states(&self->m))
		SKIP(return, "this VFIO has no PRE_COPY");
	ASSERT_EQ(0, __mig_set_flags(&self->m, F_STOP_COPY | F_P2P));
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY).ret);
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY_P2P).ret);
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
}

VFIO_TEST_F(state, pre_copy_p2p_needs_both_flags, "MIG-017")
{
	const char *why = mig_want_flags(&self->m, F_STOP_COPY | F_PRE_COPY);

	if (why)
		SKIP(return, "%s", why);
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY_P2P).ret);
	EXPECT_EQ(S_RUNNING, mig_state(self->fd));
	EXPECT_LE(0, mig_go(self->fd, S_PRE_COPY));
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY_P2P).ret);
	EXPECT_EQ(S_PRE_COPY, mig_state(self->fd));
}

VFIO_TEST_F(state, no_way_back_from_stop_copy, "MIG-018 FSM-R6")
{
	const char *why = mig_want_flags(&self->m, F_STOP_COPY | F_P2P | F_PRE_COPY);
	int data_fd;
	char byte;

	if (why)
		SKIP(return, "%s", why);
	data_fd = mig_go(self->fd, S_STOP_COPY);
	/* A kernel without a26b499b757c does not come back from here. */
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY).ret);
	EXPECT_EQ(-EINVAL, mig_set(self->fd, S_PRE_COPY_P2P).ret);
	EXPECT_EQ(S_STOP_COPY, mig_state(self->fd));
	EXPECT_EQ(1, __fd_read(data_fd, &byte, 1));
}

VFIO_TEST_F(state, helper_refuses_error, "MIG-019 FSM-R3")
{
	uint32_t new;

	expect_warn_begin("vfio_mig_get_next_state");
	for (new = S_ERROR; new <= S_RUNNING_P2P; new++)
		EXPECT_EQ(-EINVAL, mock_command(&self->m.mock, MOCK_CMD_NEXT_STATE, S_ERROR, new,
						self->m.flags));
	expect_warn_end();
}

CONFORMANCE_MAIN
