// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run of the suite, in one guest or spread over several that run side by side: an
 * emulated processor is slow, and a guest has one.
 */
#include "clause.h"
#include "join.h"
#include "runner.h"
#include "stream.h"
#include "vm_internal.h"
#include "vm_job.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUEST_MB	3072	/* a guest's memory, and what its QEMU needs beside it */

/* A guest of its own process, which leaves its results in a file. */
struct guest {
	pid_t pid;
	int told;			/* a struct vm_result comes out of it */
	char path[PATH_MAX];
	struct vm_result res;
};

/* The end of the console log, to stand in a report. */
static char *console_tail(const char *path)
{
	FILE *f = fopen(path, "r");
	static char buf[16384];
	size_t n;
	long size;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	fseek(f, size > (long)sizeof(buf) - 1 ? size - ((long)sizeof(buf) - 1) : 0, SEEK_SET);
	n = fread(buf, 1, sizeof(buf) - 1, f);
	buf[n] = '\0';
	fclose(f);
	return buf;
}

char **vm_with_coverage(char *const *argv)
{
	char **all = NULL;
	size_t n = 0;

	strv_add(&all, &n, VM_LIBEXEC "/gcov-out.sh");
	while (*argv)
		strv_add(&all, &n, *argv++);
	all = grow(all, n + 1, sizeof(*all));
	all[n] = NULL;
	return all;
}

/* What guest @i of @n runs: exec-tests and its options. */
static char **suite_command(char **globs, size_t nr_globs, int i, int n)
{
	char **argv = NULL, part[32];
	size_t nr = 0;

	strv_add(&argv, &nr, "exec-tests");
	strv_add(&argv, &nr, "--kmsg");
	for (size_t g = 0; g < nr_globs; g++) {
		strv_add(&argv, &nr, "-t");
		strv_add(&argv, &nr, globs[g]);
	}
	if (n > 1) {
		snprintf(part, sizeof(part), "%d/%d", i + 1, n);
		strv_add(&argv, &nr, "--part");
		strv_add(&argv, &nr, part);
	}
	strv_add(&argv, &nr, "--dir");
	strv_add(&argv, &nr, "tests");
	argv = grow(argv, nr + 1, sizeof(*argv));
	argv[nr] = NULL;
	return argv;
}

void vm_coverage_file(const struct vm_options *vm, int i, char *path, size_t size)
{
	snprintf(path, size, i ? "%s.%d" : "%s", vm->coverage, i);
}

/* Guest @i of @n; NULL if there was no run, and res->reason says why. */
static struct results *run_guest(const struct vm_options *options, const struct catalogue *cat,
				 char **globs, size_t nr_globs, int i, int n, struct vm_result *res)
{
	struct vm_options vm = *options;
	char coverage[PATH_MAX];
	struct results *r;
	struct stream *s;

	vm.argv = suite_command(globs, nr_globs, i, n);
	if (vm.coverage) {
		vm_coverage_file(options, i, coverage, sizeof(coverage));
		vm.coverage = coverage;
		vm.argv = vm_with_coverage(vm.argv);
	}
	s = stream_new(cat, globs, nr_globs, !vm.quiet && isatty(STDERR_FILENO));
	vm_run(&vm, stream_feed, s, res);
	if (res->end == VM_CANNOT || res->end == VM_INTERRUPTED) {
		results_free(stream_end(s, res->reason, NULL));
		return NULL;
	}
	if (res->end == VM_OK && !stream_complete(s)) {
		snprintf(res->reason, sizeof(res->reason),
			 "the guest's results are cut short; its console is in %s", res->console);
		res->end = VM_PANIC;
	}
	r = stream_end(s, res->end == VM_OK ? NULL : res->reason, console_tail(res->console));
	str_set(&r->accel, res->accel);
	if (*res->release)
		str_set(&r->kernel, res->release);
	if (!*r->backend)
		str_set(&r->backend, "kernel");
	return r;
}

static void start_guest(struct guest *g, const struct vm_options *options,
			const struct catalogue *cat, char **globs, size_t nr_globs, int i, int n)
{
	struct vm_options vm = *options;
	pid_t parent = getpid();
	struct results *r;
	int ends[2];

	*g = (struct guest){ .told = -1, .res = { .end = VM_CANNOT } };
	snprintf(g->path, sizeof(g->path), "%s/part-%d-%d.json", vm.out_dir, parent, i);
	if (pipe(ends)) {
		snprintf(g->res.reason, sizeof(g->res.reason), "no pipe: %s", strerror(errno));
		return;
	}
	fflush(NULL);
	g->pid = fork();
	if (!g->pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		close(ends[0]);
		vm.quiet = true;
		r = getppid() == parent ? run_guest(&vm, cat, globs, nr_globs, i, n, &g->res) : NULL;
		if (r && results_write_json(r, g->path)) {
			g->res.end = VM_CANNOT;
			snprintf(g->res.reason, sizeof(g->res.reason), "cannot write %.400s: %s",
				 g->path, strerror(errno));
		}
		_exit(write(ends[1], &g->res, sizeof(g->res)) != sizeof(g->res));
	}
	close(ends[1]);
	g->told = ends[0];
	if (g->pid < 0) {
		g->pid = 0;
		snprintf(g->res.reason, sizeof(g->res.reason), "no process: %s", strerror(errno));
	}
}

/* Its results, as run_guest() has them. */
static struct results *end_guest(struct guest *g)
{
	struct results *r = NULL;
	size_t have = 0;
	ssize_t n = 0;

	while (g->pid && have < sizeof(g->res) &&
	       ((n = read(g->told, (char *)&g->res + have, sizeof(g->res) - have)) > 0 ||
		(n < 0 && errno == EINTR)))
		have += n > 0 ? n : 0;
	if (g->told >= 0)
		close(g->told);
	if (g->pid) {
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			;
		if (have < sizeof(g->res))
			g->res = (struct vm_result){ .end = VM_INTERRUPTED };
	}
	if (g->res.end != VM_CANNOT && g->res.end != VM_INTERRUPTED) {
		r = results_load(g->path, g->res.reason, sizeof(g->res.reason));
		if (!r)
			g->res.end = VM_CANNOT;
	}
	unlink(g->path);
	return r;
}

/* The consoles of all in that of the first. */
static void add_console(const char *to, const char *from, int i)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "a");
	char buf[65536];
	size_t n;

	if (in && out) {
		fprintf(out, "\n======== guest %d ========\n", i + 1);
		while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
			fwrite(buf, 1, n, out);
	}
	if (in)
		fclose(in);
	if (out)
		fclose(out);
}

/* How it ended that tells most of what was wrong. */
static void join_end(struct vm_result *res, const struct vm_result *with)
{
	static const int ranks[] = {
		[VM_OK] = 0, [VM_TIMEOUT] = 1, [VM_PANIC] = 2, [VM_CANNOT] = 3, [VM_INTERRUPTED] = 4,
	};

	if (ranks[with->end] <= ranks[res->end])
		return;
	res->end = with->end;
	res->status = with->status;
	memcpy(res->reason, with->reason, sizeof(res->reason));
	if (!*res->release)
		memcpy(res->release, with->release, sizeof(res->release));
}

static struct results *run_guests(const struct vm_options *vm, const struct catalogue *cat,
				  char **globs, size_t nr_globs, struct vm_result *res)
{
	struct guest guests[VM_MAX_GUESTS];
	struct results *all = NULL, *first, *r;
	int n = vm->guests, i;

	for (i = 1; i < n; i++)
		start_guest(&guests[i], vm, cat, globs, nr_globs, i, n);
	first = run_guest(vm, cat, globs, nr_globs, 0, n, res);
	if (n == 1)
		return first;
	if (first) {
		all = results_new();
		results_join(all, first, false);
		results_free(first);
	}
	for (i = 1; i < n && !all; i++)
		if (guests[i].pid)
			kill(guests[i].pid, SIGTERM);
	for (i = 1; i < n; i++) {
		r = end_guest(&guests[i]);
		if (all && r) {
			results_join(all, r, false);
			add_console(res->console, guests[i].res.console, i);
		}
		/* Why the first has no results is why the others were ended. */
		if (all)
			join_end(res, &guests[i].res);
		results_free(r);
	}
	if (all)
		results_finish(all);
	return all;
}

/* In MiB; 0 if /proc does not tell. */
static long available_memory(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = 0;

	while (f && fgets(line, sizeof(line), f) && sscanf(line, "MemAvailable: %ld", &kb) != 1)
		;
	if (f)
		fclose(f);
	return kb / 1024;
}

/* One for each processor, as far as memory allows. */
static int choose_guests(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN), fit = available_memory() / GUEST_MB;

	n = n < fit ? n : fit;
	return n < 1 ? 1 : n > VM_MAX_GUESTS ? VM_MAX_GUESTS : n;
}

struct results *vm_suite(struct vm_options *vm, char **globs, size_t nr_globs,
			 struct vm_result *res)
{
	struct catalogue *cat = catalogue_load(path_clauses(), path_test_list());
	struct results *r;

	*res = (struct vm_result){ .end = VM_CANNOT };
	if (!cat)
		return NULL;
	/* A few tests take less than another boot. A debugger has one guest at its port. */
	if (!vm->guests)
		vm->guests = nr_globs || vm->gdb_port ? 1 : choose_guests();
	r = run_guests(vm, cat, globs, nr_globs, res);
	if (!r || res->end == VM_CANNOT || res->end == VM_INTERRUPTED) {
		cannot("%s", res->end == VM_INTERRUPTED ? "interrupted; nothing was written"
							: res->reason);
		results_free(r);
		return NULL;
	}
	return r;
}
