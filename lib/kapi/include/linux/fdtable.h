/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_FDTABLE_H
#define KAPI_LINUX_FDTABLE_H

#include <linux/file.h>
#include <linux/fs.h>

#endif
