/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runtime power management.
 *
 * What the kernel does from a work queue a moment after the last user left
 * (pm_runtime_put(), pm_runtime_idle requests) happens here before the call
 * returns; nothing else differs. Callbacks are the bus's, else the driver's.
 * They run with no lock of runtime PM held and may sleep.
 */
#ifndef KAPI_LINUX_PM_RUNTIME_H
#define KAPI_LINUX_PM_RUNTIME_H

#include <linux/device.h>
#include <linux/pm.h>

/* Take a use, then resume. Returns 0, 1 (was active), -EACCES (disabled), -EBUSY (the parent
 * cannot resume), -EINVAL (an error that was not dealt with), or the callback's error;
 * the use is kept in any case by _get_sync, given back on error by _resume_and_get (which has
 * only 0 and errors). */
int pm_runtime_get_sync(struct device *dev);
int pm_runtime_resume_and_get(struct device *dev);
int pm_runtime_get(struct device *dev);
int pm_runtime_resume(struct device *dev);
/* Drop a use; at 0 the device is suspended if nothing speaks against it. 0, 1 or -errno (-EAGAIN:
 * still used; -EBUSY: active children; -EINVAL: more puts than gets). */
int pm_runtime_put(struct device *dev);
int pm_runtime_put_sync(struct device *dev);
int pm_runtime_suspend(struct device *dev);
int pm_runtime_idle(struct device *dev);

void pm_runtime_get_noresume(struct device *dev);
void pm_runtime_put_noidle(struct device *dev);

/* /sys/.../power/control: "auto" drops the use that "on" holds. New devices are allowed. */
void pm_runtime_allow(struct device *dev);
void pm_runtime_forbid(struct device *dev);

void pm_runtime_enable(struct device *dev);
void pm_runtime_disable(struct device *dev);	/* nests */
/* State of a device with runtime PM disabled or in error, which this ends: 0, -EAGAIN if it is
 * enabled, -EBUSY to be active below a parent that is suspended. */
int pm_runtime_set_active(struct device *dev);
int pm_runtime_set_suspended(struct device *dev);

bool pm_runtime_active(struct device *dev);
bool pm_runtime_suspended(struct device *dev);
bool pm_runtime_status_suspended(struct device *dev);
bool pm_runtime_enabled(struct device *dev);

#endif
