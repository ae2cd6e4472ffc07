/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio.h> for VFIO_DEVICE_FEATURE: migration, DMA logging, and
 * what a driver's own features have in common with them. Include <linux/vfio.h>.
 */
#ifndef KAPI_VFIO_MIGRATION_H
#define KAPI_VFIO_MIGRATION_H

#if KAPI_LEVEL >= 601
/**
 * struct vfio_log_ops - of a device that logs what its DMA dirtied
 *
 * The core keeps no state: a driver must itself refuse a second start and
 * withstand stop and read when nothing was started.
 *
 * @log_start: log writes to @ranges (interval tree of @nnodes); @page_size is the
 *	user's wish and takes what the device does
 * @log_stop: end it
 * @log_read_and_clear: iova_bitmap_set() what was dirtied in the range, forget it
 */
struct vfio_log_ops {
	int (*log_start)(struct vfio_device *device, struct rb_root_cached *ranges, u32 nnodes,
			 u64 *page_size);
	int (*log_stop)(struct vfio_device *device);
	int (*log_read_and_clear)(struct vfio_device *device, unsigned long iova,
				  unsigned long length, struct iova_bitmap *dirty);
};
#endif

/**
 * vfio_check_feature - the tests every VFIO_DEVICE_FEATURE has in common
 * @flags, @argsz: as the device_feature op got them
 * @supported_ops: VFIO_DEVICE_FEATURE_GET and SET, those the feature has
 * @minsz: bytes of payload it needs
 *
 * Returns 1: carry the GET or SET out; else the result of the call, 0 for a
 * successful PROBE or -EINVAL. Clauses FEAT-008 to FEAT-013.
 */
static inline int vfio_check_feature(u32 flags, size_t argsz, u32 supported_ops, size_t minsz)
{
	u32 ops = flags & (VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET);

	if (ops & ~supported_ops)
		return -EINVAL;
	if (flags & VFIO_DEVICE_FEATURE_PROBE)
		return 0;
	return ops && argsz >= minsz ? 1 : -EINVAL;
}

/*
 * vfio_mig_get_next_state - first hop of the way from @cur_fsm to @new_fsm
 *
 * States that device->migration_flags does not cover are left out of the way.
 * Returns 0 and the hop in *@next_fsm (@new_fsm itself when already there), or
 * -EINVAL: no such state for this device, or a blocked way. Clauses FSM.
 */
int vfio_mig_get_next_state(struct vfio_device *device, enum vfio_device_mig_state cur_fsm,
			    enum vfio_device_mig_state new_fsm,
			    enum vfio_device_mig_state *next_fsm);
#if KAPI_LEVEL >= 612
/* Join neighbours of an interval tree of ranges, the closest first, until @req_nodes are left. */
void vfio_combine_iova_ranges(struct rb_root_cached *root, u32 cur_nodes, u32 req_nodes);
#endif

#endif
