/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mock vfio-pci variant driver, private part; mock_uapi.h is its contract.
 *
 * Locks, in the order in which they nest:
 *	mock_ctrl.lock		arguments and result of commands, the data buffer
 *	mock_mig.state_mutex	all of struct mock_mig and its data file
 *	mock_ctrl.pin_lock	pins; also taken in dma_unmap, inside the core's locks
 *	mock_log.lock		all of struct mock_log; nests in mock_ctrl.lock alone
 *	mock_mig.reset_lock	spinlock: deferred_reset, resets
 *
 * A reset comes with locks of the PCI and VFIO core held that a page fault takes
 * too, and user memory is copied under state_mutex. So a reset must not wait for
 * state_mutex: it leaves a note (deferred_reset), found in mock_mig_unlock().
 */
#ifndef MOCK_H
#define MOCK_H

#include <asm/byteorder.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/vfio_pci_core.h>
#include <linux/wait.h>

#include "mock_ctrl.h"

/* Where probe and MOCK_REG_RESTORE set the size to. */
#define MOCK_STATE_SIZE_DEFAULT	4096

/* Device state: chunks that come into being when they are first written. */
struct mock_mem {
	u64 size;
	void **chunk;		/* NULL, or MOCK_CHUNKS pointers; NULL chunks are all zeroes */
	u64 sum;
	bool sum_valid;
};

/* Bytes behind size in the last chunk are zero: resizing sees to it, mock_mem_sum() needs it. */
void mock_mem_free(struct mock_mem *mem);
int mock_mem_resize(struct mock_mem *mem, u64 size);
/*
 * Copy up to @len bytes at @pos to or from user memory, short at the end of the
 * state or behind a fault. Return bytes copied, -EFAULT or -ENOMEM if none were.
 */
ssize_t mock_mem_read(struct mock_mem *mem, u64 pos, char __user *buf, size_t len);
ssize_t mock_mem_write(struct mock_mem *mem, u64 pos, const char __user *buf, size_t len);
u64 mock_mem_sum(struct mock_mem *mem);

struct mock_mig;

/* Simple registers: what RESTORE puts back to the default. */
struct mock_regs {
	u64 fail_arc;
	u64 fail_errno;
	u64 fail_to_error;
	u64 fail_read;
	u64 fail_write;
	u64 fail_get;
	u64 precopy_init;
	u64 read_chunk;
	u64 arc_delay;
	u64 open_errno;
	u64 need_kvm;
	u64 unmap_delay;
};

/* Where a sender or receiver is. What a phase allows is what may come next. */
enum mock_phase {
	MOCK_PHASE_PRECOPY,
	MOCK_PHASE_START,
	MOCK_PHASE_DATA,
	MOCK_PHASE_DONE,
};

#define MOCK_HEADER	sizeof(struct mock_record)

/*
 * A data transfer session. Lives as long as its file; @mig keeps what the
 * file's operations touch alive when the device goes first.
 */
struct mock_file {
	struct file *filp;
	struct mock_mig *mig;
	wait_queue_head_t wait;
	bool ended;		/* the session is over; reads and writes give ENODEV */
	bool saving;
	/* The record in transfer: its head (header and short payload), then payload. */
	u8 head[MOCK_HEADER + sizeof(u64)];
	unsigned int head_len;
	unsigned int head_pos;
	u16 type;
	u64 left;		/* payload bytes still to come behind head */

	u64 pos;		/* in the device state */
	enum mock_phase phase;
	u64 initial_bytes;
	u64 dirty_bytes;

	struct mock_mem staging;	/* what was received, */
	u64 sum;			/* the sum it should have, */
	int error;			/* and what is wrong with it */
};

/* Has a reference count of its own since data files outlive the device. */
struct mock_mig {
	struct kref ref;
	struct mutex state_mutex;
	spinlock_t reset_lock;
	bool deferred_reset;
	u64 resets;

	u32 all_flags;		/* migration_flags that the VFIO core knows */
	enum vfio_device_mig_state state;
	struct mock_file *file;	/* the live session, with a reference to its file */
	struct mock_mem mem;
	struct mock_regs regs;
	u64 arc_count;
	u16 arc_log[MOCK_ARC_LOG_MAX];
};

/* DMA logging; off while page_size is 0. */
struct mock_log {
	struct mutex lock;
	u64 page_size;
	unsigned int shift;
	u32 nr_ranges;
	struct mock_log_range {
		u64 first;
		u64 last;
	} *ranges;
	struct xarray dirty;	/* IOVA >> shift of pages that were written */
	u64 nr_dirty;
	u64 starts;
	u64 stops;
	u64 reports;
};

struct mock_device {
	struct vfio_pci_core_device core;	/* first: vfio_alloc_device() wants it so */
	struct mock_mig *mig;
	/* Written in open and close under the device set's lock, read anywhere. */
	u64 open_calls;
	u64 close_calls;
	u64 open_count;
	u64 has_kvm;
	u64 kvm_users;
	u64 kvm_assigned;
	u64 kvm_noncoherent;
	u64 kvm_close_users;

	struct mock_ctrl ctrl;
	struct mock_log log;
};

static inline struct mock_device *mock_from_vdev(struct vfio_device *vdev)
{
	return container_of(vdev, struct mock_device, core.vdev);
}

/* mock_migration.c */
extern const struct vfio_migration_ops mock_migration_ops;
struct mock_mig *mock_mig_create(struct vfio_device *vdev);
void mock_mig_put(struct mock_mig *mig);
void mock_mig_lock(struct mock_mig *mig);
void mock_mig_unlock(struct mock_mig *mig);
/* Note a reset of the device; never sleeps. */
void mock_mig_reset(struct mock_mig *mig);
/* End the session and go to RUNNING, as at open and close. Takes state_mutex. */
void mock_mig_to_running(struct mock_mig *mig);
/* vfio_mig_get_next_state() for a device with @flags. */
int mock_next_state(struct vfio_device *vdev, u64 flags, u64 cur, u64 new);
/* Count one call against a fail-the-n-th register; true: this is the n-th. */
bool mock_count_down(u64 *reg);

/* mock_file.c; all with state_mutex held */
/* A new session of @mig in mig->file. Returns its file with a reference for the caller. */
struct file *mock_file_open(struct mock_mig *mig, bool saving, bool precopy);
/* No read or write behind this touches the device; drops mig->file. */
void mock_file_end(struct mock_mig *mig);
/* PRE_COPY ends, the device's state follows. */
void mock_file_stop_copy(struct mock_file *f);
/* More PRECOPY data to read. */
void mock_file_dirty(struct mock_file *f, u64 bytes);

/* mock_save.c: operations of the file, and with state_mutex held: */
ssize_t mock_save_read(struct file *filp, char __user *buf, size_t len, loff_t *ppos);
long mock_save_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);
/* A read would give data or the final end of the stream. */
bool mock_readable(struct mock_file *f);
/* Bytes of the stream from START to END of a state of @size bytes. */
u64 mock_stream_length(u64 size);
/* Where in it byte @pos of the state is. */
u64 mock_stream_offset(u64 pos);

/* mock_resume.c: an operation of the file, and with state_mutex held: */
ssize_t mock_resume_write(struct file *filp, const char __user *buf, size_t len, loff_t *ppos);
/* Take a complete stream over into the device: 0, or -EINVAL if it is none. */
int mock_file_load(struct mock_file *f, struct mock_mem *mem);

/* mock_regs.c: registers of struct mock_mig, with state_mutex held. -ENOENT: not one of these. */
int mock_mig_reg_read(struct vfio_device *vdev, u64 reg, u64 *val);
int mock_mig_reg_write(struct vfio_device *vdev, u64 reg, u64 val);
void mock_regs_default(struct mock_regs *regs);

/* mock_control.c */
extern const struct mock_ctrl_ops mock_control_ops;
extern const struct vfio_pci_regops mock_control_regops;

/* mock_log.c */
extern const struct vfio_log_ops mock_log_ops;
void mock_log_init(struct mock_log *log);
void mock_log_destroy(struct mock_log *log);
/* Logging ends with the last close. */
void mock_log_close(struct mock_log *log);
/* The device wrote: MOCK_CMD_DIRTY and its result. */
s64 mock_log_write(struct mock_log *log, u64 iova, u64 length);
/* -ENOENT: not one of its registers. */
int mock_log_reg_read(struct mock_log *log, u64 reg, u64 *val);

/* mock_kvm.c: note what there is to see of the VM, in open_device and in close_device. */
void mock_kvm_open(struct mock_device *mock);
void mock_kvm_close(struct mock_device *mock);

#endif
