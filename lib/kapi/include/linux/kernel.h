/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_KERNEL_H
#define _KAPI_LINUX_KERNEL_H

#include_next <linux/kernel.h>
#include <stdarg.h>
#include <asm/byteorder.h>
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/hex.h>
#include <linux/kconfig.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/stringify.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define READ	0
#define WRITE	1
#define u64_to_user_ptr(x) ((void __user *)(uintptr_t)(u64)(x))
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define lower_32_bits(n) ((u32)(n))
#define upper_16_bits(n) ((u16)((n) >> 16))
#define lower_16_bits(n) ((u16)(n))
#define PTR_IF(cond, ptr) ((cond) ? (ptr) : NULL)

/* A point where the kernel might reschedule; threads here need no such help. */
#define might_sleep()		do { } while (0)
#define might_sleep_if(cond)	do { } while (0)
#define might_fault()		do { } while (0)

#define REPEAT_BYTE(x)	((~0ul / 0xff) * (x))

#endif
