// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that loses its driver while any set of the objects of its user is open:
 * its descriptor or a mapping of it is waited for, nothing else is.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "bind_util.h"
#include "client/kvm.h"

enum { CONTAINER, GROUP, DEVICE, MAPPING, KVM, OBJECTS };

#define BOTH (1u << DEVICE | 1u << MAPPING)

FIXTURE(held)
{
	struct binding binding;
};

FIXTURE_SETUP(held)
{
	const char *why, *bdf = bind_candidate(&why);

	if (!bdf)
		SKIP(return, "%s", why);
	binding_keep(&self->binding, bdf);
}

FIXTURE_TEARDOWN(held)
{
	binding_restore(&self->binding);
}

struct objects {
	struct vfio_dev dev;
	void *bar;		/* MAP_FAILED: none */
	int vm, kvm;		/* -1: there is no KVM */
};

/* Of what there is, close what is in @set. */
static void close_set(struct objects *o, unsigned int set)
{
	struct { unsigned int bit; int *fd; } fds[] = {
		{ CONTAINER, &o->dev.container }, { GROUP, &o->dev.group },
		{ DEVICE, &o->dev.fd }, { KVM, &o->kvm }, { KVM, &o->vm },
	};
	unsigned int i;

	if (set & 1u << MAPPING && o->bar != MAP_FAILED) {
		munmap(o->bar, page_size());
		o->bar = MAP_FAILED;
	}
	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (!(set & 1u << fds[i].bit) || *fds[i].fd < 0)
			continue;
		close(*fds[i].fd);
		*fds[i].fd = -1;
	}
}

/* All of them, then only those in @set. Returns those of it that are there. */
static unsigned int hold(FIXTURE_DATA(held) *self, struct objects *o, unsigned int set)
{
	struct vfio_region_info *bar;

	device_open(&o->dev, self->binding.bdf);
	bar = region_info(o->dev.fd, VFIO_PCI_BAR0_REGION_INDEX);
	o->bar = MAP_FAILED;
	if (bar->flags & VFIO_REGION_INFO_FLAG_MMAP)
		o->bar = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, o->dev.fd, bar->offset);
	free(bar);
	o->vm = o->kvm = -1;
	if (!kvm_missing()) {
		o->vm = vm_create();
		o->kvm = vm_vfio_device(o->vm);
		kvm_vfio_add(o->kvm, o->dev.group);
	}
	if (o->bar == MAP_FAILED)
		set &= ~(1u << MAPPING);
	if (o->kvm < 0)
		set &= ~(1u << KVM);
	close_set(o, ~set);
	return set;
}

static void unbind_with(struct __test_metadata *_metadata, FIXTURE_DATA(held) *self,
			unsigned int set)
{
	const int len = strlen(self->binding.bdf);
	struct unbinder unbinder;
	struct objects o;
	struct vfio_dev dev;
	bool waits;

	unbinder_start(&unbinder, &self->binding);
	set = hold(self, &o, set);
	waits = set & BOTH;
	unbinder_go(&unbinder);
	if (waits) {
		EXPECT_FALSE(unbinder_done(&unbinder, 60)) TH_LOG("holding 0x%x", set);
		close_set(&o, BOTH);
	}
	EXPECT_TRUE(unbinder_done(&unbinder, 5000)) TH_LOG("holding 0x%x", set);
	EXPECT_FALSE(device_is_bound(self->binding.bdf));
	close_set(&o, ~0u);
	EXPECT_EQ(len, unbinder_join(&unbinder));
	/* All is given back: the group is gone, and comes anew. */
	EXPECT_TRUE(group_node_is(self->binding.group, false)) TH_LOG("having held 0x%x", set);
	ASSERT_EQ(len, __device_bind(&self->binding, self->binding.driver));
	ASSERT_TRUE(group_node_is(self->binding.group, true));
	device_open(&dev, self->binding.bdf);
	device_close(&dev);
}

VFIO_TEST_F_TIMEOUT(held, every_set, 120, "DEV-013 DEV-017 DRV-015 DRV-016")
{
	unsigned int set;

	for (set = 0; set < 1u << OBJECTS; set++) {
		/* Either of the two is waited for. */
		if ((set & BOTH) != BOTH)
			unbind_with(_metadata, self, set);
	}
}

CONFORMANCE_MAIN
