// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that move data without the program, change or flush a file, or hand
 * descriptors to others. The core's files take part in none of them, and behind
 * their descriptors are placeholders which would: so each answers as Linux does
 * for files without such an operation.
 */
#include "real.h"
#include <kapi/fail_nth.h>
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <linux/uaccess.h>
#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include "path.h"

static int fails(int error)
{
	errno = error;
	return -1;
}

/* Programs fall back to read() and write() on this answer. */
EXPORT ssize_t copy_file_range(int in, off_t *in_pos, int out, off_t *out_pos, size_t count,
			       unsigned int flags)
{
	if (kapi_fd_is_ours(in) || kapi_fd_is_ours(out))
		return fails(EINVAL);
	real_init();
	return real_copy_file_range(in, in_pos, out, out_pos, count, flags);
}

EXPORT ssize_t sendfile(int out, int in, off_t *pos, size_t count)
{
	if (kapi_fd_is_ours(in) || kapi_fd_is_ours(out))
		return fails(EINVAL);
	real_init();
	return real_sendfile(out, in, pos, count);
}
EXPORT_ALIAS(sendfile64, sendfile);

EXPORT ssize_t splice(int in, off_t *in_pos, int out, off_t *out_pos, size_t count,
		      unsigned int flags)
{
	if (kapi_fd_is_ours(in) || kapi_fd_is_ours(out))
		return fails(EINVAL);
	real_init();
	return real_splice(in, in_pos, out, out_pos, count, flags);
}

/* The size of an attribute is no more than a hint, and O_TRUNC is for all: nothing to do. */
static bool is_attribute(int fd)
{
	struct kapi_node *node = node_of_fd(fd);

	if (node)
		kapi_node_put(node);
	return node;
}

EXPORT int ftruncate(int fd, off_t len)
{
	if (kapi_fd_is_ours(fd))
		return len >= 0 && is_attribute(fd) ? 0 : fails(EINVAL);
	real_init();
	return real_ftruncate(fd, len);
}
EXPORT_ALIAS(ftruncate64, ftruncate);

EXPORT int fallocate(int fd, int mode, off_t off, off_t len)
{
	if (kapi_fd_is_ours(fd))
		return fails(off < 0 || len <= 0 ? EINVAL : is_attribute(fd) ? EOPNOTSUPP : ENODEV);
	real_init();
	return real_fallocate(fd, mode, off, len);
}
EXPORT_ALIAS(fallocate64, fallocate);

EXPORT int fsync(int fd)
{
	if (kapi_fd_is_ours(fd))
		return is_attribute(fd) ? 0 : fails(EINVAL);
	real_init();
	return real_fsync(fd);
}

EXPORT int fdatasync(int fd)
{
	if (kapi_fd_is_ours(fd))
		return is_attribute(fd) ? 0 : fails(EINVAL);
	real_init();
	return real_fdatasync(fd);
}

/*
 * A descriptor of the core means nothing to another process, and the placeholder that
 * would arrive there fails in ways that say nothing. So it does not leave. One of an
 * attribute may: its placeholder has the content.
 */
static bool control_has_ours(struct msghdr *msg)
{
	struct cmsghdr *c;
	size_t n, i;
	int fd;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		    c->cmsg_len < CMSG_LEN(0))
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(fd);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			if (kapi_fd_is_ours(fd) && !is_attribute(fd))
				return true;
		}
	}
	return false;
}

/* No message carries more than 253 descriptors. What cannot be read the host refuses. */
static bool passes_ours(const struct msghdr *umsg)
{
	char control[CMSG_SPACE(256 * sizeof(int))] __attribute__((aligned(8)));
	struct msghdr msg;
	bool ours = false;

	kapi_fail_pause();
	if (path_ready && !copy_from_user(&msg, umsg, sizeof(msg)) && msg.msg_controllen &&
	    msg.msg_controllen <= sizeof(control) &&
	    !copy_from_user(control, msg.msg_control, msg.msg_controllen)) {
		msg.msg_control = control;
		ours = control_has_ours(&msg);
	}
	kapi_fail_resume();
	return ours;
}

static int refuse_passing(void)
{
	static const char why[] = "vfio-core: a descriptor of the core cannot be passed on (SCM_RIGHTS): "
				  "it lives in the process that opened it\n";
	static int told;

	if (!__atomic_exchange_n(&told, 1, __ATOMIC_RELAXED))
		real_write(STDERR_FILENO, why, sizeof(why) - 1);
	return fails(EOPNOTSUPP);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	real_init();
	return passes_ours(msg) ? refuse_passing() : real_sendmsg(fd, msg, flags);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n, int flags)
{
	unsigned int i;

	real_init();
	for (i = 0; i < n && i < UIO_MAXIOV; i++)
		if (passes_ours(&msgs[i].msg_hdr))
			return refuse_passing();
	return real_sendmmsg(fd, msgs, n, flags);
}
