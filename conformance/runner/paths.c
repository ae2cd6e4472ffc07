// SPDX-License-Identifier: GPL-2.0-only
#include "runner.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
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

#define PATH_FN(name, tail)						\
	const char *name(void)						\
	{								\
		static char path[PATH_MAX + sizeof(tail)];		\
									\
		snprintf(path, sizeof(path), "%s/" tail, path_prefix());\
		return path;						\
	}

PATH_FN(path_core, "lib/libvfio-core.so")
PATH_FN(path_tests, "libexec/vfio-compliance/tests")
PATH_FN(path_exec_tests, "libexec/vfio-compliance/exec-tests")
PATH_FN(path_clauses, "share/vfio-compliance/clauses")
PATH_FN(path_topologies, "share/vfio-compliance/topologies")
PATH_FN(path_sdk, "share/vfio-compliance/sdk")
PATH_FN(path_lists, "share/vfio-compliance/lists")
PATH_FN(path_test_list, "share/vfio-compliance/tests.list")
