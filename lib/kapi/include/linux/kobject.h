/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KOBJECT_H_
#define _KOBJECT_H_

/*
 * Named, reference counted objects that are directories in sysfs. Removal of an
 * attribute waits until its show or store has returned.
 */
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/types.h>

struct kapi_node;
struct kobject;
struct kset;

struct kobj_type {
	const struct sysfs_ops *sysfs_ops;
	const struct attribute_group **default_groups;
	void (*release)(struct kobject *kobj);
};

struct kobject {
	const char *name;
	const struct kobj_type *ktype;
	struct kobject *parent;
	struct kset *kset;
	struct list_head entry;
	struct kapi_node *sd;		/* its directory while it is added */
	struct kref kref;
	bool state_initialized;
	bool state_in_sysfs;
};

struct kset {
	struct kobject kobj;
	spinlock_t list_lock;
	struct list_head list;
};

struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			 size_t count);
};

extern const struct sysfs_ops kobj_sysfs_ops;

enum kobject_action { KOBJ_ADD, KOBJ_REMOVE, KOBJ_CHANGE, KOBJ_MOVE, KOBJ_ONLINE, KOBJ_OFFLINE,
		      KOBJ_BIND, KOBJ_UNBIND };

void kobject_init(struct kobject *kobj, const struct kobj_type *ktype);
/* -EINVAL: no name; -EEXIST; -ENOMEM. On failure the caller still owes kobject_put(). */
int __must_check kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...)
	__printf(3, 4);
int __must_check kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype,
				      struct kobject *parent, const char *fmt, ...)
	__printf(4, 5);
int kobject_set_name(struct kobject *kobj, const char *fmt, ...) __printf(2, 3);
int kobject_set_name_vargs(struct kobject *kobj, const char *fmt, va_list args) __printf(2, 0);
void kobject_del(struct kobject *kobj);
struct kobject *kobject_create_and_add(const char *name, struct kobject *parent);
struct kobject *kobject_get(struct kobject *kobj);
struct kobject *__must_check kobject_get_unless_zero(struct kobject *kobj);
void kobject_put(struct kobject *kobj);
/* Absolute path below /sys, from the heap. */
char *kobject_get_path(const struct kobject *kobj, gfp_t gfp);

static inline const char *kobject_name(const struct kobject *kobj)
{
	return kobj->name;
}

/* Nobody listens to events here. */
static inline int kobject_uevent(struct kobject *kobj, enum kobject_action action)
{
	return 0;
}

static inline int kobject_uevent_env(struct kobject *kobj, enum kobject_action action,
				     char *envp[])
{
	return 0;
}

struct kset_uevent_ops;
void kset_init(struct kset *kset);
int __must_check kset_register(struct kset *kset);
void kset_unregister(struct kset *kset);
struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *ops,
				 struct kobject *parent);
/* With a reference, or NULL. */
struct kobject *kset_find_obj(struct kset *kset, const char *name);

static inline struct kset *to_kset(struct kobject *kobj)
{
	return kobj ? container_of(kobj, struct kset, kobj) : NULL;
}

/* /sys/kernel. */
struct kobject *kapi_kernel_kobj(void);
#define kernel_kobj kapi_kernel_kobj()

#endif
