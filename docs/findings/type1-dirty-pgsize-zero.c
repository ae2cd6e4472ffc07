// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reproducer of a shift by 64 in vfio_iommu_type1; type1-dirty-pgsize-zero.md
 * beside this file tells why. Plain C, no library of ours.
 *
 * usage: type1-dirty-pgsize-zero GROUP	(the number of a group bound to vfio-pci)
 *
 * Look at the kernel log: the call gives EINVAL with and without the defect.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	struct {
		struct vfio_iommu_type1_dirty_bitmap head;
		struct vfio_iommu_type1_dirty_bitmap_get get;
	} arg = { .head = { .argsz = sizeof(arg),
			    .flags = VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP } };
	char path[64];
	int container, group;

	if (argc != 2) {
		fprintf(stderr, "usage: %s GROUP\n", argv[0]);
		return 2;
	}
	snprintf(path, sizeof(path), "/dev/vfio/%s", argv[1]);
	container = open("/dev/vfio/vfio", O_RDWR);
	group = open(path, O_RDWR);
	if (container < 0 || group < 0 || ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU)) {
		perror(path);
		return 2;
	}
	/* iova 0, size 0, pgsize 0: nothing else is needed, not even a mapping. */
	if (!ioctl(container, VFIO_IOMMU_DIRTY_PAGES, &arg)) {
		puts("GET_BITMAP with a page size of 0 was done");
		return 1;
	}
	printf("GET_BITMAP with a page size of 0: %s\n", strerror(errno));
	return errno != EINVAL;
}
