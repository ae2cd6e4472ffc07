// SPDX-License-Identifier: GPL-2.0-only
/* iommu_map() and iommu_unmap() against a table with one entry per page. */
#include <linux/sizes.h>

#include "pci_machine.h"

#define PAGES	8192u		/* 32 MiB: several large pages */
#define BASE	(6ull * SZ_1G - 5 * SZ_2M)	/* over a boundary of 1 GiB */

static struct iommu_domain *domain;

/* What the page tables should hold: the address and the leaf each page is part of. */
static struct {
	u64 phys;
	unsigned int leaf_first, leaf_pages;
} model[PAGES];

static u64 iova_of(unsigned int page)
{
	return BASE + (u64)page * SZ_4K;
}

static bool model_free(unsigned int first, unsigned int n)
{
	while (n--)
		if (model[first++].phys)
			return false;
	return true;
}

/* The largest leaf at a time, as page table code does it. */
static void model_map(unsigned int first, unsigned int n, u64 phys)
{
	while (n) {
		u64 align = iova_of(first) | phys;
		unsigned int leaf = 1, i;

		if (n >= SZ_2M / SZ_4K && !(align & (SZ_2M - 1)))
			leaf = SZ_2M / SZ_4K;
		for (i = 0; i < leaf; i++) {
			model[first + i].phys = phys + (u64)i * SZ_4K;
			model[first + i].leaf_first = first;
			model[first + i].leaf_pages = leaf;
		}
		first += leaf;
		n -= leaf;
		phys += (u64)leaf * SZ_4K;
	}
}

static unsigned int model_unmap(unsigned int first, unsigned int n)
{
	unsigned int at = first, end = first + n;

	while (at < end && at < PAGES && model[at].phys) {
		unsigned int leaf = model[at].leaf_first, pages = model[at].leaf_pages, i;

		for (i = leaf; i < leaf + pages; i++)
			model[i].phys = 0;
		at = leaf + pages;
	}
	return at - first;
}

static bool compare(void)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		u64 off = (i * 97u) & (SZ_4K - 1);
		u64 want = model[i].phys ? model[i].phys + off : 0;

		if (iommu_iova_to_phys(domain, iova_of(i) + off) != want)
			return false;
	}
	return true;
}

static unsigned int rnd(unsigned int n)
{
	return random() % n;
}

static void random_operation(bool *good)
{
	unsigned int n = rnd(3) ? 1 + rnd(64) : 1 + rnd(2048);
	unsigned int first = rnd(PAGES - n);
	u64 phys = (u64)(1 + rnd(1000)) * SZ_2M + (rnd(2) ? iova_of(first) & (SZ_2M - 1) :
						   (u64)rnd(512) * SZ_4K);

	if (rnd(2)) {
		if (!model_free(first, n))
			return;
		if (iommu_map(domain, iova_of(first), phys, (size_t)n * SZ_4K, IOMMU_READ,
			      GFP_KERNEL))
			*good = false;
		model_map(first, n, phys);
	} else {
		unsigned int want = model_unmap(first, n);

		if (iommu_unmap(domain, iova_of(first), (size_t)n * SZ_4K) != (u64)want * SZ_4K)
			*good = false;
	}
}

static void test_random(void)
{
	unsigned int round, i;

	srandom(1);
	for (round = 0; round < 20; round++) {
		bool good = true;

		for (i = 0; i < 500; i++)
			random_operation(&good);
		ok(good && compare(), "500 random operations, round %u", round);
	}
	for (i = 0; i < PAGES; ) {
		if (!model[i].phys) {
			i++;
			continue;
		}
		i += model_unmap(i, 1);
	}
	while (i--)
		iommu_unmap(domain, iova_of(i), SZ_4K);
	ok(compare(), "all unmapped");
}

static void test_errors(void)
{
	is(iommu_map(domain, 0x1001, 0x1000, SZ_4K, IOMMU_READ, GFP_KERNEL), -EINVAL,
	   "iova not aligned");
	is(iommu_map(domain, 0x1000, 0x1800, SZ_4K, IOMMU_READ, GFP_KERNEL), -EINVAL,
	   "address not aligned");
	is(iommu_map(domain, 0x1000, 0x1000, 100, IOMMU_READ, GFP_KERNEL), -EINVAL,
	   "size not aligned");
	is(iommu_map(domain, 0x1000, 0x1000, SZ_4K, 0, GFP_KERNEL), -EINVAL, "no permission");
	is(iommu_map(domain, 1ull << 39, 0x1000, SZ_4K, IOMMU_READ, GFP_KERNEL), -EFAULT,
	   "beyond the aperture");
	is(iommu_map(domain, (1ull << 39) - SZ_4K, 0x1000, 2 * SZ_4K, IOMMU_READ, GFP_KERNEL),
	   -EFAULT, "running out of the aperture");
	is(iommu_iova_to_phys(domain, (1ull << 39) - SZ_4K), 0, "leaves nothing behind");
	is(iommu_map(domain, (1ull << 39) - SZ_4K, 0x1000, SZ_4K, IOMMU_READ, GFP_KERNEL), 0,
	   "the last page");
	is(iommu_unmap(domain, (1ull << 39) - SZ_4K, SZ_4K), SZ_4K, "unmapped");
	is(iommu_unmap(domain, 0x5000, SZ_4K), 0, "nothing to unmap");
	is(iommu_unmap(domain, 0x5001, SZ_4K), 0, "unmap: not aligned");

	is(iommu_map(domain, SZ_1G, SZ_1G, 3ull * SZ_1G, IOMMU_WRITE, GFP_KERNEL), 0, "3 GiB");
	is(iommu_unmap(domain, 2ull * SZ_1G + SZ_2M, SZ_4K), SZ_1G - SZ_2M,
	   "a page inside a page of 1 GiB takes the rest of it");
	is(iommu_iova_to_phys(domain, 2ull * SZ_1G), 0, "and its beginning");
	is(iommu_iova_to_phys(domain, 2ull * SZ_1G - 1), 2ull * SZ_1G - 1, "not the one before");
	is(iommu_unmap(domain, SZ_1G, 3ull * SZ_1G), SZ_1G, "unmap stops at a hole");
	is(iommu_unmap(domain, 3ull * SZ_1G, SZ_1G), SZ_1G, "the rest");
}

static void test_groups(void)
{
	struct pci_dev *main_dev = machine_dev(1, 0, 0), *f0 = machine_dev(2, 0, 0);
	struct iommu_group *group = iommu_group_get(&main_dev->dev);
	struct iommu_group *shared = iommu_group_get(&f0->dev);
	struct iommu_resv_region *r, *next;
	struct iommu_domain *second;
	LIST_HEAD(regions);
	unsigned int n = 0;
	int owner;

	ok(f0->dev.iommu_group == machine_dev(2, 0, 1)->dev.iommu_group, "functions share a group");
	ok(f0->dev.iommu_group != machine_dev(0, 5, 0)->dev.iommu_group, "but not with the port");
	ok(machine_dev(0, 4, 0)->dev.iommu_group != machine_dev(0, 5, 0)->dev.iommu_group,
	   "ports have their own");
	ok(device_iommu_capable(&f0->dev, IOMMU_CAP_CACHE_COHERENCY), "coherent");
	ok(!device_iommu_capable(&f0->dev, IOMMU_CAP_DIRTY_TRACKING), "no dirty tracking");
	ok(iommu_group_has_isolated_msi(group), "isolated MSI");
	is(iommu_get_group_resv_regions(shared, &regions), 0, "reserved regions");
	list_for_each_entry_safe(r, next, &regions, list) {
		n++;
		ok(r->start == 0xfee00000 && r->length == SZ_1M && r->type == IOMMU_RESV_MSI,
		   "the interrupt window");
		kfree(r);
	}
	is(n, 1, "one for both devices");

	is(iommu_group_claim_dma_owner(group, &owner), 0, "claim");
	is(iommu_group_claim_dma_owner(group, &owner), -EPERM, "only once");
	ok(iommu_group_dma_owner_claimed(group), "claimed");
	is(iommu_device_use_default_domain(&main_dev->dev), -EBUSY, "no driver with the DMA API");
	is(iommu_attach_group(domain, group), 0, "attach");
	second = iommu_paging_domain_alloc(&main_dev->dev);
	is(iommu_attach_group(second, group), -EBUSY, "one domain at a time");
	iommu_detach_group(domain, group);
	is(iommu_attach_group(second, group), 0, "then the other");
	iommu_detach_group(second, group);
	iommu_group_release_dma_owner(group);
	ok(!iommu_group_dma_owner_claimed(group), "released");
	is(iommu_device_use_default_domain(&main_dev->dev), 0, "now a driver");
	is(iommu_group_claim_dma_owner(group, &owner), -EPERM, "keeps owners away");
	iommu_device_unuse_default_domain(&main_dev->dev);
	ok(second->ops->enforce_cache_coherency(second), "coherency of an empty domain");
	iommu_map(domain, 0, 0x1000, SZ_4K, IOMMU_READ, GFP_KERNEL);
	ok(!domain->ops->enforce_cache_coherency(domain), "not of one with mappings");
	iommu_unmap(domain, 0, SZ_4K);
	iommu_domain_free(second);
	iommu_group_put(group);
	iommu_group_put(shared);
}

int main(void)
{
	machine_init();
	domain = iommu_paging_domain_alloc(&machine_dev(1, 0, 0)->dev);
	ok(!IS_ERR(domain), "domain");
	is(domain->pgsize_bitmap, SZ_4K | SZ_2M | SZ_1G, "page sizes");
	is(domain->geometry.aperture_end, (1ull << 39) - 1, "aperture");
	test_errors();
	test_random();
	test_groups();
	iommu_domain_free(domain);
	return tap_done();
}
