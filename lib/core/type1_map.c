// SPDX-License-Identifier: GPL-2.0-only
/* type1: VFIO_IOMMU_MAP_DMA. Clauses T1-019 to T1-056. */
#include <linux/capability.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "type1.h"

#define MAP_FLAGS (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE | VFIO_DMA_MAP_FLAG_VADDR)

static int vfio_map_prot(u32 flags)
{
	int prot = 0;

	if (flags & VFIO_DMA_MAP_FLAG_READ)
		prot |= IOMMU_READ;
	if (flags & VFIO_DMA_MAP_FLAG_WRITE || MUTANT(type1_map_always_writable, prot))
		prot |= IOMMU_WRITE;
	return prot;
}

static bool vfio_map_wraps(const struct vfio_iommu_type1_dma_map *map)
{
	return map->size &&
	       UNLESS_MUTANT(type1_map_wraps, map->iova + (map->size - 1) < map->iova ||
					      map->vaddr + (map->size - 1) < map->vaddr);
}

static bool vfio_map_range_ok(struct vfio_iommu *iommu,
			      const struct vfio_iommu_type1_dma_map *map)
{
	u64 mask = vfio_iommu_pgsize(iommu) - 1;

	return map->size && !((map->size | map->iova) & mask) &&
	       !UNLESS_MUTANT(type1_map_unaligned_vaddr, map->vaddr & mask) &&
	       !vfio_map_wraps(map);
}

/* Give a mapping whose address was taken away (UNMAP_DMA with VADDR) a new one. */
static int vfio_dma_update_vaddr(struct vfio_iommu *iommu, struct vfio_dma *dma,
				 const struct vfio_iommu_type1_dma_map *map)
{
	int ret;

	if (!dma)
		return -ENOENT;
	if (!dma->vaddr_invalid || dma->iova != map->iova ||
	    UNLESS_MUTANT(type1_vaddr_other_size, dma->size != map->size))
		return -EINVAL;

	ret = vfio_change_dma_owner(dma);
	if (ret)
		return ret;
	dma->vaddr = MUTANT(type1_vaddr_not_changed, true) ? dma->vaddr : map->vaddr;
	dma->vaddr_invalid = false;
	iommu->vaddr_invalid_count -= !MUTANT(type1_vaddr_count_kept, true);
	vfio_backend_changed();
	return 0;
}

static struct vfio_dma *vfio_dma_alloc(const struct vfio_iommu_type1_dma_map *map, int prot)
{
	struct vfio_dma *dma = kzalloc(sizeof(*dma), GFP_KERNEL_ACCOUNT);

	if (!dma)
		return NULL;
	dma->iova = map->iova;
	dma->vaddr = map->vaddr;
	dma->size = map->size;
	dma->prot = prot;
	dma->pins = RB_ROOT;
	INIT_LIST_HEAD(&dma->extents);

	/*
	 * Pages may be pinned and unpinned later by any task, so remember who pays:
	 * the process, by its leader, since the mapping thread may end.
	 */
	dma->lock_cap = capable(CAP_IPC_LOCK) || MUTANT(type1_limit_ignored, true);
	dma->task = get_task_struct(current->group_leader);
	dma->mm = current->mm;
	mmgrab(dma->mm);
	return dma;
}

static int vfio_dma_do_map(struct vfio_iommu *iommu, const struct vfio_iommu_type1_dma_map *map)
{
	bool set_vaddr = map->flags & VFIO_DMA_MAP_FLAG_VADDR;
	int prot = vfio_map_prot(map->flags);
	dma_addr_t last = map->iova + map->size - 1;
	struct vfio_place place;
	struct vfio_dma *dma;
	int ret = 0;

	if (!vfio_map_range_ok(iommu, map))
		return -EINVAL;

	dma = vfio_find_place(iommu, map->iova, last, &place);
	if (set_vaddr)
		return vfio_dma_update_vaddr(iommu, dma, map);
	if (UNLESS_MUTANT(type1_map_overlap, dma))
		return -EEXIST;
	if (UNLESS_MUTANT(type1_map_over_limit, !iommu->dma_avail))
		return -ENOSPC;
	if (UNLESS_MUTANT(type1_map_reserved,
			  !vfio_iova_dma_valid(&iommu->iova_list, map->iova, last)))
		return -EINVAL;

	if (!current->mm)
		return -ENODEV;
	dma = vfio_dma_alloc(map, prot);
	if (!dma)
		return -ENOMEM;
	iommu->dma_avail--;
	vfio_link_dma(iommu, dma, &place);

	/* Without a domain nothing can reach the memory until a driver pins it. */
	if (!list_empty(&iommu->domain_list))
		ret = vfio_dma_pin_map(iommu, dma);
	if (!ret && UNLESS_MUTANT(type1_map_without_bitmap, iommu->dirty_page_tracking))
		ret = vfio_dma_bitmap_alloc(dma, vfio_iommu_pgsize(iommu));
	if (UNLESS_MUTANT(type1_failed_map_stays, ret))
		vfio_remove_dma(iommu, dma);
	return ret;
}

int vfio_iommu_type1_map_dma(struct vfio_iommu *iommu, unsigned long arg)
{
	size_t minsz = offsetofend(struct vfio_iommu_type1_dma_map, size);
	struct vfio_iommu_type1_dma_map map;
	int ret;

	if (copy_from_user(&map, (void __user *)arg, minsz))
		return -EFAULT;
	if (map.argsz < minsz || UNLESS_MUTANT(type1_map_unknown_flags, map.flags & ~MAP_FLAGS))
		return -EINVAL;
	if (profile(BEH_RANGE_EOVERFLOW) && vfio_map_wraps(&map))
		return -EOVERFLOW;
	/* Either a mapping with access, or a new address; never both. */
	if (UNLESS_MUTANT(type1_map_without_access,
			  !vfio_map_prot(map.flags) == !(map.flags & VFIO_DMA_MAP_FLAG_VADDR)))
		return -EINVAL;

	mutex_lock(&iommu->lock);
	ret = vfio_dma_do_map(iommu, &map);
	mutex_unlock(&iommu->lock);
	return ret;
}
