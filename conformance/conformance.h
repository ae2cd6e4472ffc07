/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every conformance test program includes: the kselftest harness, and the
 * tie between tests and clauses.
 *
 *	FIXTURE(group) { ... };
 *	...
 *	VFIO_TEST_F(group, second_open_is_busy, "GRP-002")
 *	{
 *		...
 *	}
 *	CONFORMANCE_MAIN
 *
 * The third argument lists the clauses (separated by blanks) that the test
 * checks; "{}" in it stands for the name of the fixture variant with '_' turned
 * into '-', so that variant D8_3_6 of a test with "FSM-{}" covers FSM-D8-3-6.
 *
 * A test program takes the harness's own options, and --clauses, which prints
 * one line per test, `name clause...`, and exits; the build joins that with the
 * clause tables.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

/* What the harness defines, it defines once in a program: where the tests are. */
#ifndef CONFORMANCE_WITHOUT_HARNESS
#include "kselftest.h"
/* The harness announces each test by this; the kernel log is to know of it, too. */
void conformance_note_run(const char *fmt, ...);
#define ksft_print_msg(...) \
	do { \
		conformance_note_run(__VA_ARGS__); \
		ksft_print_msg(__VA_ARGS__); \
	} while (0)
#include "kselftest_harness.h"
#undef ksft_print_msg
#endif

struct clause_ref {
	const char *fixture;	/* NULL-terminated names as the harness has them */
	const char *test;
	const char *clauses;
};

#define CLAUSE_REF(_fixture, _test, _clauses) \
	static const struct clause_ref _clause_ref_##_fixture##_##_test = { \
		#_fixture, #_test, _clauses }; \
	static const struct clause_ref *_clause_ptr_##_fixture##_##_test \
		__attribute__((used, section("clause_refs"))) = &_clause_ref_##_fixture##_##_test

#define VFIO_TEST_F(_fixture, _test, _clauses) \
	CLAUSE_REF(_fixture, _test, _clauses); \
	TEST_F(_fixture, _test)

#define VFIO_TEST_F_TIMEOUT(_fixture, _test, _seconds, _clauses) \
	CLAUSE_REF(_fixture, _test, _clauses); \
	TEST_F_TIMEOUT(_fixture, _test, _seconds)

/*
 * Record which of several accepted outcomes was seen, for clauses whose rule
 * changed over time. Core and kernel must agree on these too.
 * @value: one word, an errno name (see errno_name()) or a number
 */
void outcome(const char *clause, const char *value);
/* "EINVAL" for EINVAL or -EINVAL, "0" for 0. */
const char *errno_name(int err);

/*
 * Bracket a call that must make the kernel WARN. @what is in the first line of
 * the report: the function that warns, or its file. Such reports between the two
 * are not held against the test; if there is none, the runner fails it, where it
 * can see: on the core, and on a kernel whose log it reads (exec-tests --kmsg).
 * Not for a WARN_ONCE(), which a second run would not bring. Brackets do not nest.
 */
void expect_warn_begin(const char *what);
void expect_warn_end(void);

/*
 * What a device was found to lack, for the tests of this program that come later. Each is a
 * process of its own, and opening a device resets it, a quarter of a second where that is an
 * FLR: tests by the hundred need not do it only to skip. It holds for the driver that the
 * device has. @what: a word of the caller's
 *
 * lacks() returns @why, a constant, as it was noted, or NULL; note_lack() returns @why.
 */
const char *lacks(const char *bdf, const char *what);
const char *note_lack(const char *bdf, const char *what, const char *why);

/* Print one line of --clauses; knows what "{}" means. A test without clauses has its name alone. */
void conformance_print_clauses(const char *fixture, const char *variant, const char *test);
/*
 * How much longer a test may take here: a kernel with its checkers compiled in is
 * several times slower.
 */
int conformance_patience(void);
/* Line-buffered output, so that whoever reads it knows which test runs now. */
void conformance_setup(void);

#ifndef CONFORMANCE_WITHOUT_HARNESS
/* The harness keeps its lists private to the file that includes it. */
static inline int conformance_main(int argc, char **argv)
{
	static struct __fixture_variant_metadata no_variant = { .name = "", };
	struct __fixture_variant_metadata *v;
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	if (argc != 2 || strcmp(argv[1], "--clauses")) {
		for (f = __fixture_list; f; f = f->next)
			for (t = f->tests; t; t = t->next)
				t->timeout *= conformance_patience();
		conformance_setup();
		return test_harness_run(argc, argv);
	}
	for (f = __fixture_list; f; f = f->next)
		for (v = f->variant ?: &no_variant; v; v = v->next)
			for (t = f->tests; t; t = t->next)
				conformance_print_clauses(f->name, v->name, t->name);
	return KSFT_PASS;
}

#define CONFORMANCE_MAIN \
	int main(int argc, char **argv) \
	{ \
		return conformance_main(argc, argv); \
	}
#endif

#endif
