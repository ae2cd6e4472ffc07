// SPDX-License-Identifier: GPL-2.0-only
/*
 * gcov writes its counts from exit(). The children of the test harness leave by
 * _exit(), so a build with COV=1 has an _exit() that writes them first. Program and
 * preloaded library each have counts of their own, and each an _exit(): the first
 * hands on to the next.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void __gcov_dump(void);

__attribute__((visibility("default"), noreturn)) void _exit(int status)
{
	void (*next)(int status) = (void (*)(int))dlsym(RTLD_NEXT, "_exit");

	__gcov_dump();
	if (next)
		next(status);
	for (;;)
		syscall(SYS_exit_group, status);
}
