/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_UNALIGNED_H
#define _ASM_UNALIGNED_H

#include <linux/unaligned.h>

#endif
