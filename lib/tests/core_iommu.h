/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake IOMMU for unit tests: one entry per page, in an xarray. Its aperture,
 * reserved window and abilities can be changed between devices.
 */
#ifndef CORE_IOMMU_H
#define CORE_IOMMU_H

#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/xarray.h>

struct fdomain {
	struct iommu_domain domain;
	struct xarray pages;		/* iova >> 12 -> pfn << 2 | prot */
	unsigned int calls;		/* of map_pages */
};

static u64 fiommu_aperture_end = (1ULL << 40) - 1;
static u64 fiommu_resv_start = 0xfee00000, fiommu_resv_len = 0x100000;
static bool fiommu_coherent = true, fiommu_enforce;
static unsigned int fiommu_domains, fiommu_devices;
static long fiommu_fail_map;		/* the n-th map from now on fails; 0: none */
static struct device *fiommu_refused;	/* gets no domain of a user */

static inline struct fdomain *to_fdomain(struct iommu_domain *domain)
{
	return container_of(domain, struct fdomain, domain);
}

static int fdomain_attach(struct iommu_domain *domain, struct device *dev)
{
	return dev == fiommu_refused && domain->type == IOMMU_DOMAIN_UNMANAGED ? -EIO : 0;
}

static int fdomain_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
		       size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped)
{
	struct fdomain *fd = to_fdomain(domain);
	unsigned long value;
	size_t done;
	int ret;

	fd->calls++;
	if (fiommu_fail_map && !--fiommu_fail_map)
		return -ENOMEM;
	if (iova + pgsize * pgcount - 1 > domain->geometry.aperture_end)
		return -EFAULT;
	for (done = 0; done < pgsize * pgcount; done += PAGE_SIZE) {
		value = (paddr + done) >> PAGE_SHIFT << 2 | (prot & 3);
		ret = xa_insert(&fd->pages, (iova + done) >> PAGE_SHIFT, xa_mk_value(value), gfp);
		if (ret)
			return ret == -EBUSY ? -EEXIST : ret;
		*mapped += PAGE_SIZE;
	}
	return 0;
}

static size_t fdomain_unmap(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
			    size_t pgcount, struct iommu_iotlb_gather *gather)
{
	struct fdomain *fd = to_fdomain(domain);
	size_t done;

	for (done = 0; done < pgsize * pgcount; done += PAGE_SIZE)
		if (!xa_erase(&fd->pages, (iova + done) >> PAGE_SHIFT))
			break;
	return done;
}

static phys_addr_t fdomain_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	void *entry = xa_load(&to_fdomain(domain)->pages, iova >> PAGE_SHIFT);

	return entry ? (xa_to_value(entry) >> 2 << PAGE_SHIFT) + offset_in_page(iova) : 0;
}

static bool fdomain_enforce(struct iommu_domain *domain)
{
	return fiommu_enforce;
}

static void fdomain_free(struct iommu_domain *domain)
{
	WARN_ON(!xa_empty(&to_fdomain(domain)->pages));
	fiommu_domains--;
	kfree(to_fdomain(domain));
}

static const struct iommu_domain_ops fdomain_ops = {
	.attach_dev = fdomain_attach,
	.map_pages = fdomain_map,
	.unmap_pages = fdomain_unmap,
	.iova_to_phys = fdomain_phys,
	.enforce_cache_coherency = fdomain_enforce,
	.free = fdomain_free,
};

static struct iommu_domain *fiommu_alloc(struct device *dev)
{
	struct fdomain *fd = kzalloc(sizeof(*fd), GFP_KERNEL);

	if (!fd)
		return ERR_PTR(-ENOMEM);
	xa_init(&fd->pages);
	fd->domain.ops = &fdomain_ops;
	fd->domain.pgsize_bitmap = 1UL << 12 | 1UL << 21;
	fd->domain.geometry = (struct iommu_domain_geometry) {
		.aperture_end = fiommu_aperture_end, .force_aperture = true };
	fiommu_domains++;
	return &fd->domain;
}

static bool fiommu_capable(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY ? fiommu_coherent :
	       cap == IOMMU_CAP_ENFORCE_CACHE_COHERENCY && fiommu_enforce;
}

static struct iommu_group *fiommu_group(struct device *dev)
{
	return iommu_group_alloc();
}

static void fiommu_resv(struct device *dev, struct list_head *list)
{
	struct iommu_resv_region *resv;

	if (!fiommu_resv_len)
		return;
	resv = iommu_alloc_resv_region(fiommu_resv_start, fiommu_resv_len, 0, IOMMU_RESV_MSI,
				       GFP_KERNEL);
	if (resv)
		list_add_tail(&resv->list, list);
}

static const struct iommu_domain_ops fiommu_static_ops = { .attach_dev = fdomain_attach };
static struct iommu_domain fiommu_identity = { .type = IOMMU_DOMAIN_IDENTITY,
					       .ops = &fiommu_static_ops };
static struct iommu_domain fiommu_blocked = { .type = IOMMU_DOMAIN_BLOCKED,
					      .ops = &fiommu_static_ops };

static struct iommu_ops fiommu_ops = {
	.capable = fiommu_capable,
	.domain_alloc_paging = fiommu_alloc,
	.device_group = fiommu_group,
	.get_resv_regions = fiommu_resv,
	.isolated_msi = true,
	.identity_domain = &fiommu_identity,
	.blocked_domain = &fiommu_blocked,
};

static struct iommu_device fiommu = { .ops = &fiommu_ops };

/* A device behind the fake IOMMU, registered. */
static inline struct fake *fake_real(const char *name)
{
	struct fake *fake = fake_alloc(name, &fake_ops);

	is(iommu_probe_device_on(&fiommu, fake->vdev.dev), 0, "%s gets an IOMMU", name);
	fiommu_devices++;
	is(vfio_register_group_dev(&fake->vdev), 0, "register %s", name);
	return fake;
}

static inline void fake_real_remove(struct fake *fake)
{
	struct device *dev = fake->vdev.dev;

	vfio_unregister_group_dev(&fake->vdev);
	vfio_put_device(&fake->vdev);
	iommu_release_device(dev);
	fiommu_devices--;
	fake_parent_remove(dev);
}

/* Domains that users made: all but each group's default domain. */
static inline unsigned int user_domains(void)
{
	return fiommu_domains - fiommu_devices;
}

/* The domain that the device's DMA goes through now. */
static inline struct fdomain *fake_domain(struct fake *fake)
{
	return to_fdomain(iommu_get_domain_for_dev(fake->vdev.dev));
}

#endif
