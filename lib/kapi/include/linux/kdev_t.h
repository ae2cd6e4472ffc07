/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_KDEV_T_H
#define _KAPI_LINUX_KDEV_T_H

/* A device number inside the kernel: 12 bits of major, 20 of minor. */
#include <linux/types.h>

#define MINORBITS	20
#define MINORMASK	((1U << MINORBITS) - 1)
#define MAJOR(dev)	((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev)	((unsigned int)((dev) & MINORMASK))
#define MKDEV(ma, mi)	(((dev_t)(ma) << MINORBITS) | (mi))

/* stat(2)'s form, which is libc's makedev(). */
static inline u64 huge_encode_dev(dev_t dev)
{
	u64 ma = MAJOR(dev), mi = MINOR(dev);

	return (mi & 0xff) | (ma << 8) | ((mi & ~0xffULL) << 12);
}

#endif
