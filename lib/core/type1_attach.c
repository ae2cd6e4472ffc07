// SPDX-License-Identifier: GPL-2.0-only
/*
 * type1: groups come and go. Groups whose IOMMUs are alike share a domain; what
 * is mapped is replayed into a new one. Clauses T1-123 to T1-134, GRP-031 to
 * GRP-033.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "type1.h"

static struct vfio_iommu_group *find_iommu_group(struct list_head *groups,
						 struct iommu_group *iommu_group)
{
	struct vfio_iommu_group *group;

	list_for_each_entry(group, groups, next)
		if (group->iommu_group == iommu_group)
			return group;
	return NULL;
}

struct vfio_iommu_group *vfio_iommu_find_iommu_group(struct vfio_iommu *iommu,
						     struct iommu_group *iommu_group)
{
	struct vfio_iommu_group *group;
	struct vfio_domain *d;

	list_for_each_entry(d, &iommu->domain_list, next) {
		group = find_iommu_group(&d->group_list, iommu_group);
		if (group)
			return group;
	}
	return find_iommu_group(&iommu->emulated_iommu_groups, iommu_group);
}

size_t vfio_iommu_pgsize(const struct vfio_iommu *iommu)
{
	return (size_t)1 << __ffs(iommu->pgsize_bitmap);
}

/* Page sizes that all domains have; those below PAGE_SIZE mean PAGE_SIZE works. */
static void vfio_update_pgsize_bitmap(struct vfio_iommu *iommu)
{
	struct vfio_domain *d;

	iommu->pgsize_bitmap = ULONG_MAX;
	list_for_each_entry(d, &iommu->domain_list, next)
		iommu->pgsize_bitmap &= d->domain->pgsize_bitmap;
	if (iommu->pgsize_bitmap & ~PAGE_MASK)
		iommu->pgsize_bitmap = (iommu->pgsize_bitmap & PAGE_MASK) | PAGE_SIZE;
}

static int vfio_domain_alloc_for(struct device *dev, void *data)
{
	struct iommu_domain **domain = data;

	*domain = iommu_paging_domain_alloc(dev);
	return 1;	/* any device of the group will do */
}

static struct vfio_domain *vfio_domain_alloc(struct vfio_iommu *iommu,
					     struct iommu_group *iommu_group)
{
	struct vfio_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL);
	int ret;

	if (!domain)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&domain->group_list);
	domain->domain = ERR_PTR(-ENODEV);
	iommu_group_for_each_dev(iommu_group, &domain->domain, vfio_domain_alloc_for);
	if (IS_ERR(domain->domain)) {
		ret = PTR_ERR(domain->domain);
		goto err;
	}

	ret = iommu->nesting ? iommu_enable_nesting(domain->domain) : 0;
	if (!ret)
		return domain;
	iommu_domain_free(domain->domain);
err:
	kfree(domain);
	return ERR_PTR(ret);
}

static void vfio_domain_free(struct vfio_domain *domain)
{
	iommu_domain_free(domain->domain);
	kfree(domain);
}

/*
 * Map all there is into a domain that was just put on the list. If it is the
 * first one, nothing is pinned yet and its going ends that again.
 */
static int vfio_iommu_replay(struct vfio_iommu *iommu, struct vfio_domain *domain)
{
	bool first = list_is_singular(&iommu->domain_list);
	struct vfio_extent *ext, *done = NULL;
	struct vfio_dma *dma, *failed;
	int ret = 0;

	vfio_for_each_dma(iommu, dma) {
		if (first) {
			ret = vfio_dma_pin_map(iommu, dma);
		} else {
			done = NULL;
			list_for_each_entry(ext, &dma->extents, list) {
				ret = vfio_domain_map_extent(domain, dma, ext);
				if (ret)
					break;
				done = ext;
			}
		}
		if (ret)
			break;
	}
	if (!ret)
		return 0;

	failed = dma;
	vfio_for_each_dma(iommu, dma) {
		if (first) {
			if (dma == failed)
				break;
			vfio_dma_unmap_uncharge(iommu, dma);
			continue;
		}
		if (dma == failed && !done)
			break;
		list_for_each_entry(ext, &dma->extents, list) {
			iommu_unmap(domain->domain, ext->iova, ext->npages << PAGE_SHIFT);
			if (dma == failed && ext == done)
				break;
		}
		if (dma == failed)
			break;
	}
	return ret;
}

/* An existing domain that can serve the group as well as @domain, to which it is attached. */
static struct vfio_domain *vfio_domain_share(struct vfio_iommu *iommu, struct vfio_domain *domain,
					     struct iommu_group *iommu_group, int *err)
{
	struct vfio_domain *d;

	*err = 0;
	list_for_each_entry(d, &iommu->domain_list, next) {
		if (d->domain->ops != domain->domain->ops ||
		    d->enforce_cache_coherency != domain->enforce_cache_coherency)
			continue;
		iommu_detach_group(domain->domain, iommu_group);
		if (!iommu_attach_group(d->domain, iommu_group))
			return d;
		*err = iommu_attach_group(domain->domain, iommu_group);
		if (*err)
			return NULL;
	}
	return NULL;
}

static bool vfio_interrupts_safe(struct iommu_group *iommu_group)
{
	if (vfio_type1_allow_unsafe_interrupts || iommu_group_has_isolated_msi(iommu_group))
		return true;
	pr_warn("vfio_iommu_type1: no interrupt remapping, see allow_unsafe_interrupts\n");
	return false;
}

/* @group is attached to @domain, which nobody else knows yet. */
static int vfio_domain_admit(struct vfio_iommu *iommu, struct vfio_domain *domain,
			     struct vfio_iommu_group *group)
{
	const struct iommu_domain_ops *ops = domain->domain->ops;
	struct vfio_domain *shared;
	LIST_HEAD(iova_list);
	int ret;

	ret = vfio_iova_add_group(iommu, domain->domain, group->iommu_group, &iova_list);
	if (ret)
		goto err_detach;
	if (!vfio_interrupts_safe(group->iommu_group)) {
		ret = -EPERM;
		goto err_detach;
	}

	/* KVM then need not care for the caches on behalf of the device. */
	if (ops->enforce_cache_coherency)
		domain->enforce_cache_coherency = ops->enforce_cache_coherency(domain->domain);

	shared = vfio_domain_share(iommu, domain, group->iommu_group, &ret);
	if (ret)
		goto err;
	if (shared) {
		list_add(&group->next, &shared->group_list);
		vfio_domain_free(domain);
	} else {
		list_add(&domain->next, &iommu->domain_list);
		ret = MUTANT(type1_replay_skipped, !RB_EMPTY_ROOT(&iommu->dma_list)) ? 0 :
		      vfio_iommu_replay(iommu, domain);
		if (ret) {
			list_del(&domain->next);
			goto err_detach;
		}
		list_add(&group->next, &domain->group_list);
		vfio_update_pgsize_bitmap(iommu);
	}

	vfio_iova_free(&iommu->iova_list);
	list_splice_tail(&iova_list, &iommu->iova_list);
	/* Its devices can write anywhere, until a driver pins what it needs. */
	iommu->num_non_pinned_groups++;
	return 0;

err_detach:
	iommu_detach_group(domain->domain, group->iommu_group);
err:
	vfio_iova_free(&iova_list);
	return ret;
}

static int vfio_attach_real_group(struct vfio_iommu *iommu, struct vfio_iommu_group *group)
{
	struct vfio_domain *domain = vfio_domain_alloc(iommu, group->iommu_group);
	int ret;

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	ret = iommu_attach_group(domain->domain, group->iommu_group);
	if (!ret)
		ret = vfio_domain_admit(iommu, domain, group);
	if (ret)
		vfio_domain_free(domain);
	return ret;
}

static int vfio_attach_group_locked(struct vfio_iommu *iommu, struct iommu_group *iommu_group,
				    enum vfio_group_type type)
{
	struct vfio_iommu_group *group;
	int ret = 0;

	/* A replay may have to pin, and there is no address to pin at. */
	if (UNLESS_MUTANT(type1_attach_waits_not, iommu->vaddr_invalid_count))
		return profile(BEH_VADDR_WAITS) ? -ERESTARTSYS : -EBUSY;
	if (vfio_iommu_find_iommu_group(iommu, iommu_group))
		return -EINVAL;

	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group)
		return -ENOMEM;
	group->iommu_group = iommu_group;

	if (type == VFIO_EMULATED_IOMMU) {
		/* It reaches memory through vfio_pin_pages() and vfio_dma_rw() only. */
		group->pinned_page_dirty_scope = true;
		list_add(&group->next, &iommu->emulated_iommu_groups);
	} else {
		ret = vfio_attach_real_group(iommu, group);
	}
	if (ret)
		kfree(group);
	return ret;
}

int vfio_iommu_type1_attach_group(void *iommu_data, struct iommu_group *iommu_group,
				  enum vfio_group_type type)
{
	struct vfio_iommu *iommu = iommu_data;
	int ret;

	mutex_lock(&iommu->lock);
	ret = vfio_attach_group_locked(iommu, iommu_group, type);
	mutex_unlock(&iommu->lock);
	return ret;
}

static void vfio_iommu_remove_all_dma(struct vfio_iommu *iommu)
{
	struct vfio_dma *dma;

	WARN_ON(!list_empty(&iommu->device_list));
	while ((dma = vfio_dma_from(iommu, 0)))
		vfio_remove_dma(iommu, dma);
}

/* The last domain goes and emulated groups stay: only what drivers pinned stays pinned. */
static void vfio_iommu_unpin_reaccount(struct vfio_iommu *iommu)
{
	struct vfio_pins *pins;
	struct vfio_dma *dma;
	unsigned int index;
	long acct;

	vfio_for_each_dma(iommu, dma) {
		acct = -vfio_dma_unmap_unpin(iommu, dma);
		vfio_for_each_pinned(dma, pins, index)
			acct += UNLESS_MUTANT(type1_reaccount_forgets_pins,
					      !vfio_pfn_reserved(pins->pfn[index]));
		vfio_lock_acct(dma, acct, true);
	}
}

static void vfio_iommu_remove_domain(struct vfio_iommu *iommu, struct vfio_domain *domain)
{
	struct vfio_extent *ext;
	struct vfio_dma *dma;

	if (!list_is_singular(&iommu->domain_list)) {
		vfio_for_each_dma(iommu, dma)
			list_for_each_entry(ext, &dma->extents, list)
				iommu_unmap(domain->domain, ext->iova, ext->npages << PAGE_SHIFT);
	} else if (list_empty(&iommu->emulated_iommu_groups)) {
		vfio_iommu_remove_all_dma(iommu);
	} else {
		vfio_iommu_unpin_reaccount(iommu);
	}
	list_del(&domain->next);
	vfio_domain_free(domain);
	vfio_update_pgsize_bitmap(iommu);
}

static struct vfio_iommu_group *vfio_detach_real_group(struct vfio_iommu *iommu,
							struct iommu_group *iommu_group)
{
	struct vfio_iommu_group *group;
	struct vfio_domain *d;

	list_for_each_entry(d, &iommu->domain_list, next) {
		group = find_iommu_group(&d->group_list, iommu_group);
		if (!group)
			continue;
		iommu_detach_group(d->domain, iommu_group);
		list_del(&group->next);
		if (list_empty(&d->group_list))
			vfio_iommu_remove_domain(iommu, d);
		vfio_iova_refresh(iommu);
		return group;
	}
	return NULL;
}

void vfio_iommu_type1_detach_group(void *iommu_data, struct iommu_group *iommu_group)
{
	struct vfio_iommu *iommu = iommu_data;
	struct vfio_iommu_group *group;

	mutex_lock(&iommu->lock);
	group = find_iommu_group(&iommu->emulated_iommu_groups, iommu_group);
	if (group) {
		list_del(&group->next);
		if (list_empty(&iommu->emulated_iommu_groups) && list_empty(&iommu->domain_list))
			vfio_iommu_remove_all_dma(iommu);
	} else {
		group = vfio_detach_real_group(iommu, iommu_group);
	}

	/* What it wrote is not known: all of it may be dirty, this once. */
	if (group && !group->pinned_page_dirty_scope) {
		iommu->num_non_pinned_groups--;
		if (!MUTANT(type1_detach_not_dirty, iommu->dirty_page_tracking))
			vfio_iommu_populate_bitmap_full(iommu);
	}
	kfree(group);
	mutex_unlock(&iommu->lock);
}

void vfio_iommu_release_groups(struct vfio_iommu *iommu)
{
	struct vfio_iommu_group *group, *next_group;
	struct vfio_domain *d, *next;

	vfio_iommu_remove_all_dma(iommu);
	list_for_each_entry_safe(group, next_group, &iommu->emulated_iommu_groups, next) {
		list_del(&group->next);
		kfree(group);
	}
	list_for_each_entry_safe(d, next, &iommu->domain_list, next) {
		list_for_each_entry_safe(group, next_group, &d->group_list, next) {
			iommu_detach_group(d->domain, group->iommu_group);
			list_del(&group->next);
			kfree(group);
		}
		list_del(&d->next);
		vfio_domain_free(d);
	}
}
