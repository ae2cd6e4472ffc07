/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run prints on the terminal. */
#ifndef RUNNER_TEXT_H
#define RUNNER_TEXT_H

#include "results.h"

/*
 * One line per area of clauses, the tests that fell short with their reason,
 * and the grand total. @report is where the report stands, NULL for none.
 */
void text_print(const struct results *r, const char *report, bool verbose);

#endif
