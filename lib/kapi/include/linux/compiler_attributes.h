/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_COMPILER_ATTRIBUTES_H
#define __LINUX_COMPILER_ATTRIBUTES_H

#include <linux/compiler_types.h>

#endif
