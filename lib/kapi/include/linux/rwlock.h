/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_RWLOCK_H
#define __LINUX_RWLOCK_H

#include <linux/irqflags.h>
#include <linux/rwsem.h>

typedef struct rw_semaphore rwlock_t;
#define __RW_LOCK_UNLOCKED(name) __RWSEM_INITIALIZER(name)
#define DEFINE_RWLOCK(name)	rwlock_t name = __RW_LOCK_UNLOCKED(name)
#define rwlock_init(l)		init_rwsem(l)
#define read_lock(l)		down_read(l)
#define read_unlock(l)		up_read(l)
#define write_lock(l)		down_write(l)
#define write_unlock(l)		up_write(l)
#define read_lock_irq(l)	do { local_irq_disable(); down_read(l); } while (0)
#define read_unlock_irq(l)	do { up_read(l); local_irq_enable(); } while (0)
#define write_lock_irq(l)	do { local_irq_disable(); down_write(l); } while (0)
#define write_unlock_irq(l)	do { up_write(l); local_irq_enable(); } while (0)
#define read_lock_irqsave(l, f)	do { local_irq_save(f); down_read(l); } while (0)
#define read_unlock_irqrestore(l, f) do { up_read(l); local_irq_restore(f); } while (0)
#define write_lock_irqsave(l, f) do { local_irq_save(f); down_write(l); } while (0)
#define write_unlock_irqrestore(l, f) do { up_write(l); local_irq_restore(f); } while (0)

#endif
