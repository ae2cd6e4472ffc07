// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.json: what is read in and written out again is the same when it is
 * read in and written out once more, and a file that is refused says why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "results.h"

FUZZ_TARGET("parse_results");

/* Files without a file system, and their names. */
static int fds[3];
static char names[3][32];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	for (unsigned int i = 0; i < 3; i++) {
		fds[i] = memfd_create("results", MFD_CLOEXEC);
		if (fds[i] < 0)
			exit(2);
		snprintf(names[i], sizeof(names[i]), "/proc/self/fd/%d", fds[i]);
	}
	return 0;
}

static size_t content(int fd, char **text)
{
	size_t len = lseek(fd, 0, SEEK_END);

	*text = malloc(len + 1);
	if (pread(fd, *text, len, 0) != (ssize_t)len)
		abort();
	return len;
}

static struct results *load(unsigned int i, char *err, size_t size)
{
	*err = '\0';
	return results_load(names[i], err, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results *r, *again;
	char err[256], *first, *second;
	struct summary sum;
	size_t n, m;

	if (ftruncate(fds[0], 0) || pwrite(fds[0], data, size, 0) != (ssize_t)size)
		abort();
	r = load(0, err, sizeof(err));
	if (!r) {
		ORACLE(*err && !strchr(err, '\n'), "refused with '%s'", err);
		return 0;
	}
	sum = results_summary(r);
	ORACLE(sum.nr_tests == (int)r->nr_tests, "%d tests of %zu", sum.nr_tests, r->nr_tests);
	ORACLE(!results_write_json(r, names[1]), "cannot be written");
	again = load(1, err, sizeof(err));
	ORACLE(again, "what was written is refused: %s", err);
	ORACLE(!results_write_json(again, names[2]), "cannot be written again");
	n = content(fds[1], &first);
	m = content(fds[2], &second);
	ORACLE(n == m && !memcmp(first, second, n), "the second time is not the first");
	ORACLE(results_exit_status(r) == results_exit_status(again), "another exit status");
	free(first);
	free(second);
	results_free(r);
	results_free(again);
	return 0;
}
