/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inputs of the stateful fuzz targets: a list of calls on VFIO descriptors.
 *
 * The format is bytes, and every string of bytes is a program. A call is
 * PROG_CALL_SIZE bytes; what is left at the end is ignored, and so is what
 * comes after PROG_MAX_CALLS. Numbers are little endian.
 *
 *	byte 0		operation: enum prog_op, modulo PROG_OPS
 *	byte 1		bits 0-4: slot of the descriptor to call; bit 7: run by the second
 *			thread (target race; the others run all calls in their order)
 *	byte 2		bits 0-4: slot that a new descriptor goes to. What is in it is
 *			closed before the call
 *	byte 3		how the argument lies in memory: enum prog_form
 *	bytes 4-15	six operands of 16 bits; prog_ops[] says what each means
 *
 * Operands that stand for 64-bit numbers (addresses, sizes, offsets) are codes,
 * see prog_value(): every code is a number that some edge of the interface may
 * care for, so that mutation meets edges often.
 *
 * prog_run() executes a program through a table of system calls, and reports
 * each call to a callback. The same source runs on the embedded core and, built
 * with a table of libc's calls, on /dev/vfio of a running kernel.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROG_CALL_SIZE	16
#define PROG_MAX_CALLS	64
#define PROG_SLOTS	32
#define PROG_OPERANDS	6

enum prog_op {
	/* descriptors */
	PROG_SETUP, PROG_CLOSE, PROG_DUP, PROG_OPEN_CONTAINER, PROG_OPEN_GROUP, PROG_EVENTFD,
	/* any ioctl number with any argument */
	PROG_RAW,
	/* containers and groups */
	PROG_SET_CONTAINER, PROG_UNSET_CONTAINER, PROG_GROUP_STATUS, PROG_GET_DEVICE,
	PROG_API_VERSION, PROG_CHECK_EXTENSION, PROG_SET_IOMMU,
	/* type1 */
	PROG_IOMMU_INFO, PROG_MAP, PROG_UNMAP, PROG_DIRTY,
	/* devices */
	PROG_INFO, PROG_REGION_INFO, PROG_IRQ_INFO, PROG_SET_IRQS, PROG_RESET,
	PROG_HOT_RESET_INFO, PROG_HOT_RESET, PROG_IOEVENTFD,
	PROG_FEATURE, PROG_SET_STATE, PROG_GET_STATE, PROG_DATA_SIZE,
	PROG_LOG_START, PROG_LOG_STOP, PROG_LOG_REPORT, PROG_LOW_POWER,
	/*
	 * data files, regions, memory. The third operand of WRITE: 1 as many bytes as the
	 * last READ gave, 2 one less, 3 half of them; others: the second operand
	 */
	PROG_PRECOPY_INFO, PROG_READ, PROG_WRITE, PROG_PREAD, PROG_PWRITE, PROG_LSEEK, PROG_POLL,
	PROG_MMAP, PROG_MUNMAP, PROG_POKE,
	/* the mock driver's control region */
	PROG_MOCK_SET, PROG_MOCK_GET, PROG_MOCK_CMD,
	/* KVM */
	PROG_OPEN_KVM, PROG_CREATE_VM, PROG_CREATE_KVM_VFIO, PROG_KVM_ATTR,
	/* mediated devices */
	PROG_MDEV_CREATE, PROG_MDEV_REMOVE,
	/*
	 * faults: the nth of what the next call asks for is refused (memory, copies, files,
	 * pins). Nothing where the system calls have no fail_nth
	 */
	PROG_FAIL,
	/* As the first call: the core is another kernel. Nothing without prog_sys.profile */
	PROG_PROFILE,
	PROG_OPS
};

/* byte 3: bits 0-3 give argsz, from the size that is right; bits 4-7 where the argument ends. */
enum prog_form {
	PROG_ARGSZ_RIGHT, PROG_ARGSZ_LESS, PROG_ARGSZ_ZERO, PROG_ARGSZ_MORE, PROG_ARGSZ_ROOM,
	PROG_ARGSZ_MAX, PROG_ARGSZ_HEAD, PROG_ARGSZ_PAGE,	/* 8-15: right */
	PROG_AT_BORDER = 0 << 4,	/* what argsz of 0 would cover ends where memory ends */
	PROG_AT_CUT = 8 << 4,		/* its last byte is behind the end */
	PROG_AT_STUMP = 9 << 4,		/* only 4 bytes are there */
	PROG_AT_NULL = 10 << 4,
	PROG_AT_READONLY = 11 << 4,	/* others: as PROG_AT_BORDER */
};

/* What a descriptor is of. */
enum prog_kind {
	PROG_NONE, PROG_ANY, PROG_CONTAINER, PROG_GROUP, PROG_DEVICE, PROG_DATA, PROG_EVENT,
	PROG_KVM, PROG_VM, PROG_KVM_DEVICE,
};

/* What an operand means. */
enum prog_operand {
	PROG_UNUSED,
	PROG_FLAGS,	/* a small number as it is */
	PROG_SLOT,	/* a slot; 0x8000 and above: not a slot but -1 */
	PROG_DEV,	/* enum prog_dev, modulo PROG_DEVS */
	PROG_IOVA, PROG_SIZE, PROG_ADDR, PROG_POS, PROG_NUM,	/* codes for prog_value() */
	PROG_BYTES,	/* as it is, into memory */
	PROG_STATE,	/* enum vfio_device_mig_state, and what is none */
	PROG_INDEX, PROG_COUNT, PROG_NR, PROG_REG, PROG_CMD, PROG_FEATURE_NR,
	PROG_NTH,	/* 1 to PROG_NTH_MAX: the number modulo that, and 1 */
	PROG_KERNEL,	/* in prog_profile[], modulo PROG_PROFILES */
	PROG_TYPE,
	PROG_MEANINGS
};

/* The devices of the default topology, and mediated ones that a program makes. */
enum prog_dev {
	PROG_MAIN, PROG_PLAIN, PROG_PAIR0, PROG_PAIR1, PROG_PEER, PROG_NO_DEVICE,
	PROG_MDEV0, PROG_MDEV1, PROG_DEVS
};
extern const char *const prog_dev_name[PROG_DEVS];

struct prog_op_info {
	const char *name;
	uint8_t kind;			/* enum prog_kind it wants */
	uint8_t makes;			/* the kind of descriptor it makes */
	uint8_t operands[PROG_OPERANDS];
};
extern const struct prog_op_info prog_ops[PROG_OPS];

struct prog_call {
	enum prog_op op;
	unsigned int slot, out, thread;
	uint8_t form;
	uint16_t v[PROG_OPERANDS];
};

/* Call @i of a program; false behind its end. */
bool prog_call(const uint8_t *data, size_t size, unsigned int i, struct prog_call *call);
void prog_encode(const struct prog_call *call, uint8_t to[PROG_CALL_SIZE]);

/*
 * prog_value - the number behind a code
 *
 * The upper four bits choose how the lower twelve, n, count:
 *	0 n				8 region n >> 8 (& 15), offset n & 255
 *	1 n pages of 4 KiB		9 control region of the mock, offset 8 n
 *	2 n pages and 1			10 2 MiB n
 *	3 n pages less 1		11 1 GiB n
 *	4 2^(n & 63) + (n >> 6) - 32	12 0xfee00000 + (n - 2048) pages
 *	5 memory of the program + 256 n	13 2^39 + (n - 2048) pages
 *	6 its end - n			14 device mapping n & 7, page n >> 3 (& 15)
 *	7 2^64 - 1 - n			15 2^64 - n pages
 * prog_code() finds a code for a number, or for one close to it.
 */
uint64_t prog_value(uint16_t code);
uint16_t prog_code(uint64_t value);

/*
 * Memory of the program, at the same place in every process.
 * (below every program and library, and where the thread sanitizer lets be). Behind the last
 * page nothing can be touched. The PROG_RO_PAGES before the two that arguments
 * stand in (one for each thread) are read only.
 */
#define PROG_MEM	0x551000000000ULL
#define PROG_MEM_PAGES	256U
#define PROG_RO_PAGES	4U
#define PROG_PAGE	4096U
#define PROG_WINDOWS	0x552000000000ULL	/* device mappings, 64 KiB apart */
/* Of the program alone: what codes of kind 5 point to; the rest is for arguments. */
#define PROG_MEM_END	(PROG_MEM + PROG_MEM_PAGES * PROG_PAGE)
int prog_mem_init(void);	/* 0 or -errno */
void prog_mem_reset(void);	/* all zeroes: before each program */
/* Can all of it be read, or also written? */
bool prog_in_memory(uint64_t addr, uint64_t len, bool write);

/* System calls; each returns what the kernel returns: a result or -errno. */
struct prog_sys {
	int (*open)(const char *path, int flags);
	int (*close)(int fd);
	int (*dup)(int fd);
	long (*ioctl)(int fd, unsigned int cmd, unsigned long arg);
	ssize_t (*read)(int fd, void *buf, size_t count);
	ssize_t (*write)(int fd, const void *buf, size_t count);
	ssize_t (*pread)(int fd, void *buf, size_t count, off_t pos);
	ssize_t (*pwrite)(int fd, const void *buf, size_t count, off_t pos);
	off_t (*lseek)(int fd, off_t off, int whence);
	int (*poll)(int fd);		/* events, at once */
	void *(*mmap)(void *addr, size_t len, int prot, int fd, off_t off);	/* -errno as pointer */
	int (*munmap)(void *addr, size_t len);
	int (*eventfd)(void);		/* not blocking */
	int (*attr_write)(const char *path, const char *text);	/* of sysfs */
	int (*group)(const char *dev);	/* number of a device's IOMMU group, or -errno */
	/*
	 * May be NULL. The @n-th operation of this thread from now on fails, of those that
	 * can; 0: none. Returns what is left of the setting before: 0 if the fault came.
	 */
	unsigned int (*fail_nth)(unsigned int n);
	/* May be NULL. From now on the kernel is prog_profile[@n]. */
	void (*profile)(unsigned int n);
};

/* What one call did. Arguments are shown as they were before and as they are after. */
#define PROG_ARG_MAX 512
struct prog_step {
	const struct prog_call *call;
	unsigned int index;		/* of the call; calls that SETUP makes have its index */
	enum prog_op op;
	enum prog_kind kind;		/* of fd */
	int fd;
	unsigned int cmd;		/* of an ioctl */
	uint64_t value;			/* argument that is no pointer; position, device, address */
	const uint8_t *before, *after;	/* argument or data */
	size_t len;			/* bytes of it that can be read */
	bool writable;
	long ret;
	int new_fd;			/* -1: none was made */
	bool foreign;			/* the kernel is another, or a fault came, now or before */
};

struct prog_run {
	const struct prog_sys *sys;
	/* Of threads, each run has its own; both share what slots[] points to. */
	int *slots;
	uint8_t *kinds, *devs;		/* per slot: enum prog_kind, enum prog_dev */
	unsigned int thread;		/* whose calls to run; PROG_BOTH */
	void (*step)(void *ctx, const struct prog_step *step);	/* may be NULL */
	void *ctx;
	uint64_t ops;			/* operations that run; the others are skipped */
	unsigned int mdevs;		/* mediated devices that were made: bit per device */
	uint64_t moved;			/* bytes of the last READ */
	bool addresses_taken;		/* UNMAP_DMA was asked to take away addresses alone */
	unsigned int touched;		/* devices whose driver keeps something of it */
	unsigned int fail;		/* operations until the fault, if one is to come */
	bool armed;			/* it can come now */
	unsigned int profile;		/* in prog_profile[], if PROFILE was called */
	bool foreign;			/* as in struct prog_step */
	uint8_t before[PROG_ARG_MAX];
};
#define PROG_BOTH 2U
#define PROG_NTH_MAX 64U

/* Kernels that the core can be; the first is the default. */
#define PROG_PROFILES 4U
#define PROG_PROFILE_5_19 1U
extern const char *const prog_profile[PROG_PROFILES];

/* Bits of prog_run.ops. */
#define PROG_OP(name) (1ULL << PROG_##name)
#define PROG_ALL_OPS ((1ULL << PROG_OPS) - 1)

/* Run the calls of a program; returns how many ran. Descriptors stay open. */
unsigned int prog_run(struct prog_run *run, const uint8_t *data, size_t size);
/* Close what is open, last slot first, and unmap the windows. */
void prog_end(struct prog_run *run);

/* A call in words, as "MAP_DMA slot 0 ..."; for reports. */
void prog_print(const struct prog_call *call, char *buf, size_t size);

#endif
