// SPDX-License-Identifier: GPL-2.0-only
/*
 * The example drivers of examples/, one source compiled at three API levels, all
 * in one core at once.
 */
#include "levels.h"

#include <linux/pci.h>
#include <linux/vfio_pci_core.h>
#include <kapi/vfs.h>

#include "../../examples/emulated_example_uapi.h"
#include "../pci/model/edu.h"
#include "../pci/model/model.h"

#define IOVA 0x100000UL
#define LEVELS 3

static const char * const levels[LEVELS] = { "519", "601", "612" };

/* One function per level, each below a port of its own. */
static const char topology[] =
	"iommu vtd\n"
	"port 04\nedu 00.0 driver=vfio_pci_example_519\nroot\n"
	"port 05\nedu 00.0 driver=vfio_pci_example_601\nroot\n"
	"port 06\nedu 00.0 driver=vfio_pci_example_612\nroot\n";

static struct lfds open_pci(unsigned int bus)
{
	struct pci_dev *pdev = pci_get_domain_bus_and_slot(0, bus, 0);
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);
	struct lfds fds = lfds_open(&core->vdev, -1);
	u64 config = VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_CONFIG_REGION_INDEX);
	u16 cmd = PCI_COMMAND_MEMORY;

	ok(fds.device >= 0, "%s opens", pci_name(pdev));
	is(kapi_sys_pwrite(fds.device, &cmd, 2, config + PCI_COMMAND), 2, "memory on");
	pci_dev_put(pdev);
	return fds;
}

/* BAR 0 of the device. */
static u64 reg(int device, unsigned int off, unsigned int width)
{
	u64 val = 0;

	is(kapi_sys_pread(device, &val, width, off), width, "read register %#x", off);
	return val;
}

static void set_reg(int device, unsigned int off, u64 val, unsigned int width)
{
	is(kapi_sys_pwrite(device, &val, width, off), width, "write register %#x", off);
}

/* Returns the data descriptor, -1 for none, or -errno - 1000. */
static int set_state(int device, u32 state)
{
	struct vfio_device_feature_mig_state mig = { .device_state = state };
	int ret = feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
			  &mig, sizeof(mig));

	return ret ? ret - 1000 : mig.data_fd;
}

static u32 get_state(int device)
{
	struct vfio_device_feature_mig_state mig = {};

	is(feature(device, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &mig,
		   sizeof(mig)), 0, "get the state");
	return mig.device_state;
}

static void test_migrate(unsigned int from, unsigned int to)
{
	struct lfds src = open_pci(from + 1), dst = open_pci(to + 1);
	u8 stream[256];
	ssize_t len;
	int fd;

	printf("# level %s to level %s\n", levels[from], levels[to]);
	set_reg(src.device, EDU_REG_LIVENESS, 0xcafe0000 + from, 4);
	set_reg(src.device, EDU_REG_DMA_SRC, 0x1234000, 8);
	set_reg(src.device, EDU_REG_STATUS, EDU_STATUS_IRQFACT, 4);

	fd = set_state(src.device, VFIO_DEVICE_STATE_STOP_COPY);
	ok(fd >= 0, "RUNNING to STOP_COPY gives a stream (%d)", fd);
	len = kapi_sys_read(fd, stream, sizeof(stream));
	ok(len > 0, "of %zd bytes", len);
	is(kapi_sys_read(fd, stream, 1), 0, "and no more");
	is(kapi_sys_pread(fd, stream, 1, 0), -ESPIPE, "MIG-026: it has no offsets");
	is(set_state(src.device, VFIO_DEVICE_STATE_STOP), -1, "STOP");
	is(kapi_sys_read(fd, stream, 1), -ENODEV, "MIG-022: the stream has ended");
	kapi_sys_close(fd);

	fd = set_state(dst.device, VFIO_DEVICE_STATE_RESUMING);
	ok(fd >= 0, "a stream in (%d)", fd);
	is(kapi_sys_write(fd, stream, 8), 8, "a part");
	is(set_state(dst.device, VFIO_DEVICE_STATE_RUNNING), -EINVAL - 1000,
	   "MIG-023: is not enough");
	is(get_state(dst.device), VFIO_DEVICE_STATE_RESUMING, "it goes on");
	is(kapi_sys_write(fd, stream + 8, len - 8), len - 8, "the rest");
	is(kapi_sys_write(fd, stream, 1), -ENOMEM, "MIG-033: not more");
	is(set_state(dst.device, VFIO_DEVICE_STATE_RUNNING), -1, "RUNNING");
	kapi_sys_close(fd);

	is(reg(dst.device, EDU_REG_LIVENESS, 4), (u32)~(0xcafe0000 + from), "liveness arrived");
	is(reg(dst.device, EDU_REG_DMA_SRC, 8), 0x1234000, "a DMA register");
	is(reg(dst.device, EDU_REG_STATUS, 4), EDU_STATUS_IRQFACT, "status");

	fd = set_state(src.device, VFIO_DEVICE_STATE_STOP_COPY);
	is(kapi_sys_ioctl(src.device, VFIO_DEVICE_RESET, 0), 0, "reset in STOP_COPY");
	is(get_state(src.device), VFIO_DEVICE_STATE_RUNNING, "DRV-036: is RUNNING again");
	is(kapi_sys_read(fd, stream, 1), -ENODEV, "and the stream is dead");
	kapi_sys_close(fd);
	lfds_close(&src, false);
	lfds_close(&dst, false);
}

/* A command of the emulated example. */
static s64 command(int device, u64 cmd, u64 src)
{
	set_reg(device, EMULATED_REG_SRC, src, 8);
	set_reg(device, EMULATED_REG_CMD, cmd, 8);
	return reg(device, EMULATED_REG_RESULT, 8);
}

static struct lfds open_emulated(const char *level, int container)
{
	char name[64], path[128], target[256] = "";
	struct kapi_node *node;
	struct lfds fds;

	snprintf(name, sizeof(name), "emulated_example_%s.0", level);
	snprintf(path, sizeof(path), "/sys/devices/%s/iommu_group", name);
	is(kapi_lookup(path, false, &node), 0, "%s is in a group", name);
	kapi_node_readlink(node, target, sizeof(target) - 1);
	kapi_node_put(node);
	fds = lfds_open_group(atoi(strrchr(target, '/') + 1), name, container);
	ok(fds.device >= 0, "%s opens", name);
	return fds;
}

/* All levels in one container, and an unmap that all hear of. */
static void test_emulated(u8 *memory)
{
	struct lfds fds[LEVELS];
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		fds[i] = open_emulated(levels[i], i ? fds[0].container : -1);
	is(dma_map(fds[0].container, IOVA, 4 * PG, memory, 3), 0, "map");

	for (i = 0; i < LEVELS; i++) {
		printf("# level %s\n", levels[i]);
		memset(memory, i + 1, PG);
		memset(memory + PG, 0, PG);
		set_reg(fds[i].device, EMULATED_REG_DST, IOVA + PG + 100, 8);
		set_reg(fds[i].device, EMULATED_REG_LEN, 1000, 8);
		is(command(fds[i].device, EMULATED_CMD_COPY, IOVA), 1000, "copy by vfio_dma_rw");
		ok(!memory[PG + 99] && memory[PG + 100] == i + 1 && memory[PG + 1099] == i + 1 &&
		   !memory[PG + 1100], "just that");
		is(command(fds[i].device, EMULATED_CMD_COPY, IOVA + 4 * PG), -EINVAL,
		   "from what is not mapped");
		is(command(fds[i].device, EMULATED_CMD_PIN, IOVA), 1, "pin a page");
		is(command(fds[i].device, EMULATED_CMD_PIN, IOVA + PG), 1, "and another");
		is(command(fds[i].device, EMULATED_CMD_PIN, IOVA + 4 * PG), -EINVAL,
		   "not one that is not mapped");
		is(command(fds[i].device, EMULATED_CMD_SUM, IOVA), (i + 1) * PG,
		   "the device sees the memory");
		is(command(fds[i].device, EMULATED_CMD_UNPIN, IOVA + PG), 1, "unpin one");
		is(command(fds[i].device, EMULATED_CMD_UNPIN, IOVA + PG), -ENOENT, "once");
	}

	is(dma_unmap(fds[0].container, IOVA, 4 * PG), 0, "unmap");
	for (i = 0; i < LEVELS; i++) {
		is(reg(fds[i].device, EMULATED_REG_UNMAPS, 8), 1, "level %s heard", levels[i]);
		is(reg(fds[i].device, EMULATED_REG_PINNED, 8), 0, "and let go");
	}

	/* What is still held goes with the last close. */
	is(dma_map(fds[0].container, IOVA, PG, memory, 3), 0, "map");
	for (i = 0; i < LEVELS; i++)
		is(command(fds[i].device, EMULATED_CMD_PIN, IOVA), 1, "pin, level %s", levels[i]);
	is(current->mm->locked_vm, 1, "one page is held, by all");
	for (i = LEVELS; i--;)
		lfds_close(&fds[i], i != 0);
	is(current->mm->locked_vm, 0, "and let go with the devices");
}

int main(void)
{
	FILE *file = tmpfile();
	u8 *memory = mmap(NULL, 4 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char text[64];
	unsigned int i, j;

	level_start();
	is(kapi_load_module("vfio_pci_core"), 0, "load vfio-pci-core");
	for (i = 0; i < LEVELS; i++) {
		snprintf(text, sizeof(text), "vfio_pci_example_%s", levels[i]);
		is(kapi_load_module(text), 0, "load %s", text);
		snprintf(text, sizeof(text), "emulated_example_%s", levels[i]);
		is(kapi_load_module(text), 0, "load %s", text);
	}
	if (!file || fputs(topology, file) < 0 || fflush(file))
		return 1;
	snprintf(text, sizeof(text), "/proc/self/fd/%d", fileno(file));
	is(vfio_model_init(text), 0, "the machine, each function with its driver");
	fclose(file);
	for (i = 0; i < LEVELS; i++)
		for (j = 0; j < LEVELS; j++)
			if (i != j)
				test_migrate(i, j);
	test_emulated(memory);
	for (i = 0; i < LEVELS; i++) {
		snprintf(text, sizeof(text), "vfio_pci_example_%s", levels[i]);
		is(kapi_unload_module(text), 0, "unload %s", text);
		snprintf(text, sizeof(text), "emulated_example_%s", levels[i]);
		is(kapi_unload_module(text), 0, "unload %s", text);
	}
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
