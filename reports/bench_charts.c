// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a run's plots show. Names say it: FAMILY/KEY:VALUE/KEY:VALUE. The key of
 * most values is the axis, the others tell lines apart; benchmarks that count
 * bytes are plotted by throughput, the others by time.
 */
#include "bench_html.h"
#include "results.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ARGS	6
#define MAX_LINES	8	/* of one chart; with more each family has its own */

struct arg {
	char key[48];
	char value[48];
};

struct point {
	const struct bench_series *series;
	char family[256];
	struct arg arg[MAX_ARGS];
	int nr_args;
	int x;			/* which argument is the axis; -1: none */
	bool bytes;
};

static void parse_name(struct point *p)
{
	const char *s = p->series->name;
	size_t len = strcspn(s, "/");

	snprintf(p->family, sizeof(p->family), "%.*s", (int)len, s);
	for (s += len; *s; s += len) {
		const char *colon;

		len = strcspn(++s, "/");
		colon = memchr(s, ':', len);
		if (!colon && !isdigit((unsigned char)*s)) {
			/* A part of the name, not an argument. */
			snprintf(p->family + strlen(p->family), sizeof(p->family) - strlen(p->family),
				 "/%.*s", (int)len, s);
			continue;
		}
		if (p->nr_args == MAX_ARGS)
			return;
		snprintf(p->arg[p->nr_args].key, sizeof(p->arg[0].key), "%.*s",
			 colon ? (int)(colon - s) : 0, s);
		snprintf(p->arg[p->nr_args].value, sizeof(p->arg[0].value), "%.*s",
			 colon ? (int)(s + len - colon - 1) : (int)len, colon ? colon + 1 : s);
		p->nr_args++;
	}
}

static bool is_number(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

/* In how many values does argument @arg of this family come? Not numbers: 0. */
static int distinct(const struct point *all, size_t n, const struct point *p, int arg)
{
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		bool seen = false;

		if (strcmp(all[i].family, p->family) || all[i].nr_args <= arg)
			continue;
		if (!is_number(all[i].arg[arg].value))
			return 0;
		for (size_t j = 0; j < i && !seen; j++)
			seen = !strcmp(all[j].family, p->family) && all[j].nr_args > arg &&
			       !strcmp(all[j].arg[arg].value, all[i].arg[arg].value);
		count += !seen;
	}
	return count;
}

static void find_axis(const struct point *all, size_t n, struct point *p)
{
	int best = 1;

	p->x = -1;
	for (int a = 0; a < p->nr_args; a++) {
		int d = distinct(all, n, p, a);

		if (d > best) {
			best = d;
			p->x = a;
		}
	}
}

static const char *axis_name(const struct point *p)
{
	if (*p->arg[p->x].key)
		return p->arg[p->x].key;
	return p->bytes ? "chunk" : "argument";
}

static void line_name(const struct point *p, char *buf, size_t size)
{
	size_t n = snprintf(buf, size, "%s", p->family);

	for (int a = 0; a < p->nr_args && n < size; a++)
		if (a != p->x)
			n += snprintf(buf + n, size - n, " %s%s%s", p->arg[a].key,
				      *p->arg[a].key ? " " : "", p->arg[a].value);
}

static int by_number(const void *a, const void *b)
{
	unsigned long long x = strtoull(*(const char *const *)a, NULL, 10);
	unsigned long long y = strtoull(*(const char *const *)b, NULL, 10);

	return (x > y) - (x < y);
}

/* 65536 is 64 Ki where it is a size. */
static void axis_label(const char *value, bool size, char *buf, size_t room)
{
	static const char *const unit[] = { "", " KiB", " MiB", " GiB" };
	unsigned long long v = strtoull(value, NULL, 10);
	int u = 0;

	while (size && v && v % 1024 == 0 && u < 3) {
		v /= 1024;
		u++;
	}
	snprintf(buf, room, "%llu%s", v, unit[u]);
}

static json_t *real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

/* One chart of the @n points given, which share kind and axis. */
static json_t *chart(struct point **p, size_t n, const char *id, const char *family)
{
	json_t *o = json_object(), *labels = json_array(), *sets = json_object(), *out = json_array();
	const char **x = grow(NULL, n, sizeof(*x)), *name;
	const char *axis = axis_name(p[0]);
	bool size = strstr(axis, "size") || strstr(axis, "chunk") || strstr(axis, "bytes") ||
		    strstr(axis, "range");
	size_t nr_x = 0, i;
	char buf[512];
	json_t *v;

	for (i = 0; i < n; i++) {
		size_t j;

		for (j = 0; j < nr_x && strcmp(x[j], p[i]->arg[p[i]->x].value); j++)
			;
		if (j == nr_x)
			x[nr_x++] = p[i]->arg[p[i]->x].value;
	}
	qsort(x, nr_x, sizeof(*x), by_number);
	for (i = 0; i < nr_x; i++) {
		axis_label(x[i], size, buf, sizeof(buf));
		json_array_append_new(labels, json_string(buf));
	}
	for (i = 0; i < n; i++) {
		size_t j;

		line_name(p[i], buf, sizeof(buf));
		v = json_object_get(sets, buf);
		if (!v) {
			v = json_array();
			for (j = 0; j < nr_x; j++)
				json_array_append_new(v, json_null());
			json_object_set_new(sets, buf, v);
		}
		for (j = 0; strcmp(x[j], p[i]->arg[p[i]->x].value); j++)
			;
		json_array_set_new(v, j, real_or_null(p[i]->bytes ? bench_bytes(p[i]->series)
							: bench_median(p[i]->series, BENCH_TIME)));
	}
	json_object_foreach(sets, name, v)
		json_array_append_new(out, json_pack("{s:s, s:O}", "label", name, "values", v));
	json_decref(sets);
	snprintf(buf, sizeof(buf), "%s by %s%s%s", p[0]->bytes ? "Throughput" : "Latency",
		 !strcmp(axis, "mappings") ? "number of mappings" : axis, family ? ": " : "",
		 family ? family : "");
	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "title", json_string(buf));
	json_object_set_new(o, "x", json_string(axis));
	json_object_set_new(o, "y", json_string(p[0]->bytes ? "bytes a second" : "time of one"));
	json_object_set_new(o, "unit", json_string(p[0]->bytes ? "B/s" : "ns"));
	json_object_set_new(o, "log", json_true());
	json_object_set_new(o, "labels", labels);
	json_object_set_new(o, "sets", out);
	free(x);
	return o;
}

static json_t *ratio_chart(const struct bench_run *run)
{
	json_t *labels = json_array(), *values = json_array();

	for (size_t i = 0; i < run->nr; i++) {
		double ratio = bench_median(&run->series[i], BENCH_RATIO);

		if (!(ratio > 0))
			continue;
		json_array_append_new(labels, json_string(run->series[i].name));
		json_array_append_new(values, json_real(ratio));
	}
	if (!json_array_size(labels)) {
		json_decref(labels);
		json_decref(values);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:i, s:o, s:[{s:s, s:o}]}", "id",
			 "ratios", "title", "Ratio to the floor", "x", "", "y",
			 "times the floor (dashed: as fast as the floor)", "unit", "", "log", 1,
			 "horizontal", 1, "baseline", 1, "labels", labels, "sets", "label", "ratio",
			 "values", values);
}

static bool same_chart(const struct point *a, const struct point *b)
{
	return a->bytes == b->bytes && !strcmp(axis_name(a), axis_name(b));
}

/* Charts of all points like @first, which are marked as done by x = -1. */
static void add_charts(json_t *charts, struct point *all, size_t n, const struct point *first)
{
	struct point like = *first, **p = grow(NULL, n, sizeof(*p));
	size_t nr = 0, lines = 0;
	char seen[512], name[512], id[32];

	for (size_t i = 0; i < n; i++)
		if (all[i].x >= 0 && same_chart(&like, &all[i]))
			p[nr++] = &all[i];
	for (size_t i = 0; i < nr; i++) {
		bool is_new = true;

		line_name(p[i], name, sizeof(name));
		for (size_t j = 0; j < i && is_new; j++) {
			line_name(p[j], seen, sizeof(seen));
			is_new = strcmp(name, seen);
		}
		lines += is_new;
	}
	if (lines <= MAX_LINES) {
		snprintf(id, sizeof(id), "chart-%zu", json_array_size(charts));
		json_array_append_new(charts, chart(p, nr, id, NULL));
		for (size_t i = 0; i < nr; i++)
			p[i]->x = -1;
	}
	while (lines > MAX_LINES) {
		struct point **some = grow(NULL, nr, sizeof(*some));
		size_t nr_some = 0;

		for (size_t i = 0; i < nr; i++)
			if (p[i]->x >= 0 && (!nr_some || !strcmp(p[i]->family, some[0]->family)))
				some[nr_some++] = p[i];
		snprintf(id, sizeof(id), "chart-%zu", json_array_size(charts));
		if (nr_some)
			json_array_append_new(charts, chart(some, nr_some, id, some[0]->family));
		for (size_t i = 0; i < nr_some; i++)
			some[i]->x = -1;
		free(some);
		if (!nr_some)
			break;
	}
	free(p);
}

json_t *bench_charts_of_run(const struct bench_run *run)
{
	struct point *all = grow(NULL, run->nr + 1, sizeof(*all));
	json_t *charts = json_array(), *ratios = ratio_chart(run);
	size_t n = 0;

	for (size_t i = 0; i < run->nr; i++) {
		if (!run->series[i].nr)
			continue;
		all[n] = (struct point){ .series = &run->series[i] };
		all[n].bytes = isfinite(bench_bytes(all[n].series));
		parse_name(&all[n++]);
	}
	for (size_t i = 0; i < n; i++)
		find_axis(all, n, &all[i]);
	/* Throughput first. */
	for (int bytes = 1; bytes >= 0; bytes--)
		for (size_t i = 0; i < n; i++)
			if (all[i].x >= 0 && all[i].bytes == bytes)
				add_charts(charts, all, n, &all[i]);
	if (ratios)
		json_array_append_new(charts, ratios);
	free(all);
	return charts;
}

json_t *bench_chart_of_trend(const struct bench_trend *t, size_t nr)
{
	json_t *labels = json_array(), *values = json_array(), *levels = json_array();
	json_t *marks = json_array(), *sets;
	size_t next = 0;
	char buf[64];

	for (size_t i = 0; i < t->nr; i++) {
		const struct history_point *p = &t->series->point[t->point[i]];
		double level;

		snprintf(buf, sizeof(buf), "%ld %.10s", p->id, p->commit);
		json_array_append_new(labels, json_string(buf));
		json_array_append_new(values, json_real(t->value[i]));
		if (next < t->nr_changes && t->change[next].at == i) {
			json_array_append_new(marks, json_integer(i));
			next++;
		}
		if (t->nr_changes) {
			level = next ? t->change[next - 1].after : t->change[0].before;
			json_array_append_new(levels, json_real(level));
		}
	}
	snprintf(buf, sizeof(buf), "trend-%zu", nr);
	sets = json_pack("[{s:s, s:o, s:o, s:i}]", "label", "median", "values", values, "marks",
			 marks, "colour", 0);
	if (t->nr_changes)
		json_array_append_new(sets, json_pack("{s:s, s:O, s:b, s:i}", "label", "level",
						      "values", levels, "dashed", 1, "colour", 1));
	json_decref(levels);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o}", "id", buf, "title",
			 t->series->name, "x", "run", "y", bench_metric_names[t->metric], "unit",
			 bench_is_time(t->metric) ? "ns" : "", "log", 0, "labels", labels, "sets",
			 sets);
}
