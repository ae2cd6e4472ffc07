/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every call of the user API that takes a pointer to a structure, with a good
 * argument, and how much of that argument the kernel reads and writes.
 */
#ifndef EFAULT_CALLS_H
#define EFAULT_CALLS_H

#include "call.h"
#include "migration_util.h"

/* What the calls are made on; opened as a call needs it. */
struct call_env {
	struct vfio_dev dev;	/* the main device, with type1 v2 */
	struct vfio_dev plain;	/* a device on vfio-pci, if one other than that was asked for */
	int role_fd;		/* the one that was asked for */
	int group;		/* of the peer, in no container */
	int container;		/* without IOMMU */
	int event;
	int data_fd;		/* of the main device in PRE_COPY */
	void *mem;		/* a page */
};

struct call_kind {
	/* Makes a good @call. NULL, or why it cannot be made here. */
	const char *(*prepare)(struct call_env *env, struct call *call);
	size_t in;	/* bytes that the kernel reads */
	size_t out;	/* bytes that it writes, from the start on; 0: none */
	/* Takes back what a call that returned @ret >= 0 has done. NULL: nothing to do. */
	void (*undo)(struct call_env *env, int ret);
	bool slow;	/* takes a second on hardware */
};

#define IOVA_OF_CALLS 0x10000000ull

extern const struct call_kind
	kind_group_status, kind_set_container, kind_device_fd, kind_iommu_info, kind_map,
	kind_unmap, kind_unmap_dirty, kind_dirty_start, kind_dirty_get,
	kind_device_info, kind_region_info, kind_irq_info, kind_set_irqs, kind_hot_reset_info,
	kind_hot_reset, kind_ioeventfd,
	kind_migration, kind_state_get, kind_state_set, kind_data_size, kind_log_start,
	kind_log_report, kind_log_stop, kind_vf_token, kind_low_power, kind_low_power_wakeup,
	kind_low_power_exit, kind_precopy_info;

/* NULL, or why there is no main device. */
const char *call_env_open(struct call_env *env);
void call_env_close(struct call_env *env);

#endif
