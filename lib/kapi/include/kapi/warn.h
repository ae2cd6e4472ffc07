/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_WARN_H
#define KAPI_WARN_H

/*
 * Watching WARN(): every one counts, unless a hook claims it as expected.
 */
#include <linux/types.h>

struct kapi_warning {
	const char *file;
	int line;
	const char *func;
	const char *text;	/* "" for WARN_ON() */
};

/* Warnings so far in this process that no hook claimed. */
unsigned int kapi_warn_count(void);

/*
 * Ask @hook about every warning from now on: true claims it, and it is neither
 * printed nor counted. NULL: none. Returns the hook before. Called on the thread
 * that warns, with whatever locks it holds; must not warn itself.
 */
typedef bool (*kapi_warn_hook)(const struct kapi_warning *warning, void *arg);
kapi_warn_hook kapi_warn_set_hook(kapi_warn_hook hook, void *arg);

#endif
