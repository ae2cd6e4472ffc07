/* SPDX-License-Identifier: GPL-2.0-only */
/* Between nvme.c, the function and its registers, and nvme_queue.c. */
#ifndef PCI_MODEL_NVME_INTERNAL_H
#define PCI_MODEL_NVME_INTERNAL_H

#include "msix.h"
#include "nvme.h"
#include "pci_fn.h"

#define NVME_MAX_VFS	8
#define NVME_QUEUES	3	/* of each direction; the first is the admin queue */

struct nvme_queue {
	u64 base;		/* bus address; 0: there is none */
	u32 size;		/* entries */
	u32 head, tail;
	unsigned int cq;	/* of a submission queue */
	unsigned int vector;	/* of a completion queue */
	bool irq;
	u8 phase;
};

/* All under fn.lock. */
struct nvme {
	struct pci_fn fn;
	struct msix msix;
	struct nvme *pf;		/* NULL: is one */
	struct nvme *vf[NVME_MAX_VFS];
	unsigned int vfs;
	u64 cap;
	u32 intms, cc, csts, aqa;
	u64 asq, acq;
	u32 irq_status;			/* vectors asserted while INTx stands for them */
	struct nvme_queue sq[NVME_QUEUES], cq[NVME_QUEUES];
	unsigned int generation;	/* counts resets: who dropped the lock sees one */
	bool running;
};

/* CC.EN was set: make the admin queues. False if a register has what is not allowed. */
bool nvme_start(struct nvme *nvme);
/* All queues go. */
void nvme_stop(struct nvme *nvme);
/* A write to a doorbell at @off of BAR 0. The lock is dropped while commands run. */
void nvme_doorbell(struct nvme *nvme, u64 off, u32 val);
/* INTA# follows irq_status and the mask. */
void nvme_update_intx(struct nvme *nvme);

#endif
