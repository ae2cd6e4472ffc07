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

/* console.log of the report. */
static int copy_console(const char *dir, void *ctx)
{
	const struct vm_result *res = ctx;
	char path[PATH_MAX + 16], buf[65536];
	FILE *from, *to;
	size_t n;
	int bad;

	snprintf(path, sizeof(path), "%s/console.log", dir);
	from = fopen(res->console, "r");
	if (!from)
		return 0;
	to = fopen(path, "w");
	while (to && (n = fread(buf, 1, sizeof(buf), from)) > 0)
		fwrite(buf, 1, n, to);
	fclose(from);
	bad = !to || ferror(to);
	return (to && fclose(to)) || bad ? -1 : 0;
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
			struct vm_result *res, const char *dir)
{
	struct html_run runs[] = {
		{ .r = r, .name = "this kernel", .prefix = "" },
		{ .r = base, .name = "base", .prefix = "base.", .with_logs = true },
	};
	struct html_extra html = { .base = base, .runs = runs, .nr_runs = base ? 2 : 0 };
	struct report_extra x = { .html = &html, .more = copy_console, .ctx = res };
	char why[600];

	if (report_write_with(r, dir, &x, why, sizeof(why)))
		return cannot("%s", why);
	return 0;
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

int vm_validate(struct vm_job *job)
{
	struct results *base = NULL, *r;
	struct vm_result res;
	char dir[PATH_MAX];
	int status, worse;

	if (job->base) {
		snprintf(dir, sizeof(dir), "%s-base", job->out);
		base = run_once(job, job->base, true, &res, &status);
		if (!base)
			return status;
		waivers_apply(job->waivers, base, NULL);
		if (write_report(base, NULL, &res, dir))
			return EXIT_CANNOT;
	}
	r = run_repeated(job, &res, &status);
	if (!r)
		return status;
	status = results_exit_status(r);
	if (write_report(r, base, &res, job->out))
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
	results_free(base);
	results_free(r);
	return status;
}
