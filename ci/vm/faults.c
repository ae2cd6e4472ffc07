// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not part of the suite: tests that make the mock driver break the kernel, so
 * that `make check` sees what the runner makes of it. The module has to be
 * loaded with test_faults=1.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance.h"

#include "client/vfio_client.h"

FIXTURE(faults)
{
	struct vfio_dev dev;
	struct mock mock;
};

FIXTURE_SETUP(faults)
{
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	mock_find(self->dev.fd, &self->mock);
}

FIXTURE_TEARDOWN(faults)
{
	device_close(&self->dev);
}

VFIO_TEST_F(faults, harmless, "")
{
	ASSERT_EQ(MOCK_MAGIC, mock_read(&self->mock, MOCK_REG_MAGIC));
}

/* The kernel names the program that broke, in words that an oops has, too. */
VFIO_TEST_F(faults, program_breaks, "")
{
#if defined(__x86_64__)
	int status;
	pid_t pid = fork();

	if (!pid)
		asm volatile("hlt");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
#endif
}

VFIO_TEST_F(faults, warns, "")
{
	ASSERT_EQ(0, mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_WARN, 0, 0));
}

/* The function that warns is the name to look for. */
VFIO_TEST_F(faults, warns_as_expected, "")
{
	expect_warn_begin("mock_fault");
	ASSERT_EQ(0, mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_WARN, 0, 0));
	expect_warn_end();
}

VFIO_TEST_F(faults, warns_as_another, "")
{
	expect_warn_begin("vfio_mig_get_next_state");
	ASSERT_EQ(0, mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_WARN, 0, 0));
	expect_warn_end();
}

VFIO_TEST_F(faults, does_not_warn, "")
{
	expect_warn_begin("mock_fault");
	ASSERT_EQ(MOCK_MAGIC, mock_read(&self->mock, MOCK_REG_MAGIC));
	expect_warn_end();
}

/* For the debug kernel (ci/check/33-debug). Lock checking ends with another report. */
VFIO_TEST_F(faults, lockdep, "")
{
	ASSERT_EQ(0, mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_LOCKDEP, 0, 0));
}

VFIO_TEST_F(faults, ubsan, "")
{
	ASSERT_EQ(0, mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_UBSAN, 0, 0));
}

VFIO_TEST_F(faults, kasan, "")
{
	ASSERT_EQ(0, mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_KASAN, 0, 0));
}

VFIO_TEST_F(faults, oopses, "")
{
	mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_OOPS, 0, 0);
}

VFIO_TEST_F(faults, hangs, "")
{
	mock_command(&self->mock, MOCK_CMD_FAULT, MOCK_FAULT_HANG, 0, 0);
}

CONFORMANCE_MAIN
