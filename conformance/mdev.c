// SPDX-License-Identifier: GPL-2.0-only
/* Mediated devices in sysfs: types, and making devices of them. */
#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mdev_fixture.h"

VFIO_TEST_F(mdev_sysfs, types, "MDEV-001")
{
	static const struct { const char *name; mode_t mode; } files[] = {
		{ "create", 0200 }, { "available_instances", 0444 },
		{ "device_api", 0444 }, { "name", 0444 },
	};
	char text[4096], type[MDEV_NAME_MAX];
	unsigned int n, i;
	struct stat st;

	snprintf(text, sizeof(text), "/sys/class/mdev_bus/%s", self->parent);
	ASSERT_EQ(0, lstat(text, &st));
	EXPECT_TRUE(S_ISLNK(st.st_mode));

	for (n = 0; mdev_type(self->parent, n, type); n++) {
		TH_LOG("%s", type);
		/* DRIVER-TYPE */
		EXPECT_NE(NULL, strchr(type + 1, '-'));
		for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
			ASSERT_EQ(0, stat(mdev_type_path(self->parent, type, files[i].name), &st));
			EXPECT_TRUE(S_ISREG(st.st_mode));
			EXPECT_EQ(files[i].mode, st.st_mode & 07777);
		}
		ASSERT_EQ(0, stat(mdev_type_path(self->parent, type, "devices"), &st));
		EXPECT_TRUE(S_ISDIR(st.st_mode));
		EXPECT_LT(0, __file_get(mdev_type_path(self->parent, type, "name"), text,
					 sizeof(text)));
		ASSERT_LT(0, __file_get(mdev_type_path(self->parent, type, "device_api"), text,
					 sizeof(text)));
		EXPECT_EQ(0, strncmp(text, "vfio-", 5));
		/* The driver may have nothing to say. */
		if (!stat(mdev_type_path(self->parent, type, "description"), &st))
			EXPECT_LT(0, __file_get(mdev_type_path(self->parent, type, "description"),
						 text, sizeof(text)));
		EXPECT_GT(0, __file_get(mdev_type_path(self->parent, type, "create"), text,
					 sizeof(text)));
	}
	EXPECT_LT(0, n);
}

/* Does the link at @link lead to the same as @path? */
static bool leads_to(const char *link, const char *path)
{
	char *a = realpath(link, NULL), *b = realpath(path, NULL);
	bool same = a && b && !strcmp(a, b);

	free(a);
	free(b);
	return same;
}

VFIO_TEST_F(mdev_sysfs, create, "MDEV-002")
{
	char path[512], text[16];
	struct stat st;

	EXPECT_EQ(MDEV_UUID_LEN, __file_put(mdev_type_path(self->parent, self->type, "create"),
					      self->uuid[0], MDEV_UUID_LEN));
	/* Below its parent, on its bus, below its type. */
	snprintf(path, sizeof(path), "/sys/class/mdev_bus/%s/%s", self->parent, self->uuid[0]);
	EXPECT_TRUE(leads_to(mdev_path(self->uuid[0], ""), path));
	snprintf(path, sizeof(path), "devices/%s", self->uuid[0]);
	EXPECT_TRUE(leads_to(mdev_type_path(self->parent, self->type, path),
			     mdev_path(self->uuid[0], "")));
	EXPECT_TRUE(leads_to(mdev_path(self->uuid[0], "mdev_type"),
			     mdev_type_path(self->parent, self->type, "")));
	EXPECT_TRUE(leads_to(mdev_path(self->uuid[0], "subsystem"), "/sys/bus/mdev"));
	/* Its driver has it already, and so users find its group. */
	EXPECT_EQ(0, lstat(mdev_path(self->uuid[0], "driver"), &st));
	snprintf(path, sizeof(path), "/dev/vfio/%d", mdev_group(self->uuid[0]));
	EXPECT_EQ(0, access(path, F_OK));
	ASSERT_EQ(0, stat(mdev_path(self->uuid[0], "remove"), &st));
	EXPECT_EQ(0200, st.st_mode & 07777);
	EXPECT_GT(0, __file_get(mdev_path(self->uuid[0], "remove"), text, sizeof(text)));
}

VFIO_TEST_F(mdev_sysfs, create_spellings, "MDEV-002 MDEV-003")
{
	char text[MDEV_UUID_LEN + 2];
	int i;

	/* As echo writes it. */
	snprintf(text, sizeof(text), "%s\n", self->uuid[0]);
	EXPECT_EQ(MDEV_UUID_LEN + 1, __file_put(mdev_type_path(self->parent, self->type, "create"),
						  text, MDEV_UUID_LEN + 1));
	EXPECT_TRUE(mdev_exists(self->uuid[0]));
	EXPECT_EQ(0, __mdev_remove(self->uuid[0]));

	/* Upper case, and a last byte that nobody looks at. */
	for (i = 0; i < MDEV_UUID_LEN; i++)
		text[i] = toupper((unsigned char)text[i]);
	text[MDEV_UUID_LEN] = '!';
	EXPECT_EQ(MDEV_UUID_LEN + 1, __file_put(mdev_type_path(self->parent, self->type, "create"),
						  text, MDEV_UUID_LEN + 1));
	EXPECT_TRUE(mdev_exists(self->uuid[0]));
}

VFIO_TEST_F(mdev_sysfs, create_wrong_length, "MDEV-003")
{
	const char *create = mdev_type_path(self->parent, self->type, "create");
	unsigned int before = mdev_available(self->parent, self->type), len;
	char text[MDEV_UUID_LEN + 8];

	snprintf(text, sizeof(text), "%s\n\n\n\n\n", self->uuid[0]);
	for (len = 1; len <= MDEV_UUID_LEN + 4; len++) {
		if (len == MDEV_UUID_LEN || len == MDEV_UUID_LEN + 1)
			continue;
		EXPECT_EQ(-EINVAL, __file_put(create, text, len));
	}
	EXPECT_FALSE(mdev_exists(self->uuid[0]));
	EXPECT_EQ(before, mdev_available(self->parent, self->type));
}

VFIO_TEST_F(mdev_sysfs, create_malformed, "MDEV-004")
{
	const char *create = mdev_type_path(self->parent, self->type, "create");
	unsigned int before = mdev_available(self->parent, self->type), i;
	char text[MDEV_UUID_LEN + 1];

	for (i = 0; i < MDEV_UUID_LEN; i++) {
		strcpy(text, self->uuid[0]);
		text[i] = text[i] == '-' ? '0' : 'g';
		EXPECT_EQ(-EINVAL, __file_put(create, text, MDEV_UUID_LEN));
	}
	memset(text, 0, sizeof(text));
	EXPECT_EQ(-EINVAL, __file_put(create, text, MDEV_UUID_LEN));
	EXPECT_EQ(before, mdev_available(self->parent, self->type));
}

VFIO_TEST_F(mdev_sysfs, duplicate, "MDEV-005")
{
	char type[MDEV_NAME_MAX];
	const char *parent;
	unsigned int left, p, n;

	mdev_create(self->parent, self->type, self->uuid[0]);
	left = mdev_available(self->parent, self->type);
	EXPECT_EQ(-EEXIST, __mdev_create(self->parent, self->type, self->uuid[0]));
	/* A name is taken for all types of all parents. */
	for (p = 0; (parent = mdev_parent(p)); p++)
		for (n = 0; mdev_type(parent, n, type); n++)
			EXPECT_EQ(-EEXIST, __mdev_create(parent, type, self->uuid[0]));
	EXPECT_EQ(left, mdev_available(self->parent, self->type));

	EXPECT_EQ(0, __mdev_remove(self->uuid[0]));
	EXPECT_EQ(0, __mdev_create(self->parent, self->type, self->uuid[0]));
}

VFIO_TEST_F(mdev_sysfs, available_instances, "MDEV-014")
{
	unsigned int before = mdev_available(self->parent, self->type);

	mdev_create(self->parent, self->type, self->uuid[0]);
	EXPECT_EQ(before - 1, mdev_available(self->parent, self->type));
	if (before > 1) {
		mdev_create(self->parent, self->type, self->uuid[1]);
		EXPECT_EQ(before - 2, mdev_available(self->parent, self->type));
		EXPECT_EQ(0, __mdev_remove(self->uuid[1]));
		EXPECT_EQ(before - 1, mdev_available(self->parent, self->type));
	}
	EXPECT_EQ(0, __mdev_remove(self->uuid[0]));
	EXPECT_EQ(before, mdev_available(self->parent, self->type));
}

VFIO_TEST_F(mdev_sysfs, one_too_many, "MDEV-006")
{
	unsigned int before = mdev_available(self->parent, self->type), n = 0;
	int ret;

	if (before >= MDEV_TEST_UUIDS)
		SKIP(return, "%u instances of %s are too many to make", before, self->type);
	while (mdev_available(self->parent, self->type)) {
		ASSERT_LT(n, before);
		mdev_create(self->parent, self->type, self->uuid[n++]);
	}
	/* The core says EUSERS; drivers that count have words of their own. */
	ret = __mdev_create(self->parent, self->type, self->uuid[n]);
	EXPECT_LT(ret, 0);
	outcome("MDEV-006", errno_name(ret));
	EXPECT_FALSE(mdev_exists(self->uuid[n]));
	EXPECT_EQ(0, mdev_available(self->parent, self->type));

	/* The name was not used up. */
	EXPECT_EQ(0, __mdev_remove(self->uuid[0]));
	EXPECT_EQ(0, __mdev_create(self->parent, self->type, self->uuid[n]));
}

CONFORMANCE_MAIN
