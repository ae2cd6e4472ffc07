/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_PAGEMAP_H
#define KAPI_LINUX_PAGEMAP_H

#include <linux/mm.h>
#include <linux/highmem.h>
#include <linux/uaccess.h>

#endif
