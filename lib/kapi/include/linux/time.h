/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_TIME_H
#define _KAPI_LINUX_TIME_H

/* The structures are libc's; the system's header of this name would define them again. */
#include <sys/time.h>
#include <linux/jiffies.h>
#include <linux/time64.h>

#endif
