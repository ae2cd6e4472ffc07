// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies between the core and user memory.
 */
#include <linux/uaccess.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <kapi/fail_nth.h>
#include <kapi/fault.h>

#if defined(__SANITIZE_ADDRESS__)
#define KAPI_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KAPI_ASAN 1
#endif
#endif

#ifdef KAPI_ASAN
/*
 * The copy itself is assembly, which the sanitizer does not see: let it look at
 * the core's side. The user's side may be anything.
 */
void *__asan_region_is_poisoned(void *beg, size_t size);

static void check_kernel_side(const void *buf, unsigned long n, bool store)
{
	volatile char *bad = n ? __asan_region_is_poisoned((void *)buf, n) : NULL;

	/* An access that the compiler has instrumented makes the report. */
	if (unlikely(bad)) {
		if (store)
			*bad = 0;
		else
			(void)*bad;
	}
}
#else
static inline void check_kernel_side(const void *buf, unsigned long n, bool store)
{
}
#endif

/* What follows the first fault: done, unless a device's registers lie there. */
static noinline unsigned long copy_rest(unsigned long user, void *buf, unsigned long n, bool write)
{
	return READ_ONCE(kapi_vma_count) ? kapi_vma_copy(user, buf, n, write) : n;
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long left = n;

	check_kernel_side(to, n, true);
	if (likely(access_ok(from, n)) && !kapi_should_fail(KAPI_FAIL_USER)) {
		left = kapi_uaccess_copy(to, from, n);
		if (likely(!left))
			return 0;
		left = copy_rest((unsigned long)from + n - left, (char *)to + n - left, left, false);
	}
	memset((char *)to + n - left, 0, left);
	return left;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	unsigned long left;

	check_kernel_side(from, n, false);
	if (unlikely(!access_ok(to, n)) || kapi_should_fail(KAPI_FAIL_USER))
		return n;
	left = kapi_uaccess_copy(to, from, n);
	if (likely(!left))
		return 0;
	return copy_rest((unsigned long)to + n - left, (char *)from + n - left, left, true);
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	static const char zeros[64];
	unsigned long left, step;

	if (unlikely(!access_ok(to, n)) || kapi_should_fail(KAPI_FAIL_USER))
		return n;
	left = kapi_uaccess_zero(to, n);
	while (unlikely(left) && READ_ONCE(kapi_vma_count)) {
		step = left < sizeof(zeros) ? left : sizeof(zeros);
		step -= kapi_vma_copy((unsigned long)to + n - left, (void *)zeros, step, true);
		if (!step)
			break;
		left -= step;
	}
	return left;
}

/*
 * Bytes of a string up to and with its NUL, at most @n, copied to @dst unless
 * that is NULL; @n + 1 without a NUL; 0 on a fault before one. Goes page by page,
 * so that nothing behind the string's last page is touched.
 */
static long scan_string(char *dst, const char __user *src, long n)
{
	char buf[128], *at, *nul;
	unsigned long from = (unsigned long)src;	/* may be NULL, which has no neighbours */
	long done = 0, step;

	while (done < n) {
		step = PAGE_SIZE - offset_in_page(from + done);
		if (step > n - done)
			step = n - done;
		/* Most strings are short. */
		if (step > (long)sizeof(buf))
			step = sizeof(buf);
		at = dst ? dst + done : buf;
		step -= copy_from_user(at, (const char __user *)(from + done), step);
		nul = memchr(at, 0, step);
		if (nul)
			return done + (nul - at) + 1;
		if (!step)
			return 0;
		done += step;
	}
	return n + 1;
}

long strnlen_user(const char __user *str, long n)
{
	return n > 0 ? scan_string(NULL, str, n) : 0;
}

long strncpy_from_user(char *dst, const char __user *src, long n)
{
	long len;

	if (n <= 0)
		return 0;
	len = scan_string(dst, src, n);
	return len ? len - 1 : -EFAULT;
}

static void *finish_dup(void *p, const void __user *src, size_t len)
{
	if (!p)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(p, src, len)) {
		kvfree(p);
		return ERR_PTR(-EFAULT);
	}
	return p;
}

void *memdup_user(const void __user *src, size_t len)
{
	return finish_dup(kmalloc(len, GFP_KERNEL), src, len);
}

void *vmemdup_user(const void __user *src, size_t len)
{
	return finish_dup(kvmalloc(len, GFP_KERNEL), src, len);
}

void *memdup_user_nul(const void __user *src, size_t len)
{
	char *p = finish_dup(kmalloc(len + 1, GFP_KERNEL), src, len);

	if (!IS_ERR(p))
		p[len] = 0;
	return p;
}

void *memdup_array_user(const void __user *src, size_t n, size_t size)
{
	size_t len;

	return __builtin_mul_overflow(n, size, &len) ? ERR_PTR(-EOVERFLOW) : memdup_user(src, len);
}

void *vmemdup_array_user(const void __user *src, size_t n, size_t size)
{
	size_t len;

	return __builtin_mul_overflow(n, size, &len) ? ERR_PTR(-EOVERFLOW) : vmemdup_user(src, len);
}

char *strndup_user(const char __user *s, long n)
{
	long len = strnlen_user(s, n);
	char *p;

	if (!len)
		return ERR_PTR(-EFAULT);
	if (len > n)
		return ERR_PTR(-EINVAL);
	p = memdup_user(s, len);
	/* Another thread may have written the string meanwhile. */
	if (!IS_ERR(p))
		p[len - 1] = 0;
	return p;
}

int check_zeroed_user(const void __user *from, size_t size)
{
	char buf[256];
	size_t step, i;

	for (; size; from = (const char __user *)from + step, size -= step) {
		step = size < sizeof(buf) ? size : sizeof(buf);
		if (copy_from_user(buf, from, step))
			return -EFAULT;
		for (i = 0; i < step; i++)
			if (buf[i])
				return 0;
	}
	return 1;
}

int copy_struct_from_user(void *dst, size_t ksize, const void __user *src, size_t usize)
{
	size_t size = ksize < usize ? ksize : usize;
	int ret;

	if (usize < ksize) {
		memset((char *)dst + size, 0, ksize - size);
	} else if (usize > ksize) {
		ret = check_zeroed_user((const char __user *)src + size, usize - size);
		if (ret <= 0)
			return ret ?: -E2BIG;
	}
	return copy_from_user(dst, src, size) ? -EFAULT : 0;
}
