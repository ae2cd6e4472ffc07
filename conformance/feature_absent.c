// SPDX-License-Identifier: GPL-2.0-only
/* Features that a device does not have are unknown to it, whatever is asked. */
#include "conformance.h"
#include "client/vfio_client.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define HEADER	((uint32_t)sizeof(struct vfio_device_feature))
#define ROOM	64u

FIXTURE(absent)
{
	struct vfio_dev dev;
	int fd;
};

FIXTURE_SETUP(absent)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
}

FIXTURE_TEARDOWN(absent)
{
	device_close(&self->dev);
}

static int call(int fd, uint32_t argsz, uint32_t flags)
{
	struct {
		struct vfio_device_feature head;
		uint8_t data[ROOM];
	} arg = { .head = { argsz, flags } };

	return __feature_raw(fd, &arg);
}

VFIO_TEST_F(absent, bus_master_is_not_for_pci, "FEAT-061")
{
	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_BUS_MASTER, 0));
	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_BUS_MASTER, SET));
}

VFIO_TEST_F(absent, token_is_for_sriov, "FEAT-043")
{
	char text[16];

	if (__sysfs_read(self->dev.bdf, "sriov_totalvfs", text, sizeof(text)) >= 0)
		SKIP(return, "the device has SR-IOV");
	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, SET));
	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, GET));
	EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + 16, VFIO_DEVICE_FEATURE_PCI_VF_TOKEN | SET));
}

FIXTURE(plain)
{
	struct vfio_dev dev;
	int fd;
};

FIXTURE_SETUP(plain)
{
	if (!role_bdf(ROLE_PLAIN))
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	device_open(&self->dev, role_bdf(ROLE_PLAIN));
	self->fd = self->dev.fd;
}

FIXTURE_TEARDOWN(plain)
{
	device_close(&self->dev);
}

/* A device of stock vfio-pci has neither migration nor DMA logging. */
VFIO_TEST_F(plain, migration_and_logging_without_driver, "FEAT-016 FEAT-020 FEAT-022 FEAT-059")
{
	static const uint32_t absent[] = {
		VFIO_DEVICE_FEATURE_MIGRATION, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		VFIO_DEVICE_FEATURE_DMA_LOGGING_START, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,
		VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
	};
	unsigned int i;

	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		EXPECT_EQ(-ENOTTY, call(self->fd, HEADER, absent[i] | PROBE));
		EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + ROOM, absent[i] | PROBE | SET));
		EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + ROOM, absent[i] | GET));
		EXPECT_EQ(-ENOTTY, call(self->fd, HEADER + ROOM, absent[i] | SET));
	}
}

/* What a driver does not export is no feature it lacks: the kernel that has it says so. */
VFIO_TEST_F(absent, device_memory_not_exported, "FEAT-062")
{
	int ret = __feature_probe(self->fd, 11, GET);

	if (ret == -ENOTTY)
		SKIP(return, "this kernel has no DMA_BUF feature");
	if (!ret)
		SKIP(return, "the driver exports device memory");
	EXPECT_EQ(-EOPNOTSUPP, ret);
	EXPECT_EQ(-EOPNOTSUPP, call(self->fd, HEADER, 11 | GET));
	EXPECT_EQ(-EOPNOTSUPP, call(self->fd, HEADER + ROOM, 11 | PROBE | SET));
}

CONFORMANCE_MAIN
