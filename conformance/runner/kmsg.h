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
	KMSG_EXPECTED,	/* part of a report between the two markers that names what it should */
	KMSG_UNMET,	/* the bracket is over, and no report in it named what was announced */
};

struct kmsg_scanner {
	bool expecting;
	char what[128];	/* what the first line of the report is to name */
	bool met;	/* one did */
	bool named;	/* and this one does */
	int brackets;	/* pairs of markers so far */
	int left;	/* lines that still belong to the report */
};

/* Judge the next line, without its prefix (priority, time stamp). */
enum kmsg_kind kmsg_classify(struct kmsg_scanner *s, const char *line);
/*
 * Between tests: neither a report nor an open bracket reaches into the next test.
 * Returns KMSG_UNMET or KMSG_QUIET, as if the bracket ended here.
 */
enum kmsg_kind kmsg_reset(struct kmsg_scanner *s);

#endif
