/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record of what a program asked of the core, for the seed corpora of the fuzz
 * targets. VFIO_CORE_TRACE=FILE: each process appends to FILE, one line a call:
 *
 *	PID open PATH = FD
 *	PID dup FD = NEW
 *	PID close FD = RET
 *	PID ioctl FD COMMAND ARGUMENT BYTES = RET BYTES
 *	PID read|write|pread|pwrite FD OFFSET LENGTH BYTES = RET
 *
 * Numbers are hexadecimal but for descriptors and results, which are decimal, a
 * negative result being -errno. BYTES are what can be read at the argument, before
 * the call and after it, as far as its first word (argsz) says, at most
 * TRACE_BYTES; "-" if none can.
 */
#ifndef SYSCALL_TRACE_H
#define SYSCALL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_BYTES	128

extern bool trace_on;

/* Called once, when the library starts. */
void trace_init(void);
void trace_open(const char *path, int fd);
/* dup or close: @result is the new descriptor, or what close gave. */
void trace_fd(const char *call, int fd, int result);
/* The ioctl itself, recorded. */
long trace_ioctl(int fd, unsigned int cmd, unsigned long arg);
void trace_rw(const char *call, int fd, const void *buf, size_t count, uint64_t pos, long ret);

#endif
