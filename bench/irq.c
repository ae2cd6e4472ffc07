// SPDX-License-Identifier: GPL-2.0-only
/* SET_IRQS, and the way from an interrupt to an eventfd that is read. */
#include <poll.h>
#include <unistd.h>

#include "setup.h"

#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define SOON_MS	1000

static struct vfio_dev *device_with(struct bench *b, uint32_t index)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);
	struct vfio_irq_info info;

	if (!dev)
		return NULL;
	irq_info(dev->fd, index, &info);
	if (!info.count) {
		bench_skip(b, index == MSI ? "the device has no MSI" : "the device has no INTx");
		return NULL;
	}
	return dev;
}

/* Enable with an eventfd, and disable. */
static void bench_enable(struct bench *b)
{
	uint32_t index = *(const uint32_t *)bench_ctx(b);
	struct vfio_dev *dev = device_with(b, index);
	int event, ret = 0;

	if (!dev)
		return;
	event = eventfd_new();
	bench_floor(b, &floor_getppid, NULL, 2);
	while (!ret && bench_loop(b)) {
		ret = __irq_eventfd(dev->fd, index, TRIGGER, event);
		if (!ret)
			ret = __irq_none(dev->fd, index, TRIGGER, 0, 0);
		if (ret)
			bench_fail(b, "SET_IRQS: %s", client_errno(ret));
	}
	bench_set_items(b, 1);
	close(event);
}

/* Another eventfd for a vector that is enabled. */
static void bench_replace(struct bench *b)
{
	struct vfio_dev *dev = device_with(b, MSI);
	int event[2], ret, i = 0;

	if (!dev)
		return;
	event[0] = eventfd_new();
	event[1] = eventfd_new();
	ret = __irq_eventfd(dev->fd, MSI, TRIGGER, event[1]);
	bench_floor(b, &floor_getppid, NULL, 1);
	while (!ret && bench_loop(b)) {
		ret = __irq_eventfd(dev->fd, MSI, TRIGGER, event[i]);
		i = !i;
	}
	if (ret)
		bench_fail(b, "SET_IRQS: %s", client_errno(ret));
	else
		irq_disable(dev->fd, MSI);
	bench_set_items(b, 1);
	close(event[0]);
	close(event[1]);
}

static bool arrived(struct bench *b, int event)
{
	struct pollfd p = { .fd = event, .events = POLLIN };

	if (eventfd_count(event))
		return true;
	if (poll(&p, 1, SOON_MS) == 1 && eventfd_count(event))
		return true;
	bench_fail(b, "no interrupt came in %d ms", SOON_MS);
	return false;
}

/* By the program: ACTION_TRIGGER with DATA_NONE. */
static void bench_loopback(struct bench *b)
{
	struct vfio_dev *dev = device_with(b, MSI);
	int event, ret;

	if (!dev)
		return;
	event = eventfd_new();
	ret = __irq_eventfd(dev->fd, MSI, TRIGGER, event);
	bench_floor(b, &floor_eventfd, &event, 1);
	while (!ret && bench_loop(b)) {
		ret = __irq_none(dev->fd, MSI, TRIGGER, 0, 1);
		if (ret || !arrived(b, event))
			break;
	}
	if (ret)
		bench_fail(b, "SET_IRQS: %s", client_errno(ret));
	else
		irq_disable(dev->fd, MSI);
	bench_set_items(b, 1);
	close(event);
}

/* By the device, told so in its BAR; INTx is masked then, and has to be unmasked. */
static void bench_raise(struct bench *b)
{
	uint32_t index = *(const uint32_t *)bench_ctx(b), one = 1, all = ~0u;
	struct vfio_dev *dev = device_with(b, index);
	int event, ret;
	uint64_t bar;

	if (!dev)
		return;
	if (!edu_is(dev->bdf)) {
		bench_skip(b, "only an edu device can be told to raise an interrupt");
		return;
	}
	bar = region_offset(dev->fd, VFIO_PCI_BAR0_REGION_INDEX);
	edu_enable_dma(dev->fd);
	event = eventfd_new();
	ret = __irq_eventfd(dev->fd, index, TRIGGER, event);
	bench_floor(b, &floor_eventfd, &event, 1);
	while (!ret && bench_loop(b)) {
		if (pwrite(dev->fd, &one, 4, bar + EDU_IRQ_RAISE) != 4 || !arrived(b, event))
			break;
		bench_pause(b);
		if (pwrite(dev->fd, &all, 4, bar + EDU_IRQ_ACK) != 4)
			ret = -EIO;
		if (index == INTX)
			ret = __irq_none(dev->fd, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0, 1);
		bench_resume(b);
	}
	if (ret)
		bench_fail(b, "interrupt of the device: %s", client_errno(ret));
	else
		irq_disable(dev->fd, index);
	bench_set_items(b, 1);
	close(event);
}

void register_irq(void)
{
	static const uint32_t intx = INTX, msi = MSI;

	bench_register("irq_enable_disable/intx", bench_enable, &intx);
	bench_register("irq_enable_disable/msi", bench_enable, &msi);
	bench_register("irq_replace_eventfd/msi", bench_replace, NULL);
	bench_register("irq_latency/loopback", bench_loopback, NULL);
	bench_register("irq_latency/intx", bench_raise, &intx);
	bench_register("irq_latency/msi", bench_raise, &msi);
}
