// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counter.h"

static int counter = -1;
static char missing[80] = "not counted";

static int open_counter(bool user_only)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE, .size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = user_only, .exclude_hv = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

void counter_open(void)
{
	counter = open_counter(false);
	if (counter < 0 && (errno == EACCES || errno == EPERM))
		counter = open_counter(true);
	if (counter < 0)
		snprintf(missing, sizeof(missing), "not counted: perf_event_open: %s",
			 strerror(errno));
}

bool counter_available(void)
{
	return counter >= 0;
}

const char *counter_missing(void)
{
	return missing;
}

int64_t counter_read(void)
{
	int64_t n;

	if (counter < 0 || read(counter, &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}
