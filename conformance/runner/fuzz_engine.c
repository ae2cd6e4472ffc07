// SPDX-License-Identifier: GPL-2.0-only
/* How libFuzzer and AFL++ are started, watched and asked for what they found. */
#include "campaign.h"
#include "results.h"
#include "runner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_LEN	1024	/* 64 calls of a program */
#define MERGE_S		600
#define STATS_LEN	16384

static char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *format(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

static void free_strings(char **v)
{
	for (char **p = v; *p; p++)
		free(*p);
}

static int need(const struct campaign *c, const char *program)
{
	const char *name = c->o->engine->name;

	return access(program, X_OK)
		? cannot("no %s: run `make fuzz-%s` first", program, name) : 0;
}

/* ---- libFuzzer */

static int libfuzzer_start(struct campaign *c)
{
	const char *program = fuzz_program_path("libfuzzer", c->target->name);
	char *argv[] = {
		strdup(program), format("-fork=%d", c->o->jobs), strdup("-ignore_crashes=1"),
		strdup("-ignore_timeouts=1"), strdup("-ignore_ooms=1"), strdup("-timeout=20"),
		strdup("-rss_limit_mb=2560"), format("-max_len=%d", INPUT_LEN),
		format("-max_total_time=%d", c->o->time_s), format("-seed=%d", c->o->seed),
		format("-dict=%s.dict", fuzz_tool(c->target->name)),
		format("-artifact_prefix=%s/failed/", c->work), strdup(c->corpus), NULL,
	};
	/* What its jobs write between themselves. */
	char *env[] = { format("TMPDIR=%s/tmp", c->work), strdup("UBSAN_OPTIONS=print_stacktrace=1"),
			NULL };
	char *log = format("%s/log", c->work);
	int ret = need(c, program);

	if (!ret)
		ret = fuzz_mkdir("%s/failed", c->work);
	if (!ret)
		ret = fuzz_mkdir("%s/tmp", c->work);
	if (!ret) {
		c->pids[0] = fuzz_spawn(argv, env, log);
		c->nr_pids = c->pids[0] > 0;
		if (!c->nr_pids)
			ret = cannot("cannot start %s: %s", program, strerror(errno));
	}
	free_strings(argv);
	free_strings(env);
	free(log);
	return ret;
}

/* "#2048: cov: 310 ft: 802 corp: 61 exec/s 512 oom/timeout/crash: 0/0/0 time: 4s ..." */
static void libfuzzer_look(struct campaign *c)
{
	char path[FUZZ_PATH + 16], **failed, *text, *line, *save, *at;
	size_t n;

	snprintf(path, sizeof(path), "%s/log", c->work);
	text = fuzz_text(path, STATS_LEN, true);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line != '#' || !strstr(line, "cov: ")) /* a wrong figure, here, in LLVM 14 */
			continue;
		c->stats.execs = strtoull(line + 1, NULL, 10);
				at = strstr(line, "ft: ");
		if (at)
			c->stats.features = strtol(at + 4, NULL, 10);
		at = strstr(line, "corp: ");
		if (at)
			c->stats.inputs = strtol(at + 6, NULL, 10);
		at = strstr(line, "exec/s");
		if (at)
			c->stats.per_second = strtol(at + strcspn(at, "0123456789"), NULL, 10);
	}
	free(text);
	c->o->engine->failures(c, &failed, &n);
	c->stats.failures = n;
	while (n)
		free(failed[--n]);
	free(failed);
}

static void libfuzzer_failures(const struct campaign *c, char ***paths, size_t *n)
{
	char dir[FUZZ_PATH + 16];

	snprintf(dir, sizeof(dir), "%s/failed", c->work);
	fuzz_files(dir, paths, n);
}

static int libfuzzer_merge(struct campaign *c, const char *to)
{
	char *argv[] = {
		strdup(fuzz_program_path("libfuzzer", c->target->name)), strdup("-merge=1"),
		strdup("-timeout=20"), strdup("-rss_limit_mb=2560"), format("-max_len=%d", INPUT_LEN),
		format("-max_total_time=%d", MERGE_S), strdup(to), strdup(c->corpus), NULL,
	};
	char *env[] = { format("TMPDIR=%s/tmp", c->work), NULL };
	char *log = format("%s/merge.log", c->work);
	int st = fuzz_call(argv, env, log, MERGE_S), ret = 0;
	char *text = fuzz_text(log, STATS_LEN, true), *at = strstr(text, " new features added; ");

	if (at)
		c->stats.edges = strtol(at + 21, NULL, 10);
	free(text);

	if (st)
		ret = cannot("the corpus of %s could not be merged (%d); %s says why", c->target->name,
			     st, log);
	free_strings(argv);
	free_strings(env);
	free(log);
	return ret;
}

const struct fuzz_engine fuzz_libfuzzer = {
	.name = "libfuzzer", .start = libfuzzer_start, .look = libfuzzer_look,
	.failures = libfuzzer_failures, .merge = libfuzzer_merge,
};

/* ---- AFL++: one main instance and secondary ones, with a folder they share */

/* Names differ between hosts that share the folder. */
static char *instance(const struct campaign *c, int i)
{
	char host[32] = "";

	if (c->o->sync)
		gethostname(host, sizeof(host) - 1);
	return format("%s%s%d", host, *host ? "-" : "job", i);
}

static int afl_one(struct campaign *c, int i)
{
	const char *name = c->target->name;
	bool text = c->target->input == FUZZ_TEXT;
	char *id = instance(c, i), *log = format("%s/log%d", c->work, i);
	char *argv[] = {
		strdup("afl-fuzz"), strdup(i || c->o->secondary ? "-S" : "-M"), strdup(id),
		strdup("-V"), format("%d", c->o->time_s), strdup("-s"), format("%d", c->o->seed + i),
		strdup("-t"), strdup("5000+"), strdup("-i"), strdup(c->corpus), strdup("-o"),
		strdup(c->sync), strdup("-x"), format("%s.dict", fuzz_tool(name)),
		strdup("--"), strdup(fuzz_program_path("afl", name)), NULL,
	};
	char *env[] = {
		format("VFIO_FUZZ_TARGET=%s", name),
		text ? strdup("AFL_QUIET=") :
		       format("AFL_CUSTOM_MUTATOR_LIBRARY=%s", fuzz_tool("mutator.so")),
		strdup("AFL_NO_UI=1"), strdup("AFL_SKIP_CPUFREQ=1"), strdup("AFL_NO_AFFINITY=1"),
		strdup("AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1"), strdup("AFL_FAST_CAL=1"),
		/* An instance of a campaign before this one goes on where it was. */
		strdup("AFL_AUTORESUME=1"), NULL,
	};

	c->pids[i] = fuzz_spawn(argv, env, log);
	free_strings(argv);
	free_strings(env);
	free(log);
	free(id);
	return c->pids[i] > 0 ? 0 : cannot("cannot start afl-fuzz: %s", strerror(errno));
}

static int afl_start(struct campaign *c)
{
	int ret = need(c, fuzz_program_path("afl", c->target->name));

	if (!ret && c->o->sync)
		snprintf(c->sync, sizeof(c->sync), "%s/%s", c->o->sync, c->target->name);
	else
		snprintf(c->sync, sizeof(c->sync), "%s/sync", c->work);
	/* The corpus has all that stood there. */
	if (!ret && !c->o->sync)
		fuzz_remove_tree(c->sync);
	if (!ret)
		ret = fuzz_mkdir("%s", c->sync);
	for (int i = 0; !ret && i < c->o->jobs; i++) {
		ret = afl_one(c, i);
		c->nr_pids += !ret;
	}
	return ret;
}

static void afl_look(struct campaign *c)
{
	struct fuzz_stats all = { .execs = 0 };

	for (int i = 0; i < c->o->jobs; i++) {
		char *id = instance(c, i), *path = format("%s/%s/fuzzer_stats", c->sync, id);
		char *text = fuzz_text(path, STATS_LEN, false), *line, *save, key[64];
		double v;

		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			if (sscanf(line, "%63s : %lf", key, &v) != 2)
				continue;
			if (!strcmp(key, "execs_done"))
				all.execs += v;
			else if (!strcmp(key, "execs_per_sec"))
				all.per_second += v;
			else if (!strcmp(key, "edges_found"))
				all.edges = v > all.edges ? v : all.edges;
			else if (!strcmp(key, "corpus_count"))
				all.inputs = v > all.inputs ? v : all.inputs;
			else if (!strcmp(key, "saved_crashes") || !strcmp(key, "saved_hangs"))
				all.failures += v;
		}
		free(text);
		free(path);
		free(id);
	}
	c->stats = all;
}

/* Files below the folders of the instances that run here. */
static void afl_files(const struct campaign *c, const char *what, char ***paths, size_t *nr)
{
	for (int i = 0; i < c->o->jobs; i++) {
		char *id = instance(c, i), *dir = format("%s/%s/%s", c->sync, id, what), **some;
		size_t n;

		fuzz_files(dir, &some, &n);
		for (size_t j = 0; j < n; j++) {
			if (!strstr(some[j], "/README"))
				strv_add(paths, nr, some[j]);
			free(some[j]);
		}
		free(some);
		free(dir);
		free(id);
	}
}

static void afl_failures(const struct campaign *c, char ***paths, size_t *n)
{
	*paths = NULL;
	*n = 0;
	afl_files(c, "crashes", paths, n);
	afl_files(c, "hangs", paths, n);
}

static int afl_merge(struct campaign *c, const char *to)
{
	char **found = NULL, *all = format("%s/all", c->work), *log = format("%s/merge.log", c->work);
	char *argv[] = {
		strdup("afl-cmin"), strdup("-t"), strdup("5000"), strdup("-i"), strdup(all),
		strdup("-o"), strdup(to), strdup("--"),
		strdup(fuzz_program_path("afl", c->target->name)), NULL,
	};
	char *env[] = { strdup("AFL_ALLOW_TMP=1"), NULL };
	char **old;
	size_t n = 0, nr_old;
	int ret, st;

	fuzz_remove_tree(all);
	ret = fuzz_mkdir("%s", all);
	afl_files(c, "queue", &found, &n);
	fuzz_files(c->corpus, &old, &nr_old);
	for (size_t i = 0; i < nr_old; i++) {
		strv_add(&found, &n, old[i]);
		free(old[i]);
	}
	free(old);
	for (size_t i = 0; i < n; i++) {
		if (!ret && fuzz_corpus_add(all, found[i]) < 0)
			ret = cannot("cannot copy %s: %s", found[i], strerror(errno));
		free(found[i]);
	}
	free(found);
	st = ret ? 0 : fuzz_call(argv, env, log, MERGE_S);
	if (st)
		ret = cannot("afl-cmin failed for %s (%d); %s says why", c->target->name, st, log);
	free_strings(argv);
	free_strings(env);
	fuzz_remove_tree(all);
	free(all);
	free(log);
	return ret;
}

const struct fuzz_engine fuzz_afl = {
	.name = "afl", .start = afl_start, .look = afl_look, .failures = afl_failures,
	.merge = afl_merge,
};
