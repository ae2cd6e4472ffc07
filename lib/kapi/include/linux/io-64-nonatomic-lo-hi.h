/* SPDX-License-Identifier: GPL-2.0-only */
/* 64-bit access is atomic here, as on every 64-bit architecture. */
#ifndef KAPI_LINUX_IO_64_NONATOMIC_LO_HI_H
#define KAPI_LINUX_IO_64_NONATOMIC_LO_HI_H

#include <linux/io.h>

/* The names under which drivers ask whether 64-bit access exists. */
#define ioread64	ioread64
#define iowrite64	iowrite64
#define ioread64be	ioread64be
#define iowrite64be	iowrite64be

#endif
