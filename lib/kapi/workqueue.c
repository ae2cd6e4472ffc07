// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work queues: queueing, and the threads that do the work.
 */
#include <linux/bug.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <kapi/alone.h>
#include <kapi/sleep.h>
#include <kapi/task.h>
#include "thread.h"
#include "workqueue.h"

/* How long fork() waits for running items, and then takes its chance. */
#define FORK_PATIENCE_NS (1 * NSEC_PER_SEC)

pthread_mutex_t kapi_wq_lock = PTHREAD_MUTEX_INITIALIZER;
LIST_HEAD(kapi_workers);
unsigned long kapi_wq_seq;
static LIST_HEAD(queues);
static int progress;		/* futex */
static bool forking;
static __thread struct kapi_worker *self;

static struct workqueue_struct system_queue = {
	.all = LIST_HEAD_INIT(system_queue.all),
	.pending = LIST_HEAD_INIT(system_queue.pending),
	.name = "events",
	.max_threads = KAPI_WQ_MAX_THREADS,
};
struct workqueue_struct *const system_wq = &system_queue;
struct workqueue_struct *const system_highpri_wq = &system_queue;
struct workqueue_struct *const system_long_wq = &system_queue;
struct workqueue_struct *const system_unbound_wq = &system_queue;
struct workqueue_struct *const system_freezable_wq = &system_queue;

void kapi_wq_progress(void)
{
	if (kapi_alone)
		return;
	__atomic_add_fetch(&progress, 1, __ATOMIC_SEQ_CST);
	kapi_futex_wake(&progress, INT_MAX);
}

static void wait_progress(s64 ns)
{
	int seq = progress;

	pthread_mutex_unlock(&kapi_wq_lock);
	kapi_futex_wait(&progress, seq, ns);
	pthread_mutex_lock(&kapi_wq_lock);
}

void kapi_wq_wait(void)
{
	wait_progress(-1);
}

unsigned long kapi_work_running(const struct work_struct *work)
{
	struct kapi_worker *worker;

	list_for_each_entry(worker, &kapi_workers, all)
		if (worker->work == work)
			return worker->seq;
	return 0;
}

/* The first item that no other thread is still running from an earlier queueing. */
static struct work_struct *next_work(struct workqueue_struct *wq)
{
	struct work_struct *work;

	if (forking)
		return NULL;
	list_for_each_entry(work, &wq->pending, entry)
		if (!kapi_work_running(work))
			return work;
	return NULL;
}

static void run(struct kapi_worker *worker, struct work_struct *work)
{
	work_func_t func = work->func;

	list_del_init(&work->entry);
	worker->work = work;
	worker->seq = kapi_work_seq(work);
	work->data &= ~WORK_PENDING;
	pthread_mutex_unlock(&kapi_wq_lock);
	func(work);		/* may free it */
	pthread_mutex_lock(&kapi_wq_lock);
	worker->work = NULL;
	kapi_wq_progress();
}

static void worker_main(void *arg)
{
	struct kapi_worker worker = { .wq = arg };
	struct workqueue_struct *wq = arg;
	struct work_struct *work;
	int seq;

	self = &worker;
	pthread_mutex_lock(&kapi_wq_lock);
	list_add_tail(&worker.all, &kapi_workers);
	while (!wq->dying) {
		work = next_work(wq);
		if (work) {
			run(&worker, work);
			continue;
		}
		seq = wq->wake;
		wq->idle++;
		pthread_mutex_unlock(&kapi_wq_lock);
		kapi_futex_wait(&wq->wake, seq, -1);
		pthread_mutex_lock(&kapi_wq_lock);
		wq->idle--;
	}
	list_del(&worker.all);
	wq->threads--;
	kapi_wq_progress();
	pthread_mutex_unlock(&kapi_wq_lock);
}

static void wake_idle(struct workqueue_struct *wq)
{
	__atomic_add_fetch(&wq->wake, 1, __ATOMIC_SEQ_CST);
	kapi_futex_wake(&wq->wake, INT_MAX);
}

void kapi_wq_kick(struct workqueue_struct *wq)
{
	int queued = 0;
	struct list_head *pos;

	if (kapi_alone)
		return;
	list_for_each(pos, &wq->pending)
		if (++queued > wq->idle)
			break;
	if (!queued)
		return;
	wake_idle(wq);
	if (queued <= wq->idle || wq->threads >= wq->max_threads)
		return;
	wq->threads++;
	if (kapi_thread_start(wq->name, worker_main, wq))
		WARN_ON(!--wq->threads);
}

void kapi_wq_insert(struct workqueue_struct *wq, struct work_struct *work)
{
	work->wq = wq;
	work->data = ++kapi_wq_seq << 1 | WORK_PENDING;
	list_add_tail(&work->entry, &wq->pending);
	if (kapi_alone)
		kapi_work_waits = 1;
	kapi_wq_kick(wq);
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	bool ret = false;

	pthread_mutex_lock(&kapi_wq_lock);
	if (!(work->data & WORK_PENDING) && !WARN_ON(wq->dying)) {
		kapi_wq_insert(wq, work);
		ret = true;
	}
	pthread_mutex_unlock(&kapi_wq_lock);
	return ret;
}

static struct task_struct *kernel;	/* who runs work then */

void kapi_work_alone(void)
{
	kernel = kapi_task_kernel();
}

/*
 * Without threads (kapi/alone.h): the caller runs what is pending on @wq itself, as a
 * thread of the kernel would.
 */
void kapi_wq_run_alone(struct workqueue_struct *wq, unsigned long seq, struct work_struct *only)
{
	struct kapi_worker worker = { .wq = wq }, *outer = self;
	struct task_struct *caller = current;
	struct work_struct *work;

	self = &worker;
	kapi_task = kernel;
	list_add_tail(&worker.all, &kapi_workers);
	while ((work = only ?: next_work(wq)) && kapi_work_seq(work) <= seq) {
		run(&worker, work);
		if (only)
			break;
	}
	list_del(&worker.all);
	kapi_task = caller;
	self = outer;
}

unsigned int kapi_work_waits;

/* What items queue themselves waits for the next time, since they may do so for ever. */
void kapi_work_run(void)
{
	struct workqueue_struct *wq;
	unsigned long seq;

	if (!kapi_alone)
		return;
	pthread_mutex_lock(&kapi_wq_lock);
	kapi_work_waits = 0;
	seq = kapi_wq_seq;
	kapi_wq_run_alone(&system_queue, seq, NULL);
	list_for_each_entry(wq, &queues, all)
		kapi_wq_run_alone(wq, seq, NULL);
	pthread_mutex_unlock(&kapi_wq_lock);
}

struct work_struct *current_work(void)
{
	return self ? self->work : NULL;
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);
	va_list args;

	if (!wq)
		return NULL;
	va_start(args, max_active);
	vscnprintf(wq->name, sizeof(wq->name), fmt, args);
	va_end(args);
	INIT_LIST_HEAD(&wq->pending);
	wq->max_threads = max_active ? min(max_active, KAPI_WQ_MAX_THREADS) : KAPI_WQ_MAX_THREADS;
	pthread_mutex_lock(&kapi_wq_lock);
	list_add_tail(&wq->all, &queues);
	pthread_mutex_unlock(&kapi_wq_lock);
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	drain_workqueue(wq);
	pthread_mutex_lock(&kapi_wq_lock);
	wq->dying = true;
	wake_idle(wq);
	while (wq->threads)
		kapi_wq_wait();
	list_del(&wq->all);
	pthread_mutex_unlock(&kapi_wq_lock);
	kfree(wq);
}

static bool others_running(void)
{
	struct kapi_worker *worker;

	list_for_each_entry(worker, &kapi_workers, all)
		if (worker->work && worker != self)
			return true;
	return false;
}

/* A thread that is in the middle of an item holds locks that nobody in the child would drop. */
void kapi_wq_fork_prepare(void)
{
	ktime_t end = ktime_get() + FORK_PATIENCE_NS, now;

	pthread_mutex_lock(&kapi_wq_lock);
	forking = true;
	while (others_running() && (now = ktime_get()) < end)
		wait_progress(end - now);
}

static void each_queue(void (*fn)(struct workqueue_struct *wq))
{
	struct workqueue_struct *wq;

	fn(&system_queue);
	list_for_each_entry(wq, &queues, all)
		fn(wq);
}

void kapi_wq_fork_parent(void)
{
	forking = false;
	each_queue(kapi_wq_kick);
	pthread_mutex_unlock(&kapi_wq_lock);
}

static void forget_threads(struct workqueue_struct *wq)
{
	wq->threads = 0;
	wq->idle = 0;
}

void kapi_wq_fork_child(void)
{
	INIT_LIST_HEAD(&kapi_workers);
	self = NULL;
	forking = false;
	each_queue(forget_threads);
	each_queue(kapi_wq_kick);
	pthread_mutex_unlock(&kapi_wq_lock);
}
