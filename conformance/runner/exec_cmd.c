// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance exec: any program of VFIO on the userspace core. */
#include "runner.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance exec [options] [--] PROGRAM [ARGUMENT...]\n"
	      "\n"
	      "Runs an unmodified program, as it was built for Linux, on the userspace core: what\n"
	      "it and its children do with /dev/vfio and with PCI devices in sysfs reaches the\n"
	      "devices of the core. No root, no device. Programs that are linked statically do not\n"
	      "get there.\n"
	      "\n"
	      "  --topology T   the machine of the core: a file, or one of those that are shipped:\n"
	      "                 default, hotreset, iommus, noiommu, slots\n"
	      "  --profile V    the kernel that the core answers as: 5.19, 6.1, 6.12 (default), 7.3\n"
	      "  --driver FILE  a driver for the core to load, from `vfio-compliance sdk build`;\n"
	      "                 repeatable\n"
	      "\n"
	      "Exit status: that of PROGRAM; 2 if it cannot be run.\n", f);
}

/* In front of what a colon-separated variable holds already. */
static void put_first(const char *name, const char *value)
{
	const char *old = getenv(name);
	char *both;

	if (!old || !*old) {
		setenv(name, value, 1);
		return;
	}
	if (asprintf(&both, "%s:%s", value, old) < 0)
		abort();
	setenv(name, both, 1);
	free(both);
}

static int add_driver(const char *file)
{
	char *path = realpath(file, NULL);

	if (!path)
		return cannot("no driver %s: %s", file, strerror(errno));
	put_first("VFIO_CORE_DRIVERS", path);
	free(path);
	return 0;
}

static int set_topology(const char *name)
{
	const char *file = find_topology(name);
	char *path = file ? realpath(file, NULL) : NULL;

	if (!path)
		return EXIT_CANNOT;
	/* The program may go elsewhere before it opens its first device. */
	setenv("VFIO_CORE_TOPOLOGY", path, 1);
	free(path);
	return 0;
}

int cmd_exec(int argc, char **argv)
{
	static const struct option options[] = {
		{ "topology", required_argument, NULL, 'T' },
		{ "profile", required_argument, NULL, 'p' },
		{ "driver", required_argument, NULL, 'D' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int opt;

	/* "+": what follows PROGRAM is its own. */
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'T':
			if (set_topology(optarg))
				return EXIT_CANNOT;
			break;
		case 'p':
			if (!known_profile(optarg))
				return EXIT_CANNOT;
			setenv("VFIO_CORE_PROFILE", optarg, 1);
			break;
		case 'D':
			if (add_driver(optarg))
				return EXIT_CANNOT;
			break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind == argc)
		return cannot("no program to run; see `vfio-compliance exec -h`");
	if (access(path_core(), R_OK))
		return cannot("%s is missing; run make", path_core());
	if (strpbrk(path_core(), " :"))
		return cannot("%s cannot be preloaded: ld.so takes space and colon for the end of "
			      "a name", path_core());
	put_first("LD_PRELOAD", path_core());
	execvp(argv[optind], argv + optind);
	return cannot("cannot run %s: %s", argv[optind], strerror(errno));
}
