// SPDX-License-Identifier: GPL-2.0-only
/* Arguments of ioctls, made from the operands of a call. */
#include <string.h>
#include <linux/kvm.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "program_args.h"

#define LOG_RANGES	0x8000U	/* in the program's memory: ranges of DMA logging */
#define STATE_MAX	(1ULL << 20)

unsigned int prog_ioctl(enum prog_op op)
{
	switch (op) {
	case PROG_SET_CONTAINER:
		return VFIO_GROUP_SET_CONTAINER;
	case PROG_UNSET_CONTAINER:
		return VFIO_GROUP_UNSET_CONTAINER;
	case PROG_GROUP_STATUS:
		return VFIO_GROUP_GET_STATUS;
	case PROG_API_VERSION:
		return VFIO_GET_API_VERSION;
	case PROG_CHECK_EXTENSION:
		return VFIO_CHECK_EXTENSION;
	case PROG_SET_IOMMU:
		return VFIO_SET_IOMMU;
	case PROG_IOMMU_INFO:
		return VFIO_IOMMU_GET_INFO;
	case PROG_MAP:
		return VFIO_IOMMU_MAP_DMA;
	case PROG_UNMAP:
		return VFIO_IOMMU_UNMAP_DMA;
	case PROG_DIRTY:
		return VFIO_IOMMU_DIRTY_PAGES;
	case PROG_INFO:
		return VFIO_DEVICE_GET_INFO;
	case PROG_REGION_INFO:
		return VFIO_DEVICE_GET_REGION_INFO;
	case PROG_IRQ_INFO:
		return VFIO_DEVICE_GET_IRQ_INFO;
	case PROG_SET_IRQS:
		return VFIO_DEVICE_SET_IRQS;
	case PROG_RESET:
		return VFIO_DEVICE_RESET;
	case PROG_HOT_RESET_INFO:
		return VFIO_DEVICE_GET_PCI_HOT_RESET_INFO;
	case PROG_HOT_RESET:
		return VFIO_DEVICE_PCI_HOT_RESET;
	case PROG_IOEVENTFD:
		return VFIO_DEVICE_IOEVENTFD;
	case PROG_PRECOPY_INFO:
		return VFIO_MIG_GET_PRECOPY_INFO;
	case PROG_CREATE_KVM_VFIO:
		return KVM_CREATE_DEVICE;
	case PROG_KVM_ATTR:
		return KVM_SET_DEVICE_ATTR;
	default:
		return VFIO_DEVICE_FEATURE;
	}
}

uint16_t prog_fd_operand(const struct prog_call *c, unsigned int i)
{
	switch (c->op) {
	case PROG_SET_CONTAINER:
		return c->v[0];
	case PROG_SET_IRQS:
		return c->v[4] & 0x8000 ? c->v[4] : c->v[4] + i;
	case PROG_HOT_RESET:
		return c->v[2 + i];
	case PROG_IOEVENTFD:
		return c->v[3];
	case PROG_LOW_POWER:
		return c->v[1];
	case PROG_KVM_ATTR:
		return c->v[2];
	default:
		return 0x8000;
	}
}

/*
 * An address for the core to read from or write to: what is neither the program's
 * nor too low or too high to be anybody's is moved to where nothing is mapped.
 */
uint64_t prog_address(uint16_t code)
{
	uint64_t addr = prog_value(code);

	if ((addr >= PROG_MEM && addr <= PROG_MEM_END + PROG_PAGE) ||
	    (addr >= PROG_WINDOWS && addr < PROG_WINDOWS + (1 << 20)) ||
	    addr < 0x10000 || addr >> 47)
		return addr;
	return PROG_MEM_END + 16 * PROG_PAGE + addr % (16 * PROG_PAGE);
}

static void put(struct prog_arg *arg, size_t at, uint64_t value, size_t width)
{
	memcpy(arg->bytes + at, &value, width);
}

#define PUT(type, member, value) \
	put(arg, __builtin_offsetof(type, member), value, sizeof(((type *)0)->member))

/* argsz, as the form of the call has it; memory as far as argsz is right. */
static void finish(const struct prog_call *c, struct prog_arg *arg, size_t right)
{
	uint32_t argsz = right;

	arg->len = right;
	switch (c->form & 0xf) {
	case PROG_ARGSZ_LESS:
		argsz--;
		break;
	case PROG_ARGSZ_ZERO:
		argsz = 0;
		break;
	case PROG_ARGSZ_MORE:
		argsz += 8;
		break;
	case PROG_ARGSZ_ROOM:
		argsz = arg->len = right + 64;
		break;
	case PROG_ARGSZ_MAX:
		argsz = ~0U;
		break;
	case PROG_ARGSZ_HEAD:
		argsz -= 8;
		break;
	case PROG_ARGSZ_PAGE:
		argsz = arg->len = PROG_ARG_MAX;
		break;
	}
	put(arg, 0, argsz, 4);
}

static size_t payload(const struct prog_call *c, struct prog_arg *arg, const int *fds)
{
	static const uint8_t sizes[] = { 0, 8, 8, 0, 8, 0, 24, 0, 32, 8, 4, 16, 16 };
	uint32_t nr = c->v[0] & 0xff, flags = nr | (uint32_t)(c->v[0] & 0x0f00) << 8;
	uint64_t *words = (uint64_t *)(arg->bytes + 8), *ranges;
	unsigned int i;

	switch (c->op) {
	case PROG_SET_STATE:
		flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE;
		words[0] = c->v[0] | 0x77777777ULL << 32;
		break;
	case PROG_GET_STATE:
		flags = VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE;
		break;
	case PROG_DATA_SIZE:
		flags = VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE;
		break;
	case PROG_LOG_START:
		flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START;
		words[0] = prog_value(c->v[0]);
		words[1] = c->v[1] & 0x1ff;
		words[2] = PROG_MEM + LOG_RANGES;
		/* Ranges a stride apart; a stride of 0 makes them overlap. */
		ranges = (uint64_t *)(PROG_MEM + LOG_RANGES);
		for (i = 0; i < (c->v[1] & 0x1ff) && i < 260; i++) {
			ranges[2 * i] = prog_value(c->v[2]) + i * prog_value(c->v[4]);
			ranges[2 * i + 1] = prog_value(c->v[3]);
		}
		break;
	case PROG_LOG_STOP:
		flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP;
		break;
	case PROG_LOG_REPORT:
		flags = VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT;
		words[0] = prog_value(c->v[0]);
		words[1] = prog_value(c->v[1]);
		words[2] = prog_value(c->v[2]);
		words[3] = prog_address(c->v[3]);
		break;
	case PROG_LOW_POWER:
		flags = VFIO_DEVICE_FEATURE_SET | (VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY + c->v[0] % 3);
		words[0] = (uint32_t)fds[0];
		break;
	default:
		memcpy(words, &c->v[1], 10);
		/* The file that this makes has a slot with SET_STATE alone: here it is a question. */
		if (flags == (VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE))
			flags |= VFIO_DEVICE_FEATURE_PROBE;
	}
	put(arg, 4, flags, 4);
	nr = flags & VFIO_DEVICE_FEATURE_MASK;
	return 8 + (nr < sizeof(sizes) ? sizes[nr] : 8);
}

static size_t irq_set(const struct prog_call *c, struct prog_arg *arg, const int *fds)
{
	uint32_t count = c->v[3], n = count < 64 ? count : 64, i;

	PUT(struct vfio_irq_set, flags, c->v[0]);
	PUT(struct vfio_irq_set, index, c->v[1]);
	PUT(struct vfio_irq_set, start, c->v[2] & 0x8000 ? c->v[2] | 0xffff0000U : c->v[2]);
	PUT(struct vfio_irq_set, count, count & 0x8000 ? count | 0xffff0000U : count);
	if (c->v[0] & VFIO_IRQ_SET_DATA_EVENTFD) {
		for (i = 0; i < n; i++)
			put(arg, sizeof(struct vfio_irq_set) + 4 * i, fds[i % PROG_ARG_FDS], 4);
		return sizeof(struct vfio_irq_set) + 4 * n;
	}
	if (!(c->v[0] & VFIO_IRQ_SET_DATA_BOOL))
		n = 0;
	for (i = 0; i < n; i++)
		arg->bytes[sizeof(struct vfio_irq_set) + i] = c->v[5] >> i % 16 & 1;
	return sizeof(struct vfio_irq_set) + n;
}

static size_t hot_reset(const struct prog_call *c, struct prog_arg *arg, const int *fds)
{
	uint32_t count = c->v[1], n = count < PROG_ARG_FDS ? count : PROG_ARG_FDS, i;

	PUT(struct vfio_pci_hot_reset, flags, c->v[0]);
	PUT(struct vfio_pci_hot_reset, count, count & 0x8000 ? count | 0xffff0000U : count);
	for (i = 0; i < n; i++)
		put(arg, sizeof(struct vfio_pci_hot_reset) + 4 * i, fds[i], 4);
	return sizeof(struct vfio_pci_hot_reset) + 4 * n;
}

/* Everything behind argsz; returns the size of it all. */
static size_t fill(const struct prog_call *c, const int *fds, struct prog_arg *arg)
{
	switch (c->op) {
	case PROG_GROUP_STATUS:
		return sizeof(struct vfio_group_status);
	case PROG_IOMMU_INFO:
		return sizeof(struct vfio_iommu_type1_info);
	case PROG_MAP:
		PUT(struct vfio_iommu_type1_dma_map, flags, c->v[0]);
		PUT(struct vfio_iommu_type1_dma_map, vaddr, prog_address(c->v[1]));
		PUT(struct vfio_iommu_type1_dma_map, iova, prog_value(c->v[2]));
		PUT(struct vfio_iommu_type1_dma_map, size, prog_value(c->v[3]));
		return sizeof(struct vfio_iommu_type1_dma_map);
	case PROG_UNMAP:
		PUT(struct vfio_iommu_type1_dma_unmap, flags, c->v[0]);
		PUT(struct vfio_iommu_type1_dma_unmap, iova, prog_value(c->v[1]));
		PUT(struct vfio_iommu_type1_dma_unmap, size, prog_value(c->v[2]));
		put(arg, 24, prog_value(c->v[3]), 8);
		put(arg, 32, prog_value(c->v[4]), 8);
		put(arg, 40, prog_address(c->v[5]), 8);
		return c->v[0] & VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP ? 48 : 24;
	case PROG_DIRTY:
		PUT(struct vfio_iommu_type1_dirty_bitmap, flags, c->v[0]);
		put(arg, 8, prog_value(c->v[1]), 8);
		put(arg, 16, prog_value(c->v[2]), 8);
		put(arg, 24, prog_value(c->v[3]), 8);
		put(arg, 32, prog_value(c->v[4]), 8);
		put(arg, 40, prog_address(c->v[5]), 8);
		return c->v[0] & VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP ? 48 : 8;
	case PROG_INFO:
		return sizeof(struct vfio_device_info);
	case PROG_REGION_INFO:
		PUT(struct vfio_region_info, index, c->v[0]);
		return sizeof(struct vfio_region_info);
	case PROG_IRQ_INFO:
		PUT(struct vfio_irq_info, index, c->v[0]);
		return sizeof(struct vfio_irq_info);
	case PROG_SET_IRQS:
		return irq_set(c, arg, fds);
	case PROG_HOT_RESET_INFO:
		return sizeof(struct vfio_pci_hot_reset_info) + 8 * (c->v[0] & 7);
	case PROG_HOT_RESET:
		return hot_reset(c, arg, fds);
	case PROG_IOEVENTFD:
		PUT(struct vfio_device_ioeventfd, flags, c->v[0]);
		PUT(struct vfio_device_ioeventfd, offset, prog_value(c->v[1]));
		PUT(struct vfio_device_ioeventfd, data, prog_value(c->v[2]));
		PUT(struct vfio_device_ioeventfd, fd, fds[0]);
		return sizeof(struct vfio_device_ioeventfd);
	case PROG_PRECOPY_INFO:
		return sizeof(struct vfio_precopy_info);
	default:
		return payload(c, arg, fds);
	}
}

unsigned int prog_ioctl_arg(const struct prog_call *c, const int *fds, struct prog_arg *arg)
{
	struct kvm_device_attr attr = { .group = c->v[0], .attr = c->v[1] };

	/* More than that is not looked at, and a page is much to clear. */
	memset(arg->bytes, 0, c->form & 0xf ? 2 * PROG_ARG_MAX : 128);
	switch (c->op) {
	case PROG_SET_CONTAINER:
		put(arg, 0, fds[0], 4);
		arg->len = 4;
		break;
	case PROG_CREATE_KVM_VFIO:
		put(arg, 0, KVM_DEV_TYPE_VFIO, 4);
		/* Where a test of the type leaves it. */
		put(arg, 4, ~0U, 4);
		put(arg, 8, c->v[0], 4);
		arg->len = sizeof(struct kvm_create_device);
		break;
	case PROG_KVM_ATTR:
		/* The group's descriptor stands in memory of the program. */
		attr.addr = PROG_MEM + 64;
		memcpy((void *)attr.addr, &fds[0], sizeof(fds[0]));
		memcpy(arg->bytes, &attr, sizeof(attr));
		arg->len = sizeof(attr);
		break;
	default:
		finish(c, arg, fill(c, fds, arg));
	}
	return prog_ioctl(c->op);
}

int prog_state_fd(const uint8_t *arg)
{
	int fd;

	memcpy(&fd, arg + 12, sizeof(fd));
	return fd;
}

int prog_kvm_device_fd(const uint8_t *arg)
{
	int fd;

	memcpy(&fd, arg + 4, sizeof(fd));
	return fd;
}

uint64_t prog_mock_register(uint16_t operand, uint64_t *val)
{
	uint64_t reg = operand % (MOCK_ARC_LOG + 64) & ~7ULL;

	switch (reg) {
	case MOCK_REG_STATE_SIZE:
	case MOCK_REG_PRECOPY_INIT:
	case MOCK_REG_PRECOPY_DIRTY:
		*val %= STATE_MAX;
		break;
	case MOCK_REG_ARC_DELAY:
	case MOCK_REG_UNMAP_DELAY:
	case MOCK_REG_NEED_KVM:	/* nobody could open it to take that back */
		*val = 0;
		break;
	case MOCK_REG_FAIL_ARC:
		*val = (*val & 0x707) | MOCK_ARC_ARMED;
		break;
	case MOCK_REG_CMD:
		reg = MOCK_REG_RESULT;
		break;
	}
	return reg;
}

uint64_t prog_mock_command(const struct prog_call *call, uint64_t regs[4])
{
	static const uint8_t commands[] = {
		/* Without UNPIN: the kernel warns of a driver that unpins what it has not pinned. */
		MOCK_CMD_PIN, MOCK_CMD_DMA_RW, MOCK_CMD_NEXT_STATE, MOCK_CMD_UNPIN_ALL, MOCK_CMD_DIRTY,
	};
	uint64_t cmd = commands[call->v[0] % sizeof(commands)];

	regs[0] = prog_value(call->v[1]);
	/* Half a page is found by nobody else, and stays counted when an IOMMU joins: not for a driver. */
	if (cmd == MOCK_CMD_PIN)
		regs[0] &= ~(uint64_t)(PROG_PAGE - 1);
	regs[1] = cmd == MOCK_CMD_DIRTY ? call->v[2] * 256ULL : call->v[2];
	regs[2] = call->v[3];
	regs[3] = 0;
	if (cmd == MOCK_CMD_NEXT_STATE) {
		/* To start from what is no state is a driver's mistake, and warned of. */
		regs[0] = 1 + call->v[1] % 7;
		regs[1] = call->v[2] & 15;
		regs[2] = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY;
	}
	return cmd;
}
