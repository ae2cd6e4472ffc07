/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control region of the mock vfio-pci variant driver; registers and
 * commands are in mock_driver/mock_uapi.h.
 */
#ifndef CLIENT_MOCK_H
#define CLIENT_MOCK_H

#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>

#include "../../mock_driver/mock_uapi.h"

struct mock {
	int fd;			/* device descriptor */
	uint32_t index;		/* of the control region */
	uint64_t offset;	/* of the region on the descriptor */
	uint64_t size;
};

/* Find the control region: 0, or -ENODEV when the device's driver is not the mock. */
int __mock_find(int fd, struct mock *mock);
void mock_find(int fd, struct mock *mock);

/* 64-bit register access; @reg MOCK_REG_*. */
int __mock_read(const struct mock *mock, uint64_t reg, uint64_t *value);
int __mock_write(const struct mock *mock, uint64_t reg, uint64_t value);
uint64_t mock_read(const struct mock *mock, uint64_t reg);
void mock_write(const struct mock *mock, uint64_t reg, uint64_t value);

/* Run MOCK_CMD_@cmd; its result, negative errno included. Arguments are ARG0 to ARG2. */
int64_t mock_command(const struct mock *mock, uint64_t cmd, uint64_t arg0, uint64_t arg1,
		     uint64_t arg2);

/* Bytes of the region at @offset: MOCK_DATA or MOCK_WINDOW plus an index. Bytes done or -errno. */
ssize_t __mock_read_bytes(const struct mock *mock, uint64_t offset, void *buf, size_t len);
ssize_t __mock_write_bytes(const struct mock *mock, uint64_t offset, const void *buf, size_t len);
/* All of it, whatever the pieces that the driver takes. */
void mock_read_bytes(const struct mock *mock, uint64_t offset, void *buf, size_t len);
void mock_write_bytes(const struct mock *mock, uint64_t offset, const void *buf, size_t len);

#endif
