/* SPDX-License-Identifier: GPL-2.0-only */
/* What a certificate shows of the machine it was made on. */
#ifndef RUNNER_EVIDENCE_H
#define RUNNER_EVIDENCE_H

#include <stddef.h>

/*
 * evidence_write - describe this machine in files of @dir
 *
 * lspci.txt (lspci -vvv of the devices), config-space.txt (in a form that lspci -F
 * reads), kernel.txt, kernel-config or kernel-config.gz where this host has it,
 * modules.json (of VFIO and what stands beside it: version, srcversion, taint).
 * What cannot be had is said in its file. Returns 0, or -1 with errno if a file
 * cannot be written.
 */
int evidence_write(const char *dir, char *const *bdfs, size_t nr_bdfs);

/* First line of a file, "" if there is none. Returns @buf. */
const char *first_line(const char *path, char *buf, size_t size);

#endif
