// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every ioctl of a device, reads, writes and mmap, with each of their operations
 * failing in turn: see fail_sweep.h. Migration is in core_fail_migration.c.
 */
#include <sys/eventfd.h>

#include "fail_sweep.h"

static int container = -1, group = -1, device = -1;
static int plain_group = -1, plain_device = -1, dma_buf = -1;
static int event[2];
static char *mem, *buf;

/* Configuration space, migration state, pins, and what is charged. */
static void look(struct view *view)
{
	struct vfio_irq_info irq = { .argsz = sizeof(irq) };
	long val[] = {
		get_state(device), mock_get(device, MOCK_REG_PINS),
		mock_get(device, MOCK_REG_STATE_SIZE), kapi_objects(KAPI_LOCKED_PAGES),
		sys(device, VFIO_DEVICE_GET_IRQ_INFO, &irq), irq.count,
	};
	unsigned int at;

	for (at = 0; at < 256; at += 4)
		kapi_sys_pread(device, view->bytes + at, 4, CONFIG_AT(at));
	memcpy(view->bytes + 256, val, sizeof(val));
	view->len = 256 + sizeof(val);
}

static long call_info(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return sys(device, VFIO_DEVICE_GET_INFO, &info);
}

/* All regions: those with capabilities among them. */
static long call_region_info(void)
{
	struct {
		struct vfio_region_info info;
		u8 caps[256];
	} arg;
	long ret = 0;
	u32 i;

	for (i = 0; i <= VFIO_PCI_NUM_REGIONS && ret >= 0; i++) {
		if (i == VFIO_PCI_VGA_REGION_INDEX)
			continue;
		arg.info = (struct vfio_region_info) { .argsz = sizeof(arg), .index = i };
		ret = sys(device, VFIO_DEVICE_GET_REGION_INFO, &arg);
	}
	return ret;
}

static long call_irq_info(void)
{
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = VFIO_PCI_MSI_IRQ_INDEX };

	return sys(device, VFIO_DEVICE_GET_IRQ_INFO, &irq);
}

#define EVENTFD(action) (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_##action)
#define NONE(action) (VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_##action)

static long call_intx(void)
{
	return set_irqs(device, EVENTFD(TRIGGER), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, event);
}

static void intx(void)
{
	call_intx();
}

static long call_intx_off(void)
{
	return set_irqs(device, NONE(TRIGGER), VFIO_PCI_INTX_IRQ_INDEX, 0, 0, NULL);
}

static void intx_off(void)
{
	call_intx_off();
}

static long call_intx_unmask_fd(void)
{
	return set_irqs(device, EVENTFD(UNMASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, event + 1);
}

static void intx_unmask_fd_off(void)
{
	int none = -1;

	set_irqs(device, EVENTFD(UNMASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, &none);
}

static long call_intx_mask(void)
{
	return set_irqs(device, NONE(MASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, NULL);
}

static void intx_unmask(void)
{
	set_irqs(device, NONE(UNMASK), VFIO_PCI_INTX_IRQ_INDEX, 0, 1, NULL);
}

static long call_msi(void)
{
	return set_irqs(device, EVENTFD(TRIGGER), VFIO_PCI_MSI_IRQ_INDEX, 0, 1, event);
}

static void msi_off(void)
{
	set_irqs(device, NONE(TRIGGER), VFIO_PCI_MSI_IRQ_INDEX, 0, 0, NULL);
}

static long call_req(void)
{
	return set_irqs(device, EVENTFD(TRIGGER), VFIO_PCI_REQ_IRQ_INDEX, 0, 1, event);
}

static void req_off(void)
{
	set_irqs(device, NONE(TRIGGER), VFIO_PCI_REQ_IRQ_INDEX, 0, 0, NULL);
}

static long call_reset(void)
{
	return sysv(device, VFIO_DEVICE_RESET, 0);
}

static long call_hot_reset_info(void)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device dev[4];
	} arg = { .info.argsz = sizeof(arg) };

	return sys(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg);
}

static long call_hot_reset(void)
{
	return hot_reset(device, &group, 1);
}

static long ioeventfd(int fd)
{
	struct vfio_device_ioeventfd arg = {
		.argsz = sizeof(arg), .flags = VFIO_DEVICE_IOEVENTFD_32, .offset = BAR0_AT(4),
		.data = 7, .fd = fd,
	};

	return sys(device, VFIO_DEVICE_IOEVENTFD, &arg);
}

static long call_ioeventfd(void)
{
	return ioeventfd(event[0]);
}

static void ioeventfd_off(void)
{
	ioeventfd(-1);
}

static long call_config_read(void)
{
	return kapi_sys_pread(device, buf, 64, CONFIG_AT(0)) == 64 ? 0 : -EFAULT;
}

static long call_config_write(void)
{
	u16 command = 7;
	long ret = kapi_sys_pwrite(device, &command, 2, CONFIG_AT(4));

	return ret < 0 ? ret : 0;
}

static void config_restore(void)
{
	u16 command = 3;

	kapi_sys_pwrite(device, &command, 2, CONFIG_AT(4));
}

static long call_bar_read(void)
{
	long ret = kapi_sys_pread(device, buf, 4, BAR0_AT(0));

	return ret < 0 ? ret : 0;
}

static long call_bar_write(void)
{
	u32 n = 5;
	long ret = kapi_sys_pwrite(device, &n, 4, BAR0_AT(4));

	return ret < 0 ? ret : 0;
}

static void *mapping;

static long call_mmap(void)
{
	mapping = kapi_sys_mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	return IS_ERR(mapping) ? PTR_ERR(mapping) : 0;
}

static void unmap(void)
{
	kapi_sys_munmap(mapping, 2 * PG);
}

/* Take the second page away, so that the mapping is split. */
static long call_munmap_half(void)
{
	long ret = kapi_sys_munmap(mapping + PG, PG);

	return ret < 0 ? ret : 0;
}

static void make_mapping(void)
{
	call_mmap();
}

static void unmap_split(void)
{
	kapi_sys_munmap(mapping, 2 * PG);
	call_mmap();
}

static long call_low_power(void)
{
	return feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,
		       buf, 0);
}

static long call_low_power_wakeup(void)
{
	struct vfio_device_low_power_entry_with_wakeup arg = { .wakeup_eventfd = event[0] };

	return feature(device, VFIO_DEVICE_FEATURE_SET |
		       VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP, &arg, sizeof(arg));
}

static void low_power_exit(void)
{
	feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, buf, 0);
}

static long call_low_power_exit(void)
{
	return feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT,
		       buf, 0);
}

/* Only a function with VFs has one. */
static long call_vf_token(void)
{
	return feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, buf, 16);
}

/* One range of BAR 0, from the driver that has it. */
static long call_dma_buf(void)
{
	struct {
		struct vfio_device_feature head;
		u32 index, open_flags, flags, n;
		u64 offset, length;
	} arg = {
		.head = { sizeof(arg), VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_BUF },
		.n = 1, .length = 4 * PG,
	};

	return dma_buf = sys(plain_device, VFIO_DEVICE_FEATURE, &arg);
}

static void close_dma_buf(void)
{
	kapi_sys_close(dma_buf);
}

static long call_ioeventfd_off(void)
{
	return ioeventfd(-1);
}

static void ioeventfd_on(void)
{
	call_ioeventfd();
}

static long call_pin(void)
{
	u64 cmd = MOCK_CMD_PIN;
	long ret;

	ret = kapi_sys_pwrite(device, &cmd, sizeof(cmd), MOCK_AT(MOCK_REG_CMD));
	kapi_fail_pause();
	if (ret >= 0)
		ret = (long)mock_get(device, MOCK_REG_RESULT);
	kapi_fail_resume();
	return ret;
}

static void prepare_pin(void)
{
	mock_put(device, MOCK_REG_ARG0, 0x100000);
	mock_put(device, MOCK_REG_ARG1, 8);
	mock_put(device, MOCK_REG_ARG2, 3);
}

static void unpin(void)
{
	mock_put(device, MOCK_REG_CMD, MOCK_CMD_UNPIN_ALL);
}

static long call_dma_rw(void)
{
	u64 cmd = MOCK_CMD_DMA_RW;
	long ret;

	ret = kapi_sys_pwrite(device, &cmd, sizeof(cmd), MOCK_AT(MOCK_REG_CMD));
	kapi_fail_pause();
	if (ret >= 0)
		ret = (long)mock_get(device, MOCK_REG_RESULT);
	kapi_fail_resume();
	return ret;
}

static void prepare_dma_rw(void)
{
	mock_put(device, MOCK_REG_ARG0, 0x100800);
	mock_put(device, MOCK_REG_ARG1, 0x1000);
	mock_put(device, MOCK_REG_ARG2, 1);
}

/* The first access maps the BAR; a region without memory for it counts as taken, as in Linux. */
static const struct sweep first = {
	"first read of BAR", call_bar_read, .makes_cache = true, .also = { EBUSY },
};

static const struct sweep plain[] = {
	{ "GET_INFO", call_info },
	{ "GET_REGION_INFO", call_region_info },
	{ "GET_IRQ_INFO", call_irq_info },
	{ "SET_IRQS INTx", call_intx, intx_off },
	{ "SET_IRQS MSI", call_msi, msi_off },
	{ "SET_IRQS REQ", call_req, req_off },
	{ "RESET", call_reset, NULL, config_restore },
	{ "GET_PCI_HOT_RESET_INFO", call_hot_reset_info },
	{ "PCI_HOT_RESET", call_hot_reset },
	{ "IOEVENTFD", call_ioeventfd, ioeventfd_off },
	{ "IOEVENTFD off", call_ioeventfd_off, ioeventfd_on, ioeventfd_on },
	{ "read of config", call_config_read },
	{ "write of config", call_config_write, config_restore },
	{ "read of BAR", call_bar_read },
	{ "write of BAR", call_bar_write },
	{ "mmap", call_mmap, unmap },
	{ "FEATURE LOW_POWER_ENTRY", call_low_power, low_power_exit, .optional = true },
	{ "FEATURE LOW_POWER_ENTRY_WITH_WAKEUP", call_low_power_wakeup, low_power_exit,
	  .optional = true },
	{ "FEATURE LOW_POWER_EXIT", call_low_power_exit, .optional = true },
	{ "FEATURE PCI_VF_TOKEN", call_vf_token, .gives = ENOTTY },
	{ "FEATURE DMA_BUF", call_dma_buf, close_dma_buf, .optional = true },
	{ "vfio_pin_pages()", call_pin, unpin, prepare_pin },
	{ "vfio_dma_rw()", call_dma_rw, NULL, prepare_dma_rw },
};

static const struct sweep with_intx[] = {
	{ "SET_IRQS INTx unmask eventfd", call_intx_unmask_fd, intx_unmask_fd_off },
	{ "SET_IRQS INTx mask", call_intx_mask, intx_unmask },
	{ "SET_IRQS INTx again", call_intx },
	{ "SET_IRQS INTx off", call_intx_off, intx },
};

static const struct sweep with_mapping[] = {
	{ "munmap of a part", call_munmap_half, unmap_split },
};

#define SWEEP(list) do { \
	unsigned int __i; \
	for (__i = 0; __i < ARRAY_SIZE(list); __i++) \
		sweep(&(list)[__i], look); \
} while (0)

static void open_all(void)
{
	container = open_container();
	group = open_group(group_of(BDF_MAIN));
	sys(group, VFIO_GROUP_SET_CONTAINER, &container);
	sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	map_dma(container, 0x100000, mem, 16 * PG);
	device = open_device(group, BDF_MAIN);
	plain_group = open_group(group_of(BDF_PLAIN));
	sys(plain_group, VFIO_GROUP_SET_CONTAINER, &container);
	plain_device = open_device(plain_group, BDF_PLAIN);
}

static void close_all(void)
{
	kapi_sys_close(plain_device);
	kapi_sys_close(plain_group);
	kapi_sys_close(device);
	kapi_sys_close(group);
	kapi_sys_close(container);
}

int main(void)
{
	struct kapi_objects before;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	mem = mmap(NULL, 32 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	buf = mem + 16 * PG;
	event[0] = eventfd(0, EFD_NONBLOCK);
	event[1] = eventfd(0, EFD_NONBLOCK);
	kapi_sites_track(true);
	open_all();
	close_all();
	kapi_objects_settle();
	kapi_objects_snap(&before);

	open_all();
	check(device >= 0, "the device opens");
	config_restore();
	sweep(&first, look);
	SWEEP(plain);
	intx();
	SWEEP(with_intx);
	intx_off();
	make_mapping();
	SWEEP(with_mapping);
	unmap();
	close_all();

	return sweep_end(&before, "core_fail_device");
}
