// SPDX-License-Identifier: GPL-2.0-only
#include "clause.h"
#include "results.h"
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults;

static void fault(const char *where, int line, const char *what, const char *arg)
{
	cannot("%s:%d: %s%s%s", where, line, what, arg ? ": " : "", arg ? arg : "");
	faults++;
}

static void add_clause(struct catalogue *cat, struct clause *c, const char *path, int line)
{
	if (!c->id)
		return;
	if (!c->level || !c->versions || !c->text || !c->source)
		fault(path, line, "clause lacks level, versions, text or source", c->id);
	else if (strcmp(c->level, "MUST") && strcmp(c->level, "SHOULD") && strcmp(c->level, "MAY"))
		fault(path, line, "level is none of MUST, SHOULD, MAY", c->id);
	cat->clauses = grow(cat->clauses, cat->nr_clauses + 1, sizeof(*c));
	cat->clauses[cat->nr_clauses++] = *c;
	*c = (struct clause){ 0 };
}

static void take_field(struct clause *c, char *line, const char *path, int nr)
{
	const struct {
		const char *name;
		char **field;
	} fields[] = {
		{ "id", &c->id },	  { "level", &c->level },   { "versions", &c->versions },
		{ "text", &c->text },	  { "source", &c->source }, { "exception", &c->exception },
	};
	char *value = strchr(line, ':');

	if (value) {
		*value++ = '\0';
		value += strspn(value, " ");
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
			if (strcmp(line, fields[i].name))
				continue;
			if (*fields[i].field || !*value)
				fault(path, nr, "field empty or given twice", line);
			else
				str_set(fields[i].field, value);
			return;
		}
	}
	fault(path, nr, "not a field of a clause", line);
}

static void load_table(struct catalogue *cat, const char *path)
{
	FILE *f = fopen(path, "r");
	struct clause c = { 0 };
	size_t size = 0;
	char *line = NULL;
	int nr = 0;

	if (!f) {
		fault(path, 0, strerror(errno), NULL);
		return;
	}
	while (getline(&line, &size, f) > 0) {
		nr++;
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		if (!*line)
			add_clause(cat, &c, path, nr);
		else
			take_field(&c, line, path, nr);
	}
	add_clause(cat, &c, path, nr);
	free(line);
	fclose(f);
}

static int is_table(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && !strcmp(dot, ".clauses");
}

static int by_id(const void *a, const void *b)
{
	return strverscmp(((const struct clause *)a)->id, ((const struct clause *)b)->id);
}

static int key_id(const void *key, const void *member)
{
	return strverscmp(key, ((const struct clause *)member)->id);
}

struct clause *catalogue_find(const struct catalogue *cat, const char *id)
{
	return bsearch(id, cat->clauses, cat->nr_clauses, sizeof(*cat->clauses), key_id);
}

static void load_tests(struct catalogue *cat, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t size = 0;
	char *line = NULL, *save;
	int nr = 0;

	if (!f) {
		fault(path, 0, strerror(errno), NULL);
		return;
	}
	while (getline(&line, &size, f) > 0) {
		char *name = strtok_r(line, " \n", &save), *id;
		struct planned_test *t;

		nr++;
		if (!name)
			continue;
		cat->tests = grow(cat->tests, cat->nr_tests + 1, sizeof(*t));
		t = &cat->tests[cat->nr_tests++];
		*t = (struct planned_test){ 0 };
		str_set(&t->name, name);
		while ((id = strtok_r(NULL, " \n", &save))) {
			struct clause *c = catalogue_find(cat, id);

			strv_add(&t->clauses, &t->nr_clauses, id);
			if (c)
				strv_add(&c->tests, &c->nr_tests, name);
			else
				fault(name, nr, "names a clause that no table has", id);
		}
	}
	free(line);
	fclose(f);
}

struct catalogue *catalogue_load(const char *dir, const char *test_list)
{
	struct catalogue *cat = grow(NULL, 1, sizeof(*cat));
	struct dirent **names;
	char path[4096];
	int n = scandir(dir, &names, is_table, alphasort);

	faults = 0;
	*cat = (struct catalogue){ 0 };
	if (n < 0) {
		cannot("cannot read the clause tables in %s: %s; run make", dir, strerror(errno));
		free(cat);
		return NULL;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		load_table(cat, path);
		free(names[i]);
	}
	free(names);
	qsort(cat->clauses, cat->nr_clauses, sizeof(*cat->clauses), by_id);
	for (size_t i = 1; i < cat->nr_clauses; i++)
		if (!strcmp(cat->clauses[i].id, cat->clauses[i - 1].id))
			fault(dir, 0, "clause given twice", cat->clauses[i].id);
	load_tests(cat, test_list);
	return faults ? NULL : cat;
}
