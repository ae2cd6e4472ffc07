// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds that a user writes to make a driver do something: unmask an
 * interrupt, write to a register. The work is done in the context of the writer
 * where the handler can do it, else by a worker. Clauses IRQ.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/init.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "vfio.h"

/*
 * Ends come from the owner and from the close of the eventfd, whose wakeup may
 * not sleep: both only queue the shutdown, and the lock decides who does.
 */
static DEFINE_SPINLOCK(virqfd_lock);
static struct workqueue_struct *virqfd_cleanup_wq;

static void virqfd_fire(struct virqfd *virqfd)
{
	bool handled = virqfd->handler && !virqfd->handler(virqfd->opaque, virqfd->data);

	if (!handled && virqfd->thread)
		schedule_work(&virqfd->inject);
}

/* Call with virqfd_lock held. */
static void virqfd_release_slot(struct virqfd **slot)
{
	struct virqfd *virqfd = *slot;

	*slot = NULL;
	queue_work(virqfd_cleanup_wq, &virqfd->shutdown);
}

static int virqfd_wakeup(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct virqfd *virqfd = container_of(wait, struct virqfd, wait);
	__poll_t events = key_to_poll(key);
	unsigned long irqflags;
	u64 count;

	if (events & EPOLLIN) {
		eventfd_ctx_do_read(virqfd->eventfd, &count);
		virqfd_fire(virqfd);
	}
	if (events & EPOLLHUP) {
		spin_lock_irqsave(&virqfd_lock, irqflags);
		if (*virqfd->pvirqfd == virqfd)
			virqfd_release_slot(virqfd->pvirqfd);
		spin_unlock_irqrestore(&virqfd_lock, irqflags);
	}
	return 0;
}

static void virqfd_add_to_queue(struct file *file, wait_queue_head_t *wqh, poll_table *pt)
{
	add_wait_queue(wqh, &container_of(pt, struct virqfd, pt)->wait);
}

static void virqfd_inject(struct work_struct *work)
{
	struct virqfd *virqfd = container_of(work, struct virqfd, inject);

	virqfd->thread(virqfd->opaque, virqfd->data);
}

static void virqfd_flush(struct work_struct *work)
{
	flush_work(&container_of(work, struct virqfd, flush_inject)->inject);
}

static void virqfd_shutdown(struct work_struct *work)
{
	struct virqfd *gone = container_of(work, struct virqfd, shutdown);
	u64 unread;

	/* No wakeup after this, so no new work; what was queued may still run. */
	eventfd_ctx_remove_wait_queue(gone->eventfd, &gone->wait, &unread);
	flush_work(&gone->inject);
	eventfd_ctx_put(gone->eventfd);
	kfree(gone);
}

/* Put @virqfd where its owner keeps it, unless there is one. */
static bool virqfd_take_slot(struct virqfd *virqfd)
{
	bool free;

	spin_lock_irq(&virqfd_lock);
	free = !UNLESS_MUTANT(virqfd_second_accepted, *virqfd->pvirqfd);
	if (free)
		*virqfd->pvirqfd = virqfd;
	spin_unlock_irq(&virqfd_lock);
	return free;
}

/* Listen to @file, which is held: no hang-up meanwhile. 0, or -errno and nothing kept. */
static int virqfd_connect(struct virqfd *virqfd, struct file *file)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fileget(file);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	virqfd->eventfd = ctx;
	if (!virqfd_take_slot(virqfd)) {
		eventfd_ctx_put(ctx);
		return -EBUSY;
	}
	/* What was written before counts as well. */
	if (UNLESS_MUTANT(virqfd_pending_lost, vfs_poll(file, &virqfd->pt) & EPOLLIN))
		virqfd_fire(virqfd);
	return 0;
}

int vfio_virqfd_enable(void *opaque, int (*handler)(void *, void *),
		       void (*thread)(void *, void *), void *data, struct virqfd **pvirqfd, int fd)
{
	struct virqfd *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	struct file *file;
	int ret;

	if (!fresh)
		return -ENOMEM;
	fresh->opaque = opaque;
	fresh->data = data;
	fresh->handler = handler;
	fresh->thread = thread;
	fresh->pvirqfd = pvirqfd;
	init_poll_funcptr(&fresh->pt, virqfd_add_to_queue);
	init_waitqueue_func_entry(&fresh->wait, virqfd_wakeup);
	INIT_WORK(&fresh->shutdown, virqfd_shutdown);
	INIT_WORK(&fresh->flush_inject, virqfd_flush);
	INIT_WORK(&fresh->inject, virqfd_inject);

	file = eventfd_fget(fd);
	ret = PTR_ERR_OR_ZERO(file);
	if (!ret) {
		ret = virqfd_connect(fresh, file);
		fput(file);
	}
	/* Once connected it lives until its slot or its eventfd goes, which may be now. */
	if (ret)
		kfree(fresh);
	return ret;
}
EXPORT_SYMBOL_GPL(vfio_virqfd_enable);

void vfio_virqfd_disable(struct virqfd **pvirqfd)
{
	unsigned long irqflags;

	spin_lock_irqsave(&virqfd_lock, irqflags);
	if (*pvirqfd)
		virqfd_release_slot(pvirqfd);
	spin_unlock_irqrestore(&virqfd_lock, irqflags);

	/* Whoever queued the shutdown: after this it is through. */
	flush_workqueue(virqfd_cleanup_wq);
}
EXPORT_SYMBOL_GPL(vfio_virqfd_disable);

void vfio_virqfd_flush_thread(struct virqfd **pvirqfd)
{
	unsigned long irqflags;

	/* On the queue of the shutdowns, so that it cannot be freed before. */
	spin_lock_irqsave(&virqfd_lock, irqflags);
	if (*pvirqfd && (*pvirqfd)->thread)
		queue_work(virqfd_cleanup_wq, &(*pvirqfd)->flush_inject);
	spin_unlock_irqrestore(&virqfd_lock, irqflags);
	flush_workqueue(virqfd_cleanup_wq);
}
EXPORT_SYMBOL_GPL(vfio_virqfd_flush_thread);

int __init vfio_virqfd_init(void)
{
	virqfd_cleanup_wq = create_singlethread_workqueue("vfio-irqfd-cleanup");
	return virqfd_cleanup_wq ? 0 : -ENOMEM;
}

void vfio_virqfd_exit(void)
{
	destroy_workqueue(virqfd_cleanup_wq);
}
