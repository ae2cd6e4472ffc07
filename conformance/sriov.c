// SPDX-License-Identifier: GPL-2.0-only
/* VFs of a PF that VFIO drives: how they come, what they are, how they go. */
#include <linux/pci_regs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind_util.h"
#include "conformance.h"
#include "sriov_util.h"

#define SOON_MS		2000
#define QUIET_MS	50

FIXTURE(sriov)
{
	struct sriov sriov;
	char numvfs[128];
};

FIXTURE_SETUP(sriov)
{
	const char *why, *pf = sriov_candidate(&why);

	if (!pf)
		SKIP(return, "%s", why);
	sriov_keep(&self->sriov, pf);
	if (self->sriov.total < 2)
		SKIP(return, "the PF can have one VF only");
	snprintf(self->numvfs, sizeof(self->numvfs), "/sys/bus/pci/devices/%s/sriov_numvfs", pf);
}

FIXTURE_TEARDOWN(sriov)
{
	sriov_restore(&self->sriov);
}

static unsigned int vfs_there(const struct sriov *s)
{
	char bdf[BDF_MAX];
	unsigned int n = 0;

	while (sriov_vf(s, n, bdf))
		n++;
	return n;
}

VFIO_TEST_F(sriov, numvfs_values, "SRIOV-001 DRV-029")
{
	const struct sriov *s = &self->sriov;
	char text[16];

	EXPECT_EQ(-EINVAL, __sysfs_write(s->pf, "sriov_numvfs", "many"));
	EXPECT_EQ(-EINVAL, __sysfs_write(s->pf, "sriov_numvfs", "-1"));
	EXPECT_EQ(-EINVAL, __sysfs_write(s->pf, "sriov_numvfs", "65536"));
	EXPECT_EQ(-ERANGE, __sriov_set(s, s->total + 1));
	EXPECT_EQ(1, __sriov_set(s, 0));
	EXPECT_EQ(0, vfs_there(s));
	EXPECT_EQ(1, __sriov_set(s, s->total));
	EXPECT_EQ(s->total, vfs_there(s));
	EXPECT_EQ(s->total, sysfs_number(s->pf, "sriov_numvfs"));
	/* The number it has is no change; any other has to go by 0. */
	EXPECT_EQ(1, __sriov_set(s, s->total));
	EXPECT_EQ(-EBUSY, __sriov_set(s, s->total - 1));
	EXPECT_EQ(-EBUSY, __sriov_set(s, s->total - 1));
	EXPECT_EQ(-ERANGE, __sriov_set(s, s->total + 1));
	EXPECT_EQ(s->total, vfs_there(s));
	EXPECT_EQ(1, __sriov_set(s, 0));
	EXPECT_EQ(0, vfs_there(s));
	EXPECT_EQ(1, __sriov_set(s, 1));
	EXPECT_EQ(1, vfs_there(s));
	snprintf(text, sizeof(text), "0x%x\n", s->total);
	EXPECT_EQ(-EBUSY, __sysfs_write(s->pf, "sriov_numvfs", text));
	EXPECT_EQ(s->total, sysfs_number(s->pf, "sriov_totalvfs"));
}

VFIO_TEST_F(sriov, enable_sriov_off, "DRV-028")
{
	const struct sriov *s = &self->sriov;

	if (__sriov_set_param("N") < 0)
		SKIP(return, "this user cannot change the parameter enable_sriov");
	EXPECT_EQ(-ENOENT, __sriov_set(s, 1));
	EXPECT_EQ(-EINVAL, __sysfs_write(s->pf, "sriov_numvfs", "many"));
	EXPECT_EQ(-ERANGE, __sriov_set(s, s->total + 1));
	EXPECT_EQ(1, __sriov_set(s, 0));
	EXPECT_EQ(1, __sriov_set_param("Y"));
	EXPECT_EQ(1, __sriov_set(s, 1));
	/* It is asked for every change. */
	EXPECT_EQ(1, __sriov_set_param("N"));
	EXPECT_EQ(-ENOENT, __sriov_set(s, 0));
	EXPECT_EQ(1, vfs_there(s));
	EXPECT_EQ(1, __sriov_set_param("Y"));
	EXPECT_EQ(1, __sriov_set(s, 0));
}

/* The driver of the PF takes them, whatever else would have them. */
VFIO_TEST_F(sriov, vfs_go_to_vfio, "SRIOV-002")
{
	const struct sriov *s = &self->sriov;
	char bdf[BDF_MAX], text[64], path[160], target[256];
	unsigned int i;
	ssize_t len;

	/* Also when VFs are to be left alone. */
	EXPECT_EQ(1, __sysfs_write(s->pf, "sriov_drivers_autoprobe", "0"));
	sriov_set(s, 2);
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(sriov_vf(s, i, bdf));
		ASSERT_EQ(0, __sysfs_driver(bdf, text, sizeof(text)));
		EXPECT_STREQ("vfio-pci", text);
		__sysfs_read(bdf, "driver_override", text, sizeof(text));
		EXPECT_STREQ("vfio-pci", text);
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/physfn", bdf);
		len = readlink(path, target, sizeof(target) - 1);
		ASSERT_LT(0, len);
		target[len] = 0;
		EXPECT_STREQ(s->pf, strrchr(target, '/') + 1);
		EXPECT_EQ(sysfs_number(s->pf, "vendor"), sysfs_number(bdf, "vendor"));
		EXPECT_TRUE(sysfs_has_reset(bdf, "flr"));
		EXPECT_FALSE(sysfs_has_reset(bdf, "bus"));
		EXPECT_LT(__sysfs_read(bdf, "sriov_totalvfs", text, sizeof(text)), 0);
	}
}

VFIO_TEST_F(sriov, groups_come_and_go, "SRIOV-003")
{
	const struct sriov *s = &self->sriov;
	int group[3], round;
	char bdf[BDF_MAX];

	for (round = 0; round < 2; round++) {
		sriov_set(s, 2);
		group[0] = sysfs_group(s->pf);
		ASSERT_TRUE(sriov_vf(s, 0, bdf));
		group[1] = sysfs_group(bdf);
		ASSERT_TRUE(sriov_vf(s, 1, bdf));
		group[2] = sysfs_group(bdf);
		EXPECT_NE(group[0], group[1]);
		EXPECT_NE(group[0], group[2]);
		EXPECT_NE(group[1], group[2]);
		EXPECT_TRUE(group_node_is(group[1], true));
		EXPECT_TRUE(group_node_is(group[2], true));
		sriov_set(s, 0);
		EXPECT_TRUE(group_node_is(group[0], true));
		EXPECT_TRUE(group_node_is(group[1], false));
		EXPECT_TRUE(group_node_is(group[2], false));
	}
}

/* One that waits in sriov_numvfs for a VF that is open, and asks for it. */
VFIO_TEST_F(sriov, removal_waits_for_user, "SRIOV-004")
{
	const struct sriov *s = &self->sriov;
	int group[2], container, fd, event;
	struct unbinder writer;
	char bdf[BDF_MAX];

	/* Before any descriptor is there that it must not hold. */
	writer_start(&writer, self->numvfs, "0");
	sriov_set(s, 1);
	ASSERT_TRUE(sriov_vf(s, 0, bdf));
	container = container_open();
	group[0] = group_open(sysfs_group(s->pf));
	group_set_container(group[0], container);
	container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
	group[1] = group_open(sysfs_group(bdf));
	group_set_container(group[1], container);
	fd = __token_open(group[0], s->pf, TOKEN_RIGHT);
	ASSERT_GE(fd, 0);
	close(fd);
	fd = __token_open(group[1], bdf, TOKEN_RIGHT);
	ASSERT_GE(fd, 0);
	event = eventfd_new();
	irq_eventfd(fd, VFIO_PCI_REQ_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER, event);

	unbinder_go(&writer);
	EXPECT_LE(1, eventfd_wait(event, SOON_MS));
	EXPECT_FALSE(unbinder_done(&writer, QUIET_MS));
	/* It works to the last, but for a reset: who removes it has its lock. */
	EXPECT_EQ(sysfs_number(s->pf, "vendor"), config_read16(fd, PCI_VENDOR_ID));
	EXPECT_EQ(-EAGAIN, __vfio_ioctl(fd, VFIO_DEVICE_RESET, NULL));
	close(fd);
	close(group[1]);
	EXPECT_EQ(1, unbinder_join(&writer));
	EXPECT_EQ(0, vfs_there(s));
	close(event);
	close(group[0]);
	close(container);
}

/* The PF in use is no obstacle. */
VFIO_TEST_F(sriov, pf_in_use, "SRIOV-005")
{
	const struct sriov *s = &self->sriov;
	struct vfio_dev dev;

	device_open(&dev, s->pf);
	EXPECT_EQ(1, __sriov_set(s, 2));
	EXPECT_EQ(2, vfs_there(s));
	EXPECT_EQ(1, __sriov_set(s, 0));
	device_close(&dev);
}

VFIO_TEST_F(sriov, unbind_pf, "DRV-031")
{
	const struct sriov *s = &self->sriov;
	struct binding binding;
	char bdf[BDF_MAX];
	int group;

	binding_keep(&binding, s->pf);
	sriov_set(s, 2);
	ASSERT_TRUE(sriov_vf(s, 0, bdf));
	group = sysfs_group(bdf);
	EXPECT_LT(0, __device_unbind(&binding));
	EXPECT_EQ(0, vfs_there(s));
	EXPECT_EQ(0, sysfs_number(s->pf, "sriov_numvfs"));
	EXPECT_TRUE(group_node_is(group, false));
	/* Without a driver there is nobody to make VFs. */
	EXPECT_EQ(-ENOENT, __sriov_set(s, 1));
	EXPECT_EQ(1, __sriov_set(s, 0));
	/* Back on its driver it can have some again. */
	EXPECT_LT(0, __device_bind(&binding, binding.driver));
	EXPECT_EQ(1, __sriov_set(s, 1));
	EXPECT_EQ(1, __sriov_set(s, 0));
	binding_restore(&binding);
}

/* A PF that was just bound has a token that nobody knows. */
VFIO_TEST_F(sriov, first_token_is_secret, "SRIOV-010")
{
	const struct sriov *s = &self->sriov;
	struct binding binding;
	int container, group;
	char bdf[BDF_MAX];

	binding_keep(&binding, s->pf);
	EXPECT_LT(0, __device_unbind(&binding));
	ASSERT_LT(0, __device_bind(&binding, binding.driver));
	sriov_set(s, 1);
	ASSERT_TRUE(sriov_vf(s, 0, bdf));
	container = container_open();
	group = group_open(sysfs_group(bdf));
	group_set_container(group, container);
	container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(-EACCES, __token_open(group, bdf, NULL));
	EXPECT_EQ(-EACCES, __token_open(group, bdf, TOKEN_RIGHT));
	EXPECT_EQ(-EACCES, __token_open(group, bdf, "00000000-0000-0000-0000-000000000000"));
	close(group);
	close(container);
	EXPECT_EQ(1, __sriov_set(s, 0));
	binding_restore(&binding);
}

/* A PF under a driver that is not VFIO's, and its VF given to vfio-pci. */
VFIO_TEST_F(sriov, pf_elsewhere, "GRP-062 SRIOV-006")
{
	const struct sriov *s = &self->sriov;
	char bdf[BDF_MAX], driver[64];
	int container, group, fd;
	struct binding binding;

	if (access("/sys/bus/pci/drivers/pci-pf-stub", F_OK))
		SKIP(return, "there is no driver pci-pf-stub");
	binding_keep(&binding, s->pf);
	EXPECT_LT(0, __device_unbind(&binding));
	EXPECT_LT(0, __sysfs_write(s->pf, "driver_override", "pci-pf-stub"));
	ASSERT_LT(0, __device_bind(&binding, "pci-pf-stub"));
	EXPECT_EQ(1, __sysfs_write(s->pf, "sriov_drivers_autoprobe", "0"));
	EXPECT_EQ(1, __sriov_set(s, 1));
	ASSERT_TRUE(sriov_vf(s, 0, bdf));
	/* Left alone, as asked for. */
	EXPECT_EQ(-ENOENT, __sysfs_driver(bdf, driver, sizeof(driver)));
	EXPECT_LT(0, __sysfs_write(bdf, "driver_override", "vfio-pci"));
	ASSERT_LT(0, __file_write("/sys/bus/pci/drivers/vfio-pci/bind", bdf));

	container = container_open();
	group = group_open(sysfs_group(bdf));
	group_set_container(group, container);
	container_set_iommu(container, VFIO_TYPE1v2_IOMMU);
	EXPECT_EQ(-EINVAL, __token_open(group, bdf, TOKEN_RIGHT));
	fd = __token_open(group, bdf, NULL);
	EXPECT_GE(fd, 0);
	close(fd);
	close(group);
	close(container);
	EXPECT_EQ(1, __sriov_set(s, 0));
	binding_restore(&binding);
}

CONFORMANCE_MAIN
