// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings from the driver's side: what may be mapped where, who is told when an area
 * is split, and what of a fault nobody can help with reaches the program.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include "kapi_mmap.h"

static struct file *ram_file, *regs_file;
static int ram, mmio;

/* What a driver does at once, in its mmap(), instead of at each fault. */
static long remap_from, remap_size, remap_pfn;
static int remap_result, opens, closes, refuse_split;

static void r_open(struct vm_area_struct *vma)
{
	opens++;
}

static void r_close(struct vm_area_struct *vma)
{
	closes++;
}

static int r_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return refuse_split;
}

static const struct vm_operations_struct remap_ops = { .open = r_open, .close = r_close,
						       .may_split = r_may_split };

static int remap_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &remap_ops;
	remap_result = remap_pfn_range(vma, vma->vm_start + remap_from, remap_pfn,
				       remap_size ?: vma->vm_end - vma->vm_start, vma->vm_page_prot);
	return remap_result;
}

static const struct file_operations remap_fops = { .mmap = remap_mmap, .release = t_release };

static long remap(int fd, long from, long size, long pfn)
{
	volatile u8 *at;

	remap_from = from;
	remap_size = size;
	remap_pfn = pfn;
	at = map(fd, PROT_READ | PROT_WRITE, 4 * PAGE_SIZE, 0);
	if (IS_ERR((void *)at))
		return PTR_ERR((void *)at);
	unmap(at, 4 * PAGE_SIZE);
	return 0;
}

static void test_remap(void)
{
	int fd = kapi_fd_publish(anon_inode_getfile("[r]", &remap_fops, NULL, O_RDWR), false);
	struct kapi_objects before, after;
	volatile u8 *at;
	char diff[200];

	is(remap(fd, 1, 0, PHYS_PFN(RAM_AT)), -EINVAL, "remap of no whole page");
	is(remap(fd, -PAGE_SIZE, PAGE_SIZE, PHYS_PFN(RAM_AT)), -EINVAL, "before the area");
	is(remap(fd, PAGE_SIZE, 4 * PAGE_SIZE, PHYS_PFN(RAM_AT)), -EINVAL, "over its end");
	is(remap(fd, 0, -PAGE_SIZE, PHYS_PFN(RAM_AT)), -EINVAL, "over the end of all");
	closes = 0;
	is(remap(fd, 0, 0, PHYS_PFN(RAM_AT)), 0, "all of the area");
	is(closes, 1, "which is closed at its end");
	at = map(fd, PROT_READ | PROT_WRITE, 4 * PAGE_SIZE, 0);
	at[0] = 5;
	at[3 * PAGE_SIZE] = 6;
	is(at[0] + at[3 * PAGE_SIZE], 11, "memory, without a fault");
	zap_vma_ptes(find_vma(current->mm, (long)at), (long)at - PAGE_SIZE, PAGE_SIZE);
	zap_vma_ptes(find_vma(current->mm, (long)at), (long)at, 5 * PAGE_SIZE);
	is(at[0], 5, "zapping what is not within it does nothing");
	refuse_split = -EBUSY;
	is(kapi_sys_munmap((void *)at, PAGE_SIZE), -EBUSY, "an area that may not be split");
	is(kapi_sys_mprotect((void *)at, PAGE_SIZE, PROT_READ), -EBUSY, "not by mprotect either");
	refuse_split = opens = closes = 0;
	kapi_fail_nth(1);
	is(kapi_sys_munmap((void *)at, PAGE_SIZE), -ENOMEM, "without memory for the second half");
	kapi_fail_nth(0);
	is(at[0], 5, "it stays");
	kapi_objects_snap(&before);
	is(kapi_sys_munmap((void *)(at + PAGE_SIZE), PAGE_SIZE), 1, "a hole");
	check(opens == 2 && closes == 1, "opens what is split off and closes what goes");
	zap_vma_ptes(find_vma(current->mm, (long)at), (long)at, PAGE_SIZE);
	is(signal_of((void)at[0]), SIGBUS, "zapped, and no fault() to bring it back");
	is(at[3 * PAGE_SIZE], 6, "the rest is there");
	is(kapi_sys_munmap((void *)at, 4 * PAGE_SIZE), 1, "all of it");
	kapi_objects_snap(&after);
	is(kapi_objects_diff(&before, &after, diff, sizeof(diff)), 1, "one area less");
	check(!strcmp(diff, "device mappings 1 -> 0"), "%s", diff);
	is(kapi_vma_count, 0, "no area is left");
	kapi_sys_close(fd);
}

static void test_insert(void)
{
	volatile u8 *at = map(ram, PROT_READ | PROT_WRITE, 2 * PAGE_SIZE, 0);
	struct vm_area_struct *vma = find_vma(current->mm, (long)at);
	unsigned long start = (long)at, pfn = PHYS_PFN(RAM_AT);
	struct follow_pfnmap_args args = { .vma = vma };
	unsigned int before;
	bool unlocked;

	is(vmf_insert_pfn(vma, start - 1, pfn), VM_FAULT_SIGBUS, "a page before the area");
	is(vmf_insert_pfn(vma, vma->vm_end, pfn), VM_FAULT_SIGBUS, "behind it");
	is(vmf_insert_pfn(vma, start, page_to_pfn(virt_to_page(&args))), VM_FAULT_SIGBUS, "of memory");
	vm_flags_clear(vma, VM_PFNMAP);
	is(vmf_insert_pfn(vma, start, pfn), VM_FAULT_SIGBUS, "in an area for no such pages");
	vm_flags_set(vma, VM_PFNMAP);
	is(vmf_insert_pfn_prot(vma, start, pfn, vma->vm_page_prot), VM_FAULT_NOPAGE, "a page");
	is(vmf_insert_pfn(vma, start, pfn + 1), VM_FAULT_NOPAGE, "and another in its place");
	args.address = start;
	check(!follow_pfnmap_start(&args) && args.pfn == pfn && args.writable, "is not taken");
	follow_pfnmap_end(&args);
	args.address = start - 1;
	is(follow_pfnmap_start(&args), -EINVAL, "nothing to follow before it");
	args.address = vma->vm_end;
	is(follow_pfnmap_start(&args), -EINVAL, "nor behind it");
	mmap_read_lock(current->mm);
	is(fixup_user_fault(current->mm, start, FAULT_FLAG_WRITE, &unlocked), 0, "a page that is there");
	is(fixup_user_fault(current->mm, 4096, 0, &unlocked), -EFAULT, "no area");
	vm_flags_clear(vma, VM_WRITE);
	is(fixup_user_fault(current->mm, start, FAULT_FLAG_WRITE, &unlocked), -EFAULT, "no access");
	disabled = true;
	is(fixup_user_fault(current->mm, start + PAGE_SIZE, 0, &unlocked), -EFAULT, "no page");
	disabled = false;
	mmap_read_unlock(current->mm);
	unmap_mapping_range(regs_file->f_mapping, 0, 0, 1);
	before = faults;
	is(at[0], 5, "what another file's mappings lose this one keeps");
	is(faults, before, "without a fault");
	unmap_mapping_range(ram_file->f_mapping, 4 * PAGE_SIZE, PAGE_SIZE, 1);
	unmap_mapping_range(ram_file->f_mapping, 0, -1, 1);
	unmap(at, 2 * PAGE_SIZE);
}

static void test_requests(void)
{
	int ro = kapi_fd_publish(anon_inode_getfile("[w]", &fops, NULL, O_WRONLY), false);
	char *host = mmap(NULL, 3 * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile u8 *at;

	is(PTR_ERR((void *)map(ro, PROT_READ, PAGE_SIZE, 0)), -EACCES, "a file that cannot be read");
	is(PTR_ERR(kapi_sys_mmap(NULL, -1, PROT_READ, MAP_SHARED, ram, 0)), -ENOMEM, "of all there is");
	is(PTR_ERR(kapi_sys_mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED_VALIDATE | 0x80000, ram, 0)),
	   -EOPNOTSUPP, "MAP_SYNC of what is no storage");
	at = kapi_sys_mmap(NULL, PAGE_SIZE, PROT_READ, MAP_SHARED_VALIDATE, ram, 0);
	check(!IS_ERR((void *)at), "MAP_SHARED_VALIDATE");
	unmap(at, PAGE_SIZE);
	is(PTR_ERR(kapi_sys_mmap(host, PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, ram, 0)),
	   -EEXIST, "not in place of the host's");
	at = kapi_sys_mmap(host + PAGE_SIZE, PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, ram, 0);
	check(at == (u8 *)host + PAGE_SIZE, "unless it may");
	is(kapi_sys_munmap(host + 1, PAGE_SIZE), 0, "munmap of no whole page is the host's to refuse");
	is(kapi_sys_munmap(host, 0), 0, "as of nothing");
	is(kapi_sys_munmap(host, PAGE_SIZE), 0, "as all that is not the core's");
	is(kapi_sys_mprotect(host, PAGE_SIZE, PROT_NONE), 0, "and mprotect");
	is(kapi_sys_mprotect(host, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE), 1, "across both kinds");
	host[0] = 1;
	at[0] = 1;
	host[2 * PAGE_SIZE] = 1;
	is(host[0] + at[0] + host[2 * PAGE_SIZE], 3, "has all three pages written");
	is(kapi_sys_munmap(host, 3 * PAGE_SIZE), 1, "munmap, too");
	is(signal_of((void)*(volatile char *)host), SIGSEGV, "takes all of it");
	kapi_sys_close(ro);
	ro = kapi_fd_publish(anon_inode_getfile("[o]", &fops, (void *)PHYS_PFN(RAM_AT), O_RDONLY), false);
	at = map(ro, PROT_READ, PAGE_SIZE, 0);
	is(kapi_sys_mprotect((void *)at, PAGE_SIZE, PROT_WRITE), -EACCES,
	   "mprotect for more than the file is open for");
	unmap(at, PAGE_SIZE);
	kapi_sys_close(ro);
}

static void test_copies(void)
{
	u8 *out = mmap(NULL, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile u8 *at = map(mmio, PROT_READ | PROT_WRITE, 2 * PAGE_SIZE, 0), *m;

	memset(out, 7, 2 * PAGE_SIZE);
	is(copy_to_user((void *)(at + PAGE_SIZE - 8), out, 16), 0, "a copy to registers, over a page");
	check(regs[PAGE_SIZE - 8] == 7 && regs[PAGE_SIZE + 7] == 7 && !regs[PAGE_SIZE + 8], "all of it");
	is(copy_from_user(out + 100, (void *)(at + PAGE_SIZE - 16), 32), 0, "and from them");
	check(!out[100] && out[108] == 7 && !out[125], "the same");
	/* Memory of the host between two mappings. */
	m = kapi_sys_mmap(out + PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			  mmio, 0);
	m[PAGE_SIZE - 1] = 9;
	is(copy_from_user(regs + 4 * PAGE_SIZE, out + PAGE_SIZE - 8, PAGE_SIZE + 16), 0,
	   "a copy through both kinds");
	check(regs[4 * PAGE_SIZE] == 7 && regs[5 * PAGE_SIZE + 7] == 9 && !regs[5 * PAGE_SIZE + 8],
	      "is complete");
	munmap(out + 2 * PAGE_SIZE, PAGE_SIZE);
	is(copy_from_user(regs + 4 * PAGE_SIZE, out + PAGE_SIZE - 8, PAGE_SIZE + 16), 8,
	   "and ends where nothing is");
	disabled = true;
	unmap_mapping_range(regs_file->f_mapping, 0, 0, 1);
	is(copy_from_user(regs + 4 * PAGE_SIZE, out + PAGE_SIZE - 8, PAGE_SIZE), PAGE_SIZE - 8,
	   "or at what the driver refuses");
	disabled = false;
	unmap(at, 2 * PAGE_SIZE);
	unmap(out, 4 * PAGE_SIZE);
}

static volatile sig_atomic_t plain;

static void on_plain(int sig)
{
	plain = sig;
	kapi_sys_mprotect((void *)((long)got_addr), PAGE_SIZE, PROT_READ);
	mprotect((void *)got_addr, PAGE_SIZE, PROT_READ);
}

static volatile char *page;

/* Each of these is a child; it dies by the signal or ends with 0. */
static void die_of_fault(void)
{
	(void)*page;
}

static void die_of_bus(void)
{
	disabled = true;
	(void)*map(ram, PROT_READ, PAGE_SIZE, 0);
}

static void die_of_kill(void)
{
	raise(SIGSEGV);
}

static void die_ignoring(void)
{
	struct sigaction act = { .sa_handler = SIG_IGN };

	kapi_sigaction(SIGSEGV, &act, NULL);
	raise(SIGSEGV);		/* which is ignored, as what is sent may be */
	(void)*page;
}

static void die_second(void)
{
	struct sigaction act = { .sa_handler = on_plain, .sa_flags = SA_RESETHAND | SA_NODEFER };

	kapi_sigaction(SIGSEGV, &act, NULL);
	got_addr = (void *)page;
	(void)*page;
	if (plain != SIGSEGV)
		_exit(1);
	mprotect((void *)page, PAGE_SIZE, PROT_NONE);
	(void)*page;
}

static int dies_of(void (*fn)(void))
{
	struct sigaction act = { .sa_handler = SIG_DFL };
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		kapi_sigaction(SIGSEGV, &act, NULL);
		kapi_sigaction(SIGBUS, &act, NULL);
		fn();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void test_signals(void)
{
	struct sigaction old;

	is(kapi_sigaction(SIGINT, NULL, &old), -EINVAL, "other signals are not the core's");
	page = mmap(NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	is(dies_of(die_of_fault), SIGSEGV, "a fault of the program's own");
	is(dies_of(die_of_bus), SIGBUS, "of a mapping that has no page");
	is(dies_of(die_of_kill), SIGSEGV, "a signal that is sent");
	is(dies_of(die_ignoring), SIGSEGV, "a fault is not to be ignored");
	is(dies_of(die_second), SIGSEGV, "a handler for one time");
	munmap((void *)page, PAGE_SIZE);
}

static long memory_of(volatile u8 *at)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(at[0] != 3 || find_vma(current->mm, (long)at)->vm_mm != current->mm);
	waitpid(pid, &status, 0);
	return status;
}

int main(void)
{
	volatile u8 *at;

	ok(setup(), "register memory and registers");
	ram_file = make(RAM_AT, &ram);
	regs_file = make(REGS_AT, &mmio);
	test_remap();
	test_insert();
	test_requests();
	test_copies();
	test_signals();
	at = map(ram, PROT_READ | PROT_WRITE, PAGE_SIZE, 0);
	at[0] = 3;
	is(memory_of(at), 0, "a child's areas are of its memory");
	unmap(at, PAGE_SIZE);
	is(kapi_vma_count, 0, "no mapping is left");
	return done_testing();
}
