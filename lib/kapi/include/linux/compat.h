/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_COMPAT_H
#define _LINUX_COMPAT_H

/* No 32-bit programs here. */
#include <linux/types.h>

typedef u32 compat_uptr_t;
typedef u32 compat_ulong_t;
#define compat_ptr(uptr) ((void __user *)(unsigned long)(uptr))
#define in_compat_syscall() false

#endif
