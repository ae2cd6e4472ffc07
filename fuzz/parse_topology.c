// SPDX-License-Identifier: GPL-2.0-only
/*
 * Topology files. The oracle counts statements a second time, and knows that the
 * line which a refusal names is the one to blame: without it and what follows
 * the text is good.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_core.h"

FUZZ_TARGET("parse_topology");

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	kapi_init();
	return 0;
}

/* Lines that have more than blanks and comment. */
static unsigned int statements(const char *text, unsigned int *lines)
{
	unsigned int n = 0;
	bool comment = false, word = false;

	for (*lines = 1; *text; text++) {
		if (*text == '\n') {
			++*lines;
			n += word;
			comment = word = false;
			continue;
		}
		comment |= *text == '#';
		word |= !comment && !strchr(" \t\r", *text);
	}
	return n + word;
}

/* Is the text good up to the end of line @last? */
static bool good_up_to(const char *text, unsigned int last)
{
	char *copy = strdup(text), *end = copy;
	unsigned int n;
	bool good;

	while (*end && last)
		last -= *end++ == '\n';
	*end = '\0';
	good = !fuzz_core_topology(copy, &n);
	free(copy);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *copy;
	unsigned int want, lines, got = 0, line = 0;
	const char *colon;
	int ret;

	memcpy(text, data, size);
	text[size] = '\0';
	copy = strdup(text);
	want = statements(copy, &lines);
	ret = fuzz_core_topology(text, &got);
	if (!ret) {
		ORACLE(got == want, "%u statements, not %u", got, want);
	} else {
		colon = strchr(vfio_model_error(), ':');
		line = colon ? strtoul(colon + 1, NULL, 10) : 0;
		ORACLE(line && line <= lines, "'%s' of %u lines", vfio_model_error(), lines);
		ORACLE(good_up_to(copy, line - 1) && !good_up_to(copy, line), "line %u is blamed", line);
	}
	free(copy);
	free(text);
	return 0;
}
