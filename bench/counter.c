// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND	0
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_DUMP_STATS
#endif

#include "counter.h"

static int counter = -1;
static const char *dumps;	/* of callgrind, or NULL */
static int64_t sum, from;
static bool running;
static char text[100] = "not counted";

static int open_counter(bool user_only)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = user_only, .exclude_hv = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The number behind a file's "summary:"; -1: there is none. */
static int64_t summary(const char *path)
{
	FILE *f = fopen(path, "r");
	int64_t n = -1;
	char line[256];

	while (f && n < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "summary: %" SCNd64, &n);
	if (f)
		fclose(f);
	return n;
}

/* Each dump is a file with the next number, and begins to count anew. */
static int64_t take_dump(void)
{
	static int nr;
	char path[4096];
	int64_t n;

	CALLGRIND_DUMP_STATS;
	snprintf(path, sizeof(path), "%s.%d", dumps, ++nr);
	n = summary(path);
	unlink(path);
	return n;
}

void counter_open(void)
{
	dumps = getenv(COUNTER_CALLGRIND_OUT);
	if (dumps && !RUNNING_ON_VALGRIND)
		dumps = NULL;
	if (dumps) {
		CALLGRIND_TOGGLE_COLLECT;
		CALLGRIND_TOGGLE_COLLECT;
		if (take_dump() < 0) {
			snprintf(text, sizeof(text), "not counted: callgrind dumps nothing");
			dumps = NULL;
			return;
		}
		snprintf(text, sizeof(text), "counted by callgrind");
		return;
	}
	counter = open_counter(false);
	if (counter < 0 && (errno == EACCES || errno == EPERM))
		counter = open_counter(true);
	if (counter < 0)
		snprintf(text, sizeof(text), "not counted: perf_event_open: %s", strerror(errno));
	else
		snprintf(text, sizeof(text), "counted by perf");
}

bool counter_available(void)
{
	return dumps || counter >= 0;
}

bool counter_exact(void)
{
	return dumps;
}

const char *counter_text(void)
{
	return text;
}

static int64_t counted(void)
{
	int64_t n;

	if (counter < 0 || read(counter, &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}

void counter_start(void)
{
	running = true;
	if (dumps)
		CALLGRIND_TOGGLE_COLLECT;
	else
		from = counted();
}

void counter_stop(void)
{
	if (!running)
		return;
	if (dumps)
		CALLGRIND_TOGGLE_COLLECT;
	else
		sum += counted() - from;
	running = false;
}

int64_t counter_take(void)
{
	int64_t n;

	counter_stop();
	n = dumps ? take_dump() : sum;
	sum = 0;
	return n < 0 ? 0 : n;
}
