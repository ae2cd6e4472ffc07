// SPDX-License-Identifier: GPL-2.0-only
/*
 * The migration state machine: one function call per arc that the VFIO core's
 * vfio_mig_get_next_state() asks for, with errors injected where the control
 * region says so.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "mock.h"

static void mock_mig_running(struct mock_mig *mig)
{
	mock_file_end(mig);
	mig->state = VFIO_DEVICE_STATE_RUNNING;
}

void mock_mig_lock(struct mock_mig *mig)
{
	mutex_lock(&mig->state_mutex);
}

void mock_mig_unlock(struct mock_mig *mig)
{
	spin_lock(&mig->reset_lock);
	while (mig->deferred_reset) {
		mig->deferred_reset = false;
		spin_unlock(&mig->reset_lock);
		mock_mig_running(mig);
		spin_lock(&mig->reset_lock);
	}
	/* Inside reset_lock: a reset either finds the mutex free or its note was read. */
	mutex_unlock(&mig->state_mutex);
	spin_unlock(&mig->reset_lock);
}

void mock_mig_reset(struct mock_mig *mig)
{
	bool locked;

	spin_lock(&mig->reset_lock);
	mig->resets++;
	mig->deferred_reset = !MUTANT(mock_reset_ignored, true);
	locked = mutex_trylock(&mig->state_mutex);
	spin_unlock(&mig->reset_lock);
	if (locked)
		mock_mig_unlock(mig);
}

void mock_mig_to_running(struct mock_mig *mig)
{
	mock_mig_lock(mig);
	mock_mig_running(mig);
	mock_mig_unlock(mig);
}

bool mock_count_down(u64 *reg)
{
	return *reg && !--*reg;
}

static int mock_load(struct mock_mig *mig)
{
	int ret = mock_file_load(mig->file, &mig->mem);

	if (!ret)
		mock_file_end(mig);
	return ret;
}

#define ARC(from, to)	MOCK_ARC(from, to)
#define ARC_OF(from, to) MOCK_ARC(VFIO_DEVICE_STATE_##from, VFIO_DEVICE_STATE_##to)

/* What the device does on one arc: NULL, the file of a new session, or an error. */
static struct file *mock_arc(struct mock_mig *mig, unsigned int from, unsigned int to)
{
	switch (ARC(from, to)) {
	case ARC_OF(RUNNING, STOP):
	case ARC_OF(STOP, RUNNING):
	case ARC_OF(RUNNING, RUNNING_P2P):
	case ARC_OF(RUNNING_P2P, RUNNING):
	case ARC_OF(RUNNING_P2P, STOP):
	case ARC_OF(STOP, RUNNING_P2P):
	case ARC(MOCK_STATE_PRE_COPY, MOCK_STATE_PRE_COPY_P2P):
	case ARC(MOCK_STATE_PRE_COPY_P2P, MOCK_STATE_PRE_COPY):
		return NULL;

	case ARC_OF(STOP, STOP_COPY):
		return mock_file_open(mig, true, false);
	case ARC(VFIO_DEVICE_STATE_RUNNING, MOCK_STATE_PRE_COPY):
	case ARC(VFIO_DEVICE_STATE_RUNNING_P2P, MOCK_STATE_PRE_COPY_P2P):
		return mock_file_open(mig, true, true);
	case ARC_OF(STOP, RESUMING):
		return mock_file_open(mig, false, false);

	case ARC(MOCK_STATE_PRE_COPY, VFIO_DEVICE_STATE_STOP_COPY):
	case ARC(MOCK_STATE_PRE_COPY_P2P, VFIO_DEVICE_STATE_STOP_COPY):
		mock_file_stop_copy(mig->file);
		return NULL;
	case ARC_OF(STOP_COPY, STOP):
	case ARC(MOCK_STATE_PRE_COPY, VFIO_DEVICE_STATE_RUNNING):
	case ARC(MOCK_STATE_PRE_COPY_P2P, VFIO_DEVICE_STATE_RUNNING_P2P):
		if (!MUTANT(mock_save_not_ended, true))
			mock_file_end(mig);
		return NULL;
	case ARC_OF(RESUMING, STOP):
		return ERR_PTR(mock_load(mig));
	}
	WARN(1, "mock_vfio_pci: no arc %u to %u\n", from, to);
	return ERR_PTR(-EINVAL);
}

static bool mock_arc_fails(struct mock_mig *mig, unsigned int from, unsigned int to)
{
	if (mig->regs.fail_arc != (MOCK_ARC(from, to) | MOCK_ARC_ARMED))
		return false;
	mig->regs.fail_arc &= ~MOCK_ARC_ARMED;
	return true;
}

/* Execute the arc to @to; the state is @to then, or as a failure leaves it. */
static struct file *mock_step(struct mock_mig *mig, enum vfio_device_mig_state to)
{
	unsigned int from = mig->state;
	struct file *filp;

	if (mig->regs.arc_delay)
		msleep(mig->regs.arc_delay);
	if (mock_arc_fails(mig, from, to))
		filp = ERR_PTR(-(long)mig->regs.fail_errno);
	else
		filp = mock_arc(mig, from, to);
	if (MUTANT(mock_failed_arc_moves, IS_ERR(filp)))
		mig->state = to;
	if (!IS_ERR(filp)) {
		mig->arc_log[mig->arc_count++ % MOCK_ARC_LOG_MAX] = MOCK_ARC(from, to);
		mig->state = to;
	} else if (mig->regs.fail_to_error) {
		mock_file_end(mig);
		mig->state = VFIO_DEVICE_STATE_ERROR;
	}
	return filp;
}

static struct file *mock_set_state_locked(struct vfio_device *vdev, struct mock_mig *mig,
					  enum vfio_device_mig_state new_state)
{
	enum vfio_device_mig_state next;
	struct file *filp = NULL;
	int ret;

	/* The helper takes ERROR for a driver's mistake; only a reset leads out of it. */
	if (UNLESS_MUTANT(mock_error_not_final, mig->state == VFIO_DEVICE_STATE_ERROR))
		return ERR_PTR(-EINVAL);
	while (mig->state != new_state) {
		ret = vfio_mig_get_next_state(vdev, mig->state, new_state, &next);
		if (ret)
			return ERR_PTR(ret);
		filp = mock_step(mig, next);
		if (IS_ERR(filp))
			return filp;
		if (WARN_ON(filp && mig->state != new_state)) {
			fput(filp);
			return ERR_PTR(-EINVAL);
		}
	}
	return filp;
}

static struct file *mock_set_state(struct vfio_device *vdev, enum vfio_device_mig_state new_state)
{
	struct mock_mig *mig = mock_from_vdev(vdev)->mig;
	struct file *filp;

	mock_mig_lock(mig);
	filp = mock_set_state_locked(vdev, mig, new_state);
	mock_mig_unlock(mig);
	return filp;
}

static int mock_get_state(struct vfio_device *vdev, enum vfio_device_mig_state *curr_state)
{
	struct mock_mig *mig = mock_from_vdev(vdev)->mig;
	int ret = 0;

	mock_mig_lock(mig);
	*curr_state = mig->state;
	if (mock_count_down(&mig->regs.fail_get))
		ret = -mig->regs.fail_errno;
	mock_mig_unlock(mig);
	return ret;
}

#ifdef MOCK_HAVE_DATA_SIZE
static int mock_get_data_size(struct vfio_device *vdev, unsigned long *stop_copy_length)
{
	struct mock_mig *mig = mock_from_vdev(vdev)->mig;
	int ret = 0;

	mock_mig_lock(mig);
	*stop_copy_length = mock_stream_length(mig->mem.size) - MUTANT(mock_size_short, true);
	if (mock_count_down(&mig->regs.fail_get))
		ret = -mig->regs.fail_errno;
	mock_mig_unlock(mig);
	return ret;
}
#endif

const struct vfio_migration_ops mock_migration_ops = {
	.migration_set_state = mock_set_state,
	.migration_get_state = mock_get_state,
#ifdef MOCK_HAVE_DATA_SIZE
	.migration_get_data_size = mock_get_data_size,
#endif
};

int mock_next_state(struct vfio_device *vdev, u64 flags, u64 cur, u64 new)
{
	enum vfio_device_mig_state next = VFIO_DEVICE_STATE_ERROR;
	struct vfio_device *like;
	int ret;

	/* A device like ours but for its flags; the real one is in use by others. */
	like = kzalloc(sizeof(*like), GFP_KERNEL);
	if (!like)
		return -ENOMEM;
	like->dev = vdev->dev;
	like->ops = vdev->ops;
	like->mig_ops = vdev->mig_ops;
	like->migration_flags = flags;
	ret = vfio_mig_get_next_state(like, cur, new, &next);
	kfree(like);
	return ret ?: next;
}

struct mock_mig *mock_mig_create(struct vfio_device *vdev)
{
	struct mock_mig *mig = kzalloc(sizeof(*mig), GFP_KERNEL);

	if (!mig)
		return NULL;
	kref_init(&mig->ref);
	mutex_init(&mig->state_mutex);
	spin_lock_init(&mig->reset_lock);
	mig->state = VFIO_DEVICE_STATE_RUNNING;
	mock_regs_default(&mig->regs);
	mig->mem.size = MOCK_STATE_SIZE_DEFAULT;
	mig->all_flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P;
	/* Not a matter of the headers alone: the core in user space can be an older version. */
	if (mock_next_state(vdev, mig->all_flags | MOCK_PRE_COPY, VFIO_DEVICE_STATE_RUNNING,
			    MOCK_STATE_PRE_COPY) == MOCK_STATE_PRE_COPY)
		mig->all_flags |= MOCK_PRE_COPY;
	return mig;
}

static void mock_mig_free(struct kref *ref)
{
	struct mock_mig *mig = container_of(ref, struct mock_mig, ref);

	mock_mem_free(&mig->mem);
	mutex_destroy(&mig->state_mutex);
	kfree(mig);
}

void mock_mig_put(struct mock_mig *mig)
{
	kref_put(&mig->ref, mock_mig_free);
}
