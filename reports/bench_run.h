/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A measurement: what a benchmark program printed in Google Benchmark's JSON, in
 * several repetitions, and what is known of the machine it ran on.
 */
#ifndef REPORTS_BENCH_RUN_H
#define REPORTS_BENCH_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* One repetition of one benchmark. NAN: was not measured. */
struct bench_rep {
	double time;		/* of one iteration, ns */
	double cpu;		/* its processor time, ns */
	double ratio;		/* to its floor, as the program counted it */
	double instructions;	/* of one iteration */
	double bytes;		/* a second */
	double items;		/* a second */
};

struct bench_series {
	char *name;		/* "data_fd_read/chunk:4096" */
	char *skipped;		/* the reason, or NULL */
	char *floor;		/* which benchmark the ratio is to, or NULL */
	struct bench_rep *rep;
	size_t nr;
	bool manual;		/* the program took the time itself; cpu is of more than that */
};

struct bench_run {
	long id;		/* in the history; 0: not from there */
	char *date, *commit, *kernel, *backend, *device, *machine;
	struct bench_series *series;
	size_t nr;
};

enum bench_metric { BENCH_TIME, BENCH_CPU, BENCH_RATIO, BENCH_INSTRUCTIONS, BENCH_METRICS };

extern const char *const bench_metric_names[BENCH_METRICS];

/*
 * The document that repetitions are gathered in. It is a document of Google
 * Benchmark's own schema at any time, so its users' tools read what is written.
 */
json_t *bench_doc_new(void);

/*
 * bench_doc_add - append what one run of the program printed
 *
 * Iterations get the next repetition index of their name; aggregates are left
 * out. The run was one round, or several (@rounds): of the iterations of a name that
 * are of one round the median is taken. The first document gives the context.
 * Returns 0, or -1 with a line in @err.
 */
int bench_doc_add(json_t *doc, const json_t *one, int rounds, char *err, size_t size);
/*
 * The instructions that a counted run of the program printed, once for each name: to its
 * first repetition, and instead of what else counted them there.
 */
void bench_doc_add_counts(json_t *doc, const json_t *counted);
/* A key of the context, unless the program gave it itself. */
void bench_doc_context(json_t *doc, const char *key, const char *value);
/* The same, whatever the program says. */
void bench_doc_context_set(json_t *doc, const char *key, const char *value);
/* All in: count of repetitions, names in order, mean, median, stddev and cv as aggregates. */
void bench_doc_finish(json_t *doc);
/* Write it as DIR/bench.json in one step. Returns 0, or -1 with a line in @err. */
int bench_doc_write(const json_t *doc, const char *path, char *err, size_t size);

/* Both return NULL with one line in @err. @what names the document there. */
struct bench_run *bench_run_from_json(const json_t *doc, const char *what, char *err, size_t size);
struct bench_run *bench_run_load(const char *path, char *err, size_t size);
void bench_run_free(struct bench_run *run);

struct bench_series *bench_run_add(struct bench_run *run, const char *name);
struct bench_rep *bench_series_add(struct bench_series *s);
const struct bench_series *bench_run_find(const struct bench_run *run, const char *name);

/* The values measured of one metric; @out has room for s->nr. Returns how many. */
size_t bench_values(const struct bench_series *s, enum bench_metric m, double *out);
double bench_median(const struct bench_series *s, enum bench_metric m);
/* Median bytes a second, NAN if the benchmark does not count bytes. */
double bench_bytes(const struct bench_series *s);

static inline bool bench_is_time(enum bench_metric m)
{
	return m == BENCH_TIME || m == BENCH_CPU;
}

/* "1.23 us". */
const char *bench_time_text(double ns, char *buf, size_t size);

/*
 * The processor, how many, how much memory: runs of different machines are not
 * comparable. The string is the fingerprint itself, for people to read.
 */
void bench_machine(char *buf, size_t size);

#endif
