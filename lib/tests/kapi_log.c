// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log at its levels, reports of mistakes, the end of the process for those it cannot
 * go on from; and what counts objects and knows where they come from.
 */
#include <kapi/objects.h>
#include <kapi/syscalls.h>
#include <kapi/warn.h>
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "tap.h"

static const char *program;

/* What the process at level @level logs: started anew, since the level is read once. */
static void say(void)
{
	DEFINE_RATELIMIT_STATE(rs, HZ * 1000, 2);
	struct device_driver driver = { .name = "drv" };
	struct class class = { .name = "cls" };
	struct device dev = { .class = &class };
	char many[2000];
	int i;

	dev_set_name(&dev, "dev%d", 0);
	pr_emerg("emerg\n");
	pr_err("err\n");
	pr_warn("warn");
	pr_info("info\n");
	pr_debug("debug\n");
	printk("plain\n");
	pr_cont("cont\n");
	dev_err(&dev, "of a class\n");
	dev.driver = &driver;
	dev_err(&dev, "of a driver\n");
	dev_err(NULL, "of nothing\n");
	dev_err_probe(&dev, -EIO, "probe %d\n", 1);
	dev_err_probe(&dev, -EPROBE_DEFER, "later\n");
	memset(many, 'x', sizeof(many));
	many[1999] = 0;
	pr_err("%s\n", many);
	for (i = 0; i < 5; i++)
		if (__ratelimit(&rs))
			pr_err("limited %d\n", i);
	kfree(dev.kobj.name);
}

static char out[16384];

static const char *said(const char *level)
{
	char command[400];
	size_t n;
	FILE *pipe;

	snprintf(command, sizeof(command), "KAPI_LOG=%s %s say 2>&1", level, program);
	pipe = popen(command, "r");
	n = fread(out, 1, sizeof(out) - 1, pipe);
	out[n] = 0;
	pclose(pipe);
	return out;
}

static bool has(const char *text)
{
	bool found = strstr(out, text);

	if (!found)
		printf("# no %s in: %.600s\n", text, out);
	return found;
}

static void test_log(void)
{
	check(!*said("''"), "nothing by default");
	check(!*said("nonsense"), "nor at a level that there is not");
	said("emerg");
	check(has("] emerg\n") && !strstr(out, "err\n"), "the worst alone");
	said("3");
	check(has("] err\n") && !strstr(out, "warn"), "by number");
	check(has("] cls dev0: of a class\n") && has("] drv dev0: of a driver\n") &&
	      has("(NULL device *): of nothing\n"), "who says it");
	check(has("drv dev0: error -EIO: probe 1\n") && !strstr(out, "later"), "failures to probe");
	check(strstr(out, "xxx") && strlen(strstr(out, "xxx")) < 1200, "a line has an end");
	check(has("limited 1\n") && !strstr(out, "limited 2"), "so many and no more");
	said("warn");
	check(has("] warn\n") && has("plain\n") && has("cont\n") && !strstr(out, "info"),
	      "a level by name, and what has none");
	said("debug");
	check(has("] info\n") && has("] debug\n") && has("later\n"), "all of it");
}

static void bug(void)
{
	BUG_ON(1 + 1 == 2);
}

static void end(void)
{
	panic("no %s", "hope");
}

static void warn(void)
{
	WARN(1, "a text\n");
	WARN_ON(1);
	if (kapi_warn_count() == 2)
		fputs("two", stderr);
}

/* What @fn writes to standard error in a child, and how that ends. */
static int ends(void (*fn)(void))
{
	int status, fds[2];
	ssize_t n;
	pid_t pid;
	size_t at = 0;

	fflush(stdout);
	if (pipe(fds))
		return -1;
	pid = fork();
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		dup2(fds[1], 2);
		fn();
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], out + at, sizeof(out) - 1 - at)) > 0)
		at += n;
	out[at] = 0;
	close(fds[0]);
	waitpid(pid, &status, 0);
	return status;
}

static int hook_calls;

static bool hook(const struct kapi_warning *warning, void *arg)
{
	hook_calls++;
	return !strcmp(warning->text, arg) && warning->line && strstr(warning->file, "kapi_log.c") &&
	       !strcmp(warning->func, "test_warn");
}

static void test_warn(void)
{
	int status = ends(bug);

	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && has("kernel BUG") && has("bug()"),
	      "BUG() says where and ends");
	status = ends(end);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
	      has("Kernel panic - not syncing: no hope\n"), "panic() says why");
	status = ends(warn);
	check(!status && has("WARNING") && has("a text\n") && has("two"), "WARN() goes on and counts");
	kapi_warn_set_hook(hook, "mine");
	check(WARN(hook_calls == 0, "mine") && hook_calls == 1, "a hook claims a warning");
	check(!WARN_ON(hook_calls == 0) && hook_calls == 1, "no condition, no warning");
	for (int i = 0; i < 3; i++)
		WARN_ONCE(1, "mine");
	is(hook_calls, 2, "once is once");
	check(kapi_warn_set_hook(NULL, NULL) == hook && !kapi_warn_count(), "claimed ones do not count");
}

static unsigned int lines, objects;

static void show(const char *line)
{
	unsigned int n;

	lines++;
	if (sscanf(line, "%u objects, ", &n) == 1)
		objects += n;
	check(strstr(line, " bytes from ") && strstr(line, "+0x"), "%s", line);
}

static void test_sites(void)
{
	static void *kept[9000];
	unsigned long mark;
	int i;

	kfree(kmalloc(1, GFP_KERNEL));
	is(kapi_sites_report(0, show), 0, "nothing is known of before");
	kapi_sites_track(true);
	kept[0] = kmalloc(10, GFP_KERNEL);
	mark = kapi_sites_mark();
	for (i = 1; i < 9000; i++)
		kept[i] = kmalloc(16, GFP_KERNEL);
	for (i = 100; i < 9000; i++)
		kfree(kept[i]);
	kept[100] = kmalloc(16, GFP_KERNEL);
	is(kapi_sites_report(mark, show), 2, "two places since");
	check(lines == 2 && objects == 100, "of 99 objects and of one");
	for (i = 0; i < 4500; i++)
		kfree(kmalloc(16, GFP_KERNEL));
	objects = 0;
	kapi_sites_report(0, show);
	is(objects, 101, "101 since the beginning");
	for (i = 0; i <= 100; i++)
		kfree(kept[i]);
	is(kapi_sites_report(0, show), 0, "and none once they are free");
	kapi_sites_track(false);
	is(kapi_sites_report(0, show), 0, "nor when nobody looks");
}

static void test_diff(void)
{
	struct kapi_objects before = { }, after = { };
	char text[64], cut[12];

	is(kapi_objects_diff(&before, &after, text, sizeof(text)), 0, "no difference");
	check(!*text, "says nothing");
	after.n[KAPI_FILES] = 2;
	before.n[KAPI_NODES] = 1;
	is(kapi_objects_diff(&before, &after, text, sizeof(text)), 2, "two differ");
	check(!strcmp(text, "files 0 -> 2, nodes 1 -> 0"), "%s", text);
	is(kapi_objects_diff(&before, &after, cut, sizeof(cut)), 2, "with little room, too");
	check(!strcmp(cut, "files 0 -> "), "it is cut: %s", cut);
}

int main(int argc, char **argv)
{
	program = argv[0];
	if (argc > 1) {
		say();
		return 0;
	}
	unsetenv("KAPI_LOG");
	test_log();
	test_warn();
	test_sites();
	test_diff();
	return done_testing();
}
