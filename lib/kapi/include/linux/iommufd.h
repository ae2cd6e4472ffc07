/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommufd is not in this configuration (<linux/kconfig.h>): descriptors are never
 * one of its contexts, and what needs a context fails.
 */
#ifndef KAPI_LINUX_IOMMUFD_H
#define KAPI_LINUX_IOMMUFD_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/types.h>

struct device;
struct file;
struct iommu_group;
struct iommufd_access;
struct iommufd_ctx;
struct iommufd_device;
struct page;

static inline void iommufd_ctx_get(struct iommufd_ctx *ictx) { }
static inline void iommufd_ctx_put(struct iommufd_ctx *ictx) { }

static inline struct iommufd_ctx *iommufd_ctx_from_file(struct file *file)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline struct iommufd_ctx *iommufd_ctx_from_fd(int fd)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline bool iommufd_ctx_has_group(struct iommufd_ctx *ictx, struct iommu_group *group)
{
	return false;
}

static inline int iommufd_vfio_compat_ioas_create(struct iommufd_ctx *ictx)
{
	return -EOPNOTSUPP;
}

static inline int iommufd_vfio_compat_set_no_iommu(struct iommufd_ctx *ictx)
{
	return -EOPNOTSUPP;
}

static inline int iommufd_access_pin_pages(struct iommufd_access *access, unsigned long iova,
					   unsigned long length, struct page **out_pages,
					   unsigned int flags)
{
	return -EOPNOTSUPP;
}

static inline void iommufd_access_unpin_pages(struct iommufd_access *access, unsigned long iova,
					      unsigned long length) { }

static inline int iommufd_access_rw(struct iommufd_access *access, unsigned long iova, void *data,
				    size_t len, unsigned int flags)
{
	return -EOPNOTSUPP;
}

#define IOMMUFD_ACCESS_RW_READ	0
#define IOMMUFD_ACCESS_RW_WRITE	(1 << 0)
#define IOMMUFD_ACCESS_RW_KTHREAD	(1 << 1)

#endif
