// SPDX-License-Identifier: GPL-2.0-only
/* vfio_pin_pages(), vfio_unpin_pages() and vfio_dma_rw() by a driver. Clauses PIN. */
#include <pthread.h>
#include "core_test.h"
#include "core_iommu.h"
#include "../core/profile.h"

#define PG 4096UL
#define IOVA 0x100000UL

static u8 *memory;
static struct page *pages[600];

struct setup {
	int container, group, fd;
	struct fake *fake;
};

static struct setup setup(struct fake *fake, int type)
{
	struct setup s = { open_container(), open_group(&fake->vdev), -1, fake };

	is(sys(s.group, VFIO_GROUP_SET_CONTAINER, &s.container), 0, "%s joins",
	   dev_name(fake->vdev.dev));
	is(sysv(s.container, VFIO_SET_IOMMU, type), 0, "backend %d", type);
	s.fd = get_device_fd(s.group, &fake->vdev);
	ok(s.fd >= 0, "device");
	return s;
}

static void teardown(struct setup s)
{
	kapi_sys_close(s.fd);
	kapi_sys_close(s.group);
	kapi_sys_close(s.container);
}

static int map(struct setup *s, u64 iova, u64 size, void *vaddr, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = (u64)vaddr, .iova = iova,
		.size = size };

	return sys(s->container, VFIO_IOMMU_MAP_DMA, &map);
}

static int unmap(struct setup *s, u64 iova, u64 size, u32 flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = size };

	return sys(s->container, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

static void test_errors(struct setup *s)
{
	struct vfio_device *vdev = &s->fake->vdev;
	unsigned int i;

	is(map(s, IOVA, 16 * PG, memory, 3), 0, "map");
	is(map(s, IOVA + 32 * PG, 4 * PG, memory, 1), 0, "map read only");
	is(map(s, IOVA + 48 * PG, PG, memory, 2), 0, "map write only");
	is(map(s, IOVA + 64 * PG, PG, (void *)0x10000, 3), 0, "map memory that is not there");

	is(vfio_pin_pages(vdev, IOVA, 1, 3, NULL), -EINVAL, "no array");
	is(vfio_pin_pages(vdev, IOVA, 0, 3, pages), -EINVAL, "no pages");
	is(vfio_pin_pages(vdev, IOVA, 513, 3, pages), -E2BIG, "too many");
	is(vfio_pin_pages(vdev, IOVA, -1, 3, pages), -E2BIG, "negative is too many");
	is(vfio_pin_pages(vdev, IOVA - PG, 1, 3, pages), -EINVAL, "not mapped");
	is(vfio_pin_pages(vdev, IOVA + 32 * PG, 1, 3, pages), -EPERM, "not mapped for writing");
	is(vfio_pin_pages(vdev, IOVA + 64 * PG, 1, 3, pages), -EFAULT, "memory not there");

	is(vfio_pin_pages(vdev, IOVA, 16, 3, pages), 16, "pin sixteen");
	for (i = 0; i < 16 && page_address(pages[i]) == memory + i * PG; i++)
		;
	is(i, 16, "the right pages");
	is(current->mm->locked_vm, 16, "accounted");
	is(vfio_pin_pages(vdev, IOVA + 8 * PG, 8, 1, pages), 8, "eight of them again");
	is(current->mm->locked_vm, 16, "once only");
	is(vfio_pin_pages(vdev, IOVA + 15 * PG, 2, 3, pages), -EINVAL, "the second is not mapped");
	vfio_unpin_pages(vdev, IOVA, 16);
	is(current->mm->locked_vm, 8, "eight are held by the second pin");
	vfio_unpin_pages(vdev, IOVA + 8 * PG, 8);
	is(current->mm->locked_vm, 0, "and let go; the failed pin left nothing");
	expect_warnings(1, ({ vfio_unpin_pages(vdev, IOVA - PG, 1); 0; }));
	expect_warnings(1, ({ vfio_unpin_pages(vdev, IOVA, 0); 0; }));
}

static void test_dma_rw(struct setup *s)
{
	struct vfio_device *vdev = &s->fake->vdev;
	u8 buf[3 * PG];

	memset(memory, 0x11, 16 * PG);
	memset(buf, 0x22, sizeof(buf));
	is(vfio_dma_rw(vdev, IOVA, NULL, 1, true), -EINVAL, "no buffer");
	is(vfio_dma_rw(vdev, IOVA, buf, 0, true), -EINVAL, "no length");
	is(vfio_dma_rw(vdev, IOVA + 100, buf, sizeof(buf), true), 0, "write");
	ok(memory[99] == 0x11 && memory[100] == 0x22 && memory[99 + sizeof(buf)] == 0x22 &&
	   memory[100 + sizeof(buf)] == 0x11, "exactly that");
	is(vfio_dma_rw(vdev, IOVA + 16 * PG - 8, buf, 16, false), -EINVAL, "off the end");
	ok(buf[7] == 0x11 && buf[8] == 0x22, "up to the end was read");
	is(map(s, IOVA + 16 * PG, PG, memory + 20 * PG, 3), 0, "map behind");
	memory[20 * PG] = 0x33;
	is(vfio_dma_rw(vdev, IOVA + 16 * PG - 8, buf, 16, false), 0, "across two mappings");
	is(buf[8], 0x33, "from both");
	is(vfio_dma_rw(vdev, IOVA + 32 * PG, buf, 1, true), -EPERM, "read-only mapping");
	is(vfio_dma_rw(vdev, IOVA + 48 * PG, buf, 1, true), -EPERM, "write-only mapping");
	is(vfio_dma_rw(vdev, IOVA + 64 * PG, buf, 1, false), -EFAULT, "memory not there");
	is(unmap(s, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL), 0, "unmap all");
}

static void unpin_all(struct fake *fake, u64 iova, u64 length)
{
	if (iova == IOVA)
		vfio_unpin_pages(&fake->vdev, IOVA + PG, 2);
}

static unsigned int told, told_first, told_second;

static void note_first(struct fake *fake, u64 iova, u64 length)
{
	told_first = ++told;
	unpin_all(fake, iova, length);
}

static void note_second(struct fake *fake, u64 iova, u64 length)
{
	told_second = ++told;
}

static void test_notify_order(struct setup *s, struct setup *other)
{
	s->fake->on_unmap = note_first;
	other->fake->on_unmap = note_second;
	is(map(s, IOVA, 8 * PG, memory, 3), 0, "map");
	is(vfio_pin_pages(&s->fake->vdev, IOVA + PG, 2, 1, pages), 2, "pin");
	is(unmap(s, IOVA, 8 * PG, 0), 0, "unmap");
	is(told_first, profile(BEH_UNMAP_OLDEST_FIRST) ? 1 : 2, "who was opened first hears of it");
	is(told_second, profile(BEH_UNMAP_OLDEST_FIRST) ? 2 : 1, "who was opened second hears of it");
	s->fake->on_unmap = other->fake->on_unmap = NULL;
}

static void test_notify(struct setup *s, struct setup *other)
{
	s->fake->on_unmap = unpin_all;
	s->fake->unmapped = other->fake->unmapped = 0;
	is(map(s, IOVA, 8 * PG, memory, 3), 0, "map");
	is(map(s, IOVA + 8 * PG, 8 * PG, memory, 3), 0, "map another");
	is(vfio_pin_pages(&s->fake->vdev, IOVA + PG, 2, 1, pages), 2, "pin in the first");
	is(unmap(s, IOVA, 16 * PG, 0), 0, "unmap both");
	is(s->fake->unmapped, 1, "one call, for what is pinned");
	ok(s->fake->unmap_iova == IOVA && s->fake->unmap_len == 8 * PG, "with the whole mapping");
	is(other->fake->unmapped, 1, "every device of the container hears of it");
	s->fake->on_unmap = NULL;
}

static void *pin_closed(void *arg)
{
	return (void *)(long)vfio_pin_pages(arg, IOVA, 1, 1, pages);
}

static void test_emulated(void)
{
	struct fake *a = fake_emulated("fake-pin-a"), *b = fake_emulated("fake-pin-b");
	struct vfio_device_ops *ops = (void *)a->vdev.ops;
	struct setup s, o;

	is(expect_warnings(1, (long)pin_closed(&a->vdev)), -EINVAL, "not open");
	is(vfio_dma_rw(&a->vdev, IOVA, pages, 1, true), -EINVAL, "nor for dma_rw");
	s = setup(a, VFIO_TYPE1v2_IOMMU);
	o = (struct setup){ s.container, open_group(&b->vdev), -1, b };
	is(sys(o.group, VFIO_GROUP_SET_CONTAINER, &o.container), 0, "a second group joins");
	o.fd = get_device_fd(o.group, &b->vdev);

	test_errors(&s);
	test_dma_rw(&s);
	test_notify(&s, &o);
	test_notify_order(&s, &o);

	is(unmap(&s, IOVA, PG, VFIO_DMA_UNMAP_FLAG_VADDR), -EBUSY, "no VADDR with emulated groups");

	/* A driver that never hears of unmaps. The backend asks if any does. */
	is(map(&s, IOVA, PG, memory, 3), 0, "map");
	ops->dma_unmap = NULL;
	is(vfio_pin_pages(&a->vdev, IOVA, 1, 1, pages), -EINVAL, "6.12: needs dma_unmap");
	vfio_profile_select("6.1");
	is(vfio_pin_pages(&a->vdev, IOVA, 1, 1, pages), 1, "6.1: anybody's will do");
	vfio_unpin_pages(&a->vdev, IOVA, 1);
	vfio_profile_select("6.12");
	ops->dma_unmap = fake_dma_unmap;

	kapi_sys_close(o.fd);
	kapi_sys_close(o.group);
	teardown(s);

	s = setup(a, VFIO_TYPE1_IOMMU);
	is(map(&s, IOVA, PG, memory, 3), 0, "v1 map");
	is(vfio_pin_pages(&a->vdev, IOVA, 1, 1, pages), -EACCES, "v1 cannot pin");
	teardown(s);
	fake_remove(a);
	fake_remove(b);
}

/* Pins while an IOMMU holds all pages anyway, and what is left when it goes. */
static void test_accounting(void)
{
	struct fake *emulated = fake_emulated("fake-acct"), *hard = fake_real("fake-hard");
	struct setup s = setup(emulated, VFIO_TYPE1v2_IOMMU);
	int g = open_group(&hard->vdev);

	is(map(&s, IOVA, 8 * PG, memory, 3), 0, "map");
	is(vfio_pin_pages(&emulated->vdev, IOVA, 2, 1, pages), 2, "pin two");
	is(current->mm->locked_vm, 2, "two");
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &s.container), 0, "an IOMMU joins");
	is(current->mm->locked_vm, 8, "all eight, none twice");
	is(vfio_pin_pages(&emulated->vdev, IOVA + 4 * PG, 1, 1, pages), 1, "pin a third");
	is(current->mm->locked_vm, 8, "costs nothing now");
	kapi_sys_close(g);
	is(current->mm->locked_vm, 3, "the IOMMU leaves: three pins are left");
	vfio_unpin_pages(&emulated->vdev, IOVA, 2);
	vfio_unpin_pages(&emulated->vdev, IOVA + 4 * PG, 1);
	is(current->mm->locked_vm, 0, "none");
	teardown(s);
	fake_remove(emulated);
	fake_real_remove(hard);
}

int main(void)
{
	core_start();
	memory = mmap(NULL, 32 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	test_emulated();
	test_accounting();
	is(user_domains(), 0, "no domain is left");
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
