// SPDX-License-Identifier: GPL-2.0-only
/* The file behind data_fd: the device's state, read in STOP_COPY, written in RESUMING. */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vfio_pci_example.h"

static ssize_t example_stream_read(struct file *filp, char __user *buf, size_t len, loff_t *pos)
{
	struct example_stream *s = filp->private_data;
	ssize_t ret;

	if (pos)	/* it is a stream */
		return -ESPIPE;

	mutex_lock(&s->lock);
	len = min_t(size_t, len, sizeof(s->state) - s->done);
	if (s->ended) {
		ret = -ENODEV;
	} else if (copy_to_user(buf, (u8 *)&s->state + s->done, len)) {
		ret = -EFAULT;
	} else {
		s->done += len;
		ret = len;
	}
	mutex_unlock(&s->lock);
	return ret;
}

static ssize_t example_stream_write(struct file *filp, const char __user *buf, size_t len,
				    loff_t *pos)
{
	struct example_stream *s = filp->private_data;
	ssize_t ret;

	if (pos)
		return -ESPIPE;

	mutex_lock(&s->lock);
	if (s->ended) {
		ret = -ENODEV;
	} else if (len > sizeof(s->state) - s->done) {
		ret = -ENOMEM;
	} else if (copy_from_user((u8 *)&s->state + s->done, buf, len)) {
		ret = -EFAULT;
	} else {
		s->done += len;
		ret = len;
	}
	mutex_unlock(&s->lock);
	return ret;
}

static int example_stream_release(struct inode *inode, struct file *filp)
{
	struct example_stream *s = filp->private_data;

	mutex_destroy(&s->lock);
	kfree(s);
	return 0;
}

static const struct file_operations example_save_fops = {
	.owner = THIS_MODULE,
	.read = example_stream_read,
	.release = example_stream_release,
};

static const struct file_operations example_resume_fops = {
	.owner = THIS_MODULE,
	.write = example_stream_write,
	.release = example_stream_release,
};

static struct example_stream *example_stream_open(const struct file_operations *fops, int flags)
{
	struct example_stream *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	struct file *filp;

	if (!s)
		return ERR_PTR(-ENOMEM);
	mutex_init(&s->lock);

	filp = anon_inode_getfile("vfio-pci-example", fops, s, flags);
	if (IS_ERR(filp)) {
		kfree(s);
		return ERR_CAST(filp);
	}
	stream_open(filp->f_inode, filp);
	s->filp = filp;
	return s;
}

/* One reference on the file for the user, one for the driver. */
static struct file *example_stream_start(struct example_device *ed, struct example_stream *s)
{
	get_file(s->filp);
	ed->stream = s;
	return s->filp;
}

struct file *example_stream_save(struct example_device *ed)
{
	struct example_stream *s = example_stream_open(&example_save_fops, O_RDONLY);
	int ret;

	if (IS_ERR(s))
		return ERR_CAST(s);
	ret = example_freeze(ed, &s->state);
	if (ret) {
		fput(s->filp);
		return ERR_PTR(ret);
	}
	return example_stream_start(ed, s);
}

struct file *example_stream_resume(struct example_device *ed)
{
	struct example_stream *s = example_stream_open(&example_resume_fops, O_WRONLY);

	return IS_ERR(s) ? ERR_CAST(s) : example_stream_start(ed, s);
}

int example_stream_load(struct example_device *ed)
{
	struct example_stream *s = ed->stream;
	int ret = -EINVAL;

	mutex_lock(&s->lock);
	if (s->done == sizeof(s->state))
		ret = example_thaw(ed, &s->state);
	mutex_unlock(&s->lock);
	if (!ret)
		example_stream_end(ed);
	return ret;
}

void example_stream_end(struct example_device *ed)
{
	struct example_stream *s = ed->stream;

	if (!s)
		return;
	mutex_lock(&s->lock);
	s->ended = true;
	mutex_unlock(&s->lock);
	ed->stream = NULL;
	fput(s->filp);
}
