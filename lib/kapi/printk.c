// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel log.
 */
#include <linux/dev_printk.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_LEVEL 4

static int log_level(void)
{
	static const char *const names[] = {
		"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"
	};
	static int level = -2;
	const char *env;
	int i, l = __atomic_load_n(&level, __ATOMIC_RELAXED);

	if (l != -2)
		return l;
	l = -1;
	env = getenv("KAPI_LOG");
	if (env && *env >= '0' && *env <= '9')
		l = *env - '0';
	for (i = 0; env && i < 8; i++)
		if (!strcmp(env, names[i]))
			l = i;
	__atomic_store_n(&level, l, __ATOMIC_RELAXED);
	return l;
}

static void emit(int level, const char *prefix, const char *fmt, va_list args)
{
	unsigned long now = kapi_jiffies();
	char buf[1024];
	int n;

	if (level > log_level())
		return;
	n = scnprintf(buf, sizeof(buf) - 1, "[%5lu.%03lu] %s", now / HZ, now % HZ, prefix);
	n += vscnprintf(buf + n, sizeof(buf) - 1 - n, fmt, args);
	if (buf[n - 1] != '\n')
		buf[n++] = '\n';
	if (write(STDERR_FILENO, buf, n) < 0)
		return;
}

/* The level in front of @fmt, which is stepped over; -1: go on with the last line. */
static int take_level(const char **fmt)
{
	int level = DEFAULT_LEVEL;

	if ((*fmt)[0] == '\001' && (*fmt)[1]) {
		level = (*fmt)[1] == 'c' ? DEFAULT_LEVEL : (*fmt)[1] - '0';
		*fmt += 2;
	}
	return level;
}

int vprintk(const char *fmt, va_list args)
{
	int level = take_level(&fmt);

	emit(level, "", fmt, args);
	return 0;
}

int printk(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	return 0;
}

static void dev_vprintk(const char *level, const struct device *dev, const char *fmt,
			va_list args)
{
	char prefix[128];

	if (dev)
		scnprintf(prefix, sizeof(prefix), "%s %s: ", dev_driver_string(dev), dev_name(dev));
	else
		scnprintf(prefix, sizeof(prefix), "(NULL device *): ");
	emit(take_level(&level), prefix, fmt, args);
}

void kapi_dev_printk(const char *level, const struct device *dev, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	dev_vprintk(level, dev, fmt, args);
	va_end(args);
}

int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	kapi_dev_printk(err == -EPROBE_DEFER ? KERN_DEBUG : KERN_ERR, dev, "error %pe: %pV",
			ERR_PTR(err), &vaf);
	va_end(args);
	return err;
}

int kapi_ratelimit(struct ratelimit_state *rs)
{
	s64 now = kapi_jiffies();

	if (now - READ_ONCE(rs->begin_ms) >= rs->interval_ms) {
		WRITE_ONCE(rs->begin_ms, now);
		__atomic_store_n(&rs->printed, 0, __ATOMIC_RELAXED);
	}
	return __atomic_fetch_add(&rs->printed, 1, __ATOMIC_RELAXED) < rs->burst;
}
