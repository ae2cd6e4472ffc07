/* SPDX-License-Identifier: GPL-2.0-only */
/* A device whose driver tells about its VM (the mock), open; and a VM that it may belong to. */
#ifndef KVM_OWNER_H
#define KVM_OWNER_H

#include <unistd.h>

#include "conformance.h"
#include "client/kvm.h"
#include "client/vfio_client.h"

FIXTURE(owner)
{
	struct vfio_dev dev;
	struct mock mock;
	int vm, device;
};

FIXTURE_SETUP(owner)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	if (__mock_find(self->dev.fd, &self->mock))
		SKIP(device_close(&self->dev); return, "the driver does not tell about its VM");
	self->vm = vm_create();
	self->device = vm_vfio_device(self->vm);
}

FIXTURE_TEARDOWN(owner)
{
	close(self->device);
	close(self->vm);
	device_close(&self->dev);
}

static inline void close_it(FIXTURE_DATA(owner) *self)
{
	close(self->dev.fd);
	self->dev.fd = -1;
}

static inline void open_it(FIXTURE_DATA(owner) *self)
{
	self->dev.fd = group_get_device_fd(self->dev.group, self->dev.bdf);
	self->mock.fd = self->dev.fd;
}

#endif
