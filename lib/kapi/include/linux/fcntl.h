/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_FCNTL_H
#define KAPI_LINUX_FCNTL_H

/* libc's constants are the kernel's; those it hides without _GNU_SOURCE are added. */
#include <fcntl.h>

#ifndef O_DIRECT
#define O_DIRECT	040000
#endif
#ifndef O_NOATIME
#define O_NOATIME	01000000
#endif
#ifndef O_PATH
#define O_PATH		010000000
#endif
/* libc defines it to 0 where off_t has 64 bits; the kernel sets and shows the bit. */
#define KAPI_O_LARGEFILE 0100000
#ifndef FASYNC
#define FASYNC		020000
#endif

#endif
