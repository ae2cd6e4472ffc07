/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and inodes as far as character devices and anonymous files need them.
 */
#ifndef KAPI_LINUX_FS_H
#define KAPI_LINUX_FS_H

#include <linux/types.h>
#include <linux/fcntl.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/stat.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <sys/ioctl.h>
#include <asm/page.h>

struct cdev;
struct file;
struct inode;
struct vm_area_struct;
struct poll_table_struct;
struct super_block;
struct vfsmount;

/* file->f_mode */
#define FMODE_READ		((fmode_t)(1 << 0))
#define FMODE_WRITE		((fmode_t)(1 << 1))
#define FMODE_LSEEK		((fmode_t)(1 << 2))
#define FMODE_PREAD		((fmode_t)(1 << 3))
#define FMODE_PWRITE		((fmode_t)(1 << 4))
#define FMODE_EXEC		((fmode_t)(1 << 5))
#define FMODE_CAN_READ		((fmode_t)(1 << 17))
#define FMODE_CAN_WRITE		((fmode_t)(1 << 18))
#define FMODE_OPENED		((fmode_t)(1 << 19))
#define FMODE_STREAM		((fmode_t)(1 << 21))
/* Not the kernel's: writev() is one write, as with a write_iter operation. */
#define FMODE_WHOLE		((fmode_t)(1u << 31))

#define OPEN_FMODE(flag)	((fmode_t)(((flag) + 1) & O_ACCMODE))

/* read() and write() move at most this much in one call. */
#define MAX_RW_COUNT		((size_t)(INT_MAX & PAGE_MASK))

/* The user pages mapped from an inode: what unmap_mapping_range() works on. */
struct address_space {
	struct inode *host;
};

struct inode {
	umode_t i_mode;
	dev_t i_rdev;
	unsigned long i_ino;
	atomic_t i_count;
	struct super_block *i_sb;
	const struct file_operations *i_fop;
	struct address_space *i_mapping;
	struct address_space i_data;
	struct cdev *i_cdev;
	void *i_private;
};

/*
 * @f_count: references; the table of descriptors holds one per descriptor.
 * @f_mapping: belongs to @f_inode unless the driver shares another one's.
 * @name: what /proc/self/fd shows.
 */
struct file {
	atomic_long_t f_count;
	fmode_t f_mode;
	unsigned int f_flags;
	const struct file_operations *f_op;
	void *private_data;
	loff_t f_pos;
	struct inode *f_inode;
	struct address_space *f_mapping;
	spinlock_t f_lock;
	struct file *kapi_next;		/* on the list of released or of free files */
	int kapi_host_fd;		/* wraps a descriptor of the host, or -1 */
	int kapi_placeholder;		/* kapi_file_set_placeholder(), or -1 */
	char name[64];
};

struct seq_file;

struct file_operations {
	struct module *owner;
	unsigned int fop_flags;
	loff_t (*llseek)(struct file *file, loff_t off, int whence);
	ssize_t (*read)(struct file *file, char __user *buf, size_t count, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t count, loff_t *pos);
	__poll_t (*poll)(struct file *file, struct poll_table_struct *pt);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	long (*compat_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file, void *id);
	int (*release)(struct inode *inode, struct file *file);
	int (*fsync)(struct file *file, loff_t start, loff_t end, int datasync);
	int (*check_flags)(int flags);
	/* What /proc/self/fdinfo shows beside what it has of all files. */
	void (*show_fdinfo)(struct seq_file *m, struct file *file);
};

/* References on the module behind a table of operations; fops_get() is NULL if it is going. */
#define fops_get(fops) ({						\
	const struct file_operations *__fops = (fops);			\
	__fops && try_module_get(__fops->owner) ? __fops : NULL; })
#define fops_put(fops) do {						\
	const struct file_operations *__fops = (fops);			\
	if (__fops)							\
		module_put(__fops->owner);				\
} while (0)
/* In open(): go on with @fops, whose reference the caller hands over. */
#define replace_fops(file, fops) do {					\
	struct file *__file = (file);					\
	fops_put(__file->f_op);						\
	__file->f_op = (fops);						\
} while (0)

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

static inline unsigned int iminor(const struct inode *inode)
{
	return MINOR(inode->i_rdev);
}

static inline unsigned int imajor(const struct inode *inode)
{
	return MAJOR(inode->i_rdev);
}

static inline struct file *get_file(struct file *file)
{
	atomic_long_inc(&file->f_count);
	return file;
}

static inline long file_count(struct file *file)
{
	return atomic_long_read(&file->f_count);
}

/* A reference on an inode, and its release; the last one frees it. */
void ihold(struct inode *inode);
void iput(struct inode *inode);

/* An inode of its own, behind no name. Returns it with a reference, or ERR_PTR(-ENOMEM). */
struct inode *alloc_anon_inode(struct super_block *sb);

/* open() of files without position: lseek(), pread() and pwrite() give ESPIPE. Return 0. */
int nonseekable_open(struct inode *inode, struct file *file);
int stream_open(struct inode *inode, struct file *file);
/* open() that hands i_private on as private_data. */
int simple_open(struct inode *inode, struct file *file);

/* lseek() that fails with -ESPIPE; that does nothing; within [0, size]; without an end. */
loff_t no_llseek(struct file *file, loff_t off, int whence);
loff_t noop_llseek(struct file *file, loff_t off, int whence);
loff_t fixed_size_llseek(struct file *file, loff_t off, int whence, loff_t size);
loff_t default_llseek(struct file *file, loff_t off, int whence);

/* compat_ioctl() for ioctls whose argument is a pointer or nothing. */
long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/*
 * read() from, write() to a buffer of @available bytes in the kernel at *@ppos,
 * which advances. Return the bytes moved, 0 behind the end, -EINVAL on a
 * negative position, -EFAULT if nothing could be moved.
 */
ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void *from,
				size_t available);
ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *ppos, const void __user *from,
			       size_t count);

#endif
