/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __KERNEL_PRINTK__
#define __KERNEL_PRINTK__

/*
 * The kernel log, on stderr. Messages above the level of the environment
 * variable KAPI_LOG (0-7 or a name like "info"; unset: nothing) are dropped.
 */
#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/sprintf.h>
#include <linux/types.h>

int printk(const char *fmt, ...) __printf(1, 2) __cold;
int vprintk(const char *fmt, va_list args) __printf(1, 0) __cold;
#define _printk printk

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_emerg(fmt, ...)	printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...)	printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...)	printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)	printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)	printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...)	printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)	printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)	printk(KERN_CONT fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...)	printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#define no_printk(fmt, ...)	({ if (0) printk(fmt, ##__VA_ARGS__); 0; })
#define pr_devel(fmt, ...)	no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)

#define __kapi_print_once(call) do { \
	static bool __printed; \
	if (!__atomic_exchange_n(&__printed, true, __ATOMIC_RELAXED)) \
		call; \
} while (0)
#define printk_once(fmt, ...)	__kapi_print_once(printk(fmt, ##__VA_ARGS__))
#define pr_err_once(fmt, ...)	__kapi_print_once(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_once(fmt, ...)	__kapi_print_once(pr_warn(fmt, ##__VA_ARGS__))
#define pr_info_once(fmt, ...)	__kapi_print_once(pr_info(fmt, ##__VA_ARGS__))

#include <linux/ratelimit.h>
#define __kapi_ratelimited(call) do { \
	static DEFINE_RATELIMIT_STATE(__rs, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST); \
	if (__ratelimit(&__rs)) \
		call; \
} while (0)
#define printk_ratelimited(fmt, ...)	__kapi_ratelimited(printk(fmt, ##__VA_ARGS__))
#define pr_err_ratelimited(fmt, ...)	__kapi_ratelimited(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_ratelimited(fmt, ...)	__kapi_ratelimited(pr_warn(fmt, ##__VA_ARGS__))
#define pr_info_ratelimited(fmt, ...)	__kapi_ratelimited(pr_info(fmt, ##__VA_ARGS__))
#define pr_debug_ratelimited(fmt, ...)	__kapi_ratelimited(pr_debug(fmt, ##__VA_ARGS__))

/* Debugging: print a stack of the calling thread at KERN_DEFAULT. */
void dump_stack(void);

#define TAINT_USER	6
#define TAINT_WARN	9
enum lockdep_ok { LOCKDEP_STILL_OK, LOCKDEP_NOW_UNRELIABLE };
/* Remembered flags of the whole kernel; a bit per TAINT_*. */
void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok);
int test_taint(unsigned int flag);

#endif
