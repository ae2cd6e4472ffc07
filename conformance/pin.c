// SPDX-License-Identifier: GPL-2.0-only
/* Pinning of user memory by drivers. */
#include <linux/pci_regs.h>

#include "pin_fixture.h"

VFIO_TEST_F(pin, count, "PIN-002 PIN-003 PIN-010 PIN-014")
{
	int64_t ret;

	map_pages(self, IOVA, PIN_MAX + 1, MAP_RW);
	EXPECT_EQ(-EINVAL, pin(self, IOVA, 0, PIN_READ));
	EXPECT_EQ(-E2BIG, pin(self, IOVA, PIN_MAX + 1, PIN_READ));
	ret = pin(self, IOVA, (uint64_t)-1, PIN_READ);
	EXPECT_TRUE(ret <= 0);
	outcome("PIN-014", errno_name(ret));
	EXPECT_EQ(0, pins(self));
	EXPECT_EQ(PIN_MAX, pin(self, IOVA, PIN_MAX, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + PIN_MAX * self->page, 1, PIN_WRITE));
	EXPECT_EQ(PIN_MAX + 1, pins(self));
}

VFIO_TEST_F(pin, type1_v1, "PIN-005")
{
	device_close(&self->dev);
	pin_open(self, variant->real, VFIO_TYPE1_IOMMU);
	map_pages(self, IOVA, 1, MAP_RW);
	EXPECT_EQ(-EACCES, pin(self, IOVA, 1, PIN_READ));
}

VFIO_TEST_F(pin, unmapped, "PIN-008")
{
	map_pages(self, IOVA, 3, MAP_RW);
	EXPECT_EQ(-EINVAL, pin(self, IOVA - self->page, 1, PIN_READ));
	EXPECT_EQ(-EINVAL, pin(self, IOVA + 3 * self->page, 1, PIN_READ));
	EXPECT_EQ(-EINVAL, pin(self, 0, 1, PIN_READ));
	/* Those before the one that failed are given back. */
	EXPECT_EQ(-EINVAL, pin(self, IOVA, 4, PIN_READ));
	EXPECT_EQ(0, pins(self));
	EXPECT_FALSE(was_pinned(self));
}

VFIO_TEST_F(pin, failure_keeps_other_pins, "PIN-008")
{
	map_pages(self, IOVA, 3, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA + self->page, 1, PIN_READ));
	EXPECT_EQ(-EINVAL, pin(self, IOVA, 4, PIN_READ));
	EXPECT_TRUE(was_pinned(self));
}

VFIO_TEST_F(pin, access_rights, "PIN-009")
{
	map_pages(self, IOVA, 2, VFIO_DMA_MAP_FLAG_READ);
	map_pages(self, IOVA + 2 * self->page, 1, VFIO_DMA_MAP_FLAG_WRITE);
	EXPECT_EQ(-EPERM, pin(self, IOVA, 1, PIN_WRITE));
	EXPECT_EQ(-EPERM, pin(self, IOVA, 1, PIN_READ | PIN_WRITE));
	EXPECT_EQ(-EPERM, pin(self, IOVA + 2 * self->page, 1, PIN_READ));
	/* All pages of a call need them. */
	EXPECT_EQ(-EPERM, pin(self, IOVA, 3, PIN_READ));
	EXPECT_EQ(0, pins(self));
	EXPECT_EQ(2, pin(self, IOVA, 2, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + 2 * self->page, 1, PIN_WRITE));
}

VFIO_TEST_F(pin, counted_per_page, "PIN-011")
{
	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(2, pin(self, IOVA, 2, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_WRITE));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA, 2));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_EQ(1, pins(self));
	EXPECT_TRUE(was_pinned(self));

	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(2, pin(self, IOVA, 2, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA, 2));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_EQ(0, pins(self));
	EXPECT_FALSE(was_pinned(self));
}

VFIO_TEST_F(pin, address_within_page, "PIN-012")
{
	uint64_t half = self->page / 2;

	/* Two entries of one page: one unpin too many of the first leaves the second. */
	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + half, 1, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_TRUE(was_pinned(self));

	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + half, 1, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA + half, 1));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_FALSE(was_pinned(self));
}

VFIO_TEST_F(pin, memory_gone, "PIN-015")
{
	char *mem;

	if (variant->real)
		SKIP(return, "a real IOMMU has all memory pinned when it is mapped");
	mem = map_pages(self, IOVA, 3, MAP_RW);
	ASSERT_EQ(0, munmap(mem + self->page, self->page));
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	EXPECT_EQ(-EFAULT, pin(self, IOVA + self->page, 1, PIN_READ));
	EXPECT_EQ(-EFAULT, pin(self, IOVA, 3, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + 2 * self->page, 1, PIN_READ));
	EXPECT_EQ(2, pins(self));
}

VFIO_TEST_F(pin, read_only_memory, "PIN-015")
{
	char *mem;

	if (variant->real)
		SKIP(return, "a real IOMMU has all memory pinned when it is mapped");
	mem = pages_alloc(2 * self->page);
	ASSERT_EQ(0, mprotect(mem, 2 * self->page, PROT_READ));
	/* It is the mapping's rights that count, not what the pin is for. */
	iommu_map(self->dev.container, mem, IOVA, self->page, MAP_RW);
	EXPECT_EQ(-EFAULT, pin(self, IOVA, 1, PIN_READ));
	iommu_map(self->dev.container, mem + self->page, IOVA + self->page, self->page,
		  VFIO_DMA_MAP_FLAG_READ);
	EXPECT_EQ(1, pin(self, IOVA + self->page, 1, PIN_READ));
}

VFIO_TEST_F(pin, locked_memory, "PIN-016 T1-045")
{
	if (variant->real)
		SKIP(return, "a real IOMMU has all memory paid for when it is mapped");
	limit_locked_memory(2 * self->page);
	/* What is only mapped costs nothing. */
	map_pages(self, IOVA, 8, MAP_RW);
	EXPECT_EQ(2, pin(self, IOVA, 2, PIN_READ));
	EXPECT_EQ(-ENOMEM, pin(self, IOVA + 2 * self->page, 1, PIN_READ));
	/* A page that is pinned is paid for. */
	EXPECT_EQ(2, pin(self, IOVA, 2, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA, 2));
	EXPECT_EQ(-ENOMEM, pin(self, IOVA + 2 * self->page, 1, PIN_READ));
	EXPECT_EQ(0, unpin(self, IOVA, 1));
	EXPECT_EQ(1, pin(self, IOVA + 2 * self->page, 1, PIN_READ));
	/* What fails half way costs nothing either. */
	EXPECT_EQ(0, unpin(self, IOVA + 2 * self->page, 1));
	EXPECT_EQ(-ENOMEM, pin(self, IOVA + 4 * self->page, 2, PIN_READ));
	EXPECT_EQ(1, pin(self, IOVA + 4 * self->page, 1, PIN_READ));
	/* Nor does what was unmapped. */
	EXPECT_TRUE(was_pinned(self));
	map_pages(self, IOVA, 8, MAP_RW);
	EXPECT_EQ(2, pin(self, IOVA, 2, PIN_READ));
}

VFIO_TEST_F(pin, locked_memory_is_paid_once, "T1-050")
{
	if (!variant->real)
		SKIP(return, "nothing is paid for before it is pinned");
	limit_locked_memory(4 * self->page);
	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(4, pin(self, IOVA, 4, PIN_READ));
	EXPECT_EQ(4, pin(self, IOVA, 4, PIN_READ));
	/* Nor is anything given back twice. */
	EXPECT_TRUE(was_pinned(self));
	map_pages(self, IOVA, 4, MAP_RW);
	EXPECT_EQ(-ENOMEM, __iommu_map(self->dev.container, pages_alloc(self->page),
				       IOVA + 4 * self->page, self->page, MAP_RW));
}

VFIO_TEST_F(pin, device_memory, "PIN-017")
{
	struct vfio_dev other;
	char *bar;

	if (variant->real || !role_bdf(ROLE_MAIN))
		SKIP(return, "needs a mediated device and a PCI device");
	device_open(&other, role_bdf(ROLE_MAIN));
	config_command(other.fd, PCI_COMMAND_MEMORY, 0);
	bar = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED, other.fd,
		   region_offset(other.fd, VFIO_PCI_BAR0_REGION_INDEX));
	if (bar == MAP_FAILED)
		SKIP(goto out, "BAR 0 cannot be mapped");
	iommu_map(self->dev.container, bar, IOVA, self->page, MAP_RW);
	EXPECT_EQ(-EINVAL, pin(self, IOVA, 1, PIN_READ));
	EXPECT_FALSE(was_pinned(self));
	munmap(bar, self->page);
out:
	device_close(&other);
}

VFIO_TEST_F(pin, unpin_what_is_not_pinned, "PIN-011 PIN-018")
{
	map_pages(self, IOVA, 2, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	/* Mapped is enough. */
	EXPECT_EQ(0, unpin(self, IOVA + self->page, 1));
	expect_warn_begin("unpin_pages");
	EXPECT_EQ(0, unpin(self, IOVA + 2 * self->page, 1));
	expect_warn_end();
	/* Those before it are unpinned. */
	expect_warn_begin("unpin_pages");
	EXPECT_EQ(0, unpin(self, IOVA, 3));
	expect_warn_end();
	EXPECT_FALSE(was_pinned(self));
}

VFIO_TEST_F(pin, unpin_count, "PIN-019")
{
	map_pages(self, IOVA, 1, MAP_RW);
	EXPECT_EQ(1, pin(self, IOVA, 1, PIN_READ));
	expect_warn_begin("unpin_pages");
	EXPECT_EQ(0, unpin(self, IOVA, 0));
	EXPECT_EQ(0, unpin(self, IOVA, (uint64_t)-1));
	EXPECT_EQ(0, unpin(self, IOVA, PIN_MAX + 1));
	expect_warn_end();
	EXPECT_TRUE(was_pinned(self));
}

/* The first pin of all, before the device is open for its user. */
VFIO_TEST_F(pin, in_open_device, "PIN-006 PIN-024")
{
	const char *name = variant->real ? role_bdf(ROLE_MAIN) : mdev_uuid(0);
	int64_t ret;

	map_pages(self, IOVA, 1, MAP_RW);
	mock_write(&self->mock, MOCK_REG_OPEN_PIN, IOVA | MOCK_OPEN_PIN);
	close(self->dev.fd);
	self->dev.fd = self->mock.fd = group_get_device_fd(self->dev.group, name);
	ret = (int64_t)mock_read(&self->mock, MOCK_REG_RESULT);
	/* Where the backend gets to know the device later, it knows of none that would unpin. */
	EXPECT_TRUE(ret == 1 || ret == -EINVAL);
	outcome("PIN-006", ret == 1 ? "pins" : errno_name(ret));
	EXPECT_EQ(ret == 1, pins(self));
	EXPECT_EQ(ret == 1, was_pinned(self));
}

CONFORMANCE_MAIN
