// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library has been loaded: start the core.
 */
#include "real.h"
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../pci/model/model.h"
#include "path.h"

/* The main device of the default topology, behind a port of its own. */
#define MAIN_DEVICE "0000:01:00.0"

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
	ret = kapi_load_modules();
	if (!ret)
		ret = vfio_model_init(getenv("VFIO_CORE_TOPOLOGY"));
	if (ret) {
		fprintf(stderr, "libvfio-core: cannot start: %s\n", strerror(-ret));
		_exit(2);
	}
	path_ready = true;
	set_devices();
	errno = err;
}
