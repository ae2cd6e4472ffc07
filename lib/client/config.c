// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <linux/pci_regs.h>

#include "client/vfio_client.h"

#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX

uint8_t config_read8(int fd, unsigned int offset)
{
	uint8_t v;

	region_read(fd, CONFIG, offset, &v, sizeof(v));
	return v;
}

uint16_t config_read16(int fd, unsigned int offset)
{
	uint16_t v;

	region_read(fd, CONFIG, offset, &v, sizeof(v));
	return le16toh(v);
}

uint32_t config_read32(int fd, unsigned int offset)
{
	uint32_t v;

	region_read(fd, CONFIG, offset, &v, sizeof(v));
	return le32toh(v);
}

void config_write8(int fd, unsigned int offset, uint8_t value)
{
	region_write(fd, CONFIG, offset, &value, sizeof(value));
}

void config_write16(int fd, unsigned int offset, uint16_t value)
{
	value = htole16(value);
	region_write(fd, CONFIG, offset, &value, sizeof(value));
}

void config_write32(int fd, unsigned int offset, uint32_t value)
{
	value = htole32(value);
	region_write(fd, CONFIG, offset, &value, sizeof(value));
}

void config_command(int fd, uint16_t set, uint16_t clear)
{
	uint16_t command = config_read16(fd, PCI_COMMAND);

	config_write16(fd, PCI_COMMAND, (command & ~clear) | set);
}

unsigned int config_find_cap(int fd, uint8_t id)
{
	unsigned int pos, n;

	if (!(config_read16(fd, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return 0;
	pos = config_read8(fd, PCI_CAPABILITY_LIST) & ~3;
	/* 48 capabilities of four bytes fill the 192 bytes behind the header. */
	for (n = 0; pos >= PCI_STD_HEADER_SIZEOF && n < 48; n++) {
		if (config_read8(fd, pos + PCI_CAP_LIST_ID) == id)
			return pos;
		pos = config_read8(fd, pos + PCI_CAP_LIST_NEXT) & ~3;
	}
	return 0;
}
