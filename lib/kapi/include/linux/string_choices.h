/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_STRING_CHOICES_H_
#define _LINUX_STRING_CHOICES_H_

#include <linux/types.h>

/* What a truth value is called, by context. */
#define KAPI_CHOICE(name, yes, no)			\
static inline const char *str_##name(bool v)		\
{							\
	return v ? (yes) : (no);			\
}

KAPI_CHOICE(on_off, "on", "off")
KAPI_CHOICE(yes_no, "yes", "no")
KAPI_CHOICE(read_write, "read", "write")
KAPI_CHOICE(enable_disable, "enable", "disable")
KAPI_CHOICE(enabled_disabled, "enabled", "disabled")

#endif
