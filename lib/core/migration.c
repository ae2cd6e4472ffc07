// SPDX-License-Identifier: GPL-2.0-only
/*
 * Migration: the state machine that every driver steps through, and the
 * features that show and set its state. Clauses FSM, MIG, FEAT-016 to FEAT-021,
 * FEAT-057 to FEAT-060.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/uaccess.h>

#include "vfio.h"

enum {
	S_ERR = VFIO_DEVICE_STATE_ERROR,
	S_STOP = VFIO_DEVICE_STATE_STOP,
	S_RUN = VFIO_DEVICE_STATE_RUNNING,
	S_SCPY = VFIO_DEVICE_STATE_STOP_COPY,
	S_RES = VFIO_DEVICE_STATE_RESUMING,
	S_RP2P = VFIO_DEVICE_STATE_RUNNING_P2P,
	S_PCPY = VFIO_DEVICE_STATE_PRE_COPY,
	S_PP2P = VFIO_DEVICE_STATE_PRE_COPY_P2P,
	S_COUNT
};

/*
 * The first hop of a device that has every state: row where it is, column where
 * it shall go. S_ERR: there is no way. Clause table FSM-D8.
 */
static const u8 mig_hop[S_COUNT][S_COUNT] = {
	/*	     ERROR   STOP    RUNNING STOP_COPY RESUMING RUN_P2P PRE_COPY PRE_P2P */
	[S_ERR]  = { S_ERR,  S_ERR,  S_ERR,  S_ERR,    S_ERR,   S_ERR,  S_ERR,   S_ERR },
	[S_STOP] = { S_ERR,  S_STOP, S_RP2P, S_SCPY,   S_RES,   S_RP2P, S_RP2P,  S_RP2P },
	[S_RUN]  = { S_ERR,  S_RP2P, S_RUN,  S_RP2P,   S_RP2P,  S_RP2P, S_PCPY,  S_RP2P },
	[S_SCPY] = { S_ERR,  S_STOP, S_STOP, S_SCPY,   S_STOP,  S_STOP, S_ERR,   S_ERR },
	[S_RES]  = { S_ERR,  S_STOP, S_STOP, S_STOP,   S_RES,   S_STOP, S_STOP,  S_STOP },
	[S_RP2P] = { S_ERR,  S_STOP, S_RUN,  S_STOP,   S_STOP,  S_RP2P, S_RUN,   S_PP2P },
	[S_PCPY] = { S_ERR,  S_RUN,  S_RUN,  S_PP2P,   S_RUN,   S_RUN,  S_PCPY,  S_PP2P },
	[S_PP2P] = { S_ERR,  S_RP2P, S_RP2P, S_SCPY,   S_RP2P,  S_RP2P, S_PCPY,  S_PP2P },
};

/* Flags without which a device does not have the state. Nothing has ERROR as a goal. */
static const unsigned int mig_needs[S_COUNT] = {
	[S_ERR] = ~0U,
	[S_STOP] = VFIO_MIGRATION_STOP_COPY,
	[S_RUN] = VFIO_MIGRATION_STOP_COPY,
	[S_SCPY] = VFIO_MIGRATION_STOP_COPY,
	[S_RES] = VFIO_MIGRATION_STOP_COPY,
	[S_RP2P] = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P,
	[S_PCPY] = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_PRE_COPY,
	[S_PP2P] = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY,
};

static bool mig_has_state(unsigned int flags, unsigned int state)
{
	unsigned int states = profile(BEH_MIG_PRE_COPY) ? S_COUNT : S_PCPY;

	return state < states && !(mig_needs[state] & ~flags);
}

int vfio_mig_get_next_state(struct vfio_device *device, enum vfio_device_mig_state cur_fsm,
			    enum vfio_device_mig_state new_fsm,
			    enum vfio_device_mig_state *next_fsm)
{
	unsigned int flags = device->migration_flags;
	unsigned int hop;

	/* A driver that is in such a state, ERROR for one, must not ask. */
	if (WARN_ON(!mig_has_state(flags, cur_fsm)))
		return -EINVAL;
	if (!mig_has_state(flags, new_fsm) &&
	    !MUTANT(mig_to_missing_state, (unsigned int)new_fsm < S_COUNT))
		return -EINVAL;

	/*
	 * Pass through states that the device lacks. Every row leads on, so this
	 * ends at the goal at the latest, or at ERROR, which no device has.
	 */
	hop = mig_hop[cur_fsm][new_fsm];
	if (MUTANT(mig_stop_skips_p2p, cur_fsm == (int)S_STOP && new_fsm == (int)S_RUN) ||
	    MUTANT(mig_precopy_skips_p2p, cur_fsm == (int)S_PCPY && new_fsm == (int)S_SCPY))
		hop = new_fsm;
	while (hop != S_ERR &&
	       UNLESS_MUTANT(mig_stops_in_missing_state, !mig_has_state(flags, hop)))
		hop = mig_hop[hop][new_fsm];
	if (hop == S_ERR)
		return -EINVAL;

	*next_fsm = hop;
	return 0;
}
EXPORT_SYMBOL_GPL(vfio_mig_get_next_state);

int vfio_feature_migration(struct vfio_device *device, u32 flags, union vfio_feature_data *data,
			   void __user *arg)
{
	data->migration.flags = device->migration_flags |
		(MUTANT(mig_claims_precopy, !(device->migration_flags & VFIO_MIGRATION_PRE_COPY)) ?
		 VFIO_MIGRATION_PRE_COPY : 0);
	return sizeof(data->migration);
}

/* Hand the driver's stream to the user. Takes over @stream. */
static int mig_return_stream(struct file *stream, struct vfio_device_feature_mig_state *mig,
			     void __user *arg)
{
	int fd = get_unused_fd_flags(MUTANT(mig_fd_inherited, true) ? 0 : O_CLOEXEC);

	if (fd < 0) {
		fput(stream);
		return fd;
	}

	/* Installed last: once the user can see the number there is no way back. */
	mig->data_fd = fd;
	if (copy_to_user(arg, mig, sizeof(*mig))) {
		if (!MUTANT(mig_fault_keeps_fd, true))
			put_unused_fd(fd);
		if (!MUTANT(mig_fault_keeps_stream, true))
			fput(stream);
		return -EFAULT;
	}
	fd_install(fd, stream);
	return 0;
}

static int mig_get_state(struct vfio_device *device, struct vfio_device_feature_mig_state *mig)
{
	enum vfio_device_mig_state state;
	int ret = device->mig_ops->migration_get_state(device, &state);

	if (!ret)
		mig->device_state = state;
	mig->data_fd = MUTANT(mig_get_returns_fd, true) ? 0 : -1;
	return ret ? ret : sizeof(*mig);
}

int vfio_feature_mig_device_state(struct vfio_device *device, u32 flags,
				  union vfio_feature_data *data, void __user *arg)
{
	struct vfio_device_feature_mig_state *mig = &data->state;
	struct file *stream;

	if (flags & VFIO_DEVICE_FEATURE_GET)
		return mig_get_state(device, mig);

	stream = device->mig_ops->migration_set_state(device, mig->device_state);
	if (!IS_ERR_OR_NULL(stream))
		return mig_return_stream(stream, mig, arg);

	/* Written back after a failed SET too; the fault then hides the driver's error. */
	mig->data_fd = MUTANT(mig_set_returns_fd, true) ? 0 : -1;
	if (copy_to_user(arg, mig, sizeof(*mig)))
		return -EFAULT;
	return MUTANT(mig_failed_set_succeeds, IS_ERR(stream)) ? 0 : PTR_ERR_OR_ZERO(stream);
}

/* Whether VFIO_MIG_GET_PRECOPY_INFO may report in its flags; until the last close. */
int vfio_feature_mig_precopy_info_v2(struct vfio_device *device, u32 flags,
				     union vfio_feature_data *data, void __user *arg)
{
	device->precopy_info_v2 = true;
	return 0;
}

int vfio_feature_mig_data_size(struct vfio_device *device, u32 flags,
			       union vfio_feature_data *data, void __user *arg)
{
	unsigned long bytes;
	int ret = device->mig_ops->migration_get_data_size(device, &bytes);

	if (!ret)
		data->size.stop_copy_length = bytes - MUTANT(mig_data_size_wrong, true);
	return ret ? ret : sizeof(data->size);
}
