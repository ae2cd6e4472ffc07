// SPDX-License-Identifier: GPL-2.0-only
#include "bench_run.h"
#include "json_text.h"
#include "bench_stats.h"
#include "results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const bench_metric_names[BENCH_METRICS] = { "time", "cpu", "ratio",
							       "instructions" };

struct bench_series *bench_run_add(struct bench_run *run, const char *name)
{
	struct bench_series *s;

	/* Repetitions come in the order of the first: mostly it is the next one. */
	for (size_t i = 0; i < run->nr; i++)
		if (!strcmp(run->series[i].name, name))
			return &run->series[i];
	run->series = grow(run->series, run->nr + 1, sizeof(*run->series));
	s = &run->series[run->nr++];
	*s = (struct bench_series){ 0 };
	str_set(&s->name, name);
	return s;
}

struct bench_rep *bench_series_add(struct bench_series *s)
{
	s->rep = grow(s->rep, s->nr + 1, sizeof(*s->rep));
	s->rep[s->nr] = (struct bench_rep){ NAN, NAN, NAN, NAN, NAN, NAN };
	return &s->rep[s->nr++];
}

const struct bench_series *bench_run_find(const struct bench_run *run, const char *name)
{
	for (size_t i = 0; i < run->nr; i++)
		if (!strcmp(run->series[i].name, name))
			return &run->series[i];
	return NULL;
}

void bench_run_free(struct bench_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->nr; i++) {
		free(run->series[i].name);
		free(run->series[i].skipped);
		free(run->series[i].floor);
		free(run->series[i].rep);
	}
	free(run->series);
	free(run->date);
	free(run->commit);
	free(run->kernel);
	free(run->backend);
	free(run->device);
	free(run->machine);
	free(run);
}

static double number(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

static double unit_ns(const char *unit)
{
	if (!strcmp(unit, "us"))
		return 1e3;
	if (!strcmp(unit, "ms"))
		return 1e6;
	return !strcmp(unit, "s") ? 1e9 : 1;
}

/* The name without what Google Benchmark adds for the way of measuring. */
static void plain_name(const char *name, char *buf, size_t size)
{
	static const char *const added[] = { "/repeats:", "/min_time:", "/min_warmup_time:",
					     "/iterations:", "/manual_time", "/real_time",
					     "/process_time" };
	char *at;

	snprintf(buf, size, "%s", name);
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		at = strstr(buf, added[i]);
		if (at)
			memmove(at, at + 1 + strcspn(at + 1, "/"), strlen(at + 1 + strcspn(at + 1, "/")) + 1);
	}
}

static int take_iteration(struct bench_run *run, const json_t *b, const char *what, char *err,
			  size_t size)
{
	const char *full = json_string_value(json_object_get(b, "run_name"));
	const char *unit = json_string_value(json_object_get(b, "time_unit"));
	struct bench_series *s;
	struct bench_rep *r;
	char name[1024];
	double scale;

	if (!full)
		full = json_string_value(json_object_get(b, "name"));
	if (!full) {
		snprintf(err, size, "%s: a benchmark without a name", what);
		return -1;
	}
	plain_name(full, name, sizeof(name));
	s = bench_run_add(run, name);
	s->manual = strstr(full, "/manual_time");
	if (json_is_true(json_object_get(b, "error_occurred"))) {
		const char *why = json_string_value(json_object_get(b, "error_message"));

		str_set(&s->skipped, why ? why : "no reason given");
		return 0;
	}
	scale = unit_ns(unit ? unit : "ns");
	r = bench_series_add(s);
	r->time = number(b, "real_time") * scale;
	r->cpu = number(b, "cpu_time") * scale;
	r->ratio = number(b, "ratio");
	r->instructions = number(b, "instructions");
	r->bytes = number(b, "bytes_per_second");
	r->items = number(b, "items_per_second");
	if (!(r->time >= 0)) {
		snprintf(err, size, "%s: %s has no real_time", what, name);
		return -1;
	}
	if (!s->floor && json_is_string(json_object_get(b, "label")))
		str_set(&s->floor, json_string_value(json_object_get(b, "label")));
	return 0;
}

struct bench_run *bench_run_from_json(const json_t *doc, const char *what, char *err, size_t size)
{
	const json_t *context = json_object_get(doc, "context"), *b;
	const json_t *all = json_object_get(doc, "benchmarks");
	struct bench_run *run = grow(NULL, 1, sizeof(*run));
	char machine[256];
	size_t i;

	*run = (struct bench_run){ 0 };
	const struct {
		char **to;
		const char *key;
	} keys[] = { { &run->date, "date" },	     { &run->commit, "commit" },
		     { &run->kernel, "kernel" },     { &run->backend, "backend" },
		     { &run->device, "device" },     { &run->machine, "machine" } };

	if (!json_is_object(context) || !json_is_array(all)) {
		snprintf(err, size, "%s is not JSON of Google Benchmark: no context or no benchmarks",
			 what);
		bench_run_free(run);
		return NULL;
	}
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *v = json_string_value(json_object_get(context, keys[i].key));

		str_set(keys[i].to, v ? v : "");
	}
	/* The kernel that matters on the core is the one that it answers as. */
	if (json_is_string(json_object_get(context, "profile")))
		str_set(&run->kernel, json_string_value(json_object_get(context, "profile")));
	/* Other programs of Google Benchmark tell this much. */
	if (!*run->machine && json_is_string(json_object_get(context, "host_name"))) {
		snprintf(machine, sizeof(machine), "%s, %lld processors",
			 json_string_value(json_object_get(context, "host_name")),
			 (long long)json_integer_value(json_object_get(context, "num_cpus")));
		str_set(&run->machine, machine);
	}
	json_array_foreach(all, i, b) {
		const char *type = json_string_value(json_object_get(b, "run_type"));

		if (type && !strcmp(type, "aggregate"))
			continue;
		if (take_iteration(run, b, what, err, size)) {
			bench_run_free(run);
			return NULL;
		}
	}
	if (!run->nr) {
		snprintf(err, size, "%s has no benchmark", what);
		bench_run_free(run);
		return NULL;
	}
	return run;
}

struct bench_run *bench_run_load(const char *path, char *err, size_t size)
{
	json_error_t e;
	json_t *doc;
	struct bench_run *run;

	if (access(path, R_OK)) {
		snprintf(err, size, "cannot read %s: %m", path);
		return NULL;
	}
	doc = json_load_file(path, 0, &e);
	if (!doc) {
		snprintf(err, size, "%s is no complete JSON: line %d: %s", path, e.line, json_error_text(&e));
		return NULL;
	}
	run = bench_run_from_json(doc, path, err, size);
	json_decref(doc);
	return run;
}

size_t bench_values(const struct bench_series *s, enum bench_metric m, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nr; i++) {
		const struct bench_rep *r = &s->rep[i];
		const double of[] = { r->time, r->cpu, r->ratio, r->instructions };
		double v = of[m];

		if (isfinite(v))
			out[n++] = v;
	}
	return n;
}

double bench_median(const struct bench_series *s, enum bench_metric m)
{
	double *v = grow(NULL, s->nr + 1, sizeof(*v)), median;

	median = stat_median(v, bench_values(s, m, v));
	free(v);
	return median;
}

double bench_bytes(const struct bench_series *s)
{
	double *v = grow(NULL, s->nr + 1, sizeof(*v)), median;
	size_t n = 0;

	for (size_t i = 0; i < s->nr; i++)
		if (isfinite(s->rep[i].bytes))
			v[n++] = s->rep[i].bytes;
	median = stat_median(v, n);
	free(v);
	return median;
}

const char *bench_time_text(double ns, char *buf, size_t size)
{
	if (!isfinite(ns))
		snprintf(buf, size, "-");
	else if (ns < 999.5)
		snprintf(buf, size, "%.3g ns", ns);
	else if (ns < 999.5e3)
		snprintf(buf, size, "%.3g us", ns / 1e3);
	else if (ns < 999.5e6)
		snprintf(buf, size, "%.3g ms", ns / 1e6);
	else
		snprintf(buf, size, "%.3g s", ns / 1e9);
	return buf;
}

void bench_machine(char *buf, size_t size)
{
	char *line = NULL, model[256] = "unknown processor", *at;
	FILE *f = fopen("/proc/cpuinfo", "r");
	size_t room = 0;

	while (f && getline(&line, &room, f) > 0)
		if (!strncmp(line, "model name", 10) && (at = strchr(line, ':'))) {
			snprintf(model, sizeof(model), "%s", at + 1 + strspn(at + 1, " "));
			model[strcspn(model, "\n")] = '\0';
			break;
		}
	if (f)
		fclose(f);
	free(line);
	snprintf(buf, size, "%s, %ld processors, %.0f GiB", model, sysconf(_SC_NPROCESSORS_ONLN),
		 ceil(sysconf(_SC_PHYS_PAGES) / (double)(1 << 30) * sysconf(_SC_PAGESIZE)));
}
