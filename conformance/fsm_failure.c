// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failing transitions: on every path of the state machine, every arc in turn
 * fails in the driver.
 */
#include <errno.h>
#include <unistd.h>

#include "conformance.h"
#include "fsm_tables.h"

FIXTURE(fsm_failure)
{
	struct mig m;
	const struct fsm_set *set;
};

FIXTURE_VARIANT(fsm_failure)
{
	int set;
};

FIXTURE_VARIANT_ADD(fsm_failure, A6) { .set = A6 };
FIXTURE_VARIANT_ADD(fsm_failure, B6) { .set = B6 };
FIXTURE_VARIANT_ADD(fsm_failure, A8) { .set = A8 };
FIXTURE_VARIANT_ADD(fsm_failure, B8) { .set = B8 };
FIXTURE_VARIANT_ADD(fsm_failure, C8) { .set = C8 };
FIXTURE_VARIANT_ADD(fsm_failure, D8) { .set = D8 };

FIXTURE_SETUP(fsm_failure)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	self->set = &fsm_sets[variant->set];
	if (mig_has_8_states(&self->m) != (self->set->states == 8)) {
		mig_close(&self->m);
		SKIP(return, "this VFIO has the table with %d states",
		     self->set->states == 8 ? 6 : 8);
	}
	ASSERT_EQ(0, __mig_set_flags(&self->m, self->set->flags));
}

FIXTURE_TEARDOWN(fsm_failure)
{
	mig_close(&self->m);
}

/* Back to RUNNING from anywhere, with what the last case left open closed. */
static void again(struct mig *m, int fd1, int fd2)
{
	if (fd1 >= 0)
		close(fd1);
	if (fd2 >= 0)
		close(fd2);
	mig_reset(m);
}

struct fsm_case {
	uint32_t cur, new, path[FSM_STATES];
	unsigned int len, arc;		/* the arc that fails: path[arc] to path[arc + 1] */
};

/* The next case of a set: all arcs of all paths. False behind the last. */
static bool next_case(const struct fsm_set *set, struct fsm_case *c)
{
	if (c->len && ++c->arc + 1 < c->len)
		return true;
	c->arc = 0;
	do {
		if (++c->new == set->states) {
			c->new = 0;
			if (++c->cur == set->states)
				return false;
		}
		c->len = 0;
		if (set->hop[c->cur][c->new] > 0 && c->cur != c->new)
			c->len = fsm_path(set, c->cur, c->new, c->path);
	} while (!c->len);
	return true;
}

VFIO_TEST_F(fsm_failure, stops_at_last_state_reached, "MIG-021 MIG-010")
{
	static const int errors[] = { EIO, EBUSY, ENOSPC, ETIMEDOUT, ENOMEM, EPERM };
	struct mig *m = &self->m;
	unsigned int nr = 0, i, n;
	struct fsm_case c = { 0 };
	uint16_t arcs[FSM_STATES];
	int err, old, fd = m->dev.fd;
	struct mig_answer a, b;

	MIG_NEEDS_RESET(m);
	while (next_case(self->set, &c)) {
		err = errors[nr++ % (sizeof(errors) / sizeof(*errors))];
		old = mig_enter(m, c.cur);
		mig_fail_arc(m, c.path[c.arc], c.path[c.arc + 1], err, false);
		mig_arcs_restart(m);
		a = mig_set(fd, c.new);
		EXPECT_EQ(-err, a.ret);
		/* The answer is written for all that: the state as it was asked for. */
		EXPECT_EQ(c.new, a.state);
		EXPECT_EQ(-1, a.data_fd);
		EXPECT_EQ(c.path[c.arc], mig_state(fd));
		n = mig_arcs(m, arcs, FSM_STATES);
		EXPECT_EQ(c.arc, n);
		for (i = 0; i < n && i < c.arc; i++)
			EXPECT_EQ(MOCK_ARC(c.path[i], c.path[i + 1]), arcs[i]);

		/* It goes on from there. */
		b = mig_set(fd, c.new);
		EXPECT_EQ(0, b.ret);
		EXPECT_EQ(c.new, mig_state(fd));
		EXPECT_EQ(c.len - 1, mig_arcs(m, arcs, 0));
		if (!_metadata->exit_code)
			goto next;
		TH_LOG("%s, failing at %s", mig_arc_name(c.cur, c.new),
		       mig_arc_name(c.path[c.arc], c.path[c.arc + 1]));
next:
		again(m, old, b.data_fd);
	}
	EXPECT_GE(nr, 16);
}

VFIO_TEST_F(fsm_failure, reset_leaves_error, "MIG-020 MIG-010 FSM-R3")
{
	struct mig *m = &self->m;
	struct fsm_case c = { 0 };
	int old, fd = m->dev.fd;
	struct mig_answer a;
	uint32_t state;
	char byte = 0;

	MIG_NEEDS_RESET(m);
	while (next_case(self->set, &c)) {
		/* Each arc once: on the path that is nothing but it. */
		if (c.len != 2)
			continue;
		old = mig_enter(m, c.cur);
		mig_fail_arc(m, c.cur, c.new, ENXIO, true);
		a = mig_set(fd, c.new);
		EXPECT_EQ(-ENXIO, a.ret);
		EXPECT_EQ(c.new, a.state);
		EXPECT_EQ(-1, a.data_fd);
		EXPECT_EQ(S_ERROR, mig_state(fd)) TH_LOG("%s", mig_arc_name(c.cur, c.new));
		if (old >= 0 && c.cur == S_RESUMING) {
			EXPECT_EQ(-ENODEV, __fd_write(old, &byte, 1));
		}
		if (old >= 0 && c.cur != S_RESUMING) {
			EXPECT_EQ(-ENODEV, __fd_read(old, &byte, 1));
		}
		for (state = 0; state < self->set->states; state++)
			EXPECT_EQ(-EINVAL, mig_set(fd, state).ret);
		EXPECT_EQ(S_ERROR, mig_state(fd));
		mig_reset(m);
		EXPECT_EQ(S_RUNNING, mig_state(fd));
		EXPECT_EQ(-1, mig_go(fd, S_STOP));
		again(m, old, -1);
	}
}

CONFORMANCE_MAIN
