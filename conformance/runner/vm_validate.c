// SPDX-License-Identifier: GPL-2.0-only
/* The suite on a kernel: against a base, and more than once. */
#include "html.h"
#include "regress.h"
#include "runner.h"
#include "text.h"
#include "vm_internal.h"
#include "vm_job.h"
#include "waivers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What stands beside the results. */
struct beside {
	const struct vm_result *res;
	char coverage[PATH_MAX];	/* folder with the two files, or "" */
};

static int copy_file(const char *from, const char *dir, const char *name)
{
	char path[PATH_MAX + 16], buf[65536];
	FILE *in = fopen(from, "r"), *out;
	size_t n;
	int bad;

	if (!in)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	while (out && (n = fread(buf, 1, sizeof(buf), in)) > 0)
		fwrite(buf, 1, n, out);
	fclose(in);
	bad = !out || ferror(out);
	return (out && fclose(out)) || bad ? -1 : 0;
}

static int copy_files(const char *dir, void *ctx)
{
	static const char *const names[] = { "coverage.txt", "coverage.json" };
	const struct beside *b = ctx;
	char path[PATH_MAX + 16];

	for (int i = 0; *b->coverage && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", b->coverage, names[i]);
		if (copy_file(path, dir, names[i]))
			return -1;
	}
	return copy_file(b->res->console, dir, "console.log");
}

/* Not one of those below PREFIX/kernels, which are known to boot. */
static bool is_users(const char *kernel)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/kernels/%s", path_state(), kernel);
	return strchr(kernel, '/') || *kernel == '.' || access(path, F_OK);
}

/* Whether a path is of a tree, built or not. */
static bool is_tree(const char *kernel)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/Makefile", kernel);
	return !access(path, R_OK);
}

bool vm_is_bisect_skip(const char *kernel, const struct vm_result *res)
{
	struct vm_kernel found;
	char why[512];

	if (!is_users(kernel))
		return false;
	if (*res->release)
		return res->end == VM_CANNOT;
	return res->end == VM_PANIC || res->end == VM_TIMEOUT ||
	       (res->end == VM_CANNOT && is_tree(kernel) &&
		vm_find_kernel(kernel, &found, why, sizeof(why)));
}

/*
 * One run; NULL with the exit status in @status. A kernel that does not boot when it is
 * tried @first leaves nothing to judge; later on it is a flake.
 */
static struct results *run_once(struct vm_job *job, const char *kernel, bool first,
				struct vm_result *res, int *status)
{
	struct vm_options vm = *job->vm;
	struct results *r;

	vm.kernel = kernel;
	r = vm_suite(&vm, job->globs, job->nr_globs, res);
	*status = EXIT_CANNOT;
	if (!first || !vm_is_bisect_skip(kernel, res))
		return r;
	if (r)
		cannot("%s does not boot: %s", kernel, res->reason);
	results_free(r);
	*status = EXIT_BISECT_SKIP;
	return NULL;
}

static int write_report(const struct results *r, const struct results *base,
			const struct beside *beside, const char *dir)
{
	struct html_run runs[] = {
		{ .r = r, .name = "this kernel", .prefix = "" },
		{ .r = base, .name = "base", .prefix = "base.", .with_logs = true },
	};
	struct html_extra html = { .base = base, .runs = runs, .nr_runs = base ? 2 : 0 };
	struct report_extra x = { .html = &html, .more = copy_files, .ctx = (void *)beside };
	char path[PATH_MAX + 16], why[600];
	json_t *coverage = NULL;
	int bad;

	if (*beside->coverage) {
		snprintf(path, sizeof(path), "%s/coverage.json", beside->coverage);
		coverage = json_load_file(path, 0, NULL);
		html.coverage = coverage;
	}
	bad = report_write_with(r, dir, &x, why, sizeof(why));
	json_decref(coverage);
	return bad ? cannot("%s", why) : 0;
}


/* All runs as one, with the worst verdict of each test. */
static struct results *run_repeated(struct vm_job *job, struct vm_result *res, int *status)
{
	struct results *all = NULL, *r;
	int i;

	for (i = 0; i < job->repeat; i++) {
		if (job->repeat > 1 && !job->vm->quiet)
			fprintf(stderr, "vm: run %d of %d\n", i + 1, job->repeat);
		r = run_once(job, job->vm->kernel, !i, res, status);
		if (!r) {
			results_free(all);
			return NULL;
		}
		if (all) {
			results_fold(all, r);
			results_free(r);
		} else {
			all = r;
		}
	}
	waivers_apply(job->waivers, all, NULL);
	return all;
}

/* The table, as the report has it, and what it was made in goes. */
static void end_coverage(const struct beside *beside, const char *out)
{
	static const char *const names[] = { "coverage.txt", "coverage.json" };
	char path[PATH_MAX + 16], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/coverage.txt", out);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		fputs(line, stdout);
	if (f)
		fclose(f);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", beside->coverage, names[i]);
		unlink(path);
	}
	rmdir(beside->coverage);
}

int vm_validate(struct vm_job *job)
{
	struct results *base = NULL, *r;
	struct vm_result res;
	struct beside beside = { .res = &res };
	char dir[PATH_MAX];
	int status, worse, covered = 0;

	if (job->base) {
		snprintf(dir, sizeof(dir), "%s-base", job->out);
		base = run_once(job, job->base, true, &res, &status);
		if (!base)
			return status;
		waivers_apply(job->waivers, base, NULL);
		if (write_report(base, NULL, &beside, dir))
			return EXIT_CANNOT;
	}
	r = run_repeated(job, &res, &status);
	if (!r)
		return status;
	status = results_exit_status(r);
	if (job->vm->coverage) {
		snprintf(beside.coverage, sizeof(beside.coverage), "%s/coverage-%d", job->vm->out_dir,
			 getpid());
		covered = vm_coverage(job->vm, beside.coverage, false);
	}
	if (write_report(r, base, &beside, job->out))
		return EXIT_CANNOT;
	if (base) {
		worse = regressions_print(base, r, stdout);
		putchar('\n');
		/* What the base does not keep either is no fault of what came since. */
		if (worse)
			status = EXIT_SHORT;
		else if (status == EXIT_SHORT)
			status = EXIT_HELD;
	}
	text_print(r, job->out, job->verbose);
	if (*beside.coverage)
		end_coverage(&beside, job->out);
	results_free(base);
	results_free(r);
	return status ? status : covered;
}
