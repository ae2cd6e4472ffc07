// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runtime power management: who is asked, in which state, with what result, and what
 * a child means for its parent.
 */
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <linux/device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <pthread.h>
#include "tap.h"

static unsigned int warnings;

static bool count_warning(const struct kapi_warning *warning, void *arg)
{
	warnings++;
	return true;
}

static char events[64];
static int result;

static bool events_were(const char *expected)
{
	bool same = !strcmp(events, expected);

	if (!same)
		printf("# events: %s\n", events);
	events[0] = '\0';
	return same;
}

#define CALLBACK(who, op, letter)				\
static int who##_##op(struct device *dev)			\
{								\
	strcat(events, letter);					\
	return result;						\
}

CALLBACK(bus, suspend, "s")
CALLBACK(bus, resume, "r")
CALLBACK(driver, resume, "R")
CALLBACK(driver, idle, "I")
CALLBACK(type, suspend, "t")
CALLBACK(class, suspend, "c")

static const struct dev_pm_ops bus_pm = { .runtime_suspend = bus_suspend, .runtime_resume = bus_resume };
static const struct dev_pm_ops driver_pm = { .runtime_resume = driver_resume, .runtime_idle = driver_idle };
static const struct dev_pm_ops type_pm = { .runtime_suspend = type_suspend };
static const struct dev_pm_ops class_pm = { .runtime_suspend = class_suspend };
static const struct bus_type bus = { .name = "pm", .pm = &bus_pm }, plain_bus = { .name = "plain" };
static struct device_driver driver = { .name = "pm", .pm = &driver_pm }, plain_driver = { .name = "p" };
static const struct device_type type = { .name = "t", .pm = &type_pm }, plain_type = { .name = "p" };
static const struct class class = { .name = "c", .pm = &class_pm }, plain_class = { .name = "p" };

static void release(struct device *dev)
{
	kfree(dev);
}

static struct device *make(struct device *parent)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	events[0] = '\0';
	device_initialize(dev);
	dev->release = release;
	dev->parent = parent;
	return dev;
}

static void test_states(void)
{
	struct device *dev = make(NULL);

	dev->bus = &bus;
	check(pm_runtime_active(dev) && !pm_runtime_enabled(dev) && !pm_runtime_suspended(dev) &&
	      pm_runtime_status_suspended(dev), "disabled at first, which counts as active");
	is(pm_runtime_resume(dev), -EACCES, "disabled: no resume");
	is(pm_runtime_suspend(dev), -EACCES, "disabled: no suspend");
	is(pm_runtime_resume_and_get(dev), -EACCES, "disabled: no use");
	is(dev->power.usage_count, 0, "which is given back");
	is(pm_runtime_set_active(dev), 0, "disabled: set active");
	pm_runtime_enable(dev);
	is(pm_runtime_set_suspended(dev), -EAGAIN, "enabled: not to be set");
	is(pm_runtime_resume(dev), 1, "active already");
	is(pm_runtime_suspend(dev), 0, "suspend");
	is(pm_runtime_suspend(dev), 1, "suspended already");
	check(pm_runtime_suspended(dev) && !pm_runtime_active(dev), "suspended");
	is(pm_runtime_get(dev), 0, "a use resumes");
	is(pm_runtime_suspend(dev), -EAGAIN, "used: no suspend");
	is(pm_runtime_get_sync(dev), 1, "a second use finds it active");
	is(pm_runtime_put(dev), 0, "one less");
	check(events_were("sr"), "a callback for each change");
	is(pm_runtime_put_sync(dev), 0, "the last suspends");
	check(events_were("s"), "it did");
	is(pm_runtime_idle(dev), -EAGAIN, "suspended: cannot be idle");
	warnings = 0;
	is(pm_runtime_put(dev), -EINVAL, "more puts than gets");
	is(warnings, 1, "warn");
	pm_runtime_put_noidle(dev);
	pm_runtime_get_noresume(dev);
	is(dev->power.usage_count, 1, "but not those that do not look");
	check(pm_runtime_suspended(dev), "nor do they resume");
	is(pm_runtime_resume_and_get(dev), 0, "resume and get");
	pm_runtime_disable(dev);
	pm_runtime_disable(dev);
	is(pm_runtime_resume(dev), 1, "disabled while active: it is");
	is(pm_runtime_set_suspended(dev), 0, "and can be said to be suspended");
	is(pm_runtime_resume(dev), -EACCES, "which then cannot change");
	pm_runtime_enable(dev);
	check(!pm_runtime_enabled(dev), "disabling nests");
	pm_runtime_enable(dev);
	warnings = 0;
	pm_runtime_enable(dev);
	is(warnings, 1, "enabling once too often warns");
	pm_runtime_put_noidle(dev);
	pm_runtime_put_noidle(dev);
	put_device(dev);
}

static void test_who(void)
{
	struct device *dev = make(NULL);

	dev->power.disable_depth = 0;
	is(pm_runtime_resume(dev), 0, "nobody to ask");
	dev->bus = &plain_bus;
	dev->driver = &plain_driver;
	dev->type = &plain_type;
	dev->class = &plain_class;
	is(pm_runtime_suspend(dev), 0, "nobody with operations");
	dev->driver = &driver;
	is(pm_runtime_resume(dev), 0, "the driver");
	check(events_were("R"), "it was");
	is(pm_runtime_idle(dev), 0, "idle");
	check(events_were("I"), "then suspended, for which it has nothing");
	dev->bus = &bus;
	is(pm_runtime_resume(dev), 0, "the bus before it");
	check(events_were("r"), "it was");
	dev->class = &class;
	is(pm_runtime_suspend(dev), 0, "the class before the bus");
	check(events_were("c"), "it was");
	is(pm_runtime_resume(dev), 0, "what the class has not the driver has, not the bus");
	check(events_were("R"), "it has");
	dev->type = &type;
	is(pm_runtime_suspend(dev), 0, "the type before the class");
	check(events_were("t"), "it was");
	dev->power.no_callbacks = true;
	is(pm_runtime_resume(dev), 0, "nobody, if the device is without callbacks");
	check(events_were(""), "none");
	put_device(dev);
}

static void test_errors(void)
{
	struct device *dev = make(NULL);

	dev->bus = &bus;
	dev->power.disable_depth = 0;
	result = -EBUSY;
	is(pm_runtime_resume(dev), -EBUSY, "not now");
	result = 0;
	is(pm_runtime_resume(dev), 0, "later");
	result = -EAGAIN;
	is(pm_runtime_suspend(dev), -EAGAIN, "not now either");
	check(pm_runtime_active(dev), "it stays active");
	result = -EIO;
	is(pm_runtime_suspend(dev), -EIO, "an error");
	result = 0;
	is(pm_runtime_suspend(dev), -EINVAL, "which stays");
	is(pm_runtime_get_sync(dev), -EINVAL, "for whatever comes");
	is(dev->power.usage_count, 1, "that use is kept");
	is(pm_runtime_set_suspended(dev), 0, "until it is dealt with");
	is(pm_runtime_get_sync(dev), 0, "then all is well");
	pm_runtime_put_noidle(dev);
	pm_runtime_put_noidle(dev);
	dev->driver = &driver;
	result = -EBUSY;
	is(pm_runtime_idle(dev), -EBUSY, "the driver says it is not idle");
	check(pm_runtime_active(dev), "so it stays active");
	result = 0;
	put_device(dev);
}

static void test_user_space(void)
{
	struct device *dev = make(NULL);

	dev->power.disable_depth = 0;
	pm_runtime_allow(dev);
	is(dev->power.usage_count, 0, "allowed: nothing held");
	pm_runtime_forbid(dev);
	pm_runtime_forbid(dev);
	check(dev->power.usage_count == 1 && pm_runtime_active(dev), "forbidden: one use");
	pm_runtime_allow(dev);
	check(!dev->power.usage_count && pm_runtime_suspended(dev), "allowed: given back");
	put_device(dev);
}

static void test_parent(void)
{
	struct device *parent = make(NULL), *child = make(parent);

	parent->bus = &bus;
	child->bus = &plain_bus;
	parent->power.disable_depth = 0;
	is(pm_runtime_set_active(child), -EBUSY, "not active below a parent that is suspended");
	child->power.disable_depth = 0;
	is(pm_runtime_resume(child), 0, "resume of a child");
	check(pm_runtime_active(parent) && events_were("r"), "resumes its parent first");
	is(pm_runtime_suspend(parent), -EBUSY, "which stays active with it");
	is(pm_runtime_suspend(child), 0, "suspend of the child");
	check(pm_runtime_suspended(parent) && events_were("s"), "lets the parent go");
	result = -EBUSY;
	is(pm_runtime_resume(child), -EBUSY, "a parent that cannot resume");
	check(pm_runtime_suspended(child) && !parent->power.usage_count, "keeps its child suspended");
	result = 0;
	parent->power.ignore_children = true;
	is(pm_runtime_resume(child), 0, "one that ignores its children");
	check(pm_runtime_status_suspended(parent), "need not");
	is(pm_runtime_resume(parent), 0, "and may resume");
	is(pm_runtime_suspend(parent), 0, "and suspend as it likes");
	parent->power.ignore_children = false;
	is(pm_runtime_resume(parent), 0, "active again");
	pm_runtime_disable(child);
	events[0] = 0;
	is(pm_runtime_set_suspended(child), 0, "a child that is said to be suspended");
	check(events_were("s"), "lets its parent go, too");
	parent->power.disable_depth = 1;
	is(pm_runtime_set_active(child), 0, "below one without runtime PM all goes");
	parent->bus = NULL;
	put_device(child);
	put_device(parent);
}

static pthread_barrier_t inside;

static int slow(struct device *dev)
{
	pthread_barrier_wait(&inside);
	usleep(20000);
	return 0;
}

static const struct dev_pm_ops slow_pm = { .runtime_suspend = slow, .runtime_resume = slow };
static struct device_driver slow_driver = { .name = "slow", .pm = &slow_pm };

static void *resume(void *dev)
{
	return (void *)(long)pm_runtime_resume(dev);
}

static void *suspend(void *dev)
{
	return (void *)(long)pm_runtime_suspend(dev);
}

static void test_threads(void)
{
	struct device *dev = make(NULL);
	pthread_t thread;
	void *ret;

	dev->driver = &slow_driver;
	dev->power.disable_depth = 0;
	pthread_barrier_init(&inside, NULL, 2);
	pthread_create(&thread, NULL, resume, dev);
	pthread_barrier_wait(&inside);
	is(pm_runtime_resume(dev), 1, "a second resume waits for the first");
	pthread_join(thread, &ret);
	is(ret, 0, "which did it");
	pthread_create(&thread, NULL, suspend, dev);
	pthread_barrier_wait(&inside);
	pm_runtime_disable(dev);
	check(pm_runtime_status_suspended(dev), "disabling waits, too");
	pthread_join(thread, &ret);
	is(ret, 0, "the suspend was through");
	put_device(dev);
}

int main(void)
{
	kapi_init();
	kapi_warn_set_hook(count_warning, NULL);
	test_states();
	test_who();
	test_errors();
	test_user_space();
	test_parent();
	test_threads();
	return done_testing();
}
