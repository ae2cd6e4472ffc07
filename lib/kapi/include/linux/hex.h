/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_HEX_H
#define _LINUX_HEX_H

#include <linux/types.h>

#define hex_asc_lo(x)	("0123456789abcdef"[(x) & 0x0f])
#define hex_asc_hi(x)	("0123456789abcdef"[((x) & 0xf0) >> 4])
/* Value of a hex digit, or -1. */
int hex_to_bin(unsigned char ch);
/* @count bytes from 2 * @count digits; 0 or -EINVAL. */
int hex2bin(u8 *dst, const char *src, size_t count);
/* Writes 2 * @count digits, no NUL; returns the place behind them. */
char *bin2hex(char *dst, const void *src, size_t count);

#endif
