// SPDX-License-Identifier: GPL-2.0-only
/* The VF token as a feature of the PF's device descriptor. */
#include "sriov_fixture.h"

#define SET		VFIO_DEVICE_FEATURE_SET
#define GET		VFIO_DEVICE_FEATURE_GET
#define TOKEN		VFIO_DEVICE_FEATURE_PCI_VF_TOKEN

static int set_token(int fd, const char *text)
{
	uint8_t bytes[16];

	token_bytes(text, bytes);
	return __feature_set(fd, TOKEN, bytes, sizeof(bytes));
}

VFIO_TEST_F(token, feature_sets, "FEAT-041")
{
	int pf, vf[2];

	make_token(self, TOKEN_WRONG);
	pf = open_one(self, PF, NULL);
	ASSERT_GE(pf, 0);
	EXPECT_EQ(0, __feature_probe(pf, TOKEN, SET));
	ASSERT_EQ(0, set_token(pf, TOKEN_RIGHT));
	EXPECT_EQ(-EACCES, open_one(self, VF0, TOKEN_WRONG));
	vf[0] = open_one(self, VF0, TOKEN_RIGHT);
	EXPECT_GE(vf[0], 0);
	/* Also while a VF is in use, which keeps its descriptor. */
	EXPECT_EQ(0, set_token(pf, TOKEN_WRONG));
	EXPECT_EQ(-EACCES, open_one(self, VF1, TOKEN_RIGHT));
	vf[1] = open_one(self, VF1, TOKEN_WRONG);
	EXPECT_GE(vf[1], 0);
	close(vf[1]);
	close(vf[0]);
	close(pf);
}

VFIO_TEST_F(token, feature_short, "FEAT-041 SRIOV-015")
{
	uint8_t bytes[16];
	int pf, vf;

	make_token(self, TOKEN_RIGHT);
	pf = open_one(self, PF, NULL);
	ASSERT_GE(pf, 0);
	token_bytes(TOKEN_WRONG, bytes);
	EXPECT_EQ(-EINVAL, __feature_set(pf, TOKEN, bytes, 15));
	EXPECT_EQ(-EINVAL, __feature_set(pf, TOKEN, bytes, 0));
	vf = open_one(self, VF0, TOKEN_RIGHT);
	EXPECT_GE(vf, 0);
	close(vf);
	close(pf);
}

VFIO_TEST_F(token, feature_of_pf_is_not_readable, "FEAT-042")
{
	uint8_t bytes[16];
	int pf = open_one(self, PF, NULL);

	ASSERT_GE(pf, 0);
	EXPECT_EQ(-EINVAL, __feature_probe(pf, TOKEN, GET));
	EXPECT_EQ(-EINVAL, __feature_get(pf, TOKEN, bytes, sizeof(bytes)));
	EXPECT_EQ(-EINVAL, __feature_probe(pf, TOKEN, GET | SET));
	close(pf);
}

/* A VF has no token of its own to set. */
VFIO_TEST_F(token, feature_of_vf, "FEAT-043")
{
	int vf;

	make_token(self, TOKEN_RIGHT);
	vf = open_one(self, VF0, TOKEN_RIGHT);
	ASSERT_GE(vf, 0);
	EXPECT_EQ(-ENOTTY, __feature_probe(vf, TOKEN, SET));
	EXPECT_EQ(-ENOTTY, __feature_probe(vf, TOKEN, GET));
	EXPECT_EQ(-ENOTTY, set_token(vf, TOKEN_WRONG));
	close(vf);
}

CONFORMANCE_MAIN
