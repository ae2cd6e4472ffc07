// SPDX-License-Identifier: GPL-2.0-only
/*
 * KCIDB: the report format of kernel CI, I/O schema 5.3 (kcidb-io), which
 * receivers of any 5.x later than that take. Ids are made from the results, so
 * that the same run has the same ids.
 */
#include "json_text.h"
#include "results.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCERPT	16000	/* the schema allows 16384 characters */

static const char *origin(void)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	const char *env = getenv("KCIDB_ORIGIN");

	return env && *env && strspn(env, letters) == strlen(env) ? env : "vfio_compliance";
}

static uint64_t mix(uint64_t h, const char *s)
{
	do {
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	} while (*s++);
	return h;
}

/* What makes this run another one than the next. */
static uint64_t run_hash(const struct results *r, bool with_tests)
{
	uint64_t h = mix(0xcbf29ce484222325, r->backend);
	char buf[32];

	h = mix(h, r->kernel);
	for (size_t i = 0; i < r->nr_tests && with_tests; i++) {
		snprintf(buf, sizeof(buf), "%d %d", r->tests[i].status, r->tests[i].ms);
		h = mix(mix(h, r->tests[i].name), buf);
	}
	h = mix(mix(h, r->accel), r->device);
	for (size_t i = 0; i < r->nr_devices && with_tests; i++)
		h = mix(mix(h, r->devices[i].bdf), r->devices[i].driver);
	return h;
}

static const char *kcidb_status(enum status st)
{
	switch (st) {
	case ST_PASS: return "PASS";
	case ST_SKIP: return "SKIP";
	case ST_ERROR: return "ERROR";
	case ST_MISSING: return "MISS";
	/* KCIDB knows no expected failure; misc says that it was one. */
	case ST_XFAIL:
	/* The kernel gave no answer. */
	case ST_TIMEOUT:
	default: return "FAIL";
	}
}

/* Dots between the parts, and letters that the schema allows. */
static json_t *test_path(const struct results *r, const char *name)
{
	char buf[1024];
	size_t n;

	/* The core is no kernel, and its verdicts are of another tree. */
	n = snprintf(buf, sizeof(buf), "%s.", strcmp(r->backend, "core") ? "vfio_compliance"
									 : "vfio_compliance_core");
	for (; *name && n < sizeof(buf) - 1; name++) {
		char c = isalnum((unsigned char)*name) || *name == '-' ? *name : '_';

		if (*name == '/' || *name == '.')
			c = '.';
		if (c != '.' || buf[n - 1] != '.')
			buf[n++] = c;
	}
	buf[n] = '\0';
	return json_string(buf);
}

/* The end of the log, from the start of a character on. */
static json_t *excerpt(const char *log)
{
	size_t len = strlen(log);

	if (len > EXCERPT)
		log += len - EXCERPT;
	while ((*log & 0xc0) == 0x80)
		log++;
	return text_to_json(log);
}

static json_t *strings(char *const *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, text_to_json(v[i]));
	return a;
}

static json_t *environment(const struct results *r)
{
	json_t *devices = json_array(), *misc, *env;
	char comment[256];

	for (size_t i = 0; i < r->nr_devices; i++) {
		const struct device_info *d = &r->devices[i];

		json_array_append_new(devices, json_pack("{so so so so}", "bdf", text_to_json(d->bdf),
							 "driver", text_to_json(d->driver), "id",
							 text_to_json(d->id), "group",
							 text_to_json(d->group)));
	}
	misc = json_pack("{so so so so}", "backend", text_to_json(r->backend), "accel",
			 text_to_json(r->accel), "device", text_to_json(r->device), "devices", devices);
	if (!strcmp(r->backend, "core"))
		snprintf(comment, sizeof(comment), "userspace VFIO core, no kernel");
	else
		snprintf(comment, sizeof(comment), "%s%s", *r->accel ? "QEMU, " : "this host",
			 r->accel);
	env = json_pack("{so so}", "comment", text_to_json(comment), "misc", misc);
	return env;
}

static json_t *test_object(const struct results *r, const struct test_result *t, uint64_t hash,
			   const char *build)
{
	json_t *o, *misc;
	char id[1200];

	snprintf(id, sizeof(id), "%s:%016llx:%.1000s", origin(), (unsigned long long)hash, t->name);
	misc = json_pack("{so}", "clauses", strings(t->clauses, t->nr_clauses));
	if (t->status == ST_XFAIL)
		json_object_set_new(misc, "expected", json_true());
	o = json_pack("{so so ss so ss sf so so}", "id", text_to_json(id), "build_id",
		      text_to_json(build), "origin", origin(), "path", test_path(r, t->name), "status",
		      kcidb_status(t->status), "duration", t->ms / 1000.0, "environment",
		      environment(r), "misc", misc);
	if (*t->reason)
		json_object_set_new(o, "comment", text_to_json(t->reason));
	if (status_is_bad(t->status) && *t->log)
		json_object_set_new(o, "log_excerpt", excerpt(t->log));
	return o;
}

int results_write_kcidb(const struct results *r, const char *path)
{
	json_t *tests = json_array(), *root;
	uint64_t hash = run_hash(r, true);
	char checkout[128], build[128], comment[512];
	int ret = -1;
	FILE *f;

	snprintf(checkout, sizeof(checkout), "%s:%016llx", origin(),
		 (unsigned long long)run_hash(r, false));
	snprintf(build, sizeof(build), "%s-build", checkout);
	if (!strcmp(r->backend, "core"))
		snprintf(comment, sizeof(comment), "the userspace VFIO core of vfio-compliance, "
			 "answering as Linux %.100s", r->kernel);
	else
		snprintf(comment, sizeof(comment), "Linux %.300s, as it was booted", r->kernel);
	for (size_t i = 0; i < r->nr_tests; i++)
		json_array_append_new(tests, test_object(r, &r->tests[i], hash, build));
	root = json_pack("{s{si si} s[{ss ss so so}] s[{ss ss ss ss so so}] so}", "version", "major",
			 5, "minor", 3, "checkouts", "id", checkout, "origin", origin(), "comment",
			 text_to_json(comment), "misc", json_pack("{so}", "release",
								  text_to_json(r->kernel)),
			 "builds", "id", build, "checkout_id", checkout, "origin", origin(),
			 "architecture", "x86_64", "comment", text_to_json(comment), "misc",
			 json_pack("{so}", "release", text_to_json(r->kernel)), "tests", tests);
	f = fopen(path, "w");
	if (f && root && !json_dumpf(root, f, JSON_INDENT(1)) && fputc('\n', f) != EOF)
		ret = 0;
	if (f && fclose(f))
		ret = -1;
	json_decref(root);
	return ret;
}
