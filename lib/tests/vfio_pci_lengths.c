// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long vfio-pci takes each capability to be, from what is in it, as the PCI
 * specifications have it; and what it does with a device that does not answer.
 */
#include <linux/vfio_pci_core.h>

#include "../core/profile.h"
#include "../pci/vfio_pci_config.h"
#include "pci_function.h"

#define AT	0x40	/* of the standard capability that is looked at */
#define EXT_AT	0x200	/* of the extended one */

static struct vfio_pci_core_device vdev;

/* A capability with @val in the dword at @off. */
static const struct length {
	u16 id, off;
	u32 val;
	int len;
	const char *what;
} standard[] = {
	{ PCI_CAP_ID_PM, 0, 0, 8, "power management" },
	{ PCI_CAP_ID_AGP, 0, 0, 12, "AGP" },
	{ PCI_CAP_ID_VPD, 0, 0, 8, "VPD" },
	{ PCI_CAP_ID_MSIX, 0, 0, 12, "MSI-X" },
	{ PCI_CAP_ID_AF, 0, 0, 6, "advanced features" },
	{ PCI_CAP_ID_HT, 0, 0, 28, "HyperTransport" },
	{ PCI_CAP_ID_HT, 0, 0x80000000, 24, "of another type" },
	{ PCI_CAP_ID_HT, 0, 0x20000000, 24, "of a third" },
	{ PCI_CAP_ID_VNDR, 0, 0x00170000, 0x17, "a vendor's" },
	{ PCI_CAP_ID_SATA, 4, 0x0, 8, "SATA" },
	{ PCI_CAP_ID_SATA, 4, 0xf, 16, "with its registers within" },
	{ PCI_CAP_ID_PCIX, 0, 0, 8, "PCI-X" },
	{ PCI_CAP_ID_PCIX, 0, 0x10000000, 24, "with error correction" },
	{ PCI_CAP_ID_MSI, 0, 0, 10, "MSI" },
	{ PCI_CAP_ID_CHSWP, 0, 0, 0, "one that users do not get" },
}, extended[] = {
	{ PCI_EXT_CAP_ID_ERR, 0, 0, 44, "advanced errors" },
	{ PCI_EXT_CAP_ID_DSN, 0, 0, 12, "a serial number" },
	{ PCI_EXT_CAP_ID_PWR, 0, 0, 16, "power budgeting" },
	{ PCI_EXT_CAP_ID_ARI, 0, 0, 8, "ARI" },
	{ PCI_EXT_CAP_ID_ATS, 0, 0, 8, "ATS" },
	{ PCI_EXT_CAP_ID_SRIOV, 0, 0, 64, "SR-IOV" },
	{ PCI_EXT_CAP_ID_MCAST, 0, 0, 40, "multicast" },
	{ PCI_EXT_CAP_ID_PRI, 0, 0, 16, "page requests" },
	{ PCI_EXT_CAP_ID_LTR, 0, 0, 8, "latency" },
	{ PCI_EXT_CAP_ID_VC, 4, 0, 28, "one virtual channel" },
	{ PCI_EXT_CAP_ID_VC9, 4, 7, 112, "eight" },
	{ PCI_EXT_CAP_ID_MFVC, 8, 2, 32 + 16, "one and 32 phases" },
	{ PCI_EXT_CAP_ID_MFVC, 8, 4, 32 + 32, "64" },
	{ PCI_EXT_CAP_ID_MFVC, 8, 8, 32 + 64, "128" },
	{ PCI_EXT_CAP_ID_VNDR, 4, 0x01800000, 24, "a vendor's" },
	{ PCI_EXT_CAP_ID_ACS, 4, 1, 8, "access control" },
	{ PCI_EXT_CAP_ID_ACS, 4, 0x0120, 8 + 4, "with a vector of one bit" },
	{ PCI_EXT_CAP_ID_ACS, 4, 0x2120, 8 + 8, "of 33" },
	{ PCI_EXT_CAP_ID_ACS, 4, 0x0020, 8 + 32, "of 256" },
	{ PCI_EXT_CAP_ID_REBAR, 8, 6 << 5, 4 + 6 * 8, "six BARs of any size" },
	{ PCI_EXT_CAP_ID_DPA, 4, 31, 16 + 32, "power states" },
	{ PCI_EXT_CAP_ID_TPH, 4, 0, 12, "hints" },
	{ PCI_EXT_CAP_ID_TPH, 4, 0x200 | 63 << 16, 12 + 128, "with a table of 64" },
	{ PCI_EXT_CAP_ID_SECPCI, 0, 0, 0, "one that users do not get" },
};

static void test_lengths(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(standard); i++) {
		const struct length *c = &standard[i];

		memset(fn.config + AT, 0, 0x40);
		pci_fn_set32(&fn, AT + c->off, c->val);
		is(vfio_cap_len(&vdev, c->id, AT), c->len, "%s", c->what);
	}
	for (size_t i = 0; i < ARRAY_SIZE(extended); i++) {
		const struct length *c = &extended[i];

		memset(fn.config + EXT_AT, 0, 0x40);
		pci_fn_set32(&fn, EXT_AT + c->off, c->val);
		is(vfio_ext_cap_len(&vdev, c->id, EXT_AT), c->len, "%s", c->what);
	}
	pci_fn_set32(&fn, EXT_AT + PCI_DVSEC_HEADER1, 0x01c00000);
	is(vfio_ext_cap_len(&vdev, PCI_EXT_CAP_ID_DVSEC, EXT_AT),
	   profile(BEH_PCI_DVSEC_RAW) ? 28 : 0, "a designated vendor's");
}

/* By its flags, and once the permissions are made, which is once. */
static void test_msi(void)
{
	static const struct {
		u16 flags;
		int len;
	} msi[] = { { 0, 10 }, { PCI_MSI_FLAGS_64BIT, 14 }, { PCI_MSI_FLAGS_MASKBIT, 20 },
		    { PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT, 24 } };

	for (size_t i = 0; i < ARRAY_SIZE(msi); i++) {
		pci_fn_set32(&fn, AT, (u32)msi[i].flags << 16);
		is(vfio_cap_len(&vdev, PCI_CAP_ID_MSI, AT), msi[i].len, "MSI with flags %#x",
		   msi[i].flags);
	}
	ok(vdev.msi_perm, "has permissions then");
}

static void test_express(struct pci_dev *dev)
{
	static const struct {
		u16 type, version;
		int len;
	} express[] = {
		{ PCI_EXP_TYPE_ENDPOINT, 1, 20 }, { PCI_EXP_TYPE_ENDPOINT, 2, 0 },
		{ PCI_EXP_TYPE_RC_END, 1, 12 }, { PCI_EXP_TYPE_RC_END, 2, 44 },
	};
	/* Linux was two bytes short once. */
	int size = dev->cfg_size, whole = profile(BEH_PCI_EXP_WHOLE) ? 52 : 50;
	u16 flags = dev->pcie_flags_reg;

	for (size_t i = 0; i < ARRAY_SIZE(express); i++) {
		dev->pcie_flags_reg = express[i].type << 4 | express[i].version;
		is(vfio_cap_len(&vdev, PCI_CAP_ID_EXP, AT), express[i].len ?: whole,
		   "Express, type %u, version %u", express[i].type, express[i].version);
	}
	dev->pcie_flags_reg = flags;
	ok(vdev.extended_caps, "promises extended space, in which something is");
	vdev.extended_caps = false;
	dev->cfg_size = 256;
	is(vfio_cap_len(&vdev, PCI_CAP_ID_EXP, AT), whole, "without such a space");
	ok(!vdev.extended_caps, "it does not");
	dev->cfg_size = size;
	pci_fn_set32(&fn, 0x100, 0);
	vdev.extended_caps = true;
	is(vfio_cap_len(&vdev, PCI_CAP_ID_EXP, AT), whole, "with an empty one");
	ok(!vdev.extended_caps, "neither");
}

static void test_gone(struct pci_dev *dev)
{
	static const u8 caps[] = { PCI_CAP_ID_MSI, PCI_CAP_ID_PCIX, PCI_CAP_ID_HT, PCI_CAP_ID_VNDR,
				   PCI_CAP_ID_EXP, PCI_CAP_ID_SATA };
	static const u16 ecaps[] = { PCI_EXT_CAP_ID_VC, PCI_EXT_CAP_ID_VNDR, PCI_EXT_CAP_ID_ACS,
				     PCI_EXT_CAP_ID_REBAR, PCI_EXT_CAP_ID_DPA, PCI_EXT_CAP_ID_TPH };

	dev->error_state = pci_channel_io_perm_failure;
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		is(vfio_cap_len(&vdev, caps[i], AT), -ENODEV, "gone: capability %#x", caps[i]);
	for (size_t i = 0; i < ARRAY_SIZE(ecaps); i++)
		is(vfio_ext_cap_len(&vdev, ecaps[i], EXT_AT), -ENODEV, "gone: ecap %#x", ecaps[i]);
	is(vfio_cap_len(&vdev, PCI_CAP_ID_PM, AT), 8, "what need not be read has its length");
	dev->error_state = pci_channel_io_normal;
}

int main(void)
{
	struct pci_dev *dev;

	machine_init();
	dev = make_function(machine_dev(0, 6, 0));
	vdev.pdev = dev;
	test_lengths();
	test_msi();
	test_express(dev);
	test_gone(dev);
	return tap_done();
}
