// SPDX-License-Identifier: GPL-2.0-only
/* File systems that only the kernel mounts, for the inodes of their files. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>

static DEFINE_MUTEX(pin_lock);

struct pseudo_fs_context *init_pseudo(struct fs_context *fc, unsigned long magic)
{
	struct pseudo_fs_context *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!ctx || !sb) {
		kfree(ctx);
		kfree(sb);
		return NULL;
	}
	ctx->magic = magic;
	sb->s_magic = magic;
	sb->kapi_context = ctx;
	fc->root_sb = sb;
	return ctx;
}

void kill_anon_super(struct super_block *sb)
{
	kfree(sb->kapi_context);
	sb->kapi_context = NULL;
}

static void unmount(struct vfsmount *mount)
{
	struct file_system_type *type = mount->mnt_sb->s_type;

	if (type->kill_sb)
		type->kill_sb(mount->mnt_sb);
	kill_anon_super(mount->mnt_sb);
	kfree(mount->mnt_sb);
	kfree(mount);
	module_put(type->owner);
}

static struct vfsmount *mount(struct file_system_type *type)
{
	struct fs_context fc = { };
	struct vfsmount *mnt;
	int ret;

	if (!try_module_get(type->owner))
		return ERR_PTR(-ENODEV);
	mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);
	ret = mnt ? type->init_fs_context(&fc) : -ENOMEM;
	if (ret || !fc.root_sb) {
		kfree(mnt);
		module_put(type->owner);
		return ERR_PTR(ret ?: -EINVAL);
	}
	fc.root_sb->s_type = type;
	mnt->mnt_sb = fc.root_sb;
	return mnt;
}

int simple_pin_fs(struct file_system_type *type, struct vfsmount **mnt, int *count)
{
	int ret = 0;

	mutex_lock(&pin_lock);
	if (!*count) {
		struct vfsmount *made = mount(type);

		if (IS_ERR(made))
			ret = PTR_ERR(made);
		else
			*mnt = made;
	}
	if (!ret)
		++*count;
	mutex_unlock(&pin_lock);
	return ret;
}

void simple_release_fs(struct vfsmount **mnt, int *count)
{
	struct vfsmount *last = NULL;

	mutex_lock(&pin_lock);
	if (!--*count) {
		last = *mnt;
		*mnt = NULL;
	}
	mutex_unlock(&pin_lock);
	if (last)
		unmount(last);
}
