/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of vfio-pci-core share among themselves.
 *
 * Lock order: dev_set->lock, igate, ioeventfds_lock, memory_lock, irqlock.
 */
#ifndef VFIO_PCI_PRIV_H
#define VFIO_PCI_PRIV_H

#include <linux/vfio_pci_core.h>

#include <kapi/mutant.h>

#define to_vfio_pci(core_vdev) container_of(core_vdev, struct vfio_pci_core_device, vdev)

/* Most ioeventfds a device may have at a time (RST-048). */
#define VFIO_PCI_IOEVENTFD_MAX	1000

/* Size of the ROM region of a device whose ROM is a copy in memory (INFO-028). */
#define VFIO_PCI_SHADOW_ROM_SIZE	0x20000

/* The VGA region ends where the legacy frame buffer does. */
#define VFIO_PCI_VGA_REGION_SIZE	0xc0000

/* vfio_pci_vga.c: legacy VGA ranges. @disabled: the disable_vga parameter. */
ssize_t vfio_pci_vga_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite);
int vfio_pci_vga_init(struct vfio_pci_core_device *vdev);
void vfio_pci_vga_uninit(struct vfio_pci_core_device *vdev);
void vfio_pci_vga_set_disabled(bool disabled);
/* Does the device have a VGA region? */
bool vfio_pci_has_vga(struct pci_dev *pdev);

/* vfio_pci_core.c: the nointxmask parameter. */
extern bool vfio_pci_nointxmask;

/*
 * The ioctls: each takes the user's argument as it came. GET_*_INFO are in
 * vfio_pci_info.c, hot resets in vfio_pci_hot_reset.c.
 */
int vfio_pci_get_info(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_get_region_info(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_get_irq_info(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_set_irqs(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_get_hot_reset_info(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_hot_reset(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_set_ioeventfd(struct vfio_pci_core_device *vdev, void __user *arg);

/* vfio_pci_info.c: interrupts an index has; 0 for unknown ones. */
unsigned int vfio_pci_irq_count(struct vfio_pci_core_device *vdev, unsigned int index);

/* vfio_pci_dmabuf.c: the DMA_BUF feature, and its buffers let go of the device. */
int vfio_pci_feature_dma_buf(struct vfio_pci_core_device *vdev, u32 flags, void __user *arg,
			     size_t argsz);
void vfio_pci_dma_bufs_drop(struct vfio_pci_core_device *vdev);

/* vfio_pci_rdwr.c: claim all BARs at once, for kernels that do it at open. */
void vfio_pci_claim_bars(struct vfio_pci_core_device *vdev);

/* Reset the set's bus if a member needs it and no other is open. dev_set->lock held. */
void vfio_pci_reset_idle_set(struct vfio_device_set *dev_set);

/* vfio_pci_pm.c: power states and the LOW_POWER features. */
/* Let the device sleep while nobody has it open, from registration on; stop ends it. */
int vfio_pci_pm_start(struct vfio_pci_core_device *vdev);
void vfio_pci_pm_stop(struct vfio_pci_core_device *vdev);
/* Awake for an open, 0 or -errno; and asleep again after the close. */
int vfio_pci_pm_busy(struct vfio_pci_core_device *vdev);
void vfio_pci_pm_idle(struct vfio_pci_core_device *vdev);
/* Move to @state, keeping what a D3hot -> D0 reset loses. For anything but D0 the caller
 * holds memory_lock for writing. 0, -EBUSY on a PF with VFs, or pci_set_power_state()'s. */
int vfio_pci_set_power_state(struct vfio_pci_core_device *vdev, pci_power_t state);
/* Take memory_lock for writing and move to D0, whatever the user had moved to. */
void vfio_pci_lock_awake(struct vfio_pci_core_device *vdev);
/* The features behind their common checks. exit does nothing if low power is not on. */
int vfio_pci_low_power_entry(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_low_power_entry_with_wakeup(struct vfio_pci_core_device *vdev, void __user *arg);
int vfio_pci_low_power_exit(struct vfio_pci_core_device *vdev, void __user *arg);

/* vfio_pci_sriov.c: VF tokens, and knowing one's PF. */
struct vfio_pci_vf_token {
	struct mutex	lock;
	uuid_t		uuid;
	int		users;	/* open VFs */
};

int vfio_pci_vf_init(struct vfio_pci_core_device *vdev);
void vfio_pci_vf_uninit(struct vfio_pci_core_device *vdev);
/* Count an open VF in its PF's token; @delta 1 or -1. Nothing for other functions. */
void vfio_pci_vf_token_user_add(struct vfio_pci_core_device *vdev, int delta);
/* The feature VF_TOKEN, on a PF: the token becomes @arg's. */
int vfio_pci_set_vf_token(struct vfio_pci_core_device *vdev, void __user *arg);

/* vfio_pci_rdwr.c, vfio_pci_ioeventfd.c: BARs and ROM. */
ssize_t vfio_pci_bar_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			loff_t *ppos, bool iswrite);
/* One store of the low @width (1, 2, 4, 8) bytes of @val; as vfio_pci_core_iowrite*(). */
int vfio_pci_store(struct vfio_pci_core_device *vdev, bool test_mem, u64 val, void __iomem *io,
		   size_t width);
void vfio_pci_ioeventfd_release_all(struct vfio_pci_core_device *vdev);

/* vfio_pci_config.c: configuration space. */
ssize_t vfio_pci_config_rw(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
			   loff_t *ppos, bool iswrite);
/* A device's virtual configuration space, made at open: 0 or -errno; free undoes it. */
int vfio_config_init(struct vfio_pci_core_device *vdev);
void vfio_config_free(struct vfio_pci_core_device *vdev);
/* The permission tables, which all devices share: 0 or -ENOMEM. */
int vfio_pci_init_perm_bits(void);
void vfio_pci_uninit_perm_bits(void);
/* May device memory be touched? Caller holds memory_lock. */
bool __vfio_pci_memory_enabled(struct vfio_pci_core_device *vdev);

/* vfio_pci_mmap.c */
/* Which BARs can be mapped; claims the rest of the page behind small ones. */
void vfio_pci_probe_mmaps(struct vfio_pci_core_device *vdev);
void vfio_pci_release_mmaps(struct vfio_pci_core_device *vdev);
void vfio_pci_zap_bars(struct vfio_pci_core_device *vdev);
/* Take memory_lock for writing and drop the user's mappings, so that he faults and waits. */
void vfio_pci_lock_and_zap(struct vfio_pci_core_device *vdev);
/* Have memory decode on for the host: begin takes memory_lock for writing and returns
 * COMMAND as it was, end restores it and unlocks. */
u16 vfio_pci_decode_begin(struct vfio_pci_core_device *vdev);
void vfio_pci_decode_end(struct vfio_pci_core_device *vdev, u16 command);

/* vfio_pci_intrs.c: at close. Disable the active index; forget the eventfds of ERR and REQ. */
void vfio_pci_irqs_off(struct vfio_pci_core_device *vdev);
void vfio_pci_drop_eventfds(struct vfio_pci_core_device *vdev);

/* vfio_pci_intx.c. mask returns true if the mask state changed. Both take igate. */
bool vfio_pci_intx_mask(struct vfio_pci_core_device *vdev);
void vfio_pci_intx_unmask(struct vfio_pci_core_device *vdev);

#endif
