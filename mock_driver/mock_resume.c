// SPDX-License-Identifier: GPL-2.0-only
/* The receiving end of a session: takes the stream in any pieces and checks it. */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "mock.h"

/* A record's header is complete: is it one that may come now? */
static int mock_take_header(struct mock_file *f)
{
	struct mock_record rec;
	u32 len;

	memcpy(&rec, f->head, sizeof(rec));
	len = le32_to_cpu(rec.len);
	if (UNLESS_MUTANT(mock_any_magic, le16_to_cpu(rec.magic) != MOCK_REC_MAGIC))
		return -EINVAL;
	f->type = le16_to_cpu(rec.type);
	switch (f->type) {
	case MOCK_REC_PRECOPY:
		if (f->phase != MOCK_PHASE_START)
			return -EINVAL;
		break;
	case MOCK_REC_START:
		if (f->phase != MOCK_PHASE_START || len != sizeof(u64))
			return -EINVAL;
		break;
	case MOCK_REC_DATA:
		if (f->phase != MOCK_PHASE_DATA || len > f->staging.size - f->pos)
			return -EINVAL;
		break;
	case MOCK_REC_END:
		if (f->phase != MOCK_PHASE_DATA || len != sizeof(u64) || f->pos != f->staging.size)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	f->left = len;
	return 0;
}

/* START or END is complete. */
static int mock_take_number(struct mock_file *f)
{
	__le64 le;
	u64 number;

	memcpy(&le, f->head + MOCK_HEADER, sizeof(le));
	number = le64_to_cpu(le);
	if (f->type == MOCK_REC_END) {
		f->sum = number;
		f->phase = MOCK_PHASE_DONE;
		return 0;
	}
	if (number > MOCK_STATE_MAX)
		return -ENOMEM;
	f->phase = MOCK_PHASE_DATA;
	return mock_mem_resize(&f->staging, number);
}

/* Collect bytes of f->head up to @want. */
static ssize_t mock_take_head(struct mock_file *f, const char __user *buf, size_t len,
			      unsigned int want)
{
	size_t n = min_t(size_t, want - f->head_len, len);

	if (copy_from_user(f->head + f->head_len, buf, n))
		return -EFAULT;
	f->head_len += n;
	return n;
}

/* Take some bytes; <0: nothing taken, and anything but -EFAULT and -ENOMEM ends the stream. */
static ssize_t mock_take(struct mock_file *f, const char __user *buf, size_t len)
{
	bool number = f->type == MOCK_REC_START || f->type == MOCK_REC_END;
	ssize_t n;
	int ret = 0;

	if (f->phase == MOCK_PHASE_DONE)
		return -EINVAL;
	if (f->head_len < MOCK_HEADER) {
		n = mock_take_head(f, buf, len, MOCK_HEADER);
		if (n > 0 && f->head_len == MOCK_HEADER)
			ret = mock_take_header(f);
	} else if (number) {
		n = mock_take_head(f, buf, len, MOCK_HEADER + sizeof(u64));
		if (n > 0)
			f->left -= n;
		if (n > 0 && !f->left)
			ret = mock_take_number(f);
	} else {
		n = min_t(u64, f->left, len);
		if (f->type == MOCK_REC_DATA)
			n = mock_mem_write(&f->staging, f->pos, buf, n);
		if (n > 0) {
			f->left -= n;
			f->pos += f->type == MOCK_REC_DATA ? n : 0;
		}
	}
	if (!ret && n > 0 && f->head_len >= MOCK_HEADER && !f->left)
		f->head_len = 0;
	if (!f->head_len)
		f->type = 0;
	if (ret)
		f->error = ret;
	return ret ?: n;
}

ssize_t mock_resume_write(struct file *filp, const char __user *buf, size_t len,
				 loff_t *ppos)
{
	struct mock_file *f = filp->private_data;
	struct mock_regs *regs = &f->mig->regs;
	ssize_t done = 0, n;

	if (ppos)
		return -ESPIPE;
	mock_mig_lock(f->mig);
	if (f->ended)
		done = -ENODEV;
	else if (mock_count_down(&regs->fail_write))
		done = -regs->fail_errno;
	else if (UNLESS_MUTANT(mock_error_forgotten, f->error))
		done = f->error;
	while (done >= 0 && done < len) {
		n = mock_take(f, buf + done, len - done);
		if (n >= 0) {
			done += n;
			continue;
		}
		if (f->phase == MOCK_PHASE_DONE)
			f->error = n;
		done = f->error ?: done ?: n;
		break;
	}
	mock_mig_unlock(f->mig);
	return done;
}

int mock_file_load(struct mock_file *f, struct mock_mem *mem)
{
	if (f->error || 
	    UNLESS_MUTANT(mock_incomplete_loaded, f->phase != MOCK_PHASE_DONE) ||
	    (f->phase == MOCK_PHASE_DONE &&
	     UNLESS_MUTANT(mock_sum_ignored, f->sum != mock_mem_sum(&f->staging))))
		return -EINVAL;
	mock_mem_free(mem);
	*mem = f->staging;
	memset(&f->staging, 0, sizeof(f->staging));
	return 0;
}
