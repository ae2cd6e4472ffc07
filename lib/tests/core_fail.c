// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may fail does: every allocation, user copy, descriptor, file and pin of a
 * chain of calls in turn. Each call must say so or succeed, and in the end nothing
 * may be left behind.
 */
#include <kapi/fail_nth.h>
#include "core_test.h"
#include "core_iommu.h"

#define PG 4096UL

static u8 *memory;
static struct fake *emulated, *hard;

/* True for what a call may return when memory is short. */
static bool fair(int ret)
{
	return ret >= 0 || ret == -ENOMEM || ret == -ENODEV || ret == -EINVAL || ret == -EMFILE ||
	       ret == -EFAULT;
}

static bool chain_open(void)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = 3, .vaddr = (u64)memory, .iova = 0x10000,
		.size = 8 * PG };
	struct vfio_iommu_type1_dirty_bitmap start = { .argsz = 8, .flags = 1 };
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	int c = open_container(), ge = open_group(&emulated->vdev), gh = open_group(&hard->vdev);
	bool good = fair(c) && fair(ge) && fair(gh);
	int fd = -1, fd2 = -1;
	struct page *page;

	if (c >= 0 && ge >= 0)
		good &= fair(sys(ge, VFIO_GROUP_SET_CONTAINER, &c));
	if (c >= 0 && ge >= 0)
		good &= fair(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	if (c >= 0) {
		good &= fair(sys(c, VFIO_IOMMU_MAP_DMA, &map));
		good &= fair(sys(c, VFIO_IOMMU_DIRTY_PAGES, &start));
	}
	if (c >= 0 && gh >= 0)
		good &= fair(sys(gh, VFIO_GROUP_SET_CONTAINER, &c));
	if (ge >= 0)
		fd = get_device_fd(ge, &emulated->vdev);
	if (fd >= 0) {
		if (vfio_pin_pages(&emulated->vdev, 0x11000, 1, 1, &page) == 1)
			vfio_unpin_pages(&emulated->vdev, 0x11000, 1);
		map.iova = 0x40000;
		good &= fair(sys(c, VFIO_IOMMU_MAP_DMA, &map));
	}
	if (gh >= 0)
		fd2 = get_device_fd(gh, &hard->vdev);
	if (c >= 0)
		good &= fair(sys(c, VFIO_IOMMU_GET_INFO, &info));

	kapi_sys_close(fd2);
	kapi_sys_close(gh);
	kapi_sys_close(fd);
	kapi_sys_close(ge);
	kapi_sys_close(c);
	return good && !current->mm->locked_vm && !emulated->vdev.open_count &&
	       !hard->vdev.open_count;
}

static bool chain_register(void)
{
	static unsigned int n;
	struct device *dev;
	struct fake *fake;
	char name[32];
	long left;
	int ret;

	/* Not the parent: it is no part of what is tested. */
	left = kapi_fail_nth(0);
	snprintf(name, sizeof(name), "fake-fail-%u", n++);
	dev = fake_parent(name);
	kapi_fail_nth(left);

	fake = vfio_alloc_device(fake, vdev, dev, &fake_ops);
	if (IS_ERR(fake)) {
		fake_parent_remove(dev);
		return PTR_ERR(fake) == -ENOMEM;
	}
	ret = vfio_register_emulated_iommu_dev(&fake->vdev);
	if (!ret)
		vfio_unregister_group_dev(&fake->vdev);
	vfio_put_device(&fake->vdev);
	fake_parent_remove(dev);
	return fair(ret);
}

static void fail_nth(const char *what, bool (*chain)(void))
{
	unsigned int bad = 0;
	long n, left = 0;

	for (n = 1; n < 1000 && !left; n++) {
		kapi_fail_nth(n);
		if (!chain()) {
			printf("# %s: the failure of operation %ld\n", what, n);
			bad++;
		}
		left = kapi_fail_nth(0);
	}
	ok(left, "%s: %ld operations failed in turn", what, n - 2);
	is(bad, 0, "%s: each was dealt with", what);
	is(user_domains(), 0, "%s: no domain is left", what);
	ok(chain(), "%s: and it works again", what);
}

int main(void)
{
	core_start();
	memory = mmap(NULL, 8 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	emulated = fake_emulated("fake-fail-e");
	hard = fake_real("fake-fail-h");
	fail_nth("open and map", chain_open);
	fail_nth("register", chain_register);
	fake_remove(emulated);
	fake_real_remove(hard);
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
