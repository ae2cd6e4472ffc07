// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data transfer sessions: the file behind data_fd, from its beginning to its
 * end. All of struct mock_file is protected by the state_mutex of its mig.
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "mock.h"

static __poll_t mock_poll(struct file *filp, struct poll_table_struct *table)
{
	struct mock_file *f = filp->private_data;
	__poll_t mask = 0;

	poll_wait(filp, &f->wait, table);
	mock_mig_lock(f->mig);
	if (f->ended)
		mask = EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM | EPOLLERR | EPOLLHUP;
	else if (!f->saving)
		mask = EPOLLOUT | EPOLLWRNORM;
	else if (mock_readable(f))
		mask = EPOLLIN | EPOLLRDNORM;
	mock_mig_unlock(f->mig);
	return mask;
}

static int mock_file_release(struct inode *inode, struct file *filp)
{
	struct mock_file *f = filp->private_data;

	mock_mem_free(&f->staging);
	mock_mig_put(f->mig);
	kfree(f);
	return 0;
}

static const struct file_operations mock_save_fops = {
	.owner = THIS_MODULE,
	.read = mock_save_read,
	.poll = mock_poll,
	.unlocked_ioctl = mock_save_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = mock_file_release,
};

static const struct file_operations mock_resume_fops = {
	.owner = THIS_MODULE,
	.write = mock_resume_write,
	.poll = mock_poll,
	.release = mock_file_release,
};

struct file *mock_file_open(struct mock_mig *mig, bool saving, bool precopy)
{
	struct mock_file *f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	struct file *filp;

	if (!f)
		return ERR_PTR(-ENOMEM);
	init_waitqueue_head(&f->wait);
	f->saving = saving;
	f->phase = precopy ? MOCK_PHASE_PRECOPY : MOCK_PHASE_START;
	if (precopy)
		f->initial_bytes = mig->regs.precopy_init;
	filp = anon_inode_getfile("mock_vfio_mig", saving ? &mock_save_fops : &mock_resume_fops,
				  f, saving ? O_RDONLY : O_WRONLY);
	if (IS_ERR(filp)) {
		kfree(f);
		return filp;
	}
	stream_open(file_inode(filp), filp);
	kref_get(&mig->ref);
	f->mig = mig;
	f->filp = filp;
	mig->file = f;
	/* One reference stays here, the other goes to the user. */
	get_file(filp);
	return filp;
}

void mock_file_end(struct mock_mig *mig)
{
	struct mock_file *f = mig->file;

	if (!f)
		return;
	mig->file = NULL;
	f->ended = !MUTANT(mock_stale_fd, true);
	mock_mem_free(&f->staging);
	if (!MUTANT(mock_end_not_polled, true))
		wake_up_interruptible(&f->wait);
	fput(f->filp);
}

void mock_file_stop_copy(struct mock_file *f)
{
	f->phase = MOCK_PHASE_START;
	wake_up_interruptible(&f->wait);
}

void mock_file_dirty(struct mock_file *f, u64 bytes)
{
	f->dirty_bytes += bytes;
	wake_up_interruptible(&f->wait);
}
