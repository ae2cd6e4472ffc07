/* SPDX-License-Identifier: GPL-2.0-only */
/* Turn the result stream of exec-tests into results. */
#ifndef RUNNER_STREAM_H
#define RUNNER_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "clause.h"
#include "results.h"

struct stream;

/*
 * @cat:   what was planned; a planned test that gets no result is missing
 * @globs: NULL, or the -t patterns that were given: only matching tests count
 *         as planned
 * @progress: show the running test on the terminal
 */
struct stream *stream_new(const struct catalogue *cat, char *const *globs, size_t nr_globs,
			  bool progress);

/* Take the next piece; lines may be cut anywhere. @ctx is the stream. */
void stream_feed(void *ctx, const char *data, size_t len);

/*
 * stream_end - no more is coming
 * @why: NULL if the run came to its end, else one line why not; the test that
 *       was running gets it as its reason, and fails
 * @log: NULL or what to attach to that test (the end of a console log)
 *
 * Returns the results, finished; the stream is freed.
 */
struct results *stream_end(struct stream *s, const char *why, const char *log);

/* Whether the @done record came, so that nothing is cut off. */
bool stream_complete(const struct stream *s);

#endif
