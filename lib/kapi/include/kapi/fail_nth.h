/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on purpose, as CONFIG_FAULT_INJECTION's /proc/<pid>/fail-nth makes them
 * (Documentation/fault-injection/fault-injection.rst): a thread asks that the
 * n-th operation of its own from now on fails that may fail for want of
 * something. It fails once, and so one after the other each error path of a
 * system call can be walked.
 *
 * Points of failure, each counted where it is reached:
 *	KAPI_FAIL_ALLOC	an allocation of <linux/slab.h> without __GFP_NOFAIL, and what stands
 *			for one: inodes, mappings, nodes of sysfs		-ENOMEM
 *	KAPI_FAIL_USER	a copy from or to user memory: nothing is copied	-EFAULT
 *	KAPI_FAIL_FD	the reservation of a descriptor				-EMFILE
 *	KAPI_FAIL_FILE	the making of a struct file				-ENOMEM
 *	KAPI_FAIL_PIN	a call of pin_user_pages*()				-ENOMEM
 *
 * Not counted: what the core does in place of the processor or a device (lookup
 * of paths and eventfds, DMA), and accesses to the fail-nth file itself.
 *
 * lib/syscall shows the setting as /proc/thread-self/fail-nth, /proc/self/fail-nth
 * and /proc/<pid>/fail-nth (of the main thread), and
 * /proc/{self,<pid>}/task/<tid>/fail-nth: a decimal number, "0" once the fault
 * was delivered. Anything but a number up to UINT_MAX is refused with EINVAL
 * (ERANGE above), as kstrtouint() does. A child starts with 0.
 */
#ifndef KAPI_FAIL_NTH_H
#define KAPI_FAIL_NTH_H

#include <linux/compiler.h>
#include <linux/types.h>

struct kapi_node;

enum kapi_fail_point {
	KAPI_FAIL_ALLOC, KAPI_FAIL_USER, KAPI_FAIL_FD, KAPI_FAIL_FILE, KAPI_FAIL_PIN,
};

/* Operations left until one fails, of the calling thread; 0: none will. */
extern __thread unsigned int kapi_fail_left KAPI_THREAD_VISIBLE;

bool kapi_fail_now(enum kapi_fail_point point);

/* At each point of failure: true if this operation is to fail. Off, it costs one branch. */
static inline bool kapi_should_fail(enum kapi_fail_point point)
{
	return unlikely(READ_ONCE(kapi_fail_left)) && kapi_fail_now(point);
}

/*
 * kapi_fail_nth - let the @n-th operation of the calling thread fail; 0: none
 *
 * Returns what was left of the setting before: 0 if the fault was delivered.
 */
unsigned int kapi_fail_nth(unsigned int n);

/* Between these, which nest, nothing of the calling thread is counted nor fails. */
void kapi_fail_pause(void);
void kapi_fail_resume(void);

/* Which operation of the calling thread failed last, for messages: "allocation", ... */
const char *kapi_fail_last(void);

/*
 * Of any thread of the process, by number. 0, or -ESRCH if there is no such
 * thread; setting one that never entered the core, -ENOMEM.
 */
int kapi_fail_nth_get(pid_t tid, unsigned int *n);
int kapi_fail_nth_set(pid_t tid, unsigned int n);

/*
 * The file by one of its names above. Returns 0 and a referenced node, -ENXIO if
 * @path is no such name, -ENOENT if there is no such thread in this process.
 */
int kapi_fail_nth_node(const char *path, struct kapi_node **out);
/* Is it one of these files? */
bool kapi_is_fail_nth(const struct kapi_node *node);

/* A thread of the core begins or ends; the process is a new one. */
void kapi_fail_thread_start(pid_t tid);
void kapi_fail_thread_end(void);
void kapi_fail_after_fork(void);
void kapi_fail_lock(bool lock);

#endif
