/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers of a 16550: the host's own header. No guard: it may find itself first. */
#include_next <linux/serial_reg.h>
