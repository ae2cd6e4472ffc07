/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of the interposer are plain programs that start themselves again with the
 * library loaded. Nothing of the core is linked or called.
 */
#ifndef TESTS_PRELOAD_H
#define TESTS_PRELOAD_H

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tap.h"

/* The main device of the default topology. */
#define DEV "/sys/bus/pci/devices/0000:01:00.0"
#define GET_API_VERSION 0x3b64

/* -errno of a call that returns -1. */
#define err(call) ({ errno = 0; long __r = (long)(call); __r == -1 ? -errno : __r; })

static char path[PATH_MAX] __attribute__((__unused__));
/* An address nobody has; volatile, so that the compiler does not see through it. */
static void *volatile bad __attribute__((__unused__)) = (void *)8;

/* Path of a library that this program runs with, and a colon; "" if it does not. */
static inline void find_library(const char *name, char *out, size_t size)
{
	char line[PATH_MAX + 100], *at;
	FILE *maps = fopen("/proc/self/maps", "r");

	*out = 0;
	while (maps && !*out && fgets(line, sizeof(line), maps)) {
		at = strchr(line, '/');
		if (at && strstr(at, name))
			snprintf(out, size, "%.*s:", (int)strcspn(at, "\n"), at);
	}
	if (maps)
		fclose(maps);
}

/* At the start of main(): returns in the process that has the library. */
static inline void preload(char **argv)
{
	char self[PATH_MAX - 100], asan[PATH_MAX], libs[3 * PATH_MAX], *dir;
	ssize_t len;

	if (getenv("VFIO_PRELOAD_TEST"))
		return;
#ifdef __SANITIZE_THREAD__
	printf("1..0 # SKIP the thread sanitizer does not start in a preloaded library\n");
	exit(0);
#endif
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[len > 0 ? len : 0] = 0;
	dir = strdup(self);
	*strrchr(dir, '/') = 0;
	/* A sanitizer wants to be first; what it finds in other programs is not our affair. */
	find_library("libasan.so", asan, sizeof(asan));
	snprintf(libs, sizeof(libs), "%s%s/../../lib/libvfio-core.so", asan, dir);
	setenv("LD_PRELOAD", libs, 1);
	setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
	setenv("VFIO_PRELOAD_TEST", "1", 1);
	execv(self, argv);
	exit(2);
}

#endif
