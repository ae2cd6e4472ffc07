// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vital Product Data through its capability: an address register whose flag
 * bit tells when the four bytes of the data register are done.
 */
#include <linux/delay.h>

#include "pci_internal.h"

#define VPD_SPACE	(PCI_VPD_ADDR_MASK + 1)
#define VPD_POLLS	125	/* milliseconds */

void pci_vpd_init(struct pci_dev *dev)
{
	dev->vpd.cap = pci_find_capability(dev, PCI_CAP_ID_VPD);
	mutex_init(&dev->vpd.lock);
	dev->vpd.len = dev->vpd.cap ? VPD_SPACE : 0;
}

/* Until the flag is @set. Lock held. */
static int vpd_wait(struct pci_dev *dev, bool set)
{
	unsigned int polls = VPD_POLLS;
	u16 addr;
	int ret;

	while (polls--) {
		ret = pci_user_read_config_word(dev, dev->vpd.cap + PCI_VPD_ADDR, &addr);
		if (ret < 0 || set == !!(addr & PCI_VPD_ADDR_F))
			return ret;
		msleep(1);
	}
	return -ETIMEDOUT;
}

static int read_word(struct pci_dev *dev, loff_t pos, u32 *val)
{
	int cap = dev->vpd.cap;
	int ret = pci_user_write_config_word(dev, cap + PCI_VPD_ADDR, pos & ~3);

	if (!ret)
		ret = vpd_wait(dev, true);
	if (!ret)
		ret = pci_user_read_config_dword(dev, cap + PCI_VPD_DATA, val);
	return ret;
}

ssize_t pci_read_vpd(struct pci_dev *dev, loff_t pos, size_t count, void *buf)
{
	loff_t at = pos, end = pos + count;
	u8 *out = buf;
	int ret = 0;

	if (!dev->vpd.cap)
		return -ENODEV;
	if (pos < 0)
		return -EINVAL;
	if (pos >= dev->vpd.len)
		return 0;
	if (end > dev->vpd.len)
		end = dev->vpd.len;
	mutex_lock(&dev->vpd.lock);
	while (at < end) {
		unsigned int skip = at & 3, i;
		u32 val;

		ret = read_word(dev, at, &val);
		if (ret < 0)
			break;
		for (i = skip; i < 4 && at < end; i++, at++)
			*out++ = val >> (8 * i);
	}
	mutex_unlock(&dev->vpd.lock);
	return ret < 0 ? ret : end - pos;
}

ssize_t pci_write_vpd(struct pci_dev *dev, loff_t pos, size_t count, const void *buf)
{
	const u8 *in = buf;
	loff_t at = pos, end = pos + count;
	int ret = 0;

	if (!dev->vpd.cap)
		return -ENODEV;
	if (pos < 0 || pos & 3 || count & 3 || end > dev->vpd.len)
		return -EINVAL;
	mutex_lock(&dev->vpd.lock);
	for (; at < end; at += 4, in += 4) {
		u32 val = in[0] | in[1] << 8 | in[2] << 16 | (u32)in[3] << 24;

		ret = pci_user_write_config_dword(dev, dev->vpd.cap + PCI_VPD_DATA, val);
		if (!ret)
			ret = pci_user_write_config_word(dev, dev->vpd.cap + PCI_VPD_ADDR,
							 at | PCI_VPD_ADDR_F);
		if (!ret)
			ret = vpd_wait(dev, false);
		if (ret < 0)
			break;
	}
	mutex_unlock(&dev->vpd.lock);
	return ret < 0 ? ret : (ssize_t)count;
}
