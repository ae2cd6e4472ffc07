/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_STRING_H
#define _KAPI_LINUX_STRING_H

/* libc's <string.h> and what the kernel has beside it. */
#include <string.h>
#include <strings.h>
#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/types.h>

/* Copy with a NUL in every case; length, or -E2BIG if it was cut. */
ssize_t kapi_strscpy(char *dst, const char *src, size_t size);
#define strscpy(dst, src, ...) __kapi_strscpy(dst, src, ##__VA_ARGS__, sizeof(dst))
#define __kapi_strscpy(dst, src, size, ...) kapi_strscpy(dst, src, size)
/* As strscpy(), the rest of @dst filled with zeros. */
ssize_t strscpy_pad(char *dst, const char *src, size_t size);
size_t strlcat(char *dst, const char *src, size_t size);
/* Skip leading blanks; strim() also cuts trailing ones off, in place. */
char *skip_spaces(const char *str);
char *strim(char *s);
static inline char *strstrip(char *s)
{
	return strim(s);
}
/* Equal up to one trailing newline. */
bool sysfs_streq(const char *s1, const char *s2);
/* Index of @string among @n entries (n < 0: up to NULL), or -EINVAL. */
int match_string(const char *const *array, size_t n, const char *string);
int __sysfs_match_string(const char *const *array, size_t n, const char *s);
#define sysfs_match_string(_a, _s) __sysfs_match_string(_a, ARRAY_SIZE(_a), _s)
/* First byte that is not @c, or NULL. */
void *memchr_inv(const void *start, int c, size_t bytes);
bool strstarts(const char *str, const char *prefix);
size_t str_has_prefix(const char *str, const char *prefix);
const char *kbasename(const char *path);
char *strreplace(char *str, char from, char to);

/* All: kfree() the copy; NULL without memory. kstrdup(NULL) is NULL. */
char *kstrdup(const char *s, gfp_t gfp) __malloc;
const char *kstrdup_const(const char *s, gfp_t gfp);
void kfree_const(const void *x);
char *kstrndup(const char *s, size_t len, gfp_t gfp);
void *kmemdup(const void *src, size_t len, gfp_t gfp);
void *kmemdup_array(const void *src, size_t count, size_t elem, gfp_t gfp);
char *kmemdup_nul(const char *s, size_t len, gfp_t gfp);
void *kvmemdup(const void *src, size_t len, gfp_t gfp);

/* Copies of user memory, ERR_PTR() on failure: implemented beside copy_from_user(). */
void *memdup_user(const void __user *src, size_t len);
void *vmemdup_user(const void __user *src, size_t len);
char *strndup_user(const char __user *s, long n);
void *memdup_user_nul(const void __user *src, size_t len);
void *memdup_array_user(const void __user *src, size_t n, size_t size);

/* memset() that is not optimised away; memcpy() of a member without complaint. */
#define memzero_explicit(s, count) explicit_bzero(s, count)
#define unsafe_memcpy(dst, src, bytes, why) memcpy(dst, src, bytes)
#define memset_after(obj, v, member) ({ \
	u8 *__ma_ptr = (u8 *)(obj); \
	memset(__ma_ptr + offsetofend(typeof(*(obj)), member), (v), \
	       sizeof(*(obj)) - offsetofend(typeof(*(obj)), member)); })
#define memset_startat(obj, v, member) ({ \
	u8 *__ms_ptr = (u8 *)(obj); \
	memset(__ms_ptr + offsetof(typeof(*(obj)), member), (v), \
	       sizeof(*(obj)) - offsetof(typeof(*(obj)), member)); })

#endif
