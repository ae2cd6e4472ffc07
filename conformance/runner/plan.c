// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"
#include "results.h"
#include "runner.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SLUG	40	/* of an id, in front of its hash */

const char *const cell_field_names[CELL_FIELDS] = {
	"kind", "backend", "kernel", "shape", "device", "suite", "target", "engine", "seconds",
};

/* FNV-1a over the fields, each with its terminating zero. */
static uint64_t hash_fields(const char *const v[CELL_FIELDS], int skip)
{
	uint64_t h = 0xcbf29ce484222325;

	for (int i = 0; i < CELL_FIELDS; i++) {
		const char *p = i == skip ? "" : v[i];

		do {
			h = (h ^ (unsigned char)*p) * 0x100000001b3;
		} while (*p++);
	}
	return h;
}

/* Something to recognise it by, in letters that every engine takes; then the hash. */
static char *make_id(const char *const v[CELL_FIELDS], int skip)
{
	char slug[SLUG + 1] = "", buf[SLUG + 16], *id = NULL;
	size_t n = 0;

	for (int i = CELL_BACKEND; i < CELL_FIELDS; i++) {
		if (i == skip || !*v[i])
			continue;
		for (const char *p = v[i]; *p && n < SLUG; p++)
			slug[n++] = isalnum((unsigned char)*p) ? *p : '_';
		if (n < SLUG)
			slug[n++] = '-';
	}
	while (n && (slug[n - 1] == '-' || slug[n - 1] == '_'))
		n--;
	slug[n] = '\0';
	snprintf(buf, sizeof(buf), "%s-%010llx", slug,
		 (unsigned long long)(hash_fields(v, skip) & 0xffffffffff));
	str_set(&id, buf);
	return id;
}

char *cell_configuration(const struct cell *cell)
{
	char *name = NULL;

	if (strcmp(cell->v[CELL_KIND], "fuzz"))
		return make_id((const char *const *)cell->v, CELL_SUITE);
	str_set(&name, "fuzz");
	return name;
}

bool cell_has_test(const struct cell *cell, const char *test)
{
	char *glob = cell->v[CELL_SUITE];

	return !strcmp(cell->v[CELL_KIND], "conform") &&
	       test_selected(test, &glob, strcmp(glob, "all") ? 1 : 0);
}

char *cell_fuzz_test(const struct cell *cell)
{
	char *name = NULL;

	str_set(&name, "fuzz/");
	str_append(&name, cell->v[CELL_TARGET]);
	str_append(&name, ".");
	str_append(&name, cell->v[CELL_ENGINE]);
	return name;
}

const struct cell *plan_find(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->nr; i++)
		if (!strcmp(plan->cells[i].id, id))
			return &plan->cells[i];
	return NULL;
}

struct cell *plan_add(struct plan *plan, const char *const v[CELL_FIELDS])
{
	const char *full[CELL_FIELDS];
	const struct cell *old;
	struct cell *c;
	char *id;

	for (int i = 0; i < CELL_FIELDS; i++)
		full[i] = v[i] ? v[i] : "";
	id = make_id(full, -1);
	old = plan_find(plan, id);
	if (old) {
		free(id);
		return (struct cell *)old;
	}
	plan->cells = grow(plan->cells, plan->nr + 1, sizeof(*c));
	c = &plan->cells[plan->nr++];
	*c = (struct cell){ .id = id };
	for (int i = 0; i < CELL_FIELDS; i++)
		str_set(&c->v[i], full[i]);
	return c;
}

static int load_line(struct plan *plan, const char *line, const char *path, int nr)
{
	const char *v[CELL_FIELDS] = { NULL }, *id = NULL, *key;
	json_error_t je;
	json_t *o = json_loads(line, 0, &je), *value;
	int ret = 0, i;

	if (!json_is_object(o)) {
		json_decref(o);
		return cannot("%s:%d: not a JSON object; `vfio-compliance plan` writes plans", path, nr);
	}
	json_object_foreach(o, key, value) {
		for (i = 0; i < CELL_FIELDS && strcmp(key, cell_field_names[i]); i++)
			;
		if (i < CELL_FIELDS)
			v[i] = json_string_value(value);
		else if (!strcmp(key, "id"))
			id = json_string_value(value);
		else
			ret = cannot("%s:%d: a cell has no field \"%s\"", path, nr, key);
	}
	if (!ret && (!id || !v[CELL_KIND] ||
		     (strcmp(v[CELL_KIND], "conform") && strcmp(v[CELL_KIND], "fuzz"))))
		ret = cannot("%s:%d: a cell without id, or of no known kind", path, nr);
	if (!ret && strcmp(plan_add(plan, v)->id, id))
		ret = cannot("%s:%d: the id %s does not follow from the cell's fields; let "
			     "`vfio-compliance plan` write it", path, nr, id);
	json_decref(o);
	return ret;
}

int plan_load(struct plan *plan, const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	char *line = NULL;
	size_t size = 0;
	int nr = 0, ret = 0;

	if (!f)
		return cannot("cannot read the plan %s: %s", path, strerror(errno));
	while (!ret && getline(&line, &size, f) > 0) {
		nr++;
		if (*line != '\n')
			ret = load_line(plan, line, path, nr);
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return ret;
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct cell *const *)a)->id, (*(const struct cell *const *)b)->id);
}

int plan_write(const struct plan *plan, FILE *f)
{
	const struct cell **order = grow(NULL, plan->nr + 1, sizeof(*order));
	int ret = 0;

	for (size_t i = 0; i < plan->nr; i++)
		order[i] = &plan->cells[i];
	if (plan->nr)
		qsort(order, plan->nr, sizeof(*order), by_id);
	for (size_t i = 0; i < plan->nr && !ret; i++) {
		json_t *o = json_pack("{ss}", "id", order[i]->id);

		for (int j = 0; j < CELL_FIELDS; j++)
			if (*order[i]->v[j])
				json_object_set_new(o, cell_field_names[j],
						    json_string(order[i]->v[j]));
		if (json_dumpf(o, f, JSON_COMPACT) || fputc('\n', f) == EOF)
			ret = -1;
		json_decref(o);
	}
	free(order);
	return ret;
}
