// SPDX-License-Identifier: GPL-2.0-only
/* The type1 IOMMU of a container that has emulated groups only. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "emulated_fixture.h"

VFIO_TEST_F(emulated, group, "DRV-014")
{
	unsigned int devices = 0;
	char path[128], text[64];
	struct dirent *e;
	struct stat st;
	DIR *dir;

	/* An ordinary name, though nothing is behind it but the driver. */
	snprintf(path, sizeof(path), "/dev/vfio/%d", self->dev.group_number);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_TRUE(S_ISCHR(st.st_mode));
	snprintf(path, sizeof(path), "/dev/vfio/noiommu-%d", self->dev.group_number);
	EXPECT_NE(0, access(path, F_OK));
	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/name", self->dev.group_number);
	ASSERT_LT(0, __file_get(path, text, sizeof(text)));
	EXPECT_STREQ("vfio-noiommu", text);

	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/devices",
		 self->dev.group_number);
	dir = opendir(path);
	ASSERT_NE(NULL, dir);
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		EXPECT_STREQ(mdev_uuid(0), e->d_name);
		devices++;
	}
	closedir(dir);
	EXPECT_EQ(1, devices);
	EXPECT_EQ(VFIO_GROUP_FLAGS_VIABLE | VFIO_GROUP_FLAGS_CONTAINER_SET,
		  group_flags(self->dev.group));
}

VFIO_TEST_F(emulated, info, "T1-008 T1-012")
{
	struct vfio_iommu_type1_info *info = iommu_info(self->dev.container);

	EXPECT_EQ(~(self->page - 1), info->iova_pgsizes);
	EXPECT_NE(NULL, info_cap(info, info->argsz, info->cap_offset,
				 VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION));
	EXPECT_NE(NULL, info_cap(info, info->argsz, info->cap_offset,
				 VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL));
	EXPECT_EQ(NULL, info_cap(info, info->argsz, info->cap_offset,
				 VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE));
	free(info);
}

VFIO_TEST_F(emulated, extensions, "CONT-010 CONT-012")
{
	int vaddr = __container_check(self->dev.container, VFIO_UPDATE_VADDR);

	EXPECT_TRUE(vaddr == 0 || vaddr == 1);
	outcome("CONT-010", vaddr ? "1" : "0");
	/* No domain that would not enforce it. */
	EXPECT_EQ(1, __container_check(self->dev.container, VFIO_DMA_CC_IOMMU));
	EXPECT_EQ(1, __container_check(self->dev.container, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(1, __container_check(self->dev.container, VFIO_UNMAP_ALL));
}

VFIO_TEST_F(emulated, any_iova, "T1-040")
{
	static const uint64_t iovas[] = {
		0, 0xfee00000, 1ull << 39, 1ull << 48, 1ull << 57, 1ull << 63,
		0xffffffff00000000ull,
	};
	uint64_t p = self->page;
	unsigned int i;

	for (i = 0; i < sizeof(iovas) / sizeof(iovas[0]); i++) {
		map_pages(self, iovas[i], 2);
		EXPECT_EQ(1, pin(self, iovas[i] + p, 1));
	}
	EXPECT_EQ(2 * p, iommu_unmap(self->dev.container, 0xfee00000, 2 * p, 0));
	EXPECT_EQ(2 * p * (i - 1), unmap_all(self));
}

VFIO_TEST_F(emulated, map_rules_hold, "T1-040")
{
	char *mem = pages_alloc(2 * self->page);
	uint64_t p = self->page;

	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, mem, IOVA + 1, p, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, mem, IOVA, p + 1, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, mem + 1, IOVA, p, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, mem, IOVA, p, 0));
	EXPECT_EQ(0, __iommu_map(self->dev.container, mem, IOVA, 2 * p, MAP_RW));
	EXPECT_EQ(-EEXIST, __iommu_map(self->dev.container, mem, IOVA + p, p, MAP_RW));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->dev.container, IOVA, p, 0, NULL));
}

VFIO_TEST_F(emulated, map_without_memory, "T1-045")
{
	uint32_t avail = iommu_dma_avail(self->dev.container);
	uint64_t p = self->page;

	EXPECT_EQ(0, __iommu_map(self->dev.container, bad_pointer(), IOVA, p, MAP_RW));
	EXPECT_EQ(avail - 1, iommu_dma_avail(self->dev.container));
	EXPECT_EQ(-EFAULT, pin(self, IOVA, 1));
	/* Of the process or of the kernel. */
	EXPECT_EQ(0, __iommu_map(self->dev.container, (void *)0xffff800000000000ull, IOVA + p, p,
				 MAP_RW));
	EXPECT_EQ(-EFAULT, pin(self, IOVA + p, 1));
	EXPECT_EQ(-EFAULT, mock_command(&self->mock, MOCK_CMD_DMA_RW, IOVA + p, 8, 0));
	EXPECT_EQ(2 * p, unmap_all(self));
}

VFIO_TEST_F(emulated, huge_mapping, "T1-045")
{
	uint64_t size = 1ull << 40;

	/* More than the machine has. */
	EXPECT_EQ(0, __iommu_map(self->dev.container, (void *)0x100000000ull, 0, size, MAP_RW));
	EXPECT_EQ(size, unmap_all(self));
}

VFIO_TEST_F(emulated, vaddr_cannot_be_taken_away, "T1-088")
{
	uint32_t vaddr = VFIO_DMA_UNMAP_FLAG_VADDR;
	uint64_t p = self->page;
	int ret;

	map_pages(self, IOVA, 2);
	ret = __iommu_unmap(self->dev.container, IOVA, 2 * p, vaddr, NULL);
	outcome("T1-088", errno_name(ret));
	if (!ret)
		SKIP(return, "this kernel lets it be taken away");
	EXPECT_EQ(-EBUSY, ret);
	/* Nothing else is looked at. */
	EXPECT_EQ(-EBUSY, __iommu_unmap(self->dev.container, IOVA + 1, 1, vaddr, NULL));
	EXPECT_EQ(-EBUSY, __iommu_unmap(self->dev.container, IOVA, p, vaddr, NULL));
	EXPECT_EQ(-EBUSY, __iommu_unmap(self->dev.container, 0, 0, vaddr, NULL));
	EXPECT_EQ(-EBUSY, __iommu_unmap(self->dev.container, 0, 0,
					vaddr | VFIO_DMA_UNMAP_FLAG_ALL, NULL));
	EXPECT_EQ(-EINVAL, __iommu_unmap(self->dev.container, 0, 0,
					 vaddr | VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP, NULL));
	EXPECT_EQ(1, pin(self, IOVA, 1));
}

VFIO_TEST_F(emulated, mappings_go_with_the_last_group, "T1-129 PIN-024")
{
	char *mem = map_pages(self, IOVA, 2);
	int ret;

	EXPECT_EQ(1, pin(self, IOVA, 1));
	close(self->dev.fd);
	group_unset_container(self->dev.group);
	EXPECT_EQ(-EINVAL, __iommu_map(self->dev.container, mem, 0, self->page, MAP_RW));
	group_set_container(self->dev.group, self->dev.container);
	container_set_iommu(self->dev.container, VFIO_TYPE1v2_IOMMU);
	ret = __iommu_map(self->dev.container, mem, IOVA, 2 * self->page, MAP_RW);
	EXPECT_EQ(0, ret);
	self->dev.fd = group_get_device_fd(self->dev.group, mdev_uuid(0));
}

CONFORMANCE_MAIN
