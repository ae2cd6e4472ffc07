// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library has been loaded: start the core.
 */
#include "real.h"
#include <kapi/module.h>
#include <kapi/plugin.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../pci/model/model.h"
#include "drivers.h"
#include "path.h"
#include "trace.h"

static const char *why(int ret)
{
	if (*kapi_plugin_error())
		return kapi_plugin_error();
	return *vfio_model_error() ? vfio_model_error() : strerror(-ret);
}

__attribute__((constructor)) static void start(void)
{
	int err = errno, ret;

	real_init();
	kapi_init();
	kapi_cred_watched();
	ret = kapi_load_modules();
	if (!ret)
		ret = drivers_load();
	if (!ret)
		ret = vfio_model_init(getenv("VFIO_CORE_TOPOLOGY"));
	if (!ret)
		ret = drivers_make_mdevs();
	if (ret) {
		fprintf(stderr, "libvfio-core: cannot start: %s\n", why(ret));
		_exit(2);
	}
	path_ready = true;
	trace_init();
	drivers_set_environment();
	errno = err;
}
