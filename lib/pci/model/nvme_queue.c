// SPDX-License-Identifier: GPL-2.0-only
/* Queues of the NVMe model: commands are read, done and completed by DMA. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pci_regs.h>
#include <linux/string.h>

#include "nvme_internal.h"

struct nvme_cmd {
	u8 opcode, flags;
	u16 cid;
	u32 nsid;
	u64 rsvd, mptr, prp1, prp2;
	u32 cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

struct nvme_cqe {
	u32 result, rsvd;
	u16 sq_head, sq_id, cid, status;
};

_Static_assert(sizeof(struct nvme_cmd) == 64 && sizeof(struct nvme_cqe) == 16, "as specified");

enum { ADMIN_DELETE_SQ, ADMIN_CREATE_SQ, ADMIN_DELETE_CQ = 4, ADMIN_CREATE_CQ, ADMIN_IDENTIFY };

/* Status: type in bits 8-10, code below, "do not retry" above. */
enum {
	ST_OK = 0, ST_OPCODE = 0x4001, ST_FIELD = 0x4002, ST_TRANSFER = 0x0004,
	ST_NAMESPACE = 0x400b, ST_CQ_INVALID = 0x4100, ST_QID = 0x4101, ST_QSIZE = 0x4102,
	ST_VECTOR = 0x4108, ST_QUEUE_DELETION = 0x410c,
};

#define MAX_ENTRIES	0x800u
#define IDENTIFY_CTRL	1

/* What a controller without namespaces says of itself; offsets of the specification. */
static void fill_identify(struct nvme *nvme, u8 *id)
{
	memset(id, 0, PAGE_SIZE);
	memcpy(id, nvme->fn.config + PCI_VENDOR_ID, 2);
	memcpy(id + 2, nvme->fn.config + PCI_SUBSYSTEM_VENDOR_ID, 2);
	memset(id + 4, ' ', 20 + 40 + 8);	/* serial number, model, firmware */
	id[4] = 'x';
	memcpy(id + 24, "QEMU NVMe Ctrl", 14);
	memcpy(id + 64, "1.0", 3);
	id[77] = 7;				/* largest transfer: 2^7 pages */
	memcpy(id + 80, &(u32){ 0x00010400 }, 4);
	id[512] = 0x66;				/* queue entries: 64 and 16 bytes */
	id[513] = 0x44;
}

/* Lock held on entry and exit. */
static int dma(struct nvme *nvme, u64 addr, void *buf, size_t len, bool write)
{
	int ret;

	pci_fn_unlock(&nvme->fn);
	ret = kapi_pci_dma(&nvme->fn.hw, addr, buf, len, write);
	pci_fn_lock(&nvme->fn);
	return ret;
}

static u16 identify(struct nvme *nvme, const struct nvme_cmd *cmd)
{
	u64 first = PAGE_SIZE - (cmd->prp1 & (PAGE_SIZE - 1));
	u8 data[PAGE_SIZE];

	if ((cmd->cdw10 & 0xff) != IDENTIFY_CTRL)
		return ST_FIELD;
	fill_identify(nvme, data);
	if (dma(nvme, cmd->prp1, data, first, true))
		return ST_TRANSFER;
	if (first < PAGE_SIZE && dma(nvme, cmd->prp2, data + first, PAGE_SIZE - first, true))
		return ST_TRANSFER;
	return ST_OK;
}

/* Common to both kinds; id and size are in dword 10, "contiguous" is bit 0 of dword 11. */
static u16 check_create(struct nvme_queue *queues, const struct nvme_cmd *cmd)
{
	u32 id = cmd->cdw10 & 0xffff, size = (cmd->cdw10 >> 16) + 1;

	if (!id || id >= NVME_QUEUES || queues[id].base)
		return ST_QID;
	if (size < 2 || size > MAX_ENTRIES)
		return ST_QSIZE;
	if (!cmd->prp1 || cmd->prp1 & (PAGE_SIZE - 1) || !(cmd->cdw11 & 1))
		return ST_FIELD;
	return ST_OK;
}

static u16 create_cq(struct nvme *nvme, const struct nvme_cmd *cmd)
{
	u16 status = check_create(nvme->cq, cmd);

	if (status)
		return status;
	if (cmd->cdw11 >> 16 >= nvme->msix.count)
		return ST_VECTOR;
	nvme->cq[cmd->cdw10 & 0xffff] = (struct nvme_queue){
		.base = cmd->prp1, .size = (cmd->cdw10 >> 16) + 1, .phase = 1,
		.vector = cmd->cdw11 >> 16, .irq = cmd->cdw11 & 2,
	};
	return ST_OK;
}

static u16 create_sq(struct nvme *nvme, const struct nvme_cmd *cmd)
{
	u32 cq = cmd->cdw11 >> 16;
	u16 status;

	if (!cq || cq >= NVME_QUEUES || !nvme->cq[cq].base)
		return ST_CQ_INVALID;
	status = check_create(nvme->sq, cmd);
	if (status)
		return status;
	nvme->sq[cmd->cdw10 & 0xffff] = (struct nvme_queue){
		.base = cmd->prp1, .size = (cmd->cdw10 >> 16) + 1, .cq = cq,
	};
	return ST_OK;
}

static u16 delete_queue(struct nvme *nvme, struct nvme_queue *queues, u32 id)
{
	unsigned int i;

	if (!id || id >= NVME_QUEUES || !queues[id].base)
		return ST_QID;
	for (i = 1; queues == nvme->cq && i < NVME_QUEUES; i++)
		if (nvme->sq[i].base && nvme->sq[i].cq == id)
			return ST_QUEUE_DELETION;
	queues[id] = (struct nvme_queue){ 0 };
	return ST_OK;
}

static u16 admin_cmd(struct nvme *nvme, const struct nvme_cmd *cmd)
{
	switch (cmd->opcode) {
	case ADMIN_DELETE_SQ:
		return delete_queue(nvme, nvme->sq, cmd->cdw10 & 0xffff);
	case ADMIN_CREATE_SQ:
		return create_sq(nvme, cmd);
	case ADMIN_DELETE_CQ:
		return delete_queue(nvme, nvme->cq, cmd->cdw10 & 0xffff);
	case ADMIN_CREATE_CQ:
		return create_cq(nvme, cmd);
	case ADMIN_IDENTIFY:
		return identify(nvme, cmd);
	}
	return ST_OPCODE;
}

static void interrupt(struct nvme *nvme, const struct nvme_queue *cq)
{
	if (!cq->irq)
		return;
	if (msix_enabled(&nvme->msix)) {
		msix_raise(&nvme->msix, cq->vector);
		return;
	}
	nvme->irq_status |= 1u << cq->vector;
	nvme_update_intx(nvme);
}

static void complete(struct nvme *nvme, unsigned int sqid, const struct nvme_cmd *cmd, u16 status)
{
	struct nvme_queue *sq = &nvme->sq[sqid], *cq = &nvme->cq[sq->cq];
	unsigned int generation = nvme->generation;
	struct nvme_cqe cqe = {
		.sq_head = sq->head, .sq_id = sqid, .cid = cmd->cid,
		.status = status << 1 | cq->phase,
	};

	if (dma(nvme, cq->base + (u64)cq->tail * sizeof(cqe), &cqe, sizeof(cqe), true)) {
		nvme->csts |= NVME_CSTS_CFS;
		return;
	}
	if (nvme->generation != generation)
		return;
	if (++cq->tail == cq->size) {
		cq->tail = 0;
		cq->phase ^= 1;
	}
	interrupt(nvme, cq);
}

/* One command of the queue, if there is one and its completion has a place. */
static bool run_one(struct nvme *nvme, unsigned int sqid)
{
	struct nvme_queue *sq = &nvme->sq[sqid], *cq = &nvme->cq[sq->cq];
	unsigned int generation = nvme->generation;
	struct nvme_cmd cmd;
	u16 status;

	if (!sq->base || sq->head == sq->tail || (cq->tail + 1) % cq->size == cq->head ||
	    nvme->csts & NVME_CSTS_CFS)
		return false;
	if (dma(nvme, sq->base + (u64)sq->head * sizeof(cmd), &cmd, sizeof(cmd), false)) {
		nvme->csts |= NVME_CSTS_CFS;
		return false;
	}
	if (nvme->generation != generation)
		return false;
	sq->head = (sq->head + 1) % sq->size;
	/* There is no namespace that an I/O command could be for. */
	status = sqid ? ST_NAMESPACE : admin_cmd(nvme, &cmd);
	if (nvme->generation != generation)
		return false;
	complete(nvme, sqid, &cmd, status);
	return true;
}

static void run(struct nvme *nvme)
{
	unsigned int i;
	bool any;

	/* Who runs them already will see what is new. */
	if (nvme->running)
		return;
	nvme->running = true;
	do {
		any = false;
		for (i = 0; i < NVME_QUEUES; i++)
			any |= run_one(nvme, i);
	} while (any);
	nvme->running = false;
}

void nvme_doorbell(struct nvme *nvme, u64 off, u32 val)
{
	unsigned int index = (off - NVME_REG_DOORBELLS) / 4, id = index / 2;
	struct nvme_queue *q;

	if (off & 3 || id >= NVME_QUEUES || !(nvme->csts & NVME_CSTS_RDY))
		return;
	q = index & 1 ? &nvme->cq[id] : &nvme->sq[id];
	if (!q->base || val >= q->size)
		return;
	if (index & 1) {
		q->head = val;
		if (q->head == q->tail) {
			nvme->irq_status &= ~(1u << q->vector);
			nvme_update_intx(nvme);
		}
	} else {
		q->tail = val;
	}
	run(nvme);
}

bool nvme_start(struct nvme *nvme)
{
	u32 sq_size = (nvme->aqa & 0xfff) + 1, cq_size = (nvme->aqa >> 16 & 0xfff) + 1;

	if (nvme->pf || !nvme->asq || !nvme->acq || (nvme->asq | nvme->acq) & (PAGE_SIZE - 1) ||
	    NVME_CC_MPS(nvme->cc) || NVME_CC_IOSQES(nvme->cc) != 6 ||
	    NVME_CC_IOCQES(nvme->cc) != 4 || sq_size < 2 || cq_size < 2)
		return false;
	nvme->sq[0] = (struct nvme_queue){ .base = nvme->asq, .size = sq_size };
	nvme->cq[0] = (struct nvme_queue){ .base = nvme->acq, .size = cq_size, .irq = true,
					   .phase = 1 };
	return true;
}

void nvme_stop(struct nvme *nvme)
{
	nvme->generation++;
	memset(nvme->sq, 0, sizeof(nvme->sq));
	memset(nvme->cq, 0, sizeof(nvme->cq));
	nvme->irq_status = 0;
	nvme_update_intx(nvme);
}
