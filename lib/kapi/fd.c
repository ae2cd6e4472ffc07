// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table from descriptor to file.
 *
 * Readers take no lock. What a slot points to may be released at any moment,
 * but a struct file stays one for ever (file.c never gives the memory back):
 * take a reference if there is any left, then look whether the slot still
 * points there. Changes that go along with a change of the host's own table
 * (close, dup2) happen under a lock, so that both tables agree.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/alone.h>
#include <kapi/fail_nth.h>
#include <kapi/file.h>
#include <kapi/host.h>
#include <kapi/objects.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "internal.h"

#define CHUNK_BITS	12
#define CHUNK_SIZE	(1U << CHUNK_BITS)
#define CHUNKS		256	/* a million descriptors: the host's own limit (fs.nr_open) */

/* Reserved by get_unused_fd_flags(); kept by the core for itself. Neither is a file. */
#define SLOT_RESERVED	((struct file *)1)
#define SLOT_HIDDEN	((struct file *)2)
#define is_file(f)	((unsigned long)(f) > 2)

static struct file *first_chunk[CHUNK_SIZE];
static struct file **chunks[CHUNKS] = { first_chunk };
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static int highest = -1;	/* no slot above was ever used */
static int placeholder = -1;

static inline struct file **slot_of(unsigned int fd)
{
	struct file **chunk;

	if (unlikely(fd >= CHUNKS * CHUNK_SIZE))
		return NULL;
	chunk = likely(fd < CHUNK_SIZE) ? first_chunk :
		__atomic_load_n(&chunks[fd >> CHUNK_BITS], __ATOMIC_ACQUIRE);
	return chunk ? &chunk[fd & (CHUNK_SIZE - 1)] : NULL;
}

static inline struct file *slot_read(unsigned int fd)
{
	struct file **slot = slot_of(fd);

	return slot ? __atomic_load_n(slot, __ATOMIC_ACQUIRE) : NULL;
}

static int counts(const struct file *file)
{
	return file && file != SLOT_HIDDEN;
}

/* Put @file into the slot of @fd; returns what was there. The lock is held. */
static struct file *slot_set(unsigned int fd, struct file *file)
{
	struct file **slot = slot_of(fd), *old;

	if ((int)fd > highest)
		__atomic_store_n(&highest, kapi_alone ? (int)CHUNK_SIZE - 1 : (int)fd, __ATOMIC_RELAXED);
	old = __atomic_exchange_n(slot, file, __ATOMIC_ACQ_REL);
	kapi_object_add(KAPI_DESCRIPTORS, counts(file) - counts(old));
	return old;
}

/* Make sure that there is a slot for @fd. The lock is held. */
static bool slot_make(unsigned int fd)
{
	struct file **chunk;

	if (fd >= CHUNKS * CHUNK_SIZE)
		return false;
	if (!slot_of(fd)) {
		chunk = calloc(CHUNK_SIZE, sizeof(*chunk));
		if (!chunk)
			return false;
		__atomic_store_n(&chunks[fd >> CHUNK_BITS], chunk, __ATOMIC_RELEASE);
	}
	return true;
}

static void drop(struct file *file)
{
	if (is_file(file))
		kapi_filp_close(file);
}

bool kapi_fd_is_ours(int fd)
{
	return slot_read(fd) != NULL;
}

bool kapi_fd_is_hidden(int fd)
{
	return slot_read(fd) == SLOT_HIDDEN;
}

struct file *kapi_fget(unsigned int fd)
{
	struct file *file;

	for (;;) {
		file = slot_read(fd);
		if (!is_file(file))
			return NULL;
		if (likely(atomic_long_inc_not_zero(&file->f_count))) {
			if (likely(slot_read(fd) == file))
				return file;
			fput(file);
		}
	}
}

struct file *fget(unsigned int fd)
{
	struct file *file = kapi_fget(fd);

	if (unlikely(!file) && !slot_read(fd))
		file = kapi_host_file(fd);
	return file;
}

struct file *kapi_fd_file(int fd)
{
	return fget(fd);
}

/* Numbers for the core itself: high, where no program looks for the lowest free one. */
static int high_number(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur > 1024)
		lim.rlim_cur = 1024;
	return lim.rlim_cur > 256 ? lim.rlim_cur - 128 : lim.rlim_cur / 2;
}

static int hide_locked(int fd)
{
	struct file *old;
	int high;

	high = kapi_host_fcntl(fd, F_DUPFD_CLOEXEC, high_number());
	if (high < 0)
		high = kapi_host_fcntl(fd, F_DUPFD_CLOEXEC, 0);
	kapi_host_close(fd);
	if (high < 0)
		return -EMFILE;
	if (!slot_make(high)) {
		kapi_host_close(high);
		return -EMFILE;
	}
	old = slot_set(high, SLOT_HIDDEN);
	/* Closed behind our back; only a leak is possible here, under the lock. */
	(void)old;
	return high;
}

int kapi_fd_hide(int fd)
{
	int ret;

	kapi_host_lock(&table_lock);
	ret = hide_locked(fd);
	kapi_host_unlock(&table_lock);
	return ret;
}

void kapi_fd_unhide_close(int fd)
{
	kapi_host_lock(&table_lock);
	if (slot_read(fd) == SLOT_HIDDEN)
		slot_set(fd, NULL);
	kapi_host_close(fd);
	kapi_host_unlock(&table_lock);
}

int kapi_fd_next(int fd)
{
	int last = __atomic_load_n(&highest, __ATOMIC_RELAXED);

	for (; fd >= 0 && fd <= last; fd++)
		if (slot_read(fd))
			return fd;
	return -1;
}

/* The placeholder: an empty file that cannot be written, read or resized. The lock is held. */
static int get_placeholder(void)
{
	int fd;

	if (likely(placeholder >= 0))
		return placeholder;
	fd = kapi_host(SYS_memfd_create, "vfio-core", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return fd;
	kapi_host_fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	placeholder = hide_locked(fd);
	return placeholder;
}

/* What the host has to duplicate for a descriptor of @file (may be NULL). The lock is held. */
static int placeholder_of(const struct file *file)
{
	if (file && file->kapi_placeholder >= 0)
		return file->kapi_placeholder;
	return get_placeholder();
}

/* The lowest free number of those that are not the host's. The lock is held. */
static int own_number(int min)
{
	int fd = min > KAPI_OWN_FDS ? min : KAPI_OWN_FDS;

	while (fd < (int)CHUNK_SIZE && first_chunk[fd])
		fd++;
	return fd < (int)CHUNK_SIZE ? fd : -EMFILE;
}

/* Likewise, with the lock held, in place of the host's close(). */
static void close_number(unsigned int fd)
{
	if (!kapi_alone)
		kapi_host_close(fd);
}

static int reserve(const struct file *file, int min, bool cloexec)
{
	struct file *stale = NULL;
	int fd, from;

	if (kapi_should_fail(KAPI_FAIL_FD))
		return -EMFILE;
	kapi_host_lock(&table_lock);
	fd = from = kapi_alone ? own_number(min) : placeholder_of(file);
	if (from >= 0 && !kapi_alone)
		fd = kapi_host_fcntl(from, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, min);
	if (fd >= 0) {
		if (slot_make(fd)) {
			stale = slot_set(fd, SLOT_RESERVED);
		} else {
			kapi_host_close(fd);
			fd = -EMFILE;
		}
	}
	kapi_host_unlock(&table_lock);
	drop(stale);
	return fd;
}

int get_unused_fd_flags(unsigned int flags)
{
	int fd = reserve(NULL, 0, flags & O_CLOEXEC);

	/* The host says EINVAL if the limit is 0. */
	return fd < 0 ? -EMFILE : fd;
}

/* Empty the slot of @fd and close it on the host; returns what was there. */
static struct file *take(unsigned int fd, bool reserved)
{
	struct file *file;

	kapi_host_lock(&table_lock);
	file = slot_read(fd);
	if (reserved ? file == SLOT_RESERVED : is_file(file)) {
		slot_set(fd, NULL);
		close_number(fd);
	} else {
		file = NULL;
	}
	kapi_host_unlock(&table_lock);
	return file;
}

void put_unused_fd(unsigned int fd)
{
	take(fd, true);
}

void fd_install(unsigned int fd, struct file *file)
{
	__atomic_store_n(slot_of(fd), file, __ATOMIC_RELEASE);
}

int close_fd(unsigned int fd)
{
	struct file *file;

	if (kapi_borrows_memory())
		return kapi_fd_is_ours(fd) && !kapi_fd_is_hidden(fd) ? kapi_host_close(fd) : -EBADF;
	file = take(fd, false);
	return file ? kapi_filp_close(file) : -EBADF;
}

void kapi_fd_forget(int fd)
{
	struct file *file = NULL;

	if (!slot_read(fd) || kapi_borrows_memory())
		return;
	kapi_enter();
	kapi_host_lock(&table_lock);
	if (is_file(slot_read(fd)))
		file = slot_set(fd, NULL);
	kapi_host_unlock(&table_lock);
	drop(file);
	kapi_exit();
}

int kapi_fd_publish(struct file *file, bool cloexec)
{
	int fd = reserve(file, 0, cloexec);

	if (fd < 0) {
		fput(file);
		return -EMFILE;
	}
	fd_install(fd, file);
	return fd;
}

int kapi_sys_dup_min(int fd, int min, bool cloexec)
{
	struct file *file;
	int ret = -EBADF;

	if (kapi_borrows_memory())
		return kapi_host_fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, min);
	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		ret = reserve(file, min, cloexec);
		if (ret < 0)
			fput(file);
		else
			fd_install(ret, file);
	}
	kapi_exit();
	return ret;
}

int kapi_sys_dup(int fd, bool cloexec)
{
	int ret = kapi_sys_dup_min(fd, 0, cloexec);

	return ret == -EINVAL ? -EMFILE : ret;
}

int kapi_sys_dup_to(int fd, int newfd, bool cloexec)
{
	struct file *file, *old = NULL;
	int ret;

	if (kapi_borrows_memory())
		return kapi_host(SYS_dup3, fd, newfd, cloexec ? O_CLOEXEC : 0);
	kapi_enter();
	file = kapi_fget(fd);
	if (!file) {
		ret = -EBADF;
		goto out;
	}
	if (fd == newfd) {
		fput(file);
		ret = newfd;
		goto out;
	}
	kapi_host_lock(&table_lock);
	if (newfd < 0 || !slot_make(newfd))
		ret = -EBADF;
	else if (slot_read(newfd) == SLOT_HIDDEN || slot_read(newfd) == SLOT_RESERVED)
		ret = -EBUSY;	/* as the kernel says while an open() is about to use it */
	else
		ret = kapi_host(SYS_dup3, placeholder_of(file), newfd, cloexec ? O_CLOEXEC : 0);
	if (ret >= 0)
		old = slot_set(newfd, file);
	kapi_host_unlock(&table_lock);
	if (ret < 0)
		fput(file);
	drop(old);
out:
	kapi_exit();
	return ret;
}

void kapi_fd_lock(bool lock)
{
	if (lock)
		kapi_host_lock(&table_lock);
	else
		kapi_host_unlock(&table_lock);
}
