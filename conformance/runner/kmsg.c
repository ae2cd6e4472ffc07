// SPDX-License-Identifier: GPL-2.0-only
#include "kmsg.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* A report without an end marker is cut after this many lines. */
#define REPORT_LINES 120

static const char *const starts[] = {
	"WARNING: ", "BUG: ", "BUG at ", "Oops: ", "KASAN: ", "KCSAN: ", "UBSAN: ", "KFENCE: ",
	"general protection fault", "invalid opcode: ", "divide error: ", "INFO: task ",
	"INFO: rcu", "INFO: trying to register non-static key", "INFO: inconsistent lock state",
	"possible recursive locking", "possible circular locking",
	"suspicious RCU usage", "inconsistent lock state", "Kernel panic", "watchdog: BUG",
	"Unable to handle kernel", "refcount_t: ",
};

static bool begins_report(const char *line)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strstr(line, starts[i]))
			return true;
	return false;
}

static enum kmsg_kind begin_bracket(struct kmsg_scanner *s, const char *what)
{
	snprintf(s->what, sizeof(s->what), "%s", what + strspn(what, " "));
	s->expecting = true;
	s->met = false;
	s->left = 0;
	return KMSG_QUIET;
}

/* "traps: NAME[PID] general protection fault ip:...": a program of the user broke, not the kernel. */
static bool of_program(const char *line)
{
	return !strncmp(line, "traps: ", 7) && strstr(line, " ip:");
}

enum kmsg_kind kmsg_classify(struct kmsg_scanner *s, const char *line)
{
	const char *begin = strstr(line, KMSG_EXPECT_BEGIN);

	if (begin)
		return begin_bracket(s, begin + strlen(KMSG_EXPECT_BEGIN));
	if (strstr(line, KMSG_EXPECT_END)) {
		s->brackets += s->expecting;
		return kmsg_reset(s);
	}
	if (!of_program(line) && begins_report(line)) {
		s->left = REPORT_LINES;
		s->named = s->expecting && strstr(line, s->what);
		s->met |= s->named;
	}
	if (!s->left)
		return KMSG_QUIET;
	s->left--;
	if (strstr(line, "---[ end trace") || strstr(line, "---[ end Kernel panic"))
		s->left = 0;
	return s->expecting && s->named ? KMSG_EXPECTED : KMSG_REPORT;
}

enum kmsg_kind kmsg_reset(struct kmsg_scanner *s)
{
	bool unmet = s->expecting && !s->met;

	s->expecting = false;
	s->left = 0;
	return unmet ? KMSG_UNMET : KMSG_QUIET;
}
