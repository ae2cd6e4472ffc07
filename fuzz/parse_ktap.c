// SPDX-License-Identifier: GPL-2.0-only
/*
 * The result stream of exec-tests with the KTAP of test programs in it: how it
 * is cut makes no difference, no test stands in it twice, what was planned has a
 * result, and a stream that breaks off never leaves everything well.
 *
 * Input: byte 0: size of the pieces less 1; the rest is the stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "stream.h"

FUZZ_TARGET("parse_ktap");

static char *one[] = { "GRP-001" }, *both[] = { "GRP-001", "GRP-002" };
static struct planned_test tests[] = {
	{ "prog/fixture.first", one, 1 }, { "prog/fixture.second", both, 2 },
};
static char *test_names[] = { "prog/fixture.first", "prog/fixture.second" };
static struct clause clauses[] = {
	{ "GRP-001", "MUST", "all", "one", "a", NULL, test_names, 2 },
	{ "GRP-002", "MAY", "all", "two", "b", NULL, test_names + 1, 1 },
};
static const struct catalogue catalogue = { clauses, 2, tests, 2 };
static int fds[2];
static char names[2][32];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	for (unsigned int i = 0; i < 2; i++) {
		fds[i] = memfd_create("results", MFD_CLOEXEC);
		if (fds[i] < 0)
			exit(2);
		snprintf(names[i], sizeof(names[i]), "/proc/self/fd/%d", fds[i]);
	}
	return 0;
}

static struct results *feed(const uint8_t *data, size_t size, size_t piece)
{
	struct stream *s = stream_new(&catalogue, NULL, 0, false);
	size_t at, n;
	bool whole;

	for (at = 0; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		stream_feed(s, (const char *)data + at, n);
	}
	whole = stream_complete(s);
	return stream_end(s, whole ? NULL : "the stream broke off", NULL);
}

static size_t written(const struct results *r, unsigned int i, char **text)
{
	size_t len;

	ORACLE(!results_write_json(r, names[i]), "cannot be written");
	len = lseek(fds[i], 0, SEEK_END);
	*text = malloc(len + 1);
	if (pread(fds[i], *text, len, 0) != (ssize_t)len)
		abort();
	return len;
}

static void check(const struct results *r, bool whole)
{
	size_t i, j;

	for (i = 0; i < r->nr_tests; i++)
		for (j = i + 1; j < r->nr_tests; j++)
			ORACLE(strcmp(r->tests[i].name, r->tests[j].name), "%s twice",
			       r->tests[i].name);
	for (i = 0; i < 2; i++) {
		for (j = 0; j < r->nr_tests && strcmp(r->tests[j].name, test_names[i]); j++)
			;
		ORACLE(j < r->nr_tests, "%s was planned and is lost", test_names[i]);
	}
	if (!whole)
		ORACLE(results_exit_status((struct results *)r) == 1 || *r->end,
		       "it broke off, and nobody is told");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results *r, *cut;
	char *text[2];
	size_t n, m;

	if (!size)
		return 0;
	r = feed(data + 1, size - 1, size);
	cut = feed(data + 1, size - 1, data[0] + 1U);
	check(r, !*r->end);
	n = written(r, 0, &text[0]);
	m = written(cut, 1, &text[1]);
	ORACLE(n == m && !memcmp(text[0], text[1], n), "in pieces of %u it says something else",
	       data[0] + 1U);
	free(text[0]);
	free(text[1]);
	results_free(r);
	results_free(cut);
	return 0;
}
