/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_MMAN_H
#define KAPI_LINUX_MMAN_H

#include <sys/mman.h>

#endif
