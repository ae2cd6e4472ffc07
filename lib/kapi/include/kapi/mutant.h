/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Seeded bugs: does the suite notice them, do the fuzzers find them?
 *
 *	MUTANT(name, when)		true in place of the bug @name: @when is where it
 *					makes a difference, and nothing that has effects
 *	UNLESS_MUTANT(name, cond)	@cond, which the bug takes for false: a check
 *					left out
 *
 * Without VFIO_MUTANTS (the default) these are false and @cond, at no cost.
 * VFIO_MUTANTS=1 (make MUTANTS=1): VFIO_CORE_MUTANT=name in the environment, or
 * kapi_mutant, chooses one bug.
 * VFIO_MUTANTS=2 (make MUTANTS=canary): nothing goes wrong, but each place counts
 * how often it was reached and how often the bug would have shown. The counters
 * are in the file that VFIO_CORE_CANARIES names, shared by all processes and
 * kept from run to run, else in memory of the process alone.
 */
#ifndef KAPI_MUTANT_H
#define KAPI_MUTANT_H

#ifndef VFIO_MUTANTS

#define MUTANT(name, when)		false
#define UNLESS_MUTANT(name, cond)	(cond)

#else

#include <linux/compiler.h>
#include <linux/types.h>

#include <kapi/mutants.h>

enum kapi_mutant_id {
	MUTANT_none,
#define MUTANT_ID(name_, area_, kind_, text_) MUTANT_##name_,
	KAPI_MUTANTS(MUTANT_ID)
#undef MUTANT_ID
	MUTANT_COUNT
};

/* One of the file of canaries, which holds MUTANT_COUNT; the first is not used. */
struct kapi_canary {
	u64 reached;
	u64 triggered;
	u64 first_ms;		/* when it was triggered first, since the epoch; 0: never */
};

/* The bug that is on. Chosen before anything runs; a program may change it between calls. */
extern unsigned int kapi_mutant;
extern struct kapi_canary *kapi_canaries;

/* Count one; any thread, any context. Returns false. */
bool kapi_canary_count(struct kapi_canary *canary, bool triggered);

#if VFIO_MUTANTS == 2
#define MUTANT(name, when)	kapi_canary_count(&kapi_canaries[MUTANT_##name], when)
#else
#define MUTANT(name, when)	(unlikely(kapi_mutant == MUTANT_##name) && (when))
#endif

#define UNLESS_MUTANT(name, cond)				\
({								\
	bool holds_##name = (cond);				\
								\
	!MUTANT(name, holds_##name) && holds_##name;		\
})

#endif
#endif
