// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifier chains.
 */
#include <linux/bug.h>
#include <linux/notifier.h>

int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	struct notifier_block **pos;
	int ret = 0;

	down_write(&nh->rwsem);
	for (pos = &nh->head; *pos && (*pos)->priority >= nb->priority; pos = &(*pos)->next) {
		if (*pos == nb) {
			ret = -EEXIST;
			break;
		}
	}
	if (!ret) {
		nb->next = *pos;
		*pos = nb;
	}
	up_write(&nh->rwsem);
	WARN(ret, "notifier callback already registered\n");
	return ret;
}

int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh,
				       struct notifier_block *nb)
{
	struct notifier_block **pos;
	int ret = -ENOENT;

	down_write(&nh->rwsem);
	for (pos = &nh->head; *pos; pos = &(*pos)->next) {
		if (*pos != nb)
			continue;
		*pos = nb->next;
		ret = 0;
		break;
	}
	up_write(&nh->rwsem);
	return ret;
}

int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v)
{
	struct notifier_block *nb, *next;
	int ret = NOTIFY_DONE;

	down_read(&nh->rwsem);
	for (nb = nh->head; nb; nb = next) {
		next = nb->next;
		ret = nb->notifier_call(nb, val, v);
		if (ret & NOTIFY_STOP_MASK)
			break;
	}
	up_read(&nh->rwsem);
	return ret;
}
