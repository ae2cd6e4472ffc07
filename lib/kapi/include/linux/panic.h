/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PANIC_H
#define _LINUX_PANIC_H

#include <linux/compiler_types.h>

/* Say why on stderr and end the process. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn __cold;

#endif
