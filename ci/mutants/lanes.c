// SPDX-License-Identifier: GPL-2.0-only
/* Runs exec-tests with a seeded bug and reads its result stream. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lanes.h"

#define SILENCE "30"
/* How long the harness waits for a test. */
#define HARNESS_MS 29900
#define MAX_ENV 512

struct lane lanes[] = {
	{ "default", "default", "6.12", { NULL } },
	{ "hotreset", "hotreset", "6.12",
	  { "hot_reset*/*", "device_set/*", "reset/*", "info/*", "driver_attrs/*" } },
	{ "noiommu", "noiommu", "6.12", { "noiommu*/*", "hot_reset*/*", "container/*" } },
	{ "slots", "slots", "6.12",
	  { "hot_reset*/*", "device_set/*", "reset/*", "info/*", "device_fd/*" } },
	{ "profile 7.3", "default", "7.3", { NULL } },
	{ "profile 6.1", "default", "6.1", { NULL } },
};
const size_t nr_lanes = sizeof(lanes) / sizeof(lanes[0]);

static char build[PATH_MAX], exec_tests[PATH_MAX + 64], tests[PATH_MAX + 64], core[PATH_MAX + 64];
static pthread_mutex_t usual_lock = PTHREAD_MUTEX_INITIALIZER;

bool lanes_init(const char *dir)
{
	if (!realpath(dir, build)) {
		warn("%s", dir);
		return false;
	}
	snprintf(exec_tests, sizeof(exec_tests), "%s/libexec/vfio-compliance/exec-tests", build);
	snprintf(tests, sizeof(tests), "%s/libexec/vfio-compliance/tests", build);
	snprintf(core, sizeof(core), "%s/mutants/lib/libvfio-core.so", build);
	if (access(exec_tests, X_OK) || access(core, R_OK)) {
		warnx("%s has no suite, or no core with bugs; run 'make mutants-build'", dir);
		return false;
	}
	for (size_t i = 0; i < nr_lanes; i++)
		lanes[i].usual = json_object();
	return true;
}

/* A directory with just this program: exec-tests asks all that it finds for their tests. */
static void make_alone(char *dir, size_t size, const char *program)
{
	char link[PATH_MAX + 256], to[PATH_MAX + 256];

	snprintf(dir, size, "%s/mutants/alone", build);
	mkdir(dir, 0777);
	snprintf(dir, size, "%s/mutants/alone/%s", build, program);
	mkdir(dir, 0777);
	snprintf(link, sizeof(link), "%s/mutants/alone/%s/%s", build, program, program);
	snprintf(to, sizeof(to), "%s/%s", tests, program);
	if (symlink(to, link) && errno != EEXIST)
		err(2, "%s", link);
}

/* This environment, with the lane and the bug in place of what it has of VFIO. */
static void make_env(char **envp, const struct lane_run *run)
{
	static const char *const fmt[] = {
		"LD_PRELOAD=%s", "VFIO_CORE_PROFILE=%s", "VFIO_CORE_MUTANT=%s",
		"VFIO_CORE_TOPOLOGY=%s",
	};
	char topology[PATH_MAX + 64];
	const char *value[] = { core, run->lane->profile, run->mutant, topology };
	size_t n = 0;

	snprintf(topology, sizeof(topology), "%s/share/vfio-compliance/topologies/%s.topo", build,
		 run->lane->topology);
	for (size_t i = 0; i < sizeof(fmt) / sizeof(fmt[0]); i++)
		if (asprintf(&envp[n++], fmt[i], value[i]) < 0)
			err(2, "out of memory");
	for (char **e = environ; *e && n < MAX_ENV - 1; e++)
		if (strncmp(*e, "VFIO_", 5) && strncmp(*e, "LD_PRELOAD=", 11))
			envp[n++] = *e;
	envp[n] = NULL;
}

static pid_t start(const struct lane_run *run, int *fd)
{
	char *envp[MAX_ENV], alone[PATH_MAX + 256];
	const char *argv[32] = {
		exec_tests, "--backend", "core", "--release", run->lane->profile,
		"--silence", SILENCE, "--dir", run->program ? alone : tests,
	};
	int n = 9, pipefd[2];
	pid_t pid;

	if (run->program)
		make_alone(alone, sizeof(alone), run->program);
	for (int i = 0; i < 6 && run->lane->globs[i] && !run->program; i++) {
		argv[n++] = "-t";
		argv[n++] = run->lane->globs[i];
	}
	if (run->test) {
		argv[n++] = "-t";
		argv[n++] = run->test;
	}
	make_env(envp, run);
	if (pipe2(pipefd, O_CLOEXEC))
		err(2, "pipe");
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		/* Tests with a bug may signal their group; and nothing is left when we end. */
		setsid();
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(pipefd[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
		dup2(STDIN_FILENO, STDERR_FILENO);
		execve(exec_tests, (char **)argv, envp);
		_exit(127);
	}
	close(pipefd[1]);
	for (int i = 0; i < 4; i++)
		free(envp[i]);
	*fd = pipefd[0];
	return pid;
}

/* What the stream said of the test that runs. */
struct state {
	const struct lane_run *run;
	verdict_fn fn;
	void *ctx;
	char program[128], why[128], outcomes[512];
	bool skipped, done;
};

static bool note_usual(void *ctx, const char *test, enum verdict verdict, const char *why)
{
	const struct lane *lane = ctx;

	if (verdict == FAILED)
		errx(2, "%s fails on %s without a mutant: %s", test, lane->name, why);
	return true;
}

/* Tells of outcomes that the test has not without a bug; those of an unknown one are looked up. */
static bool another_outcome(struct state *s, const char *test)
{
	json_t *usual = s->run->lane->usual;
	const char *before;
	bool other = false;

	pthread_mutex_lock(&usual_lock);
	before = json_string_value(json_object_get(usual, test));
	if (!*s->run->mutant) {
		if (!before)
			json_object_set_new(usual, test, json_string(s->outcomes));
	} else if (!before && *s->outcomes) {
		const struct lane_run plain = { s->run->lane, "", s->program };

		pthread_mutex_unlock(&usual_lock);
		lane_run(&plain, note_usual, s->run->lane);
		pthread_mutex_lock(&usual_lock);
		before = json_string_value(json_object_get(usual, test));
	}
	if (before && strcmp(before, s->outcomes)) {
		snprintf(s->why, sizeof(s->why), "%.60s instead of %.50s",
			 *s->outcomes ? s->outcomes : "nothing", *before ? before : "nothing");
		other = true;
	}
	pthread_mutex_unlock(&usual_lock);
	return other;
}

static bool tell(struct state *s, const char *test, const char *why)
{
	char full[700];
	bool go_on;

	snprintf(full, sizeof(full), "%s/%s", s->program, test);
	if (!why && another_outcome(s, full))
		why = s->why;
	go_on = s->fn(s->ctx, full, why ? FAILED : s->skipped ? SKIPPED : PASSED, why);
	*s->why = *s->outcomes = '\0';
	s->skipped = false;
	return go_on;
}

/* One line of the stream, see exec-tests.c. Returns false to end the run. */
static bool take_line(struct state *s, char *line)
{
	char test[512], a[64], b[64];
	int at = 0, ms;

	line[strcspn(line, "\n")] = '\0';
	/* Goes into a JSON text and onto terminals. */
	for (char *p = line; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	if (sscanf(line, "@prog %127s", s->program) == 1) {
		*s->why = *s->outcomes = '\0';
	} else if (sscanf(line, "@kmsg %511s %n", test, &at) == 1 && at) {
		if (!*s->why)
			snprintf(s->why, sizeof(s->why), "%.60s", line + at);
		return strcmp(test, "-") || tell(s, test, s->why);
	} else if (sscanf(line, "@unmet %511s %n", test, &at) == 1 && at) {
		if (!*s->why)
			snprintf(s->why, sizeof(s->why), "no %.60s", line + at);
	} else if (sscanf(line, "@crash %511s %n", test, &at) == 1 && at) {
		return tell(s, test, strcmp(line + at, "timeout") ? line + at : HANGS);
	} else if (sscanf(line, "@ms %511s %d", test, &ms) == 2) {
		if (!strcmp(s->why, "failed") && ms >= HARNESS_MS)
			strcpy(s->why, HANGS);
		return tell(s, test, *s->why ? s->why : NULL);
	} else if (!strncmp(line, "@done", 5)) {
		s->done = true;
	} else if (sscanf(line, "|not ok %*u %511s", test) == 1) {
		if (!*s->why)
			snprintf(s->why, sizeof(s->why), "failed");
	} else if (sscanf(line, "|ok %*u %511s # SKIP%n", test, &at) == 1) {
		s->skipped = at > 0;
	} else if (sscanf(line, "|# outcome %63s %63s", a, b) == 2) {
		snprintf(s->outcomes + strlen(s->outcomes), sizeof(s->outcomes) - strlen(s->outcomes),
			 "%s%s %s", *s->outcomes ? ", " : "", a, b);
	}
	return true;
}

void lane_run(const struct lane_run *run, verdict_fn fn, void *ctx)
{
	struct state s = { .run = run, .fn = fn, .ctx = ctx };
	char *line = NULL;
	bool go_on = true;
	size_t size = 0;
	pid_t pid;
	FILE *f;
	int fd;

	pid = start(run, &fd);
	f = fdopen(fd, "r");
	if (!f)
		err(2, "fdopen");
	while (go_on && getline(&line, &size, f) > 0)
		go_on = take_line(&s, line);
	if (go_on && !s.done)
		fn(ctx, "-", FAILED, "the core does not start");
	/* Read on: it ends what it started before itself, but not when its pipe breaks. */
	kill(pid, SIGTERM);
	while (getline(&line, &size, f) > 0)
		;
	fclose(f);
	free(line);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static bool note_failure(void *ctx, const char *test, enum verdict verdict, const char *why)
{
	bool *fails = ctx;

	*fails = verdict == FAILED;
	return !*fails;
}

bool lane_fails(const struct lane_run *run)
{
	bool fails = false;

	lane_run(run, note_failure, &fails);
	return fails;
}
