// SPDX-License-Identifier: GPL-2.0-only
#include "stream.h"
#include "runner.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stream {
	struct results *r;
	const struct catalogue *cat;
	char *const *globs;
	size_t nr_globs;
	char *line;			/* the piece behind the last newline */
	char program[256];
	/* Indices into r->tests, which moves as it grows; -1: none. */
	long test;			/* the one that runs */
	long last;			/* the one before it */
	char **reported;		/* tests in which the kernel complained */
	size_t nr_reported;
	bool done, progress;
	int finished, planned;
};

struct stream *stream_new(const struct catalogue *cat, char *const *globs, size_t nr_globs,
			  bool progress)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		err(EXIT_CANNOT, "out of memory");
	*s = (struct stream){ .r = results_new(), .cat = cat, .globs = globs,
			      .nr_globs = nr_globs, .progress = progress, .test = -1, .last = -1 };
	str_set(&s->line, "");
	for (size_t i = 0; i < cat->nr_tests; i++)
		s->planned += test_selected(cat->tests[i].name, globs, nr_globs);
	return s;
}

bool stream_complete(const struct stream *s)
{
	return s->done;
}

static struct test_result *test_of(struct stream *s, const char *short_name)
{
	struct test_result *t;
	char name[1024];

	snprintf(name, sizeof(name), "%s/%s", s->program, short_name);
	t = results_find_test(s->r, name);
	return t ? t : results_add_test(s->r, name);
}

static long index_of(const struct stream *s, const struct test_result *t)
{
	return t - s->r->tests;
}

static void show_progress(struct stream *s, const char *name)
{
	if (!s->progress)
		return;
	if (name)
		fprintf(stderr, "\r\033[K%d/%d %s", s->finished, s->planned, name);
	else
		fputs("\r\033[K", stderr);
}

static void log_line(struct test_result *t, const char *line)
{
	str_append(&t->log, line);
	str_append(&t->log, "\n");
}

/* What the harness says of how a test ended is more than "not ok". */
static void look_for_end(struct test_result *t, const char *line)
{
	const char *colon = strchr(line, ':');

	if (strstr(line, "Test terminated by timeout"))
		t->status = ST_TIMEOUT;
	else if (strstr(line, "Test terminated unexpectedly by signal"))
		t->status = ST_ERROR;
	if (t->status != ST_MISSING && colon)
		str_set(&t->reason, colon + 1 + strspn(colon + 1, " "));
	else if (!*t->reason && !strncmp(line, "# ", 2) && colon && strstr(line, ".c:"))
		str_set(&t->reason, line + 2);
}

static void take_result(struct stream *s, struct test_result *t, const char *line)
{
	const char *directive = strstr(line, " # ");
	const char *why = "";
	bool ok = !strncmp(line, "ok", 2), reported = false;

	for (size_t i = 0; i < s->nr_reported; i++)
		reported |= !strcmp(s->reported[i], t->name);
	if (directive && !strncmp(directive, " # SKIP", 7)) {
		t->status = ST_SKIP;
		why = directive + 7;
	} else if (directive && !strncmp(directive, " # XFAIL", 8)) {
		t->status = ST_XFAIL;
		why = directive + 8;
	} else if (ok) {
		t->status = ST_PASS;
	} else if (t->status == ST_MISSING) {
		t->status = ST_FAIL;
	}
	why += strspn(why, " ");
	if (*why && !reported)
		str_set(&t->reason, why);
	if (reported)
		t->status = ST_FAIL;
	s->finished++;
}

static void take_output(struct stream *s, const char *line)
{
	char name[512], id[64], word[64];

	if (sscanf(line, "# RUN %511s", name) == 1) {
		s->test = index_of(s, test_of(s, name));
		show_progress(s, name);
		return;
	}
	if (s->test < 0)
		return;
	if (sscanf(line, "# outcome %63s %63s", id, word) == 2) {
		struct clause_result *c = results_find_clause(s->r, id);

		if (!c)
			c = results_add_clause(s->r, id, "", "");
		strv_add(&c->outcomes, &c->nr_outcomes, word);
	}
	if ((sscanf(line, "ok %*u %511s", name) == 1 ||
	     sscanf(line, "not ok %*u %511s", name) == 1) &&
	    s->test == index_of(s, test_of(s, name))) {
		take_result(s, &s->r->tests[s->test], line);
		s->last = s->test;
		s->test = -1;
		return;
	}
	look_for_end(&s->r->tests[s->test], line);
	log_line(&s->r->tests[s->test], line + 2 * !strncmp(line, "# ", 2));
}

/* The test fails, whatever the harness said of it or is still to say. */
static void fail_for_kernel(struct stream *s, struct test_result *t, const char *reason)
{
	if (!strstr(t->reason, "kernel report") && !strstr(t->reason, "kernel WARN"))
		str_set(&t->reason, reason);
	strv_add(&s->reported, &s->nr_reported, t->name);
	if (t->status != ST_MISSING)
		t->status = ST_FAIL;
}

/* @kind: "@kmsg", "@expected" or "@unmet". */
static void take_kmsg(struct stream *s, const char *kind, const char *name, const char *text)
{
	long at = s->test >= 0 ? s->test : s->last;
	struct test_result *t;
	char reason[1200];

	if (strcmp(name, "-"))
		t = test_of(s, name);
	else if (at >= 0)
		t = &s->r->tests[at];
	else
		return;
	snprintf(reason, sizeof(reason), "%s: %s",
		 !strcmp(kind, "@unmet") ? "no kernel WARN where one has to be" :
		 !strcmp(kind, "@expected") ? "expected kernel report" : "kernel report", text);
	log_line(t, reason);
	if (strcmp(kind, "@expected"))
		fail_for_kernel(s, t, reason);
}

static void take_record(struct stream *s, char *line)
{
	char a[512], b[512], c[64], d[64];
	int ms, n = 0;

	if (sscanf(line, "@run %63s %511s", c, a) == 2) {
		str_set(&s->r->backend, c);
		str_set(&s->r->kernel, a);
	} else if (sscanf(line, "@device %511s %511s %63s %63s", a, b, c, d) == 4) {
		if (!s->r->nr_devices)
			str_set(&s->r->device, a);
		results_add_device(s->r, a, b, c, d);
	} else if (sscanf(line, "@prog %255s", s->program) == 1) {
		s->test = s->last = -1;
	} else if (sscanf(line, "@ms %511s %d", a, &ms) == 2) {
		test_of(s, a)->ms = ms;
	} else if ((sscanf(line, "%63[@a-z] %511s %n", c, a, &n) == 2 && n) &&
		   (!strcmp(c, "@kmsg") || !strcmp(c, "@expected") || !strcmp(c, "@unmet"))) {
		take_kmsg(s, c, a, line + n);
	} else if (sscanf(line, "@crash %511s %511[^\n]", a, b) == 2) {
		struct test_result *t = test_of(s, a);

		snprintf(c, sizeof(c), "the test program ended: %.30s", b);
		t->status = strncmp(b, "timeout", 7) ? ST_ERROR : ST_TIMEOUT;
		str_set(&t->reason, c);
		s->test = -1;
	} else if (!strncmp(line, "@done ", 6)) {
		s->done = true;
	}
}

void stream_feed(void *ctx, const char *data, size_t len)
{
	struct stream *s = ctx;
	char *piece = malloc(len + 1), *line, *nl;

	if (!piece)
		err(EXIT_CANNOT, "out of memory");
	/* A serial line carries NULs at times: they must not hide what follows. */
	for (size_t i = 0; i < len; i++)
		piece[i] = data[i] ? data[i] : ' ';
	piece[len] = '\0';
	str_append(&s->line, piece);
	free(piece);
	for (line = s->line; (nl = strchr(line, '\n')); line = nl + 1) {
		*nl = '\0';
		if (nl > line && nl[-1] == '\r')
			nl[-1] = '\0';
		if (*line == '|')
			take_output(s, line + 1);
		else if (*line == '@')
			take_record(s, line);
	}
	memmove(s->line, line, strlen(line) + 1);
}

/* Clauses, and the tests that were planned and never heard of. */
static void add_plan(struct stream *s, bool interrupted)
{
	for (size_t i = 0; i < s->cat->nr_tests; i++) {
		const struct planned_test *p = &s->cat->tests[i];
		struct test_result *t = results_find_test(s->r, p->name);

		if (!t && !test_selected(p->name, s->globs, s->nr_globs))
			continue;
		if (!t)
			t = results_add_test(s->r, p->name);
		if (t->status == ST_MISSING && !*t->reason)
			str_set(&t->reason, interrupted ? "the run ended before this test"
							: "planned, but no result came");
		for (size_t j = 0; j < p->nr_clauses; j++)
			strv_add(&t->clauses, &t->nr_clauses, p->clauses[j]);
	}
	for (size_t i = 0; i < s->cat->nr_clauses; i++) {
		const struct clause *c = &s->cat->clauses[i];
		struct clause_result *cr = results_find_clause(s->r, c->id);

		if (!cr) {
			results_add_clause(s->r, c->id, c->level, c->text);
		} else {
			str_set(&cr->level, c->level);
			str_set(&cr->text, c->text);
		}
	}
}

struct results *stream_end(struct stream *s, const char *why, const char *log)
{
	struct results *r = s->r;

	show_progress(s, NULL);
	if (why) {
		str_set(&r->end, why);
		if (s->test >= 0) {
			struct test_result *t = &r->tests[s->test];

			t->status = ST_FAIL;
			str_set(&t->reason, why);
			if (log)
				log_line(t, log);
		}
	}
	add_plan(s, why);
	results_finish(r);
	while (s->nr_reported)
		free(s->reported[--s->nr_reported]);
	free(s->reported);
	free(s->line);
	free(s);
	return r;
}
