// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "client/vfio_client.h"

int __feature_raw(int fd, const void *feature)
{
	return __vfio_ioctl(fd, VFIO_DEVICE_FEATURE, feature);
}

int __device_feature(int fd, uint32_t flags, void *data, size_t len)
{
	struct vfio_device_feature *feature = malloc(sizeof(*feature) + len);
	int ret;

	if (!feature)
		CLIENT_FAIL("no memory");
	feature->argsz = sizeof(*feature) + len;
	feature->flags = flags;
	if (len)
		memcpy(feature->data, data, len);
	ret = __feature_raw(fd, feature);
	if (len)
		memcpy(data, feature->data, len);
	free(feature);
	return ret;
}

int __feature_get(int fd, uint32_t feature, void *data, size_t len)
{
	return __device_feature(fd, feature | VFIO_DEVICE_FEATURE_GET, data, len);
}

int __feature_set(int fd, uint32_t feature, const void *data, size_t len)
{
	char copy[len ? len : 1];

	/* The answer to a SET (a data_fd) is the caller's only through __device_feature(). */
	if (len)
		memcpy(copy, data, len);
	return __device_feature(fd, feature | VFIO_DEVICE_FEATURE_SET, copy, len);
}

int __feature_probe(int fd, uint32_t feature, uint32_t ops)
{
	return __device_feature(fd, feature | ops | VFIO_DEVICE_FEATURE_PROBE, NULL, 0);
}

void feature_get(int fd, uint32_t feature, void *data, size_t len)
{
	int ret = __feature_get(fd, feature, data, len);

	if (ret)
		CLIENT_FAIL("DEVICE_FEATURE %u GET: %s", feature, client_errno(ret));
}

void feature_set(int fd, uint32_t feature, const void *data, size_t len)
{
	int ret = __feature_set(fd, feature, data, len);

	if (ret)
		CLIENT_FAIL("DEVICE_FEATURE %u SET: %s", feature, client_errno(ret));
}
