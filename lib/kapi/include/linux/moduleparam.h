/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MODULE_PARAMS_H
#define _LINUX_MODULE_PARAMS_H

/*
 * Module parameters: variables that appear as /sys/module/NAME/parameters/X
 * when their permission bits are not 0. kapi_set_param() sets one before its
 * module is loaded, as on the command line of modprobe.
 */
#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/stringify.h>
#include <linux/types.h>

struct kernel_param;
struct module;

#define KERNEL_PARAM_OPS_FL_NOARG 1

/* set() gets the text (NULL: the name alone was given); get() fills a page, returns the length. */
struct kernel_param_ops {
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
	unsigned int flags;
};

struct kparam_string {
	unsigned int maxlen;
	char *string;
};

struct kparam_array {
	unsigned int max, elemsize;
	unsigned int *num;
	const struct kernel_param_ops *ops;
	void *elem;
};

struct kernel_param {
	const char *name;
	const struct kernel_param_ops *ops;
	u16 perm;
	union {
		void *arg;
		const struct kparam_string *str;
		const struct kparam_array *arr;
	};
	struct kernel_param *next;
};

void kapi_register_param(struct module *module, struct kernel_param *kp);

#define __module_param_call(id, _name, _ops, _arg, _perm) \
	static struct kernel_param __PASTE(__param_, id) = { \
		.name = (_name), .ops = (_ops), .perm = (_perm), { (void *)(_arg) } }; \
	static __attribute__((__constructor__)) void __PASTE(__param_reg_, id)(void) \
	{ kapi_register_param(THIS_MODULE, &__PASTE(__param_, id)); } \
	_Static_assert((_perm) >= 0 && (_perm) <= 0777 && !((_perm) & 2), "bad permissions")

#define module_param_cb(name, ops, arg, perm) __module_param_call(name, #name, ops, arg, perm)
#define __kapi_param_check(name, p, type) \
	static inline __maybe_unused type *__check_##name(void) { return (p); }
#define module_param_named(name, value, type, perm) \
	__kapi_param_check(name, &(value), __kapi_param_type_##type) \
	__module_param_call(name, #name, &param_ops_##type, &value, perm)
#define module_param(name, type, perm) module_param_named(name, name, type, perm)
#define module_param_string(name, string, len, perm) \
	static const struct kparam_string __param_string_##name = { len, string }; \
	__module_param_call(name, #name, &param_ops_string, &__param_string_##name, perm)
#define module_param_array_named(name, array, type, nump, perm) \
	static const struct kparam_array __param_arr_##name = { \
		.max = ARRAY_SIZE(array), .elemsize = sizeof((array)[0]), .num = (nump), \
		.ops = &param_ops_##type, .elem = (array) }; \
	__module_param_call(name, #name, &param_array_ops, &__param_arr_##name, perm)
#define module_param_array(name, type, nump, perm) \
	module_param_array_named(name, name, type, nump, perm)
#define MODULE_PARM_DESC(_parm, desc) MODULE_INFO(parm, #_parm ":" desc)

#define __kapi_param_type_byte	unsigned char
#define __kapi_param_type_short	short
#define __kapi_param_type_ushort unsigned short
#define __kapi_param_type_int	int
#define __kapi_param_type_uint	unsigned int
#define __kapi_param_type_long	long
#define __kapi_param_type_ulong	unsigned long
#define __kapi_param_type_ullong unsigned long long
#define __kapi_param_type_charp	char *
#define __kapi_param_type_bool	bool
#define __kapi_param_type_invbool bool
/* bool is a macro in C11. */
#define __kapi_param_type__Bool	bool
#define param_ops__Bool		param_ops_bool

extern const struct kernel_param_ops param_ops_byte, param_ops_short, param_ops_ushort,
	param_ops_int, param_ops_uint, param_ops_long, param_ops_ulong, param_ops_ullong,
	param_ops_charp, param_ops_bool, param_ops_invbool, param_ops_string, param_array_ops;
int param_set_int(const char *val, const struct kernel_param *kp);
int param_get_int(char *buffer, const struct kernel_param *kp);
int param_set_uint(const char *val, const struct kernel_param *kp);
int param_get_uint(char *buffer, const struct kernel_param *kp);
int param_set_bool(const char *val, const struct kernel_param *kp);
int param_get_bool(char *buffer, const struct kernel_param *kp);
int param_set_charp(const char *val, const struct kernel_param *kp);
int param_get_charp(char *buffer, const struct kernel_param *kp);

/* Held while sysfs reads or writes a parameter of @module. */
void kernel_param_lock(struct module *module);
void kernel_param_unlock(struct module *module);

#endif
