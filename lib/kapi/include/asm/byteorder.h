/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_ASM_BYTEORDER_H
#define _KAPI_ASM_BYTEORDER_H

#include_next <asm/byteorder.h>
#include <linux/types.h>

/* Little endian machine; the types keep the two apart for sparse. */
#define cpu_to_le64(x)	((__le64)(u64)(x))
#define le64_to_cpu(x)	((u64)(__le64)(x))
#define cpu_to_le32(x)	((__le32)(u32)(x))
#define le32_to_cpu(x)	((u32)(__le32)(x))
#define cpu_to_le16(x)	((__le16)(u16)(x))
#define le16_to_cpu(x)	((u16)(__le16)(x))
#define cpu_to_be64(x)	((__be64)__builtin_bswap64(x))
#define be64_to_cpu(x)	__builtin_bswap64((u64)(x))
#define cpu_to_be32(x)	((__be32)__builtin_bswap32(x))
#define be32_to_cpu(x)	__builtin_bswap32((u32)(x))
#define cpu_to_be16(x)	((__be16)__builtin_bswap16(x))
#define be16_to_cpu(x)	__builtin_bswap16((u16)(x))
#define le64_to_cpup(p)	le64_to_cpu(*(const __le64 *)(p))
#define le32_to_cpup(p)	le32_to_cpu(*(const __le32 *)(p))
#define le16_to_cpup(p)	le16_to_cpu(*(const __le16 *)(p))
#define be32_to_cpup(p)	be32_to_cpu(*(const __be32 *)(p))
#define be16_to_cpup(p)	be16_to_cpu(*(const __be16 *)(p))
#define cpu_to_le64p(p)	cpu_to_le64(*(p))
#define cpu_to_le32p(p)	cpu_to_le32(*(p))
#define cpu_to_le32s(p)	do { } while (0)
#define le32_to_cpus(p)	do { } while (0)

static inline void le32_add_cpu(__le32 *var, u32 val)
{
	*var = cpu_to_le32(le32_to_cpu(*var) + val);
}

static inline void le16_add_cpu(__le16 *var, u16 val)
{
	*var = cpu_to_le16(le16_to_cpu(*var) + val);
}

#define swab16(x) __builtin_bswap16(x)
#define swab32(x) __builtin_bswap32(x)
#define swab64(x) __builtin_bswap64(x)

#endif
