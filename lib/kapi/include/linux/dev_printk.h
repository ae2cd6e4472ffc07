/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _DEVICE_PRINTK_H_
#define _DEVICE_PRINTK_H_

/* printk() with the name of driver and device in front. */
#include <linux/compiler.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/types.h>

struct device;

/* @level: "0" to "7" behind KERN_SOH. */
void kapi_dev_printk(const char *level, const struct device *dev, const char *fmt, ...)
	__printf(3, 4) __cold;
/* Logs "error %pe: ..." at err level (debug for -EPROBE_DEFER); returns @err. */
int dev_err_probe(const struct device *dev, int err, const char *fmt, ...) __printf(3, 4) __cold;

#ifndef dev_fmt
#define dev_fmt(fmt) fmt
#endif

#define dev_printk(level, dev, fmt, ...) kapi_dev_printk(level, dev, fmt, ##__VA_ARGS__)
#define dev_emerg(dev, fmt, ...)  kapi_dev_printk(KERN_EMERG, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_crit(dev, fmt, ...)	  kapi_dev_printk(KERN_CRIT, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_alert(dev, fmt, ...)  kapi_dev_printk(KERN_ALERT, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_err(dev, fmt, ...)	  kapi_dev_printk(KERN_ERR, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...)	  kapi_dev_printk(KERN_WARNING, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) kapi_dev_printk(KERN_NOTICE, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_info(dev, fmt, ...)	  kapi_dev_printk(KERN_INFO, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_dbg(dev, fmt, ...)	  kapi_dev_printk(KERN_DEBUG, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_vdbg(dev, fmt, ...) \
	({ if (0) kapi_dev_printk(KERN_DEBUG, dev, dev_fmt(fmt), ##__VA_ARGS__); })

#define dev_err_once(dev, fmt, ...)	__kapi_print_once(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_warn_once(dev, fmt, ...)	__kapi_print_once(dev_warn(dev, fmt, ##__VA_ARGS__))
#define dev_info_once(dev, fmt, ...)	__kapi_print_once(dev_info(dev, fmt, ##__VA_ARGS__))
#define dev_err_ratelimited(dev, fmt, ...) __kapi_ratelimited(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_warn_ratelimited(dev, fmt, ...) __kapi_ratelimited(dev_warn(dev, fmt, ##__VA_ARGS__))
#define dev_notice_ratelimited(dev, fmt, ...) \
	__kapi_ratelimited(dev_notice(dev, fmt, ##__VA_ARGS__))
#define dev_info_ratelimited(dev, fmt, ...) __kapi_ratelimited(dev_info(dev, fmt, ##__VA_ARGS__))
#define dev_dbg_ratelimited(dev, fmt, ...) __kapi_ratelimited(dev_dbg(dev, fmt, ##__VA_ARGS__))

#define dev_WARN(dev, format, ...) \
	WARN(1, "%s %s: " format, dev_driver_string(dev), dev_name(dev), ##__VA_ARGS__)
#define dev_WARN_ONCE(dev, condition, format, ...) \
	WARN_ONCE(condition, "%s %s: " format, dev_driver_string(dev), dev_name(dev), \
		  ##__VA_ARGS__)

#endif
