// SPDX-License-Identifier: GPL-2.0-only
/* The table of differences between kernels, and the choice of a column. */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "profile.h"

/* The environment is the only thing of libc that the core looks at. */
extern char *getenv(const char *name);

const struct vfio_profile_row vfio_profile_table[BEH_COUNT] = {
#define VFIO_PROFILE_ROW(name_, clause_, v5_19, v6_1, v6_12, v7_3, text_) \
	[BEH_##name_] = { \
		.name = #name_, \
		.clause = clause_, \
		.holds = { [PROFILE_5_19] = v5_19, [PROFILE_6_1] = v6_1, \
			   [PROFILE_6_12] = v6_12, [PROFILE_7_3] = v7_3 }, \
		.text = text_, \
	},
	VFIO_PROFILE_TABLE(VFIO_PROFILE_ROW)
#undef VFIO_PROFILE_ROW
};

static const char * const profile_names[PROFILE_COUNT] = {
	[PROFILE_5_19] = "5.19",
	[PROFILE_6_1] = "6.1",
	[PROFILE_6_12] = "6.12",
	[PROFILE_7_3] = "7.3",
};

enum vfio_profile vfio_profile_current = PROFILE_6_12;

const char *vfio_profile_name(void)
{
	return profile_names[vfio_profile_current];
}

int vfio_profile_select(const char *name)
{
	unsigned int i;

	for (i = 0; i < PROFILE_COUNT; i++) {
		if (!strcmp(name, profile_names[i])) {
			vfio_profile_current = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Called by vfio_init() before anything can be registered. */
void __init vfio_profile_init(void)
{
	const char *name = getenv("VFIO_CORE_PROFILE");

	if (name && *name && vfio_profile_select(name))
		pr_warn("vfio: unknown profile VFIO_CORE_PROFILE=%s, using %s\n", name,
			vfio_profile_name());
}
