// SPDX-License-Identifier: GPL-2.0-only
/* One target: run the engine and watch it, then look through what failed. */
#include "campaign.h"
#include "runner.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GRACE_S		60	/* for the engine to end by itself */
#define LOOK_MS		1000
#define FAILURES_MAX	300	/* that are looked at */

void fuzz_status(const struct campaign *c, double since, const char *what)
{
	const struct fuzz_stats *s = &c->stats;

	if (c->o->quiet || !isatty(STDERR_FILENO))
		return;
	if (what && !*what)
		fputs("\r\033[K", stderr);
	else if (what)
		fprintf(stderr, "\r\033[K%s: %s", c->target->name, what);
	else
		fprintf(stderr, "\r\033[K%s: %.0f of %d s, %ld exec/s, %ld %s, %ld inputs, %ld failed",
			c->target->name, fuzz_now() - since, c->o->time_s, s->per_second,
			s->features ? s->features : s->edges, s->features ? "features" : "edges",
			s->inputs, s->failures);
	fflush(stderr);
}

/* Until the engine's processes have ended, or have to. */
static void watch(struct campaign *c)
{
	double since = fuzz_now(), end = since + c->o->time_s + GRACE_S;
	bool stop;

	for (int i = 0; i < c->nr_pids; i++) {
		do {
			int st = fuzz_wait(c->pids[i], LOOK_MS);

			if (st >= 0)
				break;
			c->o->engine->look(c);
			fuzz_status(c, since, NULL);
			stop = suite_interrupted() || fuzz_now() > end;
			if (stop) {
				fuzz_stop(c->pids[i]);
				break;
			}
		} while (true);
	}
	c->nr_pids = 0;
	c->took_s = fuzz_now() - since;
	c->o->engine->look(c);
}

static void triage(struct campaign *c)
{
	struct fuzz_failure f;
	char **paths, what[64];
	size_t n, i;

	c->o->engine->failures(c, &paths, &n);
	c->failures = n;
	for (i = 0; i < n; i++) {
		if (i < FAILURES_MAX && !suite_interrupted()) {
			snprintf(what, sizeof(what), "looking at failure %zu of %zu", i + 1, n);
			fuzz_status(c, 0, what);
			c->looked_at++;
			/* What fails only now and then is no finding that anybody could use. */
			if (fuzz_try(c, paths[i], &f)) {
				fuzz_findings_add(c, paths[i], &f);
				fuzz_failure_free(&f);
			} else {
				c->unsteady++;
			}
		}
		free(paths[i]);
	}
	free(paths);
}

static void summary(const struct campaign *c)
{
	const struct fuzz_stats *s = &c->stats;

	fuzz_status(c, 0, "");
	printf("%s: %llu executions in %.0f s (%.0f a second), %ld edges, %ld inputs, %d finding%s "
	       "(%d new)", c->target->name, s->execs, c->took_s, s->execs / (c->took_s ? c->took_s : 1),
	       s->edges, s->inputs, c->found, c->found == 1 ? "" : "s", c->new);
	if (c->failures > c->looked_at)
		printf(", %d of %d failures not looked at", c->failures - c->looked_at, c->failures);
	if (c->unsteady)
		printf(", %d failed once and not again: %s", c->unsteady, c->work);
	putchar('\n');
	fflush(stdout);
}

int fuzz_campaign(struct campaign *c)
{
	char log[FUZZ_PATH + 16], failed[FUZZ_PATH + 16], *text;
	int ret;

	snprintf(c->work, sizeof(c->work), "%s/%s", c->o->out, c->target->name);
	ret = fuzz_mkdir("%s", c->work);
	if (!ret)
		ret = fuzz_corpus_open(c);
	if (ret)
		return ret;
	/* Of the campaign before: it was looked at. */
	snprintf(failed, sizeof(failed), "%s/failed", c->work);
	fuzz_remove_tree(failed);
	fuzz_status(c, 0, "known findings");
	fuzz_findings_check(c);
	ret = c->o->engine->start(c);
	watch(c);
	if (ret)
		return ret;
	if (!c->stats.execs && !suite_interrupted()) {
		snprintf(log, sizeof(log), "%s/%s", c->work, c->o->engine == &fuzz_afl ? "log0" : "log");
		text = fuzz_text(log, 400, true);
		fuzz_status(c, 0, "");
		return cannot("%s ran nothing of %s; %s ends with: %s", c->o->engine->name,
			      c->target->name, log, *text ? text : "nothing");
	}
	fuzz_status(c, 0, "merging the corpus");
	ret = suite_interrupted() ? 0 : fuzz_corpus_merge(c);
	triage(c);
	snprintf(log, sizeof(log), "%s/tmp", c->work);
	fuzz_remove_tree(log);
	if (!ret)
		summary(c);
	return ret;
}
