/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to user memory: any address may be given; what cannot be accessed
 * makes the call fail and nothing else.
 */
#ifndef KAPI_LINUX_UACCESS_H
#define KAPI_LINUX_UACCESS_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <asm/page.h>

/* True if [ptr, ptr+size) lies in the user half of the address space, mapped or not. */
static inline bool access_ok(const void __user *ptr, unsigned long size)
{
	return size <= TASK_SIZE_MAX && (unsigned long)ptr <= TASK_SIZE_MAX - size;
}

/*
 * Copy @n bytes. Return how many could NOT be copied: those behind the first
 * byte that faults, which the kernel side has as zeros after copy_from_user()
 * and copy_struct_from_user().
 */
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __must_check clear_user(void __user *to, unsigned long n);

#define __copy_from_user(to, from, n)	copy_from_user(to, from, n)
#define __copy_to_user(to, from, n)	copy_to_user(to, from, n)
#define __clear_user(to, n)		clear_user(to, n)

/* One access of 1, 2, 4 or 8 bytes. Return 0 or -EFAULT; get_user() then sets @x to 0. */
#define get_user(x, ptr) ({						\
	__typeof__((__typeof__(*(ptr)))0) __gu;				\
	int __gu_ret = copy_from_user(&__gu, (ptr), sizeof(__gu)) ?	\
			-EFAULT : 0;					\
	(x) = (__typeof__(x))__gu;					\
	__gu_ret; })
#define put_user(x, ptr) ({						\
	__typeof__((__typeof__(*(ptr)))0) __pu = (x);			\
	copy_to_user((ptr), &__pu, sizeof(__pu)) ? -EFAULT : 0; })
#define __get_user(x, ptr)	get_user(x, ptr)
#define __put_user(x, ptr)	put_user(x, ptr)

/*
 * Length of a user string with its NUL, at most @n of it looked at: above @n if
 * there is no NUL in @n bytes, 0 if it cannot be read.
 */
long strnlen_user(const char __user *str, long n);
/* Copy a string. Returns its length without NUL, @n if there is no NUL in it, or -EFAULT. */
long strncpy_from_user(char *dst, const char __user *src, long n);

/*
 * A copy in memory of its own, or ERR_PTR: -EFAULT, -ENOMEM; strndup_user()
 * also -EINVAL if the string with its NUL is longer than @n. Free with kfree();
 * vmemdup_user()'s with kvfree().
 */
void *memdup_user(const void __user *src, size_t len);
void *vmemdup_user(const void __user *src, size_t len);
void *memdup_user_nul(const void __user *src, size_t len);
void *memdup_array_user(const void __user *src, size_t n, size_t size);
void *vmemdup_array_user(const void __user *src, size_t n, size_t size);
char *strndup_user(const char __user *s, long n);

/* 1 if all of [from, from+size) is zero, 0 if not, -EFAULT. */
int check_zeroed_user(const void __user *from, size_t size);
/*
 * Copy a structure of the size @usize the user knows to the size @ksize known
 * here: zero-filled if longer, -E2BIG if the user's surplus is not all zero,
 * -EFAULT.
 */
int __must_check copy_struct_from_user(void *dst, size_t ksize, const void __user *src,
				       size_t usize);

#define u64_to_user_ptr(x)	((void __user *)(uintptr_t)(u64)(x))

#endif
