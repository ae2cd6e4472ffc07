/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_LIST_SORT_H
#define _LINUX_LIST_SORT_H

#include <linux/sort.h>

#endif
