// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library has been loaded: start the core.
 */
#include "real.h"
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <kapi/vfs.h>
#include <linux/array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../pci/model/model.h"
#include "path.h"

/* The main device of the default topology, behind a port of its own. */
#define MAIN_DEVICE "0000:01:00.0"

/* The mediated devices of the default machine, and who makes them. */
#define MDEV_PARENT	"mock_mdev"
#define MDEV_PARENTS	MDEV_PARENT " mock_mdev_pool"
#define MDEV_TYPE	"mock_mdev-small"
static const char *const mdevs[] = {
	"5f0a0001-76d0-4c0d-9c3a-6d6465760001",
	"5f0a0001-76d0-4c0d-9c3a-6d6465760002",
};

/* By the attribute that users have for it. 0 or -errno. */
static int make_mdevs(void)
{
	static const char create[] = "/sys/class/mdev_bus/" MDEV_PARENT "/mdev_supported_types/"
				     MDEV_TYPE "/create";
	struct kapi_node *node;
	ssize_t n = 0;
	size_t i;
	int ret;

	ret = kapi_lookup(create, true, &node);
	if (ret)
		return ret;
	for (i = 0; i < sizeof(mdevs) / sizeof(mdevs[0]) && n >= 0; i++)
		n = kapi_attr_write(node, mdevs[i], 0, strlen(mdevs[i]));
	kapi_node_put(node);
	return n < 0 ? n : 0;
}

static void set_mdevs(void)
{
	char all[128];

	snprintf(all, sizeof(all), "%s %s", mdevs[0], mdevs[1]);
	setenv("VFIO_COMPLIANCE_MDEVS", all, 0);
	setenv("VFIO_COMPLIANCE_MDEV_PARENT", MDEV_PARENTS, 0);
}

/* Tell test programs which devices are theirs, unless the user has. */
static void set_devices(void)
{
	const char *all = vfio_model_bdfs();
	char first[16];

	if (!*all)
		return;
	snprintf(first, sizeof(first), "%s", strstr(all, MAIN_DEVICE) ? MAIN_DEVICE : all);
	first[strcspn(first, " ")] = 0;
	setenv("VFIO_SELFTESTS_BDF", first, 0);
	setenv("VFIO_COMPLIANCE_BDFS", all, 0);
}

__attribute__((constructor)) static void start(void)
{
	int err = errno, ret;

	real_init();
	kapi_init();
	kapi_cred_watched();
	ret = kapi_load_modules();
	if (!ret)
		ret = vfio_model_init(getenv("VFIO_CORE_TOPOLOGY"));
	if (!ret)
		ret = make_mdevs();
	if (ret) {
		fprintf(stderr, "libvfio-core: cannot start: %s\n",
			*vfio_model_error() ? vfio_model_error() : strerror(-ret));
		_exit(2);
	}
	path_ready = true;
	set_devices();
	set_mdevs();
	errno = err;
}
