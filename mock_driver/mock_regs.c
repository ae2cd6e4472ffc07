// SPDX-License-Identifier: GPL-2.0-only
/* Control registers of migration. */
#include <linux/minmax.h>
#include <linux/stddef.h>

#include "mock.h"

/* The codes from 512 on are the kernel's own and must not reach a user. */
#define MOCK_ERRNO_MAX		511

/* Registers that are numbers with a range, and nothing more. */
static const struct mock_reg {
	u16 reg;
	u16 offset;		/* in struct mock_regs */
	u64 min;
	u64 max;
	u64 def;
} mock_simple[] = {
#define SIMPLE(_reg, _member, _min, _max, _def) \
	{ MOCK_REG_##_reg, offsetof(struct mock_regs, _member), _min, _max, _def }
	SIMPLE(FAIL_ARC, fail_arc, 0, MOCK_ARC_ARMED | 0xffff, 0),
	SIMPLE(FAIL_ERRNO, fail_errno, 1, MOCK_ERRNO_MAX, EIO),
	SIMPLE(FAIL_TO_ERROR, fail_to_error, 0, 1, 0),
	SIMPLE(FAIL_READ, fail_read, 0, U64_MAX, 0),
	SIMPLE(FAIL_WRITE, fail_write, 0, U64_MAX, 0),
	SIMPLE(FAIL_GET, fail_get, 0, U64_MAX, 0),
	SIMPLE(PRECOPY_INIT, precopy_init, 0, MOCK_STATE_MAX, 4096),
	SIMPLE(READ_CHUNK, read_chunk, 0, U64_MAX, 0),
	SIMPLE(ARC_DELAY, arc_delay, 0, 10000, 0),
	SIMPLE(OPEN_ERRNO, open_errno, 0, MOCK_ERRNO_MAX, 0),
	SIMPLE(NEED_KVM, need_kvm, 0, 1, 0),
	SIMPLE(UNMAP_DELAY, unmap_delay, 0, 10000, 0),
};

static u64 *mock_reg_value(struct mock_regs *regs, const struct mock_reg *reg)
{
	return (void *)regs + reg->offset;
}

static const struct mock_reg *mock_reg_find(u64 reg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mock_simple); i++)
		if (mock_simple[i].reg == reg)
			return &mock_simple[i];
	return NULL;
}

void mock_regs_default(struct mock_regs *regs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mock_simple); i++)
		*mock_reg_value(regs, &mock_simple[i]) = mock_simple[i].def;
}

static bool mock_in_precopy(struct mock_mig *mig)
{
	return mig->state == MOCK_STATE_PRE_COPY || mig->state == MOCK_STATE_PRE_COPY_P2P;
}

static int mock_set_flags(struct vfio_device *vdev, struct mock_mig *mig, u64 flags)
{
	if (!(flags & VFIO_MIGRATION_STOP_COPY) || (flags & ~(u64)mig->all_flags))
		return -EINVAL;
	if (mig->state != VFIO_DEVICE_STATE_RUNNING)
		return -EBUSY;
	vdev->migration_flags = flags;
	return 0;
}

static int mock_set_size(struct mock_mig *mig, u64 size)
{
	if (size > MOCK_STATE_MAX)
		return -EINVAL;
	if (mig->file)
		return -EBUSY;
	return mock_mem_resize(&mig->mem, size);
}

static int mock_set_dirty(struct mock_mig *mig, u64 bytes)
{
	if (!mock_in_precopy(mig) || bytes > MOCK_STATE_MAX - mig->file->dirty_bytes)
		return -EINVAL;
	mock_file_dirty(mig->file, bytes);
	return 0;
}

static int mock_restore(struct vfio_device *vdev, struct mock_mig *mig)
{
	int ret;

	if (mig->state != VFIO_DEVICE_STATE_RUNNING)
		return -EBUSY;
	mock_regs_default(&mig->regs);
	mock_mem_free(&mig->mem);
	mig->arc_count = 0;
	vdev->migration_flags = mig->all_flags;
	ret = mock_mem_resize(&mig->mem, MOCK_STATE_SIZE_DEFAULT);
	/* So that the next stream costs what the one after it does. */
	if (!ret)
		mock_mem_sum(&mig->mem);
	return ret;
}

static u64 mock_arc_log_entry(struct mock_mig *mig, u64 index)
{
	u64 held = min_t(u64, mig->arc_count, MOCK_ARC_LOG_MAX);

	if (index >= held)
		return 0;
	return mig->arc_log[(mig->arc_count - held + index) % MOCK_ARC_LOG_MAX];
}

int mock_mig_reg_read(struct vfio_device *vdev, u64 reg, u64 *val)
{
	struct mock_mig *mig = mock_from_vdev(vdev)->mig;
	const struct mock_reg *simple = mock_reg_find(reg);

	if (simple) {
		*val = *mock_reg_value(&mig->regs, simple);
		return 0;
	}
	if (reg >= MOCK_ARC_LOG && reg < MOCK_ARC_LOG + MOCK_ARC_LOG_MAX * sizeof(u64)) {
		*val = mock_arc_log_entry(mig, (reg - MOCK_ARC_LOG) / sizeof(u64));
		return 0;
	}
	switch (reg) {
	case MOCK_REG_MIG_FLAGS:
		*val = vdev->migration_flags;
		return 0;
	case MOCK_REG_STATE_SIZE:
		*val = mig->mem.size;
		return 0;
	case MOCK_REG_MIG_STATE:
		*val = mig->state;
		return 0;
	case MOCK_REG_ARC_COUNT:
		*val = mig->arc_count;
		return 0;
	case MOCK_REG_PRECOPY_DIRTY:
		*val = mock_in_precopy(mig) ? mig->file->dirty_bytes : 0;
		return 0;
	}
	return -ENOENT;
}

int mock_mig_reg_write(struct vfio_device *vdev, u64 reg, u64 val)
{
	struct mock_mig *mig = mock_from_vdev(vdev)->mig;
	const struct mock_reg *simple = mock_reg_find(reg);

	if (simple) {
		if (val < simple->min || val > simple->max)
			return -EINVAL;
		if (reg == MOCK_REG_FAIL_ARC && (val & ~(MOCK_ARC_ARMED | 0xffff)))
			return -EINVAL;
		*mock_reg_value(&mig->regs, simple) = val;
		return 0;
	}
	switch (reg) {
	case MOCK_REG_MIG_FLAGS:
		return mock_set_flags(vdev, mig, val);
	case MOCK_REG_STATE_SIZE:
		return mock_set_size(mig, val);
	case MOCK_REG_ARC_COUNT:
		if (val)
			return -EINVAL;
		mig->arc_count = 0;
		return 0;
	case MOCK_REG_PRECOPY_DIRTY:
		return mock_set_dirty(mig, val);
	case MOCK_REG_RESTORE:
		return mock_restore(vdev, mig);
	}
	return -ENOENT;
}
