/* SPDX-License-Identifier: GPL-2.0-only */
/* Power management callbacks and the per-device state of runtime PM. */
#ifndef KAPI_LINUX_PM_H
#define KAPI_LINUX_PM_H

#include <linux/types.h>
#include <linux/completion.h>
#include <linux/workqueue.h>

struct device;

typedef struct pm_message {
	int event;
} pm_message_t;

/* The callbacks of <linux/pm.h> that can be reached here: there is no system sleep. */
struct dev_pm_ops {
	int (*runtime_suspend)(struct device *dev);
	int (*runtime_resume)(struct device *dev);
	int (*runtime_idle)(struct device *dev);
	int (*suspend)(struct device *dev);
	int (*resume)(struct device *dev);
	int (*prepare)(struct device *dev);
	void (*complete)(struct device *dev);
	int (*freeze)(struct device *dev);
	int (*thaw)(struct device *dev);
	int (*poweroff)(struct device *dev);
	int (*restore)(struct device *dev);
};

#define SET_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) \
	.suspend = suspend_fn, \
	.resume = resume_fn, \
	.freeze = suspend_fn, \
	.thaw = resume_fn, \
	.poweroff = suspend_fn, \
	.restore = resume_fn,

#define SET_RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn) \
	.runtime_suspend = suspend_fn, \
	.runtime_resume = resume_fn, \
	.runtime_idle = idle_fn,

enum rpm_status {
	RPM_INVALID = -1,
	RPM_ACTIVE = 0,
	RPM_RESUMING,
	RPM_SUSPENDED,
	RPM_SUSPENDING,
};

/*
 * Embedded in struct device as `power`. Zeroed memory is not valid:
 * device_initialize() calls kapi_pm_runtime_init().
 */
struct dev_pm_info {
	int usage_count;		/* users that need the device active; atomic */
	int child_count;		/* active children; under the lock of pm_runtime.c */
	unsigned int disable_depth;	/* starts at 1: pm_runtime_enable() makes it 0 */
	enum rpm_status runtime_status;
	enum rpm_status last_status;	/* when it was disabled */
	int runtime_error;
	bool runtime_auto;		/* false: pm_runtime_forbid() holds a use */
	bool ignore_children;
	bool no_callbacks;
};

void kapi_pm_runtime_init(struct device *dev);

#endif
