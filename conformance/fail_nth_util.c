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
	fd = open(FILE_OF_THREAD, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		CLIENT_FAIL("%s: %s", FILE_OF_THREAD, client_errno(errno));
	return fd;
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
