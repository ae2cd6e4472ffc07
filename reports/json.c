// SPDX-License-Identifier: GPL-2.0-only
#include "json_text.h"
#include "results.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* What a test or a kernel says may hold any byte, names too; JSON wants UTF-8. */
const char *json_error_text(json_error_t *e)
{
	for (char *p = e->text; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return e->text;
}

json_t *text_to_json(const char *s)
{
	json_t *j = json_string(s);
	char *copy;

	if (j)
		return j;
	copy = strdup(s);
	if (!copy)
		return json_string("");
	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	j = json_string(copy);
	free(copy);
	return j;
}

static json_t *strv_to_json(char *const *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, text_to_json(v[i]));
	return a;
}

static json_t *counts_to_json(const int counts[ST_COUNT])
{
	json_t *o = json_object();

	for (int st = 0; st < ST_COUNT; st++)
		json_object_set_new(o, status_name(st), json_integer(counts[st]));
	return o;
}

static json_t *results_to_json(const struct results *r)
{
	struct summary s = results_summary(r);
	json_t *root, *tests = json_array(), *clauses = json_array(), *topology = json_array(), *o;

	for (size_t i = 0; i < r->nr_devices; i++) {
		const struct device_info *d = &r->devices[i];

		json_array_append_new(topology, json_pack("{so so so so}", "bdf", text_to_json(d->bdf),
							  "driver", text_to_json(d->driver), "id",
							  text_to_json(d->id), "group",
							  text_to_json(d->group)));
	}
	for (size_t i = 0; i < r->nr_clauses; i++) {
		const struct clause_result *c = &r->clauses[i];

		json_array_append_new(clauses,
				      json_pack("{so so so ss so so}", "id", text_to_json(c->id),
						"level", text_to_json(c->level), "text",
						text_to_json(c->text), "status",
						status_name(c->status), "tests",
						strv_to_json(c->tests, c->nr_tests), "outcomes",
						strv_to_json(c->outcomes, c->nr_outcomes)));
	}
	for (size_t i = 0; i < r->nr_tests; i++) {
		const struct test_result *t = &r->tests[i];

		o = json_pack("{so ss si so so so}", "name", text_to_json(t->name), "status",
			      status_name(t->status), "ms", t->ms, "reason",
			      text_to_json(t->reason), "log", text_to_json(t->log), "clauses",
			      strv_to_json(t->clauses, t->nr_clauses));
		if (r->repeat)
			json_object_set_new(o, "runs", counts_to_json(t->runs));
		json_array_append_new(tests, o);
	}
	root = json_pack("{si so so so so so so so so so so}", "schema_version",
			 RESULTS_SCHEMA_VERSION, "backend", text_to_json(r->backend), "kernel",
			 text_to_json(r->kernel), "accel", text_to_json(r->accel), "end",
			 text_to_json(r->end), "device", text_to_json(r->device), "topology",
			 topology, "summary", counts_to_json(s.tests), "clause_summary",
			 counts_to_json(s.clauses), "clauses", clauses, "tests", tests);
	if (r->repeat)
		json_object_set_new(root, "repeat", json_integer(r->repeat));
	if (*r->cell)
		json_object_set_new(root, "cell", text_to_json(r->cell));
	return root;
}

int results_write_json(const struct results *r, const char *path)
{
	json_t *root = results_to_json(r);
	FILE *f = fopen(path, "w");
	int ret = -1;

	if (f && root && json_dumpf(root, f, JSON_INDENT(1)) == 0 && fputc('\n', f) != EOF)
		ret = 0;
	if (f && fclose(f))
		ret = -1;
	json_decref(root);
	return ret;
}

static const char *get_str(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static bool load_strv(const json_t *o, const char *key, char ***v, size_t *n)
{
	const json_t *a = json_object_get(o, key);
	json_t *item;
	size_t i;

	if (!json_is_array(a))
		return false;
	json_array_foreach(a, i, item) {
		if (!json_is_string(item))
			return false;
		strv_add(v, n, json_string_value(item));
	}
	return true;
}

static const char *load_tests(struct results *r, const json_t *a)
{
	const json_t *runs;
	json_t *o;
	size_t i;

	if (!json_is_array(a))
		return "\"tests\" is not an array";
	json_array_foreach(a, i, o) {
		const char *name = get_str(o, "name"), *status = get_str(o, "status");
		struct test_result *t;

		if (!name || !status || status_parse(status) < 0)
			return "a test without name or with an unknown status";
		t = results_add_test(r, name);
		t->status = status_parse(status);
		t->ms = json_integer_value(json_object_get(o, "ms"));
		str_set(&t->reason, get_str(o, "reason"));
		str_set(&t->log, get_str(o, "log"));
		runs = json_object_get(o, "runs");
		for (int st = 0; st < ST_COUNT; st++)
			t->runs[st] = json_integer_value(json_object_get(runs, status_name(st)));
		if (!load_strv(o, "clauses", &t->clauses, &t->nr_clauses))
			return "a test without its list of clauses";
	}
	return NULL;
}

static const char *load_clauses(struct results *r, const json_t *a)
{
	json_t *o;
	size_t i;

	if (!json_is_array(a))
		return "\"clauses\" is not an array";
	json_array_foreach(a, i, o) {
		const char *id = get_str(o, "id"), *status = get_str(o, "status");
		struct clause_result *c;

		if (!id || !status || status_parse(status) < 0)
			return "a clause without id or with an unknown status";
		c = results_add_clause(r, id, get_str(o, "level"), get_str(o, "text"));
		c->status = status_parse(status);
		if (!load_strv(o, "tests", &c->tests, &c->nr_tests) ||
		    !load_strv(o, "outcomes", &c->outcomes, &c->nr_outcomes))
			return "a clause without its tests or outcomes";
	}
	return NULL;
}

static const char *load_all(struct results *r, const json_t *root)
{
	const json_t *version = json_object_get(root, "schema_version");
	const char *why;
	json_t *o;
	size_t i;

	if (!json_is_integer(version))
		return "not a results file (no schema_version)";
	if (json_integer_value(version) != RESULTS_SCHEMA_VERSION)
		return "written by another version of this tool (schema_version differs)";
	if (!get_str(root, "backend") || !get_str(root, "kernel"))
		return "no backend or kernel in it";
	str_set(&r->backend, get_str(root, "backend"));
	str_set(&r->kernel, get_str(root, "kernel"));
	str_set(&r->accel, get_str(root, "accel"));
	str_set(&r->end, get_str(root, "end"));
	str_set(&r->device, get_str(root, "device"));
	r->repeat = json_integer_value(json_object_get(root, "repeat"));
	str_set(&r->cell, get_str(root, "cell"));
	json_array_foreach(json_object_get(root, "topology"), i, o)
		results_add_device(r, get_str(o, "bdf"), get_str(o, "driver"), get_str(o, "id"),
				   get_str(o, "group"));
	why = load_tests(r, json_object_get(root, "tests"));
	return why ? why : load_clauses(r, json_object_get(root, "clauses"));
}

struct results *results_load(const char *path, char *err, size_t size)
{
	struct results *r;
	json_error_t je;
	const char *why;
	json_t *root;
	FILE *f = fopen(path, "r");

	if (!f) {
		snprintf(err, size, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	root = json_loadf(f, 0, &je);
	fclose(f);
	if (!root) {
		snprintf(err, size, "%s is no complete JSON file (line %d: %s); run the suite again",
			 path, je.line, json_error_text(&je));
		return NULL;
	}
	r = results_new();
	why = load_all(r, root);
	json_decref(root);
	if (why) {
		snprintf(err, size, "%s: %s", path, why);
		results_free(r);
		return NULL;
	}
	return r;
}
