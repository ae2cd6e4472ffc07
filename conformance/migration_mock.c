// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mock driver keeps its own contract (mock_driver/mock_uapi.h). No clause of
 * VFIO is covered here; the tests that rely on the mock stand on this.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

FIXTURE(control)
{
	struct mig m;
	const struct mock *mock;
};

FIXTURE_SETUP(control)
{
	const char *why = mig_open(&self->m, ROLE_MAIN, true);

	if (why)
		SKIP(return, "%s", why);
	self->mock = &self->m.mock;
}

FIXTURE_TEARDOWN(control)
{
	mig_close(&self->m);
}

static const struct {
	uint64_t reg, def, good, bad;	/* @bad 0: takes all */
} regs[] = {
	{ MOCK_REG_STATE_SIZE, 4096, MOCK_STATE_MAX, MOCK_STATE_MAX + 1 },
	{ MOCK_REG_FAIL_ARC, 0, MOCK_ARC(1, 2) | MOCK_ARC_ARMED, 1 << 16 },
	{ MOCK_REG_FAIL_ERRNO, EIO, 511, 512 },
	{ MOCK_REG_FAIL_TO_ERROR, 0, 1, 2 },
	{ MOCK_REG_FAIL_READ, 0, UINT64_MAX, 0 },
	{ MOCK_REG_FAIL_WRITE, 0, UINT64_MAX, 0 },
	{ MOCK_REG_FAIL_GET, 0, UINT64_MAX, 0 },
	{ MOCK_REG_PRECOPY_INIT, 4096, MOCK_STATE_MAX, MOCK_STATE_MAX + 1 },
	{ MOCK_REG_READ_CHUNK, 0, UINT64_MAX, 0 },
	{ MOCK_REG_ARC_DELAY, 0, 10000, 10001 },
	{ MOCK_REG_OPEN_ERRNO, 0, 511, 512 },
};

TEST_F(control, registers_and_restore)
{
	uint64_t flags = mock_read(self->mock, MOCK_REG_MIG_FLAGS);
	unsigned int i;
	char byte = 1;

	EXPECT_EQ(MOCK_MAGIC, mock_read(self->mock, MOCK_REG_MAGIC));
	EXPECT_EQ(MOCK_VERSION, mock_read(self->mock, MOCK_REG_VERSION));
	for (i = 0; i < sizeof(regs) / sizeof(*regs); i++) {
		EXPECT_EQ(regs[i].def, mock_read(self->mock, regs[i].reg));
		EXPECT_EQ(0, __mock_write(self->mock, regs[i].reg, regs[i].good));
		EXPECT_EQ(regs[i].good, mock_read(self->mock, regs[i].reg));
		if (regs[i].bad) {
			EXPECT_EQ(-EINVAL, __mock_write(self->mock, regs[i].reg, regs[i].bad));
		}
		EXPECT_EQ(regs[i].good, mock_read(self->mock, regs[i].reg))
			TH_LOG("register 0x%llx", (unsigned long long)regs[i].reg);
	}
	mock_write_bytes(self->mock, MOCK_WINDOW, &byte, 1);
	mock_write(self->mock, MOCK_REG_MIG_FLAGS, F_STOP_COPY);
	mock_write(self->mock, MOCK_REG_RESTORE, 0);
	EXPECT_EQ(flags, mock_read(self->mock, MOCK_REG_MIG_FLAGS));
	for (i = 0; i < sizeof(regs) / sizeof(*regs); i++)
		EXPECT_EQ(regs[i].def, mock_read(self->mock, regs[i].reg));
	mock_read_bytes(self->mock, MOCK_WINDOW, &byte, 1);
	EXPECT_EQ(0, byte);
}

TEST_F(control, accesses_it_refuses)
{
	static const uint64_t no_register[] = { 0x0f8, 0x138, 0x1f8, 0x3f8, 0xc00, 0xff8 };
	static const uint64_t read_only[] = { MOCK_REG_MAGIC, MOCK_REG_MIG_STATE, MOCK_REG_RESETS,
					      MOCK_REG_RESULT, MOCK_ARC_LOG };
	uint64_t value = 0;
	unsigned int i;

	for (i = 1; i <= 16; i++) {
		if (i == 8)
			continue;
		EXPECT_EQ(-EINVAL, __mock_read_bytes(self->mock, MOCK_REG_MAGIC, &value, i));
		EXPECT_EQ(-EINVAL, __mock_write_bytes(self->mock, MOCK_REG_ARG0, &value, i));
	}
	EXPECT_EQ(-EINVAL, __mock_read_bytes(self->mock, 4, &value, 8));
	for (i = 0; i < sizeof(no_register) / sizeof(*no_register); i++) {
		EXPECT_EQ(-EINVAL, __mock_read(self->mock, no_register[i], &value));
		EXPECT_EQ(-EINVAL, __mock_write(self->mock, no_register[i], 0));
	}
	for (i = 0; i < sizeof(read_only) / sizeof(*read_only); i++)
		EXPECT_EQ(-EINVAL, __mock_write(self->mock, read_only[i], 0));
	EXPECT_EQ(-EINVAL, __mock_read(self->mock, MOCK_REG_CMD, &value));
	EXPECT_EQ(-EINVAL, __mock_read(self->mock, MOCK_REG_RESTORE, &value));
	EXPECT_EQ(-EINVAL, __mock_write(self->mock, MOCK_REG_CMD, 99));
	EXPECT_EQ(-EINVAL, __mock_write(self->mock, MOCK_REG_PRECOPY_DIRTY, 1));
	EXPECT_EQ(-EFAULT, __mock_read_bytes(self->mock, MOCK_REG_MAGIC, bad_pointer(), 8));
	EXPECT_EQ(-EINVAL, __mock_read_bytes(self->mock, MOCK_REGION_SIZE, &value, 8));
}

TEST_F(control, busy_states)
{
	char byte = 7;

	mig_enter(&self->m, S_STOP_COPY);
	EXPECT_EQ(-EBUSY, __mock_write_bytes(self->mock, MOCK_WINDOW, &byte, 1));
	EXPECT_EQ(-EBUSY, __mock_write(self->mock, MOCK_REG_STATE_SIZE, 10));
	EXPECT_EQ(-EBUSY, __mock_write(self->mock, MOCK_REG_MIG_FLAGS, F_STOP_COPY));
	EXPECT_EQ(-EBUSY, __mock_write(self->mock, MOCK_REG_RESTORE, 1));
	EXPECT_EQ(1, __mock_read_bytes(self->mock, MOCK_WINDOW, &byte, 1));
	mig_enter(&self->m, S_RESUMING);
	EXPECT_EQ(-EBUSY, __mock_write_bytes(self->mock, MOCK_WINDOW, &byte, 1));
	EXPECT_EQ(0, mig_set(self->m.dev.fd, S_STOP).ret);
	EXPECT_EQ(1, __mock_write_bytes(self->mock, MOCK_WINDOW, &byte, 1));
}

TEST_F(control, window)
{
	char buf[64];

	mock_write(self->mock, MOCK_REG_STATE_SIZE, 100);
	memset(buf, 'a', sizeof(buf));
	EXPECT_EQ(64, __mock_write_bytes(self->mock, MOCK_WINDOW + 3, buf, 64));
	EXPECT_EQ(10, __mock_write_bytes(self->mock, MOCK_WINDOW + 90, buf, 64));
	EXPECT_EQ(0, __mock_write_bytes(self->mock, MOCK_WINDOW + 100, buf, 64));
	EXPECT_EQ(2, __mock_read_bytes(self->mock, MOCK_WINDOW + 98, buf, 64));
	EXPECT_EQ(0, __mock_read_bytes(self->mock, MOCK_WINDOW + 100, buf, 64));
	/* What a smaller size cut off does not come back. */
	mock_write(self->mock, MOCK_REG_STATE_SIZE, 91);
	mock_write(self->mock, MOCK_REG_STATE_SIZE, MOCK_STATE_MAX);
	mock_read_bytes(self->mock, MOCK_WINDOW + 90, buf, 10);
	EXPECT_EQ(0, memcmp(buf, "a\0\0\0\0\0\0\0\0\0", 10));
	EXPECT_EQ(1, __mock_write_bytes(self->mock, MOCK_WINDOW + MOCK_STATE_MAX - 1, "z", 64));
	EXPECT_EQ(1, __mock_read_bytes(self->mock, MOCK_WINDOW + MOCK_STATE_MAX - 1, buf, 64));
	EXPECT_EQ('z', buf[0]);
}

TEST_F(control, data_buffer)
{
	char buf[16];

	EXPECT_EQ(5, __mock_write_bytes(self->mock, MOCK_DATA + 3, "hello", 5));
	EXPECT_EQ(5, __mock_read_bytes(self->mock, MOCK_DATA + 3, buf, 5));
	EXPECT_EQ(0, memcmp(buf, "hello", 5));
	EXPECT_EQ(6, __mock_read_bytes(self->mock, MOCK_DATA + MOCK_DATA_SIZE - 6, buf, 16));
}

TEST_F(control, open_errno_and_counters)
{
	uint64_t opens = mock_read(self->mock, MOCK_REG_OPEN_CALLS);
	uint64_t closes = mock_read(self->mock, MOCK_REG_CLOSE_CALLS);
	struct vfio_dev *dev = &self->m.dev;

	EXPECT_EQ(1, mock_read(self->mock, MOCK_REG_OPEN_COUNT));
	mock_write(self->mock, MOCK_REG_OPEN_ERRNO, EREMOTEIO);
	close(dev->fd);
	EXPECT_EQ(-EREMOTEIO, __group_get_device_fd(dev->group, dev->bdf));
	dev->fd = group_get_device_fd(dev->group, dev->bdf);
	self->m.mock.fd = dev->fd;
	EXPECT_EQ(opens + 2, mock_read(self->mock, MOCK_REG_OPEN_CALLS));
	EXPECT_EQ(closes + 1, mock_read(self->mock, MOCK_REG_CLOSE_CALLS));
	EXPECT_EQ(0, mock_read(self->mock, MOCK_REG_OPEN_ERRNO));
}

TEST_F(control, pin_and_unmap)
{
	char *mem = pages_alloc(4 * 4096), buf[8];

	memcpy(mem + 4096, "in ram..", 8);
	iommu_map(self->m.dev.container, mem, 0x100000, 4 * 4096, MAP_RW);
	EXPECT_EQ(2, mock_command(self->mock, MOCK_CMD_PIN, 0x101000, 2, 3));
	EXPECT_EQ(1, mock_command(self->mock, MOCK_CMD_PIN, 0x101000, 1, 1));
	EXPECT_EQ(3, mock_read(self->mock, MOCK_REG_PINS));
	EXPECT_EQ(0, mock_command(self->mock, MOCK_CMD_UNPIN, 0x101000, 1, 0));
	EXPECT_EQ(2, mock_read(self->mock, MOCK_REG_PINS));
	EXPECT_EQ(-EINVAL, mock_command(self->mock, MOCK_CMD_PIN, 0x900000, 1, 3));
	EXPECT_EQ(-E2BIG, mock_command(self->mock, MOCK_CMD_PIN, 0x100000, MOCK_PIN_MAX + 1, 3));
	EXPECT_EQ(0, mock_command(self->mock, MOCK_CMD_DMA_RW, 0x101000, 8, 0));
	EXPECT_EQ(8, __mock_read_bytes(self->mock, MOCK_DATA, buf, 8));
	EXPECT_EQ(0, memcmp(buf, "in ram..", 8));
	EXPECT_EQ(-EINVAL, mock_command(self->mock, MOCK_CMD_DMA_RW, 0x101000, 4097, 0));
	EXPECT_EQ(4 * 4096, iommu_unmap(self->m.dev.container, 0x100000, 4 * 4096, 0));
	EXPECT_EQ(0, mock_read(self->mock, MOCK_REG_PINS));
	EXPECT_LE(1, mock_read(self->mock, MOCK_REG_UNMAP_CALLS));
	EXPECT_EQ(0x100000, mock_read(self->mock, MOCK_REG_UNMAP_IOVA));
	EXPECT_EQ(4 * 4096, mock_read(self->mock, MOCK_REG_UNMAP_LEN));
	EXPECT_EQ(0, mock_command(self->mock, MOCK_CMD_UNPIN_ALL, 0, 0, 0));
}

TEST_F(control, faults_need_a_parameter)
{
	if (file_number("/sys/module/mock_vfio_pci/parameters/test_faults", 0))
		SKIP(return, "the module was loaded with test_faults");
	mock_write(self->mock, MOCK_REG_ARG0, 99);
	EXPECT_EQ(-EPERM, __mock_write(self->mock, MOCK_REG_CMD, MOCK_CMD_FAULT));
}

CONFORMANCE_MAIN
