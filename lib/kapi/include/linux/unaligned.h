/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_UNALIGNED_H
#define _LINUX_UNALIGNED_H

#include <asm/byteorder.h>
#include <linux/types.h>

/* Access without regard to alignment. */
#define get_unaligned(ptr) ({ \
	const struct { typeof(*(ptr)) x; } __attribute__((__packed__)) *__gu = \
		(const void *)(ptr); \
	__gu->x; })
#define put_unaligned(val, ptr) do { \
	struct { typeof(*(ptr)) x; } __attribute__((__packed__)) *__pu = (void *)(ptr); \
	__pu->x = (val); \
} while (0)

static inline u16 get_unaligned_le16(const void *p)
{
	return get_unaligned((const u16 *)p);
}

static inline u32 get_unaligned_le32(const void *p)
{
	return get_unaligned((const u32 *)p);
}

static inline u64 get_unaligned_le64(const void *p)
{
	return get_unaligned((const u64 *)p);
}

static inline u16 get_unaligned_be16(const void *p)
{
	return __builtin_bswap16(get_unaligned((const u16 *)p));
}

static inline u32 get_unaligned_be32(const void *p)
{
	return __builtin_bswap32(get_unaligned((const u32 *)p));
}

static inline void put_unaligned_le16(u16 val, void *p)
{
	put_unaligned(val, (u16 *)p);
}

static inline void put_unaligned_le32(u32 val, void *p)
{
	put_unaligned(val, (u32 *)p);
}

static inline void put_unaligned_le64(u64 val, void *p)
{
	put_unaligned(val, (u64 *)p);
}

#endif
