// SPDX-License-Identifier: GPL-2.0-only
/* What a report shows beside its results: the base run, coverage, findings. */
#include "html.h"
#include "regress.h"
#include "sarif.h"

#include <stdlib.h>
#include <string.h>

void html_regressions(FILE *f, const struct results *r, const struct html_extra *x)
{
	int count[CHANGE_COUNT] = { 0 };
	struct regression *v;
	size_t n;

	if (!x->base)
		return;
	n = results_regressions(x->base, r, &v);
	for (size_t i = 0; i < n; i++)
		count[v[i].change]++;
	fputs("<h2 id=regressions>Against ", f);
	html_escape(f, x->base->backend);
	fputc(' ', f);
	html_escape(f, x->base->kernel);
	fprintf(f, "</h2>\n<p class=\"verdict %s\">%d regressions, %d no longer checked, %d with "
		"another outcome, %d fixed</p>\n",
		count[CHANGE_REGRESSION] + count[CHANGE_LOST] ? "fail" : "pass",
		count[CHANGE_REGRESSION], count[CHANGE_LOST], count[CHANGE_OUTCOME],
		count[CHANGE_FIXED]);
	if (n)
		fputs("<table id=regression-table><thead><tr><th>Change<th>Clause or test<th>Before"
		      "<th>Now<th>Rule or reason<th>Log</tr></thead><tbody>\n", f);
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "<tr><td class=\"st %s\">%s<td><code>",
			v[i].change == CHANGE_FIXED ? "pass" :
			v[i].change == CHANGE_OUTCOME ? "xfail" : "fail", change_titles[v[i].change]);
		html_escape(f, v[i].id);
		fputs("</code>", f);
		html_status_cell(f, v[i].before);
		html_status_cell(f, v[i].after);
		fputs("<td>", f);
		html_escape(f, v[i].text);
		fputs("<td>", f);
		if (v[i].log) {
			fputs("<a href=\"#log.", f);
			html_anchor(f, v[i].log);
			fputs("\">log</a>", f);
		}
		fputs("</tr>\n", f);
	}
	if (n)
		fputs("</tbody></table>\n", f);
	free(v);
}

static long number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* A bar that is a sum, too: the same in colours and in figures. */
static void ratio_cell(FILE *f, const json_t *o, const char *hit, const char *of)
{
	long h = number(o, hit), n = number(o, of);

	fprintf(f, "<td class=n>%ld of %ld<td class=n>%.1f%%<td><meter min=0 max=%ld value=%ld>"
		"</meter>", h, n, n ? 100.0 * h / n : 100.0, n ? n : 1, n ? h : 1);
}

void html_coverage(FILE *f, const struct html_extra *x)
{
	json_t *files = json_object_get(x->coverage, "files"), *o;
	const char *path;

	if (!x->coverage)
		return;
	fputs("<h2 id=coverage>Coverage</h2>\n<div class=scroll tabindex=0 role=region "
	      "aria-label=coverage><table id=coverage-table><thead><tr><th>File"
	      "<th class=n>Lines<th class=n><th><th class=n>Branches<th class=n><th></tr></thead>"
	      "<tbody>\n", f);
	json_object_foreach(files, path, o) {
		fputs("<tr><td><code>", f);
		html_escape(f, path);
		fputs("</code>", f);
		ratio_cell(f, o, "lines_hit", "lines");
		ratio_cell(f, o, "branches_hit", "branches");
		fputs("</tr>\n", f);
	}
	o = json_object_get(x->coverage, "total");
	if (o) {
		fputs("<tr><th scope=row>Total", f);
		ratio_cell(f, o, "lines_hit", "lines");
		ratio_cell(f, o, "branches_hit", "branches");
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

static void field(FILE *f, const char *before, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	fputs(before, f);
	html_escape(f, s ? s : "");
}

void html_findings(FILE *f, const struct html_extra *x)
{
	json_t *o, *frame;
	size_t i, j, n = json_array_size(x->findings);

	if (!x->findings)
		return;
	fprintf(f, "<h2 id=fuzz>Fuzzing</h2>\n<p class=\"verdict %s\">%zu finding%s</p>\n",
		n ? "fail" : "pass", n, n == 1 ? "" : "s");
	if (!n)
		return;
	fputs("<div class=scroll tabindex=0 role=region aria-label=findings><table id=finding-table>"
	      "<thead><tr><th>Target<th>Oracle<th>First seen<th>Last seen<th>Input<th>Reproducer"
	      "<th>Stack</tr></thead><tbody>\n", f);
	json_array_foreach((json_t *)x->findings, i, o) {
		json_t *frames = finding_frames(o);

		field(f, "<tr><td><code>", o, "target");
		field(f, "</code><td>", o, "oracle");
		field(f, "<td>", o, "first_seen");
		field(f, "<td>", o, "last_seen");
		field(f, "<td><code>", o, "input");
		field(f, "</code><td><code>", o, "reproducer");
		fputs("</code><td><details><summary>", f);
		frame = json_array_get(frames, 0);
		html_escape(f, json_string_value(frame) ? json_string_value(frame) : "none");
		fputs("</summary><pre>", f);
		json_array_foreach(frames, j, frame) {
			html_escape(f, json_string_value(frame) ? json_string_value(frame) : "");
			fputc('\n', f);
		}
		fputs("</pre></details></tr>\n", f);
		json_decref(frames);
	}
	fputs("</tbody></table></div>\n", f);
}
