/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_VERSION_H
#define _KAPI_LINUX_VERSION_H

#include <kapi/level.h>

/* The kernel whose driver interface kapi offers. */
#define KERNEL_VERSION(a, b, c)	(((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#if KAPI_LEVEL == 519
#define LINUX_VERSION_MAJOR	5
#define LINUX_VERSION_PATCHLEVEL 19
#elif KAPI_LEVEL == 601
#define LINUX_VERSION_MAJOR	6
#define LINUX_VERSION_PATCHLEVEL 1
#else
#define LINUX_VERSION_MAJOR	6
#define LINUX_VERSION_PATCHLEVEL 12
#endif
#define LINUX_VERSION_SUBLEVEL	0
#define LINUX_VERSION_CODE	KERNEL_VERSION(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL, \
					       LINUX_VERSION_SUBLEVEL)

#endif
