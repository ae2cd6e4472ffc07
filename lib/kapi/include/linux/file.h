/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors and the files behind them.
 */
#ifndef KAPI_LINUX_FILE_H
#define KAPI_LINUX_FILE_H

#include <kapi/level.h>
#include <linux/types.h>
#include <linux/err.h>

struct file;

/*
 * fget - the file behind a descriptor, with a reference; NULL if it is closed
 *
 * For a descriptor that belongs to the host (a pipe, an eventfd, a regular
 * file) the result is a struct file that stands for it: its operations are none
 * of the core's, so that it is told apart as a foreign file is in the kernel.
 */
struct file *fget(unsigned int fd);

/*
 * Drop a reference. With the last one the file's release() runs: at the end of
 * the system call in which this thread is, with no lock held, or at once.
 */
void fput(struct file *file);

/* At earlier API levels the members are the driver's to look at. */
struct fd {
#if KAPI_LEVEL < 612
	struct file *file;
	unsigned int flags;
#define fd_file(f)	((f).file)
#else
	unsigned long word;
#define fd_file(f)	((struct file *)(f).word)
#define fd_empty(f)	unlikely(!(f).word)
#endif
};

static inline struct fd fdget(unsigned int fd)
{
#if KAPI_LEVEL < 612
	return (struct fd) { .file = fget(fd) };
#else
	return (struct fd) { (unsigned long)fget(fd) };
#endif
}

static inline void fdput(struct fd f)
{
	if (fd_file(f))
		fput(fd_file(f));
}

/*
 * Reserve the lowest free descriptor: O_CLOEXEC or 0 in @flags. Until
 * fd_install() it is closed for every user. Returns it, or -EMFILE.
 */
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
/* Put @file behind a reserved descriptor, handing over the caller's reference. */
void fd_install(unsigned int fd, struct file *file);

/* close() from inside the kernel. Returns 0 or -EBADF. */
int close_fd(unsigned int fd);

#endif
