/* SPDX-License-Identifier: GPL-2.0-only */
/* Hot reset calls, for the tests of one device and of several on a bus. */
#ifndef HOT_RESET_H
#define HOT_RESET_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/vfio_client.h"

#define GET_INFO	VFIO_DEVICE_GET_PCI_HOT_RESET_INFO
#define ROOM		64
#define HEADER		((uint32_t)sizeof(struct vfio_pci_hot_reset))

struct info {
	struct vfio_pci_hot_reset_info head;
	struct vfio_pci_dependent_device devices[ROOM];
};

/* True if no bridge is above the device whose secondary bus could be reset. */
static inline bool on_root_bus(const char *bdf)
{
	char path[128], link[256];
	ssize_t len;

	/* .../pci0000:00/0000:00:03.0 against .../pci0000:00/0000:00:04.0/0000:01:00.0 */
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		CLIENT_FAIL("%s: %s", path, client_errno(errno));
	link[len] = 0;
	*strrchr(link, '/') = 0;
	return !strncmp(strrchr(link, '/'), "/pci", 4);
}

/* All affected devices; 0 or -errno. */
static inline int get_info(int fd, struct info *info)
{
	memset(info, 0, sizeof(*info));
	info->head.argsz = sizeof(*info);
	return __vfio_ioctl(fd, GET_INFO, info);
}

/* PCI_HOT_RESET with a header as given and @n descriptors behind it. */
static inline int hot_reset(int fd, uint32_t argsz, uint32_t flags, uint32_t count,
			    const int32_t *fds, uint32_t n)
{
	struct {
		struct vfio_pci_hot_reset head;
		int32_t fds[ROOM];
	} arg = { .head = { argsz, flags, count } };

	if (n)
		memcpy(arg.fds, fds, n * sizeof(*fds));
	return __vfio_ioctl(fd, VFIO_DEVICE_PCI_HOT_RESET, &arg);
}

/* With one group as proof. */
static inline int hot_reset_with(int fd, int group)
{
	return hot_reset(fd, HEADER + 4, 0, 1, &(int32_t){ group }, 1);
}

#endif
