// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of device files: errors, faults, zapping, splitting, fork.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kapi_mmap.h"

static const struct file_operations bare = { .release = t_release };

static void test_errors(int fd)
{
	int none = kapi_fd_publish(anon_inode_getfile("[n]", &bare, NULL, O_RDWR), false);
	int ro = kapi_fd_publish(anon_inode_getfile("[r]", &fops, NULL, O_RDONLY), false);

	is(PTR_ERR((void *)map(none, PROT_READ, 4096, 0)), -ENODEV, "mmap without the operation");
	is(PTR_ERR((void *)map(99, PROT_READ, 4096, 0)), -EBADF, "of a closed descriptor");
	is(PTR_ERR((void *)map(99, PROT_READ, 4096, 1)), -EINVAL, "an unaligned offset first");
	is(PTR_ERR((void *)map(fd, PROT_READ, 0, 0)), -EINVAL, "of length 0");
	is(PTR_ERR((void *)map(fd, PROT_READ, 1UL << 50, 0)), -ENOMEM, "of more than there is");
	is(PTR_ERR((void *)map(fd, PROT_READ, 8192, -4096)), -EOVERFLOW, "over the last offset");
	is(PTR_ERR((void *)map(fd, PROT_READ, 1UL << 30, 0)), -EINVAL, "what the driver refuses");
	is(PTR_ERR((void *)map(ro, PROT_WRITE, 4096, 0)), -EACCES, "to write a read-only file");
	is(PTR_ERR(kapi_sys_mmap(NULL, 4096, PROT_READ, 0, fd, 0)), -EINVAL, "of no type");
	kapi_sys_close(none);
	kapi_sys_close(ro);
}

static void test_ram(int fd, struct file *file)
{
	volatile u8 *a = map(fd, PROT_READ | PROT_WRITE, SIZE, 0), *b;
	unsigned int before = faults;
	char buf[16];

	a[5] = 9;
	is(faults, before + 1, "one fault maps a page");
	is(a[5], 9, "plain memory");
	is(faults, before + 1, "and no more");
	b = map(fd, PROT_READ, PAGE_SIZE, 0);
	is(b[5], 9, "another mapping of the same");
	is(signal_of(b[5] = 1), SIGSEGV, "a store without PROT_WRITE");
	is(got_code, SEGV_ACCERR, "is SEGV_ACCERR");
	ok(got_addr == b + 5, "at its address");
	unmap_mapping_range(file->f_mapping, 0, PAGE_SIZE, 1);
	before = faults;
	is(a[5] + b[5], 18, "after zapping both");
	is(faults, before + 2, "both fault again");
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	is(copy_from_user(buf, (void *)a, 16), 0, "a copy from a mapping faults it in");
	is(buf[5], 9, "... and has its content");
	is(copy_to_user((void *)(b + 4), buf, 8), 8, "a copy to a read-only one fails");
	disabled = true;
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	is(signal_of((void)a[5]), SIGBUS, "VM_FAULT_SIGBUS");
	is(got_code, BUS_ADRERR, "is BUS_ADRERR");
	is(copy_from_user(buf, (void *)a, 16), 16, "a copy from it fails");
	disabled = false;
	is(signal_of((void)a[5]), 0, "it works again");
	is(pin_user_pages((long)a, 1, 0, NULL), -EFAULT, "device memory cannot be pinned");
	unmap(b, PAGE_SIZE);
	is(signal_of((void)b[5]), SIGSEGV, "unmapped is unmapped");
	is(kapi_sys_mprotect((void *)a, PAGE_SIZE, PROT_NONE), 1, "mprotect");
	is(signal_of((void)a[5]), SIGSEGV, "takes access away");
	is(signal_of((void)a[PAGE_SIZE]), 0, "of that page only");
	unmap(a, SIZE);
	is(kapi_vma_count, 0, "no mapping is left");
}

static void test_split(int fd, struct file *file)
{
	volatile u8 *a = map(fd, PROT_READ | PROT_WRITE, SIZE, 0);
	struct follow_pfnmap_args args = { 0 };
	struct vm_area_struct *vma;
	bool unlocked;
	long before;
	int i;

	for (i = 0; i < 8; i++)
		a[i * PAGE_SIZE] = 10 + i;
	before = file_count(file);
	unmap(a + 2 * PAGE_SIZE, 3 * PAGE_SIZE);
	is(file_count(file), before + 1, "a hole leaves two mappings, a reference each");
	is(kapi_vma_count, 2, "two areas");
	is(a[0] + a[PAGE_SIZE] + a[5 * PAGE_SIZE] + a[7 * PAGE_SIZE], 10 + 11 + 15 + 17,
	   "with the right pages");
	is(signal_of((void)a[2 * PAGE_SIZE]), SIGSEGV, "and none in between");
	unmap_mapping_range(file->f_mapping, 6 * PAGE_SIZE, PAGE_SIZE, 1);
	i = faults;
	is(a[5 * PAGE_SIZE] + a[6 * PAGE_SIZE] + a[7 * PAGE_SIZE], 48, "zapping one page");
	is(faults, i + 1, "faults that page alone");
	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, (long)a + 6 * PAGE_SIZE);
	ok(vma && vma->vm_pgoff == 5, "the second area begins at its offset");
	ok(!vma_lookup(current->mm, (long)a + 3 * PAGE_SIZE), "no area in the hole");
	unmap_mapping_range(file->f_mapping, 0, 0, 1);
	args.vma = vma;
	args.address = (long)a + 6 * PAGE_SIZE;
	is(follow_pfnmap_start(&args), -EINVAL, "nothing to follow");
	is(fixup_user_fault(current->mm, args.address, FAULT_FLAG_WRITE, &unlocked), 0, "fault it in");
	is(follow_pfnmap_start(&args), 0, "follow");
	is(args.pfn, PHYS_PFN(RAM_AT) + 6, "the pfn");
	follow_pfnmap_end(&args);
	mmap_read_unlock(current->mm);
	a = kapi_sys_mmap((void *)a, SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	is(kapi_vma_count, 1, "MAP_FIXED replaces what was there");
	is(a[2 * PAGE_SIZE], 12, "with the new one");
	unmap(a, SIZE);
}

static void test_life(int fd)
{
	volatile u8 *a = map(fd, PROT_READ | PROT_WRITE, PAGE_SIZE, 0);
	int status;
	pid_t pid;

	a[0] = 1;
	released = 0;
	kapi_sys_close(fd);
	is(released, 0, "a mapping keeps its file");
	is(a[0], 1, "and works");
	pid = fork();
	if (!pid) {
		status = a[0] != 1;
		unmap(a, PAGE_SIZE);
		_exit(status || released != 1 || kapi_vma_count);
	}
	waitpid(pid, &status, 0);
	is(status, 0, "a child inherits it and can unmap it");
	is(a[0], 1, "the parent's stays");
	unmap(a, PAGE_SIZE);
	is(released, 1, "munmap releases the file");
}

int main(void)
{
	struct file *file;
	int ram, mmio;

	ok(setup(), "register memory and registers");
	ok(!kapi_phys_register(REGS_AT + SIZE - 1, 2, &ops, NULL, -1), "not twice");
	is(kapi_phys_read(REGS_AT + SIZE, 2), 0xffff, "nothing answers behind them");
	file = make(RAM_AT, &ram);
	make(REGS_AT, &mmio);
	test_errors(ram);
	test_ram(ram, file);
	test_split(ram, file);
	test_life(mmio);
	return done_testing();
}
