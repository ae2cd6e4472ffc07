// SPDX-License-Identifier: GPL-2.0-only
/* One file, no network, readable without JavaScript. */
#include "groups.h"
#include "html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[8] = { "ERROR",	"STOP",	       "RUNNING",  "STOP_COPY",
					    "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P" };

static const struct {
	const char *table, *title;
	int states;
} fsm_tables[] = {
	{ "A6", "STOP_COPY (6 states)", 6 },
	{ "B6", "STOP_COPY, P2P (6 states)", 6 },
	{ "A8", "STOP_COPY", 8 },
	{ "B8", "STOP_COPY, P2P", 8 },
	{ "C8", "STOP_COPY, PRE_COPY", 8 },
	{ "D8", "STOP_COPY, P2P, PRE_COPY", 8 },
};

void html_escape(FILE *f, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '&': fputs("&amp;", f); break;
		case '"': fputs("&quot;", f); break;
		default:
			fputc((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t' ? '?' : *s, f);
		}
	}
}

void html_status_cell(FILE *f, enum status st)
{
	fprintf(f, "<td class=\"st %s\">%s</td>", status_name(st), status_name(st));
}

/* The id that a test's log is linked by. */
void html_anchor(FILE *f, const char *name)
{
	for (; *name; name++)
		fputc(strchr("/ \"<>&", *name) ? '.' : *name, f);
}

static void fsm_cell(FILE *f, const struct results *r, const char *table, int cur, int new)
{
	const struct clause_result *c;
	char id[32];
	int x = 100 + new * 26, y = 16 + cur * 22;

	snprintf(id, sizeof(id), "FSM-%s-%d-%d", table, cur, new);
	c = results_find_clause((struct results *)r, id);
	fprintf(f, "<g class=cell><rect class=%s x=%d y=%d width=24 height=20 rx=3>"
		"<title>%s: %s to %s: %s</title></rect><text x=%d y=%d>%s</text></g>\n",
		c ? status_name(c->status) : "none", x, y, id, state_names[cur], state_names[new],
		c ? status_name(c->status) : "no result", x + 12, y + 14,
		!c ? "" : c->status == ST_PASS ? "✓" : c->status == ST_SKIP ? "–" : "✗");
}

static void fsm_figures(FILE *f, const struct results *r)
{
	bool open = false;

	for (size_t i = 0; i < sizeof(fsm_tables) / sizeof(fsm_tables[0]); i++) {
		const char *table = fsm_tables[i].table;
		int n = fsm_tables[i].states, seen = 0;

		for (size_t j = 0; j < r->nr_clauses; j++)
			seen += !strncmp(r->clauses[j].id, "FSM-", 4) &&
				!strncmp(r->clauses[j].id + 4, table, 2) &&
				r->clauses[j].status != ST_SKIP;
		if (!seen)
			continue;
		if (!open)
			fputs("<h2 id=fsm>Migration state machine</h2>\n<p>Rows: current state, "
			      "columns: requested state, in the order of the rows.</p>\n"
			      "<div class=fsm>\n", f);
		open = true;
		fprintf(f, "<figure><figcaption>%s</figcaption><svg role=img "
			"aria-label=\"state machine, %s\" width=%d height=%d>\n",
			fsm_tables[i].title, fsm_tables[i].title, 104 + n * 26, 20 + n * 22);
		for (int s = 0; s < n; s++)
			fprintf(f, "<text x=2 y=%d>%d %s</text><text x=%d y=11>%d</text>\n",
				30 + s * 22, s, state_names[s], 109 + s * 26, s);
		for (int cur = 0; cur < n; cur++)
			for (int new = 0; new < n; new++)
				fsm_cell(f, r, table, cur, new);
		fputs("</svg></figure>\n", f);
	}
	fputs(open ? "</div>\n" : "<h2 id=fsm>Migration state machine</h2>\n"
	      "<p>None of its cells was checked here.</p>\n", f);
}

static void overview(FILE *f, const struct results *r)
{
	struct clause_group *g;
	size_t n = clause_groups(r, &g);

	fputs("<h2 id=areas>Areas</h2>\n<table><thead><tr><th>Area<th>Title<th>Result"
	      "<th class=n>Pass<th class=n>Fail<th class=n>Skip<th class=n>Clauses</tr></thead>"
	      "<tbody>\n", f);
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "<tr><td>%s<td>%s", g[i].prefix, g[i].title);
		html_status_cell(f, group_status(&g[i]));
		fprintf(f, "<td class=n>%d<td class=n>%d<td class=n>%d<td class=n>%d</tr>\n",
			g[i].count[ST_PASS], g[i].count[ST_FAIL], g[i].count[ST_SKIP], g[i].total);
	}
	fputs("</tbody></table>\n", f);
	free(g);
}

static void bad_tests(FILE *f, const struct results *r)
{
	bool open = false;

	for (size_t i = 0; i < r->nr_tests; i++) {
		const struct test_result *t = &r->tests[i];

		if (!status_is_bad(t->status))
			continue;
		if (!open)
			fputs("<h2 id=failed>What fell short</h2>\n", f);
		open = true;
		fputs("<details open id=\"log.", f);
		html_anchor(f, t->name);
		fprintf(f, "\"><summary><span class=\"st %s\">%s</span> <code>",
			status_name(t->status), status_name(t->status));
		html_escape(f, t->name);
		fputs("</code> ", f);
		html_escape(f, t->reason);
		fputs("</summary><pre>", f);
		html_escape(f, t->log);
		fputs("</pre></details>\n", f);
	}
}

static void clause_table(FILE *f, const struct results *r)
{
	fputs("<h2 id=clauses>Clauses</h2>\n<p><input type=search hidden data-table=clause-table "
	      "placeholder=\"filter clauses\" aria-label=\"filter clauses\"></p>\n"
	      "<table id=clause-table><thead><tr><th>Clause<th>Level<th>Result<th>Rule<th>Seen"
	      "<th>Tests</tr></thead><tbody>\n", f);
	for (size_t i = 0; i < r->nr_clauses; i++) {
		const struct clause_result *c = &r->clauses[i];

		fprintf(f, "<tr id=\"%s\"><td><code>%s</code><td>%s", c->id, c->id, c->level);
		html_status_cell(f, c->status);
		fputs("<td>", f);
		html_escape(f, c->text);
		fputs("<td>", f);
		for (size_t j = 0; j < c->nr_outcomes; j++) {
			fputs(j ? ", " : "", f);
			html_escape(f, c->outcomes[j]);
		}
		fputs("<td>", f);
		for (size_t j = 0; j < c->nr_tests; j++) {
			fputs(j ? "<br><a href=\"#t." : "<a href=\"#t.", f);
			html_anchor(f, c->tests[j]);
			fputs("\"><code>", f);
			html_escape(f, c->tests[j]);
			fputs("</code></a>", f);
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table>\n", f);
}

static void test_table(FILE *f, const struct results *r)
{
	fputs("<h2 id=tests>Tests</h2>\n<p><input type=search hidden data-table=test-table "
	      "placeholder=\"filter tests\" aria-label=\"filter tests\"></p>\n"
	      "<table id=test-table><thead><tr><th>Test<th>Result<th class=n>ms<th>Reason and log"
	      "</tr></thead><tbody>\n", f);
	for (size_t i = 0; i < r->nr_tests; i++) {
		const struct test_result *t = &r->tests[i];

		fputs("<tr id=\"t.", f);
		html_anchor(f, t->name);
		fputs("\"><td><code>", f);
		html_escape(f, t->name);
		fputs("</code>", f);
		html_status_cell(f, t->status);
		fprintf(f, "<td class=n>%d<td>", t->ms);
		if (status_is_bad(t->status)) {
			fputs("<a href=\"#log.", f);
			html_anchor(f, t->name);
			fputs("\">log</a> ", f);
		}
		html_escape(f, t->reason);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table>\n", f);
}

static void head(FILE *f, const struct results *r, const struct html_extra *x)
{
	struct summary s = results_summary(r);
	int bad = results_exit_status(r) == 1;

	fprintf(f, "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\n"
		"<meta name=viewport content=\"width=device-width\">\n"
		"<title>vfio-compliance: %s %s</title>\n<style>\n%s%s</style></head><body>\n",
		r->backend, r->kernel, report_css, x->bench ? bench_css : "");
	fputs("<a class=jump href=#main>To the results</a>\n<h1>vfio-compliance</h1>\n"
	      "<p class=facts>", f);
	fprintf(f, "%s <b>", strcmp(r->backend, "core") ? "kernel" : "userspace core, profile");
	html_escape(f, r->kernel);
	fputs("</b>", f);
	if (*r->accel)
		fprintf(f, " in QEMU (%s)", r->accel);
	for (size_t i = 0; i < r->nr_devices; i++) {
		const struct device_info *d = &r->devices[i];

		fprintf(f, "%s <b>%s</b> %s, %s, group %s%s", i ? ";" : ", devices", d->bdf, d->id,
			d->driver, d->group, strcmp(d->bdf, r->device) ? "" : " (under test)");
	}
	fprintf(f, "</p>\n<p class=\"verdict %s\">%s", bad ? "fail" : "pass",
		bad ? "Fell short" : "All held");
	if (*r->end) {
		fputs(": ", f);
		html_escape(f, r->end);
	}
	fprintf(f, "</p>\n<p>%d tests: %d passed, %d failed, %d errors, %d timeouts, %d missing, "
		"%d skipped. %d clauses: %d pass, %d fail, %d skip.</p>\n"
		"<nav aria-label=sections>%s%s<a href=#areas>Areas</a>"
		"<a href=#fsm>State machine</a>%s%s%s<a href=#clauses>Clauses</a>"
		"<a href=#tests>Tests</a></nav>\n<main id=main>\n",
		s.nr_tests, s.tests[ST_PASS], s.tests[ST_FAIL], s.tests[ST_ERROR],
		s.tests[ST_TIMEOUT], s.tests[ST_MISSING], s.tests[ST_SKIP], s.nr_clauses,
		s.clauses[ST_PASS], s.clauses[ST_FAIL], s.clauses[ST_SKIP],
		x->base ? "<a href=#regressions>Regressions</a>" : "",
		x->nr_runs > 1 ? "<a href=#heat>Devices</a>" : "",
		x->coverage ? "<a href=#coverage>Coverage</a>" : "",
		x->findings ? "<a href=#fuzz>Fuzzing</a>" : "",
		x->bench ? "<a href=#plots>Benchmarks</a>" : "");
}

int results_write_html(const struct results *r, const struct html_extra *x, const char *path)
{
	static const struct html_extra nothing;
	FILE *f = fopen(path, "w");
	int bad;

	if (!f)
		return -1;
	if (!x)
		x = &nothing;
	head(f, r, x);
	html_regressions(f, r, x);
	bad_tests(f, r);
	html_heat_map(f, x);
	overview(f, r);
	fsm_figures(f, r);
	html_coverage(f, x);
	html_findings(f, x);
	if (x->bench)
		html_bench(f, x->bench);
	clause_table(f, r);
	test_table(f, r);
	html_run_logs(f, x);
	fputs("</main>\n", f);
	fprintf(f, "<script>\n%s</script>\n</body></html>\n", report_js);
	bad = ferror(f);
	return fclose(f) || bad ? -1 : 0;
}
