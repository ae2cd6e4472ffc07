/* SPDX-License-Identifier: GPL-2.0-only */
/* A PF with two VFs, for the tests of the VF token. One program includes it once. */
#ifndef SRIOV_FIXTURE_H
#define SRIOV_FIXTURE_H

#include <unistd.h>

#include "conformance.h"
#include "sriov_util.h"

enum { PF, VF0, VF1, FUNCTIONS };

/* A PF with two VFs, all groups in one container, nothing open. */
FIXTURE(token)
{
	struct sriov sriov;
	char bdf[FUNCTIONS][BDF_MAX];
	int group[FUNCTIONS];
	int container;
};

FIXTURE_SETUP(token)
{
	const char *why, *pf = sriov_candidate(&why);
	unsigned int i;

	if (!pf)
		SKIP(return, "%s", why);
	sriov_keep(&self->sriov, pf);
	if (self->sriov.total < 2)
		SKIP(return, "the PF can have one VF only");
	sriov_set(&self->sriov, 2);
	strcpy(self->bdf[PF], pf);
	ASSERT_TRUE(sriov_vf(&self->sriov, 0, self->bdf[VF0]));
	ASSERT_TRUE(sriov_vf(&self->sriov, 1, self->bdf[VF1]));
	self->container = container_open();
	for (i = 0; i < FUNCTIONS; i++) {
		self->group[i] = group_open(sysfs_group(self->bdf[i]));
		group_set_container(self->group[i], self->container);
	}
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
}

FIXTURE_TEARDOWN(token)
{
	unsigned int i;

	for (i = 0; self->container && i < FUNCTIONS; i++)
		close(self->group[i]);
	if (self->container)
		close(self->container);
	sriov_restore(&self->sriov);
}

static int open_one(FIXTURE_DATA(token) *self, unsigned int which, const char *text)
{
	return __token_open(self->group[which], self->bdf[which], text);
}

/* The token is what we say, and nothing is open. */
static void make_token(FIXTURE_DATA(token) *self, const char *text)
{
	int fd = open_one(self, PF, text);

	if (fd < 0)
		CLIENT_FAIL("%s: with a first token: %s", self->bdf[PF], client_errno(fd));
	close(fd);
}

#endif
