// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of attributes and directories, and what stat() shows of nodes.
 */
#include "real.h"
#include <kapi/fail_nth.h>
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "path.h"
#include "libc_stream.h"

/* The device numbers under which stat() shows the file systems. */
#define DEV_SYSFS 21
#define DEV_DEVTMPFS 6
#define DEV_ANON 15

static ssize_t do_attr_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	char *page;
	ssize_t ret;

	if (count > PAGE_SIZE)
		count = PAGE_SIZE;
	page = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	ret = kapi_attr_read(file->private_data, page, *pos, count);
	if (ret > 0 && copy_to_user(buf, page, ret))
		ret = -EFAULT;
	if (ret > 0)
		*pos += ret;
	kfree(page);
	return ret;
}

/* The file of fail-nth does not use up what it sets. */
static ssize_t attr_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	bool quiet = kapi_is_fail_nth(file->private_data);
	ssize_t ret;

	if (quiet)
		kapi_fail_pause();
	ret = do_attr_read(file, buf, count, pos);
	if (quiet)
		kapi_fail_resume();
	return ret;
}

static ssize_t do_attr_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char *page;
	ssize_t ret;

	if (count > PAGE_SIZE)
		count = PAGE_SIZE;
	/* A text attribute finds a NUL behind what was written. */
	page = kzalloc(PAGE_SIZE + 1, GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	if (copy_from_user(page, buf, count))
		ret = -EFAULT;
	else
		ret = kapi_attr_write(file->private_data, page, *pos, count);
	if (ret > 0)
		*pos += ret;
	kfree(page);
	return ret;
}

static ssize_t attr_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	bool quiet = kapi_is_fail_nth(file->private_data);
	ssize_t ret;

	if (quiet)
		kapi_fail_pause();
	ret = do_attr_write(file, buf, count, pos);
	if (quiet)
		kapi_fail_resume();
	return ret;
}

static loff_t attr_llseek(struct file *file, loff_t off, int whence)
{
	struct kapi_stat st;

	kapi_node_stat(file->private_data, &st);
	if (whence == SEEK_END && !__builtin_add_overflow(off, st.size, &off))
		whence = SEEK_SET;
	return default_llseek(file, off, whence);
}

static ssize_t dir_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return -EISDIR;
}

static int node_release(struct inode *inode, struct file *file)
{
	kapi_node_put(file->private_data);
	return 0;
}

static const struct file_operations attr_fops = {
	.llseek = attr_llseek,
	.read = attr_read,
	.write = attr_write,
	.release = node_release,
};

static const struct file_operations dir_fops = {
	.llseek = default_llseek,
	.read = dir_read,
	.release = node_release,
};

/* O_PATH: a name and nothing more. */
static const struct file_operations path_fops = {
	.release = node_release,
};

static bool is_node_file(const struct file *file)
{
	return file->f_op == &attr_fops || file->f_op == &dir_fops || file->f_op == &path_fops;
}

static unsigned int type_bits(enum kapi_node_type type)
{
	switch (type) {
	case KAPI_DIR:
		return S_IFDIR;
	case KAPI_LINK:
		return S_IFLNK;
	case KAPI_CHR:
		return S_IFCHR;
	default:
		return S_IFREG;
	}
}

static int check_open(const struct kapi_stat *st, int flags)
{
	int access = flags & O_ACCMODE;

	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EEXIST;
	if (st->type == KAPI_LINK && !(flags & O_PATH))
		return -ELOOP;
	if (st->type != KAPI_DIR && flags & O_DIRECTORY)
		return -ENOTDIR;
	if (flags & O_PATH)
		return 0;
	if (st->type == KAPI_DIR && (access != O_RDONLY || flags & O_CREAT))
		return -EISDIR;
	/* sysfs refuses what has no operation, to the superuser too. */
	if (st->type == KAPI_ATTR &&
	    ((access != O_WRONLY && !(st->mode & S_IRUGO)) ||
	     (access != O_RDONLY && !(st->mode & S_IWUGO))))
		return -EACCES;
	return 0;
}

/* A temporary file with the content of an attribute, for who reads without asking us. */
static int snapshot(struct kapi_node *node)
{
	char *page = kzalloc(PAGE_SIZE, GFP_KERNEL);
	loff_t pos = 0;
	ssize_t len;
	int fd;

	if (!page)
		return -1;
	fd = memfd_create("attribute", MFD_CLOEXEC);
	while (fd >= 0 && (len = kapi_attr_read(node, page, pos, PAGE_SIZE)) > 0 &&
	       real_pwrite(fd, page, len, pos) == len)
		pos += len;
	kfree(page);
	return fd;
}

static struct file *node_file(struct kapi_node *node, const struct kapi_stat *st, int flags)
{
	const struct file_operations *fops = flags & O_PATH ? &path_fops :
		st->type == KAPI_DIR ? &dir_fops : &attr_fops;
	char name[PATH_MAX];
	int copy;
	struct inode *inode;
	struct file *file;

	inode = kapi_inode_alloc(type_bits(st->type) | st->mode, st->rdev, NULL);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	if (kapi_node_path(node, name, sizeof(name)) < 0)
		name[0] = 0;
	file = kapi_file_alloc(inode, name, fops, (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK |
						  O_DIRECTORY | O_PATH)) | KAPI_O_LARGEFILE);
	if (IS_ERR(file)) {
		iput(inode);
		return file;
	}
	if (flags & O_PATH)
		file->f_mode = FMODE_OPENED;
	else
		file->f_mode |= FMODE_PREAD | FMODE_PWRITE | FMODE_WHOLE;
	if (fops == &attr_fops && (flags & O_ACCMODE) == O_RDONLY) {
		copy = snapshot(node);
		if (copy >= 0)
			kapi_file_set_placeholder(file, copy);
	}
	/* open() takes no reference; the file keeps one until release. */
	kapi_node_get(node);
	file->private_data = node;
	return file;
}

int node_open(struct kapi_node *node, int flags)
{
	struct kapi_stat st;
	struct file *file;
	int ret;

	kapi_node_stat(node, &st);
	kapi_enter();
	ret = check_open(&st, flags);
	if (!ret) {
		file = st.type == KAPI_CHR && !(flags & O_PATH) ? kapi_node_open(node, flags) :
			node_file(node, &st, flags);
		ret = IS_ERR(file) ? PTR_ERR(file) : kapi_fd_publish(file, flags & O_CLOEXEC);
	}
	kapi_exit();
	stdio_follow(ret);
	return ret;
}

struct kapi_node *node_of_fd(int fd)
{
	struct kapi_node *node = NULL;
	struct file *file;

	kapi_enter();
	file = kapi_fget(fd);
	if (file) {
		if (is_node_file(file)) {
			node = file->private_data;
			kapi_node_get(node);
		}
		fput(file);
	}
	kapi_exit();
	return node;
}

static void count_subdirs(struct kapi_node *node, struct stat *st)
{
	struct kapi_stat child;
	unsigned int i = 0;
	char name[NAME_MAX + 1];

	st->st_nlink = 2;
	while (kapi_node_child(node, i++, name, sizeof(name), &child))
		st->st_nlink += child.type == KAPI_DIR;
}

static void fill_common(struct stat *st)
{
	static struct timespec start;

	if (!start.tv_sec)
		clock_gettime(CLOCK_REALTIME_COARSE, &start);
	st->st_nlink = 1;
	st->st_blksize = 4096;
	st->st_atim = st->st_mtim = st->st_ctim = start;
}

void node_stat(struct kapi_node *node, struct stat *st)
{
	struct kapi_stat ks;
	char path[PATH_MAX];

	kapi_node_stat(node, &ks);
	memset(st, 0, sizeof(*st));
	fill_common(st);
	st->st_mode = type_bits(ks.type) | ks.mode;
	st->st_ino = ks.ino;
	st->st_size = ks.size;
	st->st_rdev = huge_encode_dev(ks.rdev);
	st->st_dev = kapi_node_path(node, path, sizeof(path)) > 0 && !strncmp(path, "/dev", 4) ?
		DEV_DEVTMPFS : DEV_SYSFS;
	if (ks.type == KAPI_DIR)
		count_subdirs(node, st);
	if (ks.type == KAPI_LINK && st->st_dev == DEV_SYSFS)
		st->st_mode = S_IFLNK | 0777;
}

int fd_stat(int fd, struct stat *st)
{
	struct kapi_node *node = node_of_fd(fd);
	unsigned long ino;
	umode_t mode;
	dev_t rdev;
	int ret;

	if (node) {
		node_stat(node, st);
		kapi_node_put(node);
		return 0;
	}
	ret = kapi_sys_fstat(fd, &mode, &rdev, &ino);
	if (ret)
		return ret;
	memset(st, 0, sizeof(*st));
	fill_common(st);
	st->st_mode = mode;
	st->st_rdev = huge_encode_dev(rdev);
	st->st_ino = ino;
	st->st_dev = S_ISCHR(mode) ? DEV_DEVTMPFS : DEV_ANON;
	return 0;
}
