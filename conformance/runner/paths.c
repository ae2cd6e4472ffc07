// SPDX-License-Identifier: GPL-2.0-only
#include "runner.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cannot(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("vfio-compliance: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_CANNOT;
}

const char *path_prefix(void)
{
	static char prefix[PATH_MAX];
	ssize_t n;

	if (*prefix)
		return prefix;
	n = readlink("/proc/self/exe", prefix, sizeof(prefix) - 1);
	prefix[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 2 && strrchr(prefix, '/'); i++)
		*strrchr(prefix, '/') = '\0';
	return prefix;
}

const char *path_state(void)
{
	static char path[PATH_MAX + 64];
	const char *state = getenv("VFIO_COMPLIANCE_STATE"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");

	if (state && *state)
		return state;
	/* `make install` writes this file; a build folder has none. */
	snprintf(path, sizeof(path), "%s/share/vfio-compliance/installed", path_prefix());
	if (access(path, F_OK))
		return path_prefix();
	if (data && *data)
		snprintf(path, sizeof(path), "%s/vfio-compliance", data);
	else
		snprintf(path, sizeof(path), "%s/.local/share/vfio-compliance", home ?: "");
	return path;
}

#define PATH_FN(name, tail)						\
	const char *name(void)						\
	{								\
		static char path[PATH_MAX + sizeof(tail)];		\
									\
		snprintf(path, sizeof(path), "%s/" tail, path_prefix());\
		return path;						\
	}

bool find_core(const char *prefix, char *path, size_t size)
{
	static const char *const places[] = { ("lib/" MULTIARCH), "lib64", "lib" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, size, "%s/%s/libvfio-core.so", prefix, places[i]);
		if (!access(path, R_OK))
			return true;
	}
	return false;
}

const char *path_core(void)
{
	static char path[PATH_MAX + 128];

	find_core(path_prefix(), path, sizeof(path));
	return path;
}

PATH_FN(path_tests, "libexec/vfio-compliance/tests")
PATH_FN(path_exec_tests, "libexec/vfio-compliance/exec-tests")
PATH_FN(path_clauses, "share/vfio-compliance/clauses")
PATH_FN(path_topologies, "share/vfio-compliance/topologies")
PATH_FN(path_sdk, "share/vfio-compliance/sdk")
PATH_FN(path_tracked, "share/vfio-compliance/bench/tracked")
PATH_FN(path_lists, "share/vfio-compliance/lists")
PATH_FN(path_test_list, "share/vfio-compliance/tests.list")
