// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IOMMUs of the machine, as VT-d units look to the IOMMU core. Its page
 * tables are an ordered tree of runs, each of pages of one size, so that map,
 * unmap and translation cost O(log n) in the number of runs.
 */
#include <kapi/phys.h>
#include <linux/bug.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "iommu_internal.h"
#include "iommu_pci.h"

struct pgrun {
	struct rb_node node;
	u64 iova;
	u64 len;
	u64 phys;
	u8 shift;	/* of the pages it is made of */
	int prot;
};

struct vtd_domain {
	struct iommu_domain domain;
	struct vtd *unit;		/* of the device that it was made for */
	pthread_rwlock_t lock;		/* held for read during a transfer */
	struct rb_root runs;
	struct pgrun *newest;		/* of them, or NULL if that is gone */
	bool force_snooping;
};

struct vtd {
	struct iommu_device iommu;
	unsigned int aw;
	bool snoop;
};

static struct vtd *newest;		/* unit: what comes is behind it */

static struct vtd *unit_of(struct device *dev)
{
	return container_of(dev->iommu->iommu_dev, struct vtd, iommu);
}

static struct vtd_domain *to_vtd_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct vtd_domain, domain);
}

/* The first run that ends behind @iova, or NULL. */
static struct pgrun *find_run(struct vtd_domain *d, u64 iova)
{
	struct rb_node *n = d->runs.rb_node;
	struct pgrun *found = d->newest;

	/* What was mapped last is used first. */
	if (found && iova >= found->iova && iova - found->iova < found->len)
		return found;
	found = NULL;
	while (n) {
		struct pgrun *run = rb_entry(n, struct pgrun, node);

		if (run->iova + run->len - 1 < iova) {
			n = n->rb_right;
		} else {
			found = run;
			n = n->rb_left;
		}
	}
	return found;
}

/* Where in the order a run that begins at @iova goes, and the runs on both sides. */
struct place {
	struct rb_node **link, *parent;
	struct pgrun *before, *behind;
};

static struct place find_place(struct vtd_domain *d, u64 iova)
{
	struct place at = { .link = &d->runs.rb_node };

	while (*at.link) {
		struct pgrun *run = rb_entry(*at.link, struct pgrun, node);

		at.parent = *at.link;
		if (iova < run->iova) {
			at.behind = run;
			at.link = &run->node.rb_left;
		} else {
			at.before = run;
			at.link = &run->node.rb_right;
		}
	}
	return at;
}

static void insert_run(struct vtd_domain *d, struct pgrun *new, const struct place *at)
{
	rb_link_node(&new->node, at->parent, at->link);
	rb_insert_color(&new->node, &d->runs);
	d->newest = new;
}

/* Make @run longer if the new pages continue it; true if they do. */
static bool extend_run(struct pgrun *run, u64 iova, u64 phys, u64 len, u8 shift, int prot)
{
	if (run->iova + run->len != iova || run->phys + run->len != phys ||
	    run->shift != shift || run->prot != prot)
		return false;
	run->len += len;
	return true;
}

static int vtd_map_pages(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
			 size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	u64 len = (u64)pgsize * pgcount;
	struct pgrun *run;
	struct place at;
	int ret = 0;

	if (!(prot & (IOMMU_READ | IOMMU_WRITE)))
		return -EINVAL;
	if (iova + len - 1 < iova || iova + len - 1 > domain->geometry.aperture_end)
		return -EFAULT;
	prot &= IOMMU_READ | IOMMU_WRITE;
	pthread_rwlock_wrlock(&d->lock);
	at = find_place(d, iova);
	if ((at.before && at.before->iova + at.before->len > iova) ||
	    (at.behind && at.behind->iova <= iova + len - 1)) {
		ret = -EEXIST;
		goto out;
	}
	if (!at.before || !extend_run(at.before, iova, paddr, len, ilog2(pgsize), prot)) {
		run = kmalloc(sizeof(*run), gfp);
		if (!run) {
			ret = -ENOMEM;
			goto out;
		}
		*run = (struct pgrun) { .iova = iova, .len = len, .phys = paddr,
					.shift = ilog2(pgsize), .prot = prot };
		insert_run(d, run, &at);
	}
	*mapped = len;
out:
	pthread_rwlock_unlock(&d->lock);
	WARN(ret == -EEXIST, "iova 0x%lx is mapped already\n", iova);
	return ret;
}

/* Take [start, stop), which lies inside @run, out of it. Write lock held. */
static void cut_run(struct vtd_domain *d, struct pgrun *run, u64 start, u64 stop)
{
	u64 end = run->iova + run->len;
	struct place at;

	if (start > run->iova && stop < end) {
		/* Unmapping cannot fail: page tables would only lose entries. */
		struct pgrun *tail = kmalloc(sizeof(*tail), GFP_KERNEL | __GFP_NOFAIL);

		*tail = *run;
		tail->iova = stop;
		tail->len = end - stop;
		tail->phys += stop - run->iova;
		run->len = start - run->iova;
		at = find_place(d, stop);
		insert_run(d, tail, &at);
	} else if (start > run->iova) {
		run->len = start - run->iova;
	} else if (stop < end) {
		/* Its place in the order stays: nothing is between the old start and the new. */
		run->phys += stop - run->iova;
		run->len = end - stop;
		run->iova = stop;
	} else {
		rb_erase(&run->node, &d->runs);
		if (d->newest == run)
			d->newest = NULL;
		kfree(run);
	}
}

static size_t vtd_unmap_pages(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
			      size_t pgcount, struct iommu_iotlb_gather *gather)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	u64 end = iova + (u64)pgsize * pgcount, at = iova;
	struct pgrun *run;

	pthread_rwlock_wrlock(&d->lock);
	while (at < end && (run = find_run(d, at)) && run->iova <= at) {
		u64 page = 1ull << run->shift, stop;

		/* A page goes as a whole, also when the range ends or begins inside it. */
		stop = min(run->iova + run->len, (end + page - 1) & ~(page - 1));
		cut_run(d, run, at & ~(page - 1), stop);
		at = stop;
	}
	pthread_rwlock_unlock(&d->lock);
	return at - iova;
}

/* Read lock held: the run @iova is in, or NULL. */
static struct pgrun *lookup(struct vtd_domain *d, u64 iova)
{
	struct pgrun *run = find_run(d, iova);

	return run && run->iova <= iova ? run : NULL;
}

static phys_addr_t vtd_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	phys_addr_t phys = 0;
	struct pgrun *run;

	pthread_rwlock_rdlock(&d->lock);
	run = lookup(d, iova);
	if (run)
		phys = run->phys + (iova - run->iova);
	pthread_rwlock_unlock(&d->lock);
	return phys;
}

static int vtd_dma(struct iommu_domain *domain, u64 iova, void *buf, size_t len, bool write)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	int ret = -EFAULT;
	struct pgrun *run;

	/* The copy is under the lock: once unmapped, memory is not touched any more. */
	pthread_rwlock_rdlock(&d->lock);
	run = lookup(d, iova);
	if (run && run->prot & (write ? IOMMU_WRITE : IOMMU_READ))
		ret = kapi_phys_copy(run->phys + (iova - run->iova), buf, len, write);
	pthread_rwlock_unlock(&d->lock);
	return ret;
}

/* Only before the first mapping: pages in the tables would lack the bit. */
static bool vtd_enforce_cache_coherency(struct iommu_domain *domain)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	bool ret;

	pthread_rwlock_wrlock(&d->lock);
	if (!d->force_snooping && d->unit->snoop && RB_EMPTY_ROOT(&d->runs))
		d->force_snooping = true;
	ret = d->force_snooping;
	pthread_rwlock_unlock(&d->lock);
	return ret;
}

/* The device's unit has to be able to do what the domain's tables ask of it. */
static int vtd_attach(struct iommu_domain *domain, struct device *dev)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	struct vtd *unit = unit_of(dev);

	return (d->force_snooping && !unit->snoop) || d->unit->aw > unit->aw ? -EINVAL : 0;
}

static void vtd_domain_free(struct iommu_domain *domain)
{
	struct vtd_domain *d = to_vtd_domain(domain);
	struct pgrun *run, *next;

	rbtree_postorder_for_each_entry_safe(run, next, &d->runs, node)
		kfree(run);
	pthread_rwlock_destroy(&d->lock);
	kfree(d);
}

static const struct iommu_domain_ops vtd_domain_ops = {
	.attach_dev = vtd_attach,
	.map_pages = vtd_map_pages,
	.unmap_pages = vtd_unmap_pages,
	.iova_to_phys = vtd_iova_to_phys,
	.enforce_cache_coherency = vtd_enforce_cache_coherency,
	.free = vtd_domain_free,
	.dma = vtd_dma,
};

static struct iommu_domain *vtd_domain_alloc(struct device *dev)
{
	struct vtd_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);

	if (!d)
		return NULL;
	pthread_rwlock_init(&d->lock, NULL);
	d->runs = RB_ROOT;
	d->unit = unit_of(dev);
	d->domain.ops = &vtd_domain_ops;
	d->domain.pgsize_bitmap = SZ_4K | SZ_2M | SZ_1G;
	d->domain.geometry.aperture_end = (1ull << d->unit->aw) - 1;
	d->domain.geometry.force_aperture = true;
	return &d->domain;
}

static bool vtd_capable(struct device *dev, enum iommu_cap cap)
{
	switch (cap) {
	case IOMMU_CAP_CACHE_COHERENCY:
	case IOMMU_CAP_DEFERRED_FLUSH:
		return true;
	case IOMMU_CAP_ENFORCE_CACHE_COHERENCY:
		return unit_of(dev)->snoop;
	default:
		return false;
	}
}

/* Writes to this MiB are interrupts and never reach the tables. */
static void vtd_get_resv_regions(struct device *dev, struct list_head *list)
{
	struct iommu_resv_region *r = iommu_alloc_resv_region(0xfee00000, SZ_1M, 0, IOMMU_RESV_MSI,
							      GFP_KERNEL);

	if (r)
		list_add_tail(&r->list, list);
}

static const struct iommu_domain_ops static_domain_ops;
static struct iommu_ops vtd_ops;

static struct iommu_domain blocked_domain = {
	.type = IOMMU_DOMAIN_BLOCKED, .ops = &static_domain_ops, .owner = &vtd_ops,
};

static struct iommu_domain identity_domain = {
	.type = IOMMU_DOMAIN_IDENTITY, .ops = &static_domain_ops, .owner = &vtd_ops,
};

static struct iommu_ops vtd_ops = {
	.capable = vtd_capable,
	.domain_alloc_paging = vtd_domain_alloc,
	.device_group = pci_device_group,
	.get_resv_regions = vtd_get_resv_regions,
	.identity_domain = &identity_domain,
	.blocked_domain = &blocked_domain,
};

int kapi_vtd_create(unsigned int aw, bool snoop, bool intremap)
{
	struct vtd *unit;

	if (aw != 39 && aw != 48)
		return -EINVAL;
	unit = kzalloc(sizeof(*unit), GFP_KERNEL);
	if (!unit)
		return -ENOMEM;
	unit->iommu.ops = &vtd_ops;
	unit->aw = aw;
	unit->snoop = snoop;
	/* Interrupts are remapped by all units or by none. */
	vtd_ops.isolated_msi = intremap && (!newest || vtd_ops.isolated_msi);
	newest = unit;
	return 0;
}

struct iommu_device *kapi_iommu(void)
{
	return newest ? &newest->iommu : NULL;
}
