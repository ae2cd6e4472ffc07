// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VF token: users of a PF and of its VFs prove to each other that they belong
 * together. Every combination of who has what open with which token is given.
 */
#include "sriov_fixture.h"

VFIO_TEST_F(token, vf_without, "GRP-063 DRV-030")
{
	EXPECT_EQ(-EACCES, open_one(self, VF0, NULL));
	make_token(self, TOKEN_RIGHT);
	EXPECT_EQ(-EACCES, open_one(self, VF0, NULL));
}

VFIO_TEST_F(token, vf_wrong, "GRP-064")
{
	make_token(self, TOKEN_RIGHT);
	EXPECT_EQ(-EACCES, open_one(self, VF0, TOKEN_WRONG));
}

VFIO_TEST_F(token, vf_right, "GRP-065")
{
	int fd, other;

	make_token(self, TOKEN_RIGHT);
	fd = open_one(self, VF0, TOKEN_RIGHT);
	ASSERT_GE(fd, 0);
	/* By the group that has it open already, too. */
	other = open_one(self, VF0, TOKEN_RIGHT);
	EXPECT_GE(other, 0);
	EXPECT_EQ(-EACCES, open_one(self, VF0, NULL));
	close(other);
	close(fd);
}

/* Hexadecimal digits of either case are the same token. */
VFIO_TEST_F(token, vf_right_in_capitals, "SRIOV-011")
{
	int fd;

	make_token(self, TOKEN_RIGHT);
	fd = open_one(self, VF0, "83D8F4F2-509F-382F-3C1E-E6BFE0FA1001");
	EXPECT_GE(fd, 0);
	close(fd);
}

VFIO_TEST_F(token, pf_sets, "GRP-066")
{
	int pf, vf;

	make_token(self, TOKEN_WRONG);
	pf = open_one(self, PF, TOKEN_RIGHT);
	ASSERT_GE(pf, 0);
	EXPECT_EQ(-EACCES, open_one(self, VF0, TOKEN_WRONG));
	vf = open_one(self, VF0, TOKEN_RIGHT);
	EXPECT_GE(vf, 0);
	close(vf);
	close(pf);
}

/* The token outlives who set it, and an open without one leaves it. */
VFIO_TEST_F(token, token_stays, "SRIOV-012")
{
	int fd;

	make_token(self, TOKEN_RIGHT);
	make_token(self, NULL);
	fd = open_one(self, VF0, TOKEN_RIGHT);
	EXPECT_GE(fd, 0);
	close(fd);
	/* VFs that go and come again have the same PF. */
	close(self->group[VF0]);
	close(self->group[VF1]);
	sriov_set(&self->sriov, 0);
	sriov_set(&self->sriov, 2);
	self->group[VF0] = group_open(sysfs_group(self->bdf[VF0]));
	self->group[VF1] = group_open(sysfs_group(self->bdf[VF1]));
	group_set_container(self->group[VF0], self->container);
	fd = open_one(self, VF0, TOKEN_RIGHT);
	EXPECT_GE(fd, 0);
	close(fd);
}

VFIO_TEST_F(token, pf_with_users, "GRP-067")
{
	int pf, vf;

	make_token(self, TOKEN_RIGHT);
	vf = open_one(self, VF0, TOKEN_RIGHT);
	ASSERT_GE(vf, 0);
	EXPECT_EQ(-EACCES, open_one(self, PF, NULL));
	EXPECT_EQ(-EACCES, open_one(self, PF, TOKEN_WRONG));
	pf = open_one(self, PF, TOKEN_RIGHT);
	EXPECT_GE(pf, 0);
	close(pf);
	close(vf);
	/* The last user of a VF has gone: any token will do, and none. */
	pf = open_one(self, PF, NULL);
	EXPECT_GE(pf, 0);
	close(pf);
	pf = open_one(self, PF, TOKEN_WRONG);
	EXPECT_GE(pf, 0);
	close(pf);
}

/* What opening must give, from the rules and nothing else. */
static bool may_open(unsigned int which, const char *given, bool users)
{
	bool right = given && !strcmp(given, TOKEN_RIGHT);

	return which == VF0 ? right : right || !users;
}

/* PF open or not, other VF open or not, PF or VF asked for, no, wrong or right token. */
VFIO_TEST_F(token, matrix, "GRP-063 GRP-064 GRP-065 GRP-066 GRP-067")
{
	static const char *const given[] = { NULL, TOKEN_WRONG, TOKEN_RIGHT };
	unsigned int cell;

	for (cell = 0; cell < 2 * 2 * 2 * 3; cell++) {
		unsigned int t = cell % 3, which = cell / 3 % 2 ? VF0 : PF;
		bool pf_open = cell / 6 % 2, vf_open = cell / 12;
		int pf = -1, vf = -1, fd;

		make_token(self, TOKEN_RIGHT);
		if (pf_open)
			pf = open_one(self, PF, TOKEN_RIGHT);
		if (vf_open)
			vf = open_one(self, VF1, TOKEN_RIGHT);
		ASSERT_EQ(pf_open, pf >= 0);
		ASSERT_EQ(vf_open, vf >= 0);
		fd = open_one(self, which, given[t]);
		EXPECT_EQ(may_open(which, given[t], vf_open) ? 0 : -EACCES, fd < 0 ? fd : 0) {
			TH_LOG("%s, token %s, PF %s, other VF %s", which == PF ? "PF" : "VF",
			       given[t] ?: "none", pf_open ? "open" : "closed",
			       vf_open ? "open" : "closed");
		}
		/* Sorted by age: closing in the order of opening is the usual case. */
		if (pf >= 0)
			close(pf);
		if (vf >= 0)
			close(vf);
		if (fd >= 0)
			close(fd);
	}
}

/* Two VFs count as two users, two descriptors of one do not. */
VFIO_TEST_F(token, users_are_counted, "SRIOV-013")
{
	int vf[2], again, fd;

	make_token(self, TOKEN_RIGHT);
	vf[0] = open_one(self, VF0, TOKEN_RIGHT);
	again = dup(vf[0]);
	vf[1] = open_one(self, VF1, TOKEN_RIGHT);
	ASSERT_GE(vf[0], 0);
	ASSERT_GE(vf[1], 0);
	close(vf[0]);
	close(vf[1]);
	EXPECT_EQ(-EACCES, open_one(self, PF, NULL));
	close(again);
	fd = open_one(self, PF, NULL);
	EXPECT_GE(fd, 0);
	close(fd);
}

/* An open that fails is no user. */
VFIO_TEST_F(token, failed_open_counts_not, "SRIOV-014")
{
	int fd;

	make_token(self, TOKEN_RIGHT);
	EXPECT_EQ(-EACCES, open_one(self, VF0, TOKEN_WRONG));
	fd = open_one(self, PF, TOKEN_WRONG);
	EXPECT_GE(fd, 0);
	close(fd);
}

/* A form that is wrong is told before the token is looked at. */
VFIO_TEST_F(token, form_before_token, "SRIOV-016")
{
	char name[128];

	make_token(self, TOKEN_RIGHT);
	EXPECT_EQ(-EINVAL, open_one(self, VF0, "83d8f4f2"));
	snprintf(name, sizeof(name), "%s foo", self->bdf[VF0]);
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group[VF0], name));
	snprintf(name, sizeof(name), "%s vf_token=" TOKEN_WRONG " vf_token=" TOKEN_WRONG,
		 self->bdf[VF0]);
	EXPECT_EQ(-EINVAL, __group_get_device_fd(self->group[VF0], name));
	/* Another group's device is none, whatever the token. */
	EXPECT_EQ(-ENODEV, __token_open(self->group[VF0], self->bdf[VF1], TOKEN_RIGHT));
}

CONFORMANCE_MAIN
