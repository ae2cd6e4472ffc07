/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of two broken rules a call answers for: the one that is checked first.
 *
 * A table has the checks of one call in the order in which the kernel makes them.
 * precedence_run() breaks each rule alone, and each pair of rules at once, in an
 * argument that is good otherwise, and expects the errno of the earlier one.
 */
#ifndef PRECEDENCE_H
#define PRECEDENCE_H

#include "call.h"
#include "conformance.h"

struct rule {
	const char *name;
	int err;		/* negative errno when it is broken, and no earlier one is */
	int or_err;		/* what another kernel gives instead; 0: all give @err */
	void (*broken)(struct call *call);
	/* Rules that share a bit cannot be broken at once: they need the same field. */
	unsigned int field;
};

/*
 * precedence_run - all rules alone and in pairs
 * @good: the call that breaks no rule
 * @rules: in the order of the kernel's checks, @count of them
 * Returns the number of calls made. Failures are noted in @_metadata.
 */
static inline unsigned int precedence_run(struct __test_metadata *_metadata,
					  const struct call *good, const struct rule *rules,
					  unsigned int count)
{
	unsigned int first, second, calls = 0;
	struct call call;
	int want, ret;

	for (first = 0; first < count; first++) {
		want = 0;
		for (second = first; second < count; second++) {
			if (second != first && rules[first].field & rules[second].field)
				continue;
			call = *good;
			/* The earlier one last: what it needs in the argument stands. */
			if (second != first)
				rules[second].broken(&call);
			rules[first].broken(&call);
			ret = call_issue(&call);
			calls++;
			if (second == first)
				want = rules[first].or_err && ret == rules[first].or_err ?
				       ret : rules[first].err;
			EXPECT_EQ(want, ret) {
				TH_LOG("%s; and %s", rules[first].name,
				       second == first ? "nothing else" : rules[second].name);
			}
		}
	}
	return calls;
}

#define PRECEDENCE(_good, _rules) \
	EXPECT_LT(ARRAY_SIZE(_rules), precedence_run(_metadata, &(_good), _rules, \
						     ARRAY_SIZE(_rules)))

/* Fields of rules; each table may use the rest as it likes. */
#define F_POINTER	0x1u
#define F_ARGSZ		0x2u
#define F_FLAGS		0x4u
#define F_A		0x10u
#define F_B		0x20u
#define F_C		0x40u
#define F_D		0x80u
#define F_E		0x100u

#endif
