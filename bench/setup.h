/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmarks share: devices that stay open from their first use to the
 * end of the program, memory of each page kind, and the floors.
 */
#ifndef BENCH_SETUP_H
#define BENCH_SETUP_H

#include "client/vfio_client.h"
#include "gbench_shim.h"

/* Where benchmarks map: each its own, none below what edu can reach but for its DMA. */
#define IOVA_SIZES	0x100000000ull	/* mappings by size */
#define IOVA_COUNT	0x1000000000ull	/* a number of mappings */
#define IOVA_PINS	0x2000000000ull
#define IOVA_DIRTY	0x3000000000ull
#define IOVA_LOG	0x4000000000ull

/*
 * setup_device - the device of a role, opened on first use
 * Returns NULL with the run skipped when no named device is fit for the role.
 */
struct vfio_dev *setup_device(struct bench *b, enum device_role role);
/* The first mediated device if one is named, else the main device. */
struct vfio_dev *setup_pinner(struct bench *b);
/* The control region of a device that setup_...() returned; NULL, skipped: it has none. */
struct mock *setup_mock(struct bench *b, struct vfio_dev *dev);
/* The main device with its control region. */
struct mock *setup_main_mock(struct bench *b);
/* The program runs on the core, and not on a kernel. */
bool setup_on_core(void);
/* All back to what it was; all closed. */
void setup_end(void);

enum page_kind { PAGES_4K, PAGES_THP, PAGES_HUGETLB, PAGE_KINDS };

extern const char *const page_kind_name[PAGE_KINDS];
/*
 * setup_memory - @size bytes of pages of a kind, written to once
 * Memory of a kind is kept for the next who asks, so do not keep a mapping of it
 * and do not unmap it. NULL with the run skipped when it is not to be had.
 */
void *setup_memory(struct bench *b, enum page_kind kind, size_t size);

/* Bytes that a floor goes over: more than a cache has. */
#define FLOOR_ROOM	(64ul << 20)

/* A memfd of FLOOR_ROOM bytes, made on first use and kept. */
int setup_memfd(void);

/* Floors. The context is what is said here. */
extern const struct bench_floor floor_getppid;	/* NULL */

struct copy {
	char *dst;
	const char *src;
	size_t len;	/* of one copy */
	size_t room;	/* of src, walked in steps of len; or len */
	size_t at;
};
extern const struct bench_floor floor_memcpy;	/* struct copy */

struct touch {
	char *mem;
	size_t pages;	/* of one touch */
	size_t room;	/* pages of mem, walked in steps of pages; or pages */
	size_t at;
	size_t sets;	/* more than one: mem has as many times room pages, used in turns */
	size_t set;
};
extern const struct bench_floor floor_touch;	/* struct touch: a cache line per page */

struct fd_read {
	int fd;
	char *buf;
	size_t len;	/* of one read */
	size_t room;	/* bytes in the file, walked in steps of len */
	size_t at;
};
extern const struct bench_floor floor_memfd_read;	/* struct fd_read */

/* An eventfd is signalled and read: int, its descriptor. */
extern const struct bench_floor floor_eventfd;

/* One per file. */
void register_data_fd(void);
void register_dirty(void);
void register_dma_logging(void);
void register_dma_rw(void);
void register_feature(void);
void register_floors(void);
void register_hot_reset(void);
void register_irq(void);
void register_kvm(void);
void register_migration(void);
void register_open_close(void);
void register_pin(void);
void register_region(void);
void register_type1_map(void);

#endif
