// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads of kapi, and fork().
 */
#define _GNU_SOURCE
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include "thread.h"

struct start {
	char name[16];
	void (*fn)(void *arg);
	void *arg;
};

static void *thread_main(void *arg)
{
	struct start start = *(struct start *)arg;
	struct mm_struct *mm;

	free(arg);
	pthread_setname_np(pthread_self(), start.name);
	mm = current->mm;
	current->flags |= PF_KTHREAD;
	current->mm = NULL;
	mmdrop(mm);
	start.fn(start.arg);
	return NULL;
}

int kapi_thread_start(const char *name, void (*fn)(void *arg), void *arg)
{
	struct start *start = malloc(sizeof(*start));
	sigset_t block, old;
	pthread_attr_t attr;
	pthread_t thread;
	int ret;

	if (!start)
		return -ENOMEM;
	snprintf(start->name, sizeof(start->name), "%s", name);
	start->fn = fn;
	start->arg = arg;
	/* Faults are for the thread that makes them and must stay open. */
	sigfillset(&block);
	sigdelset(&block, SIGSEGV);
	sigdelset(&block, SIGBUS);
	sigdelset(&block, SIGILL);
	sigdelset(&block, SIGFPE);
	sigdelset(&block, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &block, &old);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	ret = pthread_create(&thread, &attr, thread_main, start);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret)
		free(start);
	return -ret;
}

/* The order is that of the locks: work items use everything else. */
static void prepare(void)
{
	kapi_timer_fork_quiesce();
	kapi_wq_fork_prepare();
	kapi_timer_fork_prepare();
	kapi_rcu_fork_prepare();
	kapi_device_fork(true);
	kapi_chrdev_fork(true);
	kapi_vfs_fork_prepare();
}

static void parent(void)
{
	kapi_vfs_fork_parent();
	kapi_chrdev_fork(false);
	kapi_device_fork(false);
	kapi_rcu_fork_parent();
	kapi_timer_fork_parent();
	kapi_wq_fork_parent();
}

static void child(void)
{
	kapi_vfs_fork_child();
	kapi_chrdev_fork(false);
	kapi_device_fork(false);
	kapi_rcu_fork_child();
	kapi_timer_fork_child();
	kapi_wq_fork_child();
}

static __attribute__((__constructor__)) void fork_init(void)
{
	pthread_atfork(prepare, parent, child);
}
