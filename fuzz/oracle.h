/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the interface promises, kept a second time: each step of a program is
 * played on plain books, and the core's answer is held against them. Nothing
 * here is shared with the core. Where the answer depends on what the books do
 * not have (memory that nobody knows about), the books follow the core.
 *
 * oracle_files.c has what descriptors refer to: containers, groups, devices. It
 * decodes steps by kind of descriptor and number of ioctl, so that it does not
 * matter what operation of a program made the call, and hands them on.
 */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include "fuzz.h"
#include "program.h"

#define O_CONTAINERS	40
#define O_GROUPS	24	/* main, plain, pair, peer, two mediated devices; */
#define O_ORPHANS	6	/* from here: groups whose device is gone, while they are open */
#define O_MAPS		80

struct o_map {
	uint64_t iova, size;
	bool lost;		/* its address was taken away */
};

struct o_type1 {
	bool v2, tracking;
	unsigned int n;
	struct o_map map[O_MAPS];	/* by iova */
};

struct o_container {
	unsigned int files;	/* files that are this container */
	unsigned int groups;
	bool iommu;
	bool nesting;		/* was asked for, which not every IOMMU can */
	bool narrow;		/* a domain may have less bits than its groups' IOMMUs */
	bool unsure;		/* something happened that the books cannot know */
	struct o_type1 t1;
};

struct o_group {
	bool open;		/* its file lives, by descriptors or by devices */
	unsigned int devices;	/* device files that hold it */
	bool real;		/* stands behind the IOMMU */
	bool dead;
	struct o_container *container;
};

struct o_device {
	unsigned int files;
	/* migration: oracle_fsm.c */
	uint8_t state, flags, armed_from, armed_to;
	bool armed, to_error, unsure, get_unsure;
	uint16_t fail_errno;
	unsigned int session;	/* number of the data file's session, 0: none */
	/* interrupts: oracle_irq.c */
	int irq;		/* index that is on, -1: none */
	/* DMA logging: oracle_log.c */
	bool logging;
	uint64_t log_page;
};

struct o_file {
	enum prog_kind kind;	/* PROG_NONE: free */
	unsigned int refs;	/* descriptors */
	struct o_container *container;
	unsigned int group, dev, session;
};

/* The books as they are before the step is played on them. */
extern struct o_container o_containers[O_CONTAINERS];
extern struct o_group o_groups[O_GROUPS];
extern struct o_device o_devices[PROG_DEVS];
unsigned int o_group_of(unsigned int dev);
/* Address bits of the IOMMU that a group is behind. */
#define O_WIDTH 39
extern uint8_t o_width[O_GROUPS];
/* The file behind a descriptor of the program, or NULL. */
const struct o_file *o_file(int fd);
/* The same of a number that an argument names, which may be any of the process. */
const struct o_file *o_operand(int fd);

void oracle_files_start(void);
void oracle_files_step(const struct prog_step *s);
/* All was closed. */
void oracle_files_end(void);
/* In its place, once the books could not follow. */
void oracle_files_forget(void);

/*
 * oracle_type1.c: an ioctl on a container with an IOMMU; @width: address bits that all
 * groups can have which are behind one, 0: none is
 */
void oracle_type1(struct o_container *c, unsigned int width, const struct prog_step *s);
void oracle_type1_reset(struct o_type1 *t1, bool v2);
/* oracle_fsm.c: the device's states, and its data files */
void oracle_fsm(struct o_device *d, const struct prog_step *s);
void oracle_fsm_reset(struct o_device *d);
/* Is it one whole migration stream, by the text of mock_uapi.h? */
bool oracle_stream_valid(const uint8_t *bytes, size_t len);
uint64_t oracle_checksum(const uint8_t *state, uint64_t size);
/* A register of the mock driver was written. */
void oracle_fsm_mock(struct o_device *d, uint64_t reg, uint64_t val);
void oracle_data_file(const struct o_file *f, const struct prog_step *s);
/* oracle_irq.c */
void oracle_irq(struct o_device *d, unsigned int dev, const struct prog_step *s);
/* oracle_log.c */
void oracle_log(struct o_device *d, unsigned int dev, const struct prog_step *s);
/* The device wrote to [iova, iova + len). */
void oracle_log_dirty(struct o_device *d, unsigned int dev, uint64_t iova, uint64_t len);
/* oracle_config.c: reads and writes of config space */
void oracle_config(struct o_device *d, unsigned int dev, const struct prog_step *s);
void oracle_config_reset(unsigned int dev);
/* oracle_reset.c */
void oracle_hot_reset(unsigned int dev, const struct prog_step *s);

/* 32 and 64 bits of an argument. */
static inline uint32_t arg32(const uint8_t *arg, size_t at)
{
	uint32_t v;

	__builtin_memcpy(&v, arg + at, sizeof(v));
	return v;
}

static inline uint64_t arg64(const uint8_t *arg, size_t at)
{
	uint64_t v;

	__builtin_memcpy(&v, arg + at, sizeof(v));
	return v;
}

#endif
