/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_ONCE_H
#define _LINUX_ONCE_H

#include <linux/types.h>

/* True the first time this place is reached. */
#define DO_ONCE_DONE(flag) (!__atomic_exchange_n(&(flag), true, __ATOMIC_RELAXED))
#define DO_ONCE(func, ...) ({ \
	static bool __do_once; \
	bool __first = DO_ONCE_DONE(__do_once); \
	if (__first) \
		func(__VA_ARGS__); \
	__first; })

#endif
