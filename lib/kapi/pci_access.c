// SPDX-License-Identifier: GPL-2.0-only
/* Config space access by the kernel and on behalf of user space. */
#include <kapi/alone.h>
#include <kapi/irq.h>
#include <pthread.h>

#include "pci_internal.h"

/*
 * Order of locks: pci_lock, the model's own, the interrupt layer's. Interrupts
 * raised by a config write run when it is dropped. The same lock makes user
 * accesses wait for a reset, so it is a mutex with a condition.
 */
static pthread_mutex_t pci_config_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pci_cfg_wait = PTHREAD_COND_INITIALIZER;

void pci_lock(void)
{
	kapi_irq_disable();
	kapi_host_lock(&pci_config_lock);
}

void pci_unlock(void)
{
	kapi_host_unlock(&pci_config_lock);
	kapi_irq_enable();
}

static int config_read(const struct pci_dev *dev, int where, unsigned int width, u32 *val)
{
	if (where < 0 || where >= PCI_CFG_SPACE_EXP_SIZE) {
		*val = ~0u;
		return -EINVAL;
	}
	*val = pci_hw_read(dev, where, width);
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_dev *dev, int where, unsigned int width, u32 val)
{
	if (where < 0 || where >= PCI_CFG_SPACE_EXP_SIZE)
		return -EINVAL;
	pci_hw_write(dev, where, width, val);
	if (where < PCI_STATUS && where + width > PCI_COMMAND)
		pci_intx_update(dev);
	return PCIBIOS_SUCCESSFUL;
}

static int read_config(const struct pci_dev *dev, int where, unsigned int width, u32 *val)
{
	int ret;

	*val = ~0u;
	if (pci_is_disconnected(dev))
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where & (width - 1))
		return PCIBIOS_BAD_REGISTER_NUMBER;
	pci_lock();
	ret = config_read(dev, where, width, val);
	pci_unlock();
	return ret;
}

static int write_config(const struct pci_dev *dev, int where, unsigned int width, u32 val)
{
	int ret;

	if (pci_is_disconnected(dev))
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where & (width - 1))
		return PCIBIOS_BAD_REGISTER_NUMBER;
	pci_lock();
	ret = config_write((struct pci_dev *)dev, where, width, val);
	pci_unlock();
	return ret;
}

static void wait_cfg_access(struct pci_dev *dev)
{
	while (dev->block_cfg_access)
		pthread_cond_wait(&pci_cfg_wait, &pci_config_lock);
}

static int user_read_config(struct pci_dev *dev, int where, unsigned int width, u32 *val)
{
	int ret;

	*val = ~0u;
	if (where & (width - 1))
		return -EINVAL;
	pci_lock();
	wait_cfg_access(dev);
	ret = config_read(dev, where, width, val);
	pci_unlock();
	return pcibios_err_to_errno(ret);
}

static int user_write_config(struct pci_dev *dev, int where, unsigned int width, u32 val)
{
	int ret;

	if (where & (width - 1))
		return -EINVAL;
	pci_lock();
	wait_cfg_access(dev);
	ret = config_write(dev, where, width, val);
	pci_unlock();
	return pcibios_err_to_errno(ret);
}

#define DEFINE_CONFIG(name, type)						\
int pci_read_config_##name(const struct pci_dev *dev, int where, type *val)	\
{										\
	u32 v;									\
	int ret = read_config(dev, where, sizeof(type), &v);			\
										\
	*val = v;								\
	return ret;								\
}										\
										\
int pci_write_config_##name(const struct pci_dev *dev, int where, type val)	\
{										\
	return write_config(dev, where, sizeof(type), val);			\
}										\
										\
int pci_user_read_config_##name(struct pci_dev *dev, int where, type *val)	\
{										\
	u32 v;									\
	int ret = user_read_config(dev, where, sizeof(type), &v);		\
										\
	*val = v;								\
	return ret;								\
}										\
										\
int pci_user_write_config_##name(struct pci_dev *dev, int where, type val)	\
{										\
	return user_write_config(dev, where, sizeof(type), val);		\
}

DEFINE_CONFIG(byte, u8)
DEFINE_CONFIG(word, u16)
DEFINE_CONFIG(dword, u32)

void pci_cfg_access_lock(struct pci_dev *dev)
{
	pci_lock();
	wait_cfg_access(dev);
	dev->block_cfg_access = 1;
	pci_unlock();
}

bool pci_cfg_access_trylock(struct pci_dev *dev)
{
	bool locked;

	pci_lock();
	locked = !dev->block_cfg_access;
	dev->block_cfg_access = 1;
	pci_unlock();
	return locked;
}

void pci_cfg_access_unlock(struct pci_dev *dev)
{
	pci_lock();
	WARN_ON(!dev->block_cfg_access);
	dev->block_cfg_access = 0;
	pthread_cond_broadcast(&pci_cfg_wait);
	pci_unlock();
}

void pci_dev_lock(struct pci_dev *dev)
{
	device_lock(&dev->dev);
	pci_cfg_access_lock(dev);
}

int pci_dev_trylock(struct pci_dev *dev)
{
	bool locked = device_trylock(&dev->dev);

	if (locked && !pci_cfg_access_trylock(dev)) {
		device_unlock(&dev->dev);
		locked = false;
	}
	return locked;
}

void pci_dev_unlock(struct pci_dev *dev)
{
	pci_cfg_access_unlock(dev);
	device_unlock(&dev->dev);
}

bool pci_path_enabled(const struct pci_dev *dev, u16 cmd)
{
	for (; dev; dev = dev->bus->self)
		if ((pci_hw_read(dev, PCI_COMMAND, 2) & cmd) != cmd)
			return false;
	return true;
}

/* Bound on a capability list that loops: no more fit into the space. */
#define CAP_LIST_MAX	((PCI_CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF) / PCI_CAP_SIZEOF)
#define EXT_CAP_LIST_MAX ((PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 8)

/* Follow the list whose next pointer is at @pos. */
static u8 find_next_cap(struct pci_dev *dev, u8 pos, int cap)
{
	unsigned int left = CAP_LIST_MAX;
	u16 ent;

	pci_read_config_byte(dev, pos, &pos);
	while (left--) {
		if (pos < PCI_STD_HEADER_SIZEOF)
			break;
		pos &= ~3;
		pci_read_config_word(dev, pos, &ent);
		if ((ent & 0xff) == 0xff)
			break;
		if ((ent & 0xff) == cap)
			return pos;
		pos = ent >> 8;
	}
	return 0;
}

u8 pci_find_next_capability(struct pci_dev *dev, u8 pos, int cap)
{
	return find_next_cap(dev, pos + PCI_CAP_LIST_NEXT, cap);
}

u8 pci_find_capability(struct pci_dev *dev, int cap)
{
	u16 status;

	pci_read_config_word(dev, PCI_STATUS, &status);
	if (!(status & PCI_STATUS_CAP_LIST))
		return 0;
	return find_next_cap(dev, dev->hdr_type == PCI_HEADER_TYPE_CARDBUS ?
			     PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST, cap);
}

u16 pci_find_next_ext_capability(struct pci_dev *dev, u16 start, int cap)
{
	u16 pos = start ? start : PCI_CFG_SPACE_SIZE;
	unsigned int left = EXT_CAP_LIST_MAX;
	u32 header;

	if (dev->cfg_size <= PCI_CFG_SPACE_SIZE)
		return 0;
	for (; left && pos >= PCI_CFG_SPACE_SIZE; left--, pos = PCI_EXT_CAP_NEXT(header)) {
		if (pci_read_config_dword(dev, pos, &header) || !header)
			break;
		if (pos != start && PCI_EXT_CAP_ID(header) == cap)
			return pos;
	}
	return 0;
}

u16 pci_find_ext_capability(struct pci_dev *dev, int cap)
{
	return pci_find_next_ext_capability(dev, 0, cap);
}

u16 pci_find_dvsec_capability(struct pci_dev *dev, u16 vendor, u16 dvsec)
{
	u16 pos = 0, id;
	u32 header;

	while ((pos = pci_find_next_ext_capability(dev, pos, PCI_EXT_CAP_ID_DVSEC)))
		if (!pci_read_config_dword(dev, pos + PCI_DVSEC_HEADER1, &header) &&
		    !pci_read_config_word(dev, pos + PCI_DVSEC_HEADER2, &id) &&
		    (header & 0xffff) == vendor && id == dvsec)
			return pos;
	return 0;
}
