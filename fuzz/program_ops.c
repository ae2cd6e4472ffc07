// SPDX-License-Identifier: GPL-2.0-only
/* What operations there are, and how programs are written down. */
#include <stdio.h>
#include <string.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "program.h"

#define U PROG_UNUSED

const struct prog_op_info prog_ops[PROG_OPS] = {
	[PROG_SETUP] = { "setup", PROG_NONE, PROG_CONTAINER, { PROG_DEV } },
	[PROG_CLOSE] = { "close", PROG_ANY, PROG_NONE, { U } },
	[PROG_DUP] = { "dup", PROG_ANY, PROG_ANY, { U } },
	[PROG_OPEN_CONTAINER] = { "open_container", PROG_NONE, PROG_CONTAINER, { U } },
	[PROG_OPEN_GROUP] = { "open_group", PROG_NONE, PROG_GROUP, { PROG_DEV } },
	[PROG_EVENTFD] = { "eventfd", PROG_NONE, PROG_EVENT, { U } },
	[PROG_RAW] = { "raw", PROG_ANY, PROG_NONE, { PROG_NR, PROG_ADDR } },
	[PROG_SET_CONTAINER] = { "set_container", PROG_GROUP, PROG_NONE, { PROG_SLOT } },
	[PROG_UNSET_CONTAINER] = { "unset_container", PROG_GROUP, PROG_NONE, { U } },
	[PROG_GROUP_STATUS] = { "group_status", PROG_GROUP, PROG_NONE, { U } },
	[PROG_GET_DEVICE] = { "get_device", PROG_GROUP, PROG_DEVICE, { PROG_DEV } },
	[PROG_API_VERSION] = { "api_version", PROG_CONTAINER, PROG_NONE, { U } },
	[PROG_CHECK_EXTENSION] = { "check_extension", PROG_CONTAINER, PROG_NONE, { PROG_TYPE } },
	[PROG_SET_IOMMU] = { "set_iommu", PROG_CONTAINER, PROG_NONE, { PROG_TYPE } },
	[PROG_IOMMU_INFO] = { "iommu_info", PROG_CONTAINER, PROG_NONE, { U } },
	[PROG_MAP] = { "map", PROG_CONTAINER, PROG_NONE,
		{ PROG_FLAGS, PROG_ADDR, PROG_IOVA, PROG_SIZE } },
	[PROG_UNMAP] = { "unmap", PROG_CONTAINER, PROG_NONE,
		{ PROG_FLAGS, PROG_IOVA, PROG_SIZE, PROG_SIZE, PROG_SIZE, PROG_ADDR } },
	[PROG_DIRTY] = { "dirty", PROG_CONTAINER, PROG_NONE,
		{ PROG_FLAGS, PROG_IOVA, PROG_SIZE, PROG_SIZE, PROG_SIZE, PROG_ADDR } },
	[PROG_INFO] = { "info", PROG_DEVICE, PROG_NONE, { U } },
	[PROG_REGION_INFO] = { "region_info", PROG_DEVICE, PROG_NONE, { PROG_INDEX } },
	[PROG_IRQ_INFO] = { "irq_info", PROG_DEVICE, PROG_NONE, { PROG_INDEX } },
	[PROG_SET_IRQS] = { "set_irqs", PROG_DEVICE, PROG_NONE,
		{ PROG_FLAGS, PROG_INDEX, PROG_COUNT, PROG_COUNT, PROG_SLOT, PROG_BYTES } },
	[PROG_RESET] = { "reset", PROG_DEVICE, PROG_NONE, { U } },
	[PROG_HOT_RESET_INFO] = { "hot_reset_info", PROG_DEVICE, PROG_NONE, { PROG_COUNT } },
	[PROG_HOT_RESET] = { "hot_reset", PROG_DEVICE, PROG_NONE,
		{ PROG_FLAGS, PROG_COUNT, PROG_SLOT, PROG_SLOT, PROG_SLOT, PROG_SLOT } },
	[PROG_IOEVENTFD] = { "ioeventfd", PROG_DEVICE, PROG_NONE,
		{ PROG_FLAGS, PROG_POS, PROG_NUM, PROG_SLOT } },
	[PROG_FEATURE] = { "feature", PROG_DEVICE, PROG_NONE,
		{ PROG_FEATURE_NR, PROG_BYTES, PROG_BYTES, PROG_BYTES, PROG_BYTES, PROG_BYTES } },
	[PROG_SET_STATE] = { "set_state", PROG_DEVICE, PROG_DATA, { PROG_STATE } },
	[PROG_GET_STATE] = { "get_state", PROG_DEVICE, PROG_NONE, { U } },
	[PROG_DATA_SIZE] = { "data_size", PROG_DEVICE, PROG_NONE, { U } },
	[PROG_LOG_START] = { "log_start", PROG_DEVICE, PROG_NONE,
		{ PROG_SIZE, PROG_COUNT, PROG_IOVA, PROG_SIZE, PROG_SIZE } },
	[PROG_LOG_STOP] = { "log_stop", PROG_DEVICE, PROG_NONE, { U } },
	[PROG_LOG_REPORT] = { "log_report", PROG_DEVICE, PROG_NONE,
		{ PROG_IOVA, PROG_SIZE, PROG_SIZE, PROG_ADDR } },
	[PROG_LOW_POWER] = { "low_power", PROG_DEVICE, PROG_NONE, { PROG_FLAGS, PROG_SLOT } },
	[PROG_PRECOPY_INFO] = { "precopy_info", PROG_DATA, PROG_NONE, { U } },
	[PROG_READ] = { "read", PROG_DATA, PROG_NONE, { PROG_ADDR, PROG_SIZE } },
	[PROG_WRITE] = { "write", PROG_DATA, PROG_NONE, { PROG_ADDR, PROG_SIZE, PROG_FLAGS } },
	[PROG_PREAD] = { "pread", PROG_DEVICE, PROG_NONE, { PROG_POS, PROG_SIZE } },
	[PROG_PWRITE] = { "pwrite", PROG_DEVICE, PROG_NONE,
		{ PROG_POS, PROG_SIZE, PROG_BYTES, PROG_BYTES, PROG_BYTES, PROG_BYTES } },
	[PROG_LSEEK] = { "lseek", PROG_ANY, PROG_NONE, { PROG_POS, PROG_FLAGS } },
	[PROG_POLL] = { "poll", PROG_ANY, PROG_NONE, { U } },
	[PROG_MMAP] = { "mmap", PROG_DEVICE, PROG_NONE,
		{ PROG_POS, PROG_SIZE, PROG_FLAGS, PROG_FLAGS } },
	[PROG_MUNMAP] = { "munmap", PROG_NONE, PROG_NONE, { PROG_FLAGS } },
	[PROG_POKE] = { "poke", PROG_NONE, PROG_NONE, { PROG_ADDR, PROG_FLAGS, PROG_BYTES } },
	[PROG_MOCK_SET] = { "mock_set", PROG_DEVICE, PROG_NONE, { PROG_REG, PROG_NUM } },
	[PROG_MOCK_GET] = { "mock_get", PROG_DEVICE, PROG_NONE, { PROG_REG } },
	[PROG_MOCK_CMD] = { "mock_cmd", PROG_DEVICE, PROG_NONE,
		{ PROG_CMD, PROG_IOVA, PROG_COUNT, PROG_FLAGS } },
	[PROG_OPEN_KVM] = { "open_kvm", PROG_NONE, PROG_KVM, { U } },
	[PROG_CREATE_VM] = { "create_vm", PROG_KVM, PROG_VM, { U } },
	[PROG_CREATE_KVM_VFIO] = { "create_kvm_vfio", PROG_VM, PROG_KVM_DEVICE, { PROG_FLAGS } },
	[PROG_KVM_ATTR] = { "kvm_attr", PROG_KVM_DEVICE, PROG_NONE,
		{ PROG_FLAGS, PROG_FLAGS, PROG_SLOT } },
	[PROG_MDEV_CREATE] = { "mdev_create", PROG_NONE, PROG_NONE, { PROG_DEV, PROG_FLAGS } },
	[PROG_MDEV_REMOVE] = { "mdev_remove", PROG_NONE, PROG_NONE, { PROG_DEV } },
	[PROG_FAIL] = { "fail", PROG_NONE, PROG_NONE, { PROG_NTH } },
	[PROG_PROFILE] = { "profile", PROG_NONE, PROG_NONE, { PROG_KERNEL } },
};

const char *const prog_dev_name[PROG_DEVS] = {
	"0000:01:00.0", "0000:00:03.0", "0000:02:00.0", "0000:02:00.1", "0000:03:00.0",
	"0000:09:1f.7", "5f0a0001-76d0-4c0d-9c3a-6d6465760f01",
	"5f0a0001-76d0-4c0d-9c3a-6d6465760f02",
};

const char *const prog_profile[PROG_PROFILES] = { "6.12", "5.19", "6.1", "7.3" };

bool prog_call(const uint8_t *data, size_t size, unsigned int i, struct prog_call *call)
{
	const uint8_t *at = data + (size_t)i * PROG_CALL_SIZE;

	if (i >= PROG_MAX_CALLS || size < (size_t)(i + 1) * PROG_CALL_SIZE)
		return false;
	call->op = at[0] % PROG_OPS;
	call->slot = at[1] % PROG_SLOTS;
	call->thread = at[1] >> 7;
	call->out = at[2] % PROG_SLOTS;
	call->form = at[3];
	for (i = 0; i < PROG_OPERANDS; i++)
		call->v[i] = at[4 + 2 * i] | at[5 + 2 * i] << 8;
	return true;
}

void prog_encode(const struct prog_call *call, uint8_t to[PROG_CALL_SIZE])
{
	unsigned int i;

	to[0] = call->op;
	to[1] = call->slot | call->thread << 7;
	to[2] = call->out;
	to[3] = call->form;
	for (i = 0; i < PROG_OPERANDS; i++) {
		to[4 + 2 * i] = call->v[i];
		to[5 + 2 * i] = call->v[i] >> 8;
	}
}

#define PAGES(n) ((uint64_t)(n) * PROG_PAGE)

uint64_t prog_value(uint16_t code)
{
	uint64_t n = code & 0xfff;

	switch (code >> 12) {
	case 0:
		return n;
	case 1:
		return PAGES(n);
	case 2:
		return PAGES(n) + 1;
	case 3:
		return PAGES(n) - 1;
	case 4:
		return (1ULL << (n & 63)) + (n >> 6) - 32;
	case 5:
		return PROG_MEM + 256 * n;
	case 6:
		return PROG_MEM_END - n;
	case 7:
		return ~0ULL - n;
	case 8:
		return (n >> 8) << 40 | (n & 255);
	case 9:
		return (uint64_t)VFIO_PCI_NUM_REGIONS << 40 | 8 * n;
	case 10:
		return n << 21;
	case 11:
		return n << 30;
	case 12:
		return 0xfee00000ULL + PAGES(n) - PAGES(2048);
	case 13:
		return (1ULL << 39) + PAGES(n) - PAGES(2048);
	case 14:
		return PROG_WINDOWS + ((n & 7) << 16) + PAGES(n >> 3 & 15);
	default:
		return -PAGES(n);
	}
}

uint16_t prog_code(uint64_t value)
{
	/* The kinds that say most of a number come first. */
	static const uint8_t kinds[] = { 0, 1, 2, 3, 5, 8, 9, 12, 13, 10, 11, 7, 15, 4 };
	unsigned int i, n;

	for (i = 0; i < sizeof(kinds); i++)
		for (n = 0; n < 4096; n++)
			if (prog_value(kinds[i] << 12 | n) == value)
				return kinds[i] << 12 | n;
	if (value >> 40 && value >> 40 < 16)	/* an offset in a region */
		return 8 << 12 | (value >> 40) << 8 | (value & 255);
	if (value > 1ULL << 40)			/* most likely an address of the program */
		return 5 << 12 | (value >> 12 & 0xff) << 4 | (value >> 8 & 15);
	return 1 << 12 | (value >> 12 & 0xfff);
}

void prog_print(const struct prog_call *call, char *buf, size_t size)
{
	const struct prog_op_info *info = &prog_ops[call->op];
	size_t at;
	unsigned int i;

	at = snprintf(buf, size, "%s", info->name);
	if (info->kind != PROG_NONE || call->op == PROG_SETUP)
		at += snprintf(buf + at, size - at, " slot %u", call->slot);
	for (i = 0; i < PROG_OPERANDS && info->operands[i] && at < size; i++) {
		switch (info->operands[i]) {
		case PROG_IOVA: case PROG_SIZE: case PROG_ADDR: case PROG_POS: case PROG_NUM:
			at += snprintf(buf + at, size - at, " %#llx",
				       (unsigned long long)prog_value(call->v[i]));
			break;
		case PROG_DEV:
			at += snprintf(buf + at, size - at, " %s",
				       prog_dev_name[call->v[i] % PROG_DEVS]);
			break;
		default:
			at += snprintf(buf + at, size - at, " %#x", call->v[i]);
		}
	}
	if (info->makes != PROG_NONE && at < size)
		at += snprintf(buf + at, size - at, " -> slot %u", call->out);
	if (call->form && at < size)
		snprintf(buf + at, size - at, " form %#x", call->form);
}
