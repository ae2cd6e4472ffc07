// SPDX-License-Identifier: GPL-2.0-only
/*
 * The permission tables: what the user sees and may change of the standard
 * header and of each capability. A capability without a table reads as the
 * hardware is and drops writes.
 */
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "vfio_pci_config.h"

#define ALL	VFIO_CFG_ALL
#define NONE	VFIO_CFG_NONE

/* In every table: the chain is the one we show. */
#define CAP_HEADER	{ PCI_CAP_LIST_NEXT, 1, ALL, NONE }
#define EXT_CAP_HEADER	{ 0, 4, ALL, NONE }

static const struct vfio_cfg_field basic_fields[] = {
	/* A VF's own ids read as ones. */
	{ PCI_VENDOR_ID, 2, ALL, NONE },
	{ PCI_DEVICE_ID, 2, ALL, NONE },
	/* DisINTx is how we mask INTx; the user has a virtual one. */
	{ PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE, ALL },
	{ PCI_STATUS, 2, PCI_STATUS_CAP_LIST, NONE },
	{ PCI_CACHE_LINE_SIZE, 1, NONE, ALL },
	{ PCI_LATENCY_TIMER, 1, NONE, ALL },
	{ PCI_BIST, 1, NONE, ALL },
	/* Where BARs decode is the host's; the user can only size them. */
	{ PCI_BASE_ADDRESS_0, 4, ALL, ALL },
	{ PCI_BASE_ADDRESS_1, 4, ALL, ALL },
	{ PCI_BASE_ADDRESS_2, 4, ALL, ALL },
	{ PCI_BASE_ADDRESS_3, 4, ALL, ALL },
	{ PCI_BASE_ADDRESS_4, 4, ALL, ALL },
	{ PCI_BASE_ADDRESS_5, 4, ALL, ALL },
	{ PCI_ROM_ADDRESS, 4, ALL, ALL },
	{ PCI_CAPABILITY_LIST, 1, ALL, NONE },
	{ PCI_INTERRUPT_LINE, 1, ALL, ALL },
	/* 0 where we have no INTx to give. */
	{ PCI_INTERRUPT_PIN, 1, ALL, NONE },
};

/* Power events are the host's: the user is shown none. The state goes through the writefn. */
static const struct vfio_cfg_field pm_fields[] = {
	CAP_HEADER,
	{ PCI_PM_PMC, 2, PCI_PM_CAP_PME_MASK, NONE },
	{ PCI_PM_CTRL, 4, PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS,
	  ~(u32)(PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_STATE_MASK) },
};

static const struct vfio_cfg_field vpd_fields[] = {
	CAP_HEADER,
	{ PCI_VPD_ADDR, 2, ALL, ALL },
	{ PCI_VPD_DATA, 4, ALL, ALL },
};

static const struct vfio_cfg_field pcix_fields[] = {
	CAP_HEADER,
	{ PCI_X_CMD, 2, NONE, ALL },
	{ PCI_X_ECC_CSR, 4, NONE, ALL },
};

/* Phantom functions would confuse the IOMMU, ARI is settled at enumeration, and the largest
 * payload concerns every device of the hierarchy. */
static const struct vfio_cfg_field exp_fields[] = {
	CAP_HEADER,
	{ PCI_EXP_DEVCTL, 2,
	  PCI_EXP_DEVCTL_BCR_FLR | PCI_EXP_DEVCTL_PAYLOAD | PCI_EXP_DEVCTL_READRQ,
	  ~(u32)PCI_EXP_DEVCTL_PHANTOM },
	{ PCI_EXP_DEVCTL2, 2, NONE, ~(u32)PCI_EXP_DEVCTL2_ARI },
};

static const struct vfio_cfg_field af_fields[] = {
	CAP_HEADER,
	{ PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR, PCI_AF_CTRL_FLR },
};

#define ERR_UNCOR_BITS							\
	(PCI_ERR_UNC_UND | PCI_ERR_UNC_DLP | PCI_ERR_UNC_SURPDN |	\
	 PCI_ERR_UNC_POISON_TLP | PCI_ERR_UNC_FCP |			\
	 PCI_ERR_UNC_COMP_TIME | PCI_ERR_UNC_COMP_ABORT |		\
	 PCI_ERR_UNC_UNX_COMP | PCI_ERR_UNC_RX_OVER |			\
	 PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_ECRC | PCI_ERR_UNC_UNSUP |	\
	 PCI_ERR_UNC_ACSV | PCI_ERR_UNC_INTN | PCI_ERR_UNC_MCBTLP |	\
	 PCI_ERR_UNC_ATOMEG | PCI_ERR_UNC_TLPPRE)
#define ERR_COR_BITS							\
	(PCI_ERR_COR_RCVR | PCI_ERR_COR_BAD_TLP | PCI_ERR_COR_BAD_DLLP | \
	 PCI_ERR_COR_REP_ROLL | PCI_ERR_COR_REP_TIMER |			\
	 PCI_ERR_COR_ADV_NFAT | PCI_ERR_COR_INTERNAL | PCI_ERR_COR_LOG_OVER)

static const struct vfio_cfg_field err_fields[] = {
	EXT_CAP_HEADER,
	{ PCI_ERR_UNCOR_STATUS, 4, NONE, ERR_UNCOR_BITS },
	{ PCI_ERR_UNCOR_MASK, 4, NONE, ERR_UNCOR_BITS },
	{ PCI_ERR_UNCOR_SEVER, 4, NONE, ERR_UNCOR_BITS },
	{ PCI_ERR_COR_STATUS, 4, NONE, ERR_COR_BITS },
	{ PCI_ERR_COR_MASK, 4, NONE, ERR_COR_BITS },
	{ PCI_ERR_CAP, 4, NONE, PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE },
};

/* Only which of the data is shown can be chosen. */
static const struct vfio_cfg_field pwr_fields[] = {
	EXT_CAP_HEADER,
	{ PCI_PWR_DATA, 1, NONE, ALL },
};

static struct perm_bits cap_perms[PCI_CAP_ID_MAX + 1] = {
	[0 ... PCI_CAP_ID_MAX] = { .readfn = vfio_direct_config_read },
};

static struct perm_bits ecap_perms[PCI_EXT_CAP_ID_MAX + 1] = {
	[0 ... PCI_EXT_CAP_ID_MAX] = { .readfn = vfio_direct_config_read },
};

static const struct perm_bits hidden_perms = {
	.readfn = vfio_direct_config_read,
};

/* Devices keep registers in the gaps, and some need them; isolation is the IOMMU's work. */
static const struct perm_bits unassigned_perms = {
	.readfn = vfio_raw_config_read,
	.writefn = vfio_raw_config_write,
};

#define PERM(perm_, len_, fields_, read_, write_) \
	{ .perm = (perm_), .len = (len_), .fields = (fields_), .nr = ARRAY_SIZE(fields_), \
	  .readfn = (read_), .writefn = (write_) }

static const struct {
	struct perm_bits *perm;
	int len;
	const struct vfio_cfg_field *fields;
	unsigned int nr;
	vfio_cfg_read_t readfn;
	vfio_cfg_write_t writefn;
} perm_tables[] = {
	PERM(&cap_perms[PCI_CAP_ID_BASIC], PCI_STD_HEADER_SIZEOF, basic_fields,
	     vfio_basic_config_read, vfio_basic_config_write),
	PERM(&cap_perms[PCI_CAP_ID_PM], PCI_PM_SIZEOF, pm_fields,
	     vfio_default_config_read, vfio_pm_config_write),
	PERM(&cap_perms[PCI_CAP_ID_VPD], PCI_CAP_VPD_SIZEOF, vpd_fields,
	     vfio_default_config_read, vfio_vpd_config_write),
	PERM(&cap_perms[PCI_CAP_ID_PCIX], PCI_CAP_PCIX_SIZEOF_V2, pcix_fields,
	     vfio_default_config_read, vfio_default_config_write),
	PERM(&cap_perms[PCI_CAP_ID_EXP], VFIO_EXP_SIZEOF_V2, exp_fields,
	     vfio_default_config_read, vfio_exp_config_write),
	PERM(&cap_perms[PCI_CAP_ID_AF], PCI_CAP_AF_SIZEOF, af_fields,
	     vfio_default_config_read, vfio_af_config_write),
	PERM(&ecap_perms[PCI_EXT_CAP_ID_ERR], PCI_ERR_ROOT_COMMAND, err_fields,
	     vfio_default_config_read, vfio_default_config_write),
	PERM(&ecap_perms[PCI_EXT_CAP_ID_PWR], PCI_EXT_CAP_PWR_SIZEOF, pwr_fields,
	     vfio_default_config_read, vfio_default_config_write),
};

void vfio_perm_bits_free(struct perm_bits *perm)
{
	u8 **masks[] = { &perm->virt, &perm->write };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		kfree(*masks[i]);
		*masks[i] = NULL;
	}
}

int vfio_perm_bits_fill(struct perm_bits *perm, int len, const struct vfio_cfg_field *fields,
			unsigned int nr)
{
	unsigned int i;

	/* Up to the dword, so that an access that starts inside never leaves the tables. */
	len = round_up(len, 4);
	perm->virt = kzalloc(len, GFP_KERNEL);
	perm->write = kzalloc(len, GFP_KERNEL);
	if (!perm->virt || !perm->write) {
		vfio_perm_bits_free(perm);
		return -ENOMEM;
	}

	for (i = 0; i < nr; i++) {
		vfio_cfg_put(perm->virt + fields[i].off, fields[i].size, fields[i].virt);
		vfio_cfg_put(perm->write + fields[i].off, fields[i].size, fields[i].write);
	}
	return 0;
}

int vfio_msi_perm_init(struct vfio_pci_core_device *vdev, int len, u16 flags)
{
	bool is64 = flags & PCI_MSI_FLAGS_64BIT;
	/* Address and data are the host's. Only the low byte of the control word has bits. */
	const struct vfio_cfg_field fields[] = {
		CAP_HEADER,
		{ PCI_MSI_FLAGS, 1, ALL, ALL },
		{ PCI_MSI_ADDRESS_LO, 4, ALL, ALL },
		{ is64 ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32, 2, ALL, ALL },
		{ is64 ? PCI_MSI_ADDRESS_HI : PCI_MSI_ADDRESS_LO, 4, ALL, ALL },
		{ is64 ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32, 4, NONE, ALL },
		{ is64 ? PCI_MSI_PENDING_64 : PCI_MSI_PENDING_32, 4, NONE, ALL },
	};
	unsigned int nr = ARRAY_SIZE(fields);
	struct perm_bits *perm;

	if (!(flags & PCI_MSI_FLAGS_MASKBIT))
		nr -= 2;

	perm = kzalloc(sizeof(*perm), GFP_KERNEL_ACCOUNT);
	if (!perm || vfio_perm_bits_fill(perm, len, fields, nr)) {
		kfree(perm);
		return -ENOMEM;
	}
	perm->readfn = vfio_default_config_read;
	perm->writefn = vfio_msi_config_write;
	vdev->msi_perm = perm;
	return 0;
}

const struct perm_bits *vfio_config_perm(struct vfio_pci_core_device *vdev, int pos)
{
	u8 cap = vdev->pci_config_map[pos];

	if (cap == PCI_CAP_ID_INVALID)
		return &unassigned_perms;
	if (cap == PCI_CAP_ID_HIDDEN)
		return &hidden_perms;
	if (pos >= PCI_CFG_SPACE_SIZE)
		return &ecap_perms[cap];
	return cap == PCI_CAP_ID_MSI ? vdev->msi_perm : &cap_perms[cap];
}

int vfio_pci_init_perm_bits(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(perm_tables); i++) {
		struct perm_bits *perm = perm_tables[i].perm;

		if (vfio_perm_bits_fill(perm, perm_tables[i].len, perm_tables[i].fields,
					perm_tables[i].nr)) {
			vfio_pci_uninit_perm_bits();
			return -ENOMEM;
		}
		perm->readfn = perm_tables[i].readfn;
		perm->writefn = perm_tables[i].writefn;
	}

	/* Vendors know what they put there. */
	cap_perms[PCI_CAP_ID_VNDR].writefn = vfio_raw_config_write;
	ecap_perms[PCI_EXT_CAP_ID_VNDR].writefn = vfio_raw_config_write;
	ecap_perms[PCI_EXT_CAP_ID_DVSEC].writefn = vfio_raw_config_write;
	return 0;
}

void vfio_pci_uninit_perm_bits(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(perm_tables); i++)
		vfio_perm_bits_free(perm_tables[i].perm);
}
