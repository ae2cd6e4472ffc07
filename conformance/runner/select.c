// SPDX-License-Identifier: GPL-2.0-only
/* Which tests the globs of the command line name. */
#include "clause.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

bool test_selected(const char *name, char *const *globs, size_t nr_globs)
{
	const char *test = strchr(name, '/');
	char program[256];

	if (!nr_globs)
		return true;
	snprintf(program, sizeof(program), "%.*s", (int)strcspn(name, "/"), name);
	for (size_t i = 0; i < nr_globs; i++)
		if (!fnmatch(globs[i], name, 0) || !fnmatch(globs[i], program, 0) ||
		    (test && !fnmatch(globs[i], test + 1, 0)))
			return true;
	return false;
}
