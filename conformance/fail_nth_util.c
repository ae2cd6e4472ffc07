// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/vfio_client.h"
#include "fail_nth_util.h"

#define FILE_OF_THREAD	"/proc/thread-self/fail-nth"

const char *fail_nth_missing(void)
{
	return access(FILE_OF_THREAD, R_OK | W_OK) ?
		       "needs " FILE_OF_THREAD ": a kernel with fault injection, or the core" : NULL;
}

/* Absent on the core, which counts all. */
static void set_knob(const char *name, const char *value)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		CLIENT_FAIL("%s: %s", name, client_errno(errno));
	close(fd);
}

int fail_nth_open(void)
{
	int fd;

	set_knob("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	set_knob("/sys/kernel/debug/failslab/verbose", "0");
	set_knob("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	set_knob("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	set_knob("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	set_knob("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	set_knob("/sys/kernel/debug/fail_usercopy/verbose", "0");
	fail_nth_modules_only(false);
	fd = open(FILE_OF_THREAD, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		CLIENT_FAIL("%s: %s", FILE_OF_THREAD, client_errno(errno));
	return fd;
}

/* Where modules are: their first byte, and the one behind the last. */
static void module_range(unsigned long *first, unsigned long *end)
{
	FILE *f = fopen("/proc/modules", "re");
	unsigned long at, size;
	char line[512];

	*first = -1ul;
	*end = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %lu %*s %*s %*s %lx", &size, &at) != 2)
			continue;
		*first = at < *first ? at : *first;
		*end = at + size > *end ? at + size : *end;
	}
	if (f)
		fclose(f);
}

void fail_nth_modules_only(bool only)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	unsigned long first = 0, end = -1ul;
	char name[128], value[32];
	unsigned int i;

	if (only)
		module_range(&first, &end);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(name, sizeof(name), "/sys/kernel/debug/%s/require-start", kinds[i]);
		snprintf(value, sizeof(value), "0x%lx", first);
		set_knob(name, value);
		snprintf(name, sizeof(name), "/sys/kernel/debug/%s/require-end", kinds[i]);
		snprintf(value, sizeof(value), "0x%lx", end);
		set_knob(name, value);
		/* Of the stack, the innermost functions: three or four are the allocator's own. */
		snprintf(name, sizeof(name), "/sys/kernel/debug/%s/stacktrace-depth", kinds[i]);
		set_knob(name, only ? "6" : "32");
	}
}

static int put(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	return pwrite(fd, text, len, 0) == len ? 0 : -errno;
}

void fail_nth_arm(int fd, unsigned int n)
{
	int ret = put(fd, n);

	if (ret)
		CLIENT_FAIL("%s: %s", FILE_OF_THREAD, client_errno(ret));
}

bool fail_nth_disarm(int fd)
{
	char text[16] = "";
	/* Reading copies to the user as well: that may be the one that fails. */
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	/* And so does the write; then it is disarmed by that. */
	put(fd, 0);
	return n > 0 && !atoi(text);
}

bool fail_nth_is_clean(int ret)
{
	return ret == -ENOMEM || ret == -EFAULT || ret == -EMFILE || ret == -ENFILE;
}
