/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the paths and directories of a program to nodes of the core.
 */
#ifndef SYSCALL_PATH_H
#define SYSCALL_PATH_H

#include <kapi/vfs.h>
#include <stdbool.h>

struct stat;

/* Set once the core's nodes exist; until then every path is the host's. */
extern bool path_ready;

/*
 * path_find - the node that a path of the program names
 * @dirfd: AT_FDCWD, or what a relative path starts from
 * @path: may be a bad pointer
 * @follow: resolve a link in the last component
 *
 * Returns 0 and a referenced node; -ENXIO: the host has to answer (also for bad
 * pointers, empty and overlong paths); other errors are for the program.
 */
int path_find(int dirfd, const char *path, bool follow, struct kapi_node **node);

/* The number N of "/proc/self/fd/N" and its like, or -1. */
int path_fd_number(const char *path);

/* The program has changed its working directory. */
void path_cwd_changed(void);

/*
 * Files that stand for nodes other than devices. node_open() makes one for an
 * attribute, a directory, or, with O_PATH, anything; a device is opened. Returns
 * a descriptor or -errno. Consumes no reference.
 */
int node_open(struct kapi_node *node, int flags);
/* The node behind a descriptor of the core, referenced; NULL for devices and anonymous files. */
struct kapi_node *node_of_fd(int fd);

/* What stat() says about a node. */
void node_stat(struct kapi_node *node, struct stat *st);
/* What it says about a descriptor of the core. 0 or -EBADF. */
int fd_stat(int fd, struct stat *st);

#endif
