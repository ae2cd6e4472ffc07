/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_CONTAINER_OF_H
#define _LINUX_CONTAINER_OF_H

#include <linux/build_bug.h>
#include <linux/stddef.h>

/* The structure of @type whose @member is at @ptr; the types must agree. */
#define container_of(ptr, type, member) ({ \
	void *__mptr = (void *)(ptr); \
	_Static_assert(__same_type(*(ptr), ((type *)0)->member) || __same_type(*(ptr), void), \
		       "container_of(): not a pointer to that member"); \
	((type *)(__mptr - offsetof(type, member))); })

#define container_of_const(ptr, type, member) \
	_Generic((ptr), \
		default: container_of(ptr, type, member), \
		const typeof(*(ptr)) *: (const type *)container_of(ptr, type, member))

#define typeof_member(T, m)	typeof(((T *)0)->m)

#endif
