// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap(), munmap() and mprotect() of device files.
 */
#include <kapi/fail_nth.h>
#include <kapi/fault.h>
#include <kapi/file.h>
#include <kapi/objects.h>
#include <kapi/host.h>
#include <kapi/syscalls.h>
#include <kapi/task.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <stdlib.h>
#include "vma.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 3
#endif
#define MAP_TYPE_MASK 0xf

static unsigned long access_flags(int prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* The flags of an area, or a -errno: the tests of the kernel, in its order. */
static long check_mmap(struct file *file, size_t len, int prot, int flags, loff_t off)
{
	unsigned long pgoff = (unsigned long)off >> PAGE_SHIFT;
	unsigned long vm_flags = access_flags(prot) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (!len)
		return -EINVAL;
	if (!PAGE_ALIGN(len))
		return -ENOMEM;
	len = PAGE_ALIGN(len);
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (len > TASK_SIZE_MAX)
		return -ENOMEM;
	if (pgoff > (ULONG_MAX - len) >> PAGE_SHIFT)
		return -EOVERFLOW;
	switch (flags & MAP_TYPE_MASK) {
	case MAP_SHARED_VALIDATE:
		/* Flags that only this type refuses: none of them is for devices. */
		if (flags & 0x80000 /* MAP_SYNC */)
			return -EOPNOTSUPP;
		fallthrough;
	case MAP_SHARED:
		if (prot & PROT_WRITE && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
		fallthrough;
	case MAP_PRIVATE:
		if (!(file->f_mode & FMODE_READ))
			return -EACCES;
		if (!file->f_op->mmap)
			return -ENODEV;
		return vm_flags;
	default:
		return -EINVAL;
	}
}

static void *do_mmap(struct file *file, void *addr, size_t len, int flags, loff_t off,
		     unsigned long vm_flags)
{
	struct vm_area_struct *vma;
	void *at;
	int ret;

	vma = kapi_should_fail(KAPI_FAIL_ALLOC) ? NULL : calloc(1, sizeof(*vma));
	if (!vma)
		return ERR_PTR(-ENOMEM);
	kapi_object_add(KAPI_VMAS, 1);
	at = kapi_host_mmap(addr, len, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			    (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)), -1, 0);
	if (IS_ERR(at)) {
		free(vma);
		kapi_object_add(KAPI_VMAS, -1);
		return at;
	}
	vma->vm_start = (unsigned long)at;
	vma->vm_end = vma->vm_start + len;
	vma->vm_mm = current->mm;
	vma->vm_flags = vm_flags;
	vma->vm_pgoff = (unsigned long)off >> PAGE_SHIFT;
	vma->vm_file = get_file(file);

	ret = file->f_op->mmap(file, vma);
	if (!ret) {
		ret = kapi_vma_insert(vma);
		if (ret && vma->vm_ops && vma->vm_ops->close)
			vma->vm_ops->close(vma);
	}
	if (ret) {
		kapi_host_munmap(at, len);
		kapi_vma_free(vma);
		return ERR_PTR(ret);
	}
	return at;
}

/* Make an area border at @addr if it lies inside of one. */
static int split_at(unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(current->mm, addr);

	return vma && vma->vm_start < addr ? kapi_vma_split(vma, addr) : 0;
}

/* Remove all areas in [start, end) with the address space. The mmap_lock is held. */
static int do_munmap(unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;
	int ret;

	ret = split_at(start) ?: split_at(end);
	if (ret)
		return ret;
	ret = kapi_host_munmap((void *)start, end - start);
	if (ret)
		return ret;
	while ((vma = find_vma(current->mm, start)) && vma->vm_start < end) {
		kapi_vma_remove(vma);
		if (vma->vm_ops && vma->vm_ops->close)
			vma->vm_ops->close(vma);
		kapi_vma_free(vma);
	}
	return 1;
}

void *kapi_sys_mmap(void *addr, size_t len, int prot, int flags, int fd, loff_t off)
{
	struct mm_struct *mm;
	struct file *file;
	void *ret;
	long vm_flags;

	if (off & ~PAGE_MASK)
		return ERR_PTR(-EINVAL);
	kapi_enter();
	file = kapi_fget(fd);
	if (!file) {
		ret = ERR_PTR(-EBADF);
		goto out;
	}
	mm = current->mm;
	mmap_write_lock(mm);
	vm_flags = check_mmap(file, len, prot, flags, off);
	if (vm_flags < 0) {
		ret = ERR_PTR(vm_flags);
		goto unlock;
	}
	len = PAGE_ALIGN(len);
	if (flags & MAP_FIXED && !(flags & MAP_FIXED_NOREPLACE) &&
	    kapi_vma_overlaps((unsigned long)addr, len)) {
		ret = ERR_PTR(do_munmap((unsigned long)addr, (unsigned long)addr + len));
		if (IS_ERR(ret))
			goto unlock;
	}
	ret = do_mmap(file, addr, len, flags, off, vm_flags);
unlock:
	mmap_write_unlock(mm);
	fput(file);
out:
	kapi_exit();
	return ret;
}

/* False where the host has to say what is wrong with the range, or nothing is ours. */
static bool range_is_ours(void *addr, size_t len, unsigned long *end)
{
	unsigned long start = (unsigned long)addr;

	*end = start + PAGE_ALIGN(len);
	return READ_ONCE(kapi_vma_count) && !(start & ~PAGE_MASK) && *end > start &&
	       *end <= TASK_SIZE_MAX && kapi_vma_overlaps(start, *end - start);
}

int kapi_sys_munmap(void *addr, size_t len)
{
	struct mm_struct *mm;
	unsigned long end;
	int ret = 0;

	if (likely(!range_is_ours(addr, len, &end)))
		return 0;
	kapi_enter();
	mm = current->mm;
	mmap_write_lock(mm);
	if (range_is_ours(addr, len, &end))
		ret = do_munmap((unsigned long)addr, end);
	mmap_write_unlock(mm);
	kapi_exit();
	return ret;
}

/* The pages are dropped: the next fault maps them with the new access. */
static int protect_areas(unsigned long start, unsigned long end, unsigned long access)
{
	unsigned long addr, all = VM_READ | VM_WRITE | VM_EXEC;
	struct vm_area_struct *vma;
	int ret;

	for (addr = start; (vma = find_vma(current->mm, addr)) && vma->vm_start < end;
	     addr = vma->vm_end)
		if (access & ~(vma->vm_flags >> 4))
			return -EACCES;
	ret = split_at(start) ?: split_at(end);
	if (ret)
		return ret;
	for (addr = start; (vma = find_vma(current->mm, addr)) && vma->vm_start < end;
	     addr = vma->vm_end) {
		zap_vma_ptes(vma, vma->vm_start, vma->vm_end - vma->vm_start);
		vm_flags_clear(vma, all);
		vm_flags_set(vma, access);
	}
	return 0;
}

int kapi_sys_mprotect(void *addr, size_t len, int prot)
{
	unsigned long start = (unsigned long)addr, end, at, next;
	struct vm_area_struct *vma;
	struct mm_struct *mm;
	int ret = 0;

	if (likely(!range_is_ours(addr, len, &end)))
		return 0;
	kapi_enter();
	mm = current->mm;
	mmap_write_lock(mm);
	for (at = start; at < end; at = next) {
		vma = vma_lookup(mm, at);
		next = vma ? vma->vm_end : kapi_vma_next(at, end);
		if (next > end)
			next = end;
		ret = vma ? protect_areas(at, next, access_flags(prot)) :
			    kapi_host(SYS_mprotect, at, next - at, prot);
		if (ret)
			break;
	}
	mmap_write_unlock(mm);
	kapi_exit();
	return ret ?: 1;
}
