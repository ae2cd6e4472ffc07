// SPDX-License-Identifier: GPL-2.0-only
/* What KVM counts in a VM for VFIO: assigned files, and whether DMA is coherent. */
#include "kvm_owner.h"

static void count(FIXTURE_DATA(owner) *self, uint64_t *assigned, uint64_t *noncoherent)
{
	open_it(self);
	*assigned = mock_read(&self->mock, MOCK_REG_KVM_ASSIGNED);
	*noncoherent = mock_read(&self->mock, MOCK_REG_KVM_NONCOHERENT);
	close_it(self);
}

VFIO_TEST_F(owner, counts, "KVM-038 KVM-039 KVM-042")
{
	uint64_t assigned, noncoherent, first, one;
	int other;

	if (!role_bdf(ROLE_PLAIN))
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	other = group_open(sysfs_group(role_bdf(ROLE_PLAIN)));
	close_it(self);
	kvm_vfio_add(self->device, self->dev.group);
	count(self, &one, &first);
	EXPECT_LE(one, 1);
	outcome("KVM-042", one ? "counted" : "not-counted");
	EXPECT_LE(first, 1);
	outcome("KVM-038", first ? "noncoherent" : "coherent");
	/* A second group that is not coherent makes no difference, and adding one twice neither. */
	kvm_vfio_add(self->device, other);
	EXPECT_EQ(-EEXIST, __kvm_vfio_add(self->device, other));
	count(self, &assigned, &noncoherent);
	EXPECT_EQ(2 * one, assigned);
	EXPECT_TRUE(noncoherent == first || (!first && noncoherent == 1));
	kvm_vfio_del(self->device, other);
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, other));
	count(self, &assigned, &noncoherent);
	EXPECT_EQ(one, assigned);
	EXPECT_EQ(first, noncoherent);
	/* And after all were taken back. */
	kvm_vfio_del(self->device, self->dev.group);
	kvm_vfio_add(self->device, self->dev.group);
	count(self, &assigned, &noncoherent);
	EXPECT_EQ(one, assigned);
	EXPECT_EQ(first, noncoherent);
	close(other);
	open_it(self);
}

VFIO_TEST_F(owner, coherency_is_asked_at_add, "KVM-040")
{
	uint64_t assigned, before, after;

	/* Without a container at the time of ADD. */
	close_it(self);
	group_unset_container(self->dev.group);
	kvm_vfio_add(self->device, self->dev.group);
	group_set_container(self->dev.group, self->dev.container);
	container_set_iommu(self->dev.container, VFIO_TYPE1v2_IOMMU);
	count(self, &assigned, &before);
	/* Any DEL makes KVM ask again, one that fails as well. */
	EXPECT_EQ(-ENOENT, __kvm_vfio_del(self->device, self->dev.container));
	count(self, &assigned, &after);
	EXPECT_LE(before, after);
	EXPECT_LE(after, 1);
	outcome("KVM-040", before == after ? "same" : "changed");
	open_it(self);
}

CONFORMANCE_MAIN
