// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work off cells of a plan: each is a run of this program, and what it found
 * becomes cells/ID.json in one step. So whatever ends this, the same command
 * goes on with the cells that are not there yet.
 */
#include "plan.h"
#include "results.h"
#include "runner.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

struct argv {
	char **v;
	size_t n;
};

static void arg(struct argv *a, const char *s)
{
	strv_add(&a->v, &a->n, s);
}

/* An option with its value, if there is one. */
static void option(struct argv *a, const char *name, const char *value)
{
	if (!*value)
		return;
	arg(a, name);
	arg(a, value);
}

static void conform_command(struct argv *a, const struct cell *c)
{
	const char *backend = c->v[CELL_BACKEND], *shape = c->v[CELL_SHAPE];

	arg(a, strcmp(backend, "vm") ? "run" : "vm");
	arg(a, "-q");
	if (!strcmp(backend, "host")) {
		option(a, "-d", c->v[CELL_DEVICE]);
	} else {
		option(a, strcmp(backend, "vm") ? "--profile" : "--kernel", c->v[CELL_KERNEL]);
		if (strcmp(shape, "default"))
			option(a, strcmp(backend, "vm") ? "--topology" : "--machine", shape);
	}
	if (strcmp(c->v[CELL_SUITE], "all"))
		option(a, "-t", c->v[CELL_SUITE]);
}

static void fuzz_command(struct argv *a, const struct cell *c, const char *dir)
{
	char corpus[4200];

	snprintf(corpus, sizeof(corpus), "%s/corpus/%s", dir, c->v[CELL_TARGET]);
	arg(a, "fuzz");
	arg(a, c->v[CELL_TARGET]);
	option(a, "--engine", c->v[CELL_ENGINE]);
	option(a, "--time", c->v[CELL_SECONDS]);
	option(a, "--corpus", corpus);
}

/* The exit status of the run, or -1 if it has none. */
static int run_child(const struct argv *a, const char *log)
{
	char **argv = grow(NULL, a->n + 2, sizeof(*argv));
	char self[4200];
	pid_t pid;
	int st;

	snprintf(self, sizeof(self), "%s/bin/vfio-compliance", path_prefix());
	argv[0] = self;
	for (size_t i = 0; i < a->n; i++)
		argv[i + 1] = a->v[i];
	argv[a->n + 1] = NULL;
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(EXIT_CANNOT, "fork");
	if (!pid) {
		int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(fd, STDOUT_FILENO);
		execv(self, argv);
		err(127, "cannot start %s", self);
	}
	free(argv);
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		if (interrupted)
			kill(pid, SIGTERM);
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

/* A fuzz cell as one test; its findings stand in the report of the campaign. */
static struct results *fuzz_results(const struct cell *c, int status, const char *log)
{
	struct results *r = results_new();
	char *name = cell_fuzz_test(c), buf[16384];
	struct test_result *t = results_add_test(r, name);
	FILE *f = fopen(log, "r");
	size_t n = f ? fread(buf, 1, sizeof(buf) - 1, f) : 0;

	buf[n] = '\0';
	if (f)
		fclose(f);
	str_set(&r->backend, "core");
	str_set(&r->kernel, "6.12");
	t->status = status ? ST_FAIL : ST_PASS;
	t->ms = atoi(c->v[CELL_SECONDS]) * 1000;
	str_set(&t->reason, status ? "the campaign has findings" : "");
	str_set(&t->log, buf);
	free(name);
	results_finish(r);
	return r;
}

static bool cell_path(const char *dir, const char *id, const char *tail, char *path, size_t size)
{
	return snprintf(path, size, "%s/cells/%s%s", dir, id, tail) < (int)size;
}

/* A file that is there is whole. 0, or EXIT_CANNOT with a message. */
static int save(struct results *r, const char *dir, const char *id)
{
	char path[4096], tmp[4096], tail[32];

	snprintf(tail, sizeof(tail), ".%d.tmp", getpid());
	if (!cell_path(dir, id, ".json", path, sizeof(path)) ||
	    !cell_path(dir, id, tail, tmp, sizeof(tmp)))
		return cannot("the path of %s is too long", dir);
	str_set(&r->cell, id);
	if (!results_write_json(r, tmp)) {
		int fd = open(tmp, O_RDONLY | O_CLOEXEC);

		if (fd >= 0 && !fsync(fd) && !close(fd) && !rename(tmp, path))
			return 0;
	}
	cannot("cannot write %s: %m", path);
	unlink(tmp);
	return EXIT_CANNOT;
}

static bool right_host(const struct cell *c)
{
	const char *want = c->v[CELL_KERNEL];
	struct utsname u;

	if (strcmp(c->v[CELL_BACKEND], "host") || !*want)
		return true;
	uname(&u);
	return !strcmp(u.release, want);
}

/* What a run of this cell left that was killed. */
static void sweep(const struct cell *c, const char *dir)
{
	static const char *const tails[] = { ".*.run", ".*.run.log", ".*.tmp" };
	char pattern[4096];
	glob_t g;

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		if (!cell_path(dir, c->id, tails[i], pattern, sizeof(pattern)) ||
		    glob(pattern, 0, NULL, &g))
			continue;
		for (size_t j = 0; j < g.gl_pathc; j++)
			nftw(g.gl_pathv[j], remove_one, 16, FTW_DEPTH | FTW_PHYS);
		globfree(&g);
	}
}

static int run_cell(const struct cell *c, const char *dir)
{
	bool fuzz = !strcmp(c->v[CELL_KIND], "fuzz");
	char tmp[4096], path[4200], log[4200], tail[32], why[512];
	struct argv a = { 0 };
	struct results *r;
	int status, ret;

	if (!right_host(c))
		return cannot("%s is for a machine that runs Linux %s", c->id, c->v[CELL_KERNEL]);
	sweep(c, dir);
	snprintf(tail, sizeof(tail), ".%d.run", getpid());
	if (!cell_path(dir, c->id, tail, tmp, sizeof(tmp)))
		return cannot("the path of %s is too long", dir);
	snprintf(log, sizeof(log), "%s.log", tmp);
	if (fuzz)
		fuzz_command(&a, c, dir);
	else
		conform_command(&a, c);
	option(&a, "-o", tmp);
	status = run_child(&a, log);
	while (a.n)
		free(a.v[--a.n]);
	free(a.v);
	if (status != EXIT_HELD && status != EXIT_SHORT && status != EXIT_ALL_SKIPPED) {
		if (!interrupted)
			cannot("%s could not run and stays undone", c->id);
		ret = EXIT_CANNOT;
	} else {
		snprintf(path, sizeof(path), "%s/results.json", tmp);
		r = fuzz ? fuzz_results(c, status, log) : results_load(path, why, sizeof(why));
		ret = r ? save(r, dir, c->id) : cannot("%s", why);
		results_free(r);
		if (!ret)
			ret = status;
	}
	nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	unlink(log);
	return ret;
}

/* The plan beside the cells, so that a merge knows what is missing. */
static int save_plan(const struct plan *plan, const char *dir)
{
	struct plan all = { 0 };
	char path[4096], tmp[4200];
	FILE *f;
	int ret;

	if (snprintf(path, sizeof(path), "%s/plan.jsonl", dir) >= (int)sizeof(path))
		return cannot("the path of %s is too long", dir);
	snprintf(tmp, sizeof(tmp), "%s.%d.tmp", path, getpid());
	if (!access(path, F_OK) && plan_load(&all, path))
		return EXIT_CANNOT;
	for (size_t i = 0; i < plan->nr; i++)
		plan_add(&all, (const char *const *)plan->cells[i].v);
	f = fopen(tmp, "w");
	ret = f ? plan_write(&all, f) : -1;
	if (f && fclose(f))
		ret = -1;
	if (!ret && !rename(tmp, path))
		return 0;
	cannot("cannot write %s: %m", path);
	unlink(tmp);
	return EXIT_CANNOT;
}

static int make_dirs(const char *dir)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/cells", dir) >= (int)sizeof(path))
		return cannot("the path of %s is too long", dir);
	for (char *p = path + 1; ; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return cannot("cannot make %s: %m", path);
		*p = c;
		if (!c)
			return 0;
	}
}

static void print_cell(const char *id, const struct results *r, bool again)
{
	struct summary s = results_summary(r);
	int bad = 0;

	for (int st = 0; st < ST_COUNT; st++)
		bad += status_is_bad(st) ? s.tests[st] : 0;
	printf("%s: %d tests, %d passed, %d fell short, %d skipped%s\n", id, s.nr_tests,
	       s.tests[ST_PASS], bad, s.tests[ST_SKIP], again ? " (was done)" : "");
	fflush(stdout);
}

int plan_run(const struct plan *plan, unsigned int nr, unsigned int shards, const char *id,
	     const char *dir, bool quiet)
{
	struct sigaction sa = { .sa_handler = on_signal };
	unsigned int count[EXIT_ALL_SKIPPED + 1] = { 0 }, done = 0, mine = 0;
	char path[4096], why[512];
	int ret;

	if (id && !plan_find(plan, id))
		return cannot("no cell %s in the plan", id);
	ret = make_dirs(dir);
	if (!ret)
		ret = save_plan(plan, dir);
	if (ret)
		return ret;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	for (size_t i = 0; i < plan->nr; i++) {
		const struct cell *c = &plan->cells[i];
		struct results *r;
		bool again;

		if (id ? strcmp(c->id, id) : i % shards != nr - 1)
			continue;
		mine++;
		if (interrupted)
			continue;
		if (!cell_path(dir, c->id, ".json", path, sizeof(path)))
			return cannot("the path of %s is too long", dir);
		r = results_load(path, why, sizeof(why));
		again = r;
		if (!r && run_cell(c, dir) != EXIT_CANNOT)
			r = results_load(path, why, sizeof(why));
		if (!r) {
			count[EXIT_CANNOT]++;
			continue;
		}
		done++;
		count[results_exit_status(r)]++;
		if (!quiet)
			print_cell(c->id, r, again);
		results_free(r);
	}
	if (interrupted)
		return cannot("interrupted; %u of %u cells are done, the same command goes on", done,
			      mine);
	if (!quiet)
		printf("%u of %u cells done, %u fell short; `vfio-compliance merge -o REPORT %s` "
		       "shows them\n", done, mine, count[EXIT_SHORT], dir);
	if (count[EXIT_CANNOT])
		return EXIT_CANNOT;
	if (count[EXIT_SHORT])
		return EXIT_SHORT;
	return mine && count[EXIT_ALL_SKIPPED] == mine ? EXIT_ALL_SKIPPED : EXIT_HELD;
}
