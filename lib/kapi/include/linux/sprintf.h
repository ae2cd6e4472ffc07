/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KERNEL_SPRINTF_H_
#define _LINUX_KERNEL_SPRINTF_H_

/*
 * Formatting. snprintf(), sprintf() and sscanf() are libc's. The scn and k
 * forms, printk() and every name given to a device know the kernel's %p
 * extensions as well: %pU[bBlL] (UUID), %pV (struct va_format), %pa[dp]
 * (phys_addr_t, dma_addr_t), %pe (error pointer), %*ph[CDN] (bytes), %p[FSsBK].
 */
#include <stdarg.h>
#include <linux/compiler_types.h>
#include <linux/types.h>

int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsprintf(char *buf, const char *fmt, va_list args) __printf(2, 0);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int sscanf(const char *buf, const char *fmt, ...) __scanf(2, 3);

/* As vsnprintf(), with the extensions: the length of the whole text. */
int kapi_vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
/* Return what was really written, without the NUL. */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
/* kfree() the result; NULL without memory. */
char *kvasprintf(gfp_t gfp, const char *fmt, va_list args) __printf(2, 0) __malloc;
char *kasprintf(gfp_t gfp, const char *fmt, ...) __printf(2, 3) __malloc;

struct va_format {
	const char *fmt;
	va_list *va;
};

#endif
