// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1 MAP_DMA, UNMAP_DMA and GET_INFO against a model that keeps mappings in an
 * unordered array and looks at each: random operations over a small window of
 * addresses, v1 and v2, with an IOMMU and without. Clauses T1-015 to T1-091.
 */
#include "core_test.h"
#include "core_iommu.h"

#define WINDOW 48		/* pages of I/O virtual addresses */
#define BASE 0xfede8000ULL	/* so that the reserved window lies in its middle */
#define MEMORY 64		/* pages of user memory: the last 8 missing, 8 before read-only */
#define PG 4096ULL

struct mapping {
	u64 iova, size, vaddr;
	u32 prot;
};

static struct mapping model[WINDOW];
static unsigned int count;
static u8 *memory;
static bool v2, real;
static int container;
static struct fake *dev;

static u64 rnd_state = 1;

static u32 rnd(u32 below)
{
	rnd_state = rnd_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (rnd_state >> 33) % below;
}

static bool meets(const struct mapping *m, u64 iova, u64 size)
{
	return m->iova < iova + size && iova < m->iova + m->size;
}

static bool memory_good(u64 vaddr, u64 size, u32 prot)
{
	u64 last = (vaddr + size - 1 - (u64)memory) / PG;

	if (last >= MEMORY - 8)
		return false;
	return !(prot & 2) || last < MEMORY - 16;
}

static int model_map(u64 iova, u64 size, u64 vaddr, u32 flags)
{
	u64 resv = fiommu_resv_start;
	unsigned int i;

	if (!(flags & 3) || !size || (iova | size | vaddr) % PG)
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (meets(&model[i], iova, size))
			return -EEXIST;
	if (real && iova < resv + fiommu_resv_len && resv < iova + size)
		return -EINVAL;
	if (real && !memory_good(vaddr, size, flags))
		return -EFAULT;
	model[count++] = (struct mapping) { iova, size, vaddr, flags };
	return 0;
}

static int model_unmap(u64 iova, u64 size, bool all, u64 *unmapped)
{
	struct mapping *m, *lowest = NULL;
	unsigned int i;

	*unmapped = 0;
	if (all) {
		if (iova || size)
			return -EINVAL;
		for (i = 0; i < count; i++)
			*unmapped += model[i].size;
		count = 0;
		return 0;
	}
	if (!size || (iova | size) % PG)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		m = &model[i];
		if (!meets(m, iova, size))
			continue;
		if (v2 && (m->iova < iova || m->iova + m->size > iova + size))
			return -EINVAL;
		if (!lowest || m->iova < lowest->iova)
			lowest = m;
	}
	if (lowest && lowest->iova < iova)
		return 0;
	for (i = 0; i < count;) {
		if (!meets(&model[i], iova, size)) {
			i++;
			continue;
		}
		*unmapped += model[i].size;
		model[i] = model[--count];
	}
	return 0;
}

static unsigned int dma_avail(void)
{
	struct {
		struct vfio_iommu_type1_info info;
		u8 caps[400];
	} buf = { .info.argsz = sizeof(buf) };
	struct vfio_info_cap_header *cap;
	u32 at;

	if (sys(container, VFIO_IOMMU_GET_INFO, &buf))
		return ~0U;
	for (at = buf.info.cap_offset; at; at = cap->next) {
		cap = (void *)&buf + at;
		if (cap->id == VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL)
			return ((struct vfio_iommu_type1_info_dma_avail *)cap)->avail;
	}
	return ~0U;
}

/* Is every page of the window translated as the model says? */
static unsigned int wrong_pages(void)
{
	unsigned int page, i, wrong = 0;
	u64 iova, want, have;
	void *entry;

	for (page = 0; real && page < WINDOW; page++) {
		iova = BASE + page * PG;
		want = 0;
		for (i = 0; i < count; i++)
			if (meets(&model[i], iova, PG))
				want = ((model[i].vaddr + iova - model[i].iova) | KAPI_PHYS_USER)
				       >> 12 << 2 | (model[i].prot & 3);
		entry = xa_load(&fake_domain(dev)->pages, iova >> PAGE_SHIFT);
		have = entry ? xa_to_value(entry) : 0;
		wrong += have != want;
	}
	return wrong;
}

static int do_map(u64 iova, u64 size, u64 vaddr, u32 flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = flags, .vaddr = vaddr, .iova = iova, .size = size };

	return sys(container, VFIO_IOMMU_MAP_DMA, &map);
}

static int do_unmap(u64 iova, u64 *size, u32 flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap), .flags = flags, .iova = iova, .size = *size };
	int ret = sys(container, VFIO_IOMMU_UNMAP_DMA, &unmap);

	*size = unmap.size;
	return ret;
}

static bool step_map(void)
{
	u64 iova = BASE + rnd(WINDOW) * PG, size = rnd(6) * PG;
	u64 vaddr = (u64)memory + rnd(MEMORY - 6) * PG;
	u32 flags = rnd(8) ? 3 : rnd(4);

	if (!rnd(20))
		iova += 8;
	if (!rnd(20))
		vaddr += 512;
	return do_map(iova, size, vaddr, flags) == model_map(iova, size, vaddr, flags);
}

static bool step_unmap(void)
{
	u64 iova = BASE + rnd(WINDOW) * PG, size = rnd(12) * PG, want_size, asked;
	bool all = !rnd(40);
	int ret, want;

	if (all && rnd(2))
		iova = size = 0;
	if (!rnd(20))
		iova += 16;
	asked = size;
	ret = do_unmap(iova, &size, all ? VFIO_DMA_UNMAP_FLAG_ALL : 0);
	want = model_unmap(iova, asked, all, &want_size);
	return ret == want && size == (ret ? asked : want_size);
}

static void random_run(const char *what, unsigned int steps)
{
	unsigned int i, bad = 0;
	u64 locked, size = 0, unmapped;

	for (i = 0; i < steps && !bad; i++) {
		bad = rnd(5) < 3 ? !step_map() : !step_unmap();
		bad |= wrong_pages() != 0;
		locked = 0;
		for (unmapped = 0; real && unmapped < count; unmapped++)
			locked += model[unmapped].size / PG;
		bad |= current->mm->locked_vm != locked;
		bad |= dma_avail() != U16_MAX - count;
	}
	ok(!bad, "%s: %u random operations, %u mappings at the end", what, i, count);
	is(do_unmap(0, &size, VFIO_DMA_UNMAP_FLAG_ALL), 0, "%s: unmap all", what);
	is(model_unmap(0, 0, true, &unmapped), 0, "of the model, too");
	is(size, unmapped, "same size");
	is(current->mm->locked_vm, 0, "nothing is accounted any more");
}

static void run(bool with_iommu, int type, const char *what)
{
	int g;

	real = with_iommu;
	v2 = type == VFIO_TYPE1v2_IOMMU;
	dev = real ? fake_real("fake-t1") : fake_emulated("fake-t1");
	container = open_container();
	g = open_group(&dev->vdev);
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &container), 0, "%s: join", what);
	is(sysv(container, VFIO_SET_IOMMU, type), 0, "%s: backend", what);
	random_run(what, 4000);
	kapi_sys_close(g);
	kapi_sys_close(container);
	is(user_domains(), 0, "%s: no domain is left", what);
	if (real)
		fake_real_remove(dev);
	else
		fake_remove(dev);
}

int main(void)
{
	core_start();
	fiommu_resv_len = 4 * PG;
	memory = mmap(NULL, MEMORY * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	mprotect(memory + (MEMORY - 16) * PG, 8 * PG, PROT_READ);
	munmap(memory + (MEMORY - 8) * PG, 8 * PG);
	run(true, VFIO_TYPE1v2_IOMMU, "v2 with IOMMU");
	run(true, VFIO_TYPE1_IOMMU, "v1 with IOMMU");
	run(false, VFIO_TYPE1v2_IOMMU, "v2 emulated");
	run(false, VFIO_TYPE1_IOMMU, "v1 emulated");
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
