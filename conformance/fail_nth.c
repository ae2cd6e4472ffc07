// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever the kernel asks for and does not get, a call says so or succeeds, and
 * the device goes on: each call runs with its first operation that may fail made
 * to fail, then with its second, and so on until there is none left
 * (/proc/thread-self/fail-nth: kernels with fault injection, and the core).
 *
 * Between arming and disarming there are system calls alone: nothing of libc's that
 * could ask for memory itself. A report in the kernel log fails the test, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <linux/pci_regs.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"
#include "fail_nth_util.h"

#define IOVA		0x100000ull

struct target {
	struct vfio_dev dev;
	struct mock mock;
	bool has_mock;
	char group_file[64];
	off_t config, bar0;
	char *memory;
	int eventfd, nth;
};

/* Each step: 0 once all of it was done, else the errno of the call that failed. */
static int try_open(struct target *t)
{
	int ret;

	ret = t->dev.container = __container_open();
	if (ret >= 0) {
		t->dev.group = open(t->group_file, O_RDWR | O_CLOEXEC);
		ret = t->dev.group < 0 ? -errno : 0;
	}
	if (ret >= 0)
		ret = __group_set_container(t->dev.group, t->dev.container);
	if (ret >= 0)
		ret = __container_set_iommu(t->dev.container, VFIO_TYPE1v2_IOMMU);
	if (ret >= 0)
		ret = t->dev.fd = __group_get_device_fd(t->dev.group, t->dev.bdf);
	return ret < 0 ? ret : 0;
}

static void close_all(struct target *t)
{
	/* What was not opened is negative, and left alone. */
	device_close(&t->dev);
	t->dev.fd = t->dev.group = t->dev.container = -1;
}

static int try_info(struct target *t)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct {
		struct vfio_region_info info;
		char caps[512];
	} region;
	struct vfio_irq_info irq = { .argsz = sizeof(irq) };
	int ret = __vfio_ioctl(t->dev.fd, VFIO_DEVICE_GET_INFO, &info);
	unsigned int i;

	for (i = 0; !ret && i < info.num_regions; i++) {
		region.info = (struct vfio_region_info){ .argsz = sizeof(region), .index = i };
		ret = __vfio_ioctl(t->dev.fd, VFIO_DEVICE_GET_REGION_INFO, &region);
		if (ret == -EINVAL)	/* a region that it does not have */
			ret = 0;
	}
	irq.index = VFIO_PCI_MSI_IRQ_INDEX;
	return ret ? ret : __vfio_ioctl(t->dev.fd, VFIO_DEVICE_GET_IRQ_INFO, &irq);
}

static int try_reset_info(struct target *t)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device devices[16];
	} set = { .info.argsz = sizeof(set) };
	struct {
		struct vfio_pci_hot_reset reset;
		int group;
	} arg = { .reset = { .argsz = sizeof(arg), .count = 1 }, .group = t->dev.group };
	int ret = __vfio_ioctl(t->dev.fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &set);

	return ret ? ret : __vfio_ioctl(t->dev.fd, VFIO_DEVICE_PCI_HOT_RESET, &arg);
}

static int try_msi(struct target *t)
{
	int ret = __irq_eventfd(t->dev.fd, VFIO_PCI_MSI_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER,
				t->eventfd);

	return ret ? ret : __irq_none(t->dev.fd, VFIO_PCI_MSI_IRQ_INDEX,
				      VFIO_IRQ_SET_ACTION_TRIGGER, 0, 1);
}

static int try_intx(struct target *t)
{
	int ret = __irq_eventfd(t->dev.fd, VFIO_PCI_INTX_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER,
				t->eventfd);

	if (!ret)
		ret = __irq_eventfd(t->dev.fd, VFIO_PCI_INTX_IRQ_INDEX,
				    VFIO_IRQ_SET_ACTION_UNMASK, t->eventfd);
	return ret ? ret : __irq_none(t->dev.fd, VFIO_PCI_INTX_IRQ_INDEX,
				      VFIO_IRQ_SET_ACTION_MASK, 0, 1);
}

static int try_request(struct target *t)
{
	return __irq_eventfd(t->dev.fd, VFIO_PCI_REQ_IRQ_INDEX, VFIO_IRQ_SET_ACTION_TRIGGER,
			     t->eventfd);
}

static void no_irqs(struct target *t)
{
	static const unsigned int indices[] = {
		VFIO_PCI_MSI_IRQ_INDEX, VFIO_PCI_INTX_IRQ_INDEX, VFIO_PCI_REQ_IRQ_INDEX,
	};
	unsigned int i;

	/* Fails for the one that is not set; the others matter. */
	for (i = 0; i < sizeof(indices) / sizeof(indices[0]); i++)
		__irq_none(t->dev.fd, indices[i], VFIO_IRQ_SET_ACTION_TRIGGER, 0, 0);
}

static int try_access(struct target *t)
{
	uint32_t value = 0;

	if (pread(t->dev.fd, &value, 4, t->config) < 0 ||
	    pwrite(t->dev.fd, &value, 1, t->config + PCI_INTERRUPT_LINE) < 0 ||
	    pread(t->dev.fd, &value, 4, t->bar0) < 0)
		return -errno;
	return 0;
}

static int try_map(struct target *t)
{
	uint64_t bitmap = 0, size = 16 * 4096, done = 0;
	int ret = __iommu_map(t->dev.container, t->memory, IOVA, size, MAP_RW);

	if (!ret)
		ret = __iommu_dirty(t->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_START);
	if (!ret)
		ret = __iommu_dirty_bitmap(t->dev.container, IOVA, size, 4096, &bitmap, 8);
	return ret ? ret : __iommu_unmap(t->dev.container, IOVA, size, 0, &done);
}

static void unmap(struct target *t)
{
	__iommu_dirty(t->dev.container, VFIO_IOMMU_DIRTY_PAGES_FLAG_STOP);
	__iommu_unmap(t->dev.container, IOVA, 16 * 4096, 0, NULL);
}

static int try_pin(struct target *t)
{
	uint64_t size = 16 * 4096, done = 0;
	int64_t pinned;
	int ret = __iommu_map(t->dev.container, t->memory, IOVA, size, MAP_RW);

	if (ret)
		return ret;
	if (!t->has_mock)
		return __iommu_unmap(t->dev.container, IOVA, size, 0, &done);
	ret = __mock_write(&t->mock, MOCK_REG_ARG0, IOVA) ?:
	      __mock_write(&t->mock, MOCK_REG_ARG1, 4) ?:
	      __mock_write(&t->mock, MOCK_REG_ARG2, 3) ?:
	      __mock_write(&t->mock, MOCK_REG_CMD, MOCK_CMD_PIN) ?:
	      __mock_read(&t->mock, MOCK_REG_RESULT, (uint64_t *)&pinned);
	if (!ret && pinned < 0)
		ret = pinned;
	return ret ? ret : __iommu_unmap(t->dev.container, IOVA, size, 0, &done);
}

static int try_migrate(struct target *t)
{
	struct vfio_device_feature_mig_state state = { .device_state = VFIO_DEVICE_STATE_STOP_COPY };
	int ret = __device_feature(t->dev.fd, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE |
				   VFIO_DEVICE_FEATURE_SET, &state, sizeof(state));
	char bytes[64];
	ssize_t n;

	if (ret)
		return ret;
	n = read(state.data_fd, bytes, sizeof(bytes));
	ret = n < 0 ? -errno : 0;
	close(state.data_fd);
	return ret ? ret : __feature_get(t->dev.fd, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &state,
					 sizeof(state));
}

static void back_to_running(struct target *t)
{
	struct vfio_device_feature_mig_state state = { .device_state = VFIO_DEVICE_STATE_RUNNING };

	if (__vfio_ioctl(t->dev.fd, VFIO_DEVICE_RESET, NULL))
		__feature_set(t->dev.fd, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &state, sizeof(state));
}

static int try_logging(struct target *t)
{
	struct vfio_device_feature_dma_logging_range range = { .iova = IOVA, .length = 16 * 4096 };
	struct vfio_device_feature_dma_logging_control start = {
		.page_size = 4096, .num_ranges = 1, .ranges = (uintptr_t)&range };
	uint64_t bitmap = 0;
	struct vfio_device_feature_dma_logging_report report = {
		.iova = IOVA, .length = 16 * 4096, .page_size = 4096,
		.bitmap = (uintptr_t)&bitmap };
	int ret = __feature_set(t->dev.fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_START, &start,
				sizeof(start));

	if (!ret)
		ret = __feature_get(t->dev.fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, &report,
				    sizeof(report));
	return ret ? ret : __feature_set(t->dev.fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, NULL, 0);
}

static void stop_logging(struct target *t)
{
	__feature_set(t->dev.fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, NULL, 0);
}

static int try_mmap(struct target *t)
{
	size_t page = page_size();
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, t->dev.fd,
		       t->bar0);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, page);
	return 0;
}

static int try_ioeventfd(struct target *t)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = 0x4,
		.fd = t->eventfd };
	int ret = __vfio_ioctl(t->dev.fd, VFIO_DEVICE_IOEVENTFD, &arg);

	if (ret)
		return ret;
	arg.fd = -1;
	return __vfio_ioctl(t->dev.fd, VFIO_DEVICE_IOEVENTFD, &arg);
}

static void no_ioeventfd(struct target *t)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = 0x4, .fd = -1 };

	__vfio_ioctl(t->dev.fd, VFIO_DEVICE_IOEVENTFD, &arg);
}

FIXTURE(fail)
{
	struct target t;
};

FIXTURE_VARIANT(fail)
{
	int (*run)(struct target *t);
	void (*undo)(struct target *t);	/* what is left of it, done or not */
	bool opens;			/* it begins with nothing open */
	bool may_lack;			/* a device need not be able to do it */
	/* Faults deep in other parts of Linux break those: docs/findings/fault-injection.md */
	bool shallow;
};

FIXTURE_VARIANT_ADD(fail, open) { .run = try_open, .undo = close_all, .opens = true,
				 .shallow = true };
FIXTURE_VARIANT_ADD(fail, info) { .run = try_info };
FIXTURE_VARIANT_ADD(fail, hot_reset) { .run = try_reset_info, .may_lack = true };
FIXTURE_VARIANT_ADD(fail, msi) { .run = try_msi, .undo = no_irqs, .may_lack = true,
				.shallow = true };
FIXTURE_VARIANT_ADD(fail, intx) { .run = try_intx, .undo = no_irqs, .may_lack = true };
FIXTURE_VARIANT_ADD(fail, request) { .run = try_request, .undo = no_irqs };
FIXTURE_VARIANT_ADD(fail, access) { .run = try_access };
FIXTURE_VARIANT_ADD(fail, map) { .run = try_map, .undo = unmap };
FIXTURE_VARIANT_ADD(fail, pin) { .run = try_pin, .undo = unmap };
FIXTURE_VARIANT_ADD(fail, migrate) {
	.run = try_migrate, .undo = back_to_running, .may_lack = true };
FIXTURE_VARIANT_ADD(fail, logging) {
	.run = try_logging, .undo = stop_logging, .may_lack = true };
FIXTURE_VARIANT_ADD(fail, mmap) { .run = try_mmap, .may_lack = true };
FIXTURE_VARIANT_ADD(fail, ioeventfd) {
	.run = try_ioeventfd, .undo = no_ioeventfd, .may_lack = true };

FIXTURE_SETUP(fail)
{
	const char *bdf = role_bdf(ROLE_MAIN), *why = fail_nth_missing();
	struct target *t = &self->t;

	*t = (struct target){ .dev = { .container = -1, .group = -1, .fd = -1 }, .nth = -1 };
	if (!why && !bdf)
		why = role_missing(ROLE_MAIN);
	if (why)
		SKIP(return, "%s", why);
	t->nth = fail_nth_open();
	t->eventfd = eventfd_new();
	t->memory = pages_alloc(16 * 4096);
	device_open(&t->dev, bdf);
	snprintf(t->group_file, sizeof(t->group_file), "/dev/vfio/%s%d",
		 group_is_noiommu(t->dev.group_number) ? "noiommu-" : "", t->dev.group_number);
	if (group_is_noiommu(t->dev.group_number))
		SKIP(return, "needs an IOMMU");
	t->has_mock = !__mock_find(t->dev.fd, &t->mock);
	t->config = region_offset(t->dev.fd, VFIO_PCI_CONFIG_REGION_INDEX);
	t->bar0 = region_offset(t->dev.fd, VFIO_PCI_BAR0_REGION_INDEX);
	config_command(t->dev.fd, PCI_COMMAND_MEMORY, 0);
	if (variant->opens)
		close_all(t);
}

FIXTURE_TEARDOWN(fail)
{
	if (self->t.nth < 0)
		return;
	if (variant->opens)
		return;
	close_all(&self->t);
}

/* The device as it was: it opens, and answers. */
static void is_usable(struct __test_metadata *_metadata, struct target *t, bool opens)
{
	if (opens)
		ASSERT_EQ(0, try_open(t));
	EXPECT_EQ(0, try_info(t));
	EXPECT_EQ(0, try_access(t));
	if (opens)
		close_all(t);
}

VFIO_TEST_F(fail, sweep, "")
{
	struct target *t = &self->t;
	unsigned int n, delivered = 0;
	bool hit = true;
	int ret;

	/* Without a fault first: to learn what the device can do, and for libc to have its memory. */
	ret = variant->run(t);
	if (variant->undo)
		variant->undo(t);
	if (variant->may_lack && ret < 0)
		SKIP(return, "the device does not do that: %s", errno_name(ret));
	ASSERT_EQ(0, ret);

	fail_nth_modules_only(variant->shallow);
	for (n = 1; hit && n <= FAIL_NTH_MAX; n++) {
		fail_nth_arm(t->nth, n);
		ret = variant->run(t);
		hit = fail_nth_disarm(t->nth);
		delivered += hit;
		if (variant->undo)
			variant->undo(t);
		if (!hit)
			EXPECT_EQ(0, ret);
		EXPECT_TRUE(ret == 0 || fail_nth_is_clean(ret))
			TH_LOG("fault %u: %s", n, errno_name(ret));
		is_usable(_metadata, t, variant->opens);
	}
	EXPECT_FALSE(hit);
	/* A call that nothing in can fail would show nothing. */
	EXPECT_GT(delivered, 0);
	printf("# %u faults\n", delivered);
}

CONFORMANCE_MAIN
