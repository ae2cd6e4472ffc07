/* SPDX-License-Identifier: GPL-2.0-only */
/* Address space as a tree of resources. */
#ifndef KAPI_LINUX_IOPORT_H
#define KAPI_LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
	resource_size_t start;
	resource_size_t end;	/* inclusive */
	unsigned long flags;
	unsigned long desc;
	const char *name;
	struct resource *parent, *sibling, *child;
};

#define IORESOURCE_BITS		0x000000ff	/* bus specific */
#define IORESOURCE_TYPE_BITS	0x00001f00
#define IORESOURCE_IO		0x00000100
#define IORESOURCE_MEM		0x00000200
#define IORESOURCE_REG		0x00000300
#define IORESOURCE_IRQ		0x00000400
#define IORESOURCE_DMA		0x00000800
#define IORESOURCE_BUS		0x00001000
#define IORESOURCE_PREFETCH	0x00002000
#define IORESOURCE_READONLY	0x00004000
#define IORESOURCE_SIZEALIGN	0x00040000
#define IORESOURCE_STARTALIGN	0x00080000
#define IORESOURCE_MEM_64	0x00100000
#define IORESOURCE_WINDOW	0x00200000	/* forwarded by a bridge */
#define IORESOURCE_EXCLUSIVE	0x08000000
#define IORESOURCE_DISABLED	0x10000000
#define IORESOURCE_UNSET	0x20000000	/* no address assigned */
#define IORESOURCE_BUSY		0x80000000	/* a driver has claimed it */

/* Bits for a PCI ROM resource, in IORESOURCE_BITS. */
#define IORESOURCE_ROM_ENABLE	(1 << 0)
#define IORESOURCE_ROM_SHADOW	(1 << 1)
#define IORESOURCE_PCI_FIXED	(1 << 4)

extern struct resource ioport_resource;
extern struct resource iomem_resource;

static inline unsigned long resource_type(const struct resource *res)
{
	return res->flags & IORESOURCE_TYPE_BITS;
}

static inline resource_size_t resource_size(const struct resource *res)
{
	return 1 + res->end - res->start;
}

/*
 * Put @new below @root. Returns 0, or -EBUSY if it is not wholly inside @root
 * or overlaps a child of it. May be called from any thread.
 */
int request_resource(struct resource *root, struct resource *new);
/* Take @old out of the tree; -EINVAL if it is not in it. Its children go with it. */
int release_resource(struct resource *old);
/*
 * Place @new, whose end is ignored, at the lowest free address in @root within
 * [@min, @max] that is a multiple of @align. Sets start and end. 0 or -EBUSY.
 */
int allocate_resource(struct resource *root, struct resource *new, resource_size_t size,
		      resource_size_t min, resource_size_t max, resource_size_t align,
		      resource_size_t (*alignf)(void *data, const struct resource *res,
						resource_size_t size, resource_size_t align),
		      void *alignf_data);

/*
 * Claim [@start, @start + @n) for a driver by a busy child under the innermost
 * resource that holds it. NULL if any of it is claimed already.
 */
struct resource *__request_region(struct resource *parent, resource_size_t start,
				  resource_size_t n, const char *name, int flags);
void __release_region(struct resource *parent, resource_size_t start, resource_size_t n);

#define request_region(start, n, name) \
	__request_region(&ioport_resource, (start), (n), (name), 0)
#define release_region(start, n) __release_region(&ioport_resource, (start), (n))
#define request_mem_region(start, n, name) \
	__request_region(&iomem_resource, (start), (n), (name), 0)
#define release_mem_region(start, n) __release_region(&iomem_resource, (start), (n))

#endif
