// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers in shared objects: what insmod is for the kernel.
 */
#include <kapi/module.h>
#include <kapi/plugin.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "module.h"

static char error[512];

const char *kapi_plugin_error(void)
{
	return error;
}

static int __printf(2, 3) fail(int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, sizeof(error), fmt, ap);
	va_end(ap);
	return ret;
}

/* Load what the constructors of an object added behind @last. */
static int load_new(const char *path, struct module *last)
{
	struct module *mod;
	int ret;

	if (!kapi_next_module(last))
		return fail(-ENOEXEC, "%s: no module_init() in it", path);
	for (mod = last; (mod = kapi_next_module(mod));) {
		if (mod->extra)
			continue;
		if (kapi_find_module(mod->name) != mod)
			return fail(-EEXIST, "%s: there is a module %s already", path, mod->name);
		ret = kapi_load_module(mod->name);
		if (ret)
			return fail(ret, "%s: loading module %s: %s", path, mod->name,
				    strerror(-ret));
	}
	return 0;
}

static int load_object(const char *path)
{
	struct module *last = NULL, *mod;

	while ((mod = kapi_next_module(last)))
		last = mod;
	if (!dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE))
		return fail(-ENOENT, "%s", dlerror());
	return load_new(path, last);
}

int kapi_load_plugins(const char *paths)
{
	char *copy, *path, *save;
	int ret = 0;

	*error = 0;
	copy = strdup(paths ?: "");
	if (!copy)
		return fail(-ENOMEM, "no memory");
	for (path = strtok_r(copy, ":", &save); path && !ret; path = strtok_r(NULL, ":", &save))
		ret = load_object(path);
	free(copy);
	return ret;
}
