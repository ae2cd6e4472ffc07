// SPDX-License-Identifier: GPL-2.0-only
/*
 * The suite on the core against each seeded bug: which test notices it?
 *
 * A mutant is killed by the first test that fails with it, again alone and twice
 * unless it hangs, and passes without any. Survivors have to be in conformance/lists/mutants-survive,
 * with a reason. Writes BUILD/mutants/table.json. Exit status 0: at least 97 of 100 are
 * killed and every survivor is explained, 1: not so, 2: could not run.
 */
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lanes.h"
#include "table.h"

#define FLOOR 97

static const char *build;
static bool full;			/* do not stop at the first test that fails */
static const char *only;
static int jobs = 2;

static struct table table;
static json_t *last;			/* the table of the run before, or NULL */
static json_t *not_skipped;		/* tests of the first lane that run there */
static atomic_size_t next, ended, survived;
static pthread_mutex_t print_lock = PTHREAD_MUTEX_INITIALIZER;
static double began;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Programs that most likely notice mutants of an area. */
static const char *first_programs(const char *area)
{
	static const char *const hints[][2] = {
		{ "container", "container group_container" },
		{ "group", "group_container group open_failed device_fd group_viable" },
		{ "device", "bind device_set device_fd kvm_open low_power open_failed" },
		{ "feature", "feature_decode feature_absent" },
		{ "migration", "fsm migration data_fd migration_state" },
		{ "logging", "dma_logging dma_logging_report" },
		{ "pin", "pin pin_rw emulated_dirty" },
		{ "type1",
		  "type1_map type1_info type1_unmap emulated_mixed type1_vaddr type1_vaddr_use container" },
		{ "dirty", "type1_dirty emulated_dirty type1_v1" },
		{ "kvm", "kvm_attr kvm kvm_counts kvm_open kvm_files kvm_life" },
		{ "mdev", "mdev mdev_remove" },
		{ "pci", "close_device info config irq_info msix_table reset irq_count" },
		{ "irq", "irq_intx irq_msi irq_decode close_device bind msix" },
		{ "region", "ioeventfd mmap msix_table bar low_power" },
		{ "config", "config config_bars power_state bar irq_intx msix_table" },
		{ "reset", "hot_reset hot_reset_set hot_reset_files hot_reset_groups" },
		{ "power", "low_power low_power_intx" },
		{ "sriov", "sriov_token sriov sriov_feature device_fd" },
		{ "mock",
		  "data_fd mdev_device data_fd_stream dma_logging data_fd_precopy dma_logging_report pin" },
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (!strcmp(hints[i][0], area))
			return hints[i][1];
	return "";
}

/* A mutant that is looked into. */
struct look {
	struct mutant *mutant;
	struct lane *lane;
	json_t *killed_by;		/* "TEST on LANE: why" */
	json_t *tests;
};

/* It fails again with the mutant, twice and alone, or hung for half a minute; and passes without. */
static bool confirmed(const struct look *l, const char *test, const char *why)
{
	struct lane_run run = { l->lane, l->mutant->name };
	char program[128];

	if (!strcmp(test, "-"))
		return true;
	snprintf(program, sizeof(program), "%.*s", (int)strcspn(test, "/"), test);
	run.program = program;
	run.test = strcmp(test + strlen(program), "/-") ? test : NULL;
	if (strcmp(why, HANGS) && (!lane_fails(&run) || !lane_fails(&run)))
		return false;
	run.mutant = "";
	return !lane_fails(&run);
}

static bool look_at(void *ctx, const char *test, enum verdict verdict, const char *why)
{
	struct look *l = ctx;

	if (verdict != FAILED)
		return true;
	if (!(full && json_array_size(l->killed_by)) && !confirmed(l, test, why))
		return true;
	json_array_append_new(l->killed_by, json_sprintf("%s on %s: %s", test, l->lane->name, why));
	json_array_append_new(l->tests, json_string(test));
	return full;
}

/* Returns whether the program, alone, notices it. */
static bool look_first(struct look *l, struct lane *lane, const char *program)
{
	struct lane_run run = { lane, l->mutant->name, program };

	l->lane = lane;
	lane_run(&run, look_at, l);
	return json_array_size(l->killed_by);
}

/* What noticed it the last time, else programs of the area. */
static bool guess(struct look *l)
{
	const char *name, *before = NULL;
	char programs[256], *save, test[512], lane[64];
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(last, "mutants"), i, row) {
		name = json_string_value(json_object_get(row, "name"));
		if (name && !strcmp(name, l->mutant->name))
			before = json_string_value(json_array_get(json_object_get(row, "killed_by"),
								  0));
	}
	if (before && sscanf(before, "%511[^/]/%*s on %63[^:]", test, lane) == 2)
		for (i = 0; i < nr_lanes; i++)
			if (!strcmp(lanes[i].name, lane) && look_first(l, &lanes[i], test))
				return true;
	snprintf(programs, sizeof(programs), "%s", first_programs(l->mutant->area));
	for (char *p = strtok_r(programs, " ", &save); p; p = strtok_r(NULL, " ", &save))
		if (look_first(l, &lanes[0], p))
			return true;
	return false;
}

/* The other lanes are for what the first does not notice. */
static void examine(struct mutant *m)
{
	struct look l = { m, NULL, json_array(), json_array() };
	double start = now();

	if (full || !guess(&l)) {
		for (size_t i = 0; i < nr_lanes && !json_array_size(l.killed_by); i++) {
			struct lane_run run = { l.lane = &lanes[i], m->name };

			lane_run(&run, look_at, &l);
		}
	}
	m->row = json_pack("{s:s, s:s, s:s, s:s, s:f, s:o, s:o, s:s}", "name", m->name,
			   "area", m->area, "kind", m->kind, "text", m->text, "seconds",
			   now() - start, "killed_by", l.killed_by, "tests", l.tests,
			   "reason", m->reason ? m->reason : "");
}

static void print_row(const struct mutant *m)
{
	const char *by = json_string_value(json_array_get(json_object_get(m->row, "killed_by"), 0));
	bool progress = isatty(STDERR_FILENO);

	pthread_mutex_lock(&print_lock);
	ended++;
	survived += !by;
	if (progress)
		fprintf(stderr, "\r\033[K");
	printf("%-34s %-10s %s%s%s\n", m->name, m->kind, by ? by : "SURVIVED",
	       !by && m->reason ? ": " : "", !by && m->reason ? m->reason : "");
	fflush(stdout);
	if (progress && ended < table.nr)
		fprintf(stderr, "[%zu/%zu] %zu survive, %.0f s", ended, table.nr, survived,
			now() - began);
	pthread_mutex_unlock(&print_lock);
}

static void *work(void *unused)
{
	size_t i;

	while ((i = next++) < table.nr) {
		examine(&table.mutants[i]);
		print_row(&table.mutants[i]);
	}
	return NULL;
}

/* None may fail without a mutant. */
static bool note_baseline(void *ctx, const char *test, enum verdict verdict, const char *why)
{
	struct lane *lane = ctx;

	if (verdict == FAILED)
		errx(2, "%s fails on %s without a mutant: %s", test, lane->name, why);
	if (verdict == PASSED && lane == &lanes[0])
		json_object_set_new(not_skipped, test, json_true());
	return true;
}

static void *baseline(void *unused)
{
	size_t i;

	while ((i = next++) < nr_lanes) {
		struct lane_run run = { &lanes[i], "" };

		lane_run(&run, note_baseline, &lanes[i]);
	}
	return NULL;
}

static void in_parallel(void *(*what)(void *))
{
	pthread_t *threads = calloc(jobs, sizeof(*threads));

	if (!threads)
		err(2, "out of memory");
	next = 0;
	for (int i = 0; i < jobs; i++)
		if (pthread_create(&threads[i], NULL, what, NULL))
			errx(2, "cannot start a thread");
	for (int i = 0; i < jobs; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

/* The tests of the first lane that nothing can fail. */
static json_t *silent_tests(void)
{
	json_t *silent = json_array(), *value, *test;
	const char *name;
	size_t i;

	if (!full || only)
		return silent;
	for (size_t m = 0; m < table.nr; m++)
		json_array_foreach(json_object_get(table.mutants[m].row, "tests"), i, test)
			json_object_del(not_skipped, json_string_value(test));
	json_object_foreach(not_skipped, name, value)
		json_array_append_new(silent, json_string(name));
	printf("\nNo mutant can fail %zu tests:\n", json_array_size(silent));
	json_array_foreach(silent, i, test)
		printf("  %s\n", json_string_value(test));
	return silent;
}

static int judge(void)
{
	char path[PATH_MAX + 32], fresh[PATH_MAX + 32];
	size_t killed = table.nr - survived;
	json_t *rows = json_array(), *doc;
	double percent = 100.0 * killed / table.nr;
	int status = 0;

	for (size_t i = 0; i < table.nr; i++)
		json_array_append(rows, table.mutants[i].row);
	doc = json_pack("{s:o, s:I, s:I, s:o, s:i}", "mutants", rows, "killed", (json_int_t)killed,
			"total", (json_int_t)table.nr, "silent_tests", silent_tests(), "seconds",
			(int)(now() - began));
	snprintf(path, sizeof(path), "%s/mutants/table%s.json", build, only ? "-only" : "");
	snprintf(fresh, sizeof(fresh), "%s/mutants/table.new", build);
	if (json_dump_file(doc, fresh, JSON_INDENT(1)) || rename(fresh, path))
		err(2, "cannot write %s", path);
	printf("\n%zu of %zu mutants killed (%.1f%%), %.0f s; %s\n", killed, table.nr, percent,
	       now() - began, path);
	for (size_t i = 0; i < table.nr; i++) {
		const struct mutant *m = &table.mutants[i];
		bool noticed = json_array_size(json_object_get(m->row, "killed_by"));

		if (!noticed && !m->reason)
			printf("fail: %s survives and %s does not say why\n", m->name, SURVIVORS);
		if (noticed && m->reason)
			printf("fail: %s is killed, but %s has it\n", m->name, SURVIVORS);
		status |= noticed == !!m->reason;
	}
	if (!only && percent < FLOOR) {
		printf("fail: fewer than %d%% are killed\n", FLOOR);
		status = 1;
	}
	json_decref(doc);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "full", no_argument, NULL, 'f' }, { "only", required_argument, NULL, 'o' }, { 0 }
	};
	char path[PATH_MAX + 32];
	int opt;

	while ((opt = getopt_long(argc, argv, "j:", options, NULL)) != -1) {
		switch (opt) {
		case 'j': jobs = atoi(optarg); break;
		case 'f': full = true; break;
		case 'o': only = *optarg ? optarg : NULL; break;
		default: optind = argc;
		}
	}
	if (optind != argc - 1 || jobs < 1) {
		fprintf(stderr, "usage: mutants-kill [-j N] [--full] [--only NAME,...] BUILD\n");
		return 2;
	}
	build = argv[optind];
	began = now();
	table_read(&table, only);
	if (!lanes_init(build))
		return 2;
	snprintf(path, sizeof(path), "%s/mutants/table.json", build);
	last = json_load_file(path, 0, NULL);
	not_skipped = json_object();
	/* For a few, the programs that matter are asked when they do. */
	if (!only)
		in_parallel(baseline);
	in_parallel(work);
	return judge();
}
