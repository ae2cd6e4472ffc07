// SPDX-License-Identifier: GPL-2.0-only
/* VFIO_DEVICE_FEATURE: header, migration and DMA logging of a fake driver. Clauses FEAT, MIG. */
#include <linux/anon_inodes.h>
#include <linux/interval_tree.h>
#include <linux/iova_bitmap.h>
#include "core_test.h"
#include "../core/profile.h"

#define GET VFIO_DEVICE_FEATURE_GET
#define SET VFIO_DEVICE_FEATURE_SET
#define PROBE VFIO_DEVICE_FEATURE_PROBE

/* struct vfio_device_feature with its payload. */
struct request {
	u32 argsz, flags;
	u8 data[64];
};

static struct request req;
static int fd;

static int feature(u32 flags, u32 argsz)
{
	req.flags = flags;
	req.argsz = argsz;
	return sys(fd, VFIO_DEVICE_FEATURE, &req);
}

static enum vfio_device_mig_state state;
static int set_error;
static unsigned int streams;
static u64 log_page_size;
static unsigned int log_nodes, log_stops;

static int stream_release(struct inode *inode, struct file *file)
{
	streams--;
	return 0;
}

static const struct file_operations stream_fops = { .release = stream_release };

static struct file *fake_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new)
{
	struct file *file;

	if (set_error)
		return ERR_PTR(set_error);
	state = new;
	if (new != VFIO_DEVICE_STATE_STOP_COPY)
		return NULL;
	file = anon_inode_getfile("stream", &stream_fops, NULL, O_RDONLY);
	if (!IS_ERR(file))
		streams++;
	return file;
}

static int fake_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *cur)
{
	*cur = state;
	return set_error;
}

static int fake_data_size(struct vfio_device *vdev, unsigned long *length)
{
	*length = 0x123456789a;
	return 0;
}

static const struct vfio_migration_ops mig_ops = { fake_set_state, fake_get_state, fake_data_size };

static int fake_log_start(struct vfio_device *vdev, struct rb_root_cached *ranges, u32 nnodes,
			  u64 *page_size)
{
	struct interval_tree_node *node = interval_tree_iter_first(ranges, 0, ~0UL);

	for (log_nodes = 0; node; node = interval_tree_iter_next(node, 0, ~0UL))
		log_nodes++;
	log_page_size = *page_size;
	*page_size = 8192;
	return log_nodes == nnodes ? 0 : -EINVAL;
}

static int fake_log_stop(struct vfio_device *vdev)
{
	log_stops++;
	return 0;
}

static int fake_log_read(struct vfio_device *vdev, unsigned long iova, unsigned long length,
			 struct iova_bitmap *dirty)
{
	iova_bitmap_set(dirty, iova, length);
	return 0;
}

static const struct vfio_log_ops log_ops = { fake_log_start, fake_log_stop, fake_log_read };

static int fake_feature(struct vfio_device *vdev, u32 flags, void __user *arg, size_t argsz)
{
	return (flags & VFIO_DEVICE_FEATURE_MASK) == 40 ? (int)argsz : -ENOTTY;
}

static void test_header(struct fake *fake)
{
	is(sys(fd, VFIO_DEVICE_FEATURE, (void *)8), -EFAULT, "bad pointer");
	is(feature(GET | 1, 7), -EINVAL, "argsz below the header");
	is(feature(GET | 1 | 1 << 19, 72), -EINVAL, "unknown flag");
	is(feature(GET | SET | 1, 72), -EINVAL, "GET and SET");
	is(feature(GET | 0xffff, 72), -ENOTTY, "a feature nobody has");
	fake_ops.device_feature = fake_feature;
	is(feature(GET | 40, 8 + 33), 33, "the driver gets the payload size");
	is(feature(GET | 41, 8), -ENOTTY, "and has the last word");
	fake_ops.device_feature = NULL;
	is(feature(GET | 1, 8), -ENOTTY, "support is tested before size");
	fake->vdev.mig_ops = &mig_ops;
	fake->vdev.log_ops = &log_ops;
	fake->vdev.migration_flags = 7;
	is(feature(GET | SET | PROBE | 2, 8), 0, "GET and SET, to ask");
	is(feature(1, 72), -EINVAL, "neither GET nor SET nor PROBE");
	is(feature(PROBE | 1, 8), 0, "PROBE alone");
	is(feature(PROBE | SET | 1, 8), -EINVAL, "PROBE of what is not there");
	is(feature(SET | 1, 72), -EINVAL, "MIGRATION cannot be set");
	is(feature(GET | 1, 15), -EINVAL, "payload too small");
	memset(req.data, 0x55, sizeof(req.data));
	is(feature(GET | 1, 72), 0, "a larger one is fine");
	ok(req.data[0] == 7 && !req.data[7] && req.data[8] == 0x55, "8 bytes are written");
}

static void test_migration(void)
{
	struct vfio_device_feature_mig_state *mig = (void *)req.data;
	struct vfio_device_feature_mig_data_size *size = (void *)req.data;

	state = VFIO_DEVICE_STATE_RUNNING;
	mig->device_state = 77;
	mig->data_fd = 5;
	is(feature(GET | 2, 16), 0, "GET state");
	ok(mig->device_state == 2 && mig->data_fd == -1, "RUNNING, no fd");
	is(feature(GET | 2, 15), -EINVAL, "payload too small");

	mig->device_state = VFIO_DEVICE_STATE_STOP;
	is(feature(SET | 2, 16), 0, "SET STOP");
	is(mig->data_fd, -1, "no data");
	mig->device_state = VFIO_DEVICE_STATE_STOP_COPY;
	is(feature(SET | 2, 16), 0, "SET STOP_COPY");
	ok(mig->data_fd >= 0 && kapi_fd_is_ours(mig->data_fd), "a stream");
	is(streams, 1, "one file");
	kapi_sys_close(mig->data_fd);
	is(streams, 0, "the user has the only reference");

	set_error = -EILSEQ;
	mig->device_state = VFIO_DEVICE_STATE_RUNNING;
	mig->data_fd = 9;
	is(feature(SET | 2, 16), -EILSEQ, "the driver's error");
	ok(mig->device_state == 2 && mig->data_fd == -1, "and the structure is written");
	is(feature(GET | 2, 16), -EILSEQ, "GET's error");
	set_error = 0;

	is(feature(GET | 9, 16), 0, "data size");
	is(size->stop_copy_length, 0x123456789a, "as the driver says");
	vfio_profile_select("6.1");
	is(feature(GET | 9, 16), -ENOTTY, "6.1 has no such feature");
	vfio_profile_select("6.12");
}

/* Pages that turn read-only between input and output cannot be had here; use one that is. */
static void test_fault_on_return(void)
{
	struct request *ro = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0);
	struct vfio_device_feature_mig_state *mig = (void *)ro->data;

	ro->argsz = 16;
	ro->flags = SET | 2;
	mig->device_state = VFIO_DEVICE_STATE_STOP_COPY;
	mprotect(ro, 4096, PROT_READ);
	is(sys(fd, VFIO_DEVICE_FEATURE, ro), -EFAULT, "nowhere to put the descriptor");
	is(state, VFIO_DEVICE_STATE_STOP_COPY, "the device is there all the same");
	is(streams, 0, "the stream is gone");
	munmap(ro, 4096);
}

static int log_start(struct vfio_device_feature_dma_logging_range *ranges, u32 nr, u64 page_size)
{
	struct vfio_device_feature_dma_logging_control *control = (void *)req.data;

	*control = (struct vfio_device_feature_dma_logging_control) {
		.page_size = page_size, .num_ranges = nr, .ranges = (u64)ranges };
	return feature(SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START, 8 + sizeof(*control));
}

static void test_logging(void)
{
	struct vfio_device_feature_dma_logging_control *control = (void *)req.data;
	struct vfio_device_feature_dma_logging_range r[300] = {
		{ 0x10000, 0x4000 }, { 0x0, 0x4000 }, { 0x4000, 0x1000 },
	};

	is(log_start(r, 3, 4096), 0, "three ranges");
	is(log_nodes, 3, "reach the driver");
	ok(log_page_size == 4096 && control->page_size == 8192, "page size both ways");
	is(log_start(r, 0, 4096), -EINVAL, "no range");
	is(log_start(r, 257, 4096), -E2BIG, "more than a page of them");
	is(log_start((void *)8, 1, 4096), -EFAULT, "bad pointer");
	is(log_start(r, 3, 0x2000), -EINVAL, "not aligned");
	r[2].iova = 0x3000;
	is(log_start(r, 3, 4096), -EINVAL, "overlap");
	r[2] = (struct vfio_device_feature_dma_logging_range) { -4096ULL, 0x2000 };
	is(log_start(r, 3, 4096), -EOVERFLOW, "wrap");
	is(feature(GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START, 72), -EINVAL, "no GET of START");
	log_stops = 0;
	is(feature(SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, 8), 0, "STOP needs no payload");
	is(log_stops, 1, "and reaches the driver");
}

static int log_report(u64 iova, u64 length, u64 page_size, void *bitmap)
{
	struct vfio_device_feature_dma_logging_report *report = (void *)req.data;

	*report = (struct vfio_device_feature_dma_logging_report) {
		.iova = iova, .length = length, .page_size = page_size, .bitmap = (u64)bitmap };
	return feature(GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, 8 + sizeof(*report));
}

static void test_report(const char *prof, int bad_bitmap)
{
	u8 bits[16] = { [0] = 0x80, [12] = 0x80 };

	vfio_profile_select(prof);
	is(log_report(0, 4096, 2048, bits), -EINVAL, "%s: page size", prof);
	is(log_report(0, 4096, 12288, bits), -EINVAL, "no power of two");
	is(log_report(4096, -4096ULL, 4096, bits), -EOVERFLOW, "wrap");
	is(log_report(0, 4096, 4096, (void *)8), bad_bitmap, "bad bitmap");
	is(log_report(0x5000, 0x5000 * 13, 0x1000, bits + 1), 0, "report");
	ok(bits[0] == 0x80 && bits[1] == 0xff && bits[8] == 0xff && bits[9] == 1 && !bits[10] &&
	   bits[12] == 0x80, "65 bits from bit 0 on");
}

int main(void)
{
	struct fake *fake;
	int c, g;

	core_start();
	fake = fake_emulated("fake-feat");
	c = open_container();
	g = open_group(&fake->vdev);
	is(sys(g, VFIO_GROUP_SET_CONTAINER, &c), 0, "join");
	is(sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1");
	fd = get_device_fd(g, &fake->vdev);

	test_header(fake);
	test_migration();
	test_fault_on_return();
	test_logging();
	test_report("6.12", 0);
	test_report("6.1", -EFAULT);

	kapi_sys_close(fd);
	kapi_sys_close(g);
	kapi_sys_close(c);
	fake_remove(fake);
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
