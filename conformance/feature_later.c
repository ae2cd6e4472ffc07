// SPDX-License-Identifier: GPL-2.0-only
/* Features that some kernels have and others do not know. */
#include "conformance.h"
#include "migration_util.h"

#define PRECOPY_INFO_V2	12
#define ZPCI_ERROR	13
#define GET		VFIO_DEVICE_FEATURE_GET
#define SET		VFIO_DEVICE_FEATURE_SET

FIXTURE(later)
{
	struct vfio_dev dev;
	int fd;
};

FIXTURE_SETUP(later)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
}

FIXTURE_TEARDOWN(later)
{
	device_close(&self->dev);
}

/* All three or none; 5.19 has none. */
VFIO_TEST_F(later, low_power, "FEAT-047")
{
	int ret = __feature_probe(self->fd, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, SET);

	ASSERT_TRUE(!ret || ret == -ENOTTY);
	outcome("FEAT-047", errno_name(ret));
	EXPECT_EQ(ret, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,
				       SET));
	EXPECT_EQ(ret, __feature_probe(self->fd, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, SET));
	if (ret)
		EXPECT_EQ(ret, __feature_set(self->fd, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, NULL,
					     0));
}

/* s390's own, on x86 nobody's. */
VFIO_TEST_F(later, zpci_error, "FEAT-070")
{
	uint8_t data[64] = { 0 };

	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, ZPCI_ERROR, GET));
	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, ZPCI_ERROR, 0));
	EXPECT_EQ(-ENOTTY, __feature_get(self->fd, ZPCI_ERROR, data, sizeof(data)));
}

VFIO_TEST_F(later, precopy_info, "FEAT-068 FEAT-069")
{
	uint64_t flags = 0;
	bool precopy;
	int ret;

	if (__feature_get(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, &flags, sizeof(flags)))
		SKIP(return, "the device cannot migrate");
	precopy = flags & VFIO_MIGRATION_PRE_COPY;
	ret = __feature_set(self->fd, PRECOPY_INFO_V2, NULL, 0);
	ASSERT_TRUE(ret == -ENOTTY || ret == (precopy ? 0 : -EINVAL));
	outcome("FEAT-068", errno_name(ret));
	EXPECT_EQ(ret, __feature_probe(self->fd, PRECOPY_INFO_V2, SET));
}

/* A device whose PRE_COPY is taken away: EINVAL even of a probe, where it is known. */
VFIO_TEST_F(later, precopy_info_without_precopy, "FEAT-069")
{
	struct mig mig;
	const char *why;
	int ret;

	device_close(&self->dev);
	why = mig_open(&mig, ROLE_MAIN, true);
	self->dev.fd = self->dev.group = self->dev.container = -1;
	if (why)
		SKIP(return, "%s", why);
	if (__mig_set_flags(&mig, F_STOP_COPY)) {
		mig_close(&mig);
		SKIP(return, "PRE_COPY cannot be taken away");
	}
	ret = __feature_probe(mig.dev.fd, PRECOPY_INFO_V2, SET);
	EXPECT_TRUE(ret == -ENOTTY || ret == -EINVAL);
	outcome("FEAT-069", errno_name(ret));
	EXPECT_EQ(ret, __feature_probe(mig.dev.fd, PRECOPY_INFO_V2, 0));
	EXPECT_EQ(ret, __feature_set(mig.dev.fd, PRECOPY_INFO_V2, NULL, 0));
	mig_close(&mig);
}

CONFORMANCE_MAIN
