/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfds that users signal and drivers act on (INTx unmask, ioeventfd).
 * Part of <linux/vfio.h>.
 */
#ifndef KAPI_VIRQFD_H
#define KAPI_VIRQFD_H

#include <linux/poll.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct eventfd_ctx;

struct virqfd {
	struct virqfd		**pvirqfd;
	struct eventfd_ctx	*eventfd;
	void			*opaque;
	void			*data;
	int			(*handler)(void *opaque, void *data);
	void			(*thread)(void *opaque, void *data);
	poll_table		pt;
	wait_queue_entry_t	wait;
	struct work_struct	shutdown;
	struct work_struct	inject;
	struct work_struct	flush_inject;
};

/*
 * vfio_virqfd_enable - call @handler when the eventfd @fd is signalled
 * @handler: runs in the wakeup, must not sleep; non-zero asks for @thread.
 *	NULL: @thread always
 * @thread: runs on a work queue; may be NULL
 * @pvirqfd: where the new object is kept; NULL in it: free. It is set to NULL
 *	when the user closes the eventfd, too.
 *
 * A signal that came before counts as one that comes now. Returns 0, -EBUSY if
 * *@pvirqfd is taken, -EBADF, -EINVAL (no eventfd), -ENOMEM. Sleeps.
 */
int vfio_virqfd_enable(void *opaque, int (*handler)(void *opaque, void *data),
		       void (*thread)(void *opaque, void *data), void *data,
		       struct virqfd **pvirqfd, int fd);
/* Undo it; handler and thread run no more when this returns. Nothing for a NULL *@pvirqfd. */
void vfio_virqfd_disable(struct virqfd **pvirqfd);
/* Wait until a thread that was asked for has run. */
void vfio_virqfd_flush_thread(struct virqfd **pvirqfd);

#endif
