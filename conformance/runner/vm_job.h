/* SPDX-License-Identifier: GPL-2.0-only */
/* The suite on kernels: build them, compare them, repeat them. */
#ifndef RUNNER_VM_JOB_H
#define RUNNER_VM_JOB_H

#include "results.h"
#include "vm.h"

/* `git bisect run` then leaves the commit out. */
#define EXIT_BISECT_SKIP	125
#define EXIT_BISECT_END		128	/* ends it */

struct vm_job {
	struct vm_options *vm;
	char **globs;
	size_t nr_globs;
	const char *out;
	const char *build;	/* NULL, "debug" or "plain" */
	char **vars;		/* VAR=VALUE for the kernel's make */
	size_t nr_vars;
	const char *base;	/* or NULL */
	const struct waivers *waivers;
	int repeat;
	bool verbose;
};

/*
 * vm_build - build the tree of --kernel, and that of --base if it is a commit of it
 *
 * Without --build does nothing. vm->kernel and base become what was built.
 * Returns 0, EXIT_CANNOT or EXIT_BISECT_SKIP, both with a message.
 */
int vm_build(struct vm_job *job);

/*
 * vm_is_bisect_skip - whether a run of @kernel tells nothing of what the suite tests
 *
 * It is a path, and was not built, does not boot, or lacks what the guest needs.
 */
bool vm_is_bisect_skip(const char *kernel, const struct vm_result *res);

/* Run the suite on base and kernel, write and print the report. Returns the exit status. */
int vm_validate(struct vm_job *job);

/*
 * vm_suite - one run of the suite, spread over vm->guests guests
 *
 * Returns the results of all as one, or NULL, with a message, if a guest could not run;
 * @res: of the guest that ended worst, with the console of all in that of the first.
 */
struct results *vm_suite(struct vm_options *vm, char **globs, size_t nr_globs,
			 struct vm_result *res);

/* @argv behind the script that brings its coverage out; freed by nobody. */
char **vm_with_coverage(char *const *argv);

/* vm_coverage.c: the file that guest @i writes, of vm_suite() with vm->coverage. */
void vm_coverage_file(const struct vm_options *vm, int i, char *path, size_t size);

/*
 * vm_coverage - coverage.txt and coverage.json in @dir, of what the guests wrote
 * @show: print the table, too
 *
 * 0, and the guests' files are gone, or EXIT_CANNOT with a message.
 */
int vm_coverage(const struct vm_options *vm, const char *dir, bool show);


#endif
