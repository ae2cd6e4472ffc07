// SPDX-License-Identifier: GPL-2.0-only
#include "kmod/kmod.h"

#include <errno.h>
#include <libkmod.h>
#include <stddef.h>

struct lookup {
	struct kmod_ctx *ctx;
	struct kmod_list *list;
	struct kmod_module *mod;
};

/* libkmod reports misses on stderr by itself; callers decide what to say. */
static void log_nothing(void *data, int priority, const char *file, int line, const char *fn,
			const char *format, va_list args)
{
}

static void lookup_end(struct lookup *l)
{
	if (l->mod)
		kmod_module_unref(l->mod);
	if (l->list)
		kmod_module_unref_list(l->list);
	if (l->ctx)
		kmod_unref(l->ctx);
}

/* The one module of that name; aliases resolve to the first they name. */
static int lookup_begin(struct lookup *l, const char *name)
{
	int ret;

	*l = (struct lookup){ .ctx = kmod_new(NULL, NULL) };
	if (!l->ctx)
		return -ENOMEM;
	kmod_set_log_fn(l->ctx, log_nothing, NULL);
	ret = kmod_module_new_from_lookup(l->ctx, name, &l->list);
	if (!ret && !l->list)
		ret = -ENOENT;
	if (!ret) {
		l->mod = kmod_module_get_module(l->list);
		if (!l->mod)
			ret = -ENOENT;
	}
	if (ret)
		lookup_end(l);
	return ret;
}

static bool state_is_loaded(const struct kmod_module *mod)
{
	int state = kmod_module_get_initstate(mod);

	return state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
}

int module_load(const char *name, const char *params)
{
	struct lookup l;
	int ret;

	ret = lookup_begin(&l, name);
	if (ret)
		return ret;
	ret = kmod_module_probe_insert_module(l.mod, 0, params, NULL, NULL, NULL);
	lookup_end(&l);
	/* Positive values mean that a blacklist held it back. */
	return ret > 0 ? -EPERM : ret;
}

int module_unload(const char *name)
{
	struct kmod_module *mod;
	struct kmod_ctx *ctx;
	int ret;

	/* By name and not by lookup: what is loaded need not be on disk. */
	ctx = kmod_new(NULL, NULL);
	if (!ctx)
		return -ENOMEM;
	kmod_set_log_fn(ctx, log_nothing, NULL);
	ret = kmod_module_new_from_name(ctx, name, &mod);
	if (!ret) {
		ret = kmod_module_remove_module(mod, KMOD_REMOVE_NOWAIT);
		if (ret == -ENOENT)
			ret = 0;
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return ret;
}

bool module_is_loaded(const char *name)
{
	struct kmod_module *mod;
	struct kmod_ctx *ctx;
	bool loaded = false;

	ctx = kmod_new(NULL, NULL);
	if (!ctx)
		return false;
	kmod_set_log_fn(ctx, log_nothing, NULL);
	if (!kmod_module_new_from_name(ctx, name, &mod)) {
		loaded = state_is_loaded(mod);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return loaded;
}

bool module_exists(const char *name)
{
	struct lookup l;

	if (module_is_loaded(name))
		return true;
	if (lookup_begin(&l, name))
		return false;
	lookup_end(&l);
	return true;
}
