/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libc's own functions, behind those of this library.
 *
 * real_NAME is what the program would have called. It can be called at any time,
 * also from other libraries' constructors and from within dlsym(): those that
 * a malloc() might need begin as plain system calls, and the others are looked
 * up when the first function of this library is called.
 */
#ifndef SYSCALL_REAL_H
#define SYSCALL_REAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* X(return type, name, parameter types). On 64 bits NAME64 is NAME: one entry for both. */
#define REAL_FUNCTIONS(X) \
	X(int, open, (const char *, int, ...)) \
	X(int, openat, (int, const char *, int, ...)) \
	X(int, close, (int)) \
	X(ssize_t, read, (int, void *, size_t)) \
	X(ssize_t, write, (int, const void *, size_t)) \
	X(int, fcntl, (int, int, ...)) \
	X(int, ioctl, (int, unsigned long, ...)) \
	X(void *, mmap, (void *, size_t, int, int, int, off_t)) \
	X(int, munmap, (void *, size_t)) \
	X(int, mprotect, (void *, size_t, int)) \
	X(void *, mremap, (void *, size_t, size_t, int, ...)) \
	X(FILE *, fopen, (const char *, const char *)) \
	X(FILE *, fdopen, (int, const char *)) \
	X(int, vdprintf, (int, const char *, va_list)) \
	X(int, fclose, (FILE *)) \
	X(FILE *, freopen, (const char *, const char *, FILE *)) \
	X(ssize_t, pread, (int, void *, size_t, off_t)) \
	X(ssize_t, pwrite, (int, const void *, size_t, off_t)) \
	X(ssize_t, readv, (int, const struct iovec *, int)) \
	X(ssize_t, writev, (int, const struct iovec *, int)) \
	X(ssize_t, preadv, (int, const struct iovec *, int, off_t)) \
	X(ssize_t, pwritev, (int, const struct iovec *, int, off_t)) \
	X(ssize_t, preadv2, (int, const struct iovec *, int, off_t, int)) \
	X(ssize_t, pwritev2, (int, const struct iovec *, int, off_t, int)) \
	X(off_t, lseek, (int, off_t, int)) \
	X(ssize_t, copy_file_range, (int, off_t *, int, off_t *, size_t, unsigned int)) \
	X(ssize_t, sendfile, (int, int, off_t *, size_t)) \
	X(ssize_t, splice, (int, off_t *, int, off_t *, size_t, unsigned int)) \
	X(int, ftruncate, (int, off_t)) \
	X(int, fallocate, (int, int, off_t, off_t)) \
	X(int, fsync, (int)) \
	X(int, fdatasync, (int)) \
	X(ssize_t, sendmsg, (int, const struct msghdr *, int)) \
	X(int, sendmmsg, (int, struct mmsghdr *, unsigned int, int)) \
	X(int, close_range, (unsigned int, unsigned int, int)) \
	X(int, unshare, (int)) \
	X(int, setns, (int, int)) \
	X(int, setuid, (uid_t)) \
	X(int, seteuid, (uid_t)) \
	X(int, setreuid, (uid_t, uid_t)) \
	X(int, setresuid, (uid_t, uid_t, uid_t)) \
	X(int, setfsuid, (uid_t)) \
	X(int, capset, (cap_user_header_t, const cap_user_data_t)) \
	X(int, dup, (int)) \
	X(int, dup2, (int, int)) \
	X(int, dup3, (int, int, int)) \
	X(int, ppoll, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *)) \
	X(int, poll, (struct pollfd *, nfds_t, int)) \
	X(int, epoll_ctl, (int, int, int, struct epoll_event *)) \
	X(int, epoll_pwait, (int, struct epoll_event *, int, int, const sigset_t *)) \
	X(int, select, (int, fd_set *, fd_set *, fd_set *, struct timeval *)) \
	X(int, pselect, (int, fd_set *, fd_set *, fd_set *, const struct timespec *, \
			 const sigset_t *)) \
	X(int, stat, (const char *, struct stat *)) \
	X(int, lstat, (const char *, struct stat *)) \
	X(int, fstat, (int, struct stat *)) \
	X(int, fstatat, (int, const char *, struct stat *, int)) \
	X(int, statx, (int, const char *, int, unsigned int, struct statx *)) \
	X(int, statfs, (const char *, struct statfs *)) \
	X(int, fstatfs, (int, struct statfs *)) \
	X(int, statvfs, (const char *, struct statvfs *)) \
	X(int, fstatvfs, (int, struct statvfs *)) \
	X(int, access, (const char *, int)) \
	X(int, faccessat, (int, const char *, int, int)) \
	X(int, euidaccess, (const char *, int)) \
	X(ssize_t, getxattr, (const char *, const char *, void *, size_t)) \
	X(ssize_t, lgetxattr, (const char *, const char *, void *, size_t)) \
	X(ssize_t, fgetxattr, (int, const char *, void *, size_t)) \
	X(ssize_t, listxattr, (const char *, char *, size_t)) \
	X(ssize_t, llistxattr, (const char *, char *, size_t)) \
	X(ssize_t, flistxattr, (int, char *, size_t)) \
	X(ssize_t, readlink, (const char *, char *, size_t)) \
	X(ssize_t, readlinkat, (int, const char *, char *, size_t)) \
	X(char *, realpath, (const char *, char *)) \
	X(int, chdir, (const char *)) \
	X(int, fchdir, (int)) \
	X(DIR *, opendir, (const char *)) \
	X(DIR *, fdopendir, (int)) \
	X(struct dirent *, readdir, (DIR *)) \
	X(int, readdir_r, (DIR *, struct dirent *, struct dirent **)) \
	X(int, closedir, (DIR *)) \
	X(void, rewinddir, (DIR *)) \
	X(long, telldir, (DIR *)) \
	X(void, seekdir, (DIR *, long)) \
	X(int, dirfd, (DIR *)) \
	X(int, scandir, (const char *, struct dirent ***, int (*)(const struct dirent *), \
			 int (*)(const struct dirent **, const struct dirent **))) \
	X(int, glob, (const char *, int, int (*)(const char *, int), glob_t *)) \
	X(int, sigaction, (int, const struct sigaction *, struct sigaction *)) \
	X(int, sigprocmask, (int, const sigset_t *, sigset_t *)) \
	X(int, pthread_sigmask, (int, const sigset_t *, sigset_t *))

#define DECLARE_REAL(ret, name, args) extern ret (*real_##name) args;
REAL_FUNCTIONS(DECLARE_REAL)
#undef DECLARE_REAL

extern bool real_resolved;
void real_resolve(void);

/* At the start of each function of this library. */
static inline void real_init(void)
{
	if (__builtin_expect(!real_resolved, 0))
		real_resolve();
}

#define EXPORT __attribute__((__visibility__("default")))
/* A second name of an exported function of this file. */
#define EXPORT_ALIAS(name, of) \
	__asm__(".globl " #name "\n\t.type " #name ", @function\n\t.set " #name ", " #of)

/* A result of the core as libc returns it. */
#define result(val) ({						\
	__typeof__(val) __val = (val);				\
	if (__builtin_expect(__val < 0, 0)) {			\
		errno = -__val;					\
		__val = -1;					\
	}							\
	__val; })

#endif
