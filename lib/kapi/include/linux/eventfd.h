/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfds. They are the host's own; a context holds a duplicate of the
 * descriptor. The same eventfd has the same context however it was handed in.
 */
#ifndef KAPI_LINUX_EVENTFD_H
#define KAPI_LINUX_EVENTFD_H

#include <linux/types.h>
#include <linux/fs.h>
#include <linux/wait.h>
#include <linux/err.h>
#include <kapi/level.h>

struct eventfd_ctx;

/* The context behind a descriptor, with a reference, or ERR_PTR: -EBADF closed, -EINVAL other. */
struct eventfd_ctx *eventfd_ctx_fdget(int fd);
struct eventfd_ctx *eventfd_ctx_fileget(struct file *file);
void eventfd_ctx_put(struct eventfd_ctx *ctx);

/*
 * The file behind an eventfd descriptor, or ERR_PTR(-EBADF, -EINVAL). vfs_poll()
 * on it with a poll table puts an entry on the context's wait queue; from then
 * on its function runs, on a thread of the core, with key EPOLLIN whenever the
 * eventfd is written and EPOLLHUP when the program has closed it.
 */
struct file *eventfd_fget(int fd);

/* Add 1 to the counter, unless it is full. Any context; does not block. */
void eventfd_signal(struct eventfd_ctx *ctx);

#if KAPI_LEVEL < 612
/* Up to 6.7: add @n. Returns how much was added. */
static inline __u64 eventfd_signal_601(struct eventfd_ctx *ctx, __u64 n)
{
	__u64 i;

	for (i = 0; i < n; i++)
		eventfd_signal(ctx);
	return n;
}
#define eventfd_signal(ctx, n) eventfd_signal_601(ctx, n)
#endif

/* Take the counter's value as read() does; 0 if it was 0. */
void eventfd_ctx_do_read(struct eventfd_ctx *ctx, __u64 *cnt);
/* Take @wait off the queue and read the counter: 0, or -EAGAIN if it was 0. */
int eventfd_ctx_remove_wait_queue(struct eventfd_ctx *ctx, wait_queue_entry_t *wait, __u64 *cnt);

#endif
