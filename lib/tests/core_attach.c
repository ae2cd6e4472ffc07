// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups behind IOMMUs join and leave a container: replay, conflicts, sharing of
 * domains, ownership, limits of what may be mapped. Clauses CONT-025, CONT-026,
 * GRP-026 to GRP-033, T1-010 to T1-018, T1-123 to T1-130.
 */
#include "core_test.h"
#include "core_iommu.h"
#include "../core/profile.h"

#define PG 4096UL

static u8 *memory;

static int map(int container, u64 iova, u64 size, void *vaddr)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = 3, .vaddr = (u64)vaddr, .iova = iova, .size = size };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static int join(struct fake *fake, int container)
{
	int g = open_group(&fake->vdev);
	int ret = sys(g, VFIO_GROUP_SET_CONTAINER, &container);

	if (!ret)
		return g;
	kapi_sys_close(g);
	return ret;
}

static bool translated(struct fake *fake, u64 iova, void *vaddr)
{
	return iommu_iova_to_phys(iommu_get_domain_for_dev(fake->vdev.dev), iova) ==
	       ((u64)vaddr | KAPI_PHYS_USER);
}

static void test_set_iommu(void)
{
	struct fake *a = fake_real("fake-iommu-a"), *b = fake_real("fake-iommu-b");
	int c = open_container(), ga = join(a, c), gb = join(b, c);

	ok(ga >= 0 && gb >= 0, "two groups");
	fiommu_ops.isolated_msi = false;
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), -EPERM, "interrupts are not isolated");
	is(user_domains(), 0, "nothing is left");
	is(kapi_set_param("vfio_iommu_type1", "allow_unsafe_interrupts", "1"), 0, "allow it");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "and it works");
	is(kapi_set_param("vfio_iommu_type1", "allow_unsafe_interrupts", "0"), 0, "forbid it");
	fiommu_ops.isolated_msi = true;
	kapi_sys_close(ga);
	kapi_sys_close(gb);

	/* One of two fails: neither is attached, and the next try can have both (CONT-026). */
	ga = join(a, c);
	gb = join(b, c);
	fiommu_refused = b->vdev.dev;
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), -EIO, "the second group cannot be attached");
	is(user_domains(), 0, "the first one is detached again");
	fiommu_refused = a->vdev.dev;
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), -EIO, "nor can the first");
	is(user_domains(), 0, "nothing is left");
	fiommu_refused = NULL;
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "both");

	is(user_domains(), 1, "like groups share a domain");
	ok(fake_domain(a) == fake_domain(b), "really");
	is(map(c, 0x10000, 4 * PG, memory), 0, "map");
	ok(translated(b, 0x10000, memory), "for both");
	kapi_sys_close(ga);
	ok(translated(b, 0x12000, memory + 2 * PG), "one leaves, the mapping stays");
	kapi_sys_close(gb);
	is(user_domains(), 0, "the last one takes all with it");
	is(current->mm->locked_vm, 0, "the account, too");
	kapi_sys_close(c);
	fake_real_remove(a);
	fake_real_remove(b);
}

static void test_replay(void)
{
	struct fake *emulated = fake_emulated("fake-rep"), *a = fake_real("fake-rep-a"), *b;
	int c = open_container(), ge = join(emulated, c), ga, gb;

	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "emulated first");
	is(map(c, 0x10000, 4 * PG, memory), 0, "map");
	is(map(c, 0x20000, PG, (void *)0x10000), 0, "map what is not there");
	is(join(a, c), -EFAULT, "now it is looked at");
	is(current->mm->locked_vm, 0, "and nothing stays pinned");
	is(user_domains(), 0, "nor a domain");
	is(iommu_group_dma_owner_claimed(a->vdev.dev->iommu_group), 0, "nor the group's owner");
	is(sys(c, VFIO_IOMMU_UNMAP_DMA, &(struct vfio_iommu_type1_dma_unmap){
		.argsz = 24, .iova = 0x20000, .size = PG }), 0, "unmap it");

	ga = join(a, c);
	ok(ga >= 0, "joins");
	ok(translated(a, 0x13000, memory + 3 * PG), "and has what was mapped");
	is(current->mm->locked_vm, 4, "pinned");

	/* Another kind of IOMMU: a domain of its own, filled from what is pinned. */
	fiommu_enforce = true;
	b = fake_real("fake-rep-b");
	fiommu_fail_map = 1;
	is(join(b, c), -ENOMEM, "a replay that fails");
	is(user_domains(), 1, "leaves nothing");
	fiommu_fail_map = 0;
	gb = join(b, c);
	ok(gb >= 0 && user_domains() == 2, "two domains");
	ok(translated(b, 0x11000, memory + PG), "both have it");
	is(current->mm->locked_vm, 4, "pinned once");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 0, "one is not coherent");
	fiommu_fail_map = 2;
	is(map(c, 0x30000, PG, memory), -ENOMEM, "a map that fails in the second domain");
	fiommu_fail_map = 0;
	ok(!xa_load(&fake_domain(a)->pages, 0x30) && !xa_load(&fake_domain(b)->pages, 0x30),
	   "is in neither");
	kapi_sys_close(ga);
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 1, "the other one is");
	ok(translated(b, 0x10000, memory), "and keeps its mappings");
	fiommu_enforce = false;
	kapi_sys_close(gb);
	is(current->mm->locked_vm, 0, "only emulated groups: nothing is pinned");
	kapi_sys_close(ge);
	kapi_sys_close(c);
	fake_remove(emulated);
	fake_real_remove(a);
	fake_real_remove(b);
}

struct info {
	struct vfio_iommu_type1_info info;
	u8 caps[400];
};

static struct vfio_info_cap_header *info_cap(struct info *info, u16 id, u32 *offset)
{
	struct vfio_info_cap_header *cap;

	for (*offset = info->info.cap_offset; *offset; *offset = cap->next) {
		cap = (void *)info + *offset;
		if (cap->id == id)
			return cap;
	}
	return NULL;
}

static void test_info(const char *prof, u32 third)
{
	struct fake *a = fake_real("fake-info");
	int c = open_container(), g = join(a, c);
	struct info info = { .info = { .argsz = sizeof(info), .flags = 0xff, .cap_offset = 9 } };
	struct {
		struct vfio_info_cap_header header;
		u32 nr_iovas, reserved;
		struct vfio_iova_range ranges[2];
	} range = {};
	u32 offset;

	vfio_profile_select(prof);
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), 0, "%s: type1", prof);
	is(sys(c, VFIO_IOMMU_GET_INFO, &info), 0, "info");
	is(info.info.flags, 3, "page sizes and capabilities");
	is(info.info.iova_pgsizes, 0x201000, "of the domain");
	is(info.info.cap_offset, 24, "chain behind the structure");
	ok(info_cap(&info, 2, &offset) && offset == 24, "migration first");
	ok(info_cap(&info, 3, &offset) && offset == 56, "then what is available");
	ok(info_cap(&info, 1, &offset) && offset == third, "then ranges, at %u", offset);
	memcpy(&range, (void *)&info + offset, sizeof(range));
	ok(range.nr_iovas == 2 && !range.ranges[0].start && range.ranges[0].end == 0xfedfffff &&
	   range.ranges[1].start == 0xfef00000 && range.ranges[1].end == fiommu_aperture_end,
	   "without the reserved window");

	info = (struct info){ .info = { .argsz = 40, .cap_offset = 9, .pad = 9 }, .caps = { 7 } };
	is(sys(c, VFIO_IOMMU_GET_INFO, &info), 0, "small");
	ok(info.info.argsz == third + 48 && !info.info.cap_offset && info.caps[0] == 7,
	   "says what it needs: %u", info.info.argsz);
	info = (struct info){ .info = { .argsz = 20, .cap_offset = 9, .pad = 9 } };
	is(sys(c, VFIO_IOMMU_GET_INFO, &info), 0, "without pad");
	ok(!info.info.cap_offset && info.info.pad == 9, "pad is left alone");
	info = (struct info){ .info = { .argsz = 24, .cap_offset = 9, .pad = 9 } };
	is(sys(c, VFIO_IOMMU_GET_INFO, &info), 0, "with pad");
	is(info.info.pad, third == 72 ? 0 : 9, "pad");
	info = (struct info){ .info = { .argsz = 16, .cap_offset = 9 } };
	is(sys(c, VFIO_IOMMU_GET_INFO, &info), 0, "smallest");
	is(info.info.cap_offset, 9, "no more than 16 bytes");
	info.info.argsz = 15;
	is(sys(c, VFIO_IOMMU_GET_INFO, &info), -EINVAL, "too small");
	is(sys(c, VFIO_IOMMU_GET_INFO, (void *)8), -EFAULT, "bad pointer");

	is(map(c, 0xfedff000, 2 * PG, memory), -EINVAL, "into the window");
	is(map(c, fiommu_aperture_end + 1, PG, memory), -EINVAL, "beyond the aperture");
	is(map(c, fiommu_aperture_end + 1 - PG, PG, memory), 0, "its last page");
	kapi_sys_close(g);
	kapi_sys_close(c);
	fake_real_remove(a);
	vfio_profile_select("6.12");
}

static void test_conflicts(void)
{
	struct fake *a = fake_real("fake-con-a"), *b = fake_real("fake-con-b"), *c1;
	int c = open_container(), g = join(a, c), gb;

	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	is(map(c, 0x1000000000, PG, memory), 0, "map high");
	fiommu_aperture_end = 0xffffffff;
	is(join(b, c), -EINVAL, "an aperture that is too small");
	is(sys(c, VFIO_IOMMU_UNMAP_DMA, &(struct vfio_iommu_type1_dma_unmap){
		.argsz = 24, .flags = VFIO_DMA_UNMAP_FLAG_ALL }), 0, "unmap");
	gb = join(b, c);
	ok(gb >= 0, "fits now");
	is(map(c, 0x1000000000, PG, memory), -EINVAL, "and limits all");
	kapi_sys_close(gb);
	fiommu_aperture_end = (1ULL << 40) - 1;

	is(map(c, 0x8000000, PG, memory), 0, "map");
	fiommu_resv_start = 0x7fff000;
	fiommu_resv_len = 2 * PG;
	is(join(b, c), -EINVAL, "a reserved window on a mapping");
	fiommu_resv_start = 0xfee00000;
	fiommu_resv_len = 0x100000;
	kapi_sys_close(g);

	fiommu_coherent = false;
	c1 = fake_alloc("fake-incoherent", &fake_ops);
	is(iommu_probe_device_on(&fiommu, c1->vdev.dev), 0, "an IOMMU");
	fiommu_devices++;
	is(vfio_register_group_dev(&c1->vdev), -EINVAL, "that is not coherent");
	fiommu_coherent = true;
	is(vfio_register_group_dev(&c1->vdev), 0, "and one that is");
	fake_real_remove(c1);
	kapi_sys_close(c);
	fake_real_remove(a);
	fake_real_remove(b);
}

int main(void)
{
	core_start();
	memory = mmap(NULL, 16 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	test_set_iommu();
	test_replay();
	test_info("6.12", 72);
	test_info("6.1", 68);
	test_conflicts();
	is(user_domains(), 0, "no domain is left");
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
