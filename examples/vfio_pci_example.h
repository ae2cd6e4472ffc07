/* SPDX-License-Identifier: GPL-2.0-only */
/* The example variant driver: its device, and the stream its state travels in. */
#ifndef VFIO_PCI_EXAMPLE_H
#define VFIO_PCI_EXAMPLE_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/version.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

#define EXAMPLE_STATE_MAGIC	0x65647531

/* What travels, little endian. The factorial and the DMA buffer cannot be written back. */
struct example_state {
	__le32 magic;
	__le32 liveness;
	__le32 status;
	__le32 reserved;
	__le64 dma_src;
	__le64 dma_dst;
	__le64 dma_count;
};

/* A data transfer: lives as long as the user's file and as the driver points to it. */
struct example_stream {
	struct file *filp;
	struct mutex lock;		/* all below */
	bool ended;			/* reads and writes give -ENODEV */
	size_t done;			/* bytes moved */
	struct example_state state;
};

struct example_device {
	struct vfio_pci_core_device core;
	void __iomem *regs;		/* BAR 0, while open */
	struct mutex state_mutex;
	u32 state;			/* enum vfio_device_mig_state; under state_mutex */
	struct example_stream *stream;	/* of STOP_COPY and RESUMING; under state_mutex */
	spinlock_t reset_lock;		/* inside state_mutex */
	bool deferred_reset;		/* under reset_lock */
};

/* vfio_pci_example.c: the registers of a stopped device. 0 or -errno. */
int example_freeze(struct example_device *ed, struct example_state *state);
int example_thaw(struct example_device *ed, const struct example_state *state);

/*
 * vfio_pci_example_stream.c, state_mutex held. save and resume open the stream and
 * return the file for the user, or ERR_PTR. load puts what came into the device
 * and ends the stream: 0, or -errno and the stream goes on.
 */
struct file *example_stream_save(struct example_device *ed);
struct file *example_stream_resume(struct example_device *ed);
int example_stream_load(struct example_device *ed);
void example_stream_end(struct example_device *ed);

#endif
