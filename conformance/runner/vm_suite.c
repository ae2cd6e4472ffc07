// SPDX-License-Identifier: GPL-2.0-only
/* One run of the suite, in one guest or spread over several. */
#include "clause.h"
#include "join.h"
#include "runner.h"
#include "stream.h"
#include "vm_internal.h"
#include "vm_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void feed(void *ctx, int guest, const char *data, size_t len)
{
	struct stream **streams = ctx;

	stream_feed(streams[guest], data, len);
}

static struct results *end_guest(struct stream *s, struct vm_result *res)
{
	char console[sizeof(res->console)];
	struct results *r;

	if (res->end == VM_OK && !stream_complete(s)) {
		memcpy(console, res->console, sizeof(console));
		snprintf(res->reason, sizeof(res->reason),
			 "the guest's results are cut short; its console is in %.400s", console);
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

static struct results *run(const struct vm_options *vm, const struct catalogue *cat, char **globs,
			   size_t nr_globs, struct vm_result *res)
{
	static char coverage[VM_MAX_GUESTS][PATH_MAX];
	struct vm_options opts[VM_MAX_GUESTS];
	struct vm_result ends[VM_MAX_GUESTS];
	struct stream *streams[VM_MAX_GUESTS];
	struct results *all = results_new(), *r;
	bool show = !vm->quiet && isatty(STDERR_FILENO);
	int n = vm->guests, i;

	for (i = 0; i < n; i++) {
		opts[i] = *vm;
		opts[i].quiet |= i > 0;
		opts[i].argv = suite_command(globs, nr_globs, i, n);
		if (vm->coverage) {
			vm_coverage_file(vm, i, coverage[i], sizeof(coverage[i]));
			opts[i].coverage = coverage[i];
			opts[i].argv = vm_with_coverage(opts[i].argv);
		}
		streams[i] = stream_new(cat, globs, nr_globs, show && !i);
	}
	vm_run_all(opts, n, feed, streams, ends);
	for (i = 0; i < n; i++) {
		r = end_guest(streams[i], &ends[i]);
		results_join(all, r, false);
		results_free(r);
	}
	vm_join_results(res, ends, n);
	results_finish(all);
	return all;
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
		vm->guests = nr_globs || vm->gdb_port ? 1 : vm_choose_guests();
	r = run(vm, cat, globs, nr_globs, res);
	if (res->end != VM_CANNOT && res->end != VM_INTERRUPTED)
		return r;
	cannot("%s", res->end == VM_INTERRUPTED ? "interrupted; nothing was written" : res->reason);
	results_free(r);
	return NULL;
}
