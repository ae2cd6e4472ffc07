/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libc's streams on descriptors of the core. libc itself reads and writes what
 * is behind a stream without calling read() and write() by name.
 */
#ifndef SYSCALL_LIBC_STREAM_H
#define SYSCALL_LIBC_STREAM_H

#include <stdio.h>

/* A stream on descriptor @fd of the core; fileno() of it is @fd. NULL with errno. */
FILE *stdio_stream(int fd, const char *mode);

void stdio_follow_slow(int fd);

/*
 * Descriptor @fd (or -errno) may be another file now. While 1 or 2 is the core's,
 * stdout or stderr is a stream of ours: a shell prints into what it redirected.
 */
static inline void stdio_follow(int fd)
{
	if (__builtin_expect(fd == 1 || fd == 2, 0))
		stdio_follow_slow(fd);
}

#endif
