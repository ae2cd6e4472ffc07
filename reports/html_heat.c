// SPDX-License-Identifier: GPL-2.0-only
/* Device by clause: a column per run, a row per area, a square per clause. */
#include "groups.h"
#include "html.h"

#include <stdlib.h>
#include <string.h>

#define SQUARE	9	/* pixels, the gap included */
#define PER_ROW	20

/* A test of the clause that has a log in the page. */
static const char *culprit(const struct results *r, const struct clause_result *c)
{
	for (size_t i = 0; i < c->nr_tests; i++) {
		const struct test_result *t = results_find_test((struct results *)r, c->tests[i]);

		if (t && status_is_bad(t->status))
			return t->name;
	}
	return NULL;
}

static void square(FILE *f, const struct html_run *run, const struct clause_result *c, size_t i)
{
	const char *log = status_is_bad(c->status) ? culprit(run->r, c) : NULL;

	/* Only what fell short is a link: a key press per clause would be no use. */
	if (log) {
		fputs("<a href=\"#log.", f);
		html_anchor(f, run->prefix);
		html_anchor(f, log);
		fprintf(f, "\" aria-label=\"%s: %s\">", c->id, status_name(c->status));
	}
	fprintf(f, "<rect class=%s x=%zu y=%zu width=%d height=%d><title>%s: %s: ",
		status_name(c->status), i % PER_ROW * SQUARE, i / PER_ROW * SQUARE, SQUARE - 1,
		SQUARE - 1, c->id, status_name(c->status));
	html_escape(f, c->text);
	fprintf(f, "</title></rect>%s\n", log ? "</a>" : "");
}

static void heat_cell(FILE *f, const struct html_run *run, const struct clause_group *g)
{
	int bad = 0;

	for (int st = 0; st < ST_COUNT; st++)
		bad += status_is_bad(st) ? g->count[st] : 0;
	fprintf(f, "<td><span class=\"st %s\">%d</span> of %d", status_name(group_status(g)),
		g->count[ST_PASS], g->total);
	if (bad)
		fprintf(f, ", <span class=\"st fail\">%d fell short</span>", bad);
	fprintf(f, "<br><svg class=heat role=group aria-label=\"%s, ", g->prefix);
	html_escape(f, run->name);
	fprintf(f, ": %d pass, %d fell short, %d skipped\" width=%d height=%d>\n", g->count[ST_PASS], bad,
		g->count[ST_SKIP], PER_ROW * SQUARE, (g->total + PER_ROW - 1) / PER_ROW * SQUARE);
	for (size_t i = g->first; i < g->end; i++)
		square(f, run, &run->r->clauses[i], i - g->first);
	fputs("</svg></td>\n", f);
}

struct column {
	struct clause_group *g;
	size_t n;
};

static const struct clause_group *area(const struct column *c, const char *prefix)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->g[i].prefix, prefix))
			return &c->g[i];
	return NULL;
}

/* The areas of all runs, each once, in the order of their names. */
static size_t all_areas(const struct column *c, size_t n, const struct clause_group ***areas)
{
	const struct clause_group **v = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < c[i].n; j++) {
			size_t at = 0;

			while (at < nr && strcmp(v[at]->prefix, c[i].g[j].prefix) < 0)
				at++;
			if (at < nr && !strcmp(v[at]->prefix, c[i].g[j].prefix))
				continue;
			v = grow(v, nr + 1, sizeof(*v));
			memmove(v + at + 1, v + at, (nr++ - at) * sizeof(*v));
			v[at] = &c[i].g[j];
		}
	*areas = v;
	return nr;
}

static void heat_head(FILE *f, const struct html_extra *x)
{
	fputs("<h2 id=heat>Devices and clauses</h2>\n<p>A square per clause, in the order of the "
	      "table of clauses; one that fell short leads to its log.</p>\n"
	      "<div class=scroll tabindex=0 role=region aria-label=\"heat map\"><table class=heat>"
	      "<thead><tr><th>Area", f);
	for (size_t i = 0; i < x->nr_runs; i++) {
		const struct results *r = x->runs[i].r;

		fputs("<th scope=col>", f);
		html_escape(f, x->runs[i].name);
		fprintf(f, "<br><span class=facts>%s ", r->backend);
		html_escape(f, r->kernel);
		fputs("<br>", f);
		html_escape(f, r->device);
		for (size_t j = 0; j < r->nr_devices; j++)
			if (!strcmp(r->devices[j].bdf, r->device)) {
				fprintf(f, " %s ", r->devices[j].id);
				html_escape(f, r->devices[j].driver);
			}
		fputs("</span>", f);
	}
	fputs("</tr></thead><tbody>\n", f);
}

void html_heat_map(FILE *f, const struct html_extra *x)
{
	const struct clause_group **areas;
	struct column *c;
	size_t nr;

	if (x->nr_runs < 2)
		return;
	c = grow(NULL, x->nr_runs, sizeof(*c));
	for (size_t i = 0; i < x->nr_runs; i++)
		c[i].n = clause_groups(x->runs[i].r, &c[i].g);
	nr = all_areas(c, x->nr_runs, &areas);
	heat_head(f, x);
	for (size_t i = 0; i < nr; i++) {
		fprintf(f, "<tr><th scope=row>%s<br><span class=facts>%s</span>", areas[i]->prefix,
			areas[i]->title);
		for (size_t j = 0; j < x->nr_runs; j++) {
			const struct clause_group *g = area(&c[j], areas[i]->prefix);

			if (g)
				heat_cell(f, &x->runs[j], g);
			else
				fputs("<td class=skip>none", f);
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
	for (size_t i = 0; i < x->nr_runs; i++)
		free(c[i].g);
	free(c);
	free(areas);
}

void html_run_logs(FILE *f, const struct html_extra *x)
{
	for (size_t i = 0; i < x->nr_runs && x->nr_runs > 1; i++) {
		const struct html_run *run = &x->runs[i];
		bool open = false;

		for (size_t j = 0; run->with_logs && j < run->r->nr_tests; j++) {
			const struct test_result *t = &run->r->tests[j];

			if (!status_is_bad(t->status))
				continue;
			if (!open) {
				fputs("<h2>What fell short: ", f);
				html_escape(f, run->name);
				fputs("</h2>\n", f);
			}
			open = true;
			fputs("<details id=\"log.", f);
			html_anchor(f, run->prefix);
			html_anchor(f, t->name);
			fprintf(f, "\" open><summary><span class=\"st %s\">%s</span> <code>",
				status_name(t->status), status_name(t->status));
			html_escape(f, t->name);
			fputs("</code> ", f);
			html_escape(f, t->reason);
			fputs("</summary><pre>", f);
			html_escape(f, t->log);
			fputs("</pre></details>\n", f);
		}
	}
}
