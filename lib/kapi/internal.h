/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the files of lib/kapi that make up files, descriptors and memory.
 */
#ifndef KAPI_INTERNAL_H
#define KAPI_INTERNAL_H

#include <linux/types.h>

struct file;
struct mm_struct;

/*
 * The test in front of every read and write of @count bytes at *@pos (NULL: a stream): 0 or
 * -EINVAL.
 */
int kapi_check_area(const loff_t *pos, size_t count);

/* What closing a descriptor does to its file: flush(), and drop the reference. */
int kapi_filp_close(struct file *file);
/* A file that stands for a foreign descriptor; NULL if it is closed. */
struct file *kapi_host_file(int fd);
/* The operations of such a file: of an eventfd, of any other. */
extern const struct file_operations kapi_eventfd_fops, kapi_host_fops;
bool kapi_host_is_eventfd(int fd);

/* The process's own mm. */
extern struct mm_struct *kapi_mm;
struct mm_struct *kapi_mm_new(void);

/*
 * Memory in blocks of one size, for allocations of that: NULL when there is none, and
 * malloc() may have some. kapi_is_block(): did it come from here?
 */
#define KAPI_BLOCK_SIZE 65536
void *kapi_block_alloc(void);
void kapi_block_free(void *p);
bool kapi_is_block(const void *p);

/* Hold the locks of a file's statics across fork(), so that the child finds them free. */
void kapi_fd_lock(bool lock);
void kapi_file_lock(bool lock);
void kapi_vma_lock(bool lock);
void kapi_eventfd_lock(bool lock);
void kapi_phys_lock(bool lock);
void kapi_block_lock(bool lock);
/* In the child: watchers and their thread are the parent's. */
void kapi_eventfd_after_fork(void);

#endif
