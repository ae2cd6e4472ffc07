// SPDX-License-Identifier: GPL-2.0-only
/*
 * What belongs to a device while a driver is bound to it.
 */
#include <linux/device.h>
#include <linux/slab.h>

struct devres {
	struct list_head list;
	void (*action)(void *data);	/* NULL: memory, which follows */
	void *arg;
	_Alignas(16) char data[];
};

static struct devres *add(struct device *dev, size_t size, gfp_t gfp)
{
	struct devres *dr = kmalloc(size_add(sizeof(*dr), size), gfp);

	if (!dr)
		return NULL;
	dr->action = NULL;
	dr->arg = NULL;
	spin_lock(&dev->devres_lock);
	list_add_tail(&dr->list, &dev->devres_head);
	spin_unlock(&dev->devres_lock);
	return dr;
}

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)
{
	struct devres *dr = size ? add(dev, size, gfp) : NULL;

	return dr ? dr->data : size ? NULL : ZERO_SIZE_PTR;
}

void devm_kfree(struct device *dev, const void *p)
{
	struct devres *dr;

	if (ZERO_OR_NULL_PTR(p))
		return;
	dr = container_of((char (*)[])p, struct devres, data);
	spin_lock(&dev->devres_lock);
	list_del(&dr->list);
	spin_unlock(&dev->devres_lock);
	kfree(dr);
}

char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	size_t n;
	char *s;

	va_start(args, fmt);
	n = kapi_vsnprintf(NULL, 0, fmt, args) + 1;
	s = devm_kmalloc(dev, n, gfp);
	if (s)
		kapi_vsnprintf(s, n, fmt, args);
	va_end(args);
	return s;
}

char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)
{
	return s ? devm_kasprintf(dev, gfp, "%s", s) : NULL;
}

int devm_add_action(struct device *dev, void (*action)(void *), void *data)
{
	struct devres *dr = add(dev, 0, GFP_KERNEL);

	if (!dr)
		return -ENOMEM;
	dr->action = action;
	dr->arg = data;
	return 0;
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *), void *data)
{
	int ret = devm_add_action(dev, action, data);

	if (ret)
		action(data);
	return ret;
}

void devm_remove_action(struct device *dev, void (*action)(void *), void *data)
{
	struct devres *dr, *found = NULL;

	spin_lock(&dev->devres_lock);
	list_for_each_entry_reverse(dr, &dev->devres_head, list) {
		if (dr->action == action && dr->arg == data) {
			found = dr;
			list_del(&dr->list);
			break;
		}
	}
	spin_unlock(&dev->devres_lock);
	WARN_ON(!found);
	kfree(found);
}

/* Last taken, first given back. */
int devres_release_all(struct device *dev)
{
	int n = 0;

	for (;; n++) {
		struct devres *dr = NULL;

		spin_lock(&dev->devres_lock);
		if (!list_empty(&dev->devres_head)) {
			dr = list_last_entry(&dev->devres_head, struct devres, list);
			list_del(&dr->list);
		}
		spin_unlock(&dev->devres_lock);
		if (!dr)
			return n;
		if (dr->action)
			dr->action(dr->arg);
		kfree(dr);
	}
}
