/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

/* Scope-bound release: __free(), guard(), scoped_guard(). */
#include <linux/compiler.h>

#define DEFINE_FREE(_name, _type, _free) \
	static inline __maybe_unused void __free_##_name(void *p) \
	{ _type _T = *(_type *)p; _free; }
#define __free(_name)	__cleanup(__free_##_name)
/* Take the pointer out of the scope's hands. */
#define no_free_ptr(p)	({ __auto_type __nf_ptr = (p); (p) = NULL; __nf_ptr; })
#define return_ptr(p)	return no_free_ptr(p)

#define DEFINE_CLASS(_name, _type, _exit, _init, _init_args...) \
	typedef _type class_##_name##_t; \
	static inline __maybe_unused void class_##_name##_destructor(_type *p) \
	{ _type _T = *p; _exit; } \
	static inline __maybe_unused _type class_##_name##_constructor(_init_args) \
	{ _type t = _init; return t; }
#define CLASS(_name, var) \
	class_##_name##_t var __maybe_unused __cleanup(class_##_name##_destructor) = \
		class_##_name##_constructor
#define DEFINE_GUARD(_name, _type, _lock, _unlock) \
	DEFINE_CLASS(_name, _type, if (_T) { _unlock; }, ({ _lock; _T; }), _type _T)
#define guard(_name)	CLASS(_name, __UNIQUE_ID(guard))
#define scoped_guard(_name, args...) \
	for (CLASS(_name, __scope)(args), *__done = NULL; !__done; __done = (void *)1)

#endif
