/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the reports (WARN, oops, KASAN, lockdep, ...) in a kernel log. */
#ifndef RUNNER_KMSG_H
#define RUNNER_KMSG_H

#include <stdbool.h>

/* What tests write to /dev/kmsg around a call that must WARN; see expect_warn_begin(). */
#define KMSG_EXPECT_BEGIN "vfio-compliance: expect WARN"
#define KMSG_EXPECT_END "vfio-compliance: end of expected WARN"
/* What they write before each test, its name behind it. */
#define KMSG_RUN "vfio-compliance: RUN "

enum kmsg_kind {
	KMSG_QUIET,	/* an ordinary line */
	KMSG_REPORT,	/* part of a report */
	KMSG_EXPECTED,	/* part of a report between the two markers */
};

struct kmsg_scanner {
	bool expecting;
	int left;	/* lines that still belong to the report */
};

/* Judge the next line, without its prefix (priority, time stamp). */
enum kmsg_kind kmsg_classify(struct kmsg_scanner *s, const char *line);
/* Between tests: a report does not reach into the next test. */
void kmsg_reset(struct kmsg_scanner *s);
/* Whether the line tells that the kernel is beyond running on. */
bool kmsg_is_fatal(const char *line);

#endif
