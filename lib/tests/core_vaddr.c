// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who needs the address of a mapping while it is taken away to be updated: as Linux
 * 5.19 does, groups that join, pins and reads wait for it. And the order in which
 * devices hear of an unmap there. Clauses T1-091, PIN-023.
 */
#include <pthread.h>
#include "core_test.h"
#include "core_iommu.h"
#include "../core/profile.h"

#define PG	4096UL
#define IOVA	0x100000UL

static u8 *memory;
static int container, group, fd;
static struct fake *dev, *joins;

static int map(u64 iova, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = (u64)memory, .iova = iova,
		.size = 8 * PG };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static int unmap(u64 iova, u32 flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = 8 * PG };

	return sys(container, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

/* A call in a thread of its own. */
struct call {
	long (*fn)(void);
	pthread_t thread;
	bool done;
	long ret;
};

static void *call_main(void *arg)
{
	struct call *call = arg;

	call->ret = call->fn();
	WRITE_ONCE(call->done, true);
	return NULL;
}

static void begin(struct call *call, long (*fn)(void))
{
	*call = (struct call) { .fn = fn };
	pthread_create(&call->thread, NULL, call_main, call);
	/* Long enough for one that does not wait. */
	usleep(50000);
}

static long end(struct call *call)
{
	pthread_join(call->thread, NULL);
	return call->ret;
}

static struct page *page;
static u8 byte;

static long do_pin(void)
{
	return vfio_pin_pages(&dev->vdev, IOVA, 1, 1, &page);
}

static long do_read(void)
{
	return vfio_dma_rw(&dev->vdev, IOVA + PG, &byte, 1, false);
}

static long do_join(void)
{
	int other = open_group(&joins->vdev);
	long ret = sys(other, VFIO_GROUP_SET_CONTAINER, &container);

	kapi_sys_close(other);
	return ret;
}

static void waits(const char *what, long (*fn)(void), long gives)
{
	struct call call;

	is(unmap(IOVA, VFIO_DMA_UNMAP_FLAG_VADDR), 0, "%s: the address goes", what);
	begin(&call, fn);
	ok(!READ_ONCE(call.done), "%s waits", what);
	is(map(IOVA + 8 * PG, 3), 0, "%s: other mappings are made meanwhile", what);
	is(unmap(IOVA + 8 * PG, 0), 0, "%s: and go", what);
	ok(!READ_ONCE(call.done), "%s still waits", what);
	is(map(IOVA, VFIO_DMA_MAP_FLAG_VADDR), 0, "%s: a new address", what);
	is(end(&call), gives, "%s goes on", what);
}

static void test_waits(void)
{
	struct call call;

	is(map(IOVA, 3), 0, "map");
	memory[PG] = 0x5a;
	waits("a pin", do_pin, 1);
	vfio_unpin_pages(&dev->vdev, IOVA, 1);
	waits("a read", do_read, 0);
	is(byte, 0x5a, "what was read");
	waits("a group", do_join, 0);

	is(unmap(IOVA, VFIO_DMA_UNMAP_FLAG_VADDR), 0, "the address goes");
	is(map(IOVA + 8 * PG, 3), 0, "another mapping");
	is(vfio_pin_pages(&dev->vdev, IOVA + 8 * PG, 1, 1, &page), 1, "whose pages can be pinned");
	vfio_unpin_pages(&dev->vdev, IOVA + 8 * PG, 1);
	begin(&call, do_pin);
	is(unmap(IOVA, 0), 0, "the mapping itself goes");
	is(end(&call), -EINVAL, "and with it what a pin waited for");

	is(map(IOVA, 3), 0, "map");
	is(unmap(IOVA, VFIO_DMA_UNMAP_FLAG_VADDR), 0, "the address goes");
	begin(&call, do_read);
	kapi_sys_close(container);
	is(end(&call), -ENODEV, "nobody is left who could bring a new one");
	is(do_pin(), -ENODEV, "nor will there be");
}

static void test_refuses(void)
{
	is(map(IOVA, 3), 0, "map");
	is(unmap(IOVA, VFIO_DMA_UNMAP_FLAG_VADDR), profile(BEH_VADDR_NEEDS_IOMMU) ? -EBUSY : 0,
	   "an emulated device keeps addresses as they are");
	is(do_pin(), 1, "a pin");
	vfio_unpin_pages(&dev->vdev, IOVA, 1);
	kapi_sys_close(container);
}

static unsigned int told, told_old, told_new;

static void note_old(struct fake *fake, u64 iova, u64 length)
{
	told_old = ++told;
	vfio_unpin_pages(&fake->vdev, IOVA, 1);
}

static void note_new(struct fake *fake, u64 iova, u64 length)
{
	told_new = ++told;
}

/* PIN-023: as the notifiers of old, in the order in which they came. */
static void test_order(void)
{
	int other = open_group(&joins->vdev), other_fd;

	is(sys(other, VFIO_GROUP_SET_CONTAINER, &container), 0, "a second group");
	other_fd = get_device_fd(other, &joins->vdev);
	dev->on_unmap = note_old;
	joins->on_unmap = note_new;
	is(map(IOVA, 3), 0, "map");
	is(do_pin(), 1, "pin");
	is(unmap(IOVA, 0), 0, "unmap");
	ok(told_old == 1 && told_new == 2, "the first device hears first: %u, %u", told_old,
	   told_new);
	dev->on_unmap = joins->on_unmap = NULL;
	kapi_sys_close(other_fd);
	kapi_sys_close(other);
	kapi_sys_close(container);
}

static void with_device(void (*test)(void))
{
	container = open_container();
	group = open_group(&dev->vdev);
	is(sys(group, VFIO_GROUP_SET_CONTAINER, &container), 0, "a group");
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "a backend");
	fd = get_device_fd(group, &dev->vdev);
	test();
	kapi_sys_close(fd);
	kapi_sys_close(group);
}

int main(void)
{
	alarm(60);
	setenv("VFIO_CORE_PROFILE", "5.19", 1);
	core_start();
	memory = mmap(NULL, 8 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	dev = fake_emulated("fake-vaddr");
	joins = fake_emulated("fake-vaddr-joins");
	with_device(test_waits);
	with_device(test_order);
	is(vfio_profile_select("6.12"), 0, "a later kernel");
	with_device(test_refuses);
	fake_remove(dev);
	fake_remove(joins);
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
