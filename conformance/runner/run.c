// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance run: the suite on the core, or on devices of this host. */
#include "results.h"
#include "runner.h"
#include "suite.h"
#include "text.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const profiles[] = { "5.19", "6.1", "6.12", "7.3" };

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance run [-d BDF]... [options]\n"
	      "       vfio-compliance run [--plan FILE] [--shard I/N | --cell ID] [-o DIR]\n"
	      "\n"
	      "Without -d the suite runs on the userspace core; no root, no device.\n"
	      "\n"
	      "  -d BDF         a PCI device of this host, bound to a vfio driver; the first is the\n"
	      "                 device under test, further ones may be used beside it.\n"
	      "                 VFIO_SELFTESTS_BDF names it, too\n"
	      "  --profile V    the kernel that the core answers as: 5.19, 6.1, 6.12 (default), 7.3\n"
	      "  --topology T   the machine of the core: a file, or one of those that are shipped:\n"
	      "                 default, hotreset, iommus, noiommu, slots. VFIO_CORE_TOPOLOGY names a file, too\n"
	      "  --driver FILE  a driver for the core to load, from `vfio-compliance sdk build`; its\n"
	      "                 devices are those under test. Repeatable. VFIO_CORE_DRIVERS names\n"
	      "                 such files, too, separated by colons\n"
	      "  -t GLOB        only tests whose name, program or PROGRAM/NAME matches; repeatable\n"
	      "  --list NAME    only the tests of a list: a file of GLOBs, or one that is shipped: quick\n"
	      "  -o DIR         where the report goes (default build/report)\n"
	      "  --silence S    seconds without output after which a test program is ended (60)\n"
	      "  --waivers FILE  known failures, with reason and expiry date; repeatable\n"
	      "  --repeat N     run it N times and list the tests that do not always end alike\n"
	      "  --plan, --shard, --cell  a part of a plan; see `vfio-compliance run --shard 1/1 -h`\n"
	      "  -v             print every test\n"
	      "  -q             no progress\n", f);
}

bool known_profile(const char *name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (!strcmp(name, profiles[i]))
			return true;
	cannot("no profile \"%s\"; there are 5.19, 6.1, 6.12 and 7.3", name);
	return false;
}

const char *find_topology(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s", name);
	if (access(path, R_OK) && !strchr(name, '/'))
		snprintf(path, sizeof(path), "%s/%s.topo", path_topologies(), name);
	if (!access(path, R_OK))
		return path;
	cannot("no topology \"%s\"; give a file, or one of those in %s", name, path_topologies());
	return NULL;
}

int parse_repeat(const char *text, int *repeat)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > 10000)
		return cannot("--repeat takes a number from 1 to 10000, not \"%s\"", text);
	*repeat = n;
	return 0;
}

static int run(const struct suite *s, const char *out, bool verbose)
{
	struct results *r;
	char why[512];
	int ret;

	ret = suite_run(s, &r);
	if (ret && suite_interrupted())
		return cannot("interrupted; nothing was written to %s", out);
	if (ret)
		return ret;
	ret = results_exit_status(r);
	if (report_write(r, out, why, sizeof(why)))
		ret = cannot("%s", why);
	else
		text_print(r, out, verbose);
	results_free(r);
	return ret;
}

/* As an absolute path: dlopen() looks for a bare name elsewhere. */
static void add_driver(struct suite *s, const char *file)
{
	char *path = realpath(file, NULL);

	strv_add(&s->drivers, &s->nr_drivers, path ? path : file);
	free(path);
}

int cmd_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },  { "test", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },  { "profile", required_argument, NULL, 'p' },
		{ "topology", required_argument, NULL, 'T' },
		{ "driver", required_argument, NULL, 'D' },
		{ "waivers", required_argument, NULL, 'w' }, { "repeat", required_argument, NULL, 'r' },
		{ "list", required_argument, NULL, 'l' },
		{ "silence", required_argument, NULL, 's' }, { "verbose", no_argument, NULL, 'v' },
		{ "quiet", no_argument, NULL, 'q' },	     { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct waivers waivers = { 0 };
	struct suite s = { .profile = "6.12", .waivers = &waivers };
	const char *env = getenv("VFIO_SELFTESTS_BDF"), *out = "build/report";
	bool verbose = false, quiet = false;
	int opt, ret;

	if (is_shard_run(argc, argv))
		return cmd_run_shard(argc, argv);
	while ((opt = getopt_long(argc, argv, "d:t:o:vqh", options, NULL)) != -1) {
		switch (opt) {
		case 'd': strv_add(&s.bdfs, &s.nr_bdfs, optarg); break;
		case 't': strv_add(&s.globs, &s.nr_globs, optarg); break;
		case 'o': out = optarg; break;
		case 'p': s.profile = optarg; break;
		case 'T': s.topology = optarg; break;
		case 'D': add_driver(&s, optarg); break;
		case 's': s.silence = optarg; break;
		case 'w':
			if (waivers_load(&waivers, optarg))
				return EXIT_CANNOT;
			break;
		case 'l':
			if (rules_add_globs(optarg, &s.globs, &s.nr_globs))
				return EXIT_CANNOT;
			break;
		case 'r':
			if (parse_repeat(optarg, &s.repeat))
				return EXIT_CANNOT;
			break;
		case 'v': verbose = true; break;
		case 'q': quiet = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind < argc)
		return cannot("\"%s\" is not an option of run; see `vfio-compliance run -h`",
			      argv[optind]);
	if (!known_profile(s.profile))
		return EXIT_CANNOT;
	if (!s.nr_bdfs && !s.topology && !s.nr_drivers && env && *env)
		strv_add(&s.bdfs, &s.nr_bdfs, env);
	if (s.topology && s.nr_bdfs)
		return cannot("--topology is for the core, -d for a device of this host; give one "
			      "of them");
	if (s.nr_drivers && s.nr_bdfs)
		return cannot("--driver is for the core, -d for a device of this host; give one of "
			      "them");
	for (size_t i = 0; i < s.nr_drivers; i++)
		if (access(s.drivers[i], R_OK))
			return cannot("no driver %s: %s", s.drivers[i], strerror(errno));
	if (s.topology) {
		s.topology = find_topology(s.topology);
		if (!s.topology)
			return EXIT_CANNOT;
	}
	for (size_t i = 0; i < s.nr_bdfs; i++) {
		ret = check_device(s.bdfs[i]);
		if (ret)
			return ret;
	}
	s.progress = !quiet && isatty(STDERR_FILENO);
	return run(&s, out, verbose);
}
