/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a vfio-pci variant driver sees of vfio-pci-core, at the level of 6.12 or
 * the one that KAPI_LEVEL says (kapi/level.h).
 *
 * A variant driver embeds struct vfio_pci_core_device as its first member and
 * fills its struct vfio_device_ops with the functions below, or with its own.
 */
#ifndef VFIO_PCI_CORE_H
#define VFIO_PCI_CORE_H

#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/vfio.h>
#include <linux/irqbypass.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <linux/uuid.h>
#include <linux/notifier.h>
#include <linux/xarray.h>

/* A device fd's file offset: region index above bit 40, offset in the region below. */
#define VFIO_PCI_OFFSET_SHIFT		40
#define VFIO_PCI_OFFSET_MASK		((1ULL << VFIO_PCI_OFFSET_SHIFT) - 1)
#define VFIO_PCI_OFFSET_TO_INDEX(off)	((off) >> VFIO_PCI_OFFSET_SHIFT)
#define VFIO_PCI_INDEX_TO_OFFSET(index)	((u64)(index) << VFIO_PCI_OFFSET_SHIFT)

struct vfio_pci_core_device;
struct vfio_pci_region;

struct vfio_pci_eventfd {
	struct rcu_head		rcu;	/* readers do not lock */
	struct eventfd_ctx	*ctx;
};

/*
 * A device specific region. rw gets the whole file offset in *ppos, advances
 * it, and returns bytes moved or -errno; release runs at the last close; both
 * are mandatory. mmap is for regions with VFIO_REGION_INFO_FLAG_MMAP.
 */
struct vfio_pci_regops {
	ssize_t (*rw)(struct vfio_pci_core_device *vdev, char __user *buf, size_t count,
		      loff_t *ppos, bool iswrite);
	void (*release)(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region);
	int (*mmap)(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
		    struct vm_area_struct *vma);
	int (*add_capability)(struct vfio_pci_core_device *vdev, struct vfio_pci_region *region,
			      struct vfio_info_cap *caps);
};

struct vfio_pci_region {
	const struct vfio_pci_regops	*ops;
	void				*data;
	size_t				size;
	u32				type;
	u32				subtype;
	u32				flags;	/* VFIO_REGION_INFO_FLAG_* */
};

struct vfio_pci_core_device {
	struct vfio_device	vdev;		/* first member: vfio_alloc_device() needs it so */
	struct pci_dev		*pdev;

	/* BARs and other regions */
	void __iomem		*barmap[PCI_STD_NUM_BARS];	/* set once the BAR is claimed */
	bool			bar_mmap_supported[PCI_STD_NUM_BARS];
	struct list_head	dummy_resources_list;
	bool			has_vga:1;
	int			num_regions;
	struct vfio_pci_region	*region;
	struct mutex		ioeventfds_lock;
	struct list_head	ioeventfds_list;
	int			ioeventfds_nr;

	/* Configuration space */
	u8			*vconfig;		/* virtual configuration space */
	u8			*pci_config_map;	/* per byte: the capability it belongs to */
	struct perm_bits	*msi_perm;
	u32			rbar[7];	/* BARs and ROM as the host set them */
	bool			bardirty;	/* virtual BARs need the size mask applied */
	bool			extended_caps:1;

	/* Interrupts and events */
	struct mutex		igate;		/* everything SET_IRQS changes */
	int			irq_type;	/* VFIO_PCI_NUM_IRQS: none active */
	struct xarray		ctx;		/* vector -> its eventfd and state */
	spinlock_t		irqlock;	/* INTx mask state against the handler */
	bool			virq_disabled;	/* DisINTx as the user wrote it */
	bool			pci_2_3:1;	/* DisINTx and the INTx status bit work */
	bool			nointx:1;
	bool			has_dyn_msix:1;
	u8			msi_qmax;	/* log2 of the vectors MSI was enabled with */
	u8			msix_bar;	/* 0xff without MSI-X */
	u32			msix_offset;
	u16			msix_size;	/* of the vector table, bytes */
	struct vfio_pci_eventfd __rcu *req_trigger;
	struct vfio_pci_eventfd __rcu *err_trigger;

	/* As Linux 6.19 and later, where pci_ops->get_dmabuf_phys of the driver says so. */
	bool			exports_dma_buf;
	struct list_head	dmabufs;
	int			bar_error[PCI_STD_NUM_BARS];	/* why the open did not get it */

	/* Power and resets */
	/* Read: device memory may be touched. Write: its enable state or power changes. */
	struct rw_semaphore	memory_lock;
	bool			disable_idle_d3:1;
	bool			needs_pm_restore:1;	/* D3hot -> D0 loses state */
	bool			pm_runtime_engaged;
	bool			pm_intx_masked;
	struct eventfd_ctx	*pm_wake_eventfd_ctx;
	struct pci_saved_state	*pm_save;
	bool			reset_works:1;
	bool			needs_reset;	/* closed and not reset since */
	struct pci_saved_state	*pci_saved_state;	/* at open, restored at close */

	/* SR-IOV */
	bool			sriov_active;
	struct notifier_block	nb;
	struct vfio_pci_vf_token	*vf_token;	/* physical functions only */
	struct vfio_pci_core_device	*sriov_pf_core_dev;	/* of a VF: its PF */
	struct list_head		sriov_pfs_item;
};

/*
 * Life cycle. init_dev and release_dev are vfio_device_ops.init and .release
 * (or are called by the driver's own); init_dev returns 0.
 *
 * register_device wants dev_get_drvdata(&pdev->dev) to be the core device
 * (-EINVAL and a warning otherwise), a type 0 header (-EINVAL), complete
 * mig_ops and log_ops if there are any (-EINVAL) and no VFs enabled (-EBUSY);
 * it puts the device into its device set and calls vfio_register_group_dev().
 * unregister_device blocks until the last user has closed the device.
 */
#if KAPI_LEVEL >= 612
int vfio_pci_core_init_dev(struct vfio_device *core_vdev);
void vfio_pci_core_release_dev(struct vfio_device *core_vdev);
int vfio_pci_core_register_device(struct vfio_pci_core_device *vdev);
#else
#include <kapi/vfio_pci_level.h>
#endif
void vfio_pci_core_unregister_device(struct vfio_pci_core_device *vdev);

/*
 * Called with dev_set->lock held. open_device() of a driver is enable (0 or
 * -errno, -EAGAIN if the device is locked), the driver's own part (if it fails:
 * disable), finish_enable. close_device includes disable.
 */
int vfio_pci_core_enable(struct vfio_pci_core_device *vdev);
void vfio_pci_core_finish_enable(struct vfio_pci_core_device *vdev);
void vfio_pci_core_disable(struct vfio_pci_core_device *vdev);
void vfio_pci_core_close_device(struct vfio_device *core_vdev);

#if KAPI_LEVEL >= 601
/* Between enable and finish_enable: add a region, until the last close. 0 or -ENOMEM. */
int vfio_pci_core_register_dev_region(struct vfio_pci_core_device *vdev, unsigned int type,
				      unsigned int subtype, const struct vfio_pci_regops *ops,
				      size_t size, u32 flags, void *data);
#endif

/* The vfio_device_ops members of the same name. */
long vfio_pci_core_ioctl(struct vfio_device *core_vdev, unsigned int cmd, unsigned long arg);
int vfio_pci_core_ioctl_feature(struct vfio_device *device, u32 flags, void __user *arg,
				size_t argsz);
ssize_t vfio_pci_core_read(struct vfio_device *core_vdev, char __user *buf, size_t count,
			   loff_t *ppos);
ssize_t vfio_pci_core_write(struct vfio_device *core_vdev, const char __user *buf, size_t count,
			    loff_t *ppos);
int vfio_pci_core_mmap(struct vfio_device *core_vdev, struct vm_area_struct *vma);
void vfio_pci_core_request(struct vfio_device *core_vdev, unsigned int count);
int vfio_pci_core_match(struct vfio_device *core_vdev, char *buf);

/* struct pci_driver members. sriov_configure: device lock held; returns VFs or -errno. */
int vfio_pci_core_sriov_configure(struct vfio_pci_core_device *vdev, int nr_virtfn);
pci_ers_result_t vfio_pci_core_aer_err_detected(struct pci_dev *pdev, pci_channel_state_t state);
extern const struct pci_error_handlers vfio_pci_core_err_handlers;
/* Module parameters of vfio-pci; hold for devices initialised from now on. */
void vfio_pci_core_set_params(bool nointxmask, bool is_disable_vga, bool is_disable_idle_d3);

#if KAPI_LEVEL >= 612
#include <kapi/vfio_pci_io.h>
#endif

#endif
