// SPDX-License-Identifier: GPL-2.0-only
/* Pins and accesses in a process other than the one that mapped. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define PIN_FIXTURE_THREAD
#include "pin_fixture.h"

#define FILL 0x5c

/* What the process that did not map got. */
struct result {
	int64_t pin, read, write;
	uint8_t data;
};

/* Runs in a child of the process that mapped; ends it. */
static void use_mapping(FIXTURE_DATA(pin) *self, uint64_t dma_rw, pid_t mapper, bool mapper_ends,
			int out)
{
	struct result r;

	while (mapper_ends && !kill(mapper, 0))
		usleep(1000);
	r.pin = pin(self, IOVA, 1, PIN_READ);
	r.read = mock_command(&self->mock, dma_rw, IOVA, 8, 0);
	mock_read_bytes(&self->mock, MOCK_DATA, &r.data, 1);
	r.write = mock_command(&self->mock, dma_rw, IOVA + self->page, 8, 1);
	if (pins(self))
		unpin(self, IOVA, 1);
	_exit(write(out, &r, sizeof(r)) != sizeof(r));
}

/*
 * Runs in a child of the test: the process that maps. The memory is the test's
 * until it writes to it, so its own from here on.
 */
static void map_for_another(FIXTURE_DATA(pin) *self, uint64_t dma_rw, bool mapper_ends, int out)
{
	pid_t me = getpid(), child;
	char *mem = map_pages(self, IOVA, 2, MAP_RW);
	int status;

	memset(mem, FILL, 2 * self->page);
	child = fork();
	if (!child)
		use_mapping(self, dma_rw, me, mapper_ends, out);
	if (child < 0)
		_exit(1);
	if (!mapper_ends)
		waitpid(child, &status, 0);
	_exit(0);
}

static void run(FIXTURE_DATA(pin) *self, uint64_t dma_rw, bool mapper_ends, struct result *r)
{
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		CLIENT_FAIL("pipe: %s", client_errno(errno));
	child = fork();
	if (child < 0)
		CLIENT_FAIL("fork: %s", client_errno(errno));
	if (!child)
		map_for_another(self, dma_rw, mapper_ends, ends[1]);
	close(ends[1]);
	if (waitpid(child, &status, 0) != child || status)
		CLIENT_FAIL("the process that maps failed");
	if (read(ends[0], r, sizeof(*r)) != sizeof(*r))
		CLIENT_FAIL("no result from the process that pins");
	close(ends[0]);
}

VFIO_TEST_F(pin, of_a_process_that_lives, "PIN-034 PIN-035")
{
	bool thread = variant->dma_rw == MOCK_CMD_DMA_RW_THREAD;
	struct result r;

	run(self, variant->dma_rw, false, &r);
	/* A pin finds the memory of whoever mapped; the CPU of another process does not. */
	EXPECT_EQ(1, r.pin);
	EXPECT_EQ(thread ? 0 : -EFAULT, r.read);
	EXPECT_EQ(thread ? 0 : -EFAULT, r.write);
	if (thread)
		EXPECT_EQ(FILL, r.data);
}

VFIO_TEST_F(pin, of_a_process_that_ended, "PIN-013 PIN-033")
{
	struct result r;

	run(self, variant->dma_rw, true, &r);
	EXPECT_EQ(-ENODEV, r.pin);
	EXPECT_EQ(-EPERM, r.read);
	EXPECT_EQ(-EPERM, r.write);
}

CONFORMANCE_MAIN
