// SPDX-License-Identifier: GPL-2.0-only
/* What campaigns found: kept from one to the next. */
#include "campaign.h"
#include "html.h"
#include "json_text.h"
#include "results.h"
#include "runner.h"
#include "sarif.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *get(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static json_t *today(void)
{
	char text[32];
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

json_t *fuzz_findings_load(const char *out)
{
	char path[FUZZ_PATH], why[600];
	json_t *list;

	snprintf(path, sizeof(path), "%s/findings.json", out);
	if (access(path, F_OK))
		return json_array();
	list = findings_load(path, why, sizeof(why));
	if (!list)
		cannot("%s; remove it to begin anew", why);
	return list;
}

static json_t *known(const struct campaign *c, const char *id)
{
	json_t *o;
	size_t i;

	json_array_foreach(c->findings, i, o)
		if (!strcmp(get(o, "id"), id))
			return o;
	return NULL;
}

static void seen(struct campaign *c, json_t *o)
{
	/* Counted once in a campaign. */
	if (!json_object_get(o, "now")) {
		c->found++;
		json_object_set_new(o, "now", json_true());
	}
	json_object_set_new(o, "last_seen", today());
	json_object_set_new(o, "status", json_string("open"));
	json_object_set_new(o, "seen",
			    json_integer(json_integer_value(json_object_get(o, "seen")) + 1));
}

void fuzz_findings_check(struct campaign *c)
{
	char input[FUZZ_PATH * 2];
	struct fuzz_failure f;
	json_t *o;
	size_t i;

	json_array_foreach(c->findings, i, o) {
		if (strcmp(get(o, "target"), c->target->name) ||
		    !strcmp(get(o, "engine"), "kernel"))
			continue;
		snprintf(input, sizeof(input), "%s/%s", c->o->out, get(o, "input"));
		if (!fuzz_try(c, input, &f)) {
			json_object_set_new(o, "status", json_string("gone"));
			continue;
		}
		if (!strcmp(f.id, get(o, "id")))
			seen(c, o);
		else
			fuzz_findings_add(c, input, &f);
		fuzz_failure_free(&f);
	}
}

/* How to see it again without the engine. */
static void add_reproducer(struct campaign *c, json_t *o, const char *dir,
			   const struct fuzz_failure *f)
{
	char input[FUZZ_PATH * 2 + 8], repro[FUZZ_PATH * 2 + 8], command[FUZZ_PATH * 4];

	snprintf(input, sizeof(input), "%s/input", dir);
	snprintf(repro, sizeof(repro), "%s/repro.c", dir);
	if (fuzz_reproducer(c, input, f->engine, f->step, repro)) {
		json_object_set_new(o, "reproducer", text_to_json(repro + strlen(c->o->out) + 1));
		return;
	}
	unlink(repro);
	snprintf(command, sizeof(command), "%s %s", fuzz_program_path(NULL, c->target->name), input);
	json_object_set_new(o, "reproducer", text_to_json(command));
}

void fuzz_findings_add(struct campaign *c, const char *input, const struct fuzz_failure *f)
{
	char dir[FUZZ_PATH * 2], name[FUZZ_PATH];
	json_t *o = known(c, f->id), *stack;
	char from[FUZZ_PATH * 3], to[FUZZ_PATH * 3];
	char **paths;
	size_t n;

	if (o) {
		seen(c, o);
		return;
	}
	snprintf(dir, sizeof(dir), "%s/findings/%s", c->o->out, f->id);
	if (fuzz_mkdir("%s", dir) || fuzz_corpus_add(dir, input) < 0)
		return;
	fuzz_files(dir, &paths, &n);
	snprintf(from, sizeof(from), "%s", n ? paths[0] : "");
	while (n)
		free(paths[--n]);
	free(paths);
	snprintf(to, sizeof(to), "%s/input", dir);
	if (rename(from, to))
		return;
	/* In a guest it would take too long; the step says enough. */
	if (f->step < 0 && strcmp(f->engine, "kernel"))
		fuzz_minimise(c, to, f->id);
	snprintf(name, sizeof(name), "findings/%s/input", f->id);
	stack = json_array();
	for (size_t i = 0; i < f->nr_frames; i++)
		json_array_append_new(stack, text_to_json(f->frames[i]));
	o = json_pack("{ss ss so so so ss ss so}", "id", f->id, "target", c->target->name, "oracle",
		      text_to_json(f->oracle), "message", text_to_json(f->message), "stack", stack,
		      "input", name, "engine", f->engine, "first_seen", today());
	add_reproducer(c, o, dir, f);
	json_array_append_new(c->findings, o);
	c->new++;
	seen(c, o);
}

static int write_html(const json_t *findings, const char *path)
{
	struct html_extra x = { .findings = findings };
	FILE *f = fopen(path, "w");
	int bad;

	if (!f)
		return -1;
	fprintf(f, "<!doctype html>\n<html lang=en><meta charset=utf-8><title>Fuzz findings</title>\n"
		"<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
		"<style>%s</style>\n<body><main>\n<h1>vfio-compliance fuzz</h1>\n", report_css);
	html_findings(f, &x);
	fputs("</main></body></html>\n", f);
	bad = ferror(f);
	return fclose(f) || bad ? -1 : 0;
}

int fuzz_findings_write(const json_t *findings, const char *out)
{
	char path[3][FUZZ_PATH], tmp[FUZZ_PATH + 8];
	json_t *root, *o;
	size_t i;
	int bad;

	json_array_foreach((json_t *)findings, i, o)
		json_object_del(o, "now");
	snprintf(path[0], sizeof(path[0]), "%s/findings.json", out);
	snprintf(path[1], sizeof(path[1]), "%s/findings.sarif", out);
	snprintf(path[2], sizeof(path[2]), "%s/index.html", out);
	snprintf(tmp, sizeof(tmp), "%s.tmp", path[0]);
	root = json_pack("{si sO}", "schema_version", 1, "findings", findings);
	bad = !root || json_dump_file(root, tmp, JSON_INDENT(1)) || rename(tmp, path[0]);
	json_decref(root);
	if (bad || findings_write_sarif(findings, path[1]) || write_html(findings, path[2]))
		return cannot("cannot write the findings to %s: %s", out, strerror(errno));
	return 0;
}
