// SPDX-License-Identifier: GPL-2.0-only
/* The config attribute: config space for user space, through pci_user_*(). */
#include <linux/capability.h>
#include <linux/pm_runtime.h>

#include "pci_internal.h"

/* Widest aligned access at @off that @left bytes allow. */
static unsigned int access_width(loff_t off, size_t left)
{
	if (!(off & 3) && left >= 4)
		return 4;
	return !(off & 1) && left >= 2 ? 2 : 1;
}

static u32 read_one(struct pci_dev *dev, loff_t off, unsigned int width)
{
	u32 dword;
	u16 word;
	u8 byte;

	switch (width) {
	case 4:
		pci_user_read_config_dword(dev, off, &dword);
		return dword;
	case 2:
		pci_user_read_config_word(dev, off, &word);
		return word;
	default:
		pci_user_read_config_byte(dev, off, &byte);
		return byte;
	}
}

static void write_one(struct pci_dev *dev, loff_t off, unsigned int width, u32 val)
{
	switch (width) {
	case 4:
		pci_user_write_config_dword(dev, off, val);
		break;
	case 2:
		pci_user_write_config_word(dev, off, val);
		break;
	default:
		pci_user_write_config_byte(dev, off, val);
	}
}

static ssize_t config_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			   char *buf, loff_t off, size_t count)
{
	struct pci_dev *dev = to_pci_dev(kobj_to_dev(kobj));
	/* What lies behind the header may have effects on reading. */
	unsigned int size = capable(CAP_SYS_ADMIN) ? dev->cfg_size : PCI_STD_HEADER_SIZEOF, i;
	size_t done = 0;

	if (off >= size)
		return 0;
	count = min_t(size_t, count, size - off);
	pm_runtime_get_sync(&dev->dev);
	while (done < count) {
		unsigned int width = access_width(off + done, count - done);
		u32 val = read_one(dev, off + done, width);

		for (i = 0; i < width; i++)
			buf[done++] = val >> (8 * i);
	}
	pm_runtime_put(&dev->dev);
	return count;
}

static ssize_t config_write(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			    char *buf, loff_t off, size_t count)
{
	struct pci_dev *dev = to_pci_dev(kobj_to_dev(kobj));
	size_t done = 0;
	unsigned int i;

	if (off >= dev->cfg_size)
		return 0;
	count = min_t(size_t, count, dev->cfg_size - off);
	pm_runtime_get_sync(&dev->dev);
	while (done < count) {
		unsigned int width = access_width(off + done, count - done);
		u32 val = 0;

		for (i = 0; i < width; i++)
			val |= (u32)(u8)buf[done + i] << (8 * i);
		write_one(dev, off + done, width, val);
		done += width;
	}
	pm_runtime_put(&dev->dev);
	return count;
}

static const struct bin_attribute config_256 = __BIN_ATTR(config, 0644, config_read,
							  config_write, PCI_CFG_SPACE_SIZE);
static const struct bin_attribute config_4096 = __BIN_ATTR(config, 0644, config_read,
							   config_write, PCI_CFG_SPACE_EXP_SIZE);

static const struct bin_attribute *config_attr(struct pci_dev *dev)
{
	return dev->cfg_size > PCI_CFG_SPACE_SIZE ? &config_4096 : &config_256;
}

int pci_create_config_file(struct pci_dev *dev)
{
	return sysfs_create_bin_file(&dev->dev.kobj, config_attr(dev));
}

void pci_remove_config_file(struct pci_dev *dev)
{
	sysfs_remove_bin_file(&dev->dev.kobj, config_attr(dev));
}
