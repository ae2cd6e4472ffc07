/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The type1 backend: user memory pinned and mapped into IOMMU domains. Unless said
 * otherwise a function is called with iommu->lock held. Clauses T1, PIN.
 */
#ifndef CORE_TYPE1_H
#define CORE_TYPE1_H

#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/sched/mm.h>
#include <linux/types.h>

#include "vfio.h"

struct vfio_iommu {
	struct mutex lock;			/* all but device_list */
	struct list_head domain_list;		/* struct vfio_domain */
	struct list_head emulated_iommu_groups;	/* struct vfio_iommu_group */
	struct list_head iova_list;		/* struct vfio_iova: may be mapped, ascending */
	struct rb_root dma_list;		/* struct vfio_dma by iova, disjoint */
	struct vfio_dma *newest;		/* of them, or NULL if that is gone */
	unsigned int dma_avail;			/* mappings that may still be made */
	unsigned int vaddr_invalid_count;
	u64 pgsize_bitmap;
	unsigned int num_non_pinned_groups;	/* whose devices may write to anything mapped */
	bool v2;
	bool nesting;
	bool dirty_page_tracking;
	bool closed;				/* nobody can update an address any more */
	/*
	 * Devices to tell about unmaps. Changed under both locks, so that a look under
	 * either is enough. Drivers come back to unpin: this one is the outer lock.
	 */
	struct mutex device_list_lock;
	struct list_head device_list;
};

struct vfio_domain {
	struct iommu_domain *domain;
	struct list_head next;
	struct list_head group_list;		/* struct vfio_iommu_group */
	bool enforce_cache_coherency;
};

struct vfio_iommu_group {
	struct iommu_group *iommu_group;
	struct list_head next;
	bool pinned_page_dirty_scope;		/* writes only to what it pinned */
};

struct vfio_iova {
	struct list_head list;
	dma_addr_t start;
	dma_addr_t last;
};

/* Physically contiguous part of a mapping that is pinned and in every domain. */
struct vfio_extent {
	struct list_head list;
	dma_addr_t iova;
	unsigned long pfn;
	unsigned long npages;
	bool reserved;				/* no pages of memory: not pinned, not counted */
};

struct vfio_dma {
	struct rb_node node;
	dma_addr_t iova;
	unsigned long vaddr;
	size_t size;
	int prot;				/* IOMMU_READ, IOMMU_WRITE */
	bool lock_cap;				/* made by someone with CAP_IPC_LOCK */
	bool vaddr_invalid;
	struct list_head extents;		/* ascending; empty if no domain has it */
	struct vfio_extent own_extent;		/* most mappings need no second one */
	struct rb_root pins;			/* struct vfio_pins: pages that drivers pinned */
	unsigned long *bitmap;			/* dirty pages, while tracking is on */
	struct task_struct *task;
	struct mm_struct *mm;
	long locked_vm;				/* pages counted in mm for this mapping */
};

/*
 * Pages that drivers pinned, of one naturally aligned stretch of them. A driver may
 * ask for a page by the address of any byte in it: then all of @base is off by
 * that, and pages asked for by other bytes are in other objects.
 */
#define VFIO_PINS 16

struct vfio_pins {
	struct rb_node node;			/* by base */
	dma_addr_t base;			/* of the first of them, pinned or not */
	unsigned int used;			/* how many are pinned */
	unsigned int ref_count[VFIO_PINS];
	unsigned long pfn[VFIO_PINS];
};

/* A gap in the order of mappings, until that changes. */
struct vfio_place {
	struct rb_node *parent, **link;
};

/* type1_tree.c: the tree of mappings, O(log n) */
dma_addr_t vfio_dma_last(const struct vfio_dma *dma);
/* The first mapping that ends at or behind @iova, or NULL. */
struct vfio_dma *vfio_dma_from(struct vfio_iommu *iommu, dma_addr_t iova);
/* The first mapping that meets [start, last], or NULL. */
struct vfio_dma *vfio_find_dma(struct vfio_iommu *iommu, dma_addr_t start, dma_addr_t last);
struct vfio_dma *vfio_dma_next(struct vfio_dma *dma);
/* A mapping that meets [start, last]; or NULL, and *@place is where a new one goes. */
struct vfio_dma *vfio_find_place(struct vfio_iommu *iommu, dma_addr_t start, dma_addr_t last,
				 struct vfio_place *place);
void vfio_link_dma(struct vfio_iommu *iommu, struct vfio_dma *dma,
		   const struct vfio_place *place);
void vfio_unlink_dma(struct vfio_iommu *iommu, struct vfio_dma *dma);

#define vfio_for_each_dma(iommu, dma) \
	for (dma = vfio_dma_from(iommu, 0); dma; dma = vfio_dma_next(dma))

#define VFIO_BATCH_FEW 8

/* Pages pinned ahead of their use. Device memory has no struct page: then it is one pfn. */
struct vfio_batch {
	struct page **pages;
	struct page *few[VFIO_BATCH_FEW];	/* the array, if there is none larger */
	long capacity;
	long head, count;
	bool device;
	unsigned long device_pfn;
};

/* type1_pages.c: pages of user memory and their accounting */
/* @npages: how many may be wanted. */
void vfio_batch_init(struct vfio_batch *batch, unsigned long npages);
void vfio_batch_fini(struct vfio_batch *batch, struct vfio_dma *dma);	/* unpins what is left */
/*
 * Pin and charge the pages of @dma from @iova on as far as they are contiguous,
 * into @run. @limit: RLIMIT_MEMLOCK in pages. 0, or -errno and nothing done.
 */
int vfio_pin_run(struct vfio_dma *dma, dma_addr_t iova, struct vfio_batch *batch,
		 unsigned long limit, struct vfio_extent *run);
/*
 * Up to @npages pages of @dma for a driver, into @pages; each that is memory is
 * charged if @do_accounting. Returns how many, at least one, or -errno and nothing done.
 */
long vfio_pin_pages_external(struct vfio_dma *dma, unsigned long vaddr, long npages,
			     struct page **pages, bool do_accounting);
void vfio_put_pfns(struct vfio_dma *dma, unsigned long pfn, unsigned long npages);
bool vfio_pfn_reserved(unsigned long pfn);
/* Charge @npage (may be negative) to the mapping's process; @async: it may be gone. */
int vfio_lock_acct(struct vfio_dma *dma, long npage, bool async);
int vfio_change_dma_owner(struct vfio_dma *dma);

/* type1_pins.c: what drivers have pinned of a mapping */
static inline unsigned int vfio_pin_index(dma_addr_t iova)
{
	return (iova >> PAGE_SHIFT) % VFIO_PINS;
}

static inline bool vfio_has_pins(const struct vfio_dma *dma)
{
	return !RB_EMPTY_ROOT(&dma->pins);
}

/* The object for @iova, or NULL. Or a new one with no page in it if need be; NULL: no memory. */
struct vfio_pins *vfio_pins_find(struct vfio_dma *dma, dma_addr_t iova);
struct vfio_pins *vfio_pins_get(struct vfio_dma *dma, dma_addr_t iova);
/* Away with it once no page is in it. */
void vfio_pins_put(struct vfio_dma *dma, struct vfio_pins *pins);
bool vfio_pinned(struct vfio_dma *dma, dma_addr_t iova);
/* The page behind that one; begin with *@pins NULL. False: there is none more. */
bool vfio_next_pinned(struct vfio_dma *dma, struct vfio_pins **pins, unsigned int *index);

#define vfio_for_each_pinned(dma, pins, index) \
	for (pins = NULL; vfio_next_pinned(dma, &pins, &index);)

static inline dma_addr_t vfio_pinned_iova(const struct vfio_pins *pins, unsigned int index)
{
	return pins->base + ((dma_addr_t)index << PAGE_SHIFT);
}

/* type1_extent.c */
/* Pin all of @dma and map it in every domain: extents. 0, or -errno and nothing done. */
int vfio_dma_pin_map(struct vfio_iommu *iommu, struct vfio_dma *dma);
/* The reverse. The second form leaves it to the caller to uncharge the pages it returns. */
void vfio_dma_unmap_uncharge(struct vfio_iommu *iommu, struct vfio_dma *dma);
long vfio_dma_unmap_unpin(struct vfio_iommu *iommu, struct vfio_dma *dma);
/* Map what is pinned already in one more domain. */
int vfio_domain_map_extent(struct vfio_domain *domain, struct vfio_dma *dma,
			   const struct vfio_extent *ext);

/* type1_map.c, type1_unmap.c: the ioctls; they lock. @arg: user pointer */
int vfio_iommu_type1_map_dma(struct vfio_iommu *iommu, unsigned long arg);
int vfio_iommu_type1_unmap_dma(struct vfio_iommu *iommu, unsigned long arg);
void vfio_remove_dma(struct vfio_iommu *iommu, struct vfio_dma *dma);

/* type1_dirty.c */
int vfio_iommu_type1_dirty_pages(struct vfio_iommu *iommu, unsigned long arg);	/* locks */
int vfio_dma_bitmap_alloc(struct vfio_dma *dma, size_t pgsize);
void vfio_dma_bitmap_free(struct vfio_dma *dma);
/* Mark the pages of [iova, iova+size) of @dma if tracking is on. */
void vfio_dma_mark_dirty(struct vfio_iommu *iommu, struct vfio_dma *dma, dma_addr_t iova,
			 size_t size);
/* Mark everything: a group that could have written anywhere has gone. */
void vfio_iommu_populate_bitmap_full(struct vfio_iommu *iommu);
/* Is a user's bitmap for @npages pages of a size that makes sense? 0 or -EINVAL. No lock. */
int vfio_verify_bitmap_size(u64 npages, u64 bitmap_size);
u64 vfio_max_dirty_bitmap_size(void);
/* Put @dma's dirty bits into the user's bitmap, whose bit 0 is @base_iova. 0 or -EFAULT. */
int vfio_update_user_bitmap(u64 __user *bitmap, struct vfio_iommu *iommu, struct vfio_dma *dma,
			    dma_addr_t base_iova);

/* type1_iova.c: lists of struct vfio_iova */
/* Does [start, last] fit in one range? An empty list has no limits. */
bool vfio_iova_dma_valid(struct list_head *iova_list, dma_addr_t start, dma_addr_t last);
void vfio_iova_free(struct list_head *iova_list);
/*
 * What may be mapped once @group is attached to @domain: fills @result. Returns
 * 0, or -EINVAL if nothing would be left or something mapped already conflicts.
 */
int vfio_iova_add_group(struct vfio_iommu *iommu, struct iommu_domain *domain,
			struct iommu_group *group, struct list_head *result);
/* What may be mapped with the groups there are now, into iommu->iova_list. */
void vfio_iova_refresh(struct vfio_iommu *iommu);

/* type1_attach.c; attach and detach lock */
/* Bytes of the smallest page that all domains have. */
size_t vfio_iommu_pgsize(const struct vfio_iommu *iommu);
int vfio_iommu_type1_attach_group(void *iommu_data, struct iommu_group *iommu_group,
				  enum vfio_group_type type);
void vfio_iommu_type1_detach_group(void *iommu_data, struct iommu_group *iommu_group);
struct vfio_iommu_group *vfio_iommu_find_iommu_group(struct vfio_iommu *iommu,
						     struct iommu_group *iommu_group);
void vfio_iommu_release_groups(struct vfio_iommu *iommu);

/* type1_info.c, type1_pin.c; they lock */
int vfio_iommu_type1_get_info(struct vfio_iommu *iommu, unsigned long arg);
int vfio_iommu_type1_pin_pages(void *iommu_data, struct iommu_group *iommu_group,
			       dma_addr_t user_iova, int npage, int prot, struct page **pages);
int vfio_iommu_type1_unpin_pages(void *iommu_data, dma_addr_t user_iova, int npage);
int vfio_iommu_type1_dma_rw(void *iommu_data, dma_addr_t user_iova, void *data, size_t count,
			    bool write);

/* type1.c: module parameters */
extern bool vfio_type1_allow_unsafe_interrupts;
extern bool vfio_type1_disable_hugepages;

#endif
