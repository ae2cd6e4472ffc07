// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt layer: where and when handlers run. */
#include <kapi/irq.h>
#include <kapi/syscalls.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqbypass.h>
#include <linux/spinlock.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static DEFINE_SPINLOCK(lock);
static unsigned int calls, raise_again, running, overlaps;
static irqreturn_t answer = IRQ_HANDLED;

static irqreturn_t handler(int irq, void *data)
{
	unsigned long flags;

	if (__atomic_fetch_add(&running, 1, __ATOMIC_SEQ_CST))
		overlaps++;
	spin_lock_irqsave(&lock, flags);
	calls++;
	spin_unlock_irqrestore(&lock, flags);
	if (raise_again && raise_again--)
		kapi_irq_raise(irq);
	__atomic_fetch_sub(&running, 1, __ATOMIC_SEQ_CST);
	return answer;
}

static void test_edge(int irq)
{
	unsigned long flags, inner;

	calls = 0;
	kapi_irq_raise(irq);
	is(calls, 1, "runs on the thread that raises it");
	spin_lock_irqsave(&lock, flags);
	kapi_irq_raise(irq);
	kapi_irq_raise(irq);
	is(calls, 1, "held back under a lock");
	local_irq_save(inner);
	local_irq_restore(inner);
	is(calls, 1, "the pairs nest");
	spin_unlock_irqrestore(&lock, flags);
	is(calls, 2, "once when the lock is dropped");
	raise_again = 3;
	kapi_irq_raise(irq);
	is(calls, 6, "an arrival during the handler runs it again");
	disable_irq(irq);
	disable_irq_nosync(irq);
	kapi_irq_raise(irq);
	enable_irq(irq);
	is(calls, 6, "disabling nests");
	enable_irq(irq);
	is(calls, 7, "the arrival was kept");
	kapi_irq_raise(4095);
	kapi_irq_raise(100000);
	is(calls, 7, "unknown numbers are dropped");
}

static void test_request(int irq)
{
	int other;

	is(request_irq(100000, handler, 0, "t", NULL), -EINVAL, "no such irq");
	is(request_irq(irq, NULL, 0, "t", NULL), -EINVAL, "no handler");
	is(request_irq(irq, handler, IRQF_SHARED, "t", NULL), -EINVAL, "shared without dev_id");
	is(request_irq(IRQ_NOTCONNECTED, handler, 0, "t", NULL), -ENOTCONN, "not connected");
	is(request_irq(irq, handler, IRQF_SHARED, "t", &other), -EBUSY, "taken, not shared");
	other = kapi_irq_alloc(1, 1);
	is(request_irq(other, handler, IRQF_NO_AUTOEN, "t", &other), 0, "not enabled yet");
	calls = 0;
	kapi_irq_raise(other);
	is(calls, 0, "disabled");
	enable_irq(other);
	is(calls, 1, "enabled");
	ok(free_irq(other, &other) != NULL, "freed");
	kapi_irq_raise(other);
	is(calls, 1, "gone");
	kapi_irq_free(other, 1);
}

static void test_level(void)
{
	unsigned int a, b;

	is(kapi_irq_add_line(17), 0, "a line");
	is(kapi_irq_add_line(17), 0, "twice is fine");
	is(request_irq(17, handler, IRQF_SHARED, "t", &a), 0, "first user");
	is(request_irq(17, handler, IRQF_SHARED, "t", &b), 0, "second user");
	answer = IRQ_NONE;
	calls = 0;
	kapi_irq_line(17, 1);
	ok(calls >= 100000, "nobody cares: %u calls", calls);
	calls = 0;
	kapi_irq_line(17, 1);
	is(calls, 0, "so it was disabled");
	kapi_irq_line(17, -2);
	answer = IRQ_HANDLED;
	free_irq(17, &a);
	free_irq(17, &b);
	is(request_irq(17, handler, 0, "t", &a), 0, "a new user starts afresh");
	free_irq(17, &a);
}

static void *raiser(void *data)
{
	int i;

	for (i = 0; i < 20000; i++)
		kapi_irq_raise(*(int *)data);
	return NULL;
}

static void test_threads(int irq)
{
	pthread_t threads[4];
	unsigned int i;

	calls = overlaps = 0;
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, raiser, &irq);
	for (i = 0; i < 200; i++) {
		disable_irq(irq);
		if (__atomic_load_n(&running, __ATOMIC_SEQ_CST))
			overlaps++;
		enable_irq(irq);
	}
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ok(calls > 0 && calls <= 80000 + 200, "%u calls for 80000 arrivals", calls);
	is(overlaps, 0, "never on two threads at once, never while disabled");
}

static void test_fork(int irq)
{
	int status;
	pid_t pid;

	calls = 0;
	pid = fork();
	if (!pid) {
		kapi_irq_raise(irq);
		_exit(calls == 1 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "works in a child");
	is(calls, 0, "apart from the parent");
}

static void test_bypass(void)
{
	struct irq_bypass_producer a = { .token = &a }, b = { .token = &a }, none = { };

	is(irq_bypass_register_producer(&none), -EINVAL, "producer without token");
	is(irq_bypass_register_producer(&a), 0, "producer");
	is(irq_bypass_register_producer(&b), -EBUSY, "token taken");
	irq_bypass_unregister_producer(&b);
	irq_bypass_unregister_producer(&a);
	is(irq_bypass_register_producer(&b), 0, "token free again");
	irq_bypass_unregister_producer(&b);
}

int main(void)
{
	int irq, block;

	kapi_init();
	irq = kapi_irq_alloc(1, 1);
	ok(irq >= 24, "irq %d", irq);
	block = kapi_irq_alloc(4, 4);
	ok(block > irq && !(block & 3), "aligned block at %d", block);
	is(kapi_irq_alloc(100000, 1), -ENOSPC, "too many");
	kapi_irq_free(block, 4);
	is(request_irq(irq, handler, 0, "t", &irq), 0, "request_irq");
	test_edge(irq);
	test_request(irq);
	test_level();
	test_threads(irq);
	test_fork(irq);
	test_bypass();
	free_irq(irq, &irq);
	kapi_irq_free(irq, 1);
	return tap_done();
}
