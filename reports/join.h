/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of several runs as those of one. */
#ifndef REPORTS_JOIN_H
#define REPORTS_JOIN_H

#include "results.h"

/*
 * results_join - take over what @from has
 * @again: both are runs of the same work; a run that came to its end then makes
 *         up for one that was cut short. Else they are parts of a whole, which is
 *         cut short if a part is.
 *
 * Where both have a result of a test, the one that says more is kept: anything
 * over missing, a verdict over a skip, the worse verdict over the better; then
 * an order of no meaning, so that the outcome does not depend on who comes
 * first. With a given @again the operation is associative, commutative and
 * idempotent. Call results_finish() when all is in; until then clauses have no
 * status.
 */
void results_join(struct results *into, const struct results *from, bool again);

/*
 * results_append - take over @from as a part with a name of its own
 *
 * Tests become PREFIX/NAME, so that the same test of several configurations can
 * stand in one file. A clause then holds if it holds everywhere.
 */
void results_append(struct results *into, const struct results *from, const char *prefix);

#endif
