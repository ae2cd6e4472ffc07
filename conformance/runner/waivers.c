// SPDX-License-Identifier: GPL-2.0-only
#include "waivers.h"
#include "results.h"
#include "runner.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct field {
	const char *key;
	size_t offset;
	bool needed;
} fields[] = {
	{ "id", offsetof(struct waiver, id), true },
	{ "kernel", offsetof(struct waiver, kernel), false },
	{ "device", offsetof(struct waiver, device), false },
	{ "driver", offsetof(struct waiver, driver), false },
	{ "test", offsetof(struct waiver, test), true },
	{ "reason", offsetof(struct waiver, reason), true },
	{ "link", offsetof(struct waiver, link), true },
	{ "expires", offsetof(struct waiver, expires), true },
};

#define NR_FIELDS	(sizeof(fields) / sizeof(fields[0]))

static char **value(const struct waiver *w, size_t i)
{
	return (char **)((char *)w + fields[i].offset);
}

static bool is_date(const char *s)
{
	struct tm tm = { 0 };
	const char *end = strptime(s, "%Y-%m-%d", &tm);
	struct tm again = tm;

	/* timegm() moves the 31st of February. */
	return end && !*end && strlen(s) == 10 && timegm(&again) != -1 &&
	       again.tm_mday == tm.tm_mday;
}

/* The stanza is over. */
static int check(const struct waivers *all, const char *path, int line)
{
	const struct waiver *w = &all->waiver[all->nr - 1];

	for (size_t i = 0; i < NR_FIELDS; i++)
		if (fields[i].needed && !*value(w, i))
			return cannot("%s:%d: a waiver without \"%s:\"", path, line, fields[i].key);
	if (!is_date(w->expires))
		return cannot("%s:%d: \"%s\" is no date YYYY-MM-DD", path, line, w->expires);
	for (size_t i = 0; i + 1 < all->nr; i++)
		if (!strcmp(all->waiver[i].id, w->id))
			return cannot("%s:%d: waiver %s is there twice", path, line, w->id);
	return 0;
}

static int take(struct waivers *all, char *line, const char *path, int nr)
{
	struct waiver *w = &all->waiver[all->nr - 1];
	char *text = strchr(line, ':');

	if (text) {
		*text++ = '\0';
		text += strspn(text, " \t");
	}
	for (size_t i = 0; text && i < NR_FIELDS; i++) {
		if (strcmp(line, fields[i].key))
			continue;
		if (!*text || *value(w, i))
			return cannot("%s:%d: \"%s:\" is empty or there twice", path, nr, line);
		str_set(value(w, i), text);
		return 0;
	}
	return cannot("%s:%d: \"%s\" is no field of a waiver", path, nr, line);
}

int waivers_load(struct waivers *all, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int nr = 0, ret = 0;
	bool in = false;

	if (!f)
		return cannot("cannot read %s: %s", path, strerror(errno));
	while (!ret && getline(&line, &size, f) > 0) {
		nr++;
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		if (!*line) {
			ret = in ? check(all, path, nr) : 0;
			in = false;
			continue;
		}
		if (!in) {
			all->waiver = grow(all->waiver, all->nr + 1, sizeof(*all->waiver));
			all->waiver[all->nr++] = (struct waiver){ 0 };
			in = true;
		}
		ret = take(all, line, path, nr);
	}
	if (!ret && in)
		ret = check(all, path, nr);
	free(line);
	fclose(f);
	return ret;
}

void waivers_free(struct waivers *all)
{
	while (all->nr--)
		for (size_t i = 0; i < NR_FIELDS; i++)
			free(*value(&all->waiver[all->nr], i));
	free(all->waiver);
	*all = (struct waivers){ 0 };
}

static bool matches(const char *glob, const char *text)
{
	return !glob || !fnmatch(glob, text, 0);
}

static bool in_scope(const struct waiver *w, const struct results *r)
{
	const struct device_info *d = r->nr_devices ? &r->devices[0] : NULL;

	return matches(w->kernel, r->kernel) && matches(w->device, d ? d->id : "") &&
	       matches(w->driver, d ? d->driver : "");
}

static bool expired(const struct waiver *w, const char *today)
{
	return strcmp(w->expires, today) < 0;
}

const char *waivers_today(void)
{
	static char text[16];
	time_t now = time(NULL);
	struct tm tm;

	strftime(text, sizeof(text), "%Y-%m-%d", gmtime_r(&now, &tm));
	return text;
}

static bool apply(const struct waiver *w, struct test_result *t)
{
	char *reason = NULL;
	int n = 0;

	if (t->status == ST_PASS)
		n = asprintf(&reason, "UnexpectedPass: waiver %s says that it fails: %s", w->id,
			     w->reason);
	else if (status_is_bad(t->status) && t->status != ST_MISSING)
		n = asprintf(&reason, "waiver %s until %s: %s (%s: %s)", w->id, w->expires, w->reason,
			     status_name(t->status), t->reason);
	if (n < 0)
		abort();
	if (!reason)
		return false;
	t->status = t->status == ST_PASS ? ST_FAIL : ST_XFAIL;
	str_set(&t->reason, reason);
	free(reason);
	return true;
}

void waivers_apply(const struct waivers *all, struct results *r, const char *today)
{
	bool *done = grow(NULL, r->nr_tests + 1, sizeof(*done));

	memset(done, 0, (r->nr_tests + 1) * sizeof(*done));
	if (!today)
		today = waivers_today();
	for (size_t i = 0; i < all->nr; i++) {
		const struct waiver *w = &all->waiver[i];
		int held_back = 0;

		if (!in_scope(w, r))
			continue;
		for (size_t j = 0; j < r->nr_tests; j++) {
			struct test_result *t = &r->tests[j];

			if (done[j] || fnmatch(w->test, t->name, 0))
				continue;
			if (expired(w, today))
				held_back += status_is_bad(t->status);
			else
				done[j] = apply(w, t);
		}
		if (held_back)
			cannot("waiver %s expired on %s and was not applied to %d failures: %s",
			       w->id, w->expires, held_back, w->reason);
	}
	free(done);
	results_judge(r);
}

const struct waiver *waivers_explain(const struct waivers *all, const struct results *r,
				     const char *test, const char *today)
{
	for (size_t i = 0; i < all->nr; i++)
		if (in_scope(&all->waiver[i], r) && !expired(&all->waiver[i], today) &&
		    !fnmatch(all->waiver[i].test, test, 0))
			return &all->waiver[i];
	return NULL;
}

int waivers_write(const struct waivers *all, const struct results *r, const char *path)
{
	FILE *f = fopen(path, "w");
	int bad;

	if (!f)
		return -1;
	fputs("# Waivers of this run.\n", f);
	for (size_t i = 0; i < all->nr; i++) {
		if (!in_scope(&all->waiver[i], r))
			continue;
		for (size_t j = 0; j < NR_FIELDS; j++)
			if (*value(&all->waiver[i], j))
				fprintf(f, "%s%s: %s\n", j ? "" : "\n", fields[j].key,
					*value(&all->waiver[i], j));
	}
	bad = ferror(f);
	return fclose(f) || bad ? -1 : 0;
}
