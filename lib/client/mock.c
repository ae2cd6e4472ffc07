// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/vfio_client.h"

static bool is_control_region(struct vfio_region_info *info)
{
	struct vfio_region_info_cap_type *type;

	if (!(info->flags & VFIO_REGION_INFO_FLAG_CAPS))
		return false;
	type = (void *)info_cap(info, info->argsz, info->cap_offset, VFIO_REGION_INFO_CAP_TYPE);
	return type && type->type == MOCK_REGION_TYPE && type->subtype == MOCK_REGION_SUBTYPE;
}

int __mock_find(int fd, struct mock *mock)
{
	struct vfio_region_info *info;
	struct vfio_device_info device;
	uint32_t index;
	bool found;

	device_info(fd, &device);
	for (index = VFIO_PCI_NUM_REGIONS; index < device.num_regions; index++) {
		info = region_info(fd, index);
		found = is_control_region(info);
		if (found)
			*mock = (struct mock){ fd, index, info->offset, info->size };
		free(info);
		if (found)
			return 0;
	}
	return -ENODEV;
}

void mock_find(int fd, struct mock *mock)
{
	if (__mock_find(fd, mock))
		CLIENT_FAIL("the device has no control region of the mock driver");
}

ssize_t __mock_read_bytes(const struct mock *mock, uint64_t offset, void *buf, size_t len)
{
	ssize_t ret = pread(mock->fd, buf, len, mock->offset + offset);

	return ret < 0 ? -errno : ret;
}

ssize_t __mock_write_bytes(const struct mock *mock, uint64_t offset, const void *buf, size_t len)
{
	ssize_t ret = pwrite(mock->fd, buf, len, mock->offset + offset);

	return ret < 0 ? -errno : ret;
}

int __mock_read(const struct mock *mock, uint64_t reg, uint64_t *value)
{
	ssize_t ret = __mock_read_bytes(mock, reg, value, sizeof(*value));

	if (ret < 0)
		return ret;
	if (ret != sizeof(*value))
		return -EIO;
	*value = le64toh(*value);
	return 0;
}

int __mock_write(const struct mock *mock, uint64_t reg, uint64_t value)
{
	ssize_t ret;

	value = htole64(value);
	ret = __mock_write_bytes(mock, reg, &value, sizeof(value));
	if (ret < 0)
		return ret;
	return ret == sizeof(value) ? 0 : -EIO;
}

uint64_t mock_read(const struct mock *mock, uint64_t reg)
{
	uint64_t value = 0;
	int ret = __mock_read(mock, reg, &value);

	if (ret)
		CLIENT_FAIL("read of mock register 0x%llx: %s", (unsigned long long)reg,
			    client_errno(ret));
	return value;
}

void mock_write(const struct mock *mock, uint64_t reg, uint64_t value)
{
	int ret = __mock_write(mock, reg, value);

	if (ret)
		CLIENT_FAIL("write of 0x%llx to mock register 0x%llx: %s",
			    (unsigned long long)value, (unsigned long long)reg, client_errno(ret));
}

int64_t mock_command(const struct mock *mock, uint64_t cmd, uint64_t arg0, uint64_t arg1,
		     uint64_t arg2)
{
	mock_write(mock, MOCK_REG_ARG0, arg0);
	mock_write(mock, MOCK_REG_ARG1, arg1);
	mock_write(mock, MOCK_REG_ARG2, arg2);
	mock_write(mock, MOCK_REG_CMD, cmd);
	return (int64_t)mock_read(mock, MOCK_REG_RESULT);
}

void mock_read_bytes(const struct mock *mock, uint64_t offset, void *buf, size_t len)
{
	ssize_t n;

	for (; len; len -= n, offset += n, buf = (char *)buf + n) {
		n = __mock_read_bytes(mock, offset, buf, len);
		if (n <= 0)
			CLIENT_FAIL("read of %zu at 0x%llx of the mock region: %zd %s", len,
				    (unsigned long long)offset, n, client_errno(n));
	}
}

void mock_write_bytes(const struct mock *mock, uint64_t offset, const void *buf, size_t len)
{
	ssize_t n;

	for (; len; len -= n, offset += n, buf = (const char *)buf + n) {
		n = __mock_write_bytes(mock, offset, buf, len);
		if (n <= 0)
			CLIENT_FAIL("write of %zu at 0x%llx of the mock region: %zd %s", len,
				    (unsigned long long)offset, n, client_errno(n));
	}
}
