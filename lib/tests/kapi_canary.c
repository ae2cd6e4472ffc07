// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seeded bugs that are only watched: what is counted, that nothing goes wrong, and
 * the file that processes share. Has its own copy of what counts, whatever this
 * build's core was made with.
 */
#undef VFIO_MUTANTS
#define VFIO_MUTANTS		2
#define kapi_mutant		canary_mutant
#define kapi_canaries		canary_counters
#define kapi_canary_count	canary_count
#include "../kapi/mutant.c"

#include "tap.h"

#define COUNT(name) (kapi_canaries[MUTANT_##name])

static int calls;

static bool called(bool result)
{
	calls++;
	return result;
}

static void counts(void)
{
	struct timespec now;
	u64 first;

	check(!MUTANT(log_wraps, false), "a bug that makes no difference is not there");
	check(COUNT(log_wraps).reached == 1 && COUNT(log_wraps).triggered == 0 &&
	      !COUNT(log_wraps).first_ms, "  and is reached");
	check(!MUTANT(log_wraps, true), "nor is one that does");
	clock_gettime(CLOCK_REALTIME, &now);
	first = COUNT(log_wraps).first_ms;
	check(COUNT(log_wraps).reached == 2 && COUNT(log_wraps).triggered == 1,
	      "  and is reached and triggered");
	check(first && now.tv_sec * 1000ull + now.tv_nsec / 1000000 - first < 60000,
	      "  just now, for the first time");
	usleep(5000);
	MUTANT(log_wraps, true);
	check(COUNT(log_wraps).triggered == 2 && COUNT(log_wraps).first_ms == first,
	      "  which stays the first");

	check(UNLESS_MUTANT(log_overlap, called(true)) && !UNLESS_MUTANT(log_overlap, called(false)),
	      "a check that a bug would leave out holds as before");
	check(COUNT(log_overlap).reached == 2 && COUNT(log_overlap).triggered == 1,
	      "  and is triggered when it refuses");
	is(calls, 2, "  and is made once each time");
}

static int count_in_child(void)
{
	return MUTANT(log_unaligned, true);
}

/* What the process that was started anew does. */
static int count_shared(void)
{
	int i;

	for (i = 0; i < 3; i++)
		if (!in_child(count_in_child))
			return 1;
	return COUNT(log_unaligned).triggered < 3;
}

/* This program, started anew. Returns its exit status. */
static int status_with(const char *path)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		setenv("VFIO_CORE_CANARIES", path, 1);
		fclose(stderr);
		execl("/proc/self/exe", "kapi_canary", "count", NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : -1;
}

static void shared(void)
{
	char path[] = "/tmp/canaries.XXXXXX";
	struct kapi_canary got[MUTANT_COUNT];
	int fd = mkstemp(path);

	if (!check(fd >= 0, "a file"))
		return;
	is(status_with(path), 0, "children count in what the process has");
	is(status_with(path), 0, "and so does the next process");
	is(read(fd, got, sizeof(got)), sizeof(got), "the file holds all");
	is(got[MUTANT_log_unaligned].reached, 6, "  from run to run");
	is(got[MUTANT_log_unaligned].triggered, 6, "  from run to run");
	check(got[MUTANT_log_unaligned].first_ms, "  with the time");
	is(got[MUTANT_log_overlap].reached, 0, "  and nothing else");
	unlink(path);
	close(fd);
	is(status_with("/nowhere/canaries"), 2, "a file that cannot be is told of");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return count_shared();
	counts();
	shared();
	return tap_done();
}
