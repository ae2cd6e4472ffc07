/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Container, group and type1 IOMMU calls. Sizes and addresses are bytes.
 * __foo() returns the result or -errno, foo() ends the test on an error.
 */
#ifndef CLIENT_IOMMU_H
#define CLIENT_IOMMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/vfio.h>

int __container_open(void);
int container_open(void);
/* /dev/vfio/@number, or /dev/vfio/noiommu-@number if that is what there is; read and write. */
int __group_open(int number);
int group_open(int number);
bool group_is_noiommu(int number);

/* Flags of GROUP_GET_STATUS. */
uint32_t group_flags(int group);
int __group_set_container(int group, int container);
void group_set_container(int group, int container);
int __group_unset_container(int group);
void group_unset_container(int group);
/* A descriptor for the device called @name, -errno. */
int __group_get_device_fd(int group, const char *name);
int group_get_device_fd(int group, const char *name);

/* @type VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, ... */
int __container_set_iommu(int container, unsigned long type);
void container_set_iommu(int container, unsigned long type);
int __container_check(int container, unsigned long extension);

#define MAP_RW (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

int __iommu_map(int container, const void *vaddr, uint64_t iova, uint64_t size, uint32_t flags);
void iommu_map(int container, const void *vaddr, uint64_t iova, uint64_t size, uint32_t flags);
/* @unmapped: set to the size that the call reports, may be NULL. Touched on success only. */
int __iommu_unmap(int container, uint64_t iova, uint64_t size, uint32_t flags, uint64_t *unmapped);
/* Returns the number of bytes unmapped. */
uint64_t iommu_unmap(int container, uint64_t iova, uint64_t size, uint32_t flags);

/*
 * iommu_info - IOMMU_GET_INFO with all capabilities
 * Returns memory to free(). Fails the test on an error.
 */
struct vfio_iommu_type1_info *iommu_info(int container);
/*
 * info_cap - find a capability in the chain of an info structure
 * @info:   the structure with its capabilities behind it
 * @argsz:  its size in bytes, as the kernel returned it
 * @offset: its cap_offset (0: no chain)
 * Fails the test if the chain leaves the structure or does not end.
 * Returns the capability or NULL.
 */
struct vfio_info_cap_header *info_cap(void *info, uint32_t argsz, uint32_t offset, uint16_t id);
/* Mappings that the container can still take, from the DMA_AVAIL capability. */
uint32_t iommu_dma_avail(int container);

/*
 * __iommu_dirty_bitmap - DIRTY_PAGES with FLAG_GET_BITMAP
 * @bitmap: @bytes long, a bit per page of @pgsize bytes from @iova on
 */
int __iommu_dirty_bitmap(int container, uint64_t iova, uint64_t size, uint64_t pgsize,
			 void *bitmap, uint64_t bytes);
/* DIRTY_PAGES with a flag alone: VFIO_IOMMU_DIRTY_PAGES_FLAG_START, _STOP. */
int __iommu_dirty(int container, uint32_t flags);

#endif
