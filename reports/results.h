/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The results of one run: what results.json says, in memory.
 *
 * Strings are owned by the structure they stand in and freed by
 * results_free(). Nothing here is thread safe.
 */
#ifndef REPORTS_RESULTS_H
#define REPORTS_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#define RESULTS_SCHEMA_VERSION 1

enum status {
	ST_PASS,
	ST_FAIL,
	ST_SKIP,
	ST_XFAIL,
	ST_ERROR,	/* the test program crashed */
	ST_TIMEOUT,
	ST_MISSING,	/* planned, no result */
	ST_COUNT,
};

/* "pass", "fail", ... and back; status_parse() returns -1 for an unknown word. */
const char *status_name(enum status st);
int status_parse(const char *word);
/* Whether a run with this result falls short. */
bool status_is_bad(enum status st);

struct test_result {
	char *name;		/* PROGRAM/fixture.variant.test */
	enum status status;
	int ms;
	char *reason;		/* one line, "" if there is nothing to say */
	char *log;		/* all the test printed, kernel reports included */
	char **clauses;		/* ids */
	size_t nr_clauses;
	int runs[ST_COUNT];	/* how often it ended how, where the suite ran several times */
};

struct clause_result {
	char *id;
	char *level;		/* MUST, SHOULD, MAY */
	char *text;
	enum status status;
	char **tests;		/* names of the tests that cover it */
	size_t nr_tests;
	char **outcomes;	/* which of the accepted outcomes were seen, sorted */
	size_t nr_outcomes;
};

struct device_info {
	char *bdf, *driver, *id, *group;
};

struct results {
	char *backend;		/* "core" or "kernel" */
	char *kernel;		/* release, or the profile of the core */
	char *accel;		/* of the guest: "tcg", "kvm"; "" on a host and on the core */
	char *end;		/* "" or why the run ended before its end */
	char *device;		/* BDF of the device under test */
	char *cell;		/* of a plan, "" if the run was none; see `vfio-compliance plan` */
	struct device_info *devices;
	size_t nr_devices;
	struct test_result *tests;
	size_t nr_tests;
	struct clause_result *clauses;
	size_t nr_clauses;
	int repeat;		/* how often the suite ran; 0: once, and not counted */
};

struct results *results_new(void);
void results_free(struct results *r);

struct test_result *results_add_test(struct results *r, const char *name);
struct test_result *results_find_test(struct results *r, const char *name);
struct clause_result *results_add_clause(struct results *r, const char *id, const char *level,
					 const char *text);
struct clause_result *results_find_clause(struct results *r, const char *id);
struct device_info *results_add_device(struct results *r, const char *bdf, const char *driver,
				       const char *id, const char *group);

/* reallocarray() that ends the program (status 2) when there is no memory. */
void *grow(void *p, size_t n, size_t size);
/* Append to a growing array of strings; both copies are the array's own. */
void strv_add(char ***v, size_t *n, const char *s);
/* Replace an owned string. */
void str_set(char **p, const char *s);
/* Append to an owned string. */
void str_append(char **p, const char *s);

/*
 * Work out each clause's tests and status from the tests: a clause fails if one
 * of its tests is bad, passes if one passed and none is bad, else is skipped.
 * Sorts tests, clauses and outcomes by name, so that equal runs give equal
 * files. Call once, when all tests are in.
 */
void results_finish(struct results *r);

/* Work out the clauses' statuses again, after statuses of tests were changed. */
void results_judge(struct results *r);

/* Each clause's outcomes sorted, and each once. */
void results_sort_outcomes(struct results *r);

/*
 * results_fold - add another run of the same tests to @all
 *
 * A test that fell short in one run falls short, with what that run said of it.
 * @all's first fold makes it a counted run: tests have runs[] from then on.
 */
void results_fold(struct results *all, const struct results *once);
/* The runs of @t did not all end alike. */
bool test_is_flaky(const struct test_result *t);
/* "3 pass, 1 fail", in a static buffer. */
const char *test_runs_text(const struct test_result *t);

struct summary {
	int tests[ST_COUNT];
	int clauses[ST_COUNT];
	int nr_tests, nr_clauses;
};

struct summary results_summary(const struct results *r);
/* The exit status of contract C1: 0 all held, 1 something fell short, 4 all skipped. */
int results_exit_status(const struct results *r);

/*
 * results_load - read a results.json
 *
 * Returns NULL with one line in @err that says what is wrong with the file.
 */
struct results *results_load(const char *path, char *err, size_t size);

/*
 * Writers. Each returns 0, or -1 with errno set; they may leave a partial file,
 * so use report_write(), which makes the whole directory appear at once.
 */
int results_write_json(const struct results *r, const char *path);
int results_write_ktap(const struct results *r, const char *path);
int results_write_junit(const struct results *r, const char *path);
struct html_extra;	/* html.h */
/* @x: NULL, or what the page shows beside the results */
int results_write_html(const struct results *r, const struct html_extra *x, const char *path);
/* Kernel CI's report format; the environment's KCIDB_ORIGIN says who reports. */
int results_write_kcidb(const struct results *r, const char *path);

/*
 * report_write - write the report directory of contract C4
 *
 * results.json, results.ktap, junit.xml, kcidb.json, index.html and one file per
 * test in logs/, written beside @dir and then exchanged with it in one step: either the
 * old report stands or the new one does. Returns 0, or -1 with a line in @err.
 */
int report_write(const struct results *r, const char *dir, char *err, size_t size);

struct report_extra {
	const struct html_extra *html;		/* or NULL */
	/* Or NULL; writes more files into @dir, which is not the final name. 0, or -1 with errno. */
	int (*more)(const char *dir, void *ctx);
	void *ctx;
};

/* The same with more in it; findings become findings.sarif, too. */
int report_write_with(const struct results *r, const char *dir, const struct report_extra *x,
		      char *err, size_t size);

#endif
