/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_MODULE_H
#define _KAPI_LINUX_MODULE_H

/*
 * Modules: sets of files built with the same KAPI_MODULE, linked into one
 * program, loaded and unloaded by kapi/module.h.
 */
#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/stringify.h>
#include <linux/types.h>

struct kapi_node;

enum module_state { MODULE_STATE_UNFORMED, MODULE_STATE_COMING, MODULE_STATE_LIVE,
		    MODULE_STATE_GOING };

/* @refcnt: users; below 0 while it goes. The rest is under the lock of module.c. */
struct module {
	const char *name;
	enum module_state state;
	int refcnt;
	initcall_t init;
	exitcall_t exit;
	int level;
	bool registered;
	bool extra;			/* a further init function of the same name */
	struct kapi_node *dir;		/* /sys/module/NAME */
	struct kernel_param *params;
	const struct kapi_modinfo *info;
	struct module *next;
};

struct kapi_modinfo {
	const char *tag, *value;
	struct kapi_modinfo *next;
};

/* One per module and program: each file has it, the linker keeps one. */
__attribute__((__weak__)) struct module __kapi_this_module = { .name = KBUILD_MODNAME };

void kapi_register_modinfo(struct module *module, struct kapi_modinfo *info);

#define module_init(fn)	__kapi_initcall(fn, 6)
#define module_exit(fn) \
	static __attribute__((__constructor__)) void __kapi_exit_##fn(void) \
	{ kapi_register_exit(THIS_MODULE, fn); }

#define __kapi_modinfo(_tag, _value, id) \
	static struct kapi_modinfo id = { \
		.tag = (_tag), .value = (_value) }; \
	static __attribute__((__constructor__)) void __PASTE(id, _reg)(void) \
	{ kapi_register_modinfo(THIS_MODULE, &id); }
#define MODULE_INFO(tag, info)	__kapi_modinfo(#tag, info, __UNIQUE_ID(modinfo_))
#define MODULE_LICENSE(x)	MODULE_INFO(license, x)
#define MODULE_AUTHOR(x)	MODULE_INFO(author, x)
#define MODULE_DESCRIPTION(x)	MODULE_INFO(description, x)
#define MODULE_VERSION(x)	MODULE_INFO(version, x)
#define MODULE_ALIAS(x)		MODULE_INFO(alias, x)
/* "pre: a b": those are loaded first. */
#define MODULE_SOFTDEP(x)	MODULE_INFO(softdep, x)
#define MODULE_IMPORT_NS(x)	MODULE_INFO(import_ns, __stringify(x))
#define MODULE_DEVICE_TABLE(type, name)	_Static_assert(sizeof(name) != 0, #type)
#define MODULE_FIRMWARE(x)	MODULE_INFO(firmware, x)

/* False once the module is going away. NULL stands for the kernel itself. */
bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(struct module *module);

static inline const char *module_name(struct module *module)
{
	return module ? module->name : "kernel";
}

static inline bool module_is_live(struct module *module)
{
	return READ_ONCE(module->state) != MODULE_STATE_GOING;
}

int request_module(const char *fmt, ...) __printf(1, 2);
#define request_module_nowait(...) request_module(__VA_ARGS__)

/*
 * A function of another module that may not be there. Here all are in the
 * program or none is: the weak reference tells.
 */
#define symbol_get(x)	({ extern typeof(x) x __attribute__((__weak__)); &(x); })
#define symbol_put(x)	((void)0)

/* A driver that does nothing at load and unload but register itself. */
#define module_driver(__driver, __register, __unregister, ...) \
static int __init __driver##_init(void) \
{ \
	return __register(&(__driver), ##__VA_ARGS__); \
} \
module_init(__driver##_init); \
static void __exit __driver##_exit(void) \
{ \
	__unregister(&(__driver), ##__VA_ARGS__); \
} \
module_exit(__driver##_exit)

#endif
