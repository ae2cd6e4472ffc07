// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests side by side: an emulated processor is slow, and a guest has one. Each is
 * watched by a process of its own, which hands on what comes out of it.
 */
#include "runner.h"
#include "vm_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUEST_MB	3072	/* a guest's memory, and what its QEMU needs beside it */
#define LOOK_MS		200	/* for a signal that came before poll() */

/* Through the pipe: a length and so many bytes; 0 and a struct vm_result at the end. */
static bool write_all(int fd, const void *data, size_t len)
{
	for (ssize_t n; len; data = (const char *)data + n, len -= n) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return false;
	}
	return true;
}

static bool read_all(int fd, void *data, size_t len)
{
	for (ssize_t n; len; data = (char *)data + n, len -= n) {
		n = read(fd, data, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return false;
	}
	return true;
}

static void hand_on(void *ctx, const char *data, size_t len)
{
	int fd = *(int *)ctx;

	if (len && !(write_all(fd, &len, sizeof(len)) && write_all(fd, data, len)))
		_exit(1);
}

/* Its descriptor, or -1 with result->reason. */
static int start(const struct vm_options *opt, pid_t *pid, struct vm_result *result)
{
	const size_t end = 0;
	pid_t parent = getpid();
	int ends[2];

	*result = (struct vm_result){ .end = VM_CANNOT };
	*pid = 0;
	if (pipe2(ends, O_CLOEXEC)) {
		snprintf(result->reason, sizeof(result->reason), "no pipe: %s", strerror(errno));
		return -1;
	}
	fflush(NULL);
	*pid = fork();
	if (!*pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(1);
		vm_signals_release();
		close(ends[0]);
		vm_run(opt, hand_on, &ends[1], result);
		_exit(!(write_all(ends[1], &end, sizeof(end)) &&
			write_all(ends[1], result, sizeof(*result))));
	}
	close(ends[1]);
	if (*pid > 0)
		return ends[0];
	*pid = 0;
	snprintf(result->reason, sizeof(result->reason), "no process: %s", strerror(errno));
	close(ends[0]);
	return -1;
}

/* One piece, or the end. False if no more is coming. */
static bool take(int fd, int guest, void (*sink)(void *, int, const char *, size_t), void *ctx,
		 struct vm_result *result)
{
	static char data[65536];
	size_t len, n;

	if (!read_all(fd, &len, sizeof(len))) {
		*result = (struct vm_result){ .end = VM_INTERRUPTED, .reason = "interrupted" };
		return false;
	}
	if (!len && !read_all(fd, result, sizeof(*result)))
		result->end = VM_INTERRUPTED;
	for (size_t left = len; left; left -= n) {
		n = left < sizeof(data) ? left : sizeof(data);
		if (!read_all(fd, data, n))
			return false;
		sink(ctx, guest, data, n);
	}
	return len;
}

/* What vm_run() takes, of guest 0. */
struct alone {
	void (*sink)(void *, int, const char *, size_t);
	void *ctx;
};

static void from_alone(void *ctx, const char *data, size_t len)
{
	const struct alone *a = ctx;

	a->sink(a->ctx, 0, data, len);
}

void vm_run_all(const struct vm_options *opts, int n,
		void (*sink)(void *ctx, int guest, const char *data, size_t len), void *ctx,
		struct vm_result *results)
{
	struct pollfd fds[VM_MAX_GUESTS];
	struct alone alone = { .sink = sink, .ctx = ctx };
	pid_t pids[VM_MAX_GUESTS];
	bool stop;
	int i, left = 0;

	if (n == 1) {
		vm_run(opts, from_alone, &alone, results);
		return;
	}
	vm_signals_hold();
	for (i = 0; i < n; i++) {
		fds[i] = (struct pollfd){ .fd = start(&opts[i], &pids[i], &results[i]), .events = POLLIN };
		left += fds[i].fd >= 0;
	}
	while (left) {
		if (poll(fds, n, LOOK_MS) <= 0)
			for (i = 0; i < n; i++)
				fds[i].revents = 0;
		stop = vm_interrupted();
		for (i = 0; i < n; i++) {
			if (!fds[i].revents || take(fds[i].fd, i, sink, ctx, &results[i]))
				continue;
			close(fds[i].fd);
			fds[i].fd = -1;
			left--;
			/* Where one cannot run, nobody waits for what the others say. */
			stop |= results[i].end == VM_CANNOT || results[i].end == VM_INTERRUPTED;
		}
		for (i = 0; i < n && stop; i++)
			if (fds[i].fd >= 0)
				kill(pids[i], SIGTERM);
	}
	for (i = 0; i < n; i++)
		while (pids[i] && waitpid(pids[i], NULL, 0) < 0 && errno == EINTR)
			;
	vm_signals_release();
}

static void add_console(const char *to, const char *from, int i)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "a");
	char buf[65536];
	size_t n;

	if (in && out) {
		fprintf(out, "\n======== guest %d ========\n", i + 1);
		while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
			fwrite(buf, 1, n, out);
	}
	if (in)
		fclose(in);
	if (out)
		fclose(out);
}

void vm_join_results(struct vm_result *joined, const struct vm_result *results, int n)
{
	/* Those that were interrupted may have been for one that cannot run. */
	static const int ranks[] = {
		[VM_OK] = 0, [VM_TIMEOUT] = 1, [VM_PANIC] = 2, [VM_INTERRUPTED] = 3, [VM_CANNOT] = 4,
	};
	int worst = 0;

	for (int i = 1; i < n; i++) {
		if (ranks[results[i].end] > ranks[results[worst].end])
			worst = i;
		add_console(results[0].console, results[i].console, i);
	}
	*joined = results[worst];
	memcpy(joined->console, results[0].console, sizeof(joined->console));
}

/* In MiB; 0 if /proc does not tell. */
static long available_memory(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = 0;

	while (f && fgets(line, sizeof(line), f) && sscanf(line, "MemAvailable: %ld", &kb) != 1)
		;
	if (f)
		fclose(f);
	return kb / 1024;
}

int vm_choose_guests(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN), fit = available_memory() / GUEST_MB;

	n = n < fit ? n : fit;
	return n < 1 ? 1 : n > VM_MAX_GUESTS ? VM_MAX_GUESTS : n;
}
