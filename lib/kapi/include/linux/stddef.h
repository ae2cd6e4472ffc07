/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAPI_LINUX_STDDEF_H
#define _KAPI_LINUX_STDDEF_H

#include <stddef.h>
#include_next <linux/stddef.h>
#include <linux/compiler_types.h>

#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))

#ifndef __struct_group
#define __struct_group(tag, name, attrs, members...) \
	union { \
		struct { members } attrs; \
		struct tag { members } attrs name; \
	}
#endif
#define struct_group(name, ...)	__struct_group(/* no tag */, name, /* none */, __VA_ARGS__)
#define struct_group_tagged(tag, name, ...) __struct_group(tag, name, /* none */, __VA_ARGS__)
#ifndef __DECLARE_FLEX_ARRAY
#define __DECLARE_FLEX_ARRAY(type, name) \
	struct { \
		struct { } __empty_##name; \
		type name[]; \
	}
#endif
#define DECLARE_FLEX_ARRAY(type, name) __DECLARE_FLEX_ARRAY(type, name)

#endif
