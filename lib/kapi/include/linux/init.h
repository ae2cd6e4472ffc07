/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

/*
 * What runs when a module is loaded (kapi/module.h). Nothing runs by itself:
 * kapi_load_modules() does it, in the order given there. The levels exist for
 * built-in parts (files whose KAPI_MODULE is "kapi"); in a module all are the
 * same as module_init(), as in the kernel.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata
#define __devinit
#define __ref
#define __refdata

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

struct module;
void kapi_register_init(struct module *module, int level, initcall_t fn);
void kapi_register_exit(struct module *module, exitcall_t fn);

/* One of each per module; a constructor only notes it down. */
#define __kapi_initcall(fn, level) \
	static __attribute__((__constructor__)) void __kapi_init_##fn(void) \
	{ kapi_register_init(THIS_MODULE, level, fn); }
#define core_initcall(fn)	__kapi_initcall(fn, 1)
#define postcore_initcall(fn)	__kapi_initcall(fn, 2)
#define arch_initcall(fn)	__kapi_initcall(fn, 3)
#define subsys_initcall(fn)	__kapi_initcall(fn, 4)
#define fs_initcall(fn)		__kapi_initcall(fn, 5)
#define device_initcall(fn)	__kapi_initcall(fn, 6)
#define late_initcall(fn)	__kapi_initcall(fn, 7)

/* The build says with -DKAPI_MODULE=name which module a file belongs to. */
#ifndef KAPI_MODULE
#define KAPI_MODULE kapi
#endif
#include <linux/stringify.h>
#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME __stringify(KAPI_MODULE)
#endif
#define __kapi_this_module __PASTE(__this_module_, KAPI_MODULE)
extern struct module __kapi_this_module;
#define THIS_MODULE (&__kapi_this_module)

#endif
