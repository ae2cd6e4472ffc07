// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a driver lets its user map, and device memory that a driver maps for
 * itself.
 */
#define _GNU_SOURCE
#include <linux/io.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <kapi/fail_nth.h>
#include <kapi/objects.h>
#include "kapi_mmap.h"

#define PAGES 4

static char *shared;
static unsigned long first_page;

static int v_mmap(struct file *file, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, file->private_data, first_page);
}

static const struct file_operations v_fops = { .mmap = v_mmap };

static int publish(void *mem)
{
	return kapi_fd_publish(anon_inode_getfile("[v]", &v_fops, mem, O_RDWR), false);
}

static void test_user_map(void)
{
	volatile char *at;
	int fd;

	shared = vmalloc_user(PAGES * PAGE_SIZE - 100);
	check(shared && PAGE_ALIGNED((unsigned long)shared), "memory, aligned");
	check(!memchr_inv(shared, 0, PAGES * PAGE_SIZE), "zeroed to the end of its last page");
	fd = publish(shared);
	strcpy(shared + PAGE_SIZE, "from the driver");

	at = (char *)map(fd, PROT_READ | PROT_WRITE, PAGES * PAGE_SIZE, 0);
	check(!IS_ERR((void *)at) && at != shared, "mapped, elsewhere");
	check(!strcmp((char *)at + PAGE_SIZE, "from the driver"), "the user reads it");
	at[3 * PAGE_SIZE + 7] = 'u';
	is(shared[3 * PAGE_SIZE + 7], 'u', "the driver reads what the user writes");
	shared[0] = 'd';
	is(at[0], 'd', "and the user what comes later");
	unmap(at, PAGES * PAGE_SIZE);

	first_page = 3;
	at = (char *)map(fd, PROT_READ, PAGE_SIZE, 0);
	is(at[7], 'u', "from a page within it");
	is(signal_of(at[7] = 1), SIGSEGV, "read-only as asked for");
	unmap(at, PAGE_SIZE);

	is(PTR_ERR((void *)map(fd, PROT_READ, 2 * PAGE_SIZE, 0)), -EINVAL, "over the end: EINVAL");
	first_page = ULONG_MAX >> PAGE_SHIFT;
	is(PTR_ERR((void *)map(fd, PROT_READ, PAGE_SIZE, 0)), -EINVAL, "far behind it: EINVAL");
	first_page = 0;
	kapi_sys_close(fd);
}

static void test_life(void)
{
	char *other = vmalloc(PAGE_SIZE), *again;
	long before = kapi_object_counts[KAPI_ALLOCS];
	int fd = publish(other);

	is(PTR_ERR((void *)map(fd, PROT_READ, PAGE_SIZE, 0)), -EINVAL, "other memory: EINVAL");
	kapi_sys_close(fd);
	vfree(other);
	is(kapi_object_counts[KAPI_ALLOCS], before - 1, "vfree() knows other memory");
	again = vmalloc_user(PAGE_SIZE);
	is(kapi_object_counts[KAPI_ALLOCS], before, "it is counted");
	vfree(again);
	is(kapi_object_counts[KAPI_ALLOCS], before - 1, "and freed");
	is(signal_of(*(volatile char *)again), SIGSEGV, "there is nothing any more");
	check(!vmalloc_user(0), "no memory of size 0");
	vfree(NULL);
	vfree(shared);
}

static void test_memremap(void)
{
	u32 *at = memremap(RAM_AT + 8, 3 * PAGE_SIZE, MEMREMAP_WB), *twice;

	check(at, "device memory is mapped, from an address within a page");
	if (!at)
		return;
	*at = 0x12345678;
	twice = memremap(RAM_AT, SIZE, MEMREMAP_WC);
	is(twice[2], 0x12345678, "a second mapping shows the same");
	memunmap(at);
	is(twice[2], 0x12345678, "and stays when the first goes");
	is(signal_of((void)*(volatile u32 *)at), SIGSEGV, "which is gone");
	memunmap(twice);
	check(!memremap(REGS_AT, PAGE_SIZE, MEMREMAP_WB), "registers are no memory");
	check(!memremap(RAM_AT + PAGE_SIZE, SIZE, MEMREMAP_WB), "nor is what is behind the end");
	check(!memremap(RAM_AT, PAGE_SIZE, 0), "it has to be said how");
	check(memremap(KAPI_PHYS_USER | (unsigned long)&shared, 8, MEMREMAP_WB) == &shared,
	      "memory is where it is");
}

int main(void)
{
	if (!check(setup(), "set up"))
		return done_testing();
	test_user_map();
	test_life();
	test_memremap();
	return done_testing();
}
