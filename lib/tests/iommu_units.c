// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMUs that do not go together, as topologies/iommus.topo has them: devices that
 * share a container have a domain for each kind. Clauses T1-010 to T1-018, T1-126.
 */
#include <kapi/phys.h>
#include <linux/iommu.h>
#include <sys/mman.h>

#include "tap.h"
#include "vfio_machine.h"

#define WIDE	"0000:00:03.0"	/* 48 bits, snoop control */
#define MAIN	"0000:01:00.0"	/* 39 bits */
#define SNOOPS	"0000:02:00.0"	/* 39 bits, snoop control */
#define PEER	"0000:03:00.0"	/* as MAIN */

#define BEYOND	(1ULL << 40)	/* the reach of 39 bits */

static u8 *memory;

static struct iommu_domain *domain(const char *bdf)
{
	return iommu_get_domain_for_dev(&dev_of(bdf)->dev);
}

/* A group in the container; or the error of the last step. */
static int join(int container, const char *bdf)
{
	int group = open_group(group_of(bdf));
	long ret = sys(group, VFIO_GROUP_SET_CONTAINER, &container);

	if (!ret)
		return group;
	kapi_sys_close(group);
	return ret;
}

static bool translated(const char *bdf, u64 iova)
{
	return iommu_iova_to_phys(domain(bdf), iova) == ((u64)memory | KAPI_PHYS_USER);
}

static void test_kinds(void)
{
	int c = open_container(), wide = join(c, WIDE), main_group, snoops, peer;

	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "the wide one first");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 1, "which enforces coherency");
	is(map_dma(c, 0x10000, memory, 4096), 0, "map");
	is(map_dma(c, BEYOND, memory, 4096), 0, "map where 39 bits do not reach");
	is(join(c, MAIN), -EINVAL, "who cannot reach that does not fit");
	is(unmap_dma(c, BEYOND, 4096, 0), 0, "unmap it");

	main_group = join(c, MAIN);
	ok(main_group >= 0, "now it fits");
	ok(domain(MAIN) != domain(WIDE), "with a domain of its own");
	ok(translated(MAIN, 0x10000) && translated(WIDE, 0x10000), "both have what was mapped");
	is(sysv(c, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 0, "one does not enforce coherency");
	is(map_dma(c, BEYOND, memory, 4096), -EINVAL, "both have to reach what is mapped");
	is(map_dma(c, 0x20000, memory, 4096), 0, "map for both");
	ok(translated(MAIN, 0x20000) && translated(WIDE, 0x20000), "both have it");

	peer = join(c, PEER);
	ok(domain(PEER) == domain(MAIN), "IOMMUs of one kind share a domain");
	snoops = join(c, SNOOPS);
	ok(domain(SNOOPS) != domain(WIDE) && domain(SNOOPS) != domain(MAIN),
	   "less bits: neither domain serves it");
	ok(translated(SNOOPS, 0x20000), "it has all, too");

	kapi_sys_close(main_group);
	kapi_sys_close(peer);
	ok(translated(WIDE, 0x10000) && translated(SNOOPS, 0x10000), "others go, mappings stay");
	is(unmap_dma(c, 0x10000, 4096, 0), 0, "unmap");
	ok(!translated(WIDE, 0x10000) && !translated(SNOOPS, 0x10000), "from both");
	kapi_sys_close(snoops);
	is(map_dma(c, BEYOND, memory, 4096), 0, "all bits again");
	kapi_sys_close(wide);
	kapi_sys_close(c);
}

/* A domain of 39 bits with snooping serves the IOMMU that can do more, not the other way round. */
static void test_sharing(void)
{
	int c = open_container(), snoops = join(c, SNOOPS), wide;

	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "the one with less bits first");
	wide = join(c, WIDE);
	ok(wide >= 0 && domain(WIDE) == domain(SNOOPS), "one domain serves both");
	/* VFIO does not even ask for this. */
	is(iommu_attach_group(domain(SNOOPS), dev_of(MAIN)->dev.iommu_group), -EINVAL,
	   "no domain that snoops where there is no snoop control");
	kapi_sys_close(snoops);
	is(map_dma(c, BEYOND, memory, 4096), -EINVAL, "and stays what it is");
	kapi_sys_close(wide);
	kapi_sys_close(c);
}

static void test_capable(void)
{
	ok(device_iommu_capable(&dev_of(WIDE)->dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY),
	   "an IOMMU with snoop control");
	ok(!device_iommu_capable(&dev_of(MAIN)->dev, IOMMU_CAP_ENFORCE_CACHE_COHERENCY),
	   "and one without, on one machine");
}

int main(void)
{
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	kapi_init();
	kapi_load_modules();
	is(vfio_model_init("lib/pci/model/topologies/iommus.topo"), 0, "machine built");
	test_capable();
	test_kinds();
	test_sharing();
	return tap_done();
}
