/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_RANDOM_H
#define _KAPI_LINUX_RANDOM_H

#include_next <linux/random.h>
#include <linux/types.h>

/* From the host's random number generator. */
void get_random_bytes(void *buf, size_t len);
u64 get_random_u64(void);
u32 get_random_u32(void);
u16 get_random_u16(void);
u8 get_random_u8(void);
/* Uniform in [0, ceil); in [floor, ceil], both included. */
u32 get_random_u32_below(u32 ceil);
u32 get_random_u32_inclusive(u32 floor, u32 ceil);

#endif
