// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ioport.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct resource ioport_resource = {
	.name = "PCI IO",
	.end = 0xffff,
	.flags = IORESOURCE_IO,
};

struct resource iomem_resource = {
	.name = "PCI mem",
	.end = (1ull << 46) - 1,
	.flags = IORESOURCE_MEM,
};

static DEFINE_MUTEX(resource_lock);

/* Insert in order of address; returns the child it runs into, @root if it sticks out, or NULL. */
static struct resource *insert(struct resource *root, struct resource *new)
{
	struct resource **p = &root->child;

	if (new->end < new->start || new->start < root->start || new->end > root->end)
		return root;
	while (*p && (*p)->end < new->start)
		p = &(*p)->sibling;
	if (*p && (*p)->start <= new->end)
		return *p;
	new->sibling = *p;
	new->parent = root;
	*p = new;
	return NULL;
}

int request_resource(struct resource *root, struct resource *new)
{
	struct resource *conflict;

	if (!root)
		return -EBUSY;
	mutex_lock(&resource_lock);
	conflict = insert(root, new);
	mutex_unlock(&resource_lock);
	return conflict ? -EBUSY : 0;
}

static int unlink_resource(struct resource *old)
{
	struct resource **p;

	if (!old->parent)
		return -EINVAL;
	for (p = &old->parent->child; *p; p = &(*p)->sibling)
		if (*p == old) {
			*p = old->sibling;
			old->parent = NULL;
			old->sibling = NULL;
			return 0;
		}
	return -EINVAL;
}

int release_resource(struct resource *old)
{
	int ret;

	mutex_lock(&resource_lock);
	ret = unlink_resource(old);
	mutex_unlock(&resource_lock);
	return ret;
}

/* Start of a gap for @size at or above @from, or beyond the limit if there is none. */
static resource_size_t place(resource_size_t from, resource_size_t align)
{
	return (from + align - 1) / align * align;
}

int allocate_resource(struct resource *root, struct resource *new, resource_size_t size,
		      resource_size_t min, resource_size_t max, resource_size_t align,
		      resource_size_t (*alignf)(void *data, const struct resource *res,
						resource_size_t size, resource_size_t align),
		      void *alignf_data)
{
	struct resource *child;
	resource_size_t start;
	int ret = -EBUSY;

	if (!size || !align)
		return -EINVAL;
	mutex_lock(&resource_lock);
	min = max_t(resource_size_t, min, root->start);
	max = min_t(resource_size_t, max, root->end);
	start = place(min, align);
	for (child = root->child; ; child = child->sibling) {
		resource_size_t end = child ? child->start - 1 : max;

		new->start = start;
		new->end = start + size - 1;
		if (alignf) {
			new->start = alignf(alignf_data, new, size, align);
			new->end = new->start + size - 1;
		}
		if (new->start >= min && new->end >= new->start && new->end <= min(end, max) &&
		    !(child && child->start <= new->start)) {
			ret = insert(root, new) ? -EBUSY : 0;
			break;
		}
		if (!child)
			break;
		if (child->end >= start)
			start = place(child->end + 1, align);
	}
	mutex_unlock(&resource_lock);
	return ret;
}

struct resource *__request_region(struct resource *parent, resource_size_t start,
				  resource_size_t n, const char *name, int flags)
{
	struct resource *res = kzalloc(sizeof(*res), GFP_KERNEL);
	struct resource *conflict;

	if (!res)
		return NULL;
	res->name = name;
	res->start = start;
	res->end = start + n - 1;
	res->flags = resource_type(parent) | IORESOURCE_BUSY | flags;
	mutex_lock(&resource_lock);
	while ((conflict = insert(parent, res))) {
		if (conflict == parent || conflict->flags & IORESOURCE_BUSY) {
			kfree(res);
			res = NULL;
			break;
		}
		parent = conflict;
	}
	mutex_unlock(&resource_lock);
	return res;
}

void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	resource_size_t end = start + n - 1;
	struct resource *res = parent->child;

	mutex_lock(&resource_lock);
	while (res) {
		if (res->start > start || res->end < end) {
			res = res->sibling;
			continue;
		}
		if (!(res->flags & IORESOURCE_BUSY)) {
			res = res->child;
			continue;
		}
		if (res->start == start && res->end == end) {
			unlink_resource(res);
			kfree(res);
			res = NULL;
			start = end + 1;
		}
		break;
	}
	mutex_unlock(&resource_lock);
	if (start != end + 1)
		pr_warn("Trying to free nonexistent resource <%016llx-%016llx>\n",
			(unsigned long long)start, (unsigned long long)end);
}
