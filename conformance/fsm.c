// SPDX-License-Identifier: GPL-2.0-only
/*
 * The migration state machine, cell by cell: one variant for each set of flags,
 * current state and new state, named as its clause is.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "fsm_tables.h"

FIXTURE(fsm)
{
	struct mig m;
	const struct fsm_set *set;
};

FIXTURE_VARIANT(fsm)
{
	int set;
	uint32_t cur, new;
};

#define CELL(s, c, n) FIXTURE_VARIANT_ADD(fsm, s##_##c##_##n) { .set = s, .cur = c, .new = n };
#define ROW6(s, c) CELL(s, c, 0) CELL(s, c, 1) CELL(s, c, 2) CELL(s, c, 3) CELL(s, c, 4) \
	CELL(s, c, 5)
#define ROW8(s, c) ROW6(s, c) CELL(s, c, 6) CELL(s, c, 7)
#define TABLE6(s) ROW6(s, 0) ROW6(s, 1) ROW6(s, 2) ROW6(s, 3) ROW6(s, 4) ROW6(s, 5)
#define TABLE8(s) ROW8(s, 0) ROW8(s, 1) ROW8(s, 2) ROW8(s, 3) ROW8(s, 4) ROW8(s, 5) ROW8(s, 6) \
	ROW8(s, 7)

TABLE6(A6)
TABLE6(B6)
TABLE8(A8)
TABLE8(B8)
TABLE8(C8)
TABLE8(D8)

/* What a test has found out: the others need no device to skip. */
static struct seen {
	uint32_t states;
	uint64_t flags;		/* 0: any, with the mock driver */
} *seen;

__attribute__((constructor)) static void share_seen(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

FIXTURE_SETUP(fsm)
{
	const struct fsm_set *set = &fsm_sets[variant->set];
	const char *why;

	self->set = set;
	ASSERT_NE(MAP_FAILED, seen);
	if (!seen->states) {
		why = mig_open(&self->m, ROLE_MAIN, false);
		if (why)
			SKIP(return, "%s", why);
		seen->flags = self->m.has_mock ? 0 : self->m.flags;
		seen->states = mig_has_8_states(&self->m) ? 8 : 6;
		mig_close(&self->m);
	}
	if (seen->states != set->states)
		SKIP(return, "this VFIO has the table with %u states", seen->states);
	if (seen->flags && seen->flags != set->flags)
		SKIP(return, "the driver has other migration flags: %#llx",
		     (unsigned long long)seen->flags);
	if (seen->flags && variant->cur == S_ERROR)
		SKIP(return, "only the mock driver can be told to fail");
	why = mig_open(&self->m, ROLE_MAIN, false);
	ASSERT_EQ(NULL, why);
	if (self->m.has_mock)
		ASSERT_EQ(0, __mig_set_flags(&self->m, set->flags));
}

FIXTURE_TEARDOWN(fsm)
{
	mig_close(&self->m);
}

/* 0 while the session of @data_fd lasts, -ENODEV behind its end. */
static int session(uint32_t state, int data_fd)
{
	char byte;
	int ret;

	if (state == S_RESUMING)
		return __fd_write(data_fd, "", 0);
	ret = __fd_read(data_fd, &byte, 1);
	return ret == 1 ? 0 : ret;
}

static void check_path(struct __test_metadata *_metadata, struct mig *m, const uint32_t *path,
		       unsigned int len)
{
	uint16_t arcs[FSM_STATES];
	unsigned int n, i;

	if (!m->has_mock)
		return;
	n = mig_arcs(m, arcs, FSM_STATES);
	EXPECT_EQ(len - 1, n);
	for (i = 0; i + 1 < len && i < n; i++)
		EXPECT_EQ(MOCK_ARC(path[i], path[i + 1]), arcs[i])
			TH_LOG("arc %u is %s", i, mig_arc_name(arcs[i] >> 8, arcs[i] & 255));
}

/* What the helper answers is what the driver sees. */
static void check_helper(struct __test_metadata *_metadata, struct mig *m,
			 const struct fsm_set *set, uint32_t cur, uint32_t new)
{
	int hop = set->hop[cur][new];
	int64_t ret;

	if (hop == W)
		expect_warn_begin("vfio_mig_get_next_state");
	ret = mock_command(&m->mock, MOCK_CMD_NEXT_STATE, cur, new, set->flags);
	if (hop == W)
		expect_warn_end();
	EXPECT_EQ(hop < 0 ? -EINVAL : hop, ret)
		TH_LOG("next hop of %s", mig_arc_name(cur, new));
}

static void check_refused(struct __test_metadata *_metadata, struct mig *m, uint32_t cur,
			  uint32_t new)
{
	struct mig_answer a;

	if (m->has_mock)
		mig_arcs_restart(m);
	a = mig_set(m->dev.fd, new);
	EXPECT_EQ(-EINVAL, a.ret);
	EXPECT_EQ(new, a.state);
	EXPECT_EQ(-1, a.data_fd);
	EXPECT_EQ(cur, mig_state(m->dev.fd));
	check_path(_metadata, m, &cur, 1);
}

VFIO_TEST_F(fsm, cell, "FSM-{}")
{
	const struct fsm_set *set = self->set;
	uint32_t cur = variant->cur, new = variant->new, path[FSM_STATES];
	int hop = set->hop[cur][new], fd = self->m.dev.fd, data_fd;
	unsigned int len, i;
	struct mig_answer a;
	bool lasts = true;

	if (self->m.has_mock)
		check_helper(_metadata, &self->m, set, cur, new);
	if (hop == W && cur != S_ERROR) {
		/* A device cannot get there, which is all a user can see. */
		check_refused(_metadata, &self->m, S_RUNNING, cur);
		return;
	}
	data_fd = mig_enter(&self->m, cur);
	ASSERT_EQ(cur, mig_state(fd));
	if (hop < 0) {
		check_refused(_metadata, &self->m, cur, new);
		if (data_fd >= 0) {
			EXPECT_EQ(0, session(cur, data_fd));
		}
		return;
	}

	len = fsm_path(set, cur, new, path);
	ASSERT_NE(0, len);
	EXPECT_EQ(hop, (int)path[len > 1]);
	if (self->m.has_mock)
		mig_arcs_restart(&self->m);
	a = mig_set(fd, new);
	EXPECT_EQ(0, a.ret);
	EXPECT_EQ(new, a.state);
	EXPECT_EQ(new, mig_state(fd));
	check_path(_metadata, &self->m, path, len);
	if (len > 1 && fsm_opens(path[len - 2], new)) {
		ASSERT_GE(a.data_fd, 0);
		EXPECT_EQ(0, session(new, a.data_fd));
	} else {
		EXPECT_EQ(-1, a.data_fd);
	}
	if (data_fd < 0)
		return;
	for (i = 0; i + 1 < len; i++)
		lasts = lasts && fsm_saving(path[i]) && fsm_saving(path[i + 1]);
	EXPECT_EQ(lasts ? 0 : -ENODEV, session(cur, data_fd));
}

FIXTURE(fsm_range)
{
	struct mig m;
	uint32_t states;
};

FIXTURE_SETUP(fsm_range)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	self->states = mig_has_8_states(&self->m) ? 8 : 6;
}

FIXTURE_TEARDOWN(fsm_range)
{
	mig_close(&self->m);
}

VFIO_TEST_F(fsm_range, new_state, "FSM-R1 MIG-014")
{
	uint32_t bad[] = { self->states, self->states + 1, 64, 255, 256, 1u << 31, UINT32_MAX };
	unsigned int i, cur;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (cur = S_STOP; cur <= S_RESUMING; cur++)
			EXPECT_EQ(-EINVAL, mock_command(&self->m.mock, MOCK_CMD_NEXT_STATE, cur,
							bad[i], F_STOP_COPY));
		check_refused(_metadata, &self->m, S_RUNNING, bad[i]);
	}
}

VFIO_TEST_F(fsm_range, current_state, "FSM-R2")
{
	uint32_t bad[] = { self->states, self->states + 1, 255, 1u << 31, UINT32_MAX };
	unsigned int i;

	expect_warn_begin("vfio_mig_get_next_state");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		EXPECT_EQ(-EINVAL, mock_command(&self->m.mock, MOCK_CMD_NEXT_STATE, bad[i], S_STOP,
						F_STOP_COPY));
	expect_warn_end();
}

/* True if a device with @flags has @state. */
static bool has_state(uint64_t flags, uint32_t state)
{
	switch (state) {
	case S_ERROR:
		return false;
	case S_RUNNING_P2P:
		return flags & F_P2P;
	case S_PRE_COPY:
		return flags & F_PRE_COPY;
	case S_PRE_COPY_P2P:
		return flags & F_P2P && flags & F_PRE_COPY;
	}
	return true;
}

/* The answer is one arc away: it is its own next hop, and a state that the device has. */
VFIO_TEST_F(fsm_range, one_hop_at_a_time, "FSM-R4 FSM-R5")
{
	uint64_t flags;
	uint32_t cur, new;
	int64_t hop;

	for (flags = F_STOP_COPY; flags <= (self->m.flags | F_STOP_COPY); flags += 2) {
		for (cur = S_STOP; cur < self->states; cur++) {
			for (new = S_STOP; new < self->states; new++) {
				if (!has_state(flags, cur) || !has_state(flags, new))
					continue;
				hop = mock_command(&self->m.mock, MOCK_CMD_NEXT_STATE, cur, new,
						   flags);
				if (hop == -EINVAL && cur == S_STOP_COPY && new > S_RUNNING_P2P)
					continue;	/* the arc that is blocked */
				ASSERT_LE(0, hop);
				EXPECT_TRUE(has_state(flags, hop));
				EXPECT_TRUE(hop != cur || new == cur);
				EXPECT_EQ(hop, mock_command(&self->m.mock, MOCK_CMD_NEXT_STATE,
							    cur, hop, flags));
			}
		}
	}
}

/* Follow the helper's hops; the state they end in, or ERROR if they do not. */
static uint32_t follow(struct mig *m, uint64_t flags, uint32_t cur, uint32_t new)
{
	int64_t at = cur;
	int hops;

	for (hops = 0; at != new && at > 0 && hops < FSM_STATES; hops++)
		at = mock_command(&m->mock, MOCK_CMD_NEXT_STATE, at, new, flags);
	return at == new ? at : S_ERROR;
}

VFIO_TEST_F(fsm_range, flags_change_only_the_way, "FSM-R7")
{
	uint64_t flags;
	uint32_t cur, new;

	for (flags = F_STOP_COPY; flags <= (self->m.flags | F_STOP_COPY); flags += 2)
		for (cur = S_STOP; cur <= S_RESUMING; cur++)
			for (new = S_STOP; new <= S_RESUMING; new++)
				EXPECT_EQ(new, follow(&self->m, flags, cur, new))
					TH_LOG("flags %llu, %s", (unsigned long long)flags,
					       mig_arc_name(cur, new));
}

CONFORMANCE_MAIN
