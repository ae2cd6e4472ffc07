// SPDX-License-Identifier: GPL-2.0-only
/* From the source tree of a kernel to one that can be booted. */
#include "runner.h"
#include "vm_internal.h"
#include "vm_job.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a tree is built: by its path and what it is built with, so that it is built on. */
static void object_dir(const char *tree, const struct vm_job *job, char *dir, size_t size)
{
	uint64_t h = 0xcbf29ce484222325;
	const char *slash = strrchr(tree, '/');

	for (const char *p = tree; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	for (size_t i = 0; i < job->nr_vars; i++)
		for (const char *p = job->vars[i]; *p; p++)
			h = (h ^ (unsigned char)*p) * 0x100000001b3;
	snprintf(dir, size, "%s/vm/trees/%.60s-%s-%08llx", path_state(),
		 slash ? slash + 1 : tree, job->build, (unsigned long long)h & 0xffffffff);
}

static int build_tree(const char *tree, const struct vm_job *job, char **kernel)
{
	char dir[PATH_MAX + 128], script[PATH_MAX + 32], why[512];
	char **argv = NULL;
	size_t n = 0;
	int ret;

	object_dir(tree, job, dir, sizeof(dir));
	snprintf(script, sizeof(script), "%s/tree.sh", vm_libexec_path());
	strv_add(&argv, &n, script);
	strv_add(&argv, &n, tree);
	strv_add(&argv, &n, dir);
	strv_add(&argv, &n, job->build);
	for (size_t i = 0; i < job->nr_vars; i++)
		strv_add(&argv, &n, job->vars[i]);
	argv = grow(argv, n + 1, sizeof(*argv));
	argv[n] = NULL;
	if (!job->vm->quiet)
		fprintf(stderr, "vm: building %s; its log is %s/build.log\n", tree, dir);
	vm_signals_hold();
	ret = vm_run_helper(argv, why, sizeof(why));
	if (vm_interrupted())
		ret = -1;
	vm_signals_release();
	while (n)
		free(argv[--n]);
	free(argv);
	if (ret) {
		cannot("%s", ret < 0 ? "interrupted; the build goes on from there the next time" : why);
		return ret == 1 ? EXIT_BISECT_SKIP : EXIT_CANNOT;
	}
	str_append(kernel, dir);
	str_append(kernel, "/install");
	return 0;
}

/* A work tree of the commit, kept for the next time. */
static int check_out(const char *tree, const char *commit, char *dir, size_t size)
{
	char *const resolve[] = { "/usr/bin/git", "-C", (char *)tree, "rev-parse", "--verify", "-q",
				  NULL, NULL };
	char spec[256], hash[512], why[512], *argv[10];
	char *const *add = (char *const[]){ "/usr/bin/git", "-C", (char *)tree, "worktree", "add",
					    "--force", "--detach", dir, hash, NULL };
	int ret;

	snprintf(spec, sizeof(spec), "%s^{commit}", commit);
	memcpy(argv, resolve, sizeof(resolve));
	argv[6] = spec;
	vm_signals_hold();
	ret = vm_run_helper(argv, hash, sizeof(hash));
	if (!ret) {
		hash[strspn(hash, "0123456789abcdef")] = '\0';
		snprintf(dir, size, "%s/vm/trees/%.16s.src", path_state(), hash);
		if (access(dir, F_OK))
			ret = vm_run_helper(add, why, sizeof(why));
	} else {
		snprintf(why, sizeof(why), "no commit \"%s\" in %s", commit, tree);
	}
	vm_signals_release();
	return ret ? cannot("%s", why) : 0;
}

int vm_build(struct vm_job *job)
{
	char tree[PATH_MAX], base[PATH_MAX], path[PATH_MAX + 32], *kernel = NULL;
	int ret;

	if (!job->build) {
		if (job->nr_vars)
			return cannot("--set is for --build");
		return 0;
	}
	if (strcmp(job->build, "debug") && strcmp(job->build, "plain"))
		return cannot("--build takes debug or plain, not \"%s\"", job->build);
	snprintf(path, sizeof(path), "%s/vm/trees", path_state());
	if (mkdir(path, 0777) && errno != EEXIST)
		return cannot("cannot make %s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s/Kbuild", job->vm->kernel);
	if (access(path, R_OK) || !realpath(job->vm->kernel, tree))
		return cannot("%s is no source tree of Linux; --build builds the one that --kernel "
			      "names", job->vm->kernel);
	ret = build_tree(tree, job, &kernel);
	if (ret)
		return ret;
	job->vm->kernel = kernel;
	if (!job->base)
		return 0;
	snprintf(path, sizeof(path), "%s/kernels/%s", path_state(), job->base);
	if (!access(path, F_OK))
		return 0;
	/* Another tree, or a commit of this one. */
	snprintf(path, sizeof(path), "%s/Kbuild", job->base);
	if (!access(path, R_OK) && realpath(job->base, base)) {
		ret = 0;
	} else if (!access(job->base, F_OK)) {
		return 0;
	} else {
		ret = check_out(tree, job->base, base, sizeof(base));
	}
	kernel = NULL;
	if (!ret)
		ret = build_tree(base, job, &kernel);
	if (!ret)
		job->base = kernel;
	return ret;
}
