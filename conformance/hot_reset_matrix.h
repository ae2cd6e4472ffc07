/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All devices that a hot reset affects, with their groups open, for the tests that
 * try every way to name them: devices of several groups, of one, and a physical
 * function with its virtual ones.
 */
#ifndef HOT_RESET_MATRIX_H
#define HOT_RESET_MATRIX_H

#include "conformance.h"
#include "hot_reset.h"
#include "sriov_util.h"

enum set_kind { SET_SPAN, SET_SHARED, SET_VFS };

FIXTURE(set)
{
	struct vfio_dev dev;		/* the first device of the set, open */
	struct sriov sriov;
	unsigned int n, groups;
	char bdf[ROOM][BDF_MAX];	/* the devices; the first is the one that is open */
	unsigned int group_of[ROOM];	/* index of its group */
	int numbers[ROOM];		/* of the groups, the first device's first */
	int fds[ROOM];
	int whole;			/* what the call returns if it has all groups */
};

FIXTURE_VARIANT(set)
{
	enum set_kind kind;
};

FIXTURE_VARIANT_ADD(set, span) { .kind = SET_SPAN };
FIXTURE_VARIANT_ADD(set, shared) { .kind = SET_SHARED };
FIXTURE_VARIANT_ADD(set, vfs) { .kind = SET_VFS };

static inline bool set_is_named(const char *bdf)
{
	unsigned int i;

	for (i = 0; named_bdf(i); i++)
		if (!strcmp(named_bdf(i), bdf))
			return true;
	return false;
}

/* Fill in what the open device says; false if it affects what is not ours. */
static inline bool set_collect(FIXTURE_DATA(set) *self, bool made_here)
{
	struct vfio_pci_dependent_device *d;
	struct info info;
	unsigned int i, j;

	if (get_info(self->dev.fd, &info))
		return false;
	strcpy(self->bdf[0], self->dev.bdf);
	self->numbers[0] = self->dev.group_number;
	self->n = self->groups = 1;
	for (i = 0; i < info.head.count; i++) {
		d = &info.devices[i];
		snprintf(self->bdf[self->n], BDF_MAX, "%04x:%02x:%02x.%x", d->segment, d->bus,
			 (d->devfn >> 3) & 0x1f, d->devfn & 7);
		if (!strcmp(self->bdf[self->n], self->bdf[0]))
			continue;
		if (!made_here && !set_is_named(self->bdf[self->n]))
			return false;
		for (j = 0; j < self->groups; j++)
			if (self->numbers[j] == (int)d->group_id)
				break;
		if (j == self->groups)
			self->numbers[self->groups++] = d->group_id;
		self->group_of[self->n++] = j;
	}
	return true;
}

static inline const char *set_find(FIXTURE_DATA(set) *self, enum set_kind kind)
{
	const char *bdf;
	unsigned int i;

	for (i = 0; (bdf = named_bdf(i)); i++) {
		char driver[64];

		if (on_root_bus(bdf) || __sysfs_driver(bdf, driver, sizeof(driver)))
			continue;
		device_open(&self->dev, bdf);
		if (set_collect(self, false) && self->n > 1 &&
		    (self->groups > 1) == (kind == SET_SPAN))
			return NULL;
		device_close(&self->dev);
	}
	return kind == SET_SPAN ? "no bus has named devices, and only those, of several groups" :
				  "no bus has two named devices, and only those, of one group";
}

static inline const char *set_make_vfs(FIXTURE_DATA(set) *self)
{
	const char *why, *pf = sriov_candidate(&why);

	if (!pf)
		return why;
	sriov_keep(&self->sriov, pf);
	__sriov_set_param("Y");
	device_open(&self->dev, pf);
	sriov_set(&self->sriov, 2);
	if (set_collect(self, true))
		return NULL;
	return "the bus of the physical function has no reset";
}

/* PCI_HOT_RESET through @fd with the groups in @mask, in order. */
static inline int set_reset_mask(FIXTURE_DATA(set) *self, int fd, unsigned int mask)
{
	int32_t fds[ROOM];
	unsigned int i, n = 0;

	for (i = 0; i < self->groups; i++)
		if (mask & 1u << i)
			fds[n++] = self->fds[i];
	return hot_reset(fd, HEADER + 4 * n, 0, n, fds, n);
}

static inline unsigned int set_all(FIXTURE_DATA(set) *self)
{
	return (1u << self->groups) - 1;
}

FIXTURE_SETUP(set)
{
	const char *why;
	unsigned int i;

	memset(self, 0, sizeof(*self));
	self->dev.container = self->dev.group = self->dev.fd = -1;
	why = variant->kind == SET_VFS ? set_make_vfs(self) : set_find(self, variant->kind);
	if (why) {
		device_close(&self->dev);
		if (self->sriov.keeper)
			sriov_restore(&self->sriov);
		self->groups = 0;
		SKIP(return, "%s", why);
	}
	self->fds[0] = self->dev.group;
	for (i = 1; i < self->groups; i++)
		self->fds[i] = group_open(self->numbers[i]);
	self->whole = set_reset_mask(self, self->dev.fd, set_all(self));
	/* Virtual functions are no part of the set where each has a set of its own. */
	ASSERT_TRUE(!self->whole || (variant->kind == SET_VFS && self->whole == -EINVAL));
}

FIXTURE_TEARDOWN(set)
{
	unsigned int i;
	int group;

	for (i = 1; i < self->groups; i++)
		close(self->fds[i]);
	device_close(&self->dev);
	/* However a call ended, it has kept nothing. */
	for (i = 0; i < self->groups; i++) {
		group = __group_open(self->numbers[i]);
		EXPECT_LE(0, group);
		close(group);
	}
	if (self->sriov.keeper)
		sriov_restore(&self->sriov);
}

#endif
