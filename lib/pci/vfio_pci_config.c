// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to configuration space: cut into pieces that lie in one register of
 * one capability, each done as that capability's permissions say.
 */
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfio_pci_config.h"

int vfio_raw_config_read(const struct vfio_cfg_access *a, u32 *val)
{
	struct pci_dev *pdev = a->vdev->pdev;
	u16 word = 0;
	u8 byte = 0;
	int ret;

	switch (a->count) {
	case 1:
		ret = pci_user_read_config_byte(pdev, a->pos, &byte);
		*val = byte;
		return ret;
	case 2:
		ret = pci_user_read_config_word(pdev, a->pos, &word);
		*val = word;
		return ret;
	default:
		return pci_user_read_config_dword(pdev, a->pos, val);
	}
}

int vfio_raw_config_write(const struct vfio_cfg_access *a, u32 val)
{
	struct pci_dev *pdev = a->vdev->pdev;

	switch (a->count) {
	case 1:
		return pci_user_write_config_byte(pdev, a->pos, val);
	case 2:
		return pci_user_write_config_word(pdev, a->pos, val);
	default:
		return pci_user_write_config_dword(pdev, a->pos, val);
	}
}

int vfio_default_config_read(const struct vfio_cfg_access *a, u32 *val)
{
	u32 virt = vfio_cfg_get(a->perm->virt + a->off, a->count);
	u32 phys = 0;
	int ret;

	/* The device is left alone where nothing of it would show. */
	if (virt != vfio_cfg_mask(a->count)) {
		ret = vfio_raw_config_read(a, &phys);
		if (ret)
			return ret;
	}
	*val = (phys & ~virt) | (vfio_cfg_get(a->vdev->vconfig + a->pos, a->count) & virt);
	return 0;
}

int vfio_default_config_write(const struct vfio_cfg_access *a, u32 val)
{
	u32 write = vfio_cfg_get(a->perm->write + a->off, a->count);
	u32 virt = vfio_cfg_get(a->perm->virt + a->off, a->count);
	u8 *vbytes = a->vdev->vconfig + a->pos;
	u32 phys;
	int ret;

	if (write & virt) {
		u32 old = vfio_cfg_get(vbytes, a->count);

		if (MUTANT(config_read_only_written, virt & ~write))
			old = val & virt;
		vfio_cfg_put(vbytes, a->count, (old & ~(write & virt)) | (val & write & virt));
	}

	if (!MUTANT(config_virtual_reaches_device, write & virt))
		write &= ~virt;
	if (!write)
		return 0;

	ret = vfio_raw_config_read(a, &phys);
	if (ret)
		return ret;
	return vfio_raw_config_write(a, (phys & ~write) | (val & write));
}

int vfio_direct_config_read(const struct vfio_cfg_access *a, u32 *val)
{
	/* Id and next pointer; extended capabilities have them in their first dword. */
	int hdr = a->pos >= PCI_CFG_SPACE_SIZE ? 4 : PCI_CAP_LIST_NEXT + 1;
	u32 virt;
	int ret;

	ret = vfio_raw_config_read(a, val);
	if (ret || a->off >= hdr || MUTANT(config_header_of_device, true))
		return ret;

	virt = vfio_cfg_mask(min(hdr - a->off, a->count));
	*val = (*val & ~virt) | (vfio_cfg_get(a->vdev->vconfig + a->pos, a->count) & virt);
	return 0;
}

/* Where the capability that @pos is in starts. Two of one kind side by side look like one. */
static int vfio_find_cap_start(struct vfio_pci_core_device *vdev, int pos)
{
	int base = pos >= PCI_CFG_SPACE_SIZE ? PCI_CFG_SPACE_SIZE : PCI_STD_HEADER_SIZEOF;
	const u8 *map = vdev->pci_config_map;

	if (map[pos] == PCI_CAP_ID_BASIC)
		return 0;
	if (map[pos] == PCI_CAP_ID_INVALID)
		return pos;
	while (pos > base && map[pos - 1] == map[pos])
		pos--;
	return pos;
}

/* Bytes from @pos that one access can do: 1, 2 or 4, in one dword and capability. */
static int vfio_config_piece(struct vfio_pci_core_device *vdev, int pos, size_t count)
{
	const u8 *map = vdev->pci_config_map;
	size_t same = 1;

	while ((pos + same) % 4 && map[pos + same] == map[pos])
		same++;
	count = min(count, same);

	if (count >= 4 && !(pos % 4))
		return 4;
	return count >= 2 && !(pos % 2) ? 2 : 1;
}

/* Does the first piece of an access; returns its length or -errno. */
static int vfio_config_do_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			     loff_t pos, bool iswrite)
{
	struct vfio_cfg_access a = { .vdev = vdev, .pos = pos };
	__le32 raw = 0;
	u32 val = 0;
	int ret;

	/* For all of what is left, so that nothing is done of an access that ends outside. */
	if (pos >= vdev->pdev->cfg_size ||
	    UNLESS_MUTANT(config_past_end, count > vdev->pdev->cfg_size - pos))
		return -EFAULT;

	a.count = vfio_config_piece(vdev, pos, count);
	a.off = pos - vfio_find_cap_start(vdev, pos);
	a.perm = vfio_config_perm(vdev, pos);

	if (iswrite) {
		if (!a.perm->writefn)
			return a.count;
		if (copy_from_user(&raw, buf, a.count))
			return -EFAULT;
		ret = a.perm->writefn(&a, le32_to_cpu(raw));
	} else {
		ret = a.perm->readfn(&a, &val);
		raw = cpu_to_le32(val);
		if (!ret && copy_to_user(buf, &raw, a.count))
			ret = -EFAULT;
	}
	return ret ? ret : a.count;
}

/* On an error the position stays, though the pieces before it are done (RW-029). */
ssize_t vfio_pci_config_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			   loff_t *ppos, bool iswrite)
{
	loff_t pos = *ppos & VFIO_PCI_OFFSET_MASK;
	size_t done = 0;
	int ret;

	while (done < count) {
		ret = vfio_config_do_rw(vdev, buf + done, count - done, pos + done, iswrite);
		if (ret < 0)
			return ret;
		done += ret;
	}

	*ppos += done;
	return done;
}

bool vfio_pci_core_range_intersect_range(loff_t buf_start, size_t buf_cnt, loff_t reg_start,
					 size_t reg_cnt, loff_t *buf_offset,
					 size_t *intersect_count, size_t *register_offset)
{
	loff_t start = max(buf_start, reg_start);
	loff_t end = min(buf_start + (loff_t)buf_cnt, reg_start + (loff_t)reg_cnt);

	if (start >= end)
		return false;

	*buf_offset = start - buf_start;
	*register_offset = start - reg_start;
	*intersect_count = end - start;
	return true;
}
EXPORT_SYMBOL_GPL(vfio_pci_core_range_intersect_range);
