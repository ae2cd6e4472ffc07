/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_POLL_H
#define KAPI_LINUX_POLL_H

#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/fs.h>
#include <linux/wait.h>
#include <sys/epoll.h>
#include <poll.h>

/* What poll() finds on a file without a poll operation: always ready. */
#define DEFAULT_POLLMASK (EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)

struct poll_table_struct;

/* Called by poll_wait() for each queue that wakes pollers of @file. */
typedef void (*poll_queue_proc)(struct file *file, wait_queue_head_t *wqh,
				struct poll_table_struct *pt);

typedef struct poll_table_struct {
	poll_queue_proc _qproc;
	__poll_t _key;
} poll_table;

static inline void poll_wait(struct file *file, wait_queue_head_t *wqh, poll_table *pt)
{
	if (pt && pt->_qproc && wqh)
		pt->_qproc(file, wqh, pt);
}

static inline bool poll_does_not_wait(const poll_table *pt)
{
	return !pt || !pt->_qproc;
}

static inline __poll_t poll_requested_events(const poll_table *pt)
{
	return pt ? pt->_key : ~(__poll_t)0;
}

static inline void init_poll_funcptr(poll_table *pt, poll_queue_proc qproc)
{
	pt->_qproc = qproc;
	pt->_key = ~(__poll_t)0;
}

static inline bool file_can_poll(struct file *file)
{
	return file->f_op->poll;
}

/* Poll mask of @file now, after @pt (may be NULL) was put on its wait queues. */
static inline __poll_t vfs_poll(struct file *file, struct poll_table_struct *pt)
{
	return file_can_poll(file) ? file->f_op->poll(file, pt) : DEFAULT_POLLMASK;
}

#endif
