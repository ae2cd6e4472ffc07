/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_SERIAL_H
#define KAPI_LINUX_SERIAL_H

#include <linux/types.h>
#include <uapi/linux/serial_reg.h>

#endif
