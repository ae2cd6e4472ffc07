/* SPDX-License-Identifier: GPL-2.0-only */
/* Measurements kept in an SQLite file, with all their repetitions. */
#ifndef REPORTS_BENCH_HISTORY_H
#define REPORTS_BENCH_HISTORY_H

#include "bench_run.h"

struct history;

/*
 * history_open - open the file, make it with @create if it is not there
 *
 * Returns NULL with a line in @err, so for a file that is something else, or that
 * was written by a later version.
 */
struct history *history_open(const char *path, bool create, char *err, size_t size);
void history_close(struct history *h);

/*
 * Where it is unless --db says otherwise: vfio-compliance/bench.db below
 * XDG_DATA_HOME or ~/.local/share. Returns -1 if neither is known. Makes the
 * folders with @create.
 */
int history_default_path(char *buf, size_t size, bool create);

/* Append @run in one transaction; all or nothing. Returns its id, or -1 with a line in @err. */
long history_save(struct history *h, const struct bench_run *run, char *err, size_t size);
/* One run with its figures. NULL with a line in @err. */
struct bench_run *history_load(struct history *h, long id, char *err, size_t size);

/* What there is, oldest first; the runs have no series. Returns 0 or -1 with a line in @err. */
int history_list(struct history *h, struct bench_run ***runs, size_t *nr, char *err, size_t size);

/* The median of each run that has the benchmark, in order of the runs. */
struct history_series {
	char *name;
	char *backend, *device, *machine;	/* one series for each; kernels may change in it */
	struct history_point {
		long id;
		char *commit, *date, *kernel;
		double value[BENCH_METRICS];	/* NAN: was not measured */
	} *point;
	size_t nr;
};

/* All series, of the last @last runs each (0: all). Returns 0 or -1 with a line in @err. */
int history_series(struct history *h, size_t last, struct history_series **series, size_t *nr,
		   char *err, size_t size);
void history_series_free(struct history_series *series, size_t nr);

#endif
