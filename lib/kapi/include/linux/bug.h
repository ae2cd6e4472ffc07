/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

/*
 * Assertions. WARN*() report on stderr, are counted, and go on (kapi/warn.h lets
 * a test expect one); all yield the truth of their condition. BUG() ends the process.
 */
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/printk.h>

void kapi_warn(const char *file, int line, const char *func, const char *fmt, ...)
	__printf(4, 5) __cold;
void kapi_bug(const char *file, int line, const char *func) __noreturn __cold;

#define BUG() kapi_bug(__FILE__, __LINE__, __func__)
#define BUG_ON(condition) do { if (unlikely(condition)) BUG(); } while (0)

#define WARN_ON(condition) ({ \
	int __warn_cond = !!(condition); \
	if (unlikely(__warn_cond)) \
		kapi_warn(__FILE__, __LINE__, __func__, NULL); \
	unlikely(__warn_cond); })
#define WARN(condition, format...) ({ \
	int __warn_cond = !!(condition); \
	if (unlikely(__warn_cond)) \
		kapi_warn(__FILE__, __LINE__, __func__, format); \
	unlikely(__warn_cond); })

/* The _ONCE forms report the first time only. */
#define __kapi_once() ({ \
	static bool __once_done; \
	!__atomic_exchange_n(&__once_done, true, __ATOMIC_RELAXED); })
#define WARN_ON_ONCE(condition) ({ \
	int __warn_cond = !!(condition); \
	if (unlikely(__warn_cond) && __kapi_once()) \
		kapi_warn(__FILE__, __LINE__, __func__, NULL); \
	unlikely(__warn_cond); })
#define WARN_ONCE(condition, format...) ({ \
	int __warn_cond = !!(condition); \
	if (unlikely(__warn_cond) && __kapi_once()) \
		kapi_warn(__FILE__, __LINE__, __func__, format); \
	unlikely(__warn_cond); })
#define VM_WARN_ON(cond)	WARN_ON(cond)
#define VM_BUG_ON(cond)		BUG_ON(cond)

#endif
