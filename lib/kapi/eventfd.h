/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfd contexts, for eventfd.c and eventfd_watch.c.
 */
#ifndef KAPI_EVENTFD_H
#define KAPI_EVENTFD_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <pthread.h>

/*
 * @fd: a hidden duplicate; -1 if it is one of the core's own, whose counter is @count. @id: the host's number of the eventfd. @serial: ours,
 * never used twice.
 * @watched: in the watcher's set. @seen: counter when that began; the watcher's
 * first report is dropped if the counter is still the same, as it tells nothing
 * that poll() did not tell who waits.
 */
struct eventfd_ctx {
	struct list_head link;
	unsigned int refs;
	int fd;
	u64 id, serial;
	wait_queue_head_t wqh;
	bool watched, hung_up, drop_first;
	u64 seen, count;
};

/* Protects the list and all of a context but its wait queue. */
extern pthread_mutex_t kapi_eventfd_mutex;
extern struct list_head kapi_eventfds;

/* eventfd_own.c: eventfds with no descriptor of the host's. */
extern const struct file_operations kapi_own_eventfd_fops;
void kapi_own_eventfd_signal(struct eventfd_ctx *ctx);
u64 kapi_own_eventfd_take(struct eventfd_ctx *ctx);

/* What the host says of a descriptor; false if it is no eventfd. */
bool kapi_eventfd_info(int fd, u64 *id, u64 *count);

/* From now on wake the context's wait queue when the eventfd is written. */
void kapi_eventfd_watch(struct eventfd_ctx *ctx);
/* No more. The mutex is held. */
void kapi_eventfd_unwatch(struct eventfd_ctx *ctx);

#endif
