/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_MODULE_H
#define KAPI_MODULE_H

/*
 * Loading of modules. All return 0 or -errno; not to be called from a module's
 * own init or exit function.
 */
#include <linux/types.h>

/*
 * Load one: run its init function, make /sys/module/NAME with parameters/.
 * What its soft dependencies name first ("pre: ...") is loaded before. -ENOENT: no such
 * module in the program; -EEXIST: loaded; else what init returned.
 */
int kapi_load_module(const char *name);
/* -ENOENT: not loaded; -EWOULDBLOCK: in use; -EBUSY: it has no exit function. */
int kapi_unload_module(const char *name);
/*
 * Load everything that is not loaded yet: built-in parts by initcall level,
 * then vfio, its IOMMU backend and mdev, vfio-pci-core, vfio_pci, and then the
 * drivers by name. Goes on behind a module that fails; returns the first error.
 */
int kapi_load_modules(void);
/* As "modprobe @module @param=@value"; also of a loaded one, whatever its mode bits. */
int kapi_set_param(const char *module, const char *param, const char *value);

#endif
