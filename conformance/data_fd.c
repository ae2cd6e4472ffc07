// SPDX-License-Identifier: GPL-2.0-only
/* The descriptor of a data transfer session, whatever goes over it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

FIXTURE(data_fd)
{
	struct mig m;
	int data_fd;
};

/* Every arc that begins a session. */
FIXTURE_VARIANT(data_fd)
{
	uint32_t from, to;
	bool reads;
};

FIXTURE_VARIANT_ADD(data_fd, stop_copy) { .from = S_STOP, .to = S_STOP_COPY, .reads = true };
FIXTURE_VARIANT_ADD(data_fd, resuming) { .from = S_STOP, .to = S_RESUMING };
FIXTURE_VARIANT_ADD(data_fd, pre_copy) { .from = S_RUNNING, .to = S_PRE_COPY, .reads = true };
FIXTURE_VARIANT_ADD(data_fd, pre_copy_p2p) {
	.from = S_RUNNING_P2P, .to = S_PRE_COPY_P2P, .reads = true };

FIXTURE_SETUP(data_fd)
{
	uint64_t want = F_STOP_COPY | (variant->to >= S_PRE_COPY ? F_PRE_COPY : 0) |
			(variant->to == S_PRE_COPY_P2P ? F_P2P : 0);
	const char *why = mig_open(&self->m, ROLE_MAIN, false);

	if (why)
		SKIP(return, "%s", why);
	why = mig_want_flags(&self->m, want);
	if (why) {
		mig_close(&self->m);
		SKIP(return, "%s", why);
	}
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, variant->from));
	self->data_fd = mig_go(self->m.dev.fd, variant->to);
	ASSERT_GE(self->data_fd, 0);
}

FIXTURE_TEARDOWN(data_fd)
{
	mig_close(&self->m);
}

/* Read or write a byte, as the session goes. */
static ssize_t transfer(bool reads, int data_fd)
{
	char byte = 0;

	return reads ? __fd_read(data_fd, &byte, 1) : __fd_write(data_fd, &byte, 1);
}

VFIO_TEST_F(data_fd, is_new_and_close_on_exec, "MIG-008")
{
	EXPECT_EQ(variant->to, mig_state(self->m.dev.fd));
	EXPECT_NE(self->m.dev.fd, self->data_fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->data_fd, F_GETFD));
	EXPECT_EQ(variant->reads ? O_RDONLY : O_WRONLY, fcntl(self->data_fd, F_GETFL) & O_ACCMODE);
}

VFIO_TEST_F(data_fd, no_seeking, "MIG-025")
{
	static const int whence[] = { SEEK_SET, SEEK_CUR, SEEK_END };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		errno = 0;
		EXPECT_EQ(-1, lseek(self->data_fd, 0, whence[i]));
		EXPECT_EQ(ESPIPE, errno);
	}
}

VFIO_TEST_F(data_fd, no_positions, "MIG-026")
{
	char byte = 0;

	errno = 0;
	EXPECT_EQ(-1, variant->reads ? pread(self->data_fd, &byte, 1, 0) :
				       pwrite(self->data_fd, &byte, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
}

VFIO_TEST_F(data_fd, wrong_direction, "MIG-027 MIG-028")
{
	EXPECT_EQ(-EBADF, transfer(!variant->reads, self->data_fd));
}

VFIO_TEST_F(data_fd, bad_buffer, "MIG-034")
{
	void *bad = bad_pointer();

	if (variant->reads) {
		EXPECT_EQ(-EFAULT, __fd_read(self->data_fd, bad, 64));
	} else {
		EXPECT_EQ(-EFAULT, __fd_write(self->data_fd, bad, 1));
	}
	/* Nothing was lost: a byte goes over now. */
	EXPECT_EQ(1, transfer(variant->reads, self->data_fd));
}

VFIO_TEST_F(data_fd, unknown_ioctl, "MIG-036")
{
	static const unsigned int requests[] = { VFIO_DEVICE_GET_INFO, VFIO_DEVICE_FEATURE,
						 VFIO_DEVICE_RESET,
						 _IO(VFIO_TYPE, VFIO_BASE + 99) };
	char arg[64] = { 64 };
	unsigned int i;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		EXPECT_EQ(-ENOTTY, __vfio_ioctl(self->data_fd, requests[i], arg));
	EXPECT_EQ(variant->to, mig_state(self->m.dev.fd));
}

VFIO_TEST_F(data_fd, can_be_closed_early, "MIG-032")
{
	int fd = self->m.dev.fd;

	if (!variant->reads)
		MIG_NEEDS_RESET(&self->m);
	close(self->data_fd);
	EXPECT_EQ(variant->to, mig_state(fd));
	if (variant->reads) {
		EXPECT_EQ(-1, mig_go(fd, S_STOP));
		EXPECT_EQ(S_STOP, mig_state(fd));
		/* A next session has a descriptor and data of its own. */
		self->data_fd = mig_go(fd, S_STOP_COPY);
		EXPECT_EQ(1, transfer(true, self->data_fd));
	} else {
		EXPECT_NE(0, mig_set(fd, S_STOP).ret);
		mig_reset(&self->m);
		EXPECT_EQ(S_RUNNING, mig_state(fd));
	}
}

VFIO_TEST_F(data_fd, dead_when_session_ends, "MIG-022")
{
	struct pollfd p = { .fd = self->data_fd, .events = POLLIN | POLLOUT };
	char stream[256];
	size_t len;
	int dup_fd = dup(self->data_fd);

	ASSERT_GE(dup_fd, 0);
	if (variant->reads) {
		EXPECT_EQ(1, transfer(true, self->data_fd));
	} else {
		if (!self->m.has_mock)
			SKIP(return, "needs a stream that this device takes");
		len = stream_make(stream, "x", 1);
		stream_write(self->data_fd, stream, len, len);
	}
	EXPECT_EQ(-1, mig_go(self->m.dev.fd, S_RUNNING));
	EXPECT_EQ(-ENODEV, transfer(variant->reads, self->data_fd));
	EXPECT_EQ(-ENODEV, transfer(variant->reads, dup_fd));
	/* Whoever waits is woken. */
	EXPECT_EQ(1, poll(&p, 1, 1000));
	/* And it stays so when a next session begins. */
	EXPECT_LE(0, mig_go(self->m.dev.fd, variant->reads ? S_STOP_COPY : S_RESUMING));
	EXPECT_EQ(-ENODEV, transfer(variant->reads, self->data_fd));
}

VFIO_TEST_F(data_fd, poll, "MIG-048")
{
	struct pollfd p = { .fd = self->data_fd, .events = POLLIN | POLLOUT };

	EXPECT_EQ(1, poll(&p, 1, 0));
	/* A driver without poll operation is ready for both. */
	EXPECT_NE(0, p.revents & (variant->reads ? POLLIN : POLLOUT));
}

/* A data file that can be polled can be in an epoll set; one that cannot is refused. */
VFIO_TEST_F(data_fd, epoll, "MIG-048")
{
	uint32_t ready = variant->reads ? EPOLLIN : EPOLLOUT;
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.u64 = 0x1122334455667788 };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	MIG_NEEDS_RESET(&self->m);
	ASSERT_LE(0, ep);
	if (epoll_ctl(ep, EPOLL_CTL_ADD, self->data_fd, &event)) {
		EXPECT_EQ(EPERM, errno);
		SKIP(return, "the driver's data files cannot be polled");
	}
	EXPECT_EQ(-1, epoll_ctl(ep, EPOLL_CTL_ADD, self->data_fd, &event));
	EXPECT_EQ(EEXIST, errno);
	memset(&event, 0, sizeof(event));
	/* As long as it is ready, not once. */
	EXPECT_EQ(1, epoll_wait(ep, &event, 1, 0));
	ASSERT_EQ(1, epoll_wait(ep, &event, 1, 0));
	EXPECT_EQ(ready, event.events);
	EXPECT_EQ(0x1122334455667788, event.data.u64);
	/* Not for the other direction. */
	event.events = variant->reads ? EPOLLOUT : EPOLLIN;
	EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_MOD, self->data_fd, &event));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	/* The end of the session wakes whoever waits. */
	mig_reset(&self->m);
	ASSERT_EQ(1, epoll_wait(ep, &event, 1, 1000));
	EXPECT_EQ(EPOLLERR | EPOLLHUP, event.events & (EPOLLERR | EPOLLHUP));
	EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_DEL, self->data_fd, NULL));
	EXPECT_EQ(-1, epoll_ctl(ep, EPOLL_CTL_DEL, self->data_fd, NULL));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	close(ep);
}

FIXTURE(session)
{
	struct mig m;
	int fd;
};

FIXTURE_SETUP(session)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	self->fd = self->m.dev.fd;
	mock_write(&self->m.mock, MOCK_REG_STATE_SIZE, 100);
}

FIXTURE_TEARDOWN(session)
{
	mig_close(&self->m);
}

VFIO_TEST_F(session, goes_on_within_saving_states, "MIG-009")
{
	static const uint32_t walk[] = { S_PRE_COPY_P2P, S_PRE_COPY, S_PRE_COPY_P2P, S_STOP_COPY };
	const char *why = mig_want_flags(&self->m, F_STOP_COPY | F_P2P | F_PRE_COPY);
	unsigned int i;
	int data_fd;
	char byte;

	if (why)
		SKIP(return, "%s", why);
	data_fd = mig_go(self->fd, S_PRE_COPY);
	EXPECT_EQ(1, __fd_read(data_fd, &byte, 1));
	for (i = 0; i < sizeof(walk) / sizeof(*walk); i++) {
		EXPECT_EQ(-1, mig_go(self->fd, walk[i]));
		EXPECT_EQ(1, __fd_read(data_fd, &byte, 1));
	}
	/* PRE_COPY to STOP_COPY without P2P is one arc; the session lasts over it too. */
	close(data_fd);
	mig_go(self->fd, S_RUNNING);
	ASSERT_EQ(0, __mig_set_flags(&self->m, F_STOP_COPY | F_PRE_COPY));
	data_fd = mig_go(self->fd, S_PRE_COPY);
	EXPECT_EQ(-1, mig_go(self->fd, S_STOP_COPY));
	EXPECT_EQ(1, __fd_read(data_fd, &byte, 1));
}

VFIO_TEST_F(session, end_of_stream_stays, "MIG-029 MIG-031")
{
	char stream[512];
	int data_fd = mig_go(self->fd, S_STOP_COPY);
	int i;

	EXPECT_EQ(stream_size(100), stream_read(data_fd, stream, sizeof(stream), 64));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, __fd_read(data_fd, stream, sizeof(stream)));
}

VFIO_TEST_F(session, injected_errors, "MIG-049")
{
	char stream[512], again[512];
	int data_fd = mig_go(self->fd, S_STOP_COPY);

	mock_write(&self->m.mock, MOCK_REG_FAIL_ERRNO, EREMOTEIO);
	mock_write(&self->m.mock, MOCK_REG_FAIL_READ, 2);
	EXPECT_EQ(8, __fd_read(data_fd, stream, 8));
	EXPECT_EQ(-EREMOTEIO, __fd_read(data_fd, stream + 8, 500));
	EXPECT_EQ(stream_size(100) - 8, stream_read(data_fd, stream + 8, 500, 100));
	EXPECT_EQ(S_STOP_COPY, mig_state(self->fd));

	data_fd = mig_go(self->fd, S_RESUMING);
	mock_write(&self->m.mock, MOCK_REG_FAIL_WRITE, 1);
	EXPECT_EQ(-EREMOTEIO, __fd_write(data_fd, stream, 64));
	stream_write(data_fd, stream, stream_size(100), 50);
	EXPECT_EQ(-1, mig_go(self->fd, S_STOP));
	mock_read_bytes(&self->m.mock, MOCK_WINDOW, again, 100);
	EXPECT_EQ(0, memcmp(again, stream + 24, 100));
}

CONFORMANCE_MAIN
