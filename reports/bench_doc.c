// SPDX-License-Identifier: GPL-2.0-only
/* Gathering repetitions into one document of Google Benchmark's schema. */
#include "bench_run.h"
#include "bench_stats.h"
#include "results.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

json_t *bench_doc_new(void)
{
	json_t *doc = json_object();

	json_object_set_new(doc, "context", json_object());
	json_object_set_new(doc, "benchmarks", json_array());
	return doc;
}

static bool is_aggregate(const json_t *b)
{
	const char *type = json_string_value(json_object_get(b, "run_type"));

	return type && !strcmp(type, "aggregate");
}

static const char *run_name(const json_t *b)
{
	const char *name = json_string_value(json_object_get(b, "run_name"));

	return name ? name : json_string_value(json_object_get(b, "name"));
}

/* Keys of an iteration that are not figures of it. */
static bool is_bookkeeping(const char *key)
{
	static const char *const keys[] = { "family_index", "per_family_instance_index",
					    "repetitions", "repetition_index", "threads",
					    "iterations" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/* The figures of @key in @reps into @v; returns how many have one. */
static size_t figures(const json_t *reps, const char *key, double *v)
{
	size_t i, n = 0;
	json_t *b, *x;

	json_array_foreach(reps, i, b) {
		x = json_object_get(b, key);
		if (json_is_number(x))
			v[n++] = json_number_value(x);
	}
	return n;
}

/* One iteration in place of several of the same benchmark: their medians, or what failed. */
static json_t *median_of(const json_t *parts)
{
	double *v = grow(NULL, json_array_size(parts), sizeof(*v));
	json_t *first = json_array_get(parts, 0), *b, *value, *ret;
	json_int_t iterations = 0;
	const char *key;
	size_t i;

	json_array_foreach(parts, i, b) {
		iterations += json_integer_value(json_object_get(b, "iterations"));
		if (json_is_true(json_object_get(b, "error_occurred")))
			first = b;
	}
	ret = json_deep_copy(first);
	json_object_foreach(first, key, value)
		if (json_is_number(value) && !is_bookkeeping(key))
			json_object_set_new(ret, key, json_real(stat_median(v, figures(parts, key, v))));
	json_object_set_new(ret, "iterations", json_integer(iterations));
	free(v);
	return ret;
}

/* The iterations of @all by their name: an object keeps the order in which its keys came. */
static json_t *group(const json_t *all)
{
	json_t *by_name = json_object(), *b, *reps;
	size_t i;

	json_array_foreach(all, i, b) {
		if (is_aggregate(b) || !run_name(b))
			continue;
		reps = json_object_get(by_name, run_name(b));
		if (!reps) {
			reps = json_array();
			json_object_set_new(by_name, run_name(b), reps);
		}
		json_array_append(reps, b);
	}
	return by_name;
}

/* The @nth of @rounds shares of @all, which is an array; none is left out. */
static json_t *share_of(const json_t *all, size_t nth, size_t rounds)
{
	size_t n = json_array_size(all);
	json_t *ret = json_array();

	for (size_t i = n * nth / rounds; i < n * (nth + 1) / rounds; i++)
		json_array_append(ret, json_array_get(all, i));
	return ret;
}

int bench_doc_add(json_t *doc, const json_t *one, int rounds, char *err, size_t size)
{
	json_t *context = json_object_get(one, "context"), *all = json_object_get(doc, "benchmarks");
	json_t *new = json_object_get(one, "benchmarks"), *counts = json_object(), *b, *reps, *by_name;
	const char *name;
	size_t i;

	if (!json_is_object(context) || !json_is_array(new)) {
		snprintf(err, size, "the benchmark program printed no JSON of Google Benchmark");
		json_decref(counts);
		return -1;
	}
	if (!json_object_size(json_object_get(doc, "context")))
		json_object_update(json_object_get(doc, "context"), context);
	json_array_foreach(all, i, b) {
		json_t *n = json_object_get(counts, run_name(b));

		json_object_set_new(counts, run_name(b), json_integer(1 + json_integer_value(n)));
	}
	by_name = group(new);
	json_object_foreach(by_name, name, reps) {
		json_int_t index = json_integer_value(json_object_get(counts, name));

		for (int r = 0; r < rounds; r++) {
			json_t *parts = share_of(reps, r, rounds);

			if (json_array_size(parts)) {
				b = median_of(parts);
				json_object_set_new(b, "repetition_index", json_integer(index++));
				json_array_append_new(all, b);
			}
			json_decref(parts);
		}
	}
	json_decref(by_name);
	json_decref(counts);
	return 0;
}

void bench_doc_add_counts(json_t *doc, const json_t *counted)
{
	json_t *by_name = json_object(), *context = json_object_get(counted, "context"), *b;
	size_t i;

	json_array_foreach(json_object_get(counted, "benchmarks"), i, b)
		if (run_name(b))
			json_object_set(by_name, run_name(b), json_object_get(b, "instructions"));
	json_array_foreach(json_object_get(doc, "benchmarks"), i, b) {
		json_object_del(b, "instructions");
		if (json_is_true(json_object_get(b, "error_occurred")))
			continue;
		json_object_set(b, "instructions", json_object_get(by_name, run_name(b)));
		json_object_del(by_name, run_name(b));
	}
	json_decref(by_name);
	json_object_set(json_object_get(doc, "context"), "instructions",
			json_object_get(context, "instructions"));
}

void bench_doc_context(json_t *doc, const char *key, const char *value)
{
	json_t *context = json_object_get(doc, "context");

	if (!json_object_get(context, key))
		json_object_set_new(context, key, json_string(value));
}

void bench_doc_context_set(json_t *doc, const char *key, const char *value)
{
	json_object_set_new(json_object_get(doc, "context"), key, json_string(value));
}

static double aggregate_of(const char *which, const double *v, size_t n)
{
	double mean = 0;

	for (size_t i = 0; i < n; i++)
		mean += v[i] / n;
	if (!strcmp(which, "mean"))
		return mean;
	if (!strcmp(which, "median"))
		return stat_median(v, n);
	return stat_cv(v, n) * (!strcmp(which, "cv") ? 1 : mean);
}

static json_t *aggregate(json_t *const *reps, size_t n, const char *which)
{
	json_t *a = json_object(), *value;
	double *v = grow(NULL, n, sizeof(*v));
	char name[1024];
	const char *key;

	snprintf(name, sizeof(name), "%s_%s", run_name(reps[0]), which);
	json_object_set_new(a, "name", json_string(name));
	json_object_foreach(reps[0], key, value) {
		size_t got = 0;

		if (!strcmp(key, "name") || !strcmp(key, "repetition_index"))
			continue;
		for (size_t i = 0; i < n; i++) {
			json_t *x = json_object_get(reps[i], key);

			if (json_is_number(x))
				v[got++] = json_number_value(x);
		}
		if (json_is_number(value) && !is_bookkeeping(key))
			json_object_set_new(a, key, json_real(aggregate_of(which, v, got)));
		else
			json_object_set(a, key, value);
		/* Right behind it, as Google Benchmark has it. */
		if (!strcmp(key, "threads")) {
			json_object_set_new(a, "aggregate_name", json_string(which));
			json_object_set_new(a, "aggregate_unit",
					    json_string(strcmp(which, "cv") ? "time" : "percentage"));
		}
	}
	json_object_set_new(a, "run_type", json_string("aggregate"));
	json_object_set_new(a, "iterations", json_integer(n));
	free(v);
	return a;
}

void bench_doc_finish(json_t *doc)
{
	static const char *const which[] = { "mean", "median", "stddev", "cv" };
	json_t *by_name = group(json_object_get(doc, "benchmarks")), *b, *reps;
	json_t *sorted = json_array();
	const char *name;
	size_t i;

	json_object_foreach(by_name, name, reps) {
		json_t **good = grow(NULL, json_array_size(reps), sizeof(*good));
		size_t nr = 0;

		json_array_foreach(reps, i, b) {
			json_object_set_new(b, "repetitions", json_integer(json_array_size(reps)));
			json_array_append(sorted, b);
			if (!json_is_true(json_object_get(b, "error_occurred")))
				good[nr++] = b;
		}
		for (i = 0; i < sizeof(which) / sizeof(which[0]) && nr > 1; i++)
			json_array_append_new(sorted, aggregate(good, nr, which[i]));
		free(good);
	}
	json_decref(by_name);
	json_object_set_new(doc, "benchmarks", sorted);
}

int bench_doc_write(const json_t *doc, const char *path, char *err, size_t size)
{
	char tmp[4096];
	FILE *f;
	int bad;

	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	f = fopen(tmp, "w");
	if (f) {
		bad = json_dumpf(doc, f, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) ||
		      fputc('\n', f) == EOF;
		bad |= fclose(f);
		if (!bad && !rename(tmp, path))
			return 0;
		unlink(tmp);
	}
	snprintf(err, size, "cannot write %s: %s", path, strerror(errno));
	return -1;
}
