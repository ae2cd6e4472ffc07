/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_GFP_TYPES_H
#define __LINUX_GFP_TYPES_H

#include <linux/types.h>

/*
 * Allocation flags. Only __GFP_ZERO changes what happens here; the rest keeps
 * its meaning for code that tests it.
 */
#define ___GFP(bit)		((gfp_t)(1U << (bit)))
#define __GFP_DMA		___GFP(0)
#define __GFP_HIGHMEM		___GFP(1)
#define __GFP_DMA32		___GFP(2)
#define __GFP_MOVABLE		___GFP(3)
#define __GFP_HIGH		___GFP(5)
#define __GFP_IO		___GFP(6)
#define __GFP_FS		___GFP(7)
#define __GFP_ZERO		___GFP(8)
#define __GFP_DIRECT_RECLAIM	___GFP(10)
#define __GFP_KSWAPD_RECLAIM	___GFP(11)
#define __GFP_WRITE		___GFP(12)
#define __GFP_NOWARN		___GFP(13)
#define __GFP_RETRY_MAYFAIL	___GFP(14)
#define __GFP_NOFAIL		___GFP(15)
#define __GFP_NORETRY		___GFP(16)
#define __GFP_MEMALLOC		___GFP(17)
#define __GFP_COMP		___GFP(18)
#define __GFP_NOMEMALLOC	___GFP(19)
#define __GFP_HARDWALL		___GFP(20)
#define __GFP_THISNODE		___GFP(21)
#define __GFP_ACCOUNT		___GFP(22)
#define __GFP_RECLAIM		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_ATOMIC		(__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL		(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT	(GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT		(__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define GFP_NOIO		__GFP_RECLAIM
#define GFP_NOFS		(__GFP_RECLAIM | __GFP_IO)
#define GFP_USER		(GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER		(GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE	(GFP_HIGHUSER | __GFP_MOVABLE)
#define GFP_DMA			__GFP_DMA
#define GFP_DMA32		__GFP_DMA32

#endif
