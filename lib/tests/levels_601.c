// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver compiled at API level 6.1: init and release ops, the latter frees;
 * migration ops without a data size; dma_unmap, and pins by address.
 */
#define KAPI_LEVEL 601
#include "levels_life.h"
#include "levels_mig.h"

#define IOVA 0x100000UL

static void test_alloc(void)
{
	struct device *dev = ldev_parent("level-alloc");
	unsigned int released = 0;
	struct ldev *ldev;

	ldev_init_errno = -EDOM;
	ldev = vfio_alloc_device(ldev, vdev, dev, &ldev_ops);
	is(PTR_ERR(ldev), -EDOM, "DRV-022: a failing init fails the allocation");
	ldev_init_errno = 0;

	ldev = vfio_alloc_device(ldev, vdev, dev, &ldev_ops);
	ok(!IS_ERR(ldev) && ldev->state == VFIO_DEVICE_STATE_RUNNING, "init ran");
	ldev->released = &released;
	get_device(&ldev->vdev.device);
	vfio_put_device(&ldev->vdev);
	is(released, 0, "DRV-024: a reference on the device keeps it");
	put_device(&ldev->vdev.device);
	is(released, 1, "DRV-023: release, which frees");

	/* Memory of the driver's own. */
	ldev = kzalloc(sizeof(*ldev), GFP_KERNEL);
	is(vfio_init_device(&ldev->vdev, dev, &ldev_ops), 0, "vfio_init_device");
	ldev->released = &released;
	vfio_put_device(&ldev->vdev);
	is(released, 2, "ends the same way");
	ldev_parent_remove(dev);
}

static struct page *pages[4];

static void unpin_two(struct ldev *ldev)
{
	vfio_unpin_pages(&ldev->vdev, IOVA, 2);
}

static void test_pins(u8 *memory)
{
	struct ldev *ldev = ldev_new("level-pin");
	struct lfds fds = lfds_open(&ldev->vdev, -1);
	u32 word = 0x12345678;

	is(dma_map(fds.container, IOVA, 4 * PG, memory, 3), 0, "map");
	is(vfio_pin_pages(&ldev->vdev, IOVA, 2, 3, pages), 2, "pin two");
	ok(page_address(pages[1]) == memory + PG, "the right ones");
	is(vfio_pin_pages(&ldev->vdev, IOVA + 3 * PG, 2, 3, pages), -EINVAL, "one not mapped");
	is(vfio_dma_rw(&ldev->vdev, IOVA + 4, &word, 4, true), 0, "write");
	is(*(u32 *)(memory + 4), word, "it is there");
	ldev->on_unmap = unpin_two;
	is(dma_unmap(fds.container, IOVA, 4 * PG), 0, "unmap");
	ok(ldev->unmapped == 1 && ldev->unmap_iova == IOVA && ldev->unmap_len == 4 * PG,
	   "dma_unmap was told the mapping");
	lfds_close(&fds, false);
	ldev_remove(ldev);
}

int main(void)
{
	u8 *memory = mmap(NULL, 16 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	level_start();
	is(LINUX_VERSION_CODE, KERNEL_VERSION(6, 1, 0), "the level");
	test_alloc();
	test_unregistered();
	test_open_close();
	test_set();
	test_unregister_waits(false);
	test_kvm();
	test_migration();
	test_pins(memory);
	vfio_profile_select("6.1");
	test_unregister_waits(false);
	test_kvm();
	test_migration();
	test_pins(memory);
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
