// SPDX-License-Identifier: GPL-2.0-only
/* Domains: mapping, and which domain a group's devices are in. */
#include <kapi/objects.h>
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/slab.h>

#include "iommu_internal.h"

struct iommu_domain *iommu_paging_domain_alloc(struct device *dev)
{
	const struct iommu_ops *ops;
	struct iommu_domain *domain;

	if (!dev_has_iommu(dev))
		return ERR_PTR(-ENODEV);
	ops = dev_iommu_ops(dev);
	domain = ops->domain_alloc_paging(dev);
	if (!domain)
		return ERR_PTR(-ENOMEM);
	if (IS_ERR(domain))
		return domain;
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	domain->owner = ops;
	kapi_object_add(KAPI_IOMMU_DOMAINS, 1);
	return domain;
}

static int first_behind_iommu(struct device *dev, void *data)
{
	if (!dev_has_iommu(dev))
		return 0;
	*(struct device **)data = dev;
	return 1;
}

struct iommu_domain *iommu_domain_alloc(const struct bus_type *bus)
{
	struct iommu_domain *domain;
	struct device *dev = NULL;

	bus_for_each_dev(bus, NULL, &dev, first_behind_iommu);
	if (!dev)
		return NULL;
	domain = iommu_paging_domain_alloc(dev);
	return IS_ERR(domain) ? NULL : domain;
}

void iommu_domain_free(struct iommu_domain *domain)
{
	kapi_object_add(KAPI_IOMMU_DOMAINS, -1);
	if (domain->ops->free)
		domain->ops->free(domain);
}

/*
 * The largest page that @iova and @paddr are aligned to and @size has room
 * for, and how many of it before a larger one fits.
 */
static size_t pick_pgsize(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
			  size_t size, size_t *count)
{
	unsigned long align = iova | paddr, sizes, next, to_next;
	size_t pgsize;

	sizes = domain->pgsize_bitmap & GENMASK(__fls(size), 0);
	if (align)
		sizes &= GENMASK(__ffs(align), 0);
	BUG_ON(!sizes);
	pgsize = 1ul << __fls(sizes);

	sizes = domain->pgsize_bitmap & ~GENMASK(__fls(pgsize), 0);
	if (sizes) {
		next = 1ul << __ffs(sizes);
		to_next = next - (align & (next - 1));
		/* Worth stopping there only if both addresses reach the boundary together. */
		if (!((iova ^ paddr) & (next - 1)) && to_next < size && size - to_next >= next)
			size = to_next;
	}
	*count = size / pgsize;
	return pgsize;
}

static unsigned long min_pgsize(struct iommu_domain *domain)
{
	return 1ul << __ffs(domain->pgsize_bitmap);
}

int iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr, size_t size,
	      int prot, gfp_t gfp)
{
	size_t done = 0;
	int ret = 0;

	if (!(domain->type & __IOMMU_DOMAIN_PAGING))
		return -EINVAL;
	if (!IS_ALIGNED(iova | paddr | size, min_pgsize(domain))) {
		pr_err("unaligned: iova 0x%lx pa 0x%llx size 0x%zx min_pagesz 0x%lx\n", iova,
		       (unsigned long long)paddr, size, min_pgsize(domain));
		return -EINVAL;
	}
	while (done < size) {
		size_t count, mapped = 0;
		size_t pgsize = pick_pgsize(domain, iova + done, paddr + done, size - done,
					    &count);

		ret = domain->ops->map_pages(domain, iova + done, paddr + done, pgsize, count,
					     prot, gfp, &mapped);
		done += mapped;
		if (ret)
			break;
	}
	if (ret && done)
		iommu_unmap(domain, iova, done);
	return ret;
}

size_t iommu_unmap_fast(struct iommu_domain *domain, unsigned long iova, size_t size,
			struct iommu_iotlb_gather *iotlb_gather)
{
	size_t done = 0;

	if (!(domain->type & __IOMMU_DOMAIN_PAGING))
		return 0;
	if (!IS_ALIGNED(iova | size, min_pgsize(domain))) {
		pr_err("unaligned: iova 0x%lx size 0x%zx min_pagesz 0x%lx\n", iova, size,
		       min_pgsize(domain));
		return 0;
	}
	while (done < size) {
		size_t count, unmapped;
		size_t pgsize = pick_pgsize(domain, iova + done, iova + done, size - done,
					    &count);

		unmapped = domain->ops->unmap_pages(domain, iova + done, pgsize, count,
						    iotlb_gather);
		if (!unmapped)
			break;
		done += unmapped;
	}
	return done;
}

size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
	struct iommu_iotlb_gather gather;
	size_t done;

	iommu_iotlb_gather_init(&gather);
	done = iommu_unmap_fast(domain, iova, size, &gather);
	iommu_iotlb_sync(domain, &gather);
	return done;
}

phys_addr_t iommu_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	if (domain->type == IOMMU_DOMAIN_IDENTITY)
		return iova;
	if (domain->type == IOMMU_DOMAIN_BLOCKED)
		return 0;
	return domain->ops->iova_to_phys(domain, iova);
}

int iommu_enable_nesting(struct iommu_domain *domain)
{
	if (domain->type != IOMMU_DOMAIN_UNMANAGED || !domain->ops->enable_nesting)
		return -EINVAL;
	return domain->ops->enable_nesting(domain);
}

void iommu_group_set_domain(struct iommu_group *group, struct iommu_domain *domain)
{
	/* Waits for the transfers that run; the next ones see the new domain. */
	pthread_rwlock_wrlock(&group->dma_lock);
	group->domain = domain;
	pthread_rwlock_unlock(&group->dma_lock);
}

int iommu_attach_group(struct iommu_domain *domain, struct iommu_group *group)
{
	struct group_device *gdev;
	int ret = 0;

	mutex_lock(&group->mutex);
	if (!group->ops || group->ops != domain->owner)
		ret = -EINVAL;
	else if (group->domain && group->domain != group->default_domain &&
		 group->domain != group->ops->blocked_domain)
		ret = -EBUSY;
	if (!ret && domain->ops->attach_dev)
		list_for_each_entry(gdev, &group->devices, list) {
			ret = domain->ops->attach_dev(domain, gdev->dev);
			if (ret)
				break;
		}
	if (!ret)
		iommu_group_set_domain(group, domain);
	mutex_unlock(&group->mutex);
	return ret;
}

void iommu_detach_group(struct iommu_domain *domain, struct iommu_group *group)
{
	mutex_lock(&group->mutex);
	iommu_group_set_domain(group, group->owner ? group->ops->blocked_domain :
			       group->default_domain);
	mutex_unlock(&group->mutex);
}

struct iommu_domain *iommu_get_domain_for_dev(struct device *dev)
{
	return dev->iommu_group ? dev->iommu_group->domain : NULL;
}

int iommu_group_claim_dma_owner(struct iommu_group *group, void *owner)
{
	if (WARN_ON(!owner))
		return -EINVAL;

	guard(mutex)(&group->mutex);
	if (group->owner_cnt)
		return -EPERM;
	/* Somebody attached a domain without asking. */
	if (group->domain && group->domain != group->default_domain)
		return -EBUSY;
	if (!group->ops)
		return -ENODEV;

	group->owner_cnt = 1;
	group->owner = owner;
	iommu_group_set_domain(group, group->ops->blocked_domain);
	return 0;
}

void iommu_group_release_dma_owner(struct iommu_group *group)
{
	mutex_lock(&group->mutex);
	if (!WARN_ON(!group->owner_cnt || !group->owner)) {
		group->owner_cnt = 0;
		group->owner = NULL;
		iommu_group_set_domain(group, group->default_domain);
	}
	mutex_unlock(&group->mutex);
}

bool iommu_group_dma_owner_claimed(struct iommu_group *group)
{
	guard(mutex)(&group->mutex);
	return group->owner_cnt;
}

int iommu_device_use_default_domain(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;

	if (!group)
		return 0;

	guard(mutex)(&group->mutex);
	if (group->owner_cnt && (group->owner || group->domain != group->default_domain))
		return -EBUSY;
	group->owner_cnt++;
	return 0;
}

void iommu_device_unuse_default_domain(struct device *dev)
{
	struct iommu_group *group = dev->iommu_group;

	if (group) {
		guard(mutex)(&group->mutex);
		WARN_ON(!group->owner_cnt);
		group->owner_cnt -= !!group->owner_cnt;
	}
}
