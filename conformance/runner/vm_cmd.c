// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance vm: the suite on a kernel booted in QEMU. */
#include "bench.h"
#include "clause.h"
#include "results.h"
#include "rules.h"
#include "runner.h"
#include "stream.h"
#include "vm_internal.h"
#include "vm_job.h"
#include "waivers.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance vm [--kernel 6.1|6.12|newest|debug|PATH] [options] [-- COMMAND...]\n"
	      "\n"
	      "Boots the kernel in QEMU, with no hardware and no root, and runs the suite there.\n"
	      "\n"
	      "  --kernel K     a stock kernel by series (default 6.12; `make deps` fetches them),\n"
	      "                 newest, debug (`make debug-kernel` builds it), or the path of a\n"
	      "                 bzImage, of an unpacked kernel package or of a built kernel tree\n"
	      "                 (or of what its make got as O=)\n"
	      "  --build[=C]    build the tree that --kernel names first, beside it, with debug's\n"
	      "                 checkers or, C = plain, without them\n"
	      "  --set VAR=VAL  for the kernel's make, LLVM=1 for example; repeatable\n"
	      "  --base K       run this kernel, too, and tell what fell short since; with --build\n"
	      "                 also a commit of the tree, v6.12 for example\n"
	      "  --repeat N     run N times, and list the tests with more than one verdict\n"
	      "  --guests N     spread the suite over N guests that run side by side (default: as\n"
	      "                 many as there are processors, or one for -t and --list)\n"
	      "  --shell        a shell in the guest, on this terminal\n"
	      "  --gdb[=PORT]   wait at power-on for a debugger (default port 1234)\n"
	      "  --machine M    shape of the guest: default, amd, noiommu, bare, e1000e,\n"
	      "                 nvme, testdev\n"
	      "  --coverage     what was reached of drivers/vfio (debug kernel): a table, also in the\n"
	      "                 page, and coverage.txt and coverage.json in the report\n"
	      "  --modules DIR  .ko files laid over the kernel's own ones of the same name\n"
	      "  --append ARGS  added to the kernel command line\n"
	      "  --file FILE[=/PATH]  one more file for the guest (default /bin/NAME); repeatable\n"
	      "  -t GLOB        only tests whose name, program or PROGRAM/NAME matches; repeatable\n"
	      "  --list NAME    only the tests of a list: a file of GLOBs, or one that is shipped: quick\n"
	      "  -o DIR         where the report goes (default build/report-vm)\n"
	      "  --timeout S    time limit from power-on to power-off (default 600)\n"
	      "  --waivers FILE  known failures, with reason and expiry date; repeatable\n"
	      "  -v, -q         print every test; no progress\n"
	      "  -- COMMAND     run this in the guest in place of the suite, show its output, and\n"
	      "                 exit with its status\n"
	      "  -- bench ...   measure in the guest; the options of `vfio-compliance bench`\n"
	      "  -- fuzz-replay [-t TARGET] DIR...  run inputs of fuzz targets, and show each step\n"
	      "  --bisect       exit status as `git bisect run` takes it: 125, too, if all tests were\n"
	      "                 skipped, and 128, which ends it, if nothing could be tried\n"
	      "\n"
	      "Exit status 125: the tree does not build, or does not boot.\n", f);
}

static void to_stdout(void *ctx, const char *data, size_t len)
{
	(void)ctx;
	fwrite(data, 1, len, stdout);
	fflush(stdout);
}

/* Inputs of fuzz-replay, which are files and folders here, go along. */
static void give_inputs(char **args, char ***files, size_t *nr)
{
	char file[PATH_MAX + 16], to[32];

	for (int i = 0; args[i]; i++) {
		if (*args[i] == '-' || access(args[i], R_OK))
			continue;
		snprintf(to, sizeof(to), "/inputs/%d", i);
		snprintf(file, sizeof(file), "%s=%s", args[i], to);
		strv_add(files, nr, file);
		args[i] = strdup(to);
	}
}

static int vm_command(struct vm_options *vm, char **argv)
{
	struct vm_result res;

	vm->argv = vm->coverage ? vm_with_coverage(argv) : argv;
	if (!vm_run(vm, to_stdout, NULL, &res))
		return res.status;
	cannot("%s", res.reason);
	if (vm_is_bisect_skip(vm->kernel, &res))
		return EXIT_BISECT_SKIP;
	return res.end == VM_PANIC || res.end == VM_TIMEOUT ? EXIT_SHORT : EXIT_CANNOT;
}

/*
 * A shell on the third serial port, which is our terminal. The guest makes its
 * command the leader of a session, so that the port becomes its terminal.
 */
static int vm_shell(struct vm_options *vm)
{
	static char *const argv[] = {
		"sh", "-c", "exec sh -i </dev/ttyS2 >/dev/ttyS2 2>&1", NULL
	};

	vm->shell = true;
	/* As long as it takes. */
	vm->timeout_s = INT_MAX / 1000;
	return vm_command(vm, (char **)argv);
}

struct cmdline {
	struct vm_options vm;
	struct vm_job job;
	struct waivers waivers;
	char **files;
	size_t nr_files;
	bool coverage, shell, bisect;
};

/* Returns -1 to go on with what follows @optind, else the exit status. */
static int parse(int argc, char **argv, struct cmdline *c)
{
	static const struct option options[] = {
		{ "kernel", required_argument, NULL, 'k' },  { "modules", required_argument, NULL, 'm' },
		{ "append", required_argument, NULL, 'a' },  { "file", required_argument, NULL, 'f' },
		{ "timeout", required_argument, NULL, 'T' }, { "test", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },  { "verbose", no_argument, NULL, 'v' },
		{ "machine", required_argument, NULL, 'M' }, { "coverage", no_argument, NULL, 'c' },
		{ "waivers", required_argument, NULL, 'w' }, { "bisect", no_argument, NULL, 'i' },
		{ "build", optional_argument, NULL, 'B' },   { "base", required_argument, NULL, 'b' },
		{ "repeat", required_argument, NULL, 'r' },  { "shell", no_argument, NULL, 's' },
		{ "gdb", optional_argument, NULL, 'g' },     { "set", required_argument, NULL, 'S' },
		{ "list", required_argument, NULL, 'l' },    { "guests", required_argument, NULL, 'G' },
		{ "quiet", no_argument, NULL, 'q' },	     { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct vm_options *vm = &c->vm;
	struct vm_job *job = &c->job;
	char *end;
	int opt;

	while ((opt = getopt_long(argc, argv, "+t:o:vqh", options, NULL)) != -1) {
		switch (opt) {
		case 'k': vm->kernel = optarg; break;
		case 'm': vm->modules = optarg; break;
		case 'a': vm->append = optarg; break;
		case 'M': vm->machine = optarg; break;
		case 'c': c->coverage = true; break;
		case 'f': strv_add(&c->files, &c->nr_files, optarg); break;
		case 'T':
			vm->timeout_s = strtol(optarg, &end, 10);
			if (*end || vm->timeout_s <= 0)
				return cannot("--timeout takes a number of seconds, not \"%s\"", optarg);
			break;
		case 't': strv_add(&job->globs, &job->nr_globs, optarg); break;
		case 'o': job->out = optarg; break;
		case 'l':
			if (rules_add_globs(optarg, &job->globs, &job->nr_globs))
				return EXIT_CANNOT;
			break;
		case 'w':
			if (waivers_load(&c->waivers, optarg))
				return EXIT_CANNOT;
			break;
		case 'B': job->build = optarg ? optarg : "debug"; break;
		case 'S': strv_add(&job->vars, &job->nr_vars, optarg); break;
		case 'b': job->base = optarg; break;
		case 'r':
			if (parse_repeat(optarg, &job->repeat))
				return EXIT_CANNOT;
			break;
		case 'G':
			vm->guests = strtol(optarg, &end, 10);
			if (*end || vm->guests < 1 || vm->guests > VM_MAX_GUESTS)
				return cannot("--guests takes a number from 1 to %d, not \"%s\"",
					      VM_MAX_GUESTS, optarg);
			break;
		case 'i': c->bisect = true; break;
		case 's': c->shell = true; break;
		case 'g':
			vm->gdb_port = optarg ? strtol(optarg, &end, 10) : 1234;
			if ((optarg && *end) || vm->gdb_port <= 0 || vm->gdb_port > 65535)
				return cannot("--gdb takes the number of a port, not \"%s\"", optarg);
			/* Who looks around in a kernel needs time. */
			vm->timeout_s = INT_MAX / 1000;
			break;
		case 'v': job->verbose = true; break;
		case 'q': vm->quiet = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind < argc && strcmp(argv[optind - 1], "--"))
		return cannot("\"%s\" is not an option of vm; see `vfio-compliance vm -h`",
			      argv[optind]);
	if (c->shell && (c->coverage || optind < argc))
		return cannot("--shell goes with neither --coverage nor a command");
	if ((job->base || job->repeat > 1) && (c->shell || optind < argc))
		return cannot("--base and --repeat are for the suite");
	return -1;
}

static int run(struct cmdline *c, int argc, char **argv)
{
	char work[4096], tar[4200];
	int ret, covered;

	snprintf(work, sizeof(work), "%s/vm", path_state());
	ret = make_dirs(work);
	if (ret)
		return cannot("cannot make %s: %s", work, strerror(-ret));
	c->vm.out_dir = work;
	if (argc && !strcmp(argv[0], "bench"))
		return bench_in_vm(&c->vm, argc, argv);
	if (argc && !strcmp(argv[0], "fuzz-replay"))
		give_inputs(argv + 1, &c->files, &c->nr_files);
	strv_add(&c->files, &c->nr_files, "");
	free(c->files[c->nr_files - 1]);
	c->files[c->nr_files - 1] = NULL;
	c->vm.files = (const char *const *)c->files;
	if (c->coverage) {
		snprintf(tar, sizeof(tar), "%s/coverage-%d.tar", work, getpid());
		c->vm.coverage = tar;
	}
	ret = vm_build(&c->job);
	if (ret)
		return ret;
	if (c->shell)
		return vm_shell(&c->vm);
	if (!argc)
		return vm_validate(&c->job);
	ret = vm_command(&c->vm, argv);
	if (!c->coverage || ret == EXIT_CANNOT || ret == EXIT_BISECT_SKIP)
		return ret;
	covered = vm_coverage(&c->vm, c->job.out, true);
	return ret ? ret : covered;
}

int cmd_vm(int argc, char **argv)
{
	struct cmdline c = {
		.vm = { .kernel = "6.12", .timeout_s = 600 },
		.job = { .out = "build/report-vm", .repeat = 1, .vm = &c.vm, .waivers = &c.waivers },
	};
	int ret = parse(argc, argv, &c);

	if (ret < 0)
		ret = run(&c, argc - optind, argv + optind);
	if (c.bisect && ret == EXIT_CANNOT)
		return EXIT_BISECT_END;
	return c.bisect && ret == EXIT_ALL_SKIPPED ? EXIT_BISECT_SKIP : ret;
}
