// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a driver's file operations can lean on, the system calls around them with odd
 * arguments, files of a device that go wrong on the way, and small integers.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <string.h>
#include <sys/ioctl.h>
#include "faults.h"
#include "tap.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static char content[10] = "0123456789";
static int flushed;

static ssize_t f_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, content, sizeof(content));
}

static ssize_t f_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return simple_write_to_buffer(content, sizeof(content), pos, buf, count);
}

static loff_t f_llseek(struct file *file, loff_t off, int whence)
{
	return fixed_size_llseek(file, off, whence, sizeof(content));
}

static long f_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == 100 ? (long)arg : -ENOIOCTLCMD;
}

static int f_flush(struct file *file, void *id)
{
	return ++flushed == 1 ? -EIO : 0;
}

static int f_check_flags(int flags)
{
	return flags & O_APPEND ? -EPERM : 0;
}

static const struct file_operations ops = {
	.read = f_read, .write = f_write, .llseek = f_llseek, .unlocked_ioctl = f_ioctl,
	.compat_ioctl = compat_ptr_ioctl, .flush = f_flush, .check_flags = f_check_flags,
};
static const struct file_operations bare_ops = { .compat_ioctl = compat_ptr_ioctl, .llseek = no_llseek };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "files", .fops = &ops };
static struct miscdevice bare = { .minor = MISC_DYNAMIC_MINOR, .name = "bare", .fops = &bare_ops };

static void *volatile bad = (void *)8;

static void test_open(void)
{
	int fd;

	is(kapi_sys_open("/dev/none", O_RDWR), -ENXIO, "nothing of the core");
	is(kapi_sys_open("/dev/files", O_RDWR | O_CREAT | O_EXCL), -EEXIST, "not a new file");
	is(kapi_sys_open("/dev/files", O_RDWR | O_DIRECTORY), -ENOTDIR, "nor a directory");
	is(kapi_sys_open("/dev/files", O_RDWR | O_DIRECT), -EINVAL, "without O_DIRECT");
	fd = kapi_sys_open("/dev/files", O_RDWR | O_CREAT);
	check(fd >= 0, "one that is there");
	is(kapi_sys_close(fd), -EIO, "what flush() says");
	is(kapi_sys_close(fd), -EBADF, "and the descriptor is closed");
}

static void test_position(void)
{
	int fd = kapi_sys_open("/dev/files", O_RDWR);
	char buf[16];

	is(kapi_sys_lseek(fd, 0, 5), -EINVAL, "lseek by no rule");
	is(kapi_sys_lseek(fd, 0, -1), -EINVAL, "nor by a negative one");
	is(kapi_sys_lseek(fd, 0, SEEK_DATA), -EINVAL, "nor one the file does not know");
	is(kapi_sys_lseek(fd, -3, SEEK_END), 7, "from the end");
	is(kapi_sys_lseek(fd, 2, SEEK_CUR), 9, "from here");
	is(kapi_sys_lseek(fd, 0, SEEK_CUR), 9, "where it is");
	is(kapi_sys_lseek(fd, 2, SEEK_CUR), -EINVAL, "beyond the end");
	is(kapi_sys_lseek(fd, -1, SEEK_SET), -EINVAL, "before the beginning");
	is(kapi_sys_lseek(fd, LLONG_MAX, SEEK_CUR), -EINVAL, "beyond all numbers");
	is(kapi_sys_read(fd, buf, 16), 1, "the last byte");
	is(kapi_sys_read(fd, buf, 16), 0, "and none");
	is(kapi_sys_read(fd, buf, 0), 0, "none at all");
	is(kapi_sys_pread(fd, buf, 16, 4), 6, "from the middle");
	is(kapi_sys_pread(fd, bad, 16, 4), -EFAULT, "to a bad address");
	is(kapi_sys_pread(fd, (void *)-4096L, 16, 4), -EFAULT, "of the kernel");
	is(kapi_sys_pread(fd, buf, 16, -1), -EINVAL, "from before it");
	is(kapi_sys_pread(fd, buf, 16, LLONG_MAX - 3), -EINVAL, "over the end of all");
	is(kapi_sys_pread(fd, NULL, -1, 0), -EFAULT, "of more than there is");
	is(kapi_sys_pwrite(fd, "abcd", 4, 8), 2, "written up to the end");
	check(!memcmp(content, "01234567ab", 10), "and no further");
	is(kapi_sys_pwrite(fd, "abcd", 4, 10), 0, "nothing behind it");
	is(kapi_sys_pwrite(fd, "abcd", 0, 0), 0, "nothing at all");
	is(kapi_sys_pwrite(fd, bad, 4, 0), -EFAULT, "from a bad address");
	kapi_sys_close(fd);
	fd = kapi_sys_open("/dev/files", O_RDONLY);
	is(kapi_sys_write(fd, "a", 1), -EBADF, "not open to write");
	kapi_sys_close(fd);
	fd = kapi_sys_open("/dev/files", O_WRONLY);
	is(kapi_sys_read(fd, buf, 1), -EBADF, "nor to read");
	kapi_sys_close(fd);
	fd = kapi_sys_open("/dev/bare", O_RDWR);
	is(kapi_sys_read(fd, buf, 1), -EINVAL, "one without read()");
	is(kapi_sys_write(fd, buf, 1), -EINVAL, "nor write()");
	is(kapi_sys_lseek(fd, 0, SEEK_SET), -ESPIPE, "nor a position");
	is(kapi_sys_ioctl(fd, 100, 1), -ENOTTY, "nor ioctls");
	kapi_sys_close(fd);
}

static void test_negative(void)
{
	loff_t pos = -1;
	char c;

	is(simple_read_from_buffer(&c, 1, &pos, content, 10), -EINVAL, "a position before it");
	is(simple_write_to_buffer(content, 10, &pos, &c, 1), -EINVAL, "in either direction");
	pos = 11;
	is(simple_read_from_buffer(&c, 1, &pos, content, 10), 0, "one behind it");
}

static void test_ioctl(void)
{
	int fd = kapi_sys_open("/dev/files", O_RDWR), on = 1, size = 0;

	is(kapi_sys_ioctl(fd, 100, 77), 77, "an ioctl of the driver's");
	is(kapi_sys_ioctl(fd, 101, 0), -ENOTTY, "none of its");
	is(kapi_sys_ioctl(fd, FIOCLEX, 0), 0, "FIOCLEX");
	is(kapi_sys_ioctl(fd, FIONCLEX, 0), 0, "FIONCLEX");
	is(kapi_sys_ioctl(fd, FIONBIO, (long)&on), 0, "FIONBIO");
	check(kapi_sys_getfl(fd) & O_NONBLOCK, "is as fcntl()");
	is(kapi_sys_ioctl(fd, FIONBIO, (long)bad), -EFAULT, "at a bad address");
	is(kapi_sys_ioctl(fd, FIOASYNC, (long)&on), -ENOTTY, "no signals");
	on = 0;
	is(kapi_sys_ioctl(fd, FIONBIO, (long)&on), 0, "off again");
	check(!(kapi_sys_getfl(fd) & O_NONBLOCK), "it is");
	is(kapi_sys_ioctl(fd, FIOASYNC, (long)&on), 0, "none is what it has");
	is(kapi_sys_ioctl(fd, FIOASYNC, (long)bad), -EFAULT, "at a bad address");
	is(kapi_sys_ioctl(fd, FIOQSIZE, (long)&size), -ENOTTY, "no size");
	is(kapi_sys_ioctl(fd, 2, (long)&size), 0, "FIGETBSZ");
	is(size, 4096, "a page");
	is(kapi_sys_ioctl(fd, 2, (long)bad), -EFAULT, "at a bad address");
	is(kapi_sys_setfl(fd, O_DIRECT), -EINVAL, "no O_DIRECT");
	is(kapi_sys_setfl(fd, O_APPEND), -EPERM, "what check_flags() says");
	is(kapi_sys_setfl(fd, O_NONBLOCK), 0, "else yes");
	kapi_sys_close(fd);
	is(kapi_sys_setfl(fd, 0), -EBADF, "setfl of what is closed");
	is(kapi_sys_getfl(fd), -EBADF, "getfl");
	is(kapi_sys_lseek(fd, 0, SEEK_SET), -EBADF, "lseek");
	is(kapi_sys_poll(fd), POLLNVAL, "poll");
	check(!kapi_fd_can_poll(fd), "can poll");
	is(kapi_sys_fd_name(fd, content, 0), -EBADF, "name");
	is(kapi_sys_ioctl(fd, 100, 0), -EBADF, "ioctl");
	is(kapi_sys_iov(fd, NULL, 0, NULL, 0, false), -EBADF, "readv");
	is(kapi_sys_dup(fd, false), -EBADF, "dup");
}

static void test_helpers(void)
{
	struct inode inode = { .i_private = content };
	struct file file = { .f_op = &ops };

	check(!simple_open(&inode, &file) && file.private_data == content, "simple_open");
	inode.i_private = NULL;
	check(!simple_open(&inode, &file) && file.private_data == content, "of an inode without");
	is(compat_ptr_ioctl(&file, 100, 0x100000005), 5, "a pointer of 32 bits");
	file.f_op = &bare_ops;
	is(compat_ptr_ioctl(&file, 100, 5), -ENOIOCTLCMD, "without ioctls");
	is(no_llseek(&file, 0, 0), -ESPIPE, "no_llseek");
	file.f_pos = 12;
	is(noop_llseek(&file, 5, SEEK_SET), 12, "noop_llseek");
	is(default_llseek(&file, 5, SEEK_CUR), 17, "default_llseek");
}

static int fd_now;

static int op_open(void)
{
	fd_now = kapi_sys_open("/dev/files", O_RDWR);
	return fd_now < 0 ? fd_now : 0;
}

static void undo_open(void)
{
	kapi_sys_close(fd_now);
}

static int visited;

static int visit(int id, void *p, void *data)
{
	visited += id;
	return p == data ? 5 : 0;
}

static void test_idr(void)
{
	static long things[3];
	struct idr idr;
	int id = 0;

	idr_init(&idr);
	check(idr_is_empty(&idr) && !idr_for_each(&idr, visit, NULL), "idr: empty");
	warnings = 0;
	is(idr_alloc(&idr, things, -1, 0, GFP_KERNEL), -EINVAL, "idr: from below 0");
	is(warnings, 1, "idr: warns");
	is(idr_alloc(&idr, things, 3, 5, GFP_KERNEL), 3, "idr: the first");
	is(idr_alloc(&idr, things + 1, 3, 5, GFP_KERNEL), 4, "idr: the next");
	is(idr_alloc(&idr, things + 2, 3, 5, GFP_KERNEL), -ENOSPC, "idr: no more");
	is(idr_alloc_cyclic(&idr, things + 2, 3, 0, GFP_KERNEL), 5, "idr: in a circle");
	idr_remove(&idr, 3);
	is(idr_alloc_cyclic(&idr, things + 2, 3, 7, GFP_KERNEL), 6, "idr: on and on");
	is(idr_alloc_cyclic(&idr, things, 3, 7, GFP_KERNEL), 3, "idr: and round");
	is(idr_alloc_cyclic(&idr, things, 3, 7, GFP_KERNEL), -ENOSPC, "idr: until it is full");
	check(idr_replace(&idr, things + 1, 3) == things && idr_find(&idr, 3) == things + 1,
	      "idr: replaced");
	is(PTR_ERR(idr_replace(&idr, things, 9)), -ENOENT, "idr: nothing to replace");
	check(!idr_for_each(&idr, visit, NULL) && visited == 18, "idr: all of them");
	is(idr_for_each(&idr, visit, things + 2), 5, "idr: up to one");
	check(idr_get_next(&idr, &id) == things + 1 && id == 3, "idr: the next one");
	id = 7;
	check(!idr_get_next(&idr, &id), "idr: none behind the last");
	idr_destroy(&idr);
}

static void test_ida(void)
{
	DEFINE_IDA(ida);
	int i, got = 0;

	for (i = 0; i < 1030; i++)
		got += ida_alloc(&ida, GFP_KERNEL) == i;
	is(got, 1030, "ida: one by one");
	is(ida_alloc_range(&ida, 0, 1029, GFP_KERNEL), -ENOSPC, "ida: no room");
	is(ida_alloc_range(&ida, 5, 4, GFP_KERNEL), -ENOSPC, "ida: nor between");
	is(ida_alloc_range(&ida, 1u << 31, ~0u, GFP_KERNEL), -ENOSPC, "ida: nor beyond INT_MAX");
	is(ida_alloc_min(&ida, 5000, GFP_KERNEL), 5000, "ida: from a number on");
	ida_free(&ida, 7);
	is(ida_alloc(&ida, GFP_KERNEL), 7, "ida: the lowest first");
	warnings = 0;
	ida_free(&ida, 9000);
	ida_free(&ida, 1031);
	is(warnings, 2, "ida: what is not taken cannot be freed");
	for (i = 1024; i < 1030; i++)
		ida_free(&ida, i);
	kapi_fail_nth(1);
	is(ida_alloc_min(&ida, 1024, GFP_KERNEL), -ENOMEM, "ida: no memory");
	kapi_fail_nth(2);
	is(ida_alloc_min(&ida, 70000, GFP_KERNEL), -ENOMEM, "ida: nor for the tree");
	kapi_fail_nth(0);
	is(ida_alloc_min(&ida, 1024, GFP_KERNEL), 1024, "ida: all is well then");
	ida_destroy(&ida);
}

int main(void)
{
	long before;

	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	check(!misc_register(&misc) && !misc_register(&bare), "two devices");
	before = kapi_objects(KAPI_ALLOCS);
	test_open();
	test_position();
	test_negative();
	test_ioctl();
	test_helpers();
	check(walk_faults("open", op_open, undo_open, -EMFILE) > 1, "each failure of open");
	test_idr();
	test_ida();
	is(kapi_objects(KAPI_ALLOCS), before, "nothing is left");
	return done_testing();
}
