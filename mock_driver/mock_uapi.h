/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The control region of the mock vfio-pci variant driver, and of the mock
 * mediated devices, which have no migration: what belongs to it is not there.
 *
 * A device-specific region (found by its region type capability) through which
 * a test, with plain pread() and pwrite(), sets up and watches the driver. The
 * same layout holds for the kernel module and for the driver in the core.
 *
 * Registers are 64 bits, little endian, naturally aligned; access them with
 * 8-byte pread()/pwrite(). Other sizes or alignments below MOCK_DATA give
 * EINVAL, as do offsets without a register, writes to ro and reads of wo
 * registers, and values a register does not take. Registers keep their value
 * over close and reopen of the device unless stated; MOCK_REG_RESTORE puts all
 * to their defaults (0 unless stated).
 */
#ifndef MOCK_UAPI_H
#define MOCK_UAPI_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define MOCK_REGION_TYPE	(0x80000000u | 0x1234)	/* PCI vendor type | edu's vendor */
#define MOCK_REGION_SUBTYPE	0x766d

#define MOCK_MAGIC		0x4b434f4d4f494656ull	/* "VFIOMOCK" */
#define MOCK_VERSION		1

#define MOCK_REG_MAGIC		0x000	/* ro */
#define MOCK_REG_VERSION	0x008	/* ro */
/* Migration. */
#define MOCK_REG_MIG_FLAGS	0x010	/* rw: vfio_device.migration_flags; EBUSY unless RUNNING,
					 * EINVAL without STOP_COPY or with bits this kernel
					 * lacks; default: all it has */
#define MOCK_REG_STATE_SIZE	0x018	/* rw: bytes of device state, 0..MOCK_STATE_MAX; EBUSY
					 * while a data fd is live; growth is zero filled;
					 * default 4096, and a restore zeroes all */
#define MOCK_REG_MIG_STATE	0x020	/* ro: enum vfio_device_mig_state, ERROR too */
#define MOCK_REG_FAIL_ARC	0x028	/* rw: MOCK_ARC(from, to) | MOCK_ARC_ARMED; fires once,
					 * and then has lost MOCK_ARC_ARMED */
#define MOCK_REG_FAIL_ERRNO	0x030	/* rw: positive errno for all injected errors, below 512;
					 * default EIO */
#define MOCK_REG_FAIL_TO_ERROR	0x038	/* rw: 1: a failing arc leaves the device in ERROR, 0: in
					 * from */
#define MOCK_REG_FAIL_READ	0x040	/* rw: the n-th read() of a data fd from now fails; 0 off */
#define MOCK_REG_FAIL_WRITE	0x048	/* rw: likewise write() */
#define MOCK_REG_ARC_COUNT	0x050	/* rw: arcs executed, failed ones not counted; write 0 to
					 * restart count and log */
#define MOCK_REG_PRECOPY_INIT	0x058	/* rw: initial_bytes offered on entry to PRE_COPY, up to
					 * MOCK_STATE_MAX; default 4096 */
#define MOCK_REG_PRECOPY_DIRTY	0x060	/* rw: dirty_bytes of this session; writing n makes n more
					 * available; EINVAL outside PRE_COPY and PRE_COPY_P2P and
					 * above MOCK_STATE_MAX in all; 0 without a session */
#define MOCK_REG_READ_CHUNK	0x068	/* rw: most bytes one read() returns; 0 no limit */
#define MOCK_REG_FAIL_GET	0x070	/* rw: the n-th GET of state or data size from now fails */
#define MOCK_REG_ARC_DELAY	0x078	/* rw: milliseconds that each arc takes, up to 10000 */
/* What the VFIO core did to the driver. */
#define MOCK_REG_OPEN_CALLS	0x080	/* ro: open_device calls since probe */
#define MOCK_REG_CLOSE_CALLS	0x088	/* ro: close_device calls since probe */
#define MOCK_REG_OPEN_COUNT	0x090	/* ro: vdev->open_count seen in the last open_device */
#define MOCK_REG_RESETS		0x098	/* ro: reset_done calls since probe, with those that the
					 * VFIO core makes at open and close */
#define MOCK_REG_OPEN_ERRNO	0x0a0	/* rw: positive errno the next open_device fails with,
					 * once */
#define MOCK_REG_HAS_KVM	0x0a8	/* ro: vdev->kvm was set in the last open_device */
#define MOCK_REG_UNMAP_CALLS	0x0b0	/* ro: dma_unmap calls since probe */
#define MOCK_REG_UNMAP_IOVA	0x0b8	/* ro: iova of the last one */
#define MOCK_REG_UNMAP_LEN	0x0c0	/* ro: length of the last one */
#define MOCK_REG_PINS		0x0c8	/* ro: pages pinned by MOCK_CMD_PIN now, each as often as
					 * it is pinned */
#define MOCK_REG_RESTORE	0x0d0	/* wo: any value: all rw registers to default; EBUSY unless
					 * RUNNING */
#define MOCK_REG_REQUESTS	0x0d8	/* ro: request calls since probe */
#define MOCK_REG_OPEN_PIN	0x0e0	/* rw: iova | MOCK_OPEN_PIN: the next open_device pins the
					 * page there for reading and does not mind failure, once;
					 * MOCK_REG_RESULT has what came of it */
#define MOCK_OPEN_PIN		1
#define MOCK_REG_UNMAP_DELAY	0x0e8	/* rw: milliseconds that dma_unmap takes before it unpins,
					 * up to 10000 */
/* Commands: write the arguments, then the command, then read the result. */
#define MOCK_REG_ARG0		0x100
#define MOCK_REG_ARG1		0x108
#define MOCK_REG_ARG2		0x110
#define MOCK_REG_ARG3		0x118
#define MOCK_REG_CMD		0x120	/* wo: runs at once; EINVAL if unknown */
#define MOCK_REG_RESULT		0x128	/* ro: s64 result of the last command, negative: -errno */
#define MOCK_REG_NS		0x130	/* ro: nanoseconds the last command took in the driver; PIN and
					 * UNPIN: only those in the VFIO core */
/*
 * The VM. What is counted in it is read where it cannot go away: in open_device,
 * and in close_device if the VFIO core holds a reference (6.3 and later).
 */
#define MOCK_REG_NEED_KVM	0x140	/* rw: 1: open_device fails with EINVAL without a VM */
#define MOCK_REG_KVM_NOW	0x148	/* ro: vdev->kvm is set at this moment */
#define MOCK_REG_KVM_USERS	0x150	/* ro: references on the VM in the last open_device, 0
					 * without a VM */
#define MOCK_REG_KVM_ASSIGNED	0x158	/* ro: files that KVM counted as assigned to it then */
#define MOCK_REG_KVM_NONCOHERENT 0x160	/* ro: how often it was told of DMA that is not coherent */
#define MOCK_REG_KVM_CLOSE_USERS 0x168	/* ro: references in the last close_device, 0 without a VM
					 * or where the VFIO core holds none */

/* DMA logging. */
#define MOCK_REG_LOG_STARTS	0x180	/* ro: log_start calls since probe, failed ones too */
#define MOCK_REG_LOG_STOPS	0x188	/* ro: log_stop calls, likewise */
#define MOCK_REG_LOG_REPORTS	0x190	/* ro: log_read_and_clear calls, likewise */
#define MOCK_REG_LOG_PAGE	0x198	/* ro: bytes of a page of the log, a power of two from
					 * MOCK_LOG_PAGE_MIN to MOCK_LOG_PAGE_MAX; 0: not logging */
#define MOCK_REG_LOG_RANGES	0x1a0	/* ro: ranges that are logged */
#define MOCK_REG_LOG_DIRTY	0x1a8	/* ro: pages that the log holds as written */
#define MOCK_LOG_PAGE_MIN	4096
#define MOCK_LOG_PAGE_MAX	(2ull << 20)

/*
 * Page counts are handed to the core as they are (as int), so that what it
 * refuses can be tried, up to MOCK_PIN_MAX; the result above it is -E2BIG. All
 * pins in the range of a dma_unmap call, and all at close, are given back.
 */
#define MOCK_CMD_PIN		1	/* ARG0 iova, ARG1 pages, ARG2 IOMMU_READ 1 | IOMMU_WRITE 2;
					 * result: pages pinned or -errno */
#define MOCK_CMD_UNPIN		2	/* ARG0 iova, ARG1 pages; result 0 */
#define MOCK_PIN_MAX		4096
#define MOCK_CMD_DMA_RW		3	/* ARG0 iova, ARG1 length <= MOCK_DATA_SIZE, ARG2 1: write
					 * MOCK_DATA to user memory, 0: read into MOCK_DATA */
#define MOCK_CMD_NEXT_STATE	4	/* vfio_mig_get_next_state(): ARG0 current, ARG1 new, ARG2
					 * flags; result: next state or -errno */
#define MOCK_CMD_UNPIN_ALL	5	/* result: pins given back */
#define MOCK_CMD_DMA_RW_THREAD	7	/* as MOCK_CMD_DMA_RW, by a kernel thread */
/* The write is refused with EPERM unless the module was loaded with test_faults=1. */
#define MOCK_CMD_FAULT		6	/* ARG0: MOCK_FAULT_* */
#define MOCK_FAULT_WARN		1
#define MOCK_FAULT_OOPS		2
#define MOCK_FAULT_HANG		3	/* spins with preemption off and does not come back */
/* Seen by a kernel that has the checker, and harmless in another. */
#define MOCK_FAULT_KASAN	4	/* reads memory that it has given back */
#define MOCK_FAULT_LOCKDEP	5	/* takes two locks in both orders */
#define MOCK_FAULT_UBSAN	6	/* shifts a number out of itself */

/*
 * The device writes to ARG0 iova, ARG1 length, but for the bytes: what is in a
 * logged range is in the log then. Nothing has to be mapped there. So does
 * MOCK_CMD_DMA_RW when it writes. Result 0; -EINVAL for no length or one beyond
 * the end of IOVA space, -E2BIG above MOCK_DIRTY_MAX.
 */
#define MOCK_CMD_DIRTY		8
#define MOCK_DIRTY_MAX		(256ull << 20)

/*
 * For benchmarks: the same over and over, and MOCK_REG_NS has what the loop alone
 * took. The result is how often it was done, ARG3, or -errno of the first failure.
 * -E2BIG above MOCK_LOOP_MAX pages or transfers, -EINVAL for no pages.
 */
#define MOCK_CMD_PIN_LOOP	9	/* ARG0 iova, ARG1 pages that are walked, ARG2 pages of one
					 * call, at most ARG1: pinned for reading and writing,
					 * and unpinned; the next call takes those behind */
#define MOCK_CMD_DMA_RW_LOOP	10	/* ARG0 to ARG2 as MOCK_CMD_DMA_RW */
#define MOCK_LOOP_MAX		(1ull << 20)

/* The last 256 arcs executed, oldest first: u64 each, MOCK_ARC(from, to); 0 behind them. */
#define MOCK_ARC_LOG		0x400
#define MOCK_ARC_LOG_MAX	256
#define MOCK_ARC(from, to)	(((from) << 8) | (to))
#define MOCK_ARC_ARMED		(1ull << 32)

/* Buffer of MOCK_CMD_DMA_RW; byte access allowed, short at its end. */
#define MOCK_DATA		0x1000
#define MOCK_DATA_SIZE		0x1000
/*
 * The device's state: byte i of it is byte MOCK_WINDOW + i of the region, at
 * any size and alignment, up to MOCK_REG_STATE_SIZE (short at its end, 0 past
 * it). Not writable while STOP_COPY, PRE_COPY_P2P or RESUMING: EBUSY. A stream
 * being received shows here, and in MOCK_REG_STATE_SIZE, once RESUMING was left
 * for STOP without an error; until then, and after a failure or reset, the
 * device has the state it had.
 */
#define MOCK_WINDOW		0x2000
#define MOCK_STATE_MAX		(256ull << 20)
#define MOCK_REGION_SIZE	(MOCK_WINDOW + MOCK_STATE_MAX)

/*
 * The migration stream: records, each a header and len bytes of payload. A
 * receiver takes them at any fragmentation. Order: any number of PRECOPY
 * records, one START (payload: u64 state size), DATA records that add up to
 * that size, one END (payload: u64 checksum over the state).
 *
 * The checksum is made to run at memory speed: 64-bit FNV-1a, but over 64-bit
 * little endian words, dealt out in turn to MOCK_SUM_LANES sums. With the state
 * padded with zeroes to whole rounds, and each h[] and sum = MOCK_SUM_INIT:
 *	word i of the state: h[i % LANES] = (h[i % LANES] ^ word) * MOCK_SUM_PRIME
 *	then, for each h[]:  sum = (sum ^ h[]) * MOCK_SUM_PRIME
 *
 * Leaving RESUMING without an END, or with one whose checksum is wrong, gives
 * EINVAL. Bytes behind END, a bad magic, type, order or length of a record, and
 * more DATA than announced make write() fail with EINVAL; a state size above
 * MOCK_STATE_MAX with ENOMEM. Such a write() fails as a whole, and so does every
 * further one of the session.
 *
 * initial_bytes and dirty_bytes count the payload of PRECOPY records; headers
 * come on top. A record that is half read when PRE_COPY ends is finished first.
 */
#define MOCK_REC_MAGIC		0x6d76
#define MOCK_REC_PRECOPY	1	/* payload is ignored by the receiver */
#define MOCK_REC_START		2
#define MOCK_REC_DATA		3
#define MOCK_REC_END		4

#define MOCK_SUM_INIT		0xcbf29ce484222325ull
#define MOCK_SUM_PRIME		0x00000100000001b3ull
#define MOCK_SUM_LANES		4

#ifdef __KERNEL__
struct mock_record {
	__le16 magic;
	__le16 type;
	__le32 len;
};
#else
struct mock_record {
	uint16_t magic;
	uint16_t type;
	uint32_t len;
};
#endif

#endif
