// SPDX-License-Identifier: GPL-2.0-only
/* Expansion ROMs: images, each with a header that points to its data structure. */
#include "pci_internal.h"

#define ROM_SIGNATURE	0xaa55
#define ROM_PCIR_OFFSET	0x18
#define PCIR_LENGTH	0x10	/* of the image, in 512 bytes */
#define PCIR_INDICATOR	0x15
#define PCIR_LAST	0x80

int pci_enable_rom(struct pci_dev *pdev)
{
	const struct resource *rom = &pdev->resource[PCI_ROM_RESOURCE];
	u32 keep;

	if (rom->flags == 0)
		return -1;
	/* A copy in memory is always there. */
	if (!(rom->flags & IORESOURCE_ROM_SHADOW)) {
		pci_read_config_dword(pdev, pdev->rom_base_reg, &keep);
		keep &= ~PCI_ROM_ADDRESS_MASK;
		pci_write_config_dword(pdev, pdev->rom_base_reg,
				       keep | rom->start | PCI_ROM_ADDRESS_ENABLE);
	}
	return 0;
}

void pci_disable_rom(struct pci_dev *pdev)
{
	u32 addr;

	if (pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_SHADOW)
		return;
	pci_read_config_dword(pdev, pdev->rom_base_reg, &addr);
	pci_write_config_dword(pdev, pdev->rom_base_reg, addr & ~PCI_ROM_ADDRESS_ENABLE);
}

static size_t rom_size(struct pci_dev *pdev, void __iomem *rom, size_t size)
{
	size_t at = 0, len;

	while (at + ROM_PCIR_OFFSET + 2 <= size && readw(rom + at) == ROM_SIGNATURE) {
		size_t pcir = at + readw(rom + at + ROM_PCIR_OFFSET);

		if (pcir + PCIR_INDICATOR + 1 > size || readb(rom + pcir) != 'P' ||
		    readb(rom + pcir + 1) != 'C' || readb(rom + pcir + 2) != 'I' ||
		    readb(rom + pcir + 3) != 'R')
			break;
		len = readb(rom + pcir + PCIR_LENGTH) | readb(rom + pcir + PCIR_LENGTH + 1) << 8;
		if (!len)
			break;
		at += len * 512;
		if (readb(rom + pcir + PCIR_INDICATOR) & PCIR_LAST)
			break;
	}
	return at && at < size ? at : size;
}

void __iomem *pci_map_rom(struct pci_dev *pdev, size_t *size)
{
	struct resource *res = &pdev->resource[PCI_ROM_RESOURCE];
	void __iomem *rom;

	if (!res->start || !pci_resource_len(pdev, PCI_ROM_RESOURCE))
		return NULL;
	if (pci_enable_rom(pdev))
		return NULL;
	*size = resource_size(res);
	rom = ioremap(res->start, *size);
	if (!rom) {
		pci_disable_rom(pdev);
		return NULL;
	}
	*size = rom_size(pdev, rom, *size);
	return rom;
}

void pci_unmap_rom(struct pci_dev *pdev, void __iomem *rom)
{
	iounmap(rom);
	if (!(pdev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_ENABLE))
		pci_disable_rom(pdev);
}
