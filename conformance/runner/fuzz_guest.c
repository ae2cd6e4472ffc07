// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance fuzz --replay: corpora on a kernel in QEMU, step by step beside the core. */
#include "campaign.h"
#include "results.h"
#include "runner.h"
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CORE_S	600

/* What the guest says, line by line. */
struct told {
	const struct rules *known;
	struct campaign c;		/* its target is that of the lines that come */
	char *line;
	size_t n;
	/* Of the difference whose lines are coming. */
	char name[128], words[256], core[600];
	int step;
	bool done;
	struct tally {
		unsigned int programs, differ, explained, died, reports;
		double seconds;
	} tally[FUZZ_TARGETS_MAX];
};

/* "OP = RET [LENGTH HASH] BYTES" without the bytes. */
static void head_of(const char *text, char *op, char *ret, size_t size)
{
	const char *eq = strstr(text, " = ");

	snprintf(op, size, "%.*s", eq ? (int)(eq - text) : 0, text);
	snprintf(ret, size, "%.*s", eq ? (int)strcspn(eq + 3, " ") : 0, eq ? eq + 3 : "");
}

static void add(struct told *t, struct fuzz_failure *f)
{
	char input[FUZZ_PATH + 256];

	snprintf(input, sizeof(input), "%s/%s", t->c.corpus, t->name);
	snprintf(f->engine, sizeof(f->engine), "kernel");
	fuzz_failure_id(t->c.target->name, f);
	f->step = t->step;
	fuzz_findings_add(&t->c, input, f);
}

static void difference(struct told *t, const char *kernel)
{
	struct fuzz_failure f = { .step = -1 };
	char op[64], ret[64], kernel_op[64], kernel_ret[64];

	head_of(t->core, op, ret, sizeof(op));
	head_of(kernel, kernel_op, kernel_ret, sizeof(op));
	if (strcmp(op, kernel_op))
		snprintf(f.oracle, sizeof(f.oracle), "core and kernel run other calls after %s", op);
	else if (strcmp(ret, kernel_ret))
		snprintf(f.oracle, sizeof(f.oracle), "%s: core %s, kernel %s", op, ret, kernel_ret);
	else
		snprintf(f.oracle, sizeof(f.oracle), "%s: core and kernel write other bytes", op);
	snprintf(f.message, sizeof(f.message), "%.150s; core: %.150s; kernel: %.150s", t->words, t->core,
		 kernel);
	add(t, &f);
}

static bool take_tally(struct tally *y, const char *s)
{
	return sscanf(s, "%u programs in %lf s, %*f a minute: %u differ, %u explained, %u died, %u reports",
		      &y->programs, &y->seconds, &y->differ, &y->explained, &y->died, &y->reports) == 6;
}

/* Of all guests: they ran side by side. */
static void print_tally(const struct told *told, int n, const struct fuzz_target *target)
{
	struct tally sum = { .programs = 0 };
	double rate = 0;

	for (int i = 0; i < n; i++) {
		const struct tally *y = &told[i].tally[target - fuzz_targets];

		sum.programs += y->programs;
		sum.differ += y->differ;
		sum.explained += y->explained;
		sum.died += y->died;
		sum.reports += y->reports;
		sum.seconds = y->seconds > sum.seconds ? y->seconds : sum.seconds;
		rate += y->seconds ? y->programs / y->seconds * 60 : 0;
	}
	printf("%s: %u programs in %.1f s, %.0f a minute: %u differ, %u explained, %u died, %u reports\n",
	       target->name, sum.programs, sum.seconds, rate, sum.differ, sum.explained, sum.died,
	       sum.reports);
}

static void line(struct told *t, const char *s)
{
	struct fuzz_failure f = { .step = -1 };
	char word[128], report[200];
	int at = 0;

	if (sscanf(s, "@target %127s", word) == 1) {
		t->c.target = fuzz_target(word);
		snprintf(t->c.corpus, sizeof(t->c.corpus), "%s/replay/%s", t->c.o->out, word);
	} else if (sscanf(s, "@diff %127s step %d call %*d: %n", t->name, &t->step, &at) >= 2) {
		snprintf(t->words, sizeof(t->words), "%s", s + at);
	} else if (!strncmp(s, "@core ", 6)) {
		snprintf(t->core, sizeof(t->core), "%s", s + 6 + strspn(s + 6, " "));
	} else if (!strncmp(s, "@kernel ", 8)) {
		difference(t, s + 8 + strspn(s + 8, " "));
	} else if (sscanf(s, "@report %127s %n", t->name, &at) == 1 && strcmp(t->words, t->name)) {
		/* The first line of each report names it. */
		snprintf(t->words, sizeof(t->words), "%s", t->name);
		fuzz_name_report(s + at, report, sizeof(report));
		snprintf(f.oracle, sizeof(f.oracle), "kernel report: %s", report);
		t->step = -1;
		if (!fuzz_is_known(&t->c, t->known, f.oracle))
			add(t, &f);
	} else if (sscanf(s, "@died %127s", t->name) == 1) {
		snprintf(f.oracle, sizeof(f.oracle), "hangs or dies on the kernel");
		t->step = -1;
		add(t, &f);
	} else if (!strncmp(s, "@done ", 6)) {
		t->done = take_tally(&t->tally[t->c.target - fuzz_targets], s + 6);
	} else if (!strncmp(s, "@time ", 6)) {
		puts(s);
	}
}

static void feed(void *ctx, int guest, const char *data, size_t len)
{
	struct told *t = (struct told *)ctx + guest;

	for (size_t i = 0; i < len; i++) {
		t->line = grow(t->line, t->n + 1, 1);
		t->line[t->n++] = data[i];
		if (data[i] != '\n')
			continue;
		t->line[t->n - 1] = '\0';
		t->line[strcspn(t->line, "\r")] = '\0';
		line(t, t->line);
		t->n = 0;
	}
}

/* The core that answers as this kernel does. */
static const char *profile(const char *kernel)
{
	return !strcmp(kernel, "6.1") ? "6.1" :
	       !strcmp(kernel, "newest") ? "7.3" : "6.12";
}

/* Copies, by name, so that host and guest have the same files: 0 or EXIT_CANNOT. */
static int gather(struct campaign *c, const char *to)
{
	char **paths;
	size_t n;
	int ret = fuzz_corpus_open(c);

	fuzz_remove_tree(to);
	if (!ret)
		ret = fuzz_mkdir("%s", to);
	if (ret)
		return ret;
	fuzz_files(c->corpus, &paths, &n);
	for (size_t i = 0; i < n; i++) {
		if (fuzz_corpus_add(to, paths[i]) < 0)
			ret = cannot("cannot copy %s", paths[i]);
		free(paths[i]);
	}
	free(paths);
	return ret;
}

/* What each step gives on the core, into a file for the guest. */
static int on_core(struct campaign *c, const char *inputs, const char *expected)
{
	char *argv[] = { (char *)fuzz_replay_path(), "-t", (char *)c->target->name, "-w",
			 (char *)expected, (char *)inputs, NULL };
	char preload[FUZZ_PATH], as[64], log[FUZZ_PATH + 16];
	char *env[] = { preload, as, NULL };
	int st;

	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", path_core());
	snprintf(as, sizeof(as), "VFIO_CORE_PROFILE=%s", profile(c->o->kernel));
	snprintf(log, sizeof(log), "%s.log", expected);
	st = fuzz_call(argv, env, log, CORE_S);
	return st ? cannot("the corpus of %s does not run on the core (%d): %s", c->target->name, st, log)
		  : 0;
}

/* One guest of several, with every nth input. */
static int judge(struct told *t, const struct vm_result *res)
{
	struct fuzz_failure f = { .step = -1 };

	if (res->end == VM_OK && res->status <= EXIT_SHORT && t->done)
		return 0;
	if (res->end == VM_OK)
		return cannot("fuzz-replay did not run to its end in the guest (%d); its console is in %s",
			      res->status, res->console);
	/* Which program it was is the last that was named. */
	snprintf(f.oracle, sizeof(f.oracle), "the kernel %s", res->end == VM_PANIC ? "panics" : "hangs");
	snprintf(f.message, sizeof(f.message), "%s", res->reason);
	add(t, &f);
	return 0;
}

static int run_guests(struct campaign *c, char **targets, int nr_targets, const struct rules *known)
{
	static const char script[] = "part=$1; shift; for t; do echo \"@target $t\"; "
				     "fuzz-replay -n $part -t $t -e /fuzz/$t.core /fuzz/$t; done";
	char file[FUZZ_PATH + 16], work[FUZZ_PATH], part[VM_MAX_GUESTS][32];
	char *command[VM_MAX_GUESTS][FUZZ_TARGETS_MAX + 8];
	const char *files[] = { file, NULL };
	struct vm_options opts[VM_MAX_GUESTS];
	struct vm_result ends[VM_MAX_GUESTS], all;
	struct told *told;
	int n = vm_choose_guests(), ret, i;

	snprintf(file, sizeof(file), "%s/replay=/fuzz", c->o->out);
	snprintf(work, sizeof(work), "%s/vm", path_state());
	ret = fuzz_mkdir("%s", work);
	if (ret)
		return ret;
	told = calloc(n, sizeof(*told));
	if (!told)
		abort();
	for (i = 0; i < n; i++) {
		char *const head[] = { "sh", "-c", (char *)script, "sh", part[i] };

		snprintf(part[i], sizeof(part[i]), "%d/%d", i + 1, n);
		memcpy(command[i], head, sizeof(head));
		memcpy(command[i] + 5, targets, (nr_targets + 1) * sizeof(*targets));
		opts[i] = (struct vm_options){ .kernel = c->o->kernel, .argv = command[i], .files = files,
					       .timeout_s = c->o->time_s, .quiet = c->o->quiet || i,
					       .out_dir = work, .append = c->o->append };
		told[i].c = *c;
		told[i].known = known;
	}
	vm_run_all(opts, n, feed, told, ends);
	vm_join_results(&all, ends, n);
	if (all.end == VM_CANNOT || all.end == VM_INTERRUPTED)
		ret = cannot("%s", all.reason);
	for (i = 0; i < nr_targets && !ret; i++)
		print_tally(told, n, fuzz_target(targets[i]));
	for (i = 0; i < n; i++) {
		if (!ret)
			ret = judge(&told[i], &ends[i]);
		c->found += told[i].c.found;
		c->new += told[i].c.new;
		free(told[i].line);
	}
	free(told);
	return ret;
}

int fuzz_replay(struct campaign *c, char **targets, const struct rules *known)
{
	char inputs[FUZZ_PATH + 64], expected[FUZZ_PATH + 80];
	int n, ret = 0;

	for (n = 0; targets[n] && !ret; n++) {
		c->target = fuzz_target(targets[n]);
		if (c->target->input != FUZZ_PROGRAM || !strcmp(targets[n], "race"))
			return cannot("%s cannot be replayed: its inputs are no programs of one thread",
				      targets[n]);
		if (n == FUZZ_TARGETS_MAX)
			return cannot("too many targets");
		snprintf(c->work, sizeof(c->work), "%s/%s", c->o->out, targets[n]);
		snprintf(inputs, sizeof(inputs), "%s/replay/%s", c->o->out, targets[n]);
		snprintf(expected, sizeof(expected), "%s.core", inputs);
		ret = fuzz_mkdir("%s", c->work);
		if (!ret)
			ret = gather(c, inputs);
		if (!ret)
			ret = on_core(c, inputs, expected);
	}
	return ret ? ret : run_guests(c, targets, n, known);
}
