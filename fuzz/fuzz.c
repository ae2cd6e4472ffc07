// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void oracle_failed(const char *file, int line, const char *func, const char *cond,
		   const char *fmt, ...)
{
	va_list ap;

	/* Two lines: the rule, by which findings are told apart, and what was seen instead. */
	fprintf(stderr, "%s:%d: oracle: %s: %s\n    ", file, line, func, cond);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/* Campaigns free much: less of it held back, and fewer frames kept of each allocation. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=16:malloc_context_size=5";
}
