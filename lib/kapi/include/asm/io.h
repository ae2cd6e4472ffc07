/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programmed access to device memory.
 *
 * A void __iomem * is not a pointer that can be followed: it is a cookie that
 * holds the bus address, in the upper, non-user half of the address space, so
 * that a stray dereference traps. Only these functions reach the device. An
 * access where nothing answers reads all ones and drops writes.
 */
#ifndef KAPI_ASM_IO_H
#define KAPI_ASM_IO_H

#include <linux/types.h>
#include <linux/compiler.h>

#define KAPI_IOMEM_BASE	0xffff800000000000ull
/* Where I/O ports lie among physical addresses; the same for memory and port BARs above it. */
#define KAPI_PHYS_PIO	0x3f0000000000ull
#define KAPI_PHYS_MAX	0x400000000000ull

static inline void __iomem *kapi_phys_to_iomem(u64 phys)
{
	return (void __iomem *)(unsigned long)(KAPI_IOMEM_BASE + phys);
}

static inline u64 kapi_iomem_to_phys(const volatile void __iomem *addr)
{
	return (unsigned long)addr - KAPI_IOMEM_BASE;
}

/* One access of the given width, little endian as the device sees it. */
u8 ioread8(const void __iomem *addr);
u16 ioread16(const void __iomem *addr);
u32 ioread32(const void __iomem *addr);
u64 ioread64(const void __iomem *addr);
void iowrite8(u8 val, void __iomem *addr);
void iowrite16(u16 val, void __iomem *addr);
void iowrite32(u32 val, void __iomem *addr);
void iowrite64(u64 val, void __iomem *addr);

/* The same with the value in the other byte order. */
u16 ioread16be(const void __iomem *addr);
u32 ioread32be(const void __iomem *addr);
u64 ioread64be(const void __iomem *addr);
void iowrite16be(u16 val, void __iomem *addr);
void iowrite32be(u32 val, void __iomem *addr);
void iowrite64be(u64 val, void __iomem *addr);

#define readb(addr)		ioread8((const void __iomem *)(addr))
#define readw(addr)		ioread16((const void __iomem *)(addr))
#define readl(addr)		ioread32((const void __iomem *)(addr))
#define readq(addr)		ioread64((const void __iomem *)(addr))
#define writeb(val, addr)	iowrite8((val), (void __iomem *)(addr))
#define writew(val, addr)	iowrite16((val), (void __iomem *)(addr))
#define writel(val, addr)	iowrite32((val), (void __iomem *)(addr))
#define writeq(val, addr)	iowrite64((val), (void __iomem *)(addr))
#define readb_relaxed		readb
#define readw_relaxed		readw
#define readl_relaxed		readl
#define readq_relaxed		readq
#define writeb_relaxed		writeb
#define writew_relaxed		writew
#define writel_relaxed		writel
#define writeq_relaxed		writeq

/* Byte strings; done in accesses of up to 8 naturally aligned bytes. */
void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n);
void memcpy_toio(volatile void __iomem *to, const void *from, size_t n);
void memset_io(volatile void __iomem *to, int c, size_t n);

/* Map device memory at a bus address. Never fails for addresses below KAPI_PHYS_MAX, else NULL. */
void __iomem *ioremap(phys_addr_t phys, size_t size);
void __iomem *ioport_map(unsigned long port, unsigned int nr);
void iounmap(volatile void __iomem *addr);
void ioport_unmap(void __iomem *addr);
#define ioremap_wc	ioremap
#define ioremap_np	ioremap
#define ioremap_cache	ioremap

#endif
