// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads and the process, as the core sees them: the host's own.
 */
#include <kapi/alone.h>
#include <kapi/fail_nth.h>
#include <kapi/fault.h>
#include <kapi/host.h>
#include <kapi/task.h>
#include <linux/capability.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include "internal.h"

/* struct rlimit64 of prlimit64(2) is the same thing on 64 bits. */
_Static_assert(sizeof(rlim_t) == 8, "64-bit limits");

__thread struct task_struct *kapi_task;

static const unsigned int no_mark = 1;
const volatile unsigned int *kapi_fork_mark = &no_mark;

static struct task_struct *leader;
static pid_t process;		/* as of kapi_fork_mark */
static pthread_key_t task_key;
static pthread_mutex_t task_lock = PTHREAD_MUTEX_INITIALIZER;

static struct task_struct *task_alloc(pid_t pid)
{
	struct task_struct *task = calloc(1, sizeof(*task));

	if (!task)
		abort();
	atomic_set(&task->usage, 1);
	task->pid = pid;
	task->tgid = process;
	task->mm = kapi_mm;
	mmgrab(task->mm);
	prctl(PR_GET_NAME, task->comm);
	return task;
}

void __put_task_struct(struct task_struct *task)
{
	if (task->group_leader != task)
		put_task_struct(task->group_leader);
	if (task->mm)
		mmdrop(task->mm);
	free(task);
}

static void task_exit(void *task)
{
	kapi_fail_thread_end();
	kapi_task = NULL;
	put_task_struct(task);
}

struct task_struct *kapi_task_new(void)
{
	struct task_struct *task;
	pid_t tid = syscall(SYS_gettid);

	kapi_task_init();
	pthread_mutex_lock(&task_lock);
	if (tid == process) {
		task = get_task_struct(leader);
	} else {
		task = task_alloc(tid);
		task->group_leader = get_task_struct(leader);
	}
	pthread_mutex_unlock(&task_lock);
	kapi_task = task;
	pthread_setspecific(task_key, task);
	kapi_fail_thread_start(tid);
	return task;
}

struct task_struct *kapi_task_kernel(void)
{
	struct task_struct *task = task_alloc(current->pid);

	task->group_leader = get_task_struct(leader);
	task->flags |= PF_KTHREAD;
	mmdrop(task->mm);
	task->mm = NULL;
	return task;
}

static void make_process(void)
{
	process = getpid();
	kapi_mm = kapi_mm_new();
	leader = task_alloc(process);
	leader->group_leader = leader;
}

static void set_mark(unsigned int val)
{
	__atomic_store_n((unsigned int *)kapi_fork_mark, val, __ATOMIC_RELEASE);
}

static void make_mark(void)
{
	void *page = kapi_host_mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (IS_ERR(page) || madvise(page, PAGE_SIZE, MADV_WIPEONFORK))
		abort();
	kapi_fork_mark = page;
	set_mark(1);
}

static void task_init(void)
{
	pthread_key_create(&task_key, task_exit);
	make_process();
	make_mark();
}

void kapi_task_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, task_init);
}

/*
 * Of the parent's objects those that something refers to live on in the child's
 * copy: the mm of a mapping made before is not the child's own.
 */
void kapi_after_fork(void)
{
	unsigned int depth = kapi_task ? kapi_task->syscall_depth : 0, wiped = 0;

	/* Of several threads of the child the first one does it. */
	if (!__atomic_compare_exchange_n((unsigned int *)kapi_fork_mark, &wiped, 2, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		while (*kapi_fork_mark != 1)
			sched_yield();
		return;
	}
	pthread_mutex_init(&task_lock, NULL);
	make_process();
	kapi_fail_after_fork();
	kapi_task = NULL;
	kapi_task_new()->syscall_depth = depth;
	kapi_vma_after_fork(kapi_mm);
	kapi_eventfd_after_fork();
	set_mark(1);
}

bool kapi_borrows_memory(void)
{
	return !kapi_alone && *kapi_fork_mark && getpid() != process;
}

void schedule(void)
{
	sched_yield();
}

static bool thread_has(pid_t pid, int cap)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, pid };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (cap < 0 || cap > CAP_LAST_CAP || kapi_host(SYS_capget, &head, data))
		return false;
	return data[cap / 32].effective & (1U << cap % 32);
}

/*
 * What the calling thread may do, read again when anything could have changed it.
 * Only a thread itself can change that, by calls that lib/syscall sees; where it
 * does not stand in front of libc there is nobody who tells, and all is read anew.
 */
static unsigned int cred_generation;	/* 0: nobody tells */

static __thread struct {
	unsigned int generation;
	u32 effective[_LINUX_CAPABILITY_U32S_3];
} cred __attribute__((tls_model("initial-exec")));

void kapi_cred_changed(void)
{
	/* By two, from the one it begins with: it never gets back to 0. */
	if (__atomic_load_n(&cred_generation, __ATOMIC_RELAXED))
		__atomic_add_fetch(&cred_generation, 2, __ATOMIC_SEQ_CST);
}

void kapi_cred_watched(void)
{
	__atomic_store_n(&cred_generation, 1, __ATOMIC_SEQ_CST);
}

static bool cred_read(unsigned int generation)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	unsigned int i;

	if (kapi_host(SYS_capget, &head, data))
		return false;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		cred.effective[i] = data[i].effective;
	cred.generation = generation;
	return true;
}

bool capable(int cap)
{
	unsigned int generation = __atomic_load_n(&cred_generation, __ATOMIC_ACQUIRE);

	if (cap < 0 || cap > CAP_LAST_CAP)
		return false;
	if (unlikely(!generation || cred.generation != generation) && !cred_read(generation))
		return false;
	return cred.effective[cap / 32] & (1U << cap % 32);
}

bool has_capability(struct task_struct *task, int cap)
{
	return thread_has(task->pid, cap);
}

static unsigned long limit_of(pid_t pid, unsigned int limit)
{
	struct rlimit lim;

	return kapi_host(SYS_prlimit64, pid, limit, NULL, &lim) ? 0 : lim.rlim_cur;
}

unsigned long rlimit(unsigned int limit)
{
	return limit_of(0, limit);
}

unsigned long task_rlimit(const struct task_struct *task, unsigned int limit)
{
	return limit_of(task->tgid, limit);
}
