// SPDX-License-Identifier: GPL-2.0-only
#include "bench_html.h"
#include "html.h"
#include "results.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void text(FILE *f, const char *tag, const char *s)
{
	fputs(tag, f);
	html_escape(f, s);
}

static void number(FILE *f, const char *fmt, double v)
{
	fputs("<td class=n>", f);
	if (isfinite(v))
		fprintf(f, fmt, v);
	else
		fputs("-", f);
}

static void time_cell(FILE *f, double ns)
{
	char buf[32];

	fprintf(f, "<td class=n>%s", bench_time_text(ns, buf, sizeof(buf)));
}

static void bytes_cell(FILE *f, double v)
{
	static const char *const unit[] = { "B/s", "kB/s", "MB/s", "GB/s", "TB/s" };
	int u = 0;

	if (!isfinite(v)) {
		fputs("<td class=n>-", f);
		return;
	}
	for (; v >= 999.5 && u < 4; u++)
		v /= 1000;
	fprintf(f, "<td class=n>%.3g %s", v, unit[u]);
}

/* Where a chart comes to stand; it is hidden where no script draws it. */
static void figure(FILE *f, const json_t *chart)
{
	const char *title = json_string_value(json_object_get(chart, "title"));

	fprintf(f, "<figure class=chart hidden id=\"%s\"><figcaption>",
		json_string_value(json_object_get(chart, "id")));
	html_escape(f, title);
	fputs("</figcaption><div class=canvas><canvas tabindex=0 role=img aria-label=\"", f);
	html_escape(f, title);
	fputs(". Arrow keys read the points; the table has all figures.\"></canvas></div>"
	      "<output aria-live=polite></output></figure>\n", f);
}

static void facts(FILE *f, const struct bench_run *r)
{
	const struct {
		const char *name, *value;
	} v[] = { { "backend", r->backend }, { "kernel", r->kernel }, { "device", r->device },
		  { "commit", r->commit },   { "machine", r->machine }, { "date", r->date } };
	bool any = false;

	fputs("<p class=facts>", f);
	if (r->id) {
		fprintf(f, "run <b>%ld</b>", r->id);
		any = true;
	}
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		if (!v[i].value || !*v[i].value)
			continue;
		fprintf(f, "%s%s <b>", any ? ", " : "", v[i].name);
		html_escape(f, v[i].value);
		fputs("</b>", f);
		any = true;
	}
	fputs("</p>\n", f);
}

static void run_table(FILE *f, const struct bench_run *r)
{
	fputs("<h2 id=figures>All figures</h2>\n<p>Medians over the repetitions; spread is the "
	      "coefficient of variation of the ratios, or of the times where there is no floor."
	      "</p>\n<p><input type=search hidden data-table=figure-table "
	      "placeholder=\"filter benchmarks\" aria-label=\"filter benchmarks\"></p>\n"
	      "<div class=scroll><table id=figure-table><thead><tr><th>Benchmark<th class=n>Time"
	      "<th class=n>Ratio<th>Floor<th class=n>Throughput<th class=n>Instructions"
	      "<th class=n>Spread<th class=n>Repetitions</tr></thead><tbody>\n", f);
	for (size_t i = 0; i < r->nr; i++) {
		const struct bench_series *s = &r->series[i];
		double *v = grow(NULL, s->nr + 1, sizeof(*v));
		size_t n = bench_values(s, BENCH_RATIO, v);

		text(f, "<tr><td><code>", s->name);
		fputs("</code>", f);
		if (!s->nr) {
			text(f, "<td colspan=7>no figure: ", s->skipped ? s->skipped : "");
		} else {
			time_cell(f, bench_median(s, BENCH_TIME));
			number(f, "%.3g", bench_median(s, BENCH_RATIO));
			text(f, "<td>", s->floor ? s->floor : "-");
			bytes_cell(f, bench_bytes(s));
			number(f, "%.0f", bench_median(s, BENCH_INSTRUCTIONS));
			if (!n)
				n = bench_values(s, BENCH_TIME, v);
			number(f, "%.1f%%", 100 * stat_cv(v, n));
			fprintf(f, "<td class=n>%zu", s->nr);
		}
		fputs("</tr>\n", f);
		free(v);
	}
	fputs("</tbody></table></div>\n", f);
}

static void run_part(FILE *f, const struct bench_run *r, json_t *charts)
{
	json_t *c;
	size_t i;

	facts(f, r);
	fputs("<h2 id=plots>Plots</h2>\n<noscript><p>The plots need JavaScript; all their figures "
	      "are in the table below.</p></noscript>\n", f);
	json_array_foreach(charts, i, c)
		figure(f, c);
	run_table(f, r);
}

static void compare_part(FILE *f, const struct bench_page *page)
{
	static const char *const word[] = { "slower", "faster", "same" };
	const struct bench_comparison *c = page->comparison;

	fprintf(f, "<h2 id=comparison>Comparison</h2>\n<p class=\"verdict %s\">%zu slower, %zu faster, "
		"%zu the same</p>\n<p>A:</p>", c->slower ? "fail" : "pass", c->slower, c->faster,
		c->nr - c->slower - c->faster);
	facts(f, page->a);
	fputs("<p>B:</p>", f);
	facts(f, page->b);
	fprintf(f, "<p>Slower or faster is what differs by the test of Mann and Whitney at %g%% "
		"(p adjusted after %s) and by more than %g%%; of counted instructions, by more than %g%%. "
		"Effect is the chance that B takes longer "
		"than A.</p>\n<div class=scroll><table><thead><tr><th>Result<th>Benchmark<th>Of<th class=n>A"
		"<th class=n>B<th class=n>Change<th class=n>95%% interval<th class=n>Effect"
		"<th class=n>p</tr></thead><tbody>\n",
		100 * page->opt->level, page->opt->holm ? "Holm" : "Benjamini and Hochberg",
		100 * page->opt->threshold, 100 * page->opt->exact_threshold);
	for (size_t i = 0; i < c->nr; i++) {
		const struct bench_difference *d = &c->d[i];

		fprintf(f, "<tr class=%s><td>%s", word[d->change], word[d->change]);
		text(f, "<td><code>", d->name);
		fprintf(f, "</code><td>%s", bench_metric_names[d->metric]);
		if (bench_is_time(d->metric)) {
			time_cell(f, d->a);
			time_cell(f, d->b);
		} else {
			number(f, "%.4g", d->a);
			number(f, "%.4g", d->b);
		}
		number(f, "%+.1f%%", 100 * (d->shift.ratio - 1));
		if (d->exact)
			fputs("<td class=n>counted", f);
		else
			fprintf(f, "<td class=n>%+.1f%% to %+.1f%%", 100 * (d->shift.low - 1),
				100 * (d->shift.high - 1));
		number(f, "%.2f", d->test.a12);
		number(f, "%.2g", d->p);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

static void change_list(FILE *f, const struct bench_trend *t)
{
	for (size_t i = 0; i < t->nr_changes; i++) {
		const struct level_change *c = &t->change[i];
		const struct history_point *p = &t->series->point[t->point[c->at]];

		fprintf(f, "<li><span class=\"st %s\">%s</span> by %.1f%% at run %ld, commit ",
			!c->slower ? "pass" : t->ack[i] || c->recovered ? "xfail" : "fail",
			c->slower ? "slower" : "faster", 100 * fabs(c->after / c->before - 1), p->id);
		html_escape(f, p->commit);
		if (t->ack[i])
			text(f, ": acknowledged: ", t->ack[i]);
		else if (c->recovered)
			fputs(": recovered since", f);
		fputs("</li>\n", f);
	}
}

static void trend_fold(FILE *f, const struct bench_trend *t, const json_t *chart)
{
	fprintf(f, "<details class=trend%s><summary><code>", t->nr_changes ? " open" : "");
	html_escape(f, t->series->name);
	fprintf(f, "</code> <span class=dim>%zu runs, %s, ", t->nr, t->series->backend);
	html_escape(f, t->series->device);
	fputs(", ", f);
	html_escape(f, t->series->machine);
	fputs("</span></summary>\n", f);
	if (t->nr_changes) {
		fputs("<ul>\n", f);
		change_list(f, t);
		fputs("</ul>\n", f);
	}
	figure(f, chart);
	fprintf(f, "<details><summary>figures</summary><table><thead><tr><th>Run<th>Date<th>Commit"
		"<th>Kernel<th class=n>%s</tr></thead><tbody>\n",
		bench_metric_names[t->metric]);
	for (size_t i = 0; i < t->nr; i++) {
		const struct history_point *p = &t->series->point[t->point[i]];

		fprintf(f, "<tr><td>%ld", p->id);
		text(f, "<td>", p->date);
		text(f, "<td><code>", p->commit);
		text(f, "</code><td>", p->kernel);
		if (bench_is_time(t->metric))
			time_cell(f, t->value[i]);
		else
			number(f, "%.4g", t->value[i]);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></details></details>\n", f);
}

static void trend_part(FILE *f, const struct bench_page *page, json_t *charts)
{
	size_t with = 0;

	for (size_t i = 0; i < page->nr_trends; i++)
		with += page->trend[i].nr_changes > 0;
	fprintf(f, "<h2 id=trend>Trend</h2>\n<p>%zu series, %zu of them with a change of level. "
		"Triangles are change points (E-divisive), dashed lines levels.</p>\n",
		page->nr_trends, with);
	/* Those with changes first. */
	for (int changed = 1; changed >= 0; changed--)
		for (size_t i = 0; i < page->nr_trends; i++)
			if ((page->trend[i].nr_changes > 0) == changed) {
				json_t *c = bench_chart_of_trend(&page->trend[i], i);

				trend_fold(f, &page->trend[i], c);
				json_array_append_new(charts, c);
			}
}

/* JSON inside of a script element: a "<" must not end it. */
static int put_json(const char *buf, size_t size, void *data)
{
	for (size_t i = 0; i < size; i++)
		if (buf[i] == '<')
			fputs("\\u003c", data);
		else
			fputc(buf[i], data);
	return 0;
}

static void scripts(FILE *f, const json_t *charts)
{
	fputs("<script type=\"application/json\" id=charts>", f);
	json_dump_callback(charts, put_json, f, JSON_COMPACT | JSON_REAL_PRECISION(12));
	fprintf(f, "</script>\n<script>\n%s</script>\n<script>\n%s</script>\n", chart_js, bench_js);
}

void html_bench(FILE *f, const struct bench_run *run)
{
	json_t *charts = bench_charts_of_run(run);

	run_part(f, run, charts);
	scripts(f, charts);
	json_decref(charts);
}

static void write_page(const struct bench_page *page, FILE *f)
{
	json_t *charts = page->run ? bench_charts_of_run(page->run) : json_array();

	fprintf(f, "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\n"
		"<meta name=viewport content=\"width=device-width\">\n"
		"<title>vfio-compliance bench</title>\n<style>\n%s%s</style></head><body>\n"
		"<h1>vfio-compliance bench</h1>\n<nav>%s%s%s</nav>\n", report_css, bench_css,
		page->comparison ? "<a href=#comparison>Comparison</a>" : "",
		page->run ? "<a href=#plots>Plots</a><a href=#figures>Figures</a>" : "",
		page->nr_trends ? "<a href=#trend>Trend</a>" : "");
	if (page->comparison)
		compare_part(f, page);
	if (page->run)
		run_part(f, page->run, charts);
	if (page->nr_trends)
		trend_part(f, page, charts);
	scripts(f, charts);
	fprintf(f, "<script>\n%s</script>\n</body></html>\n", report_js);
	json_decref(charts);
}

int bench_page_write(const struct bench_page *page, const char *path, char *err, size_t size)
{
	char tmp[4096];
	FILE *f;
	int bad;

	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	f = fopen(tmp, "w");
	if (f) {
		write_page(page, f);
		bad = ferror(f);
		bad |= fclose(f);
		if (!bad && !rename(tmp, path))
			return 0;
		unlink(tmp);
	}
	snprintf(err, size, "cannot write %s: %s", path, strerror(errno));
	return -1;
}
