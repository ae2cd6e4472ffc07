// SPDX-License-Identifier: GPL-2.0-only
/* Migration state over close, reset and from several threads. */
#include <errno.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "conformance.h"
#include "fsm_tables.h"

FIXTURE(from_state)
{
	struct mig m;
	int data_fd;
};

FIXTURE_VARIANT(from_state)
{
	uint32_t state;
};

FIXTURE_VARIANT_ADD(from_state, ERROR) { .state = S_ERROR };
FIXTURE_VARIANT_ADD(from_state, STOP) { .state = S_STOP };
FIXTURE_VARIANT_ADD(from_state, RUNNING) { .state = S_RUNNING };
FIXTURE_VARIANT_ADD(from_state, STOP_COPY) { .state = S_STOP_COPY };
FIXTURE_VARIANT_ADD(from_state, RESUMING) { .state = S_RESUMING };
FIXTURE_VARIANT_ADD(from_state, RUNNING_P2P) { .state = S_RUNNING_P2P };
FIXTURE_VARIANT_ADD(from_state, PRE_COPY) { .state = S_PRE_COPY };
FIXTURE_VARIANT_ADD(from_state, PRE_COPY_P2P) { .state = S_PRE_COPY_P2P };

FIXTURE_SETUP(from_state)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	if (variant->state >= S_PRE_COPY && !mig_has_8_states(&self->m)) {
		mig_close(&self->m);
		SKIP(return, "this VFIO has no PRE_COPY");
	}
	self->data_fd = mig_enter(&self->m, variant->state);
	ASSERT_EQ(variant->state, mig_state(self->m.dev.fd));
}

FIXTURE_TEARDOWN(from_state)
{
	mig_close(&self->m);
}

static void check_dead(struct __test_metadata *_metadata, uint32_t state, int data_fd)
{
	char byte = 0;

	if (data_fd < 0)
		return;
	if (state == S_RESUMING) {
		EXPECT_EQ(-ENODEV, __fd_write(data_fd, &byte, 1));
	} else {
		EXPECT_EQ(-ENODEV, __fd_read(data_fd, &byte, 1));
	}
}

VFIO_TEST_F(from_state, close_and_reopen, "MIG-040 DRV-035")
{
	device_close(&self->m.dev);
	check_dead(_metadata, variant->state, self->data_fd);
	/* mig_open() would put the mock in order. */
	device_open(&self->m.dev, role_bdf(ROLE_MAIN));
	mock_find(self->m.dev.fd, &self->m.mock);
	EXPECT_EQ(S_RUNNING, mig_state(self->m.dev.fd));
	EXPECT_EQ(-1, mig_get(self->m.dev.fd).data_fd);
	check_dead(_metadata, variant->state, self->data_fd);
	EXPECT_LE(0, mig_go(self->m.dev.fd, S_STOP_COPY));
}

VFIO_TEST_F(from_state, reset, "RST-006 DRV-036")
{
	uint64_t resets = mock_read(&self->m.mock, MOCK_REG_RESETS);

	MIG_NEEDS_RESET(&self->m);
	mig_reset(&self->m);
	EXPECT_EQ(resets + 1, mock_read(&self->m.mock, MOCK_REG_RESETS));
	EXPECT_EQ(S_RUNNING, mig_state(self->m.dev.fd));
	check_dead(_metadata, variant->state, self->data_fd);
	EXPECT_EQ(0, mig_set(self->m.dev.fd, S_STOP).ret);
}

VFIO_TEST_F(from_state, two_descriptors, "MIG-041")
{
	int second = group_get_device_fd(self->m.dev.group, self->m.dev.bdf);

	EXPECT_EQ(variant->state, mig_state(second));
	/* Of the two, one going leaves state and session alone. */
	close(second);
	EXPECT_EQ(variant->state, mig_state(self->m.dev.fd));
	if (variant->state == S_ERROR)
		return;
	second = group_get_device_fd(self->m.dev.group, self->m.dev.bdf);
	EXPECT_EQ(0, mig_set(second, S_STOP).ret);
	EXPECT_EQ(S_STOP, mig_state(self->m.dev.fd));
	close(second);
}

FIXTURE(concurrent)
{
	struct mig m;
};

FIXTURE_SETUP(concurrent)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
}

FIXTURE_TEARDOWN(concurrent)
{
	mig_close(&self->m);
}

struct setter {
	pthread_t thread;
	int fd;
	const uint32_t *states;
	unsigned int n, rounds;
	struct mig_answer last;
	bool odd;		/* an answer that no rule allows */
};

static void *set_states(void *arg)
{
	struct setter *s = arg;
	unsigned int i;

	for (i = 0; i < s->rounds * s->n; i++) {
		s->last = mig_set(s->fd, s->states[i % s->n]);
		s->odd = s->odd || s->last.ret || s->last.state != s->states[i % s->n];
		if (s->last.data_fd >= 0 && i + 1 < s->rounds * s->n)
			close(s->last.data_fd);
	}
	return NULL;
}

/*
 * Reset while the device is on its way to STOP_COPY: each arc sleeps, and the
 * reset comes in the midst of the second. Returns the state afterwards.
 */
static uint32_t reset_on_the_way(struct __test_metadata *_metadata, struct mig *m)
{
	static const uint32_t state = S_STOP_COPY;
	struct setter s = { .fd = m->dev.fd, .states = &state, .n = 1, .rounds = 1 };
	uint64_t resets = mock_read(&m->mock, MOCK_REG_RESETS);
	uint32_t end;

	mock_write(&m->mock, MOCK_REG_ARC_DELAY, 40);
	if (pthread_create(&s.thread, NULL, set_states, &s))
		CLIENT_FAIL("no thread");
	usleep(60000);
	mig_reset(m);
	pthread_join(s.thread, NULL);
	mock_write(&m->mock, MOCK_REG_ARC_DELAY, 0);
	EXPECT_EQ(resets + 1, mock_read(&m->mock, MOCK_REG_RESETS));
	end = mig_state(m->dev.fd);
	if (end == S_RUNNING)
		check_dead(_metadata, state, s.last.data_fd);
	if (s.last.data_fd >= 0)
		close(s.last.data_fd);
	mig_go(m->dev.fd, S_RUNNING);
	return end;
}

VFIO_TEST_F(concurrent, reset_during_a_transition, "MIG-042")
{
	uint32_t end = S_ERROR;
	int i;

	MIG_NEEDS_RESET(&self->m);
	/* On a busy machine the reset may have come before the thread began. */
	for (i = 0; i < 5 && end != S_RUNNING; i++)
		end = reset_on_the_way(_metadata, &self->m);
	EXPECT_EQ(S_RUNNING, end);
}

VFIO_TEST_F(concurrent, setters_take_turns, "MIG-044")
{
	static const uint32_t one[] = { S_STOP, S_RUNNING, S_STOP_COPY };
	static const uint32_t two[] = { S_RUNNING, S_STOP };
	struct setter a = { .fd = self->m.dev.fd, .states = one, .n = 3, .rounds = 12 };
	struct setter b = { .fd = self->m.dev.fd, .states = two, .n = 2, .rounds = 15 };
	uint16_t arcs[MOCK_ARC_LOG_MAX];
	unsigned int n, i;

	mock_write(&self->m.mock, MOCK_REG_ARC_DELAY, 1);
	mig_arcs_restart(&self->m);
	ASSERT_EQ(0, pthread_create(&a.thread, NULL, set_states, &a));
	ASSERT_EQ(0, pthread_create(&b.thread, NULL, set_states, &b));
	ASSERT_EQ(0, pthread_join(a.thread, NULL));
	ASSERT_EQ(0, pthread_join(b.thread, NULL));
	EXPECT_FALSE(a.odd);
	EXPECT_FALSE(b.odd);
	/* One chain: each arc begins where the one before it ended. */
	n = mig_arcs(&self->m, arcs, MOCK_ARC_LOG_MAX);
	ASSERT_GT(n, 30);
	ASSERT_LE(n, MOCK_ARC_LOG_MAX);
	EXPECT_EQ(S_RUNNING, arcs[0] >> 8);
	for (i = 1; i < n; i++)
		EXPECT_EQ(arcs[i - 1] & 255, arcs[i] >> 8);
	EXPECT_EQ(arcs[n - 1] & 255, mig_state(self->m.dev.fd));
}

CONFORMANCE_MAIN
