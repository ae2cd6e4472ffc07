/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

/* All is one program here; the symbols need no table. */
#include <linux/compiler.h>
#include <linux/stringify.h>

#define EXPORT_SYMBOL(sym)			_Static_assert(1, #sym)
#define EXPORT_SYMBOL_GPL(sym)			_Static_assert(1, #sym)
#define EXPORT_SYMBOL_NS(sym, ns)		_Static_assert(1, #sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns)		_Static_assert(1, #sym)

#endif
