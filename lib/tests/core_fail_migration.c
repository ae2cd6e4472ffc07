// SPDX-License-Identifier: GPL-2.0-only
/*
 * The migration features and the data file, with each of their operations failing
 * in turn: see fail_sweep.h.
 */
#include "fail_sweep.h"

static int container = -1, group = -1, device = -1;
static int made = -1;
static char buf[64];

/* Migration state, and the state's size; configuration space, which a reset wipes. */
static void look(struct view *view)
{
	long val[] = {
		get_state(device), mock_get(device, MOCK_REG_STATE_SIZE),
		mock_get(device, MOCK_REG_MIG_STATE),
	};
	unsigned int at;

	for (at = 0; at < 64; at += 4)
		kapi_sys_pread(device, view->bytes + at, 4, CONFIG_AT(at));
	memcpy(view->bytes + 64, val, sizeof(val));
	view->len = 64 + sizeof(val);
}

static void close_made(void)
{
	kapi_sys_close(made);
	made = -1;
}

static void reset(void)
{
	u16 command = 3;

	sysv(device, VFIO_DEVICE_RESET, 0);
	kapi_sys_pwrite(device, &command, 2, CONFIG_AT(4));
}

static long feature_get(u32 which, size_t len)
{
	return feature(device, VFIO_DEVICE_FEATURE_GET | which, buf, len);
}

static long call_feature_migration(void)
{
	return feature_get(VFIO_DEVICE_FEATURE_MIGRATION,
			   sizeof(struct vfio_device_feature_migration));
}

static long call_feature_data_size(void)
{
	return feature_get(VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
			   sizeof(struct vfio_device_feature_mig_data_size));
}

static long call_get_state(void)
{
	return get_state(device);
}

/* It may be said again, and holds until the device is closed. */
static long call_precopy_v2(void)
{
	return feature(device, VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2,
		       buf, 0);
}

static const struct sweep features[] = {
	{ "FEATURE MIG_PRECOPY_INFOv2", call_precopy_v2, .optional = true },
	{ "FEATURE MIGRATION", call_feature_migration },
	{ "FEATURE MIG_DATA_SIZE", call_feature_data_size, .optional = true },
	{ "FEATURE MIG_DEVICE_STATE get", call_get_state },
};

static long call_precopy_info(void)
{
	struct vfio_precopy_info info = { .argsz = sizeof(info) };

	return sys(made, VFIO_MIG_GET_PRECOPY_INFO, &info);
}

static u32 from, to;

static long call_set_state(void)
{
	return set_state(device, to, &made);
}

/* Not every state can be left for any other. */
static void to_running(void)
{
	if (made >= 0)
		close_made();
	reset();
}

static void state_back(void)
{
	to_running();
	set_state(device, from, NULL);
}

/*
 * The driver has gone there when the descriptor or the answer fails, and stays
 * there (MIG-010); and on the way it stops where it failed (MIG-021).
 */
static void sweep_states(void)
{
	static const u32 ways[][2] = {
		{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_STOP },
		{ VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY },
		{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_STOP_COPY },
		{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_RESUMING },
		{ VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_PRE_COPY },
		{ VFIO_DEVICE_STATE_RUNNING_P2P, VFIO_DEVICE_STATE_PRE_COPY_P2P },
	};
	char name[64];
	struct sweep s = { name, call_set_state, state_back, .undo_failed = true,
			   .optional = true };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		from = ways[i][0];
		to = ways[i][1];
		snprintf(name, sizeof(name), "FEATURE MIG_DEVICE_STATE %u to %u", from, to);
		state_back();
		sweep(&s, look);
	}
	to_running();
}

static char stream[16384];
static ssize_t stream_len;

/* All of the stream in one read, of which any piece may fail; what was read before counts. */
static long call_read(void)
{
	ssize_t n = kapi_sys_read(made, stream, sizeof(stream));

	return n < 0 ? n : n == stream_len ? 0 : -EFAULT;
}

static void new_save(void)
{
	to_running();
	set_state(device, VFIO_DEVICE_STATE_STOP_COPY, &made);
}

static long call_write(void)
{
	ssize_t n = kapi_sys_write(made, stream, stream_len);

	return n < 0 ? n : n == stream_len ? 0 : -EFAULT;
}

static void new_resume(void)
{
	to_running();
	set_state(device, VFIO_DEVICE_STATE_RESUMING, &made);
}

static void sweep_data(void)
{
	struct sweep info = { "MIG_GET_PRECOPY_INFO", call_precopy_info };
	const struct sweep save = { "read of the stream", call_read, new_save, .undo_failed = true };
	const struct sweep load = { "write of the stream", call_write, new_resume,
				    .undo_failed = true };

	/* A kernel without PRE_COPY has the data file of STOP_COPY, which says that it has none. */
	if (set_state(device, VFIO_DEVICE_STATE_PRE_COPY, &made)) {
		new_save();
		info.gives = ENOTTY;
	}
	sweep(&info, look);
	new_save();
	stream_len = kapi_sys_read(made, stream, sizeof(stream));
	new_save();
	sweep(&save, look);
	new_resume();
	sweep(&load, look);
	to_running();
}

static void open_all(void)
{
	static char state[PG];

	container = open_container();
	group = open_group(group_of(BDF_MAIN));
	sys(group, VFIO_GROUP_SET_CONTAINER, &container);
	sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	device = open_device(group, BDF_MAIN);
	/* With memory, so that reads of the state find some. */
	kapi_sys_pwrite(device, state, PG, MOCK_AT(MOCK_WINDOW));
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
	kapi_sites_track(true);
	open_all();
	close_all();
	kapi_objects_settle();
	kapi_objects_snap(&before);

	open_all();
	check(device >= 0, "the device opens");
	reset();
	for (i = 0; i < ARRAY_SIZE(features); i++)
		sweep(&features[i], look);
	sweep_states();
	sweep_data();
	close_all();

	return sweep_end(&before, "core_fail_migration");
}
