/* SPDX-License-Identifier: GPL-2.0-only */
/* When results are a certificate, and what it says. */
#ifndef RUNNER_CERTIFICATE_H
#define RUNNER_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct results;
struct waivers;

/* The files of a bundle. */
#define BUNDLE_RESULTS		"results/results.json"
#define BUNDLE_STATEMENT	"statement.json"
#define BUNDLE_WAIVERS		"waivers"

struct judgement {
	int short_of;		/* rules that were not kept, or not shown to be */
	int scope;		/* reasons for which a run says nothing of a device */
};

/*
 * certificate_judge - hold results against what a certificate needs
 * @waivers: those that were in force on @date (YYYY-MM-DD)
 * @fault:   called with one line for each thing that is lacking
 *
 * Needed are: a result of every test there is, no failure but for waived ones, a reason
 * for every skip, each clause of lists/mustpass held, a kernel as the backend and a
 * driver that is not the mock driver. Returns 0, or EXIT_CANNOT if the lists of this
 * installation cannot be read.
 */
int certificate_judge(const struct results *r, const struct waivers *waivers, const char *date,
		      void (*fault)(const char *line), struct judgement *j);

struct statement {
	const struct results *r;
	const struct waivers *waivers;
	struct judgement judgement;
	bool destructive, all_tests;
	char date[32];		/* ISO 8601, UTC */
};

/* Write statement.json and statement.txt into @dir; -1 with errno. */
int statement_write(const struct statement *s, const char *dir);
/* The text of it. */
void statement_print(const struct statement *s, FILE *f);

/*
 * statement_check - compare a bundle's statement with its results
 * @date: receives the day of the run, YYYY-MM-DD; 16 bytes
 *
 * What the statement says of the results has to follow from them. Returns the number
 * of faults; the first is that it cannot be read.
 */
int statement_check(const char *path, const struct results *r, char *date,
		    void (*fault)(const char *line));

#endif
