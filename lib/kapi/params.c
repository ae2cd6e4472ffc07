// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters: the types, and their files.
 */
#include <kapi/module.h>
#include <kapi/vfs.h>
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <pthread.h>
#include "module.h"

static pthread_mutex_t param_lock = PTHREAD_MUTEX_INITIALIZER;

void kernel_param_lock(struct module *module)
{
	pthread_mutex_lock(&param_lock);
}

void kernel_param_unlock(struct module *module)
{
	pthread_mutex_unlock(&param_lock);
}

#define NUMBER(name, type, format, parse) \
static int param_set_n_##name(const char *val, const struct kernel_param *kp) \
{ \
	return val ? parse(val, 0, kp->arg) : -EINVAL; \
} \
static int param_get_n_##name(char *buffer, const struct kernel_param *kp) \
{ \
	return scnprintf(buffer, 4096, format "\n", *(type *)kp->arg); \
} \
const struct kernel_param_ops param_ops_##name = { \
	.set = param_set_n_##name, .get = param_get_n_##name }

NUMBER(byte, unsigned char, "%hhu", kstrtou8);
NUMBER(short, short, "%hi", kstrtos16);
NUMBER(ushort, unsigned short, "%hu", kstrtou16);
NUMBER(int, int, "%i", kstrtoint);
NUMBER(uint, unsigned int, "%u", kstrtouint);
NUMBER(long, long, "%li", kstrtol);
NUMBER(ulong, unsigned long, "%lu", kstrtoul);
NUMBER(ullong, unsigned long long, "%llu", kstrtoull);

int param_set_int(const char *val, const struct kernel_param *kp)
{
	return param_ops_int.set(val, kp);
}

int param_get_int(char *buffer, const struct kernel_param *kp)
{
	return param_ops_int.get(buffer, kp);
}

int param_set_uint(const char *val, const struct kernel_param *kp)
{
	return param_ops_uint.set(val, kp);
}

int param_get_uint(char *buffer, const struct kernel_param *kp)
{
	return param_ops_uint.get(buffer, kp);
}

int param_set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ?: "1", kp->arg);
}

int param_get_bool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'Y' : 'N');
}

const struct kernel_param_ops param_ops_bool = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set_bool,
	.get = param_get_bool,
};

static int set_invbool(const char *val, const struct kernel_param *kp)
{
	bool v;
	int ret = kstrtobool(val ?: "1", &v);

	if (!ret)
		*(bool *)kp->arg = !v;
	return ret;
}

static int get_invbool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'N' : 'Y');
}

const struct kernel_param_ops param_ops_invbool = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_invbool,
	.get = get_invbool,
};

/* Values that were set live as long as the program: a driver may hold on to one. */
struct kept {
	struct kept *next;
	char text[];
};

int param_set_charp(const char *val, const struct kernel_param *kp)
{
	static struct kept *all;
	struct kept *kept;

	if (!val || strlen(val) > 1024)
		return val ? -ENOSPC : -EINVAL;
	kept = kmalloc(sizeof(*kept) + strlen(val) + 1, GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	strcpy(kept->text, val);
	kept->next = all;
	all = kept;
	*(char **)kp->arg = kept->text;
	return 0;
}

int param_get_charp(char *buffer, const struct kernel_param *kp)
{
	char *val = *(char **)kp->arg;

	return scnprintf(buffer, 4096, "%s\n", val ?: "(null)");
}

const struct kernel_param_ops param_ops_charp = {
	.set = param_set_charp,
	.get = param_get_charp,
};

static int set_string(const char *val, const struct kernel_param *kp)
{
	if (!val)
		return -EINVAL;
	if (strlen(val) + 1 > kp->str->maxlen)
		return -ENOSPC;
	strcpy(kp->str->string, val);
	return 0;
}

static int get_string(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, 4096, "%s\n", kp->str->string);
}

const struct kernel_param_ops param_ops_string = {
	.set = set_string,
	.get = get_string,
};

static struct kernel_param element(const struct kernel_param *kp, unsigned int i)
{
	struct kernel_param e = *kp;

	e.arg = (char *)kp->arr->elem + (size_t)i * kp->arr->elemsize;
	return e;
}

static int set_array(const char *val, const struct kernel_param *kp)
{
	char *copy, *rest, *word;
	unsigned int n = 0;
	int ret = 0;

	if (!val)
		return -EINVAL;
	copy = rest = kstrdup(val, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	while (!ret && (word = strsep(&rest, ",\n"))) {
		struct kernel_param e = element(kp, n);

		if (!*word && !rest)
			break;
		ret = n++ < kp->arr->max ? kp->arr->ops->set(word, &e) : -EINVAL;
	}
	kfree(copy);
	if (!ret && kp->arr->num)
		*kp->arr->num = n;
	return ret;
}

static int get_array(char *buffer, const struct kernel_param *kp)
{
	unsigned int i, n = kp->arr->num ? *kp->arr->num : kp->arr->max;
	int ret, off = 0;

	for (i = 0; i < n; i++) {
		struct kernel_param e = element(kp, i);

		/* The last one's newline becomes the comma. */
		if (i)
			buffer[off - 1] = ',';
		ret = kp->arr->ops->get(buffer + off, &e);
		if (ret < 0)
			return ret;
		off += ret;
	}
	buffer[off] = '\0';
	return off;
}

const struct kernel_param_ops param_array_ops = {
	.set = set_array,
	.get = get_array,
};

static ssize_t param_show(void *priv, char *buf)
{
	struct kernel_param *kp = priv;
	int ret;

	kernel_param_lock(NULL);
	ret = kp->ops->get(buf, kp);
	kernel_param_unlock(NULL);
	return ret;
}

/* A trailing newline is the shell's; numbers may do with it, strings may not. */
static ssize_t param_store(void *priv, const char *buf, size_t count)
{
	struct kernel_param *kp = priv;
	char *val = kmemdup_nul(buf, count, GFP_KERNEL);
	int ret;

	if (!val)
		return -ENOMEM;
	if (count && val[count - 1] == '\n')
		val[count - 1] = '\0';
	kernel_param_lock(NULL);
	ret = kp->ops->set(val, kp);
	kernel_param_unlock(NULL);
	kfree(val);
	return ret ?: (ssize_t)count;
}

void kapi_params_add(struct module *mod)
{
	struct kernel_param *kp;
	struct kapi_node *dir = NULL;

	for (kp = mod->params; kp; kp = kp->next) {
		struct kapi_attr_ops ops = {
			.show = kp->perm & 0444 && kp->ops->get ? param_show : NULL,
			.store = kp->perm & 0222 && kp->ops->set ? param_store : NULL,
		};

		if (!kp->perm)
			continue;
		if (!dir)
			dir = kapi_mkdir(mod->dir, "parameters");
		if (dir)
			kapi_mkattr(dir, kp->name, kp->perm, 4096, &ops, kp);
	}
}

int kapi_set_param(const char *module, const char *param, const char *value)
{
	struct module *mod = kapi_find_module(module);
	struct kernel_param *kp;
	int ret = -ENOENT;

	for (kp = mod ? mod->params : NULL; kp; kp = kp->next) {
		if (strcmp(kp->name, param))
			continue;
		kernel_param_lock(NULL);
		ret = value || kp->ops->flags & KERNEL_PARAM_OPS_FL_NOARG ?
		      kp->ops->set(value, kp) : -EINVAL;
		kernel_param_unlock(NULL);
		break;
	}
	return ret;
}
