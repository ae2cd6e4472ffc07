// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver compiled at API level 5.19: init and uninit of its own memory,
 * notifiers, and pins by page frame numbers. Clauses DRV, PIN-001 to PIN-046.
 */
#define KAPI_LEVEL 519
#include "levels_life.h"
#include "levels_mig.h"

#define IOVA 0x100000UL
#define PFN (IOVA / PG)

static struct notifier_block nb, nb2;
static struct ldev *subject;
static unsigned int notified;

/* As drivers do it: unpin all in the range. */
static unsigned long pinned[2];
static int nr_pinned;

static int on_event(struct notifier_block *block, unsigned long action, void *data)
{
	struct vfio_iommu_type1_dma_unmap *unmap = data;

	notified++;
	ok(action == VFIO_IOMMU_NOTIFY_DMA_UNMAP, "the event is DMA_UNMAP");
	ldev_unmapped(&subject->vdev, unmap->iova, unmap->size);
	if (nr_pinned)
		is(vfio_unpin_pages(&subject->vdev, pinned, nr_pinned), nr_pinned, "unpin");
	nr_pinned = 0;
	return NOTIFY_OK;
}

static int add_notifier(struct ldev *ldev, struct notifier_block *block)
{
	unsigned long events = VFIO_IOMMU_NOTIFY_DMA_UNMAP;

	block->notifier_call = on_event;
	return vfio_register_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &events, block);
}

static void test_notifier_rules(struct ldev *ldev)
{
	unsigned long events = VFIO_IOMMU_NOTIFY_DMA_UNMAP;

	nb.notifier_call = on_event;
	is(vfio_register_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &events, NULL), -EINVAL,
	   "no notifier");
	is(vfio_register_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, NULL, &nb), -EINVAL,
	   "no event mask");
	events = 0;
	is(vfio_register_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &events, &nb), -EINVAL,
	   "PIN-044: no event in it");
	events = VFIO_IOMMU_NOTIFY_DMA_UNMAP | 0x10;
	is(vfio_register_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &events, &nb), -EINVAL,
	   "PIN-045: an event that there is not");
	is(events, 0x10, "that one is left in the mask");
	events = VFIO_IOMMU_NOTIFY_DMA_UNMAP;
	is(vfio_register_notifier(&ldev->vdev, (enum vfio_notify_type)1, &events, &nb), -EINVAL,
	   "PIN-046: another type");
	is(vfio_unregister_notifier(&ldev->vdev, (enum vfio_notify_type)1, &nb), -EINVAL,
	   "of unregister too");
	is(vfio_unregister_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &nb), -ENOENT,
	   "none of them is registered");
	is(vfio_unregister_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, NULL), -EINVAL, "no notifier");
}

static void test_pin_rules(struct ldev *ldev, int container, u8 *memory)
{
	unsigned long user[600] = { PFN, PFN + 2, PFN + 1 }, phys[600] = { 1, 2, 3 };
	int i;

	is(vfio_pin_pages(&ldev->vdev, user, 1, 3, phys), -EINVAL, "PIN-006: no notifier, no pin");
	is(add_notifier(ldev, &nb), 0, "a notifier");
	is(vfio_pin_pages(&ldev->vdev, NULL, 1, 3, phys), -EINVAL, "no page numbers");
	is(vfio_pin_pages(&ldev->vdev, user, 1, 3, NULL), -EINVAL, "no room for the answer");
	is(vfio_pin_pages(&ldev->vdev, user, 0, 3, phys), -EINVAL, "no pages");
	is(vfio_pin_pages(&ldev->vdev, user, 513, 3, phys), -E2BIG, "too many");
	is(vfio_pin_pages(&ldev->vdev, user, 3, 3, phys), -EINVAL, "not mapped");

	is(dma_map(container, IOVA, 4 * PG, memory, 3), 0, "map");
	is(dma_map(container, IOVA + 16 * PG, PG, memory, 1), 0, "map read only");
	is(vfio_pin_pages(&ldev->vdev, user, 3, 3, phys), 3, "pages in any order");
	for (i = 0; i < 3; i++)
		ok(page_address(pfn_to_page(phys[i])) == memory + (user[i] - PFN) * PG,
		   "number %d is the right one", i);
	is(current->mm->locked_vm, 3, "accounted");

	user[3] = PFN + 16;
	is(vfio_pin_pages(&ldev->vdev, user, 4, 3, phys), -EPERM, "one is not writable");
	ok(!phys[0] && !phys[3], "no answer is left");
	is(vfio_unpin_pages(&ldev->vdev, user, 3), 3, "nor any pin but those of before");
	is(current->mm->locked_vm, 0, "all are gone");

	user[1] = PFN + 99;
	is(vfio_unpin_pages(&ldev->vdev, user, 3), 1, "PIN-018: up to the first not mapped");
	is(vfio_unpin_pages(&ldev->vdev, user + 1, 2), -EINVAL, "PIN-018: none");
	is(vfio_unpin_pages(&ldev->vdev, user, 0), -EINVAL, "PIN-019: no pages");
	is(vfio_unpin_pages(&ldev->vdev, user, 513), -E2BIG, "PIN-019: too many");
	is(vfio_unpin_pages(&ldev->vdev, NULL, 1), -EINVAL, "no page numbers");
}

static void test_unmap(struct ldev *ldev, struct ldev *other, int container)
{
	unsigned long phys[2];

	subject = ldev;
	notified = 0;
	pinned[0] = PFN;
	pinned[1] = PFN + 3;
	nr_pinned = 2;
	is(vfio_pin_pages(&ldev->vdev, pinned, 2, IOMMU_READ, phys), 2, "pin two");
	is(dma_unmap(container, IOVA, 4 * PG), 0, "unmap");
	is(notified, 1, "PIN-021: the driver heard of it");
	ok(ldev->unmap_iova == IOVA && ldev->unmap_len == 4 * PG, "with the whole mapping");
	is(other->unmapped, 0, "a device without a notifier did not");

	/* A second block of the same device, and one that is off again. */
	is(add_notifier(ldev, &nb2), 0, "a second notifier");
	is(vfio_unregister_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &nb), 0, "the first goes");
	is(vfio_pin_pages(&other->vdev, pinned, 1, IOMMU_READ, phys), -EINVAL,
	   "another device may pin if its memory is mapped");
	is(vfio_unregister_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &nb2), 0, "the second goes");
	is(vfio_unregister_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &nb2), -ENOENT, "once");
}

static void test_dma_rw(struct ldev *ldev, int container, u8 *memory)
{
	u8 buf[16] = "written";

	is(dma_map(container, IOVA, PG, memory, 3), 0, "map");
	is(vfio_dma_rw(&ldev->vdev, IOVA + 8, buf, 8, true), 0, "write");
	is(vfio_dma_rw(&ldev->vdev, IOVA + PG - 4, buf, 8, false), -EINVAL, "off the end");
	ok(!strcmp((char *)memory + 8, "written"), "it is there");
	is(dma_unmap(container, IOVA, PG), 0, "unmap");
}

static void test_pins(u8 *memory)
{
	struct ldev *ldev = ldev_new("level-pin"), *other = ldev_new("level-pin-other");
	unsigned long user = PFN, phys;
	struct lfds fds, fds2;

	is(with_warnings(1, vfio_pin_pages(&ldev->vdev, &user, 1, 3, &phys)), -EINVAL,
	   "PIN-001: not open");
	is(vfio_dma_rw(&ldev->vdev, IOVA, &phys, 1, false), -EINVAL, "nor for dma_rw");
	is(add_notifier(ldev, &nb), -EINVAL, "nor for notifiers");

	fds = lfds_open(&ldev->vdev, -1);
	fds2 = lfds_open(&other->vdev, fds.container);
	test_notifier_rules(ldev);
	test_pin_rules(ldev, fds.container, memory);
	test_unmap(ldev, other, fds.container);
	test_dma_rw(ldev, fds.container, memory);
	lfds_close(&fds2, true);
	lfds_close(&fds, false);
	ldev_remove(ldev);
	ldev_remove(other);
}

static void drop_notifier(struct ldev *ldev)
{
	is(vfio_unregister_notifier(&ldev->vdev, VFIO_IOMMU_NOTIFY, &nb), 0,
	   "off in close_device");
}

static void take_notifier(struct ldev *ldev)
{
	unsigned long user = PFN, phys;

	is(add_notifier(ldev, &nb), 0, "on in open_device");
	is(vfio_pin_pages(&ldev->vdev, &user, 1, 3, &phys), -EINVAL, "where pins find no mapping");
}

static void test_notifier_life(void)
{
	struct ldev *ldev = ldev_new("level-notify");
	struct lfds fds;
	int i;

	ldev->on_open = take_notifier;
	ldev->on_close = drop_notifier;
	for (i = 0; i < 2; i++) {
		fds = lfds_open(&ldev->vdev, -1);
		ok(fds.device >= 0, "open");
		lfds_close(&fds, false);
	}
	ldev_remove(ldev);
}

int main(void)
{
	u8 *memory = mmap(NULL, 16 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	level_start();
	is(LINUX_VERSION_CODE, KERNEL_VERSION(5, 19, 0), "the level");
	test_unregistered();
	test_open_close();
	test_set();
	test_unregister_waits(true);
	test_kvm();
	test_migration();
	test_pins(memory);
	test_notifier_life();
	vfio_profile_select("5.19");
	test_kvm();
	test_migration();
	test_notifier_life();
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
