// SPDX-License-Identifier: GPL-2.0-only
/* What targets need that link the core. */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "fuzz_core.h"

#define PAGE 4096

uint8_t *const fuzz_border = (uint8_t *)0x550000000000;

uint8_t take8(struct input *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

uint32_t take32(struct input *in)
{
	uint32_t v = take8(in);

	v |= (uint32_t)take8(in) << 8;
	v |= (uint32_t)take8(in) << 16;
	return v | (uint32_t)take8(in) << 24;
}

void *fuzz_at_border(const void *data, size_t size)
{
	return memcpy(fuzz_border + PAGE - size, data, size);
}

/* Opening the devices is not what is fuzzed: it has to work. */
static int must(const char *what, long ret)
{
	if (ret < 0) {
		fprintf(stderr, "cannot set up the target: %s: %s\n", what, strerror(-ret));
		exit(2);
	}
	return ret;
}

/* A text as a file, which has to be there for as long as the process reads it. */
static const char *file_of(const char *text)
{
	static char path[32];
	int fd = memfd_create("topology", MFD_CLOEXEC);

	must("topology", fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

void fuzz_start(bool alone, const char *topology)
{
	void *p = mmap(fuzz_border, 2 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != fuzz_border || mprotect(fuzz_border + PAGE, PAGE, PROT_NONE)) {
		perror("cannot map the border pages");
		exit(2);
	}
	must("topology", fuzz_core_start(alone, topology ? file_of(topology) : NULL));
}

void fuzz_open(struct fuzz_device *dev, const char *bdf)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/vfio/%d", must(bdf, fuzz_core_group(bdf)));
	dev->container = must("container", kapi_sys_open("/dev/vfio/vfio", O_RDWR));
	dev->group = must(path, kapi_sys_open(path, O_RDWR));
	must("SET_CONTAINER", kapi_sys_ioctl(dev->group, VFIO_GROUP_SET_CONTAINER,
					     (unsigned long)&dev->container));
	must("SET_IOMMU", kapi_sys_ioctl(dev->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	/* An error that was injected is spent on the first attempt. */
	dev->fd = kapi_sys_ioctl(dev->group, VFIO_GROUP_GET_DEVICE_FD, (unsigned long)bdf);
	if (dev->fd < 0)
		dev->fd = must("GET_DEVICE_FD", kapi_sys_ioctl(dev->group, VFIO_GROUP_GET_DEVICE_FD,
						       (unsigned long)bdf));
}
