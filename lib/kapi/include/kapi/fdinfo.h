/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_FDINFO_H
#define KAPI_FDINFO_H

#include <kapi/vfs.h>

/*
 * /proc/self/fdinfo/N (also by the number of the process) of a descriptor of the
 * core's: what the host says of all files, and what the show_fdinfo operation of
 * this one adds. Returns 0 and a referenced node, -ENXIO if @path is no such name
 * or the descriptor not the core's.
 */
int kapi_fdinfo_node(const char *path, struct kapi_node **out);

#endif
