// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose: the count of each thread, and the file that shows it.
 */
#include <kapi/fail_nth.h>
#include <kapi/host.h>
#include <kapi/vfs.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "vfs_node.h"

__thread unsigned int kapi_fail_left;
static __thread unsigned int paused;
static __thread enum kapi_fail_point last_point;

/*
 * Threads by number. Those that are in the core have theirs in thread-local
 * memory; for the others there is one on the heap, with the setting that awaits
 * them.
 */
struct fail_thread {
	struct list_head list;
	pid_t tid;
	unsigned int *left;
	unsigned int waiting;
};

static __thread struct fail_thread me;
static LIST_HEAD(threads);
static LIST_HEAD(awaited);
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;

bool kapi_fail_now(enum kapi_fail_point point)
{
	unsigned int left = READ_ONCE(kapi_fail_left);

	if (paused || !left)
		return false;
	/* Like the kernel: another thread that writes at this moment wins or loses. */
	WRITE_ONCE(kapi_fail_left, left - 1);
	if (left > 1)
		return false;
	last_point = point;
	return true;
}

unsigned int kapi_fail_nth(unsigned int n)
{
	unsigned int left = READ_ONCE(kapi_fail_left);

	WRITE_ONCE(kapi_fail_left, n);
	return left;
}

void kapi_fail_pause(void)
{
	paused++;
}

void kapi_fail_resume(void)
{
	paused--;
}

const char *kapi_fail_last(void)
{
	static const char *const names[] = {
		[KAPI_FAIL_ALLOC] = "allocation", [KAPI_FAIL_USER] = "user copy",
		[KAPI_FAIL_FD] = "descriptor", [KAPI_FAIL_FILE] = "file", [KAPI_FAIL_PIN] = "pin",
	};

	return names[last_point];
}

/* Lock held. */
static struct fail_thread *find_in(struct list_head *list, pid_t tid)
{
	struct fail_thread *t;

	list_for_each_entry(t, list, list)
		if (t->tid == tid)
			return t;
	return NULL;
}

static struct fail_thread *find(pid_t tid)
{
	return find_in(&threads, tid) ?: find_in(&awaited, tid);
}

static bool is_thread(pid_t tid)
{
	return tid > 0 && !kapi_host(SYS_tgkill, getpid(), tid, 0);
}

int kapi_fail_nth_get(pid_t tid, unsigned int *n)
{
	struct fail_thread *t;

	if (!is_thread(tid))
		return -ESRCH;
	pthread_mutex_lock(&threads_lock);
	t = find(tid);
	*n = t ? READ_ONCE(*t->left) : 0;
	pthread_mutex_unlock(&threads_lock);
	return 0;
}

int kapi_fail_nth_set(pid_t tid, unsigned int n)
{
	struct fail_thread *t;
	int ret = 0;

	if (!is_thread(tid))
		return -ESRCH;
	pthread_mutex_lock(&threads_lock);
	t = find(tid);
	if (!t && n) {
		t = calloc(1, sizeof(*t));
		if (t) {
			t->tid = tid;
			t->left = &t->waiting;
			list_add(&t->list, &awaited);
		} else {
			ret = -ENOMEM;
		}
	}
	if (t)
		WRITE_ONCE(*t->left, n);
	pthread_mutex_unlock(&threads_lock);
	return ret;
}

void kapi_fail_thread_start(pid_t tid)
{
	struct fail_thread *t;

	pthread_mutex_lock(&threads_lock);
	t = find_in(&awaited, tid);
	if (t) {
		kapi_fail_left = t->waiting;
		list_del(&t->list);
		free(t);
	}
	me.tid = tid;
	me.left = &kapi_fail_left;
	list_add(&me.list, &threads);
	pthread_mutex_unlock(&threads_lock);
}

void kapi_fail_thread_end(void)
{
	pthread_mutex_lock(&threads_lock);
	if (me.left)
		list_del(&me.list);
	me.left = NULL;
	pthread_mutex_unlock(&threads_lock);
}

void kapi_fail_lock(bool lock)
{
	if (lock)
		pthread_mutex_lock(&threads_lock);
	else
		pthread_mutex_unlock(&threads_lock);
}

void kapi_fail_after_fork(void)
{
	struct fail_thread *t, *next;

	/* The memory of other threads may be gone. */
	INIT_LIST_HEAD(&threads);
	list_for_each_entry_safe(t, next, &awaited, list)
		free(t);
	INIT_LIST_HEAD(&awaited);
	pthread_mutex_init(&threads_lock, NULL);
	kapi_fail_left = 0;
	paused = 0;
	me.left = NULL;
}

static ssize_t fail_nth_show(void *priv, char *buf)
{
	unsigned int n;
	int ret = kapi_fail_nth_get((long)priv, &n);

	return ret ?: sprintf(buf, "%u\n", n);
}

static ssize_t fail_nth_store(void *priv, const char *buf, size_t count)
{
	unsigned int n;
	int ret;

	ret = kstrtouint(buf, 0, &n);
	if (!ret)
		ret = kapi_fail_nth_set((long)priv, n);
	return ret ?: (ssize_t)count;
}

static const struct kapi_attr_ops fail_nth_ops = {
	.show = fail_nth_show, .store = fail_nth_store,
};

/* A number that is a whole component of the path; moves *@path behind it and its slash. */
static pid_t take_number(const char **path)
{
	char *end;
	long n;

	if (**path < '1' || **path > '9')
		return -1;
	n = strtol(*path, &end, 10);
	if (*end != '/' || n > INT_MAX)
		return -1;
	*path = end + 1;
	return n;
}

static bool take(const char **path, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*path, prefix, len))
		return false;
	*path += len;
	return true;
}

/* The thread that a path names; 0: it is no name of the file. */
static pid_t thread_of(const char *path)
{
	pid_t pid = getpid(), tid;

	if (!take(&path, "/proc/"))
		return 0;
	if (take(&path, "thread-self/"))
		return strcmp(path, "fail-nth") ? 0 : current->pid;
	if (!take(&path, "self/") && take_number(&path) != pid)
		return 0;
	tid = pid;
	if (take(&path, "task/"))
		tid = take_number(&path);
	return tid > 0 && !strcmp(path, "fail-nth") ? tid : 0;
}

/* The directories belong to the host: all other names in them are its. */
static void make_node(const char *path, pid_t tid)
{
	struct kapi_node *node, *dir;

	kapi_fail_pause();
	node = kapi_mkattr(NULL, path, 0644, 0, &fail_nth_ops, (void *)(long)tid);
	pthread_mutex_lock(&kapi_vfs_lock);
	for (dir = node ? node->parent : NULL; dir; dir = dir->parent)
		dir->host = true;
	pthread_mutex_unlock(&kapi_vfs_lock);
	kapi_fail_resume();
}

bool kapi_is_fail_nth(const struct kapi_node *node)
{
	return node->ops.show == fail_nth_show;
}

int kapi_fail_nth_node(const char *path, struct kapi_node **out)
{
	pid_t tid = thread_of(path);
	char name[64];
	int ret;

	if (!tid)
		return -ENXIO;
	if (!is_thread(tid))
		return -ENOENT;
	snprintf(name, sizeof(name), "/proc/%d/task/%d/fail-nth", getpid(), tid);
	ret = kapi_lookup(name, false, out);
	if (ret) {
		/* Another thread may be faster; then that one's is found. */
		make_node(name, tid);
		ret = kapi_lookup(name, false, out);
	}
	return ret ? -ENOENT : 0;
}
