/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_UIO_H
#define KAPI_LINUX_UIO_H

#include <linux/types.h>
#include <sys/uio.h>

#ifndef UIO_MAXIOV
#define UIO_MAXIOV	1024
#endif

#endif
