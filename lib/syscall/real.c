// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding libc's own functions.
 */
#include "real.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>

static int early_open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int early_close(int fd)
{
	return syscall(SYS_close, fd);
}

static ssize_t early_read(int fd, void *buf, size_t count)
{
	return syscall(SYS_read, fd, buf, count);
}

static ssize_t early_write(int fd, const void *buf, size_t count)
{
	return syscall(SYS_write, fd, buf, count);
}

static int early_fcntl(int fd, int cmd, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, cmd);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	return syscall(SYS_fcntl, fd, cmd, arg);
}

static void *early_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}

static int early_munmap(void *addr, size_t len)
{
	return syscall(SYS_munmap, addr, len);
}

static int early_mprotect(void *addr, size_t len, int prot)
{
	return syscall(SYS_mprotect, addr, len, prot);
}

#define DEFINE_REAL(ret, name, args) ret (*real_##name) args;
REAL_FUNCTIONS(DEFINE_REAL)
#undef DEFINE_REAL

#define REAL_ROW(ret, name, args) { #name, (void **)&real_##name },

bool real_resolved;

void real_resolve(void)
{
	static const struct {
		const char *name;
		void **at;
	} functions[] = { REAL_FUNCTIONS(REAL_ROW) };
	static int running;
	size_t i;

	/* A second thread, or dlsym() itself, goes on with what there is. */
	if (__atomic_exchange_n(&running, 1, __ATOMIC_ACQ_REL))
		return;
	/* What a malloc() inside of dlsym() might call. */
	real_open = early_open;
	real_close = early_close;
	real_read = early_read;
	real_write = early_write;
	real_fcntl = early_fcntl;
	real_mmap = early_mmap;
	real_munmap = early_munmap;
	real_mprotect = early_mprotect;
	for (i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		void *sym = dlsym(RTLD_NEXT, functions[i].name);

		if (sym)
			__atomic_store_n(functions[i].at, sym, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&real_resolved, true, __ATOMIC_RELEASE);
}

__attribute__((constructor(101))) static void resolve_at_start(void)
{
	real_init();
}
