// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_GET_IRQ_INFO of a PCI device. */
#include <string.h>
#include <linux/pci_regs.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define EVENTFD		VFIO_IRQ_INFO_EVENTFD
#define NORESIZE	VFIO_IRQ_INFO_NORESIZE

FIXTURE(irq_info)
{
	struct vfio_dev dev;
};

FIXTURE_SETUP(irq_info)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
}

FIXTURE_TEARDOWN(irq_info)
{
	device_close(&self->dev);
}

VFIO_TEST_F(irq_info, bad_pointer, "INFO-033")
{
	struct vfio_irq_info info = { .argsz = sizeof(info) };

	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, bad_pointer()));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO,
					border_alloc(sizeof(info), &info, true)));
	EXPECT_EQ(-EFAULT, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO,
					border_alloc(sizeof(info) - 1, &info, false)));
}

VFIO_TEST_F(irq_info, short_argsz, "INFO-034")
{
	struct vfio_irq_info info;
	uint32_t argsz;

	for (argsz = 0; argsz < sizeof(info); argsz++) {
		info = (struct vfio_irq_info){ .argsz = argsz, .count = 77 };
		EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &info));
		EXPECT_EQ(77, info.count);
	}
}

VFIO_TEST_F(irq_info, index_behind_last, "INFO-035")
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = VFIO_PCI_NUM_IRQS };

	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &info));
	info.index = ~0u;
	EXPECT_EQ(-EINVAL, __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &info));
}

VFIO_TEST_F(irq_info, intx, "INFO-036")
{
	struct vfio_irq_info info;

	irq_info(self->dev.fd, VFIO_PCI_INTX_IRQ_INDEX, &info);
	EXPECT_EQ(EVENTFD | VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED, info.flags);
	EXPECT_EQ(!!config_read8(self->dev.fd, PCI_INTERRUPT_PIN), info.count);
}

VFIO_TEST_F(irq_info, msi, "INFO-037")
{
	unsigned int cap = config_find_cap(self->dev.fd, PCI_CAP_ID_MSI);
	struct vfio_irq_info info;
	uint32_t count = 0;

	if (cap)
		count = 1 << ((config_read16(self->dev.fd, cap + PCI_MSI_FLAGS) &
			       PCI_MSI_FLAGS_QMASK) >> 1);
	irq_info(self->dev.fd, VFIO_PCI_MSI_IRQ_INDEX, &info);
	EXPECT_EQ(EVENTFD | NORESIZE, info.flags);
	EXPECT_EQ(count, info.count);
}

VFIO_TEST_F(irq_info, msix, "INFO-038")
{
	unsigned int cap = config_find_cap(self->dev.fd, PCI_CAP_ID_MSIX);
	struct vfio_irq_info info;
	uint32_t count = 0;

	if (cap)
		count = 1 + (config_read16(self->dev.fd, cap + PCI_MSIX_FLAGS) &
			     PCI_MSIX_FLAGS_QSIZE);
	irq_info(self->dev.fd, VFIO_PCI_MSIX_IRQ_INDEX, &info);
	EXPECT_EQ(count, info.count);
	/* Vectors can be added later since 6.5, where the platform can. */
	ASSERT_EQ(EVENTFD, info.flags & ~NORESIZE);
	outcome("INFO-038", info.flags & NORESIZE ? "9" : "1");
}

VFIO_TEST_F(irq_info, error_of_conventional_pci, "INFO-040")
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = VFIO_PCI_ERR_IRQ_INDEX };
	int ret;

	if (config_find_cap(self->dev.fd, PCI_CAP_ID_EXP))
		SKIP(return, "the device is PCI Express");
	ret = __vfio_ioctl(self->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &info);
	ASSERT_TRUE(ret == -EINVAL || (!ret && info.count == 1));
	outcome("INFO-040", errno_name(ret));
}

VFIO_TEST_F(irq_info, error_of_pci_express, "INFO-039")
{
	struct vfio_irq_info info;

	if (!config_find_cap(self->dev.fd, PCI_CAP_ID_EXP))
		SKIP(return, "the device is conventional PCI");
	irq_info(self->dev.fd, VFIO_PCI_ERR_IRQ_INDEX, &info);
	EXPECT_EQ(EVENTFD | NORESIZE, info.flags);
	EXPECT_EQ(1, info.count);
}

VFIO_TEST_F(irq_info, request, "INFO-041")
{
	struct vfio_irq_info info;

	irq_info(self->dev.fd, VFIO_PCI_REQ_IRQ_INDEX, &info);
	EXPECT_EQ(EVENTFD | NORESIZE, info.flags);
	EXPECT_EQ(1, info.count);
}

CONFORMANCE_MAIN
