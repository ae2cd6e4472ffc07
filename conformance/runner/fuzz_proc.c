// SPDX-License-Identifier: GPL-2.0-only
/* Programs that a campaign runs. */
#include "campaign.h"
#include "runner.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GRACE_MS	8000	/* for an engine to write what it knows */

double fuzz_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

pid_t fuzz_spawn(char *const argv[], char *const env[], const char *log)
{
	pid_t parent = getpid(), pid;
	int fd, null;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || null < 0)
		_exit(127);
	dup2(null, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	for (; env && *env; env++)
		putenv(*env);
	execvp(argv[0], argv);
	dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int fuzz_wait(pid_t pid, int ms)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	double end = fuzz_now() + ms / 1e3;
	int st;

	for (;;) {
		pid_t got = waitpid(pid, &st, WNOHANG);

		if (got < 0 && errno != EINTR)
			return 127;
		if (got == pid)
			return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
		if (fuzz_now() >= end || suite_interrupted())
			return -1;
		nanosleep(&nap, NULL);
	}
}

static bool gone(pid_t pid, int ms)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	double end = fuzz_now() + ms / 1e3;

	do {
		if (waitpid(pid, NULL, WNOHANG))
			return true;
		nanosleep(&nap, NULL);
	} while (fuzz_now() < end);
	return false;
}

void fuzz_stop(pid_t pid)
{
	kill(pid, SIGINT);
	if (!gone(pid, GRACE_MS)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	/* What it started and did not end. */
	kill(-pid, SIGKILL);
}

int fuzz_call(char *const argv[], char *const env[], const char *log, int seconds)
{
	pid_t pid = fuzz_spawn(argv, env, log);
	int st;

	if (pid < 0)
		return 127;
	st = fuzz_wait(pid, seconds * 1000);
	if (st < 0) {
		kill(-pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return st;
}

const char *fuzz_program_path(const char *engine, const char *target)
{
	static char path[FUZZ_PATH];

	if (engine)
		snprintf(path, sizeof(path), "%s/fuzz/%s/libexec/vfio-compliance/fuzz/%s",
			 path_prefix(), engine, target);
	else
		snprintf(path, sizeof(path), "%s/libexec/vfio-compliance/fuzz/%s", path_prefix(),
			 target);
	return path;
}

const char *fuzz_tool(const char *name)
{
	static char path[FUZZ_PATH];

	snprintf(path, sizeof(path), "%s/libexec/vfio-compliance/fuzz/%s", path_prefix(), name);
	return path;
}

const char *fuzz_replay_path(void)
{
	static char path[FUZZ_PATH];

	snprintf(path, sizeof(path), "%s/libexec/vfio-compliance/fuzz-replay", path_prefix());
	return path;
}

char *fuzz_text(const char *path, size_t max, bool tail)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, max + 1);

	if (!text)
		abort();
	if (!f)
		return text;
	if (tail && !fseek(f, 0, SEEK_END) && ftell(f) > (long)max)
		fseek(f, -(long)max, SEEK_END);
	else
		rewind(f);
	max = fread(text, 1, max, f);
	for (size_t i = 0; i < max; i++)
		if (!text[i])
			text[i] = '?';
	fclose(f);
	return text;
}

int fuzz_mkdir(const char *fmt, ...)
{
	char path[FUZZ_PATH], *slash;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return cannot("cannot make the folder %s: %s", path, strerror(errno));
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void fuzz_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
