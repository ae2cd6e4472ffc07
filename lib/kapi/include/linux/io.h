/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_IO_H
#define KAPI_LINUX_IO_H

#include <asm/io.h>

#endif
