/* SPDX-License-Identifier: GPL-2.0-only */
/* What the writers of HTML pages share. */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include <jansson.h>
#include <stdio.h>

#include "results.h"

struct bench_run;

/* Text files of this folder, made into objects at build time, and Chart.js. */
extern const char report_css[], report_js[], bench_css[], bench_js[], chart_js[];

/* @s as text or as a quoted attribute; control characters become question marks. */
void html_escape(FILE *f, const char *s);
/* Its letters in the id of an element. */
void html_anchor(FILE *f, const char *s);
/* <td> with a status. */
void html_status_cell(FILE *f, enum status st);

/* One column of the heat map. */
struct html_run {
	const struct results *r;
	const char *name;
	const char *prefix;	/* of the ids of its logs, behind "log." */
	bool with_logs;		/* they are not in the report's own part: write them here */
};

/* What a report shows beside its results; all of it may be absent. */
struct html_extra {
	const struct results *base;		/* regressions against this run come first */
	const struct html_run *runs;		/* the heat map, if there are two or more */
	size_t nr_runs;
	const json_t *coverage;			/* { "files": { PATH: { lines, lines_hit, ... } } } */
	const json_t *findings;			/* as findings_load() gives them */
	const struct bench_run *bench;
};

/* html_extra.c and html_heat.c: the sections; each writes nothing without its part. */
void html_regressions(FILE *f, const struct results *r, const struct html_extra *x);
void html_heat_map(FILE *f, const struct html_extra *x);
void html_run_logs(FILE *f, const struct html_extra *x);
void html_coverage(FILE *f, const struct html_extra *x);
void html_findings(FILE *f, const struct html_extra *x);

/* bench_html.c: plots and figures of a run, with the scripts that draw them. */
void html_bench(FILE *f, const struct bench_run *run);

#endif
