// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "client/vfio_client.h"

#define CLASS		0x010802
#define ENTRIES		16
#define DOORBELLS	0x1000
#define PATIENCE_MS	1000

/* Pages of the memory: the queues by number, then what Identify returns. */
#define PAGE		0x1000u
#define SQ_PAGE(q)	((q) * 2 * PAGE)
#define CQ_PAGE(q)	(SQ_PAGE(q) + PAGE)
#define DATA_PAGE	SQ_PAGE(NVME_QUEUES)

struct command {
	uint8_t opcode, flags;
	uint16_t id;
	uint32_t nsid;
	uint64_t reserved[2];
	uint64_t prp[2];
	uint32_t dword[6];		/* 10 to 15 */
};

struct completion {
	uint32_t result, reserved;
	uint16_t sq_head, sq_id, id, status;
};

_Static_assert(sizeof(struct command) == 64 && sizeof(struct completion) == 16, "");
_Static_assert(DATA_PAGE + PAGE <= NVME_MEMORY, "");

bool nvme_is(const char *bdf)
{
	return sysfs_number(bdf, "class") == CLASS;
}

uint32_t nvme_read32(int fd, unsigned int reg)
{
	uint32_t val;

	region_read(fd, VFIO_PCI_BAR0_REGION_INDEX, reg, &val, sizeof(val));
	return le32toh(val);
}

void nvme_write32(int fd, unsigned int reg, uint32_t val)
{
	val = htole32(val);
	region_write(fd, VFIO_PCI_BAR0_REGION_INDEX, reg, &val, sizeof(val));
}

static void write64(int fd, unsigned int reg, uint64_t val)
{
	nvme_write32(fd, reg, val);
	nvme_write32(fd, reg + 4, val >> 32);
}

static void pause_ms(int ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000L };

	nanosleep(&t, NULL);
}

int __nvme_start(struct nvme *nvme, int container, int fd, uint64_t iova)
{
	int ms;

	memset(nvme, 0, sizeof(*nvme));
	nvme->fd = fd;
	nvme->iova = iova;
	nvme->mem = pages_alloc(NVME_MEMORY);
	nvme->queue[0].phase = true;
	iommu_map(container, nvme->mem, iova, NVME_MEMORY, MAP_RW);
	config_command(fd, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
	nvme_write32(fd, NVME_AQA, (ENTRIES - 1) << 16 | (ENTRIES - 1));
	write64(fd, NVME_ASQ, iova + SQ_PAGE(0));
	write64(fd, NVME_ACQ, iova + CQ_PAGE(0));
	nvme_write32(fd, NVME_CC, NVME_CC_ENABLE);
	for (ms = 0; ms < PATIENCE_MS; ms++) {
		if (nvme_read32(fd, NVME_CSTS) & NVME_CSTS_RDY)
			return 0;
		pause_ms(1);
	}
	nvme_stop(nvme, container);
	return -ENODEV;
}

void nvme_stop(struct nvme *nvme, int container)
{
	if (!nvme->mem)
		return;
	nvme_write32(nvme->fd, NVME_CC, 0);
	iommu_unmap(container, nvme->iova, NVME_MEMORY, 0);
	munmap(nvme->mem, NVME_MEMORY);
	nvme->mem = NULL;
}

static void doorbell(struct nvme *nvme, unsigned int queue, bool completion, uint32_t val)
{
	nvme_write32(nvme->fd, DOORBELLS + 4 * (2 * queue + completion), val);
}

static void submit(struct nvme *nvme, unsigned int queue, const struct command *cmd)
{
	uint32_t *tail = &nvme->queue[queue].sq_tail;

	memcpy(nvme->mem + SQ_PAGE(queue) + *tail * sizeof(*cmd), cmd, sizeof(*cmd));
	*tail = (*tail + 1) % ENTRIES;
	doorbell(nvme, queue, false, *tail);
}

void nvme_identify(struct nvme *nvme)
{
	struct command cmd = {
		.opcode = 6, .id = 1, .prp = { htole64(nvme->iova + DATA_PAGE) },
		.dword = { htole32(1) },
	};

	memset(nvme->mem + DATA_PAGE, 0xcc, PAGE);
	submit(nvme, 0, &cmd);
}

void nvme_bad_io(struct nvme *nvme, unsigned int queue)
{
	submit(nvme, queue, &(struct command){ .opcode = 2, .id = 2 });
}

const uint8_t *nvme_data(const struct nvme *nvme)
{
	return nvme->mem + DATA_PAGE;
}

int __nvme_wait(struct nvme *nvme, unsigned int queue)
{
	uint32_t *head = &nvme->queue[queue].cq_head;
	volatile struct completion *c = (void *)(nvme->mem + CQ_PAGE(queue));
	uint16_t status = 0;
	int ms;

	for (ms = 0; ms < PATIENCE_MS; ms++) {
		status = le16toh(c[*head].status);
		if ((status & 1) == nvme->queue[queue].phase)
			break;
		pause_ms(1);
	}
	if (ms == PATIENCE_MS)
		return -ETIMEDOUT;
	if (++*head == ENTRIES) {
		*head = 0;
		nvme->queue[queue].phase ^= true;
	}
	doorbell(nvme, queue, true, *head);
	/* Without the bits that say whether a retry makes sense and that there is more. */
	return status >> 1 & 0x7ff;
}

int __nvme_make_queues(struct nvme *nvme, unsigned int queue, unsigned int vector)
{
	struct command cmd = {
		.opcode = 5, .id = 3, .prp = { htole64(nvme->iova + CQ_PAGE(queue)) },
		.dword = { htole32((ENTRIES - 1) << 16 | queue), htole32(vector << 16 | 3) },
	};
	int ret;

	nvme->queue[queue].sq_tail = nvme->queue[queue].cq_head = 0;
	nvme->queue[queue].phase = true;
	memset(nvme->mem + CQ_PAGE(queue), 0, PAGE);
	submit(nvme, 0, &cmd);
	ret = __nvme_wait(nvme, 0);
	if (ret)
		return ret;
	cmd.opcode = 1;
	cmd.prp[0] = htole64(nvme->iova + SQ_PAGE(queue));
	cmd.dword[1] = htole32(queue << 16 | 1);
	submit(nvme, 0, &cmd);
	return __nvme_wait(nvme, 0);
}
