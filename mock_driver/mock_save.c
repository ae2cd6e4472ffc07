// SPDX-License-Identifier: GPL-2.0-only
/* The sending end of a session: the stream of records, made as it is read. */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "mock.h"

/* Payload of one record of this sender; a receiver takes any. */
#define MOCK_REC_PAYLOAD	((u64)1 << 20)

u64 mock_stream_length(u64 size)
{
	return 2 * (MOCK_HEADER + sizeof(u64)) + size +
	       DIV_ROUND_UP(size, MOCK_REC_PAYLOAD) * MOCK_HEADER;
}

u64 mock_stream_offset(u64 pos)
{
	return MOCK_HEADER + sizeof(u64) + pos + (pos / MOCK_REC_PAYLOAD + 1) * MOCK_HEADER;
}

static void mock_head(struct mock_file *f, u16 type, u32 len)
{
	struct mock_record rec = {
		.magic = cpu_to_le16(MOCK_REC_MAGIC),
		.type = cpu_to_le16(type),
		.len = cpu_to_le32(len),
	};

	memcpy(f->head, &rec, sizeof(rec));
	f->head_len = sizeof(rec);
	f->head_pos = 0;
	f->type = type;
	f->left = len;
}

/* A record whose payload is one number, all of it in f->head. */
static void mock_head_number(struct mock_file *f, u16 type, u64 number)
{
	__le64 le = cpu_to_le64(number);

	mock_head(f, type, sizeof(le));
	memcpy(f->head + f->head_len, &le, sizeof(le));
	f->head_len += sizeof(le);
	f->left = 0;
}

/* Begin the sender's next record; false at the (for now) end of the stream. */
static bool mock_next_record(struct mock_file *f)
{
	struct mock_mem *mem = &f->mig->mem;
	u64 ready;

	switch (f->phase) {
	case MOCK_PHASE_PRECOPY:
		ready = f->initial_bytes ?: f->dirty_bytes;
		if (!ready)
			return false;
		mock_head(f, MOCK_REC_PRECOPY, min(ready, MOCK_REC_PAYLOAD));
		return true;
	case MOCK_PHASE_START:
		mock_head_number(f, MOCK_REC_START, mem->size);
		f->phase = MOCK_PHASE_DATA;
		return true;
	case MOCK_PHASE_DATA:
		if (f->pos < mem->size) {
			mock_head(f, MOCK_REC_DATA, min(mem->size - f->pos, MOCK_REC_PAYLOAD));
			return true;
		}
		mock_head_number(f, MOCK_REC_END, mock_mem_sum(mem));
		f->phase = MOCK_PHASE_DONE;
		return true;
	case MOCK_PHASE_DONE:
		break;
	}
	return false;
}

static ssize_t mock_read_payload(struct mock_file *f, char __user *buf, size_t len)
{
	u64 *ready = f->initial_bytes ? &f->initial_bytes : &f->dirty_bytes;
	size_t n = min_t(u64, f->left, len);
	ssize_t done;

	if (f->type == MOCK_REC_DATA) {
		done = mock_mem_read(&f->mig->mem, f->pos, buf, n);
		if (done < 0)
			return done;
		f->pos += done;
	} else {
		/* The state in the middle of a change is of no use to the receiver. */
		done = n - clear_user(buf, n);
		if (!done)
			return -EFAULT;
		*ready -= done;
	}
	f->left -= done;
	return done;
}

static ssize_t mock_read_piece(struct mock_file *f, char __user *buf, size_t len)
{
	size_t n = min_t(size_t, f->head_len - f->head_pos, len);

	if (!n)
		return mock_read_payload(f, buf, len);
	if (copy_to_user(buf, f->head + f->head_pos, n))
		return -EFAULT;
	f->head_pos += n;
	return n;
}

bool mock_readable(struct mock_file *f)
{
	return f->head_pos < f->head_len || f->left || f->phase != MOCK_PHASE_PRECOPY ||
	       f->initial_bytes || f->dirty_bytes;
}

ssize_t mock_save_read(struct file *filp, char __user *buf, size_t len, loff_t *ppos)
{
	struct mock_file *f = filp->private_data;
	struct mock_regs *regs = &f->mig->regs;
	ssize_t done = 0, n = 0;

	if (ppos)
		return -ESPIPE;
	mock_mig_lock(f->mig);
	if (f->ended) {
		done = -ENODEV;
		goto out;
	}
	if (mock_count_down(&regs->fail_read)) {
		done = -regs->fail_errno;
		goto out;
	}
	if (!mock_readable(f)) {
		done = MUTANT(mock_precopy_end_is_eof, true) ? 0 : -ENOMSG;
		goto out;
	}
	if (regs->read_chunk)
		len = min_t(u64, len, regs->read_chunk);
	while (done < len) {
		if (f->head_pos == f->head_len && !f->left && !mock_next_record(f))
			break;
		n = mock_read_piece(f, buf + done, len - done);
		if (n < 0) {
			done = done ?: n;
			break;
		}
		done += n;
	}
out:
	mock_mig_unlock(f->mig);
	return done;
}

long mock_save_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
#ifdef MOCK_HAVE_PRE_COPY
	const size_t head = offsetofend(struct vfio_precopy_info, dirty_bytes);
	struct mock_file *f = filp->private_data;
	void __user *user = (void __user *)arg;
	struct vfio_precopy_info info;
	long ret;

	if (cmd != VFIO_MIG_GET_PRECOPY_INFO || !(f->mig->all_flags & MOCK_PRE_COPY))
		return -ENOTTY;
	ret = mock_get_head(&info, user, head);
	if (ret)
		return ret;
	mock_mig_lock(f->mig);
	if (f->ended)
		ret = -ENODEV;
	else if (UNLESS_MUTANT(mock_precopy_info_later, f->phase != MOCK_PHASE_PRECOPY))
		ret = -EINVAL;
	info.initial_bytes = f->initial_bytes;
	info.dirty_bytes = f->dirty_bytes;
	mock_mig_unlock(f->mig);
	if (ret)
		return ret;
	return copy_to_user(user, &info, head) ? -EFAULT : 0;
#else
	return -ENOTTY;
#endif
}
