/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unit tests print TAP: check() for each fact, done_testing() at the end of
 * main(). After fork() a child reports through its exit status.
 */
#ifndef LIB_TESTS_TAP_H
#define LIB_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int tap_run, tap_failed;

__attribute__((__format__(printf, 4, 5), __unused__))
static bool tap_check(bool ok, const char *file, int line, const char *fmt, ...)
{
	va_list args;

	printf("%s %d - ", ok ? "ok" : "not ok", ++tap_run);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	if (!ok) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
	fflush(stdout);
	return ok;
}

/* Its default is to end a child that starts threads. */
const char *__tsan_default_options(void);
__attribute__((__weak__, __visibility__("default"))) const char *__tsan_default_options(void)
{
	return "die_after_fork=0";
}

#define check(cond, ...) tap_check(!!(cond), __FILE__, __LINE__, __VA_ARGS__)
#define ok(cond, ...) check(cond, __VA_ARGS__)
/* As check(), and says what came instead. */
#define is(expr, want, ...) do {						\
	long __got = (long)(expr), __want = (long)(want);			\
	if (!check(__got == __want, __VA_ARGS__))				\
		printf("# got %ld (%#lx), expected %ld\n", __got, __got, __want); \
} while (0)

__attribute__((__unused__))
static int done_testing(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed ? 1 : 0;
}

#define tap_done() done_testing()

/* Runs @fn in a child, which succeeds by returning 0 within the time limit. */
__attribute__((__unused__))
static bool in_child(int (*fn)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(20);
		_exit(fn());
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

#endif
