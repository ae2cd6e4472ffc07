// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-compliance fuzz --kernel: libFuzzer on the calls of a kernel in QEMU, guided by
 * KCOV. The guest tells of each input before it runs (see fuzz/fuzz_kernel.c), so that
 * corpus and findings outlive a kernel that does not.
 */
#include "campaign.h"
#include "results.h"
#include "rules.h"
#include "runner.h"
#include "suite.h"
#include "vm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_S		240	/* a kernel with all checkers, on a loaded machine */
#define LEAST_S		10	/* worth another boot */

/* Its exit statuses. */
#define LIBFUZZER_TIMEOUT	70
#define LIBFUZZER_CRASH		77

struct kcov_run {
	struct campaign *c;
	const struct rules *known;
	double since;
	char *line;
	size_t n;
	char input[4096];		/* in hex: what runs, or ran last */
	struct fuzz_failure report;	/* that the lines are of which come */
	unsigned long long execs;	/* of the guests before */
	long places;
};

static int byte_of(const char *hex)
{
	unsigned int v;

	return isxdigit((unsigned char)hex[0]) && sscanf(hex, "%2x", &v) == 1 ? (int)v : -1;
}

/* The input as a file; its path, in a static buffer, or NULL. */
static const char *write_input(const struct kcov_run *k)
{
	static char path[FUZZ_PATH + 16];
	FILE *f;
	int b;

	snprintf(path, sizeof(path), "%s/input", k->c->work);
	f = fopen(path, "w");
	if (!f)
		return NULL;
	for (const char *hex = k->input; (b = byte_of(hex)) >= 0; hex += 2)
		putc(b, f);
	return fclose(f) ? NULL : path;
}

static void keep(const struct kcov_run *k)
{
	const char *path = write_input(k);

	if (path)
		fuzz_corpus_add(k->c->corpus, path);
}

bool fuzz_is_known(const struct campaign *c, const struct rules *known, const char *report)
{
	const char *why = rules_match(known, report);

	if (why)
		printf("%s: known: %s: %s\n", c->target->name, why, report);
	return why;
}

static void add(struct kcov_run *k, struct fuzz_failure *f)
{
	const char *path;

	if (fuzz_is_known(k->c, k->known, f->oracle))
		return;
	path = write_input(k);
	snprintf(f->engine, sizeof(f->engine), "kernel");
	fuzz_failure_id(k->c->target->name, f);
	if (path)
		fuzz_findings_add(k->c, path, f);
}

void fuzz_name_report(const char *line, char *to, size_t size)
{
	const char *p = line, *cut;
	size_t n = 0;
	int skip;

	while (*p && n + 1 < size) {
		skip = 0;
		if ((sscanf(p, "CPU: %*d PID: %*d %n", &skip), skip) ||
		    (!strncmp(p, "+0x", 3) && (skip = strcspn(p, " ")))) {
			p += skip;
		} else if (*p == '/' && n && to[n - 1] == ' ') {
			cut = strstr(p, "/drivers/");
			if (!cut || cut > p + strcspn(p, " "))
				cut = strstr(p, "/virt/");
			p = cut && cut < p + strcspn(p, " ") ? cut + 1 : p + 1;
		} else {
			to[n++] = *p++;
		}
	}
	to[n] = '\0';
}

/* A line of a report behind the first: what is on the stack, and which lock. */
static void take_report(struct fuzz_failure *f, const char *line)
{
	const char *s = line + strspn(line, " "), *at = strstr(line, " at: ");
	size_t n = strcspn(s, "+ ");
	char function[128];

	if (at && !strstr(f->oracle, " at ") && strstr(f->oracle, "locking")) {
		n = strlen(f->oracle);
		snprintf(f->oracle + n, sizeof(f->oracle) - n, " at %.*s", (int)strcspn(at + 5, "+"), at + 5);
	} else if (*s != '?' && n && !strncmp(s + n, "+0x", 3) && f->nr_frames < FUZZ_FRAMES) {
		snprintf(function, sizeof(function), "%.*s", (int)n, s);
		f->frames[f->nr_frames] = NULL;
		str_set(&f->frames[f->nr_frames++], function);
	}
}

static void end_report(struct kcov_run *k)
{
	if (!*k->report.oracle)
		return;
	add(k, &k->report);
	fuzz_failure_free(&k->report);
	k->report = (struct fuzz_failure){ .step = -1 };
}

/* Does the line begin another report, where one is being told? */
static bool begins(const char *s)
{
	return strstr(s, "UBSAN: ") || strstr(s, "WARNING: ") || strstr(s, "BUG: ");
}

static void report(struct kcov_run *k, const char *s)
{
	char oracle[sizeof(k->report.oracle) - 16];

	if (*k->report.oracle && begins(s))
		end_report(k);
	if (*k->report.oracle) {
		take_report(&k->report, s);
		return;
	}
	fuzz_name_report(s, oracle, sizeof(oracle));
	snprintf(k->report.oracle, sizeof(k->report.oracle), "kernel report: %s", oracle);
	snprintf(k->report.message, sizeof(k->report.message), "%s", s);
}

static void line(struct kcov_run *k, const char *s)
{
	struct fuzz_stats *stats = &k->c->stats;
	unsigned long long execs;
	int at = 0;

	if (sscanf(s, "@report %*s %n", &at), at) {
		report(k, s + at);
		return;
	}
	end_report(k);
	if (!strncmp(s, "@input ", 7)) {
		snprintf(k->input, sizeof(k->input), "%s", s + 7);
	} else if (!strcmp(s, "@keep")) {
		keep(k);
	} else if (sscanf(s, "@stat %llu %ld %ld", &execs, &stats->edges, &k->places) == 3) {
		stats->execs = k->execs + execs;
		stats->per_second = stats->execs / (fuzz_now() - k->since);
		stats->inputs = fuzz_corpus_count(k->c->corpus);
		fuzz_status(k->c, k->since, NULL);
	}
}

static void feed(void *ctx, const char *data, size_t len)
{
	struct kcov_run *k = ctx;

	for (size_t i = 0; i < len; i++) {
		k->line = grow(k->line, k->n + 1, 1);
		k->line[k->n++] = data[i];
		if (data[i] != '\n')
			continue;
		k->line[k->n - 1] = '\0';
		k->line[strcspn(k->line, "\r")] = '\0';
		line(k, k->line);
		k->n = 0;
	}
}

/* Until the time is over, the fuzzer ends itself, or the kernel does. 0 or EXIT_CANNOT. */
static int run_guest(struct kcov_run *k, const char *program, int seconds)
{
	char time_s[48], seed[32], corpus[FUZZ_PATH + 16], work[FUZZ_PATH];
	char *argv[] = { (char *)program, (char *)k->c->target->name, time_s, seed, "-max_len=1024",
			 "-timeout=60", "-rss_limit_mb=1024", "-detect_leaks=0", "/corpus", NULL };
	const char *files[] = { corpus, NULL };
	const struct fuzz_options *o = k->c->o;
	struct fuzz_failure f = { .step = -1 };
	struct vm_result res;
	struct vm_options vm = { .kernel = o->kernel, .argv = argv, .files = files, .quiet = true,
				 .timeout_s = seconds + BOOT_S, .out_dir = work, .append = o->append };
	int ret;

	snprintf(time_s, sizeof(time_s), "-max_total_time=%d", seconds);
	snprintf(seed, sizeof(seed), "-seed=%d", o->seed);
	snprintf(corpus, sizeof(corpus), "%s=/corpus", k->c->corpus);
	snprintf(work, sizeof(work), "%s/vm", path_state());
	ret = fuzz_mkdir("%s", work);
	if (ret)
		return ret;
	k->execs = k->c->stats.execs;
	*k->input = '\0';
	vm_run(&vm, feed, k, &res);
	end_report(k);
	if (res.end == VM_CANNOT || (res.end == VM_OK && !k->c->stats.execs))
		return cannot("%s", *res.reason ? res.reason : k->line && *k->line ? k->line :
			      "fuzz-kernel ran nothing: does this kernel have KCOV (make debug-kernel)?");
	if (res.end == VM_INTERRUPTED)
		return cannot("interrupted; the corpus %s has all that was found until now", k->c->corpus);
	if (res.end != VM_OK) {
		snprintf(f.oracle, sizeof(f.oracle), "the kernel %s",
			 res.end == VM_PANIC ? "panics" : "hangs");
		snprintf(f.message, sizeof(f.message), "%s", res.reason);
		add(k, &f);
	} else if (res.status == LIBFUZZER_TIMEOUT || res.status == LIBFUZZER_CRASH) {
		snprintf(f.oracle, sizeof(f.oracle), "a program %s on the kernel",
			 res.status == LIBFUZZER_CRASH ? "dies" : "hangs");
		add(k, &f);
	}
	return 0;

}

int fuzz_kernel(struct campaign *c, const struct rules *known)
{
	struct kcov_run k = { .c = c, .known = known, .since = fuzz_now(), .report = { .step = -1 } };
	char program[FUZZ_PATH];
	int ret, left, guests = 0;

	if (c->target->input != FUZZ_PROGRAM || !strcmp(c->target->name, "race"))
		return cannot("%s cannot run on a kernel: its inputs are no programs of one thread",
			      c->target->name);
	snprintf(program, sizeof(program), "%s", fuzz_program_path("kernel", "fuzz-kernel"));
	if (access(program, X_OK))
		return cannot("%s is missing: run `make fuzz-kernel`", program);
	snprintf(c->work, sizeof(c->work), "%s/%s", c->o->out, c->target->name);
	ret = fuzz_mkdir("%s", c->work);
	if (!ret)
		ret = fuzz_corpus_open(c);
	/* A kernel that breaks is booted anew for the rest of the time. */
	while (!ret && (left = c->o->time_s - (int)(fuzz_now() - k.since)) >= (guests ? LEAST_S : 0)) {
		guests++;
		ret = run_guest(&k, program, left < 1 ? 1 : left);
		c->took_s = fuzz_now() - k.since;
	}
	free(k.line);
	fuzz_status(c, 0, "");
	if (ret)
		return ret;
	printf("%s on %s: %llu executions in %.0f s and %d guest%s (%.0f a minute), %ld edges, %ld places of "
	       "the kernel, %ld inputs, %d finding%s (%d new)\n", c->target->name, c->o->kernel,
	       c->stats.execs, c->took_s, guests, guests == 1 ? "" : "s",
	       60 * c->stats.execs / (c->took_s ? c->took_s : 1), c->stats.edges, k.places,
	       fuzz_corpus_count(c->corpus), c->found, c->found == 1 ? "" : "s", c->new);
	fflush(stdout);
	return 0;
}
