// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work queues and timers, also across fork().
 */
#include <kapi/syscalls.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "tap.h"

static struct workqueue_struct *wq, *ordered;
static atomic_t runs, now_running, most_running;
static int sequence[64], sequence_len;

struct numbered {
	struct work_struct work;
	int number;
};

static void slow(struct work_struct *work)
{
	int n = atomic_inc_return(&now_running), most = atomic_read(&most_running);

	while (n > most && !atomic_try_cmpxchg(&most_running, &most, n))
		;
	msleep(10);
	atomic_dec(&now_running);
	atomic_inc(&runs);
}

/* Ends when another one runs beside it. */
static void together(struct work_struct *work)
{
	unsigned long end = jiffies + 5 * HZ;

	atomic_inc(&now_running);
	while (atomic_read(&now_running) < 2 && time_before(jiffies, end))
		msleep(1);
	if (atomic_read(&now_running) >= 2)
		atomic_inc(&runs);
}

static void note_number(struct work_struct *work)
{
	sequence[sequence_len++] = container_of(work, struct numbered, work)->number;
}

static void free_itself(struct work_struct *work)
{
	kfree(container_of(work, struct numbered, work));
	atomic_inc(&runs);
}

static struct work_struct again;
static atomic_t again_left;

static void requeue(struct work_struct *work)
{
	atomic_inc(&runs);
	if (atomic_dec_return(&again_left) > 0)
		queue_work(wq, work);
}

static bool kthread_without_mm;

static void look_at_current(struct work_struct *work)
{
	kthread_without_mm = (current->flags & PF_KTHREAD) && !current->mm &&
			     current_work() == work;
}

static void test_queue(void)
{
	struct work_struct works[4], one;
	struct numbered numbered[32], *n;
	bool ok = true;
	int i;

	for (i = 0; i < 4; i++) {
		INIT_WORK(&works[i], slow);
		ok &= queue_work(wq, &works[i]);
	}
	flush_workqueue(wq);
	check(ok && atomic_read(&runs) == 4, "work: each queueing runs once");
	atomic_set(&runs, 0);
	for (i = 0; i < 2; i++) {
		INIT_WORK(&works[i], together);
		queue_work(wq, &works[i]);
	}
	flush_workqueue(wq);
	check(atomic_read(&runs) == 2, "work: several items at once");
	atomic_set(&now_running, 0);

	INIT_WORK(&one, slow);
	atomic_set(&most_running, 0);
	atomic_set(&runs, 0);
	queue_work(wq, &one);
	msleep(3);
	queue_work(wq, &one);
	flush_work(&one);
	check(atomic_read(&runs) == 2 && atomic_read(&most_running) == 1,
	      "work: one item never twice at once, and flush_work() waits for the last");

	for (i = 0; i < 32; i++) {
		INIT_WORK(&numbered[i].work, note_number);
		numbered[i].number = i;
		queue_work(ordered, &numbered[i].work);
	}
	flush_workqueue(ordered);
	for (i = 0, ok = sequence_len == 32; i < sequence_len; i++)
		ok &= sequence[i] == i;
	check(ok, "work: an ordered queue keeps order");

	atomic_set(&runs, 0);
	n = kmalloc(sizeof(*n), GFP_KERNEL);
	INIT_WORK(&n->work, free_itself);
	queue_work(wq, &n->work);
	flush_workqueue(wq);
	check(atomic_read(&runs) == 1, "work: an item may free itself");
	INIT_WORK(&one, look_at_current);
	schedule_work(&one);
	flush_work(&one);
	check(kthread_without_mm, "work: runs on a kernel thread, which has no mm");
}

static DECLARE_COMPLETION(gate);

static void wait_at_gate(struct work_struct *work)
{
	wait_for_completion(&gate);
	atomic_inc(&runs);
}

static void test_cancel(void)
{
	struct work_struct blocker, victim;
	int before;

	INIT_WORK(&blocker, wait_at_gate);
	INIT_WORK(&victim, slow);
	atomic_set(&runs, 0);
	queue_work(ordered, &blocker);
	queue_work(ordered, &victim);
	check(!queue_work(wq, &victim), "work: pending, it is not queued again");
	check(cancel_work_sync(&victim), "cancel: was pending");
	check(!cancel_work_sync(&victim), "cancel: was not");
	while (work_pending(&blocker))
		msleep(1);
	complete(&gate);
	check(!cancel_work_sync(&blocker) && atomic_read(&runs) == 1,
	      "cancel: waits for it to end");

	atomic_set(&runs, 0);
	atomic_set(&again_left, 1000000);
	INIT_WORK(&again, requeue);
	queue_work(wq, &again);
	while (atomic_read(&runs) < 3)
		msleep(1);
	cancel_work_sync(&again);
	before = atomic_read(&runs);
	msleep(5);
	check(before && before == atomic_read(&runs) && !work_busy(&again),
	      "cancel: also of one that queues itself again and again");
}

static atomic_t fired;

static void fire(struct timer_list *timer)
{
	atomic_inc(&fired);
}

static void test_delayed(void)
{
	struct delayed_work dw;
	struct timer_list timer;
	unsigned long begin = jiffies;

	atomic_set(&runs, 0);
	INIT_DELAYED_WORK(&dw, slow);
	check(schedule_delayed_work(&dw, 30) && !schedule_delayed_work(&dw, 0),
	      "delayed: pending while the time runs");
	while (!atomic_read(&runs) && time_before(jiffies, begin + 5 * HZ))
		msleep(2);
	check(atomic_read(&runs) == 1 && time_after_eq(jiffies, begin + 30), "delayed: not early");
	schedule_delayed_work(&dw, 100 * HZ);
	check(cancel_delayed_work_sync(&dw) && !delayed_work_pending(&dw), "delayed: cancelled");
	schedule_delayed_work(&dw, 100 * HZ);
	check(flush_delayed_work(&dw) && atomic_read(&runs) == 2, "delayed: flush runs it now");
	schedule_delayed_work(&dw, 100 * HZ);
	check(mod_delayed_work(system_wq, &dw, 0) && flush_delayed_work(&dw) &&
	      atomic_read(&runs) == 3, "delayed: time set anew");

	timer_setup(&timer, fire, 0);
	mod_timer(&timer, jiffies + 1000 * HZ);
	check(mod_timer(&timer, jiffies + 5), "timer: was pending");
	msleep(60);
	check(atomic_read(&fired) == 1 && !timer_pending(&timer), "timer: fired once");
	mod_timer(&timer, jiffies + 1000 * HZ);
	check(timer_delete_sync(&timer) && !timer_delete_sync(&timer), "timer: deleted");
}

static struct work_struct inherited_block, inherited;
static struct delayed_work inherited_delayed;

static int child_uses_queues(void)
{
	struct work_struct work;

	INIT_WORK(&work, slow);
	atomic_set(&runs, 0);
	queue_work(wq, &work);
	queue_work(ordered, &inherited_block);
	flush_work(&work);
	flush_workqueue(ordered);
	return atomic_read(&runs) == 2 ? 0 : 1;
}

static int child_finds_pending(void)
{
	unsigned long begin = jiffies;

	/* Queued by the parent; nothing here touches the queues. */
	while ((atomic_read(&runs) < 2 || READ_ONCE(sequence_len) < 33) &&
	       time_before(jiffies, begin + 5 * HZ))
		msleep(5);
	return atomic_read(&runs) == 2 && sequence_len == 33 ? 0 : 1;
}

static struct numbered numbered33 = { .work = __WORK_INITIALIZER(numbered33.work, note_number) };

static void test_fork(void)
{
	INIT_WORK(&inherited_block, slow);
	INIT_WORK(&inherited, slow);
	INIT_DELAYED_WORK(&inherited_delayed, slow);
	check(in_child(child_uses_queues), "fork: the child's own threads do its work");
	check(in_child(child_uses_queues), "fork: and once more");
	/* A running item, one behind it, and a delayed one. */
	atomic_set(&runs, 0);
	queue_work(ordered, &inherited_block);
	msleep(2);
	queue_work(ordered, &numbered33.work);
	schedule_delayed_work(&inherited_delayed, 40);
	check(in_child(child_finds_pending), "fork: pending and delayed work runs in the child");
	flush_workqueue(ordered);
	flush_delayed_work(&inherited_delayed);
	check(atomic_read(&runs) == 2 && sequence_len == 33, "fork: and in the parent");
}

int main(void)
{
	kapi_init();
	wq = alloc_workqueue("test-%d", WQ_UNBOUND, 0, 1);
	ordered = alloc_ordered_workqueue("ordered", 0);
	test_queue();
	test_cancel();
	test_delayed();
	test_fork();
	destroy_workqueue(ordered);
	destroy_workqueue(wq);
	return done_testing();
}
