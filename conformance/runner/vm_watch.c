// SPDX-License-Identifier: GPL-2.0-only
/* A guest from power-on to its end: forward its results, and say how it ended. */
#include "vm_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the agent says of itself starts with this; see ci/vm/guest.c. */
#define RECORD_BYTE	'\x1e'
#define RECORD		"@guest "

static const int held[] = { SIGINT, SIGTERM, SIGHUP };
#define NR_HELD	(sizeof(held) / sizeof(held[0]))

static struct sigaction before[NR_HELD];
static volatile sig_atomic_t got_signal;

static void on_signal(int sig)
{
	got_signal = sig;
}

bool vm_interrupted(void)
{
	return got_signal;
}

void vm_signals_hold(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	size_t i;

	got_signal = 0;
	for (i = 0; i < NR_HELD; i++)
		sigaction(held[i], &sa, &before[i]);
}

void vm_signals_release(void)
{
	size_t i;

	for (i = 0; i < NR_HELD; i++) {
		sigaction(held[i], &before[i], NULL);
		/* The caller's own handler would have seen it. */
		if (got_signal == held[i] && before[i].sa_handler != SIG_DFL &&
		    before[i].sa_handler != SIG_IGN && !(before[i].sa_flags & SA_SIGINFO))
			before[i].sa_handler(held[i]);
	}
}

struct stream {
	void (*sink)(void *ctx, const char *data, size_t len);
	void *ctx;
	char line[512];		/* a record so far, RECORD_BYTE not counted */
	size_t have;
	bool in_record;
	bool has_status;
	char error[400];
	struct vm_result *result;
	bool quiet;
};

static bool take_record(struct stream *s)
{
	const char *what = s->line + strlen(RECORD);
	char *end;

	if (!strncmp(what, "release ", 8)) {
		snprintf(s->result->release, sizeof(s->result->release), "%s", what + 8);
		if (!s->quiet)
			fprintf(stderr, "vm: Linux %s is up (%s)\n", what + 8, s->result->accel);
	} else if (!strncmp(what, "error ", 6)) {
		snprintf(s->error, sizeof(s->error), "%s", what + 6);
	} else if (!strncmp(what, "status ", 7)) {
		s->result->status = strtol(what + 7, &end, 10);
		s->has_status = end != what + 7 && !*end;
	} else {
		return false;
	}
	return true;
}

/* The program itself printed such a byte. */
static void pass_on(struct stream *s)
{
	const char byte = RECORD_BYTE;

	s->sink(s->ctx, &byte, 1);
	s->sink(s->ctx, s->line, s->have);
	s->in_record = false;
}

/* Records go to take_record(), all else to the sink, byte for byte. */
static void feed(struct stream *s, const char *data, size_t len)
{
	const size_t head = strlen(RECORD);
	const char *p;
	size_t n;

	while (len) {
		if (!s->in_record) {
			p = memchr(data, RECORD_BYTE, len);
			n = p ? (size_t)(p - data) : len;
			if (n)
				s->sink(s->ctx, data, n);
			s->in_record = p;
			s->have = 0;
			n += !!p;
		} else {
			char c = *data;

			n = 1;
			if (c == '\n' && s->have >= head) {
				s->line[s->have] = '\0';
				if (!take_record(s)) {
					pass_on(s);
					continue;
				}
				s->in_record = false;
			} else if (s->have < head && c != RECORD[s->have]) {
				pass_on(s);
				continue;
			} else if (s->have < sizeof(s->line) - 1) {
				s->line[s->have++] = c;
			}
		}
		data += n;
		len -= n;
	}
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* The end of a file as text with no NUL in it. */
static char *file_tail(const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = calloc(1, max + 1);
	struct stat st;
	ssize_t n, i;

	if (!text)
		abort();
	if (fd < 0)
		return text;
	if (fstat(fd, &st))
		st.st_size = 0;
	n = pread(fd, text, max, st.st_size > (off_t)max ? st.st_size - (off_t)max : 0);
	close(fd);
	for (i = 0; i < n; i++)
		if (!text[i] || text[i] == '\r')
			text[i] = ' ';
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void one_line(const char *at, char *line, size_t len)
{
	const char *stamp;

	/* "[    1.234567] text": the time is of no use in a reason. */
	if (*at == '[' && (stamp = strchr(at, ']')) && stamp - at < 20)
		at = stamp + 1;
	at += strspn(at, " ");
	snprintf(line, len, "%.*s", (int)strcspn(at, "\n"), at);
	while (*line && line[strlen(line) - 1] == ' ')
		line[strlen(line) - 1] = '\0';
}

static const char *find_last(const char *text, const char *const *marks, const char *end)
{
	const char *last = NULL, *p;

	for (; *marks; marks++)
		for (p = text; (p = strstr(p, *marks)) && p < end; p++)
			if (!last || p > last)
				last = p;
	while (last && last > text && last[-1] != '\n')
		last--;
	return last;
}

/*
 * What stopped the guest, in the console's words: the panic, and the report that
 * led to it; or the last report, if a guest that has one did not end.
 */
static bool find_report(const char *console, char *line, size_t len)
{
	static const char *const panics[] = { "Kernel panic - not syncing", NULL };
	static const char *const reports[] = { "BUG: ", "general protection fault", NULL };
	char *text = file_tail(console, 1 << 20), cause[160] = "", panic[160] = "";
	const char *end = text + strlen(text), *p;

	p = find_last(text, panics, end);
	if (p) {
		one_line(p, panic, sizeof(panic));
		end = p;
	}
	p = find_last(text, reports, end);
	if (p)
		one_line(p, cause, sizeof(cause));
	free(text);
	snprintf(line, len, "%s%s%s", panic, *panic && *cause ? "; before it: " : "", cause);
	return *line;
}

static void last_console_line(const char *console, char *line, size_t len)
{
	char *text = file_tail(console, 4096), *save, *s;

	snprintf(line, len, "nothing");
	for (s = strtok_r(text, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		if (s[strspn(s, " ")])
			one_line(s, line, len);
	free(text);
}

static bool accel_broke(const struct vm_boot *boot)
{
	char *text;
	bool broke;

	if (strcmp(boot->accel, "kvm"))
		return false;
	/* QEMU then stops the guest, and stays. */
	text = file_tail(boot->log, 8192);
	broke = strstr(text, "KVM internal error");
	free(text);
	return broke;
}

static void judge(const struct vm_boot *boot, const struct stream *s, const struct vm_qemu *q,
		  bool timed_out, int timeout_s, struct vm_result *r)
{
	char line[360], *text;
	size_t size = sizeof(r->reason);

	if (vm_interrupted()) {
		r->end = VM_INTERRUPTED;
		snprintf(r->reason, size, "interrupted by signal %d; the guest was stopped", got_signal);
	} else if (s->has_status && !timed_out) {
		r->end = VM_OK;
	} else if (*s->error) {
		r->end = VM_CANNOT;
		snprintf(r->reason, size, "the guest %s: %.300s; console in %.100s",
			 r->release, s->error, boot->console);
	} else if (find_report(boot->console, line, sizeof(line))) {
		r->end = VM_PANIC;
		snprintf(r->reason, size, "%.340s; console in %.150s", line, boot->console);
	} else if (timed_out) {
		r->end = VM_TIMEOUT;
		last_console_line(boot->console, line, sizeof(line));
		snprintf(r->reason, size, "no end after %d s; the console's last line: %.200s; console in %.150s",
			 timeout_s, line, boot->console);
	} else if (!WIFEXITED(q->status) || WEXITSTATUS(q->status)) {
		r->end = VM_CANNOT;
		text = file_tail(boot->log, 4096);
		one_line(text, line, sizeof(line));
		snprintf(r->reason, size, "QEMU ended with %s %d: %.250s",
			 WIFEXITED(q->status) ? "status" : "signal",
			 WIFEXITED(q->status) ? WEXITSTATUS(q->status) : WTERMSIG(q->status), line);
		free(text);
	} else {
		r->end = VM_PANIC;
		last_console_line(boot->console, line, sizeof(line));
		snprintf(r->reason, size, "the guest ended before its command did; the console's last line: %.200s; console in %.150s",
			 line, boot->console);
	}
}

void vm_watch(const struct vm_boot *boot, int timeout_s, bool quiet,
	      void (*sink)(void *ctx, const char *data, size_t len), void *ctx,
	      struct vm_result *r)
{
	struct stream s = { .sink = sink, .ctx = ctx, .result = r, .quiet = quiet };
	long long end = now_ms() + timeout_s * 1000ll;
	bool timed_out = false, open = true, broke = false;
	struct vm_qemu q;
	char buf[16384];

	snprintf(r->accel, sizeof(r->accel), "%s", boot->accel);
	if (vm_qemu_start(boot, &q, r->reason, sizeof(r->reason))) {
		r->end = VM_CANNOT;
		return;
	}
	while (!vm_interrupted() && !timed_out && !broke) {
		struct pollfd p = { .fd = q.port, .events = POLLIN };
		ssize_t n;

		/* After the last byte there is only the process to wait for. */
		n = poll(&p, open, open ? 500 : 20);
		if (n > 0) {
			n = read(q.port, buf, sizeof(buf));
			if (n > 0)
				feed(&s, buf, n);
			open = n > 0 || (n < 0 && errno == EINTR);
		} else if (!open && vm_qemu_ended(&q)) {
			break;
		} else if (!n) {
			broke = accel_broke(boot);
		}
		timed_out = now_ms() >= end;
	}
	vm_qemu_stop(&q);
	if (broke) {
		r->end = VM_CANNOT;
		snprintf(r->reason, sizeof(r->reason), "KVM cannot run this guest; set VFIO_COMPLIANCE_ACCEL=tcg");
		return;
	}
	judge(boot, &s, &q, timed_out, timeout_s, r);
}
