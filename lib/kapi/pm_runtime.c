// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pm_runtime.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <pthread.h>

/* All of dev_pm_info, of all devices. Not held while a callback runs. */
static pthread_mutex_t rpm_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t rpm_done = PTHREAD_COND_INITIALIZER;

/* Who has operations first has the say; the driver is asked for what those leave out. */
static const struct dev_pm_ops *pm_ops(const struct device *dev)
{
	if (dev->type && dev->type->pm)
		return dev->type->pm;
	if (dev->class && dev->class->pm)
		return dev->class->pm;
	return dev->bus ? dev->bus->pm : NULL;
}

static const struct dev_pm_ops *driver_ops(const struct device *dev)
{
	return dev->driver ? READ_ONCE(dev->driver->pm) : NULL;
}

#define DEFINE_CALLBACK(op)						\
static int (*get_##op(struct device *dev))(struct device *dev)		\
{									\
	const struct dev_pm_ops *pm = pm_ops(dev);			\
									\
	if (!pm || !pm->op)						\
		pm = driver_ops(dev);					\
	return pm ? pm->op : NULL;					\
}

DEFINE_CALLBACK(runtime_suspend)
DEFINE_CALLBACK(runtime_resume)
DEFINE_CALLBACK(runtime_idle)

void kapi_pm_runtime_init(struct device *dev)
{
	dev->power = (struct dev_pm_info) {
		.disable_depth = 1,
		.runtime_status = RPM_SUSPENDED,
		.last_status = RPM_INVALID,
		.runtime_auto = true,
	};
}

static int call(struct device *dev, int (*fn)(struct device *dev))
{
	int ret;

	if (!fn || dev->power.no_callbacks)
		return 0;
	pthread_mutex_unlock(&rpm_lock);
	ret = fn(dev);
	pthread_mutex_lock(&rpm_lock);
	return ret;
}

static void wait_transition(struct device *dev)
{
	while (dev->power.runtime_status == RPM_RESUMING ||
	       dev->power.runtime_status == RPM_SUSPENDING)
		pthread_cond_wait(&rpm_done, &rpm_lock);
}

static void set_status(struct device *dev, enum rpm_status status)
{
	dev->power.runtime_status = status;
	pthread_cond_broadcast(&rpm_done);
}

/* Only these errors are the callback's way to say "not now". */
static void note_error(struct device *dev, int ret)
{
	if (ret != -EAGAIN && ret != -EBUSY)
		dev->power.runtime_error = ret;
}

static int rpm_idle(struct device *dev);

/* A parent that cares has an active child more or less. */
static void count_child(struct device *dev, int delta)
{
	if (dev->parent)
		dev->parent->power.child_count += delta;
}

/* Does an active child need @parent to be active? */
static bool needs_parent(const struct device *parent)
{
	return !parent->power.disable_depth && !parent->power.ignore_children;
}

static int rpm_resume(struct device *dev)
{
	struct device *parent = dev->parent;
	int ret = 0;

	if (dev->power.runtime_error)
		return -EINVAL;
	if (dev->power.disable_depth)
		return dev->power.runtime_status == RPM_ACTIVE &&
		       dev->power.last_status == RPM_ACTIVE ? 1 : -EACCES;
	wait_transition(dev);
	if (dev->power.runtime_status == RPM_ACTIVE)
		return 1;
	set_status(dev, RPM_RESUMING);
	if (parent) {
		parent->power.usage_count++;
		if (needs_parent(parent) && rpm_resume(parent) < 0)
			ret = -EBUSY;
	}
	if (!ret)
		ret = call(dev, get_runtime_resume(dev));
	if (ret) {
		note_error(dev, ret);
		set_status(dev, RPM_SUSPENDED);
	} else {
		count_child(dev, 1);
		set_status(dev, RPM_ACTIVE);
	}
	if (parent && !--parent->power.usage_count)
		rpm_idle(parent);
	return ret;
}

static int suspend_allowed(struct device *dev)
{
	if (dev->power.runtime_error)
		return -EINVAL;
	if (dev->power.disable_depth)
		return -EACCES;
	if (dev->power.usage_count > 0)
		return -EAGAIN;
	if (dev->power.child_count > 0 && !dev->power.ignore_children)
		return -EBUSY;
	return 0;
}

static int rpm_suspend(struct device *dev)
{
	int ret;

	wait_transition(dev);
	ret = suspend_allowed(dev);
	if (ret)
		return ret;
	if (dev->power.runtime_status == RPM_SUSPENDED)
		return 1;
	set_status(dev, RPM_SUSPENDING);
	ret = call(dev, get_runtime_suspend(dev));
	if (ret) {
		note_error(dev, ret);
		set_status(dev, RPM_ACTIVE);
		return ret;
	}
	count_child(dev, -1);
	set_status(dev, RPM_SUSPENDED);
	if (dev->parent)
		rpm_idle(dev->parent);
	return 0;
}

static int rpm_idle(struct device *dev)
{
	int ret = suspend_allowed(dev);

	if (ret)
		return ret;
	if (dev->power.runtime_status != RPM_ACTIVE)
		return -EAGAIN;
	ret = call(dev, get_runtime_idle(dev));
	return ret ? ret : rpm_suspend(dev);
}

static int drop_use(struct device *dev)
{
	if (WARN_ON(dev->power.usage_count <= 0))
		return -EINVAL;
	return --dev->power.usage_count;
}

static int locked(struct device *dev, int (*fn)(struct device *dev))
{
	int ret;

	pthread_mutex_lock(&rpm_lock);
	ret = fn(dev);
	pthread_mutex_unlock(&rpm_lock);
	return ret;
}

static int get_and_resume(struct device *dev)
{
	dev->power.usage_count++;
	return rpm_resume(dev);
}

int pm_runtime_get_sync(struct device *dev)
{
	return locked(dev, get_and_resume);
}

int pm_runtime_get(struct device *dev)
{
	return pm_runtime_get_sync(dev);
}

int pm_runtime_resume_and_get(struct device *dev)
{
	int ret = pm_runtime_get_sync(dev);

	if (ret >= 0)
		return 0;
	pm_runtime_put_noidle(dev);
	return ret;
}

int pm_runtime_resume(struct device *dev)
{
	return locked(dev, rpm_resume);
}

static int put_and_idle(struct device *dev)
{
	int ret = drop_use(dev);

	if (ret)
		return ret < 0 ? ret : 0;
	return rpm_idle(dev);
}

int pm_runtime_put_sync(struct device *dev)
{
	return locked(dev, put_and_idle);
}

int pm_runtime_put(struct device *dev)
{
	return pm_runtime_put_sync(dev);
}

int pm_runtime_suspend(struct device *dev)
{
	return locked(dev, rpm_suspend);
}

int pm_runtime_idle(struct device *dev)
{
	return locked(dev, rpm_idle);
}

void pm_runtime_get_noresume(struct device *dev)
{
	pthread_mutex_lock(&rpm_lock);
	dev->power.usage_count++;
	pthread_mutex_unlock(&rpm_lock);
}

void pm_runtime_put_noidle(struct device *dev)
{
	pthread_mutex_lock(&rpm_lock);
	if (dev->power.usage_count > 0)
		dev->power.usage_count--;
	pthread_mutex_unlock(&rpm_lock);
}

static int allow(struct device *dev)
{
	if (dev->power.runtime_auto)
		return 0;
	dev->power.runtime_auto = true;
	return put_and_idle(dev);
}

static int forbid(struct device *dev)
{
	if (!dev->power.runtime_auto)
		return 0;
	dev->power.runtime_auto = false;
	return get_and_resume(dev);
}

void pm_runtime_allow(struct device *dev)
{
	locked(dev, allow);
}

void pm_runtime_forbid(struct device *dev)
{
	locked(dev, forbid);
}

static int enable(struct device *dev)
{
	if (WARN(!dev->power.disable_depth, "%s: Unbalanced pm_runtime_enable", dev_name(dev)))
		return -EINVAL;
	if (!--dev->power.disable_depth)
		dev->power.last_status = RPM_INVALID;
	return 0;
}

static int disable(struct device *dev)
{
	wait_transition(dev);
	if (!dev->power.disable_depth++)
		dev->power.last_status = dev->power.runtime_status;
	return 0;
}

void pm_runtime_enable(struct device *dev)
{
	locked(dev, enable);
}

void pm_runtime_disable(struct device *dev)
{
	locked(dev, disable);
}

static int set_forced(struct device *dev, enum rpm_status status)
{
	struct device *parent = dev->parent;
	bool idle;

	if (!dev->power.disable_depth && !dev->power.runtime_error)
		return -EAGAIN;
	if (dev->power.runtime_status != status) {
		if (status == RPM_ACTIVE && parent && needs_parent(parent) &&
		    parent->power.runtime_status != RPM_ACTIVE)
			return -EBUSY;
		count_child(dev, status == RPM_ACTIVE ? 1 : -1);
	}
	idle = parent && status == RPM_SUSPENDED && dev->power.runtime_status != status;
	dev->power.runtime_error = 0;
	set_status(dev, status);
	if (idle)
		rpm_idle(parent);
	return 0;
}

static int set_active(struct device *dev)
{
	return set_forced(dev, RPM_ACTIVE);
}

static int set_suspended(struct device *dev)
{
	return set_forced(dev, RPM_SUSPENDED);
}

int pm_runtime_set_active(struct device *dev)
{
	return locked(dev, set_active);
}

int pm_runtime_set_suspended(struct device *dev)
{
	return locked(dev, set_suspended);
}

bool pm_runtime_enabled(struct device *dev)
{
	return !dev->power.disable_depth;
}

bool pm_runtime_status_suspended(struct device *dev)
{
	return dev->power.runtime_status == RPM_SUSPENDED;
}

bool pm_runtime_suspended(struct device *dev)
{
	return pm_runtime_status_suspended(dev) && pm_runtime_enabled(dev);
}

bool pm_runtime_active(struct device *dev)
{
	return dev->power.runtime_status == RPM_ACTIVE || !pm_runtime_enabled(dev);
}
