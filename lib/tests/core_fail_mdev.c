// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mediated devices: their life cycle, and what a device without an IOMMU of its own
 * does, with each operation failing in turn: see fail_sweep.h.
 */
#include <sys/eventfd.h>

#include "fail_sweep.h"

#define UUID	"6a1f0e2c-0001-4000-8000-000000000001"
#define KEPT	"6a1f0e2c-0001-4000-8000-000000000002"
#define TYPE	"/sys/class/mdev_bus/mock_mdev/mdev_supported_types/mock_mdev-small/"
#define DEVICES	"/sys/bus/mdev/devices/"
#define DRIVER	"/sys/bus/mdev/drivers/mock_mdev/"
#define IOVA	0x100000

static int container = -1, group = -1, device = -1, made = -1;
static int event;
static char *mem, *buf;

static long attr_get(const char *path)
{
	struct kapi_node *node;
	char text[32] = "";
	long ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = kapi_attr_read(node, text, 0, sizeof(text) - 1);
	kapi_node_put(node);
	return ret < 0 ? ret : atoi(text);
}

static bool exists(const char *path)
{
	struct kapi_node *node;

	if (kapi_lookup(path, true, &node))
		return false;
	kapi_node_put(node);
	return true;
}

static void look_life(struct view *view)
{
	long val[] = {
		attr_get(TYPE "available_instances"), exists(DEVICES UUID),
		exists(TYPE "devices/" UUID), exists(DRIVER UUID),
	};

	memcpy(view->bytes, val, sizeof(val));
	view->len = sizeof(val);
}

static long call_create(void)
{
	return attr_put(TYPE "create", UUID);
}

static long call_remove(void)
{
	return attr_put(DEVICES UUID "/remove", "1");
}

static void create(void)
{
	call_create();
}

static void remove_mdev(void)
{
	call_remove();
}

/*
 * What goes was made within the call: how much memory a device takes depends on its
 * addresses, by which the core looks it up, so that two are not of one size.
 */
static void create_for_call(void)
{
	kapi_fail_pause();
	call_create();
	kapi_fail_resume();
}

static long call_remove_new(void)
{
	create_for_call();
	return call_remove();
}

/* The bus matches no device with a driver: what was unbound can only be removed. */
static long call_unbind_new(void)
{
	create_for_call();
	return attr_put(DRIVER "unbind", UUID);
}

static const struct sweep life[] = {
	{ "create", call_create, remove_mdev },
	{ "remove", call_remove_new, remove_mdev, .undo_failed = true },
	{ "unbind", call_unbind_new, remove_mdev, .undo_failed = true },
};

static void look(struct view *view)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	long val[] = {
		sys(group, VFIO_GROUP_GET_STATUS, &status), status.flags,
		device < 0 ? 0 : (long)mock_get(device, MOCK_REG_PINS),
		kapi_objects(KAPI_LOCKED_PAGES),
	};

	memcpy(view->bytes, val, sizeof(val));
	view->len = sizeof(val);
	if (device >= 0 && kapi_sys_pread(device, view->bytes + sizeof(val), 64, CONFIG_AT(0)) == 64)
		view->len += 64;
}

static long call_set_container(void)
{
	return sys(group, VFIO_GROUP_SET_CONTAINER, &container);
}

static void set_container(void)
{
	call_set_container();
}

static long call_unset_container(void)
{
	return sysv(group, VFIO_GROUP_UNSET_CONTAINER, 0);
}

static void unset_container(void)
{
	call_unset_container();
}

static long call_set_iommu(void)
{
	return sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
}

static void unset_iommu(void)
{
	unset_container();
	set_container();
}

static long call_open(void)
{
	return made = open_device(group, KEPT);
}

static void close_made(void)
{
	kapi_sys_close(made);
	made = -1;
}

static long call_close(void)
{
	long ret = kapi_sys_close(device);

	device = -1;
	return ret;
}

static void reopen(void)
{
	device = open_device(group, KEPT);
}

static const struct sweep attaching[] = {
	{ "SET_CONTAINER of an emulated group", call_set_container, unset_container },
	{ "UNSET_CONTAINER of an emulated group", call_unset_container, set_container,
	  set_container },
	{ "SET_IOMMU with an emulated group", call_set_iommu, unset_iommu, set_container },
};

static const struct sweep opening = { "GET_DEVICE_FD", call_open, close_made };
static const struct sweep closing = { "close", call_close, reopen, .undo_failed = true };

static long call_info(void)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return sys(device, VFIO_DEVICE_GET_INFO, &info);
}

static long call_region_info(void)
{
	struct {
		struct vfio_region_info info;
		u8 caps[256];
	} arg = { .info = { .argsz = sizeof(arg), .index = VFIO_PCI_NUM_REGIONS } };

	return sys(device, VFIO_DEVICE_GET_REGION_INFO, &arg);
}

static long call_irq_info(void)
{
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = VFIO_PCI_REQ_IRQ_INDEX };

	return sys(device, VFIO_DEVICE_GET_IRQ_INFO, &irq);
}

static long call_irq(void)
{
	return set_irqs(device, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
			VFIO_PCI_REQ_IRQ_INDEX, 0, 1, &event);
}

static void irq_off(void)
{
	set_irqs(device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		 VFIO_PCI_REQ_IRQ_INDEX, 0, 0, NULL);
}

static long call_reset(void)
{
	return sysv(device, VFIO_DEVICE_RESET, 0);
}

static long call_config_write(void)
{
	u16 command = 7;
	long ret = kapi_sys_pwrite(device, &command, 2, CONFIG_AT(4));

	return ret < 0 ? ret : 0;
}

static void config_restore(void)
{
	u16 command = 0;

	kapi_sys_pwrite(device, &command, 2, CONFIG_AT(4));
}

static long command(u64 cmd)
{
	long ret = kapi_sys_pwrite(device, &cmd, sizeof(cmd), MOCK_AT(MOCK_REG_CMD));

	kapi_fail_pause();
	if (ret >= 0)
		ret = (long)mock_get(device, MOCK_REG_RESULT);
	kapi_fail_resume();
	return ret;
}

static void arguments(u64 iova, u64 n, u64 how)
{
	mock_put(device, MOCK_REG_ARG0, iova);
	mock_put(device, MOCK_REG_ARG1, n);
	mock_put(device, MOCK_REG_ARG2, how);
}

static long call_pin(void)
{
	long ret = command(MOCK_CMD_PIN);

	return ret < 0 || ret == 8 ? ret : -EPROTO;
}

static void prepare_pin(void)
{
	arguments(IOVA, 8, 3);
}

static void unpin(void)
{
	mock_put(device, MOCK_REG_CMD, MOCK_CMD_UNPIN_ALL);
}

static long call_unpin(void)
{
	return command(MOCK_CMD_UNPIN);
}

static void pin(void)
{
	prepare_pin();
	call_pin();
}

static void pin_anew(void)
{
	unpin();
	pin();
}

static long call_dma_rw(void)
{
	return command(MOCK_CMD_DMA_RW);
}

static void prepare_read(void)
{
	arguments(IOVA + 0x800, 0x1000, 0);
}

static void prepare_write(void)
{
	arguments(IOVA + 0x800, 0x1000, 1);
}

/* The driver is told and unpins before the mapping goes. */
static long call_unmap(void)
{
	return unmap_dma(container, IOVA, 16 * PG, 0);
}

static void map(void)
{
	map_dma(container, IOVA, mem, 16 * PG);
	pin_anew();
}

static const struct sweep plain[] = {
	{ "GET_INFO", call_info },
	{ "GET_REGION_INFO", call_region_info },
	{ "GET_IRQ_INFO", call_irq_info },
	{ "SET_IRQS", call_irq, irq_off },
	{ "RESET", call_reset },
	{ "write of config", call_config_write, config_restore },
	{ "vfio_pin_pages()", call_pin, unpin, prepare_pin },
	{ "vfio_unpin_pages()", call_unpin, pin_anew, pin_anew, .undo_failed = true },
	{ "vfio_dma_rw(), read", call_dma_rw, NULL, prepare_read },
	{ "vfio_dma_rw(), write", call_dma_rw, NULL, prepare_write },
	{ "UNMAP_DMA of what is pinned", call_unmap, map, map, .undo_failed = true },
};

static void open_all(void)
{
	container = open_container();
	group = open_group(group_at(DEVICES KEPT));
	set_container();
	call_set_iommu();
	map_dma(container, IOVA, mem, 16 * PG);
	reopen();
}

static void close_all(void)
{
	kapi_sys_close(device);
	device = -1;
	kapi_sys_close(group);
	kapi_sys_close(container);
}

#define SWEEP(list, look) do { \
	unsigned int __i; \
	for (__i = 0; __i < ARRAY_SIZE(list); __i++) \
		sweep(&(list)[__i], look); \
} while (0)

int main(void)
{
	struct kapi_objects before;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	mem = mmap(NULL, 16 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	buf = mem;
	event = eventfd(0, EFD_NONBLOCK);
	kapi_sites_track(true);
	check(!attr_put(TYPE "create", KEPT), "a device to use");
	create();
	remove_mdev();
	open_all();
	check(device >= 0, "it opens");
	close_all();
	kapi_objects_settle();
	kapi_objects_snap(&before);

	SWEEP(life, look_life);

	container = open_container();
	group = open_group(group_at(DEVICES KEPT));
	SWEEP(attaching, look);
	set_container();
	call_set_iommu();
	sweep(&opening, look);
	reopen();
	sweep(&closing, look);
	map_dma(container, IOVA, mem, 16 * PG);
	SWEEP(plain, look);
	close_all();
	check(attr_get(TYPE "available_instances") == 3, "no instance is lost");
	return sweep_end(&before, "core_fail_mdev");
}
