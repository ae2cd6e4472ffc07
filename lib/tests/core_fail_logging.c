// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA logging, with each of its operations failing in turn: see fail_sweep.h.
 */
#include "fail_sweep.h"
#include "../core/profile.h"

#define IOVA	0x100000
#define PAGES	64
#define RANGES	3

static int container = -1, group = -1, device = -1;
static u64 *bitmap;

/* Is it logging, what, and what has been written? */
static void look(struct view *view)
{
	u64 val[] = {
		get_state(device), mock_get(device, MOCK_REG_LOG_PAGE),
		mock_get(device, MOCK_REG_LOG_RANGES), mock_get(device, MOCK_REG_LOG_DIRTY),
	};

	memcpy(view->bytes, val, sizeof(val));
	view->len = sizeof(val);
}

static long call_start(void)
{
	struct vfio_device_feature_dma_logging_range ranges[RANGES];
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = PG, .num_ranges = RANGES, .ranges = (u64)ranges,
	};
	unsigned int i;

	for (i = 0; i < RANGES; i++) {
		ranges[i].iova = IOVA + 2 * i * PAGES * PG;
		ranges[i].length = PAGES * PG;
	}
	return feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
		       &control, sizeof(control));
}

static long call_stop(void)
{
	return feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,
		       bitmap, 0);
}

static long call_report(void)
{
	struct vfio_device_feature_dma_logging_report report = {
		.iova = IOVA, .length = PAGES * PG, .page_size = PG, .bitmap = (u64)bitmap,
	};

	return feature(device, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
		       &report, sizeof(report));
}

/* The device writes the first half of the first range. */
static void dirty(void)
{
	memset(bitmap, 0, PG);
	mock_put(device, MOCK_REG_ARG0, IOVA);
	mock_put(device, MOCK_REG_ARG1, PAGES / 2 * PG);
	mock_put(device, MOCK_REG_CMD, MOCK_CMD_DIRTY);
}

static void start(void)
{
	call_start();
}

static void stop(void)
{
	call_stop();
}

static void again(void)
{
	call_stop();
	call_start();
}

/*
 * What the driver took out of its log for a user who could then not be told is lost,
 * so the log is only compared after it was filled anew.
 */
static const struct sweep logging[] = {
	{ "FEATURE DMA_LOGGING_START", call_start, stop, .optional = true },
	{ "FEATURE DMA_LOGGING_STOP", call_stop, start, start, .optional = true },
	{ "FEATURE DMA_LOGGING_REPORT", call_report, dirty, dirty, .undo_failed = true,
	  .optional = true },
};

/* Closing the device ends its logging. */
static long call_close(void)
{
	return kapi_sys_close(device);
}

static void open_logging(void)
{
	device = open_device(group, BDF_MAIN);
	again();
}

static const struct sweep closing = {
	"close while logging", call_close, open_logging, .undo_failed = true,
};

static void open_all(void)
{
	container = open_container();
	group = open_group(group_of(BDF_MAIN));
	sys(group, VFIO_GROUP_SET_CONTAINER, &container);
	sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	device = open_device(group, BDF_MAIN);
}

static void close_all(void)
{
	kapi_sys_close(device);
	kapi_sys_close(group);
	kapi_sys_close(container);
}

int main(void)
{
	struct kapi_objects before;
	unsigned int i;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	bitmap = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	kapi_sites_track(true);
	open_all();
	close_all();
	kapi_objects_settle();
	kapi_objects_snap(&before);

	open_all();
	check(device >= 0, "the device opens");
	for (i = 0; i < ARRAY_SIZE(logging); i++)
		sweep(&logging[i], look);
	again();
	dirty();
	if (profile(BEH_DMA_LOGGING))
		check(!call_report() && bitmap[0] == 0xffffffff,
		      "and then it reports what was written: %#llx", bitmap[0]);
	again();
	sweep(&closing, look);
	close_all();
	return sweep_end(&before, "core_fail_logging");
}
