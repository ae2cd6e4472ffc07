// SPDX-License-Identifier: GPL-2.0-only
#include "bench_history.h"
#include "bench_stats.h"
#include "results.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 1

/* application_id: "VFIO". */
static const char schema[] =
	"BEGIN;"
	"PRAGMA application_id = 1447446863; PRAGMA user_version = 1;"
	"CREATE TABLE run (id INTEGER PRIMARY KEY, date TEXT NOT NULL, git_commit TEXT NOT NULL,"
	" kernel TEXT NOT NULL, backend TEXT NOT NULL, device TEXT NOT NULL, machine TEXT NOT NULL);"
	"CREATE TABLE series (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (id),"
	" name TEXT NOT NULL, floor TEXT, skipped TEXT, manual INTEGER NOT NULL,"
	" UNIQUE (run, name));"
	"CREATE TABLE repetition (series INTEGER NOT NULL REFERENCES series (id),"
	" nr INTEGER NOT NULL, real_ns REAL NOT NULL, cpu_ns REAL, ratio REAL, instructions REAL,"
	" bytes_per_second REAL, items_per_second REAL, PRIMARY KEY (series, nr)) WITHOUT ROWID;"
	"COMMIT;";

struct history {
	sqlite3 *db;
	char *path;
};

static int failed(struct history *h, const char *what, char *err, size_t size)
{
	snprintf(err, size, "%s %s: %s", what, h->path, sqlite3_errmsg(h->db));
	return -1;
}

static int pragma(struct history *h, const char *name)
{
	sqlite3_stmt *s;
	char sql[64];
	int value = -1;

	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	if (!sqlite3_prepare_v2(h->db, sql, -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return value;
}

struct history *history_open(const char *path, bool create, char *err, size_t size)
{
	struct history *h = grow(NULL, 1, sizeof(*h));
	int version;

	*h = (struct history){ 0 };
	str_set(&h->path, path);
	if (!create && access(path, R_OK)) {
		snprintf(err, size, "no history %s: %s; `vfio-compliance bench --save` starts one",
			 path, strerror(errno));
		goto fail;
	}
	if (sqlite3_open_v2(path, &h->db, create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
						 : SQLITE_OPEN_READONLY, NULL)) {
		failed(h, "cannot open", err, size);
		goto fail;
	}
	/* Somebody else may be saving at the same time. */
	sqlite3_busy_timeout(h->db, 10000);
	version = pragma(h, "user_version");
	if (create && version == 0 && pragma(h, "schema_version") == 0) {
		if (sqlite3_exec(h->db, schema, NULL, NULL, NULL)) {
			failed(h, "cannot start", err, size);
			goto fail;
		}
	} else if (version != VERSION || pragma(h, "application_id") != 1447446863) {
		snprintf(err, size, version > VERSION ? "%s was written by a later version"
						      : "%s is not a history of benchmarks", path);
		goto fail;
	}
	return h;
fail:
	history_close(h);
	return NULL;
}

void history_close(struct history *h)
{
	sqlite3_close(h->db);
	free(h->path);
	free(h);
}

int history_default_path(char *buf, size_t size, bool create)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data == '/')
		snprintf(buf, size, "%s/vfio-compliance/bench.db", data);
	else if (home && *home == '/')
		snprintf(buf, size, "%s/.local/share/vfio-compliance/bench.db", home);
	else
		return -1;
	for (char *p = buf + 1; create && (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(buf, 0777);
		*p = '/';
	}
	return 0;
}

static void bind_text(sqlite3_stmt *s, int at, const char *text)
{
	if (text)
		sqlite3_bind_text(s, at, text, -1, SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(s, at);
}

static void bind_real(sqlite3_stmt *s, int at, double v)
{
	if (isfinite(v))
		sqlite3_bind_double(s, at, v);
	else
		sqlite3_bind_null(s, at);
}

/* Run a prepared INSERT once more. */
static bool insert(sqlite3_stmt *s)
{
	bool good = sqlite3_step(s) == SQLITE_DONE;

	return sqlite3_reset(s) == SQLITE_OK && good;
}

static bool save_series(struct history *h, const struct bench_series *b, long run,
			sqlite3_stmt *series, sqlite3_stmt *rep)
{
	long id;

	sqlite3_bind_int64(series, 1, run);
	bind_text(series, 2, b->name);
	bind_text(series, 3, b->floor);
	bind_text(series, 4, b->skipped);
	sqlite3_bind_int(series, 5, b->manual);
	if (!insert(series))
		return false;
	id = sqlite3_last_insert_rowid(h->db);
	for (size_t i = 0; i < b->nr; i++) {
		const struct bench_rep *r = &b->rep[i];
		const double v[] = { r->time, r->cpu, r->ratio, r->instructions, r->bytes, r->items };

		sqlite3_bind_int64(rep, 1, id);
		sqlite3_bind_int64(rep, 2, i);
		for (int k = 0; k < 6; k++)
			bind_real(rep, 3 + k, v[k]);
		if (!insert(rep))
			return false;
	}
	return true;
}

long history_save(struct history *h, const struct bench_run *run, char *err, size_t size)
{
	const char *head[] = { run->date, run->commit, run->kernel, run->backend, run->device,
			       run->machine };
	sqlite3_stmt *s_run = NULL, *s_series = NULL, *s_rep = NULL;
	bool good;
	long id = -1;

	good = !sqlite3_exec(h->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) &&
	       !sqlite3_prepare_v2(h->db, "INSERT INTO run VALUES (NULL, ?, ?, ?, ?, ?, ?)", -1,
				   &s_run, NULL) &&
	       !sqlite3_prepare_v2(h->db, "INSERT INTO series VALUES (NULL, ?, ?, ?, ?, ?)", -1,
				   &s_series, NULL) &&
	       !sqlite3_prepare_v2(h->db, "INSERT INTO repetition VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				   -1, &s_rep, NULL);
	if (good) {
		for (int i = 0; i < 6; i++)
			bind_text(s_run, 1 + i, head[i] ? head[i] : "");
		good = insert(s_run);
		id = sqlite3_last_insert_rowid(h->db);
	}
	for (size_t i = 0; good && i < run->nr; i++)
		good = save_series(h, &run->series[i], id, s_series, s_rep);
	if (!good || sqlite3_exec(h->db, "COMMIT", NULL, NULL, NULL))
		id = failed(h, "cannot save to", err, size);
	sqlite3_finalize(s_run);
	sqlite3_finalize(s_series);
	sqlite3_finalize(s_rep);
	if (id < 0)
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	return id;
}

static const char *column(sqlite3_stmt *s, int i)
{
	const char *t = (const char *)sqlite3_column_text(s, i);

	return t ? t : "";
}

static double real_column(sqlite3_stmt *s, int i)
{
	return sqlite3_column_type(s, i) == SQLITE_NULL ? NAN : sqlite3_column_double(s, i);
}

static struct bench_run *run_of_row(sqlite3_stmt *s)
{
	struct bench_run *r = grow(NULL, 1, sizeof(*r));

	*r = (struct bench_run){ .id = sqlite3_column_int64(s, 0) };
	str_set(&r->date, column(s, 1));
	str_set(&r->commit, column(s, 2));
	str_set(&r->kernel, column(s, 3));
	str_set(&r->backend, column(s, 4));
	str_set(&r->device, column(s, 5));
	str_set(&r->machine, column(s, 6));
	return r;
}

int history_list(struct history *h, struct bench_run ***runs, size_t *nr, char *err, size_t size)
{
	sqlite3_stmt *s;
	int ret;

	*runs = NULL;
	*nr = 0;
	if (sqlite3_prepare_v2(h->db, "SELECT * FROM run ORDER BY id", -1, &s, NULL))
		return failed(h, "cannot read", err, size);
	while ((ret = sqlite3_step(s)) == SQLITE_ROW) {
		*runs = grow(*runs, *nr + 1, sizeof(**runs));
		(*runs)[(*nr)++] = run_of_row(s);
	}
	sqlite3_finalize(s);
	return ret == SQLITE_DONE ? 0 : failed(h, "cannot read", err, size);
}

struct bench_run *history_load(struct history *h, long id, char *err, size_t size)
{
	static const char sql[] =
		"SELECT s.name, s.floor, s.skipped, r.real_ns, r.cpu_ns, r.ratio, r.instructions,"
		" r.bytes_per_second, r.items_per_second, s.manual FROM series s LEFT JOIN repetition r"
		" ON r.series = s.id WHERE s.run = ? ORDER BY s.id, r.nr";
	struct bench_run *run = NULL;
	sqlite3_stmt *s = NULL;
	int ret;

	if (!sqlite3_prepare_v2(h->db, "SELECT * FROM run WHERE id = ?", -1, &s, NULL)) {
		sqlite3_bind_int64(s, 1, id);
		if (sqlite3_step(s) == SQLITE_ROW)
			run = run_of_row(s);
	}
	sqlite3_finalize(s);
	if (!run) {
		snprintf(err, size, "no run %ld in %s; `vfio-compliance bench history` lists them", id,
			 h->path);
		return NULL;
	}
	ret = sqlite3_prepare_v2(h->db, sql, -1, &s, NULL);
	sqlite3_bind_int64(s, 1, id);
	while (!ret && (ret = sqlite3_step(s)) == SQLITE_ROW) {
		struct bench_series *b = bench_run_add(run, column(s, 0));
		struct bench_rep *r;

		ret = 0;
		b->manual = sqlite3_column_int(s, 9);
		if (sqlite3_column_type(s, 1) != SQLITE_NULL)
			str_set(&b->floor, column(s, 1));
		if (sqlite3_column_type(s, 2) != SQLITE_NULL)
			str_set(&b->skipped, column(s, 2));
		if (sqlite3_column_type(s, 3) == SQLITE_NULL)
			continue;
		r = bench_series_add(b);
		*r = (struct bench_rep){ real_column(s, 3), real_column(s, 4), real_column(s, 5),
					 real_column(s, 6), real_column(s, 7), real_column(s, 8) };
	}
	sqlite3_finalize(s);
	if (ret != SQLITE_DONE) {
		failed(h, "cannot read", err, size);
		bench_run_free(run);
		return NULL;
	}
	return run;
}

static struct history_series *find_series(struct history_series **all, size_t *nr,
					  const char *name, const struct bench_run *run)
{
	struct history_series *s;

	for (size_t i = 0; i < *nr; i++) {
		s = &(*all)[i];
		if (!strcmp(s->name, name) && !strcmp(s->backend, run->backend) &&
		    !strcmp(s->device, run->device) && !strcmp(s->machine, run->machine))
			return s;
	}
	*all = grow(*all, *nr + 1, sizeof(**all));
	s = &(*all)[(*nr)++];
	*s = (struct history_series){ 0 };
	str_set(&s->name, name);
	str_set(&s->backend, run->backend);
	str_set(&s->device, run->device);
	str_set(&s->machine, run->machine);
	return s;
}

static void add_point(struct history_series *s, const struct bench_run *run,
		      const struct bench_series *b)
{
	struct history_point *p;

	s->point = grow(s->point, s->nr + 1, sizeof(*s->point));
	p = &s->point[s->nr++];
	*p = (struct history_point){ .id = run->id };
	str_set(&p->commit, run->commit);
	str_set(&p->date, run->date);
	str_set(&p->kernel, run->kernel);
	for (int m = 0; m < BENCH_METRICS; m++)
		p->value[m] = bench_median(b, m);
}

static void free_point(struct history_point *p)
{
	free(p->commit);
	free(p->date);
	free(p->kernel);
}

int history_series(struct history *h, size_t last, struct history_series **series, size_t *nr,
		   char *err, size_t size)
{
	struct bench_run **runs;
	size_t nr_runs;
	int ret = history_list(h, &runs, &nr_runs, err, size);

	*series = NULL;
	*nr = 0;
	for (size_t i = 0; i < nr_runs; i++) {
		struct bench_run *run = ret ? NULL : history_load(h, runs[i]->id, err, size);

		ret |= !run;
		for (size_t j = 0; run && j < run->nr; j++)
			if (run->series[j].nr)
				add_point(find_series(series, nr, run->series[j].name, run), run,
					  &run->series[j]);
		bench_run_free(run);
		bench_run_free(runs[i]);
	}
	free(runs);
	for (size_t i = 0; last && i < *nr; i++) {
		struct history_series *s = &(*series)[i];
		size_t drop = s->nr > last ? s->nr - last : 0;

		for (size_t j = 0; j < drop; j++)
			free_point(&s->point[j]);
		memmove(s->point, s->point + drop, (s->nr - drop) * sizeof(*s->point));
		s->nr -= drop;
	}
	if (ret) {
		history_series_free(*series, *nr);
		return -1;
	}
	return 0;
}

void history_series_free(struct history_series *series, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < series[i].nr; j++)
			free_point(&series[i].point[j]);
		free(series[i].point);
		free(series[i].name);
		free(series[i].backend);
		free(series[i].device);
		free(series[i].machine);
	}
	free(series);
}
