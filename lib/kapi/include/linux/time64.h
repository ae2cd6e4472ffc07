/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_TIME64_H
#define _LINUX_TIME64_H

#include <time.h>
#include <linux/types.h>

#define MSEC_PER_SEC	1000L
#define USEC_PER_MSEC	1000L
#define NSEC_PER_USEC	1000L
#define NSEC_PER_MSEC	1000000L
#define USEC_PER_SEC	1000000L
#define NSEC_PER_SEC	1000000000L
#define timespec64	timespec

#endif
