// SPDX-License-Identifier: GPL-2.0-only
/*
 * WARN() and BUG(), taint, panic.
 */
#include <linux/bug.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <kapi/warn.h>
#include <execinfo.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t hook_lock = PTHREAD_MUTEX_INITIALIZER;
static kapi_warn_hook warn_hook;
static void *warn_hook_arg;
static unsigned int warnings;
static unsigned int taint;

unsigned int kapi_warn_count(void)
{
	return __atomic_load_n(&warnings, __ATOMIC_RELAXED);
}

kapi_warn_hook kapi_warn_set_hook(kapi_warn_hook hook, void *arg)
{
	kapi_warn_hook old;

	pthread_mutex_lock(&hook_lock);
	old = warn_hook;
	warn_hook = hook;
	warn_hook_arg = arg;
	pthread_mutex_unlock(&hook_lock);
	return old;
}

static bool claimed(const struct kapi_warning *warning)
{
	kapi_warn_hook hook;
	void *arg;

	pthread_mutex_lock(&hook_lock);
	hook = warn_hook;
	arg = warn_hook_arg;
	pthread_mutex_unlock(&hook_lock);
	return hook && hook(warning, arg);
}

/* One write() per report, so that reports of several processes do not mix. */
static void report(const char *what, const char *file, int line, const char *func,
		   const char *text)
{
	char buf[1024];
	int n;

	n = scnprintf(buf, sizeof(buf), "%s: PID: %d at %s:%d %s()\n%s%s", what, (int)getpid(),
		      file, line, func, text, *text ? "\n" : "");
	fflush(stderr);
	if (write(STDERR_FILENO, buf, n) < 0)
		return;
	dump_stack();
}

void kapi_warn(const char *file, int line, const char *func, const char *fmt, ...)
{
	char text[512] = "";
	struct kapi_warning warning = { file, line, func, text };
	va_list args;
	size_t n;

	if (fmt) {
		va_start(args, fmt);
		n = vscnprintf(text, sizeof(text), fmt, args);
		va_end(args);
		if (n && text[n - 1] == '\n')
			text[n - 1] = '\0';
	}
	if (claimed(&warning))
		return;
	__atomic_fetch_add(&warnings, 1, __ATOMIC_RELAXED);
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
	report("WARNING", file, line, func, text);
}

void kapi_bug(const char *file, int line, const char *func)
{
	report("kernel BUG", file, line, func, "");
	abort();
}

void panic(const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "Kernel panic - not syncing: %s\n", text);
	abort();
}

/* Names come from the dynamic symbol table; for the rest addr2line has offsets. */
void dump_stack(void)
{
	void *frames[24];
	int n = backtrace(frames, 24);

	if (n > 2)
		backtrace_symbols_fd(frames + 2, n - 2, STDERR_FILENO);
}

void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok)
{
	__atomic_fetch_or(&taint, 1U << flag, __ATOMIC_RELAXED);
}

int test_taint(unsigned int flag)
{
	return (__atomic_load_n(&taint, __ATOMIC_RELAXED) >> flag) & 1;
}
