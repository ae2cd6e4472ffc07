// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap() and its kin: mappings of the core's files, and the host's in their way.
 */
#include "real.h"
#include <kapi/fault.h>
#include <kapi/file.h>
#include <kapi/syscalls.h>
#include <linux/err.h>
#include <errno.h>
#include <stdarg.h>

#define PAGE_UP(len) (((len) + 4095) & ~4095UL)

EXPORT void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	void *ret;

	if (fd >= 0 && !(flags & MAP_ANONYMOUS) && kapi_fd_is_ours(fd)) {
		ret = kapi_sys_mmap(addr, len, prot, flags, fd, off);
		if (IS_ERR(ret)) {
			errno = -PTR_ERR(ret);
			return MAP_FAILED;
		}
		return ret;
	}
	real_init();
	/* What is mapped over goes first, with its references. */
	if (READ_ONCE(kapi_vma_count) && flags & MAP_FIXED && kapi_sys_munmap(addr, len) < 0) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return real_mmap(addr, len, prot, flags, fd, off);
}
EXPORT_ALIAS(mmap64, mmap);

EXPORT int munmap(void *addr, size_t len)
{
	int ret;

	real_init();
	ret = kapi_sys_munmap(addr, len);
	if (ret < 0)
		return result(ret);
	return ret ? 0 : real_munmap(addr, len);
}

EXPORT int mprotect(void *addr, size_t len, int prot)
{
	int ret;

	real_init();
	ret = kapi_sys_mprotect(addr, len, prot);
	if (ret < 0)
		return result(ret);
	return ret ? 0 : real_mprotect(addr, len, prot);
}

EXPORT void *mremap(void *addr, size_t old_len, size_t new_len, int flags, ...)
{
	unsigned long start = (unsigned long)addr;
	void *to;
	va_list ap;
	int err;

	va_start(ap, flags);
	to = flags & MREMAP_FIXED ? va_arg(ap, void *) : NULL;
	va_end(ap);
	real_init();
	if (!kapi_vma_overlaps(start, PAGE_UP(old_len) ?: 4096)) {
		if (flags & MREMAP_FIXED)
			kapi_sys_munmap(to, new_len);
		return real_mremap(addr, old_len, new_len, flags, to);
	}
	/* A device mapping: it can shrink in its place, not grow (VM_DONTEXPAND) nor move. */
	old_len = PAGE_UP(old_len);
	new_len = PAGE_UP(new_len);
	if (start & 4095 || !new_len || flags & ~MREMAP_MAYMOVE)
		err = EINVAL;
	else if (new_len > old_len)
		err = EFAULT;
	else
		err = new_len < old_len ?
			-(kapi_sys_munmap((char *)addr + new_len, old_len - new_len) < 0) & ENOMEM : 0;
	if (err) {
		errno = err;
		return MAP_FAILED;
	}
	return addr;
}
