// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client/vfio_client.h"

void client_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "# %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	fflush(NULL);
	/* Not exit(): in a forked test the parent's atexit handlers are not ours to run. */
	_exit(1);
}

const char *client_errno(int err)
{
	static _Thread_local char other[24];
	const char *name = strerrorname_np(abs(err));

	if (name)
		return name;
	snprintf(other, sizeof(other), "errno %d", abs(err));
	return other;
}

int __vfio_ioctl(int fd, unsigned long request, const void *arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

void *pages_alloc(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		CLIENT_FAIL("mmap of %zu bytes: %s", size, client_errno(errno));
	return p;
}

static size_t border_pages(size_t size)
{
	return (size + page_size() - 1) & ~(page_size() - 1);
}

void *border_alloc(size_t size, const void *fill, bool readonly)
{
	size_t len = border_pages(size);
	char *base = pages_alloc(len + page_size());
	char *p = base + len - size;

	if (fill)
		memcpy(p, fill, size);
	if (mprotect(base + len, page_size(), PROT_NONE) ||
	    (readonly && mprotect(base, len, PROT_READ)))
		CLIENT_FAIL("mprotect: %s", client_errno(errno));
	return p;
}

void border_free(void *p, size_t size)
{
	size_t len = border_pages(size);

	munmap((char *)p + size - len, len + page_size());
}

void *bad_pointer(void)
{
	char *p = pages_alloc(3 * page_size());

	/* The pages around it stay mapped without access, so nothing else moves in. */
	if (mprotect(p, 3 * page_size(), PROT_NONE))
		CLIENT_FAIL("mprotect: %s", client_errno(errno));
	munmap(p + page_size(), page_size());
	return p + page_size();
}

bool have_capability(unsigned int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		CLIENT_FAIL("capget: %s", client_errno(errno));
	return data[cap / 32].effective & 1u << cap % 32;
}

void drop_capability(unsigned int cap)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		CLIENT_FAIL("capget: %s", client_errno(errno));
	data[cap / 32].effective &= ~(1u << cap % 32);
	data[cap / 32].permitted &= ~(1u << cap % 32);
	if (syscall(SYS_capset, &head, data))
		CLIENT_FAIL("capset: %s", client_errno(errno));
}

void limit_locked_memory(uint64_t bytes)
{
	struct rlimit limit;

	drop_capability(CAP_IPC_LOCK);
	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		CLIENT_FAIL("getrlimit: %s", client_errno(errno));
	limit.rlim_cur = bytes;
	if (setrlimit(RLIMIT_MEMLOCK, &limit))
		CLIENT_FAIL("setrlimit: %s", client_errno(errno));
}
