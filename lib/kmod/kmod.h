/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel modules, through libkmod: load with everything they depend on, unload,
 * and look whether one is there.
 *
 * Names are taken with '-' or '_', as modprobe does. Parameters that the kernel
 * command line or /etc/modprobe.d gives (name.param=value) apply as well, since
 * libkmod reads both. All functions return 0 or -errno unless stated; none
 * prints. Not thread safe (one libkmod context per call, no state kept).
 */
#ifndef LIB_KMOD_KMOD_H
#define LIB_KMOD_KMOD_H

#include <stdbool.h>

/*
 * module_load - insert a module and what it depends on
 * @params: "name=value ..." for the module itself, or NULL
 *
 * 0 also when it is loaded or built in already; the parameters then have no
 * effect. -ENOENT: no such module for the running kernel. Otherwise what
 * init_module(2) gives, e.g. -EPERM without CAP_SYS_MODULE, -ENOEXEC for a
 * module of another kernel, -EINVAL for a bad parameter value.
 */
int module_load(const char *name, const char *params);

/*
 * module_unload - remove a module, not what it depends on
 *
 * 0 also when it is not loaded. -EBUSY or -EWOULDBLOCK while it is in use;
 * never waits and never forces.
 */
int module_unload(const char *name);

/* Loaded (fully, not "coming" or "going") or built into the kernel. */
bool module_is_loaded(const char *name);

/* Loaded, built in, or found below /lib/modules for the running kernel. */
bool module_exists(const char *name);

#endif
