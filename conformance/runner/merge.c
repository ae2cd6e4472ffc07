// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-compliance merge: the cells that many machines did, as one report.
 *
 * The report is a function of the set of cells and of the plan, and both are
 * kept in it; so it can be merged again, in any order and any number of times.
 */
#include "html.h"
#include "join.h"
#include "plan.h"
#include "results.h"
#include "runner.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct done_cell {
	char *id;
	struct results *r;
};

struct merge {
	struct plan plan;
	struct done_cell *cells;
	size_t nr_cells;
	struct { char *name; struct results *r; } *configs;
	size_t nr_configs;
	const struct catalogue *cat;
	bool full;
};

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance merge -o DIR [--plan FILE]... [--full] INPUT...\n"
	      "\n"
	      "An INPUT is the directory of a shard (`run --shard`, `run --cell`) or of a merge.\n"
	      "DIR becomes the report of all of them: that of one configuration, or of several\n"
	      "with their names in front of the tests' and each one's own in configurations/.\n"
	      "Tests of a cell that nobody has done are missing.\n"
	      "\n"
	      "  --plan FILE  cells that have to be there, beside those the inputs know of\n"
	      "  --full       keep the times of tests, and the logs of those that held; without it\n"
	      "               the same verdicts make the same files, on however many machines (all\n"
	      "               stands in cells/)\n"
	      "  -v           print every test\n", f);
}

static struct done_cell *find_cell(struct merge *m, const char *id)
{
	for (size_t i = 0; i < m->nr_cells; i++)
		if (!strcmp(m->cells[i].id, id))
			return &m->cells[i];
	return NULL;
}

static int take_cell(struct merge *m, const char *path)
{
	char why[512];
	struct results *r = results_load(path, why, sizeof(why));
	struct done_cell *c;

	if (!r)
		return cannot("%s", why);
	c = *r->cell ? find_cell(m, r->cell) : NULL;
	if (!*r->cell) {
		results_free(r);
		return cannot("%s is of no cell", path);
	}
	if (!c) {
		m->cells = grow(m->cells, m->nr_cells + 1, sizeof(*c));
		c = &m->cells[m->nr_cells++];
		*c = (struct done_cell){ .r = results_new() };
		str_set(&c->id, r->cell);
	}
	results_join(c->r, r, true);
	results_free(r);
	return 0;
}

static int take_input(struct merge *m, const char *dir)
{
	char path[4096];
	struct dirent *d;
	int ret = 0;
	DIR *cells;

	snprintf(path, sizeof(path), "%s/cells", dir);
	cells = opendir(path);
	if (!cells)
		return cannot("cannot read %s: %s; give the directory of a shard or of a merge", path,
			      strerror(errno));
	snprintf(path, sizeof(path), "%s/plan.jsonl", dir);
	ret = plan_load(&m->plan, path);
	while (!ret && (d = readdir(cells))) {
		size_t len = strlen(d->d_name);

		if (*d->d_name == '.' || len < 5 || strcmp(d->d_name + len - 5, ".json"))
			continue;
		if (snprintf(path, sizeof(path), "%s/cells/%s", dir, d->d_name) >= (int)sizeof(path))
			ret = cannot("the path of %s is too long", dir);
		else
			ret = take_cell(m, path);
	}
	closedir(cells);
	return ret;
}

static void add_missing(struct results *r, const char *name, const char *id)
{
	struct test_result *t = results_find_test(r, name);
	char reason[256];

	if (t)
		return;
	t = results_add_test(r, name);
	snprintf(reason, sizeof(reason), "no result of cell %s", id);
	str_set(&t->reason, reason);
}

/* What a cell would have told, had somebody done it. */
static void absent_cell(struct merge *m, struct results *r, const struct cell *c)
{
	const char *backend = c->v[CELL_BACKEND];
	struct results *none = results_new();
	char *name;

	if (!strcmp(c->v[CELL_KIND], "fuzz")) {
		name = cell_fuzz_test(c);
		add_missing(none, name, c->id);
		free(name);
	}
	for (size_t i = 0; i < m->cat->nr_tests; i++) {
		const struct planned_test *p = &m->cat->tests[i];
		struct test_result *t;

		if (!cell_has_test(c, p->name))
			continue;
		add_missing(none, p->name, c->id);
		t = &none->tests[none->nr_tests - 1];
		for (size_t j = 0; j < p->nr_clauses; j++)
			strv_add(&t->clauses, &t->nr_clauses, p->clauses[j]);
	}
	for (size_t i = 0; i < m->cat->nr_clauses && *backend; i++)
		results_add_clause(none, m->cat->clauses[i].id, m->cat->clauses[i].level,
				   m->cat->clauses[i].text);
	results_join(r, none, false);
	results_free(none);
}

static struct results *configuration(struct merge *m, const char *name)
{
	for (size_t i = 0; i < m->nr_configs; i++)
		if (!strcmp(m->configs[i].name, name))
			return m->configs[i].r;
	m->configs = grow(m->configs, m->nr_configs + 1, sizeof(*m->configs));
	m->configs[m->nr_configs].name = NULL;
	str_set(&m->configs[m->nr_configs].name, name);
	m->configs[m->nr_configs].r = results_new();
	return m->configs[m->nr_configs++].r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A configuration of which no cell came is known from its plan alone. */
static void name_configuration(struct results *r, const struct cell *c)
{
	if (!*r->backend)
		str_set(&r->backend, !strcmp(c->v[CELL_BACKEND], "vm") ||
			!strcmp(c->v[CELL_BACKEND], "host") ? "kernel" : "core");
	if (!*r->kernel)
		str_set(&r->kernel, *c->v[CELL_KERNEL] ? c->v[CELL_KERNEL] : "unknown");
}

static int put_together(struct merge *m)
{
	for (size_t i = 0; i < m->nr_cells; i++)
		if (!plan_find(&m->plan, m->cells[i].id))
			return cannot("cell %s is in no plan; give its plan with --plan",
				      m->cells[i].id);
	for (size_t i = 0; i < m->plan.nr; i++) {
		const struct cell *c = &m->plan.cells[i];
		struct done_cell *done = find_cell(m, c->id);
		char *name = cell_configuration(c);

		if (done)
			results_join(configuration(m, name), done->r, false);
		free(name);
	}
	for (size_t i = 0; i < m->plan.nr; i++) {
		const struct cell *c = &m->plan.cells[i];
		char *name = cell_configuration(c);
		struct results *r = configuration(m, name);

		if (!find_cell(m, c->id))
			absent_cell(m, r, c);
		name_configuration(r, c);
		free(name);
	}
	qsort(m->configs, m->nr_configs, sizeof(*m->configs), by_name);
	for (size_t i = 0; i < m->nr_configs; i++) {
		struct results *r = m->configs[i].r;

		str_set(&r->cell, "");
		for (size_t j = 0; j < r->nr_tests && !m->full; j++) {
			r->tests[j].ms = 0;
			/* A backtrace that was expected has addresses of that run. */
			if (!status_is_bad(r->tests[j].status))
				str_set(&r->tests[j].log, "");
		}
		results_finish(r);
	}
	return 0;
}

/* plan.jsonl, cells/ and configurations/ of the report. */
static int write_more(const char *dir, void *ctx)
{
	struct merge *m = ctx;
	char path[4200], why[600];
	FILE *f;
	int ret;

	snprintf(path, sizeof(path), "%s/plan.jsonl", dir);
	f = fopen(path, "w");
	if (!f)
		return -1;
	ret = plan_write(&m->plan, f);
	if (fclose(f) || ret)
		return -1;
	snprintf(path, sizeof(path), "%s/cells", dir);
	if (mkdir(path, 0777))
		return -1;
	for (size_t i = 0; i < m->nr_cells; i++) {
		snprintf(path, sizeof(path), "%s/cells/%s.json", dir, m->cells[i].id);
		results_finish(m->cells[i].r);
		if (results_write_json(m->cells[i].r, path))
			return -1;
	}
	for (size_t i = 0; i < m->nr_configs && m->nr_configs > 1; i++) {
		snprintf(path, sizeof(path), "%s/configurations/%s", dir, m->configs[i].name);
		if (report_write(m->configs[i].r, path, why, sizeof(why)))
			return -1;
	}
	return 0;
}

static int write_report(struct merge *m, const char *out, bool verbose)
{
	struct results *all = m->nr_configs == 1 ? m->configs[0].r : results_new();
	struct html_run *runs = grow(NULL, m->nr_configs + 1, sizeof(*runs));
	struct html_extra html = { .runs = runs, .nr_runs = m->nr_configs };
	struct report_extra x = { .html = &html, .more = write_more, .ctx = m };
	char why[600], *prefix = NULL;
	int ret;

	for (size_t i = 0; i < m->nr_configs; i++) {
		prefix = NULL;
		str_set(&prefix, m->configs[i].name);
		str_append(&prefix, "/");
		runs[i] = (struct html_run){ .r = m->configs[i].r, .name = m->configs[i].name,
					     .prefix = prefix };
	}
	for (size_t i = 0; i < m->nr_configs && m->nr_configs > 1; i++)
		results_append(all, m->configs[i].r, m->configs[i].name);
	if (m->nr_configs > 1)
		results_finish(all);
	ret = results_exit_status(all);
	if (report_write_with(all, out, &x, why, sizeof(why)))
		return cannot("%s", why);
	text_print(all, out, verbose);
	printf("Cells: %zu planned, %zu done, %zu missing\n", m->plan.nr, m->nr_cells,
	       m->plan.nr - m->nr_cells);
	return ret;
}

int cmd_merge(int argc, char **argv)
{
	static const struct option options[] = {
		{ "plan", required_argument, NULL, 'p' }, { "output", required_argument, NULL, 'o' },
		{ "full", no_argument, NULL, 'F' },	  { "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },	  { 0 }
	};
	struct merge m = { .cat = NULL };
	const char *out = NULL;
	bool verbose = false;
	int opt, ret = 0;

	while (!ret && (opt = getopt_long(argc, argv, "o:vh", options, NULL)) != -1) {
		switch (opt) {
		case 'p': ret = plan_load(&m.plan, optarg); break;
		case 'o': out = optarg; break;
		case 'F': m.full = true; break;
		case 'v': verbose = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (ret)
		return ret;
	if (!out || (optind == argc && !m.plan.nr))
		return cannot("merge needs -o DIR and what to merge; see `vfio-compliance merge -h`");
	m.cat = catalogue_load(path_clauses(), path_test_list());
	if (!m.cat)
		return EXIT_CANNOT;
	for (; optind < argc && !ret; optind++)
		ret = take_input(&m, argv[optind]);
	if (!ret)
		ret = put_together(&m);
	return ret ? ret : write_report(&m, out, verbose);
}
