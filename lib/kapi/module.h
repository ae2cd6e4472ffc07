/* SPDX-License-Identifier: GPL-2.0-only */
/* Between module.c and params.c. */
#ifndef KAPI_MODULE_INTERNAL_H
#define KAPI_MODULE_INTERNAL_H

#include <linux/module.h>

struct module *kapi_find_module(const char *name);
/* The module registered behind @mod; the first one for NULL; NULL behind the last. */
struct module *kapi_next_module(struct module *mod);
/* Make /sys/module/NAME/parameters. */
void kapi_params_add(struct module *mod);

#endif
