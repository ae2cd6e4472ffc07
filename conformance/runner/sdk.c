// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-compliance sdk: a driver written for the kernel, compiled into an object that
 * the core loads at its start (lib/kapi/include/kapi/plugin.h).
 */
#include "runner.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct sdk_build {
	const char *out, *level;
	char module[64];
	char work[32];		/* the folder of what comes between */
	const char *args[256];	/* for the compiler, from the command line */
	unsigned int nr_args;
	bool verbose;
};

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance sdk build [options] DRIVER.c... -o DRIVER.so\n"
	      "       vfio-compliance sdk cflags [--level L] [-n NAME]\n"
	      "\n"
	      "Compiles the source of a VFIO driver, as it is written for the kernel, for the\n"
	      "userspace core: `vfio-compliance run --driver DRIVER.so` runs the suite on it.\n"
	      "CC names the compiler. `sdk cflags` prints the options for a build of your own.\n"
	      "\n"
	      "  --level L    the kernel whose driver API it is written against: 5.19, 6.1,\n"
	      "               6.12 (default)\n"
	      "  -n NAME      of the module (default: that of the output file)\n"
	      "  -I DIR, -D MACRO   for the compiler\n"
	      "  -v           show the commands\n", f);
}

/* Run a command to its end: 0, or what it exited with. */
static int spawn(const struct sdk_build *b, const char *const *argv)
{
	pid_t pid;
	int st, ret;

	for (unsigned int i = 0; b->verbose && argv[i]; i++)
		printf("%s%s", argv[i], argv[i + 1] ? " " : "\n");
	fflush(stdout);
	ret = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ);
	if (ret)
		return cannot("cannot run %s: %s", argv[0], strerror(ret));
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(st) && !WEXITSTATUS(st))
		return 0;
	return cannot("%s failed on %s", argv[0], b->out ? b->out : "it");
}

static const char *level_number(const char *level)
{
	return !strcmp(level, "5.19") ? "519" : !strcmp(level, "6.1") ? "601" :
	       !strcmp(level, "6.12") ? "612" : NULL;
}

static const char *format(const char *fmt, const char *arg)
{
	char *text;

	if (asprintf(&text, fmt, arg) < 0)
		err(EXIT_CANNOT, "no memory");
	return text;
}

/* The options that make a compiler see kapi as the kernel; returns how many. */
static unsigned int cflags(const struct sdk_build *b, const char **argv)
{
	static const char *const fixed[] = {
		"-std=gnu11", "-O2", "-g", "-fPIC", "-fvisibility=hidden", "-fno-strict-aliasing",
		"-Wall", "-Wno-pointer-sign", "-Werror=implicit-function-declaration",
		"-D__KERNEL__", "-DMODULE",
	};
	unsigned int n = 0;

	for (; n < sizeof(fixed) / sizeof(*fixed); n++)
		argv[n] = fixed[n];
	argv[n++] = format("-DKAPI_LEVEL=%s", level_number(b->level));
	argv[n++] = format("-DKAPI_MODULE=%s", b->module);
	argv[n++] = format("-I%s/include", path_sdk());
	argv[n++] = "-isystem";
	argv[n++] = format("%s/include/uapi", path_sdk());
	return n;
}

static const char *compiler(void)
{
	const char *cc = getenv("CC");

	return cc && *cc ? cc : "gcc";
}

static int build(const struct sdk_build *b, char **sources, unsigned int nr)
{
	const char *argv[320] = { compiler() }, *objs[258] = { "ld", "-r", "-o" };
	const char *all = format("%s/all.o", b->work);
	char number[16];
	unsigned int n = 1 + cflags(b, argv + 1);
	int ret;

	memcpy(argv + n, b->args, b->nr_args * sizeof(*argv));
	n += b->nr_args;
	objs[3] = all;
	for (unsigned int i = 0; i < nr; i++) {
		snprintf(number, sizeof(number), "%u.o", i);
		objs[4 + i] = format(format("%s/%%s", b->work), number);
		argv[n] = "-c";
		argv[n + 1] = "-o";
		argv[n + 2] = objs[4 + i];
		argv[n + 3] = sources[i];
		ret = spawn(b, argv);
		if (ret)
			return ret;
	}
	ret = spawn(b, objs);
	if (ret)
		return ret;
	/* Its calls go to the names under which the core offers the kernel's functions. */
	ret = spawn(b, (const char *[]){ "objcopy", format("--redefine-syms=%s/symbols.map",
							   path_sdk()), all, NULL });
	if (ret)
		return ret;
	return spawn(b, (const char *[]){ compiler(), "-shared", "-Wl,-z,defs,-z,now", "-o", b->out,
					  all, path_core(), NULL });
}

/* Names of modules have no dash. */
static int name_module(struct sdk_build *b, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	char *c = b->module;

	if (snprintf(b->module, sizeof(b->module), "%.*s", (int)strcspn(base, "."), base) >=
	    (int)sizeof(b->module) || !*base)
		return cannot("\"%s\" gives no name of a module; give one with -n", name);
	for (; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return 0;
}

static void clean(const struct sdk_build *b, unsigned int nr)
{
	char path[64];

	for (unsigned int i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s/%u.o", b->work, i);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/all.o", b->work);
	unlink(path);
	rmdir(b->work);
}

int cmd_sdk(int argc, char **argv)
{
	static const struct option options[] = {
		{ "level", required_argument, NULL, 'l' }, { "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' }, { 0 }
	};
	struct sdk_build b = { .level = "6.12", .work = "/tmp/vfio-sdk.XXXXXX" };
	const char *name = NULL, *list[32] = { NULL };
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "o:n:I:D:vh", options, NULL)) != -1) {
		switch (opt) {
		case 'o': b.out = optarg; break;
		case 'n': name = optarg; break;
		case 'l': b.level = optarg; break;
		case 'I':
		case 'D':
			if (b.nr_args == sizeof(b.args) / sizeof(*b.args))
				return cannot("too many -I and -D");
			b.args[b.nr_args++] = format(opt == 'I' ? "-I%s" : "-D%s", optarg);
			break;
		case 'v': b.verbose = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (!level_number(b.level))
		return cannot("no API level \"%s\"; there are 5.19, 6.1 and 6.12", b.level);
	if (optind < argc && !strcmp(argv[optind], "cflags") && optind + 1 == argc) {
		if (name_module(&b, name ?: "driver"))
			return EXIT_CANNOT;
		for (unsigned int i = 0, n = cflags(&b, list); i < n; i++)
			printf("%s%s", list[i], i + 1 < n ? " " : "\n");
		return EXIT_HELD;
	}
	if (optind >= argc || strcmp(argv[optind], "build") || optind + 1 == argc || !b.out) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	if (argc - optind - 1 > 250)
		return cannot("more than 250 sources");
	if (name_module(&b, name ?: b.out))
		return EXIT_CANNOT;
	if (access(path_core(), R_OK))
		return cannot("%s is missing; run make", path_core());
	if (!mkdtemp(b.work))
		return cannot("cannot make %s: %s", b.work, strerror(errno));
	ret = build(&b, argv + optind + 1, argc - optind - 1);
	clean(&b, argc - optind - 1);
	return ret;
}
