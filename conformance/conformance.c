// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONFORMANCE_WITHOUT_HARNESS
#include "conformance.h"
#include "client/sysfs.h"

/* What the linker makes of the section; absent when no test names a clause. */
extern const struct clause_ref *__start_clause_refs[] __attribute__((weak));
extern const struct clause_ref *__stop_clause_refs[] __attribute__((weak));

const char *errno_name(int err)
{
	static char other[16];
	const char *name;

	if (!err)
		return "0";
	name = strerrorname_np(abs(err));
	if (name)
		return name;
	snprintf(other, sizeof(other), "%d", abs(err));
	return other;
}

void outcome(const char *clause, const char *value)
{
	printf("# outcome %s %s\n", clause, value);
}

static struct lack {
	char key[128];
	const char *why;
} *noted;	/* shared by the processes, "" behind the last */

#define LACKS_MAX	16

__attribute__((constructor)) static void share_lacks(void)
{
	noted = mmap(NULL, LACKS_MAX * sizeof(*noted), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Where it stands, or the first place that is free, or NULL. */
static struct lack *find_lack(const char *bdf, const char *what, char key[128])
{
	char driver[64] = "";
	int i;

	__sysfs_driver(bdf, driver, sizeof(driver));
	snprintf(key, 128, "%s %s %s", bdf, driver, what);
	for (i = 0; noted != MAP_FAILED && i < LACKS_MAX; i++)
		if (!*noted[i].key || !strcmp(noted[i].key, key))
			return &noted[i];
	return NULL;
}

const char *lacks(const char *bdf, const char *what)
{
	char key[128];
	struct lack *l = find_lack(bdf, what, key);

	return l ? l->why : NULL;
}

const char *note_lack(const char *bdf, const char *what, const char *why)
{
	char key[128];
	struct lack *l = find_lack(bdf, what, key);

	if (l) {
		strcpy(l->key, key);
		l->why = why;
	}
	return why;
}

/* The log belongs to the machine's kernel, which has no part in a run on the core. */
static bool on_core(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "libvfio-core");
}

int conformance_patience(void)
{
	/* Lock checking makes this file. */
	return !on_core() && !access("/proc/lockdep", F_OK) ? 6 : 1;
}

static void to_kmsg(const char *line)
{
	char whole[600];
	int fd, len;

	if (on_core())
		return;
	/* Without an end of line it would not be readable before the next message comes. */
	len = snprintf(whole, sizeof(whole), "%s\n", line);
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, whole, len) < 0)
		printf("# /dev/kmsg: %s\n", errno_name(errno));
	if (fd >= 0)
		close(fd);
}

static void mark(const char *line)
{
	printf("# %s\n", line);
	to_kmsg(line);
}

/* Reports in the kernel log belong to the test whose name stands before them. */
void conformance_note_run(const char *fmt, ...)
{
	char line[512] = "vfio-compliance: RUN ";
	const char *name;
	va_list ap;

	if (strncmp(fmt, " RUN ", 5) || !getenv("VFIO_COMPLIANCE_KMSG"))
		return;
	va_start(ap, fmt);
	name = va_arg(ap, const char *);
	strncat(line, name, sizeof(line) - strlen(line) - 1);
	va_end(ap);
	to_kmsg(line);
}

void expect_warn_begin(const char *what)
{
	char line[256];

	snprintf(line, sizeof(line), "vfio-compliance: expect WARN %s", what);
	mark(line);
}

void expect_warn_end(void)
{
	mark("vfio-compliance: end of expected WARN");
}

/* @clauses with each "{}" replaced by @variant, '-' for '_'. */
static void print_expanded(const char *clauses, const char *variant)
{
	const char *c;

	for (; *clauses; clauses++) {
		if (strncmp(clauses, "{}", 2)) {
			putchar(*clauses);
			continue;
		}
		for (c = variant; *c; c++)
			putchar(*c == '_' ? '-' : *c);
		clauses++;
	}
}

void conformance_print_clauses(const char *fixture, const char *variant, const char *test)
{
	const struct clause_ref **ref;

	printf("%s%s%s.%s", fixture, *variant ? "." : "", variant, test);
	for (ref = __start_clause_refs; ref < __stop_clause_refs; ref++) {
		if (!*ref || strcmp((*ref)->fixture, fixture) || strcmp((*ref)->test, test))
			continue;
		putchar(' ');
		print_expanded((*ref)->clauses, variant);
	}
	putchar('\n');
}

void conformance_setup(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
