/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a user sees of the example of an emulated-IOMMU device: one region of
 * registers, 64 bits each, read and written whole by pread() and pwrite() on the
 * device file. Memory is named by I/O virtual addresses of the container.
 */
#ifndef EMULATED_EXAMPLE_UAPI_H
#define EMULATED_EXAMPLE_UAPI_H

#define EMULATED_REG_SRC	0x00
#define EMULATED_REG_DST	0x08
#define EMULATED_REG_LEN	0x10
#define EMULATED_REG_CMD	0x18	/* writing it carries a command out */
#define EMULATED_REG_RESULT	0x20	/* of the last command: a value, or -errno; read only */
#define EMULATED_REG_PINNED	0x28	/* pages held; read only */
#define EMULATED_REG_UNMAPS	0x30	/* times the driver heard of an unmap; read only */
#define EMULATED_REGION_SIZE	0x38

#define EMULATED_CMD_COPY	1	/* LEN bytes from SRC to DST; at most EMULATED_COPY_MAX */
#define EMULATED_CMD_PIN	2	/* hold the page SRC */
#define EMULATED_CMD_UNPIN	3	/* let it go */
#define EMULATED_CMD_SUM	4	/* sum of the bytes of the page SRC, which is held */

#define EMULATED_COPY_MAX	0x10000
#define EMULATED_PINS_MAX	64

#endif
