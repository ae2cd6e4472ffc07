/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_PROPERTY_H
#define KAPI_LINUX_PROPERTY_H

#include <linux/errno.h>
#include <linux/types.h>

struct device;

/*
 * Properties that firmware gives a device. The machines here have no firmware, and
 * such a device answers -EINVAL to all names; drivers read one and go on without.
 */
static inline bool device_property_present(const struct device *dev, const char *name)
{
	return false;
}

static inline int device_property_read_u32(const struct device *dev, const char *name, u32 *val)
{
	return -EINVAL;
}

static inline int device_property_read_u64(const struct device *dev, const char *name, u64 *val)
{
	return -EINVAL;
}

#endif
