/* SPDX-License-Identifier: GPL-2.0-only */
/* Arguments of ioctls, made from the operands of a call. Between the files of program.h. */
#ifndef FUZZ_PROGRAM_ARGS_H
#define FUZZ_PROGRAM_ARGS_H

#include "program.h"

#define PROG_ARG_FDS	4
/* Read-only pages: before the two that arguments stand in. */
#define PROG_RO		(PROG_MEM_END - (PROG_RO_PAGES + 2) * PROG_PAGE)
#define PROG_MOCK_POS	((uint64_t)VFIO_PCI_NUM_REGIONS << 40)

struct prog_arg {
	uint8_t bytes[PROG_PAGE];
	size_t len;		/* as much as there is memory */
};

/* Number of the ioctl of an operation that has one. */
unsigned int prog_ioctl(enum prog_op op);
/* The @i-th descriptor in the argument, as an operand; 0x8000: -1. */
uint16_t prog_fd_operand(const struct prog_call *call, unsigned int i);
/* Fill @arg in; @fds are the descriptors of those operands. Returns the ioctl's number. */
unsigned int prog_ioctl_arg(const struct prog_call *call, const int *fds, struct prog_arg *arg);
int prog_state_fd(const uint8_t *arg);
int prog_kvm_device_fd(const uint8_t *arg);
/* The address behind a code, where it does no harm to who runs the program. */
uint64_t prog_address(uint16_t code);
/* A register that may be written without waiting for minutes; limits *@val where needed. */
uint64_t prog_mock_register(uint16_t operand, uint64_t *val);
/* Command number; arguments into @regs[4]. */
uint64_t prog_mock_command(const struct prog_call *call, uint64_t regs[4]);

#endif
