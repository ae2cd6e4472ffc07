/* SPDX-License-Identifier: GPL-2.0-only */
/* A file of the core that makes an eventfd readable when its state may have changed. */
#ifndef SYSCALL_WAITER_H
#define SYSCALL_WAITER_H

#include <linux/poll.h>

struct waiter_entry;

struct waiter {
	poll_table pt;
	struct waiter_entry *entries;
	int eventfd;
};

/* For kapi_sys_poll_wait(fd, &waiter->pt), which puts it in the file's queues. */
void waiter_init(struct waiter *waiter, int eventfd);
/* Out of the queues again, before the file may go. The eventfd stays. */
void waiter_leave(struct waiter *waiter);

/* epoll.c: descriptors of [first, last] are about to be closed. */
void epoll_forget(unsigned int first, unsigned int last);

#endif
