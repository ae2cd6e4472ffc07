// SPDX-License-Identifier: GPL-2.0-only
/* A stream that was refused once cannot be mended by what comes behind it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

#define STATE_SIZE 64

FIXTURE(refused)
{
	struct mig m;
	int data_fd;
};

FIXTURE_SETUP(refused)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, S_STOP));
	self->data_fd = mig_go(self->m.dev.fd, S_RESUMING);
	ASSERT_GE(self->data_fd, 0);
}

FIXTURE_TEARDOWN(refused)
{
	close(self->data_fd);
	mig_close(&self->m);
}

VFIO_TEST_F(refused, for_good, "MIG-047")
{
	size_t size = stream_size(STATE_SIZE);
	char state[STATE_SIZE], *stream = calloc(1, size), bad[64];

	ASSERT_NE(NULL, stream);
	memset(bad, 0xa5, sizeof(bad));
	fill_pattern(state, sizeof(state), 1);
	ASSERT_EQ(size, stream_make(stream, state, sizeof(state)));

	EXPECT_EQ(-EINVAL, __fd_write(self->data_fd, bad, sizeof(bad)));
	EXPECT_EQ(-EINVAL, __fd_write(self->data_fd, stream, size));
	EXPECT_GT(0, mig_set(self->m.dev.fd, S_STOP).ret);
	EXPECT_EQ(S_RESUMING, mig_state(self->m.dev.fd));
	free(stream);
}

CONFORMANCE_MAIN
