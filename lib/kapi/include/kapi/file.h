/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Below <linux/fs.h>: what the owners of device nodes and the system calls need
 * of files, and the system calls that few programs make (the others are in
 * <kapi/syscalls.h>, whose conventions hold here too).
 */
#ifndef KAPI_FILE_H
#define KAPI_FILE_H

#include <linux/types.h>
#include <linux/fs.h>

struct iovec;
struct poll_table_struct;

/* An inode with one reference (iput() it), or ERR_PTR(-ENOMEM). Set i_cdev as needed. */
struct inode *kapi_inode_alloc(umode_t mode, dev_t rdev, void *priv);

/*
 * kapi_file_open - what open(2) does with a device node
 * @inode: of the node; the file takes a reference of its own
 * @name: absolute path of the node
 * @fops: its operations; a reference on their module is taken
 * @flags: O_*
 *
 * Calls fops->open, if there is one. Returns the file with one reference, or
 * ERR_PTR: -ENXIO (the module goes), -ENOMEM, -EINVAL (O_DIRECT), or what open
 * returned.
 */
struct file *kapi_file_open(struct inode *inode, const char *name,
			    const struct file_operations *fops, int flags);

/* A file of @fops on @inode (whose reference it takes over), with no open(). Or ERR_PTR. */
struct file *kapi_file_alloc(struct inode *inode, const char *name,
			     const struct file_operations *fops, int flags);

/*
 * What the host sees behind the descriptors of @file instead of an empty file: libc's streams and
 * programs that inherit them read from it. Takes @fd over. Before the file is installed.
 */
void kapi_file_set_placeholder(struct file *file, int fd);

/* The core's own file behind @fd with a reference; NULL for closed and for foreign ones. */
struct file *kapi_fget(unsigned int fd);
/* Install @file (consumed, also on failure) on the lowest free descriptor, or -EMFILE. */
int kapi_fd_publish(struct file *file, bool cloexec);

/*
 * A descriptor that the core keeps for itself (a duplicate of an eventfd, an
 * epoll instance): moved to a high number, close-on-exec, closed to the
 * program. Takes @fd over and returns the new number or -errno.
 */
int kapi_fd_hide(int fd);
void kapi_fd_unhide_close(int fd);
bool kapi_fd_is_hidden(int fd);

/* First number >= @fd that is the core's, hidden ones included; -1 if there is none. */
int kapi_fd_next(int fd);

/*
 * A foreign descriptor is about to be closed: returns true if kapi_fd_closed()
 * has to be called afterwards. It tells the waiters on an eventfd (EPOLLHUP)
 * that the program's last descriptor of it is gone.
 */
bool kapi_fd_closing(int fd);
void kapi_fd_closed(void);

/* readv, preadv, writev, pwritev. @pos NULL: the file's position. @flags: RWF_*. */
ssize_t kapi_sys_iov(int fd, const struct iovec *iov, unsigned long count, loff_t *pos,
		     int flags, bool write);
int kapi_sys_setfl(int fd, int flags);	/* F_SETFL */
/* poll() with a poll table, to wait; @pt may be NULL. EPOLLNVAL if @fd is closed. */
unsigned int kapi_sys_poll_wait(int fd, struct poll_table_struct *pt);
/* True if the file has a poll operation; poll() on others is the host's. */
bool kapi_fd_can_poll(int fd);
/*
 * mprotect(): 1 done (on all of the range, the foreign part included), 0 nothing there is
 * ours, or -errno.
 */
int kapi_sys_mprotect(void *addr, size_t len, int prot);

/* What fstat() shows. @mode 0600 without a type for anonymous files. */
int kapi_sys_fstat(int fd, umode_t *mode, dev_t *rdev, unsigned long *ino);

#endif
