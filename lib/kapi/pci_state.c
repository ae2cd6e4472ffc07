// SPDX-License-Identifier: GPL-2.0-only
/* Saved configuration: the header and the control registers of the PCIe and PCI-X capabilities. */
#include <linux/slab.h>

#include "pci_internal.h"

struct pci_cap_data {
	u16 cap;
	u16 words;	/* 0: end of a stored list */
	u16 data[8];
};

struct saved_cap {
	struct list_head next;
	struct pci_cap_data data;
};

struct pci_saved_state {
	u32 config_space[16];
	unsigned int ncaps;
	struct pci_cap_data cap[];
};

static const u16 exp_words[] = {
	PCI_EXP_DEVCTL, PCI_EXP_LNKCTL, PCI_EXP_SLTCTL, PCI_EXP_RTCTL,
	PCI_EXP_DEVCTL2, PCI_EXP_LNKCTL2, PCI_EXP_SLTCTL2,
};

static struct pci_cap_data *find_saved(struct pci_dev *dev, u16 cap)
{
	struct saved_cap *s;

	list_for_each_entry(s, &dev->saved_cap_space, next)
		if (s->data.cap == cap)
			return &s->data;
	return NULL;
}

static struct pci_cap_data *find_or_add(struct pci_dev *dev, u16 cap, u16 words)
{
	struct pci_cap_data *data = find_saved(dev, cap);
	struct saved_cap *s;

	if (data)
		return data;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return NULL;
	s->data.cap = cap;
	s->data.words = words;
	list_add(&s->next, &dev->saved_cap_space);
	return &s->data;
}

void pci_free_saved_caps(struct pci_dev *dev)
{
	struct saved_cap *s, *tmp;

	list_for_each_entry_safe(s, tmp, &dev->saved_cap_space, next) {
		list_del(&s->next);
		kfree(s);
	}
}

static int save_pcie_state(struct pci_dev *dev)
{
	struct pci_cap_data *data;
	unsigned int i;

	if (!pci_is_pcie(dev))
		return 0;
	data = find_or_add(dev, PCI_CAP_ID_EXP, ARRAY_SIZE(exp_words));
	if (!data)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(exp_words); i++)
		pcie_capability_read_word(dev, exp_words[i], &data->data[i]);
	return 0;
}

static void restore_pcie_state(struct pci_dev *dev)
{
	struct pci_cap_data *data = find_saved(dev, PCI_CAP_ID_EXP);
	unsigned int i;

	if (!data)
		return;
	for (i = 0; i < ARRAY_SIZE(exp_words); i++)
		pcie_capability_write_word(dev, exp_words[i], data->data[i]);
}

static int save_pcix_state(struct pci_dev *dev)
{
	u8 pos = pci_find_capability(dev, PCI_CAP_ID_PCIX);
	struct pci_cap_data *data;

	if (!pos)
		return 0;
	data = find_or_add(dev, PCI_CAP_ID_PCIX, 1);
	if (!data)
		return -ENOMEM;
	pci_read_config_word(dev, pos + PCI_X_CMD, &data->data[0]);
	return 0;
}

static void restore_pcix_state(struct pci_dev *dev)
{
	u8 pos = pci_find_capability(dev, PCI_CAP_ID_PCIX);
	struct pci_cap_data *data = find_saved(dev, PCI_CAP_ID_PCIX);

	if (pos && data)
		pci_write_config_word(dev, pos + PCI_X_CMD, data->data[0]);
}

int pci_save_state(struct pci_dev *dev)
{
	int i, ret;

	for (i = 0; i < 16; i++)
		pci_read_config_dword(dev, i * 4, &dev->saved_config_space[i]);
	dev->state_saved = true;
	ret = save_pcie_state(dev);
	return ret ? ret : save_pcix_state(dev);
}

static void restore_range(struct pci_dev *dev, int first, int last, bool force)
{
	u32 val;
	int i;

	for (i = last; i >= first; i--) {
		pci_read_config_dword(dev, i * 4, &val);
		if (force || val != dev->saved_config_space[i])
			pci_write_config_dword(dev, i * 4, dev->saved_config_space[i]);
	}
}

void pci_restore_state(struct pci_dev *dev)
{
	if (!dev->state_saved)
		return;
	restore_pcie_state(dev);
	/* Addresses before COMMAND, which turns decoding on. */
	if (dev->hdr_type == PCI_HEADER_TYPE_NORMAL) {
		restore_range(dev, 4, 15, false);
		restore_range(dev, 0, 3, false);
	} else if (dev->hdr_type == PCI_HEADER_TYPE_BRIDGE) {
		restore_range(dev, 12, 15, false);
		restore_range(dev, 9, 11, true);
		restore_range(dev, 0, 8, false);
	} else {
		restore_range(dev, 0, 15, false);
	}
	restore_pcix_state(dev);
	pci_restore_msi_state(dev);
	pci_enable_acs(dev);
	pci_restore_iov_state(dev);
	dev->state_saved = false;
}

struct pci_saved_state *pci_store_saved_state(struct pci_dev *dev)
{
	struct pci_saved_state *state;
	struct saved_cap *s;
	unsigned int n = 0;

	if (!dev->state_saved)
		return NULL;
	list_for_each_entry(s, &dev->saved_cap_space, next)
		n++;
	state = kzalloc(struct_size(state, cap, n), GFP_KERNEL);
	if (!state)
		return NULL;
	memcpy(state->config_space, dev->saved_config_space, sizeof(state->config_space));
	list_for_each_entry(s, &dev->saved_cap_space, next)
		state->cap[state->ncaps++] = s->data;
	return state;
}

int pci_load_saved_state(struct pci_dev *dev, struct pci_saved_state *state)
{
	unsigned int i;

	dev->state_saved = false;
	if (!state)
		return 0;
	for (i = 0; i < state->ncaps; i++) {
		struct pci_cap_data *data = find_saved(dev, state->cap[i].cap);

		if (!data || data->words != state->cap[i].words)
			return -EINVAL;
		*data = state->cap[i];
	}
	memcpy(dev->saved_config_space, state->config_space, sizeof(state->config_space));
	dev->state_saved = true;
	return 0;
}

int pci_load_and_free_saved_state(struct pci_dev *dev, struct pci_saved_state **state)
{
	int ret = pci_load_saved_state(dev, *state);

	kfree(*state);
	*state = NULL;
	return ret;
}
