/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_NOSPEC_H
#define _LINUX_NOSPEC_H

/* No speculation to guard against: the program and the core share one address space. */
#define array_index_nospec(index, size) ((void)(size), (index))
#define barrier_nospec() do { } while (0)

#endif
