// SPDX-License-Identifier: GPL-2.0-only
/* Programmed access to device memory through cookies, and BARs as such. */
#include <linux/pci.h>

#include <endian.h>
#include <kapi/phys.h>

static u64 io_read(const volatile void __iomem *addr, unsigned int width)
{
	return kapi_phys_read(kapi_iomem_to_phys(addr), width);
}

static void io_write(volatile void __iomem *addr, unsigned int width, u64 val)
{
	kapi_phys_write(kapi_iomem_to_phys(addr), width, val);
}

#define DEFINE_IO(bits, swap)						\
u##bits ioread##bits(const void __iomem *addr)				\
{									\
	return io_read(addr, bits / 8);					\
}									\
									\
void iowrite##bits(u##bits val, void __iomem *addr)			\
{									\
	io_write(addr, bits / 8, val);					\
}									\
swap(bits)

#define NO_SWAP(bits)
#define SWAP(bits)							\
u##bits ioread##bits##be(const void __iomem *addr)			\
{									\
	return be##bits##toh(io_read(addr, bits / 8));			\
}									\
									\
void iowrite##bits##be(u##bits val, void __iomem *addr)			\
{									\
	io_write(addr, bits / 8, htobe##bits(val));			\
}

DEFINE_IO(8, NO_SWAP)
DEFINE_IO(16, SWAP)
DEFINE_IO(32, SWAP)
DEFINE_IO(64, SWAP)

/* Widest natural access at @addr that stays within @n bytes. */
static unsigned int chunk(const volatile void __iomem *addr, size_t n)
{
	unsigned int width = 8;

	while (width > n || kapi_iomem_to_phys(addr) & (width - 1))
		width /= 2;
	return width;
}

void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n)
{
	while (n) {
		unsigned int width = chunk(from, n);
		u64 val = io_read(from, width);

		memcpy(to, &val, width);
		to += width;
		from += width;
		n -= width;
	}
}

void memcpy_toio(volatile void __iomem *to, const void *from, size_t n)
{
	while (n) {
		unsigned int width = chunk(to, n);
		u64 val = 0;

		memcpy(&val, from, width);
		io_write(to, width, val);
		to += width;
		from += width;
		n -= width;
	}
}

void memset_io(volatile void __iomem *to, int c, size_t n)
{
	u64 val;

	memset(&val, c, sizeof(val));
	while (n) {
		unsigned int width = chunk(to, n);

		io_write(to, width, val);
		to += width;
		n -= width;
	}
}

void __iomem *ioremap(phys_addr_t phys, size_t size)
{
	if (!size || phys + size < phys || phys + size > KAPI_PHYS_MAX)
		return NULL;
	return kapi_phys_to_iomem(phys);
}

void __iomem *ioport_map(unsigned long port, unsigned int nr)
{
	return ioremap(KAPI_PHYS_PIO + port, nr);
}

void iounmap(volatile void __iomem *addr)
{
}

void ioport_unmap(void __iomem *addr)
{
}

void __iomem *pci_iomap_range(struct pci_dev *dev, int bar, unsigned long off, unsigned long max)
{
	resource_size_t start = pci_resource_start(dev, bar);
	resource_size_t len = pci_resource_len(dev, bar);

	if (len <= off || !start)
		return NULL;
	len -= off;
	start += off;
	if (max && len > max)
		len = max;
	if (pci_resource_flags(dev, bar) & IORESOURCE_IO)
		return ioport_map(start, len);
	return ioremap(start, len);
}

void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long max)
{
	return pci_iomap_range(dev, bar, 0, max);
}

void pci_iounmap(struct pci_dev *dev, void __iomem *addr)
{
	iounmap(addr);
}
