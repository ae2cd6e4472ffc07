/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_WORKQUEUE_H
#define _KAPI_LINUX_WORKQUEUE_H

/*
 * Work done later by threads of kapi. A queue starts its threads when work
 * comes, at most max_active of them and never more than KAPI_WQ_MAX_THREADS; one
 * work item never runs on two at once. Ordered queues have one thread.
 *
 * fork(): the caller waits until running items are done (a second at most); the
 * child finds its queues with the pending items and starts threads of its own.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/types.h>

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

/* All under the lock of workqueue.c. */
struct work_struct {
	unsigned long data;		/* bit 0: pending; above: number of the last queueing */
	struct workqueue_struct *wq;	/* the last one it was queued on */
	struct list_head entry;
	work_func_t func;
};

struct delayed_work {
	struct timer_list timer;
	struct workqueue_struct *wq;
	struct work_struct work;
};

#define KAPI_WQ_MAX_THREADS	4
#define WORK_CPU_UNBOUND	64
#define WQ_UNBOUND		BIT(1)
#define WQ_FREEZABLE		BIT(2)
#define WQ_MEM_RECLAIM		BIT(3)
#define WQ_HIGHPRI		BIT(4)
#define WQ_CPU_INTENSIVE	BIT(5)
#define WQ_SYSFS		BIT(6)
#define __WQ_ORDERED		BIT(17)
#define WQ_MAX_ACTIVE		512

void kapi_delayed_work_fire(struct timer_list *timer);

#define __WORK_INITIALIZER(n, f) \
	{ .entry = LIST_HEAD_INIT((n).entry), .func = (f) }
#define DECLARE_WORK(n, f) struct work_struct n = __WORK_INITIALIZER(n, f)
#define __DELAYED_WORK_INITIALIZER(n, f) { \
	.work = __WORK_INITIALIZER((n).work, (f)), \
	.timer = { .entry = LIST_HEAD_INIT((n).timer.entry), \
		   .function = kapi_delayed_work_fire }, \
}
#define DECLARE_DELAYED_WORK(n, f) struct delayed_work n = __DELAYED_WORK_INITIALIZER(n, f)

#define INIT_WORK(_work, _func) do { \
	struct work_struct *__iw = (_work); \
	__iw->data = 0; \
	__iw->wq = NULL; \
	INIT_LIST_HEAD(&__iw->entry); \
	__iw->func = (_func); \
} while (0)
#define INIT_WORK_ONSTACK(_work, _func) INIT_WORK(_work, _func)
#define destroy_work_on_stack(work) ((void)(work))
#define INIT_DELAYED_WORK(_work, _func) do { \
	struct delayed_work *__idw = (_work); \
	INIT_WORK(&__idw->work, (_func)); \
	kapi_timer_init(&__idw->timer, kapi_delayed_work_fire); \
	__idw->wq = NULL; \
} while (0)
#define to_delayed_work(w) container_of(w, struct delayed_work, work)

/* NULL without memory. @max_active 0: the default. */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
	__printf(1, 4);
#define alloc_ordered_workqueue(fmt, flags, args...) \
	alloc_workqueue(fmt, WQ_UNBOUND | __WQ_ORDERED | (flags), 1, ##args)
#define create_workqueue(name)	alloc_workqueue("%s", WQ_MEM_RECLAIM, 1, (name))
#define create_singlethread_workqueue(name) \
	alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name)
/* Runs what is pending first. */
void destroy_workqueue(struct workqueue_struct *wq);

extern struct workqueue_struct *const system_wq;
extern struct workqueue_struct *const system_highpri_wq;
extern struct workqueue_struct *const system_long_wq;
extern struct workqueue_struct *const system_unbound_wq;
extern struct workqueue_struct *const system_freezable_wq;

/* False if it was pending already. */
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
			unsigned long delay);
/* Sets the time anew; true if it was pending. */
bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
		      unsigned long delay);
/* Wait for everything queued before the call. */
void flush_workqueue(struct workqueue_struct *wq);
void drain_workqueue(struct workqueue_struct *wq);
/* Wait for the last queueing of @work to end; true if there was anything to wait for. */
bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *dwork);
/* Take it off the queue; true if it was pending. _sync also waits for it to end running. */
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dwork);
bool cancel_delayed_work_sync(struct delayed_work *dwork);
bool work_pending(struct work_struct *work);
unsigned int work_busy(struct work_struct *work);
/* The item that the calling thread runs, or NULL. */
struct work_struct *current_work(void);

#define delayed_work_pending(w) (work_pending(&(w)->work) || timer_pending(&(w)->timer))
#define schedule_work(work)	queue_work(system_wq, (work))
#define schedule_delayed_work(dwork, delay) queue_delayed_work(system_wq, (dwork), (delay))
#define queue_work_on(cpu, wq, work) queue_work(wq, work)
#define flush_scheduled_work()	flush_workqueue(system_wq)

#endif
