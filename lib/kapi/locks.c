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
/* Not by its address, which is that of the mutex in it as well. */
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
	pthread_mutex_lock(&lock->lock);
	own(&lock->owner);
}

int mutex_trylock(struct mutex *lock)
{
	if (pthread_mutex_trylock(&lock->lock))
		return 0;
	own(&lock->owner);
	return 1;
}

void mutex_unlock(struct mutex *lock)
{
	if (WARN_ON(!mine(&lock->owner)))
		return;
	disown(&lock->owner);
	pthread_mutex_unlock(&lock->lock);
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
	pthread_mutex_lock(&lock->lock);
	own(&lock->owner);
}

int kapi_spin_trylock(spinlock_t *lock)
{
	if (pthread_mutex_trylock(&lock->lock))
		return 0;
	own(&lock->owner);
	return 1;
}

void kapi_spin_unlock(spinlock_t *lock)
{
	if (WARN_ON(!mine(&lock->owner)))
		return;
	disown(&lock->owner);
	pthread_mutex_unlock(&lock->lock);
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
	pthread_mutex_init(&sem->lock, NULL);
	sem->count = 0;
	sem->writers_waiting = 0;
	sem->seq = 0;
	sem->owner = NULL;
	rwsem_made(sem);
}

/* sem->lock is held, and held again afterwards. */
static void wait_for_change(struct rw_semaphore *sem)
{
	int seq = sem->seq;

	pthread_mutex_unlock(&sem->lock);
	kapi_futex_wait(&sem->seq, seq, -1);
	pthread_mutex_lock(&sem->lock);
}

static void changed(struct rw_semaphore *sem)
{
	__atomic_add_fetch(&sem->seq, 1, __ATOMIC_RELAXED);
	kapi_futex_wake(&sem->seq, INT_MAX);
}

void down_read(struct rw_semaphore *sem)
{
	BUG_ON(mine(&sem->owner));
	rwsem_wanted(sem, RWSEM_READ);
	pthread_mutex_lock(&sem->lock);
	while (sem->count < 0 || sem->writers_waiting)
		wait_for_change(sem);
	sem->count++;
	pthread_mutex_unlock(&sem->lock);
	rwsem_got(sem, RWSEM_READ);
}

int down_read_trylock(struct rw_semaphore *sem)
{
	int ret = 0;

	rwsem_wanted(sem, RWSEM_READ | RWSEM_TRY);
	pthread_mutex_lock(&sem->lock);
	if (sem->count >= 0) {
		sem->count++;
		ret = 1;
	}
	pthread_mutex_unlock(&sem->lock);
	rwsem_got(sem, RWSEM_READ | RWSEM_TRY | (ret ? 0 : RWSEM_FAILED));
	return ret;
}

void down_write(struct rw_semaphore *sem)
{
	BUG_ON(mine(&sem->owner));
	rwsem_wanted(sem, 0);
	pthread_mutex_lock(&sem->lock);
	sem->writers_waiting++;
	while (sem->count)
		wait_for_change(sem);
	sem->writers_waiting--;
	sem->count = -1;
	own(&sem->owner);
	pthread_mutex_unlock(&sem->lock);
	rwsem_got(sem, 0);
}

int down_write_trylock(struct rw_semaphore *sem)
{
	int ret = 0;

	rwsem_wanted(sem, RWSEM_TRY);
	pthread_mutex_lock(&sem->lock);
	if (!sem->count) {
		sem->count = -1;
		own(&sem->owner);
		ret = 1;
	}
	pthread_mutex_unlock(&sem->lock);
	rwsem_got(sem, RWSEM_TRY | (ret ? 0 : RWSEM_FAILED));
	return ret;
}

void up_read(struct rw_semaphore *sem)
{
	rwsem_leaving(sem, RWSEM_READ);
	pthread_mutex_lock(&sem->lock);
	if (!WARN_ON(sem->count <= 0) && !--sem->count)
		changed(sem);
	pthread_mutex_unlock(&sem->lock);
	rwsem_left(sem, RWSEM_READ);
}

void up_write(struct rw_semaphore *sem)
{
	if (WARN_ON(!mine(&sem->owner)))
		return;
	rwsem_leaving(sem, 0);
	pthread_mutex_lock(&sem->lock);
	disown(&sem->owner);
	sem->count = 0;
	changed(sem);
	pthread_mutex_unlock(&sem->lock);
	rwsem_left(sem, 0);
}

void downgrade_write(struct rw_semaphore *sem)
{
	if (WARN_ON(!mine(&sem->owner)))
		return;
	rwsem_leaving(sem, 0);
	pthread_mutex_lock(&sem->lock);
	disown(&sem->owner);
	sem->count = 1;
	changed(sem);
	pthread_mutex_unlock(&sem->lock);
	rwsem_left(sem, 0);
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
