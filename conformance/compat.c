// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of a 32-bit program, made from a 64-bit one through the gate that 32-bit
 * programs use: each gives what the 64-bit call gives.
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define NR_IOCTL_32	54
#define IOVA		0x10000000ull

FIXTURE(compat)
{
	struct vfio_dev dev;
	uint8_t *low;		/* a page below 4 GiB */
};

#if defined(__x86_64__)
static long ioctl32(int fd, unsigned int request, uint32_t arg)
{
	long ret = NR_IOCTL_32;

	asm volatile("int $0x80" : "+a"(ret)
		     : "b"((long)fd), "c"((long)request), "d"((long)arg)
		     : "r8", "r9", "r10", "r11", "memory");
	return (int)ret;
}
#else
static long ioctl32(int fd, unsigned int request, uint32_t arg)
{
	return -ENOSYS;
}
#endif

/* A descriptor that only the kernel has: one of the core's is none, or another file. */
static bool reaches(int container)
{
	int status;
	pid_t pid = fork();

	/* Without 32-bit programs the gate ends the process. */
	if (!pid)
		_exit(ioctl32(container, VFIO_CHECK_EXTENSION, VFIO_TYPE1_IOMMU) != 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

FIXTURE_SETUP(compat)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	if (!reaches(self->dev.container))
		SKIP(device_close(&self->dev); return,
		     "no calls of 32-bit programs here (the core is reached through libc)");
	self->low = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->low);
}

FIXTURE_TEARDOWN(compat)
{
	device_close(&self->dev);
}

/* The call both ways, with the same bytes in and out. */
static int same(struct __test_metadata *_metadata, FIXTURE_DATA(compat) *self, int fd,
		unsigned int request, const void *arg, size_t size)
{
	uint8_t want[256] = { 0 };
	int ret;

	memcpy(want, arg, size);
	ret = __vfio_ioctl(fd, request, want);
	memset(self->low, 0, page_size());
	memcpy(self->low, arg, size);
	EXPECT_EQ(ret, ioctl32(fd, request, (uintptr_t)self->low));
	EXPECT_EQ(0, memcmp(want, self->low, sizeof(want)));
	return ret;
}

VFIO_TEST_F(compat, container, "CONT-039")
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map), .flags = MAP_RW, .iova = IOVA, .size = page_size(),
		.vaddr = (uintptr_t)pages_alloc(page_size()),
	};
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap), .iova = IOVA,
						    .size = page_size() };
	int fd = self->dev.container, i;

	EXPECT_EQ(VFIO_API_VERSION, ioctl32(fd, VFIO_GET_API_VERSION, 0));
	for (i = 1; i < 12; i++)
		EXPECT_EQ(__container_check(fd, i), ioctl32(fd, VFIO_CHECK_EXTENSION, i));
	EXPECT_EQ(-EINVAL, ioctl32(fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	EXPECT_EQ(0, same(_metadata, self, fd, VFIO_IOMMU_GET_INFO, &info, sizeof(info)));
	/* The pages may be anywhere: addresses in structures have 64 bits. */
	memcpy(self->low, &map, sizeof(map));
	EXPECT_EQ(0, ioctl32(fd, VFIO_IOMMU_MAP_DMA, (uintptr_t)self->low));
	EXPECT_EQ(-EEXIST, same(_metadata, self, fd, VFIO_IOMMU_MAP_DMA, &map, sizeof(map)));
	memcpy(self->low, &unmap, sizeof(unmap));
	EXPECT_EQ(0, ioctl32(fd, VFIO_IOMMU_UNMAP_DMA, (uintptr_t)self->low));
	EXPECT_EQ(-EFAULT, ioctl32(fd, VFIO_IOMMU_MAP_DMA, 8));
	EXPECT_EQ(-ENOTTY, ioctl32(fd, _IO(VFIO_TYPE, 250), 0));
}

VFIO_TEST_F(compat, group_and_device, "CONT-039")
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct vfio_region_info region = { .argsz = sizeof(region),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = VFIO_PCI_REQ_IRQ_INDEX };
	long fd;

	EXPECT_EQ(0, same(_metadata, self, self->dev.group, VFIO_GROUP_GET_STATUS, &status,
			  sizeof(status)));
	EXPECT_EQ(0, same(_metadata, self, self->dev.fd, VFIO_DEVICE_GET_INFO, &info,
			  sizeof(info)));
	EXPECT_EQ(0, same(_metadata, self, self->dev.fd, VFIO_DEVICE_GET_REGION_INFO, &region,
			  sizeof(region)));
	EXPECT_EQ(0, same(_metadata, self, self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &irq,
			  sizeof(irq)));
	strcpy((char *)self->low, self->dev.bdf);
	fd = ioctl32(self->dev.group, VFIO_GROUP_GET_DEVICE_FD, (uintptr_t)self->low);
	ASSERT_LE(0, fd);
	close(fd);
	EXPECT_EQ(-EBUSY,
		  ioctl32(self->dev.group, VFIO_GROUP_UNSET_CONTAINER, 0));
}

CONFORMANCE_MAIN
