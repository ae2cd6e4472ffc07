// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules: what the constructors of their files register, loading, references.
 */
#include <kapi/module.h>
#include <kapi/vfs.h>
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "module.h"

/* Held while a module is loaded or unloaded, its init and exit functions included. */
static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;
static struct module *modules;

/* What the symbols of these need from each other, which depmod finds out for the kernel. */
static const char *const known_order[] = {
	"vfio", "vfio_iommu_type1", "mdev", "vfio_pci_core", "vfio_pci",
};

struct module *kapi_find_module(const char *name)
{
	struct module *mod;

	for (mod = modules; mod; mod = mod->next)
		if (!strcmp(mod->name, name))
			return mod;
	return NULL;
}

struct module *kapi_next_module(struct module *mod)
{
	return mod ? mod->next : modules;
}

/* Registration comes from constructors: nothing of kapi is up, and no lock is needed. */
static void enlist(struct module *mod)
{
	struct module **pos;

	if (mod->registered)
		return;
	mod->registered = true;
	mod->level = 6;
	for (pos = &modules; *pos; pos = &(*pos)->next)
		;
	*pos = mod;
}

/*
 * Parts of the kernel itself may have several init functions each; every one
 * is an entry of its own here.
 */
void kapi_register_init(struct module *mod, int level, initcall_t fn)
{
	enlist(mod);
	if (strcmp(mod->name, "kapi"))
		level = 6;
	if (mod->init) {
		struct module *extra = calloc(1, sizeof(*extra));

		if (!extra)
			abort();
		*extra = *mod;
		extra->extra = true;
		extra->params = NULL;
		extra->exit = NULL;
		mod->next = extra;
		mod = extra;
	}
	mod->init = fn;
	mod->level = level;
}

void kapi_register_exit(struct module *mod, exitcall_t fn)
{
	enlist(mod);
	mod->exit = fn;
}

void kapi_register_param(struct module *mod, struct kernel_param *kp)
{
	enlist(mod);
	kp->next = mod->params;
	mod->params = kp;
}

void kapi_register_modinfo(struct module *mod, struct kapi_modinfo *info)
{
	enlist(mod);
	info->next = (struct kapi_modinfo *)mod->info;
	mod->info = info;
}

bool try_module_get(struct module *mod)
{
	int ref;

	if (!mod)
		return true;
	ref = __atomic_load_n(&mod->refcnt, __ATOMIC_SEQ_CST);
	do {
		if (ref < 0)
			return false;
	} while (!__atomic_compare_exchange_n(&mod->refcnt, &ref, ref + 1, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	return true;
}

void __module_get(struct module *mod)
{
	WARN_ON(!try_module_get(mod));
}

void module_put(struct module *mod)
{
	if (mod)
		WARN_ON(__atomic_sub_fetch(&mod->refcnt, 1, __ATOMIC_SEQ_CST) < 0);
}

int module_refcount(struct module *mod)
{
	return max(__atomic_load_n(&mod->refcnt, __ATOMIC_SEQ_CST), 0);
}

static ssize_t refcnt_show(void *priv, char *buf)
{
	return sysfs_emit(buf, "%d\n", module_refcount(priv));
}

static ssize_t initstate_show(void *priv, char *buf)
{
	static const char *const names[] = { "unformed", "coming", "live", "going" };
	struct module *mod = priv;

	return sysfs_emit(buf, "%s\n", names[READ_ONCE(mod->state)]);
}

static void make_sysfs(struct module *mod)
{
	static const struct kapi_attr_ops refcnt = { .show = refcnt_show };
	static const struct kapi_attr_ops initstate = { .show = initstate_show };
	char path[96];

	snprintf(path, sizeof(path), "sys/module/%s", mod->name);
	mod->dir = kapi_mkdir(NULL, path);
	if (!mod->dir)
		return;
	kapi_mkattr(mod->dir, "initstate", 0444, 4096, &initstate, mod);
	kapi_mkattr(mod->dir, "refcnt", 0444, 4096, &refcnt, mod);
	kapi_params_add(mod);
}

static void load_before(const struct kapi_modinfo *info);

static int load(struct module *mod)
{
	const struct kapi_modinfo *info;
	int ret;

	if (mod->state == MODULE_STATE_LIVE)
		return -EEXIST;
	if (mod->state == MODULE_STATE_COMING)
		return -EBUSY;
	mod->state = MODULE_STATE_COMING;
	for (info = mod->info; info; info = info->next)
		if (!strcmp(info->tag, "softdep"))
			load_before(info);
	mod->refcnt = 0;
	if (!mod->extra && strcmp(mod->name, "kapi"))
		make_sysfs(mod);
	ret = mod->init ? mod->init() : 0;
	if (ret < 0) {
		kapi_rmnode(mod->dir);
		mod->dir = NULL;
		mod->state = MODULE_STATE_UNFORMED;
		return ret;
	}
	WRITE_ONCE(mod->state, MODULE_STATE_LIVE);
	return 0;
}

/* Load what stands between "pre:" and "post:"; what is not in the program does not matter. */
static void load_before(const struct kapi_modinfo *info)
{
	char *text = strdup(info->value), *word, *save;
	bool pre = false;

	if (!text)
		return;
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		struct module *dep;

		if (strchr(word, ':')) {
			pre = !strcmp(word, "pre:");
			continue;
		}
		dep = pre ? kapi_find_module(word) : NULL;
		if (dep)
			load(dep);
	}
	free(text);
}

int kapi_load_module(const char *name)
{
	struct module *mod;
	int ret = -ENOENT;

	pthread_mutex_lock(&load_lock);
	mod = kapi_find_module(name);
	if (mod)
		ret = load(mod);
	pthread_mutex_unlock(&load_lock);
	return ret;
}

int kapi_unload_module(const char *name)
{
	struct module *mod;
	int ret = -ENOENT, none = 0;

	pthread_mutex_lock(&load_lock);
	mod = kapi_find_module(name);
	if (!mod || mod->state != MODULE_STATE_LIVE)
		goto out;
	ret = -EBUSY;
	if (mod->init && !mod->exit)
		goto out;
	ret = -EWOULDBLOCK;
	/* From here on try_module_get() fails. */
	if (!__atomic_compare_exchange_n(&mod->refcnt, &none, INT_MIN / 2, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		goto out;
	WRITE_ONCE(mod->state, MODULE_STATE_GOING);
	if (mod->exit)
		mod->exit();
	kapi_rmnode(mod->dir);
	mod->dir = NULL;
	WRITE_ONCE(mod->state, MODULE_STATE_UNFORMED);
	ret = 0;
out:
	pthread_mutex_unlock(&load_lock);
	return ret;
}

static int load_all_at(int level, const char *name)
{
	struct module *mod;
	int ret, err = 0;

	for (mod = modules; mod; mod = mod->next) {
		if (mod->level != level || (name && strcmp(mod->name, name)))
			continue;
		ret = load(mod);
		if (ret && ret != -EEXIST) {
			pr_err("%s: loading failed: %pe\n", mod->name, ERR_PTR(ret));
			err = err ?: ret;
		}
	}
	return err;
}

int kapi_load_modules(void)
{
	int level, ret, err = 0;
	size_t i;

	pthread_mutex_lock(&load_lock);
	for (level = 0; level <= 7; level++) {
		if (level == 6) {
			ret = load_all_at(level, "kapi");
			err = err ?: ret;
			for (i = 0; i < ARRAY_SIZE(known_order); i++) {
				ret = load_all_at(level, known_order[i]);
				err = err ?: ret;
			}
		}
		ret = load_all_at(level, NULL);
		err = err ?: ret;
	}
	pthread_mutex_unlock(&load_lock);
	return err;
}

/* All modules there are come with the program: loading by name is the user's business. */
int request_module(const char *fmt, ...)
{
	char name[64];
	va_list args;

	va_start(args, fmt);
	vscnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	return kapi_find_module(name) ? 0 : -ENOENT;
}
