// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/vfio_client.h"

int __irq_set(int fd, uint32_t index, uint32_t flags, uint32_t start, uint32_t count,
	      const void *data, size_t len)
{
	struct vfio_irq_set *set = malloc(sizeof(*set) + len);
	int ret;

	if (!set)
		CLIENT_FAIL("no memory");
	set->argsz = sizeof(*set) + len;
	set->flags = flags;
	set->index = index;
	set->start = start;
	set->count = count;
	if (len)
		memcpy(set->data, data, len);
	ret = __vfio_ioctl(fd, VFIO_DEVICE_SET_IRQS, set);
	free(set);
	return ret;
}

int __irq_none(int fd, uint32_t index, uint32_t action, uint32_t start, uint32_t count)
{
	return __irq_set(fd, index, VFIO_IRQ_SET_DATA_NONE | action, start, count, NULL, 0);
}

int __irq_bool(int fd, uint32_t index, uint32_t action, uint8_t value)
{
	return __irq_set(fd, index, VFIO_IRQ_SET_DATA_BOOL | action, 0, 1, &value, sizeof(value));
}

int __irq_eventfd(int fd, uint32_t index, uint32_t action, int eventfd)
{
	int32_t data = eventfd;

	return __irq_set(fd, index, VFIO_IRQ_SET_DATA_EVENTFD | action, 0, 1, &data, sizeof(data));
}

void irq_none(int fd, uint32_t index, uint32_t action, uint32_t start, uint32_t count)
{
	int ret = __irq_none(fd, index, action, start, count);

	if (ret)
		CLIENT_FAIL("SET_IRQS index %u action 0x%x start %u count %u: %d (%s)", index,
			    action, start, count, ret, client_errno(ret));
}

void irq_eventfd(int fd, uint32_t index, uint32_t action, int eventfd)
{
	int ret = __irq_eventfd(fd, index, action, eventfd);

	if (ret)
		CLIENT_FAIL("SET_IRQS index %u action 0x%x eventfd: %d (%s)", index, action, ret,
			    client_errno(ret));
}

void irq_disable(int fd, uint32_t index)
{
	irq_none(fd, index, VFIO_IRQ_SET_ACTION_TRIGGER, 0, 0);
}

void irq_info(int fd, uint32_t index, struct vfio_irq_info *info)
{
	int ret;

	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->index = index;
	ret = __vfio_ioctl(fd, VFIO_DEVICE_GET_IRQ_INFO, info);
	if (ret)
		CLIENT_FAIL("GET_IRQ_INFO %u: %s", index, client_errno(ret));
}

int eventfd_new(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		CLIENT_FAIL("eventfd: %s", client_errno(errno));
	return fd;
}

uint64_t eventfd_count(int eventfd)
{
	uint64_t n;

	if (read(eventfd, &n, sizeof(n)) == sizeof(n))
		return n;
	if (errno != EAGAIN)
		CLIENT_FAIL("read of an eventfd: %s", client_errno(errno));
	return 0;
}

uint64_t eventfd_wait(int eventfd, int ms)
{
	struct pollfd p = { .fd = eventfd, .events = POLLIN };

	if (poll(&p, 1, ms) < 0)
		CLIENT_FAIL("poll: %s", client_errno(errno));
	return eventfd_count(eventfd);
}

void eventfd_raise(int eventfd)
{
	uint64_t one = 1;

	if (write(eventfd, &one, sizeof(one)) != sizeof(one))
		CLIENT_FAIL("write to an eventfd: %s", client_errno(errno));
}
