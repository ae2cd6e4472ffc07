/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TAP for unit tests: ok(condition, description...) and is(value, wanted,
 * description...) print a line each; end main() with return tap_done().
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned int tap_count, tap_failed;

__attribute__((__format__(__printf__, 3, 4)))
static inline bool tap_ok(bool good, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good) {
		printf("# line %d\n", line);
		tap_failed++;
	}
	fflush(stdout);
	return good;
}

#define ok(cond, ...) tap_ok(cond, __LINE__, __VA_ARGS__)
#define is(expr, want, ...) do {						\
	long __got = (long)(expr), __want = (long)(want);			\
	if (!ok(__got == __want, __VA_ARGS__))					\
		printf("# got %ld (%#lx), expected %ld\n", __got, __got, __want); \
} while (0)

static inline int tap_done(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed != 0;
}

#endif
