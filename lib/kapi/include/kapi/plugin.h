/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_PLUGIN_H
#define KAPI_PLUGIN_H

/*
 * Drivers in shared objects of their own, as `vfio-compliance sdk build` makes them
 * from sources written for the kernel. They find the kernel's functions under
 * the names "kapi.NAME", which libvfio-core.so exports: so none of these names
 * gets into the way of a program.
 */

/*
 * kapi_load_plugins - load drivers and run their init functions
 * @paths: files, separated by colons; NULL or "" for none
 *
 * The modules that were in the program before must be loaded. Objects stay
 * until the process ends. Returns 0; -ENOENT: cannot be opened, or needs what
 * the core does not have; -ENOEXEC: there is no module in it; -EEXIST: a module
 * of that name is there; else what an init function returned. Not to be called
 * at the same time as other functions of kapi/module.h.
 */
int kapi_load_plugins(const char *paths);
/* Why it failed, in one line. "" if it did not. */
const char *kapi_plugin_error(void);

#endif
