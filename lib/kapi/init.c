// SPDX-License-Identifier: GPL-2.0-only
/*
 * Start of the core, and of its copy in a child process.
 */
#include <kapi/alone.h>
#include <kapi/fail_nth.h>
#include <kapi/fault.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <linux/capability.h>
#include <pthread.h>
#include "internal.h"

/* Locks that may be held in this order; a child must not find one taken. */
static void hold_all(bool lock)
{
	kapi_eventfd_lock(lock);
	kapi_vma_lock(lock);
	kapi_fd_lock(lock);
	kapi_file_lock(lock);
	kapi_phys_lock(lock);
	kapi_fail_lock(lock);
	kapi_block_lock(lock);
}

static void before_fork(void)
{
	hold_all(true);
}

static void in_parent(void)
{
	hold_all(false);
}

static void in_child(void)
{
	hold_all(false);
	kapi_after_fork();
}

static void init(void)
{
	kapi_task_init();
	kapi_fault_init();
	pthread_atfork(before_fork, in_parent, in_child);
}

void kapi_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, init);
}

bool kapi_alone;

void kapi_run_alone(void)
{
	void *block;

	kapi_alone = true;
	kapi_cred_watched();
	/* What is made at its first use is there before anybody looks what a call does. */
	capable(CAP_SYS_ADMIN);
	block = kapi_block_alloc();
	if (block)
		kapi_block_free(block);
	kapi_work_alone();
}
