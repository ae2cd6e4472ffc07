// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes: reading and writing, and keeping their owners alive meanwhile.
 */
#include <kapi/alone.h>
#include <kapi/fail_nth.h>
#include <kapi/sleep.h>
#include <kapi/vfs.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <asm/page.h>
#include <stdlib.h>
#include <string.h>
#include "vfs_node.h"

/* A callback that runs, on the stack of its thread. */
struct call {
	struct list_head list;
	struct kapi_node *node;
	void *thread;
};

static LIST_HEAD(calls);
static int call_ended;		/* futex */

/* -ENODEV: the node was removed meanwhile, as sysfs says. */
static int begin(struct call *call, struct kapi_node *node)
{
	int ret = -ENODEV;

	kapi_host_lock(&kapi_vfs_lock);
	if (!node->removed) {
		call->node = node;
		call->thread = kapi_self();
		list_add(&call->list, &calls);
		ret = 0;
	}
	kapi_host_unlock(&kapi_vfs_lock);
	return ret;
}

static void end(struct call *call)
{
	kapi_host_lock(&kapi_vfs_lock);
	list_del(&call->list);
	__atomic_add_fetch(&call_ended, 1, __ATOMIC_SEQ_CST);
	kapi_host_unlock(&kapi_vfs_lock);
	kapi_futex_wake(&call_ended, INT_MAX);
}

static bool busy(struct kapi_node *node)
{
	struct call *call;

	list_for_each_entry(call, &calls, list)
		if (call->node == node && call->thread != kapi_self())
			return true;
	return false;
}

void kapi_attr_drain(struct kapi_node *node)
{
	while (busy(node)) {
		int seq = call_ended;

		kapi_host_unlock(&kapi_vfs_lock);
		kapi_futex_wait(&call_ended, seq, -1);
		kapi_host_lock(&kapi_vfs_lock);
	}
}

void kapi_attr_fork_child(void)
{
	struct call *call, *next;

	list_for_each_entry_safe(call, next, &calls, list)
		if (call->thread != kapi_self())
			list_del(&call->list);
}

static ssize_t read_text(struct kapi_node *node, char *buf, loff_t off, size_t count)
{
	char *page = kapi_should_fail(KAPI_FAIL_ALLOC) ? NULL : calloc(1, PAGE_SIZE);
	ssize_t ret;

	if (!page)
		return -ENOMEM;
	ret = node->ops.show(node->priv, page);
	if (WARN_ON(ret >= (ssize_t)PAGE_SIZE))
		ret = PAGE_SIZE - 1;
	if (ret >= 0) {
		ret = off < ret ? min_t(size_t, count, ret - off) : 0;
		memcpy(buf, page + off, ret);
	}
	free(page);
	return ret;
}

static ssize_t write_text(struct kapi_node *node, const char *buf, size_t count)
{
	size_t len = min_t(size_t, count, PAGE_SIZE - 1);
	char *text = kapi_should_fail(KAPI_FAIL_ALLOC) ? NULL : malloc(len + 1);
	ssize_t ret;

	if (!text)
		return -ENOMEM;
	memcpy(text, buf, len);
	text[len] = '\0';
	ret = node->ops.store(node->priv, text, len);
	free(text);
	return ret;
}

ssize_t kapi_attr_read(struct kapi_node *node, char *buf, loff_t off, size_t count)
{
	struct call call;
	ssize_t ret;

	if (node->type != KAPI_ATTR)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	if (!node->ops.read && !node->ops.show)
		return -EACCES;
	ret = begin(&call, node);
	if (ret)
		return ret;
	if (node->ops.show) {
		ret = read_text(node, buf, off, count);
	} else {
		if (node->size)
			count = off < node->size ? min_t(size_t, count, node->size - off) : 0;
		ret = count ? node->ops.read(node->priv, buf, off, count) : 0;
	}
	end(&call);
	return ret;
}

ssize_t kapi_attr_write(struct kapi_node *node, const char *buf, loff_t off, size_t count)
{
	struct call call;
	ssize_t ret;

	if (node->type != KAPI_ATTR)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	if (!node->ops.write && !node->ops.store)
		return -EACCES;
	if (!count)
		return 0;
	if (!node->ops.store && node->size) {
		if (off >= node->size)
			return -EFBIG;
		count = min_t(size_t, count, node->size - off);
	}
	ret = begin(&call, node);
	if (ret)
		return ret;
	if (node->ops.store)
		ret = write_text(node, buf, count);
	else
		ret = node->ops.write(node->priv, buf, off, count);
	end(&call);
	return ret;
}
