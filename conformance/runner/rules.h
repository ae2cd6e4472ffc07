/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of patterns with a reason each: conformance/lists. */
#ifndef RUNNER_RULES_H
#define RUNNER_RULES_H

#include <stdbool.h>
#include <stddef.h>

struct rule {
	char *glob, *why;	/* why: "" if the file need not give reasons */
};

struct rules {
	struct rule *rule;
	size_t nr;
};

/*
 * rules_load - read lines `GLOB reason`; '#' begins a comment line
 * @need_why: a line without a reason is an error
 *
 * Returns 0, or EXIT_CANNOT with one line on stderr.
 */
int rules_load(struct rules *r, const char *path, bool need_why);
void rules_free(struct rules *r);

/*
 * The patterns of a list, for test_selected(): *globs grows by copies of them. @name: a
 * file, or one of the lists that are shipped. Returns 0, or EXIT_CANNOT with one line on
 * stderr.
 */
int rules_add_globs(const char *name, char ***globs, size_t *nr);

/* The reason of the first pattern that matches, or NULL. */
const char *rules_match(const struct rules *r, const char *name);

#endif
