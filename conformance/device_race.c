// SPDX-License-Identifier: GPL-2.0-only
/* Two devices of one set, opened and closed by two threads at once. */
#include <pthread.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

FIXTURE(race)
{
	int container, group;
};

FIXTURE_SETUP(race)
{
	if (!role_bdf(ROLE_SIBLING))
		SKIP(return, "%s", role_missing(ROLE_SIBLING));
	self->container = container_open();
	self->group = group_open(sysfs_group(role_bdf(ROLE_SHARED)));
	group_set_container(self->group, self->container);
	container_set_iommu(self->container, VFIO_TYPE1v2_IOMMU);
}

FIXTURE_TEARDOWN(race)
{
	close(self->group);
	close(self->container);
}

struct opener {
	int group, failed;
	const char *bdf;
};

static void *open_and_close(void *arg)
{
	struct opener *o = arg;
	int i, fd;

	for (i = 0; i < 20; i++) {
		fd = __group_get_device_fd(o->group, o->bdf);
		if (fd < 0)
			o->failed++;
		else
			close(fd);
	}
	return NULL;
}

/* Devices of a set are opened and closed one at a time, however many ask at once. */
VFIO_TEST_F(race, opened_by_two, "DEV-023")
{
	struct opener openers[2] = {
		{ self->group, 0, role_bdf(ROLE_SHARED) },
		{ self->group, 0, role_bdf(ROLE_SIBLING) },
	};
	pthread_t thread[2];
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, open_and_close, &openers[i]));
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		EXPECT_EQ(0, openers[i].failed);
	}
}

CONFORMANCE_MAIN
