/* SPDX-License-Identifier: GPL-2.0-only */
/* The fixture of the tests of the KVM VFIO device: a VM, its device, and a group that is open. */
#ifndef KVM_ATTR_H
#define KVM_ATTR_H

#include <unistd.h>

#include "conformance.h"
#include "client/kvm.h"
#include "client/vfio_client.h"

#define GROUP	KVM_DEV_VFIO_GROUP
#define ADD	KVM_DEV_VFIO_GROUP_ADD
#define DEL	KVM_DEV_VFIO_GROUP_DEL

FIXTURE(attr)
{
	int vm, device, group;
};

FIXTURE_SETUP(attr)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	if (kvm_missing())
		SKIP(return, "%s", kvm_missing());
	self->vm = vm_create();
	self->device = vm_vfio_device(self->vm);
	self->group = group_open(sysfs_group(role_bdf(ROLE_MAIN)));
}

FIXTURE_TEARDOWN(attr)
{
	close(self->device);
	close(self->vm);
	close(self->group);
}

#endif
