/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that make up vfio-compliance bench. */
#ifndef RUNNER_BENCH_H
#define RUNNER_BENCH_H

#include "bench_html.h"
#include "vm.h"

/* What is measured: a benchmark program, and what it runs on. */
struct bench_target {
	char program[4096];
	char core[4096];	/* preloaded; "" for none */
	const char *bdf;	/* a device of this host, or NULL */
	const char *profile;	/* of the core, or NULL */
};

/* Between them other benchmarks run, so that each meets the machine in several states. */
#define BENCH_PARTS 3

struct bench_options {
	struct bench_target target;
	char *filter;		/* a regular expression of Google Benchmark, or NULL */
	const char *min_time;	/* seconds, or NULL for the program's own */
	const char *out, *db, *commit;
	int repetitions;
	int parts;		/* of a round, which gives the median of them */
	int rounds;		/* in one process */
	bool save, quick, quiet;
	bool instructions;	/* count them, too */
};

/*
 * bench_parse - the options of `bench [FILTER...]`
 *
 * Returns 0, or the exit status + 1 to end with (help was shown, or it was wrong).
 */
int bench_parse(int argc, char **argv, struct bench_options *o);

/* One more regular expression: several mean any of them. */
void bench_add_filter(struct bench_options *o, const char *s);
/* Those that are followed over time. 0 or EXIT_CANNOT. */
int bench_add_tracked(struct bench_options *o);

/* The program and the core of a build directory, or a program by its path. 0 or EXIT_CANNOT. */
int bench_find(const char *what, struct bench_target *t);

/*
 * The arguments of one round: argv for @program, to be freed. @under: the program that
 * is to run it, and its options, or NULL.
 */
char **bench_argv(const struct bench_options *o, const char *const *under, const char *program);

/*
 * Run to the end and give what was printed (to be freed); NULL with a message.
 * @each is called with all there is after each piece, which starts at @from. With
 * @t on its core or its device.
 */
char *bench_capture(char *const *argv, const struct bench_target *t, int *status,
		    void (*each)(void *ctx, const char *all, size_t from), void *ctx);

/* The names of those that match, a line each, and how many; NULL with a message. */
char *bench_list(const struct bench_options *o, const struct bench_target *t, int *nr);
/* How many benchmarks match; -1 with a message. */
int bench_count(const struct bench_options *o, const struct bench_target *t);
/*
 * One round of @t; its JSON, or NULL with a message. @what and @nr are for the
 * progress. *@fell_short is set if the program says that a benchmark failed.
 */
json_t *bench_round(const struct bench_options *o, const struct bench_target *t,
		    const char *const *under, const char *what, int nr, bool *fell_short);
/*
 * Instructions of an iteration, in a document with no other figures: of what the filter
 * says, or of the tracked ones. NULL with a message.
 */
json_t *bench_count_instructions(const struct bench_options *o, const struct bench_target *t,
				 bool *fell_short);
/* SIGINT and SIGTERM end the round. */
void bench_hold_signals(void);

/* What is known of the machine, the commit and the device, into the context of @doc. */
void bench_add_context(json_t *doc, const struct bench_options *o, const struct bench_target *t);

/* All rounds are in: write, save and print. Returns the exit status. */
int bench_conclude(json_t *doc, const struct bench_options *o, bool fell_short);

/* One line to overwrite on the terminal; NULL clears it. */
void bench_progress(const struct bench_options *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A run by the name of a JSON file, or by its number in the history. NULL with a
 * message.
 */
struct bench_run *bench_operand(const char *s, const char *db);
/* "3%" or "3" to 0.03; 0 or EXIT_CANNOT. */
int bench_percent(const char *option, const char *s, double *out);
int bench_metric_by_name(const char *s, enum bench_metric *out);
/* The file of --db, or the default place. NULL with a message. */
struct history *bench_open_history(const char *db, bool create);
/* DIR/NAME, with DIR made. 0 or EXIT_CANNOT. */
int bench_out_path(const char *dir, const char *name, char *buf, size_t size);

/* vfio-compliance vm -- bench ...: measure in the guest. */
int bench_in_vm(struct vm_options *vm, int argc, char **argv);

int bench_compare_main(int argc, char **argv);
int bench_trend_main(int argc, char **argv);
int bench_history_main(int argc, char **argv);
int bench_report_main(int argc, char **argv);

#endif
