// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: taking a mapping's address away and giving it a new one; how many
 * mappings, how much locked memory, how large the pieces. Clauses T1-036, T1-046
 * to T1-056, T1-086 to T1-091, T1-136, T1-137.
 */
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include "core_test.h"
#include "core_iommu.h"

#define PG 4096UL

static u8 *memory;
static int container;
static struct fake *dev;

static int map(u64 iova, u64 size, void *vaddr, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = (u64)vaddr, .iova = iova,
		.size = size };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static long unmap(u64 iova, u64 size, u32 flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = size };
	int ret = sys(container, VFIO_IOMMU_UNMAP_DMA, &unmap);

	return ret ? ret : (long)unmap.size;
}

static void test_vaddr(void)
{
	struct fake *hard = fake_real("fake-vaddr");
	int g = open_group(&hard->vdev), g2;

	container = open_container();
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &container), 0, "join");
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	is(map(0, 2 * PG, memory, 3), 0, "map");
	is(map(8 * PG, 2 * PG, memory, 3), 0, "map");
	is(map(0, 2 * PG, memory, 7), -EINVAL, "VADDR with access");
	is(map(0, 2 * PG, memory, 4), -EINVAL, "its address is valid");
	is(map(4 * PG, 2 * PG, memory, 4), -ENOENT, "no such mapping");
	is(unmap(0, 2 * PG, VFIO_DMA_UNMAP_FLAG_VADDR), 2 * PG, "take the address away");
	is(unmap(0, 10 * PG, VFIO_DMA_UNMAP_FLAG_VADDR), -EINVAL, "one in the range has none");
	is(map(8 * PG, 2 * PG, memory, 4), -EINVAL, "so the other one keeps its own");
	g2 = open_group(&dev->vdev);
	is(sys(g2, VFIO_GROUP_SET_CONTAINER, &container), -EBUSY, "nobody joins meanwhile");
	is(map(0, PG, memory, 4), -EINVAL, "only the whole mapping");
	is(map(0, 2 * PG, memory + PG, 4), 0, "a new address");
	is(unmap(0, 0, VFIO_DMA_UNMAP_FLAG_ALL | VFIO_DMA_UNMAP_FLAG_VADDR), 4 * PG, "all of them");
	is(unmap(8 * PG, 2 * PG, 0), 2 * PG, "unmap without address");
	is(map(0, 2 * PG, memory, 4), 0, "one is left");
	is(sys(g2, VFIO_GROUP_SET_CONTAINER, &container), 0, "and others may join");
	kapi_sys_close(g2);
	kapi_sys_close(g);
	kapi_sys_close(container);
	fake_real_remove(hard);
}

static void drop_ipc_lock(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	syscall(SYS_capget, &header, data);
	data[0].effective &= ~(1U << CAP_IPC_LOCK);
	syscall(SYS_capset, &header, data);
}

static void test_limits(void)
{
	struct rlimit limit = { 8 * PG, 8 * PG };
	struct fake *hard = fake_real("fake-limit");
	int g;

	is(kapi_set_param("vfio_iommu_type1", "dma_entry_limit", "2"), 0, "two mappings");
	g = open_group(&hard->vdev);
	container = open_container();
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &container), 0, "join");
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	is(kapi_set_param("vfio_iommu_type1", "dma_entry_limit", "65535"), 0, "is copied then");
	is(map(0, PG, memory, 3), 0, "one");
	is(map(PG, PG, memory, 3), 0, "two");
	is(map(PG, PG, memory, 3), -EEXIST, "overlap first");
	is(map(2 * PG, PG, memory, 3), -ENOSPC, "no third");
	is(unmap(0, 0, VFIO_DMA_UNMAP_FLAG_ALL), 2 * PG, "unmap");

	is(kapi_set_param("vfio_iommu_type1", "disable_hugepages", "1"), 0, "page by page");
	fake_domain(hard)->calls = 0;
	is(map(0, 6 * PG, memory, 3), 0, "map six pages");
	ok(fake_domain(hard)->calls >= 6, "in six calls");
	is(unmap(0, 6 * PG, 0), 6 * PG, "unmap them");
	is(kapi_set_param("vfio_iommu_type1", "disable_hugepages", "0"), 0, "no more");
	fake_domain(hard)->calls = 0;
	is(map(0, 256 * PG, memory, 3), 0, "map many");
	is(fake_domain(hard)->calls, 1, "in one call");
	is(unmap(0, 256 * PG, 0), 256 * PG, "unmap them");

	is(map(0, 2 * PG, memory, 3), 0, "map as root");
	setrlimit(RLIMIT_MEMLOCK, &limit);
	drop_ipc_lock();
	is(map(PG * 8, 6 * PG, memory, 3), 0, "up to the limit");
	is(unmap(PG * 8, 6 * PG, 0), 6 * PG, "unmap");
	is(map(PG * 8, 7 * PG, memory, 3), -ENOMEM, "above it");
	is(current->mm->locked_vm, 2, "and nothing is left of the try");
	kapi_sys_close(g);
	kapi_sys_close(container);
	is(current->mm->locked_vm, 0, "at the end nothing");
	fake_real_remove(hard);
}

int main(void)
{
	core_start();
	memory = mmap(NULL, 256 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	dev = fake_emulated("fake-join");
	test_vaddr();
	test_limits();
	fake_remove(dev);
	is(user_domains(), 0, "no domain is left");
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
