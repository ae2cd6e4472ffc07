// SPDX-License-Identifier: GPL-2.0-only
/* Running a benchmark program. */
#include "bench.h"
#include "results.h"
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

void bench_hold_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/* Where a build has it; earlier ones, which are compared with, had it elsewhere. */
static const char *const in_build[] = { "/libexec/vfio-compliance/bench/vfio_bench",
					"/libexec/vfio-compliance/vfio_bench" };
#define NR_IN_BUILD (sizeof(in_build) / sizeof(in_build[0]))

int bench_find(const char *what, struct bench_target *t)
{
	char prefix[PATH_MAX];
	struct stat st;
	size_t i;

	*t->core = '\0';
	if (stat(what, &st))
		return cannot("no build or benchmark program %s: %s", what, strerror(errno));
	snprintf(t->program, sizeof(t->program), "%s", what);
	for (i = 0; S_ISDIR(st.st_mode) && i < NR_IN_BUILD; i++) {
		snprintf(t->program, sizeof(t->program), "%s%s", what, in_build[i]);
		if (!access(t->program, X_OK))
			break;
	}
	if (i == NR_IN_BUILD || access(t->program, X_OK))
		return cannot("no benchmark program %s: %s; run make there", t->program,
			      strerror(errno));
	/* The program of a build runs on the core of the same build. */
	for (i = 0; i < NR_IN_BUILD; i++) {
		size_t len = strlen(t->program), tail = strlen(in_build[i]);

		if (len < tail || strcmp(t->program + len - tail, in_build[i]))
			continue;
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(len - tail), t->program);
		if (!find_core(prefix, t->core, sizeof(t->core)))
			return cannot("%s is missing; run make there", t->core);
		break;
	}
	return 0;
}

char **bench_argv(const struct bench_options *o, const char *const *under, const char *program)
{
	char **argv = NULL, buf[4096];
	size_t n = 0;

	for (; under && *under; under++)
		strv_add(&argv, &n, *under);
	strv_add(&argv, &n, program);
	strv_add(&argv, &n, "--benchmark_format=json");
	/* The rounds are the repetitions; in each the program mixes its benchmarks. */
	snprintf(buf, sizeof(buf), "--benchmark_repetitions=%d", o->rounds * o->parts);
	strv_add(&argv, &n, buf);
	if (o->filter) {
		char *filter = NULL;

		str_set(&filter, "--benchmark_filter=");
		str_append(&filter, o->filter);
		strv_add(&argv, &n, filter);
		free(filter);
	}
	if (o->min_time) {
		snprintf(buf, sizeof(buf), "--benchmark_min_time=%g", atof(o->min_time) / o->parts);
		strv_add(&argv, &n, buf);
	}
	strv_add(&argv, &n, "");
	free(argv[n - 1]);
	argv[n - 1] = NULL;
	return argv;
}

static void free_argv(char **argv)
{
	for (char **p = argv; *p; p++)
		free(*p);
	free(argv);
}

static void child(char *const *argv, const struct bench_target *t, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setpgid(0, 0);
	dup2(out, STDOUT_FILENO);
	if (t && t->bdf) {
		setenv("VFIO_SELFTESTS_BDF", t->bdf, 1);
		setenv("VFIO_COMPLIANCE_BDFS", t->bdf, 1);
	} else if (t && *t->core) {
		unsetenv("VFIO_SELFTESTS_BDF");
		unsetenv("VFIO_COMPLIANCE_BDFS");
		unsetenv("VFIO_COMPLIANCE_MDEVS");
		unsetenv("VFIO_COMPLIANCE_MDEV_PARENT");
		setenv("LD_PRELOAD", t->core, 1);
		setenv("VFIO_CORE_PROFILE", t->profile ? t->profile : "6.12", 1);
	}
	execvp(argv[0], argv);
	_exit(127);
}

char *bench_capture(char *const *argv, const struct bench_target *t, int *status,
		    void (*each)(void *ctx, const char *all, size_t from), void *ctx)
{
	size_t n = 0, room = 1 << 16;
	char *buf = grow(NULL, room, 1);
	ssize_t got;
	int p[2];
	pid_t pid;

	fflush(NULL);
	pid = pipe2(p, O_CLOEXEC) ? -1 : fork();
	if (!pid)
		child(argv, t, p[1]);
	if (pid < 0) {
		cannot("cannot start %s: %s", argv[0], strerror(errno));
		free(buf);
		return NULL;
	}
	close(p[1]);
	while ((got = read(p[0], buf + n, room - n - 1)) > 0 || (got < 0 && errno == EINTR)) {
		if (interrupted)
			kill(-pid, SIGTERM);
		if (got < 0)
			continue;
		buf[n + got] = '\0';
		if (each)
			each(ctx, buf, n);
		n += got;
		if (room - n < 4096) {
			room *= 2;
			buf = grow(buf, room, 1);
		}
	}
	buf[n] = '\0';
	close(p[0]);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return buf;
}

void bench_progress(const struct bench_options *o, const char *fmt, ...)
{
	va_list ap;

	if (o->quiet || !isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	if (fmt) {
		va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		va_end(ap);
	}
	fflush(stderr);
}

struct shown {
	const struct bench_options *o;
	const char *what;
	int nr, seen;
};

/* Each benchmark prints its line run_name as it ends. */
static void show(void *ctx, const char *all, size_t from)
{
	static const char key[] = "\"run_name\": \"";
	struct shown *s = ctx;
	const char *at, *last = NULL;

	from = from > 256 ? from - 256 : 0;
	for (at = all + from; (at = strstr(at, key)); at++)
		last = at + strlen(key);
	if (!last)
		return;
	s->seen = 0;
	for (at = all; (at = strstr(at, key)); at++)
		s->seen++;
	bench_progress(s->o, "%s: %d of %d: %.*s", s->what, s->seen, s->nr,
		       (int)strcspn(last, "\"\n"), last);
}

static int bad_end(const struct bench_target *t, int status)
{
	if (interrupted)
		return cannot("interrupted; nothing was written");
	if (WIFSIGNALED(status))
		return cannot("%s died of signal %d (%s)", t->program, WTERMSIG(status),
			      strsignal(WTERMSIG(status)));
	return cannot("%s ended with status %d", t->program, WEXITSTATUS(status));
}

char *bench_list(const struct bench_options *o, const struct bench_target *t, int *nr)
{
	char **argv = bench_argv(o, NULL, t->program), *out;
	int status, n = 0;

	free(argv[1]);
	argv[1] = strdup("--benchmark_list_tests=true");
	out = bench_capture(argv, t, &status, NULL, NULL);
	free_argv(argv);
	if (!out)
		return NULL;
	for (char *p = out; (p = strchr(p, '\n')); p++)
		n++;
	if (status || interrupted) {
		bad_end(t, status);
		n = -1;
	} else if (!n || strstr(out, "Failed to match any benchmarks")) {
		if (o->filter)
			cannot("no benchmark matches %s; `%s --benchmark_list_tests` shows them all",
			       o->filter, t->program);
		else
			cannot("%s has no benchmarks", t->program);
		n = -1;
	}
	*nr = n;
	if (n < 0) {
		free(out);
		return NULL;
	}
	return out;
}

int bench_count(const struct bench_options *o, const struct bench_target *t)
{
	int nr = -1;

	free(bench_list(o, t, &nr));
	return nr;
}

json_t *bench_round(const struct bench_options *o, const struct bench_target *t,
		    const char *const *under, const char *what, int nr, bool *fell_short)
{
	char **argv = bench_argv(o, under, t->program), *out;
	struct shown s = { o, what, nr * o->parts, 0 };
	json_error_t e;
	json_t *doc = NULL;
	int status;

	bench_progress(o, "%s", what);
	out = bench_capture(argv, t, &status, show, &s);
	bench_progress(o, NULL);
	free_argv(argv);
	if (!out)
		return NULL;
	if (interrupted || (status && !(WIFEXITED(status) && WEXITSTATUS(status) == 1))) {
		bad_end(t, status);
	} else {
		*fell_short |= status != 0;
		doc = json_loads(out, JSON_DISABLE_EOF_CHECK, &e);
		if (!doc)
			cannot("%s printed no JSON of Google Benchmark: line %d: %s", t->program,
			       e.line, e.text);
	}
	free(out);
	return doc;
}
