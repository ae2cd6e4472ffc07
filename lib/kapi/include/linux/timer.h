/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H

/*
 * One-shot timers. Their functions run on a thread of kapi that is started with
 * the first timer and does not survive a fork(): the child starts its own, with
 * the pending timers. They may sleep, though drivers must not rely on it.
 */
#include <time.h>
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>

struct timer_list {
	struct list_head entry;		/* empty: not pending */
	unsigned long expires;
	void (*function)(struct timer_list *timer);
	u32 flags;
};

#define TIMER_DEFERRABLE 0x00080000
#define timer_setup(timer, callback, flags) kapi_timer_init(timer, callback)
#define from_timer(var, callback_timer, field) \
	container_of(callback_timer, typeof(*var), field)

void kapi_timer_init(struct timer_list *timer, void (*function)(struct timer_list *timer));
/* (Re)start; 1 if it was pending. @expires in jiffies. */
int mod_timer(struct timer_list *timer, unsigned long expires);
void add_timer(struct timer_list *timer);
/* 1 if it was pending. @sync: also wait until the function is not running. */
int kapi_timer_delete(struct timer_list *timer, bool sync);
/* POSIX has a timer_delete() of its own. */
#define timer_delete(t)		kapi_timer_delete(t, false)
#define timer_delete_sync(t)	kapi_timer_delete(t, true)
#define del_timer(t)		kapi_timer_delete(t, false)
#define del_timer_sync(t)	kapi_timer_delete(t, true)

static inline int timer_pending(const struct timer_list *timer)
{
	return !list_empty(&timer->entry);
}

#endif
