// SPDX-License-Identifier: GPL-2.0-only
/* Instructions, counted by callgrind: a measure that comes out the same each time. */
#include "bench.h"
#include "results.h"
#include "runner.h"

#include "../../bench/counter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int bench_add_tracked(struct bench_options *o)
{
	char line[512];
	FILE *f = fopen(path_tracked(), "r");

	if (!f)
		return cannot("cannot read %s: %s", path_tracked(), strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "# \t\n")] = '\0';
		if (!*line)
			continue;
		bench_add_filter(o, "^");
		str_append(&o->filter, line);
		str_append(&o->filter, "$");
	}
	fclose(f);
	return 0;
}

/* Is there a program of this name in the PATH? */
static bool have(const char *name)
{
	char *path = strdup(getenv("PATH") ?: ""), *rest = path, *dir, file[4096];
	bool found = false;

	while (!found && (dir = strsep(&rest, ":"))) {
		snprintf(file, sizeof(file), "%s/%s", *dir ? dir : ".", name);
		found = !access(file, X_OK);
	}
	free(path);
	return found;
}

/* Does what ran have its count? Another program may know nothing of that. */
static bool has_counts(const json_t *one)
{
	json_t *b;
	size_t i;

	json_array_foreach(json_object_get(one, "benchmarks"), i, b)
		if (!json_is_true(json_object_get(b, "error_occurred")) &&
		    !json_is_number(json_object_get(b, "instructions")))
			return false;
	return true;
}

/* One benchmark in callgrind, which leaves its files below @dir. 0 or EXIT_CANNOT. */
static int count_one(const struct bench_options *o, const struct bench_target *t, const char *dir,
		     json_t *doc, bool *fell_short)
{
	char out[4096], file[4096], why[512];
	const char *const under[] = { "valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", out,
				      NULL };
	json_t *one;
	int ret;

	snprintf(file, sizeof(file), "%s/out", dir);
	snprintf(out, sizeof(out), "--callgrind-out-file=%s", file);
	setenv(COUNTER_CALLGRIND_OUT, file, 1);
	one = bench_round(o, t, under, "counting", 1, fell_short);
	unsetenv(COUNTER_CALLGRIND_OUT);
	unlink(file);
	ret = one ? 0 : EXIT_CANNOT;
	if (one && !has_counts(one))
		ret = cannot("%s does not count in callgrind; leave out --instructions", t->program);
	if (!ret && bench_doc_add(doc, one, 1, why, sizeof(why)))
		ret = cannot("%s", why);
	json_decref(one);
	return ret;
}

/* Each in a process of its own: what others leave behind costs a few instructions, too. */
static json_t *count_all(const struct bench_options *o, const struct bench_target *t,
			 const char *dir, bool *fell_short)
{
	struct bench_options one = *o;
	char *names, *rest, *name, filter[1024];
	json_t *doc;
	int nr, ret = 0;

	names = rest = bench_list(o, t, &nr);
	if (!names)
		return NULL;
	doc = bench_doc_new();
	one.filter = filter;
	one.parts = 1;
	while (!ret && (name = strsep(&rest, "\n")) && *name) {
		/* Google Benchmark's word for the way of measuring is another one here. */
		if (strstr(name, "/manual_time"))
			*strstr(name, "/manual_time") = '\0';
		snprintf(filter, sizeof(filter), "^%s$", name);
		ret = count_one(&one, t, dir, doc, fell_short);
	}
	free(names);
	if (!ret)
		return doc;
	json_decref(doc);
	return NULL;
}

json_t *bench_count_instructions(const struct bench_options *o, const struct bench_target *t,
				 bool *fell_short)
{
	struct bench_options chosen = *o;
	char dir[4096];
	json_t *doc = NULL;
	int ret = 0;

	if (t->bdf) {
		cannot("callgrind counts nothing of what a kernel does; leave out --instructions or -d");
		return NULL;
	}
	if (!have("valgrind")) {
		cannot("no valgrind to count instructions with; install it, or leave out --instructions");
		return NULL;
	}
	snprintf(dir, sizeof(dir), "%s/vfio-compliance-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir)) {
		cannot("cannot make %s: %s", dir, strerror(errno));
		return NULL;
	}
	/* All of them take as many minutes as to measure them, mostly for what is not counted. */
	if (!o->filter && *t->core) {
		ret = bench_add_tracked(&chosen);
		if (!ret)
			doc = count_all(&chosen, t, dir, fell_short);
		free(chosen.filter);
	} else {
		doc = count_all(o, t, dir, fell_short);
	}
	rmdir(dir);
	return doc;
}
