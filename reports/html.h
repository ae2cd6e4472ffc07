/* SPDX-License-Identifier: GPL-2.0-only */
/* What the writers of HTML pages share. */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include <stdio.h>

/* Text files of this folder, made into objects at build time, and Chart.js. */
extern const char report_css[], report_js[], bench_css[], bench_js[], chart_js[];

/* @s as text or as a quoted attribute; control characters become question marks. */
void html_escape(FILE *f, const char *s);

#endif
