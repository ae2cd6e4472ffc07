// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutexes, spinlocks and semaphores for readers and writers.
 *
 * Owners are written by the holder only, so a thread that reads its own name
 * there really holds the lock; others may see an old value, which is not theirs.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <kapi/alone.h>
#include <kapi/sleep.h>

/*
 * Mutexes and spinlocks are the host's, which the thread sanitizer knows. That a
 * semaphore is a lock, with an order among the others, it has to be told.
 */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>

#define RWSEM_READ	__tsan_mutex_read_lock
#define RWSEM_TRY	__tsan_mutex_try_lock
#define RWSEM_FAILED	__tsan_mutex_try_lock_failed
#define RWSEM_ID(sem)	(&(sem)->count)
#define rwsem_made(sem) \
	__tsan_mutex_create(RWSEM_ID(sem), __tsan_mutex_linker_init)
#define rwsem_wanted(sem, flags)	__tsan_mutex_pre_lock(RWSEM_ID(sem), (flags))
#define rwsem_got(sem, flags)		__tsan_mutex_post_lock(RWSEM_ID(sem), (flags), 0)
#define rwsem_leaving(sem, flags)	((void)__tsan_mutex_pre_unlock(RWSEM_ID(sem), (flags)))
#define rwsem_left(sem, flags)		__tsan_mutex_post_unlock(RWSEM_ID(sem), (flags))
#else
#define RWSEM_READ	0
#define RWSEM_TRY	0
#define RWSEM_FAILED	0
#define rwsem_made(sem)			((void)0)
#define rwsem_wanted(sem, flags)	((void)0)
#define rwsem_got(sem, flags)		((void)0)
#define rwsem_leaving(sem, flags)	((void)0)
#define rwsem_left(sem, flags)		((void)0)
#endif

__thread char kapi_thread_tag;

static bool mine(void *const *owner)
{
	return __atomic_load_n(owner, __ATOMIC_RELAXED) == kapi_self();
}

static void own(void **owner)
{
	__atomic_store_n(owner, kapi_self(), __ATOMIC_RELAXED);
}

static void disown(void **owner)
{
	__atomic_store_n(owner, NULL, __ATOMIC_RELAXED);
}

static bool try_host(pthread_mutex_t *lock, void *const *owner)
{
	if (kapi_alone)
		return !__atomic_load_n(owner, __ATOMIC_RELAXED);
	return !pthread_mutex_trylock(lock);
}

void mutex_init(struct mutex *lock)
{
	pthread_mutex_init(&lock->lock, NULL);
	lock->owner = NULL;
}

void mutex_destroy(struct mutex *lock)
{
	WARN_ON(mutex_is_locked(lock));
	pthread_mutex_destroy(&lock->lock);
}

void mutex_lock(struct mutex *lock)
{
	BUG_ON(mine(&lock->owner));
	kapi_host_lock(&lock->lock);
	own(&lock->owner);
}

int mutex_trylock(struct mutex *lock)
{
	if (!try_host(&lock->lock, &lock->owner))
		return 0;
	own(&lock->owner);
	return 1;
}

void mutex_unlock(struct mutex *lock)
{
	if (WARN_ON(!mine(&lock->owner)))
		return;
	disown(&lock->owner);
	kapi_host_unlock(&lock->lock);
}

bool mutex_is_locked(struct mutex *lock)
{
	return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != NULL;
}

bool kapi_mutex_held(const struct mutex *lock)
{
	return mine(&lock->owner);
}

void kapi_spin_init(spinlock_t *lock)
{
	pthread_mutex_init(&lock->lock, NULL);
	lock->owner = NULL;
}

void kapi_spin_lock(spinlock_t *lock)
{
	BUG_ON(mine(&lock->owner));
	kapi_host_lock(&lock->lock);
	own(&lock->owner);
}

int kapi_spin_trylock(spinlock_t *lock)
{
	if (!try_host(&lock->lock, &lock->owner))
		return 0;
	own(&lock->owner);
	return 1;
}

void kapi_spin_unlock(spinlock_t *lock)
{
	if (WARN_ON(!mine(&lock->owner)))
		return;
	disown(&lock->owner);
	kapi_host_unlock(&lock->lock);
}

bool kapi_spin_is_locked(spinlock_t *lock)
{
	return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != NULL;
}

bool kapi_spin_held(const struct kapi_spinlock *lock)
{
	return mine(&lock->owner);
}

void init_rwsem(struct rw_semaphore *sem)
{
	sem->count = 0;
	sem->waiters = 0;
	sem->writers_waiting = 0;
	sem->seq = 0;
	sem->owner = NULL;
	rwsem_made(sem);
}

static bool try_read(struct rw_semaphore *sem, bool after_writers)
{
	int count = __atomic_load_n(&sem->count, __ATOMIC_RELAXED);

	while (count >= 0) {
		if (after_writers && __atomic_load_n(&sem->writers_waiting, __ATOMIC_RELAXED))
			break;
		if (__atomic_compare_exchange_n(&sem->count, &count, count + 1, true,
						__ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

static bool try_write(struct rw_semaphore *sem)
{
	int count = 0;

	if (!__atomic_compare_exchange_n(&sem->count, &count, -1, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_RELAXED))
		return false;
	own(&sem->owner);
	return true;
}

/*
 * Sleep until the semaphore can be had. Who waits counts itself first and looks
 * at the state after; who lets go changes the state first and looks for waiters
 * after: one of them sees the other, and without waiters no system call is made.
 */
static noinline void wait_for(struct rw_semaphore *sem, bool write)
{
	int seq;

	__atomic_add_fetch(&sem->waiters, 1, __ATOMIC_SEQ_CST);
	if (write)
		__atomic_add_fetch(&sem->writers_waiting, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		seq = __atomic_load_n(&sem->seq, __ATOMIC_SEQ_CST);
		if (write ? try_write(sem) : try_read(sem, true))
			break;
		kapi_futex_wait(&sem->seq, seq, -1);
	}
	if (write)
		__atomic_sub_fetch(&sem->writers_waiting, 1, __ATOMIC_SEQ_CST);
	__atomic_sub_fetch(&sem->waiters, 1, __ATOMIC_SEQ_CST);
}

static void changed(struct rw_semaphore *sem)
{
	if (likely(!__atomic_load_n(&sem->waiters, __ATOMIC_SEQ_CST)))
		return;
	__atomic_add_fetch(&sem->seq, 1, __ATOMIC_SEQ_CST);
	kapi_futex_wake(&sem->seq, INT_MAX);
}

void down_read(struct rw_semaphore *sem)
{
	BUG_ON(mine(&sem->owner));
	rwsem_wanted(sem, RWSEM_READ);
	if (unlikely(!try_read(sem, true)))
		wait_for(sem, false);
	rwsem_got(sem, RWSEM_READ);
}

int down_read_trylock(struct rw_semaphore *sem)
{
	bool got;

	rwsem_wanted(sem, RWSEM_READ | RWSEM_TRY);
	got = try_read(sem, false);
	rwsem_got(sem, RWSEM_READ | RWSEM_TRY | (got ? 0 : RWSEM_FAILED));
	return got;
}

void down_write(struct rw_semaphore *sem)
{
	BUG_ON(mine(&sem->owner));
	rwsem_wanted(sem, 0);
	if (unlikely(!try_write(sem)))
		wait_for(sem, true);
	rwsem_got(sem, 0);
}

int down_write_trylock(struct rw_semaphore *sem)
{
	bool got;

	rwsem_wanted(sem, RWSEM_TRY);
	got = try_write(sem);
	rwsem_got(sem, RWSEM_TRY | (got ? 0 : RWSEM_FAILED));
	return got;
}

void up_read(struct rw_semaphore *sem)
{
	if (WARN_ON(READ_ONCE(sem->count) <= 0))
		return;
	rwsem_leaving(sem, RWSEM_READ);
	if (!__atomic_sub_fetch(&sem->count, 1, __ATOMIC_SEQ_CST))
		changed(sem);
	rwsem_left(sem, RWSEM_READ);
}

/* The writer has its owner's name taken off before anybody can put another there. */
static void leave_write(struct rw_semaphore *sem, int readers)
{
	rwsem_leaving(sem, 0);
	disown(&sem->owner);
	__atomic_exchange_n(&sem->count, readers, __ATOMIC_SEQ_CST);
	changed(sem);
	rwsem_left(sem, 0);
}

void up_write(struct rw_semaphore *sem)
{
	if (!WARN_ON(!mine(&sem->owner)))
		leave_write(sem, 0);
}

void downgrade_write(struct rw_semaphore *sem)
{
	if (WARN_ON(!mine(&sem->owner)))
		return;
	leave_write(sem, 1);
	/* Held all the while. */
	rwsem_wanted(sem, RWSEM_READ | RWSEM_TRY);
	rwsem_got(sem, RWSEM_READ | RWSEM_TRY);
}

int rwsem_is_locked(struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) != 0;
}

int rwsem_is_contended(struct rw_semaphore *sem)
{
	return READ_ONCE(sem->writers_waiting) != 0;
}

bool kapi_rwsem_held(const struct rw_semaphore *sem)
{
	return mine(&sem->owner) || READ_ONCE(sem->count) > 0;
}

bool kapi_rwsem_held_write(const struct rw_semaphore *sem)
{
	return mine(&sem->owner);
}

bool kapi_rwsem_held_read(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) > 0;
}
