/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The migration state machine as documented: for each set of migration flags
 * the next hop from every state to every state, and the paths of more than one
 * arc in full. A6 and B6 are the tables of 6 states (5.18 to 6.1), the others
 * those of 8 states (6.2 and later).
 *
 * The paths are typed beside the hops, and not made from them, so that the
 * tests can hold one against the other.
 */
#ifndef FSM_TABLES_H
#define FSM_TABLES_H

#include <stdint.h>

#include "migration_util.h"

#define FSM_STATES	8
#define FSM_PATHS_MAX	32

enum {
	E = -1,		/* EINVAL: no such new state, or one that needs a flag not set */
	W = -2,		/* EINVAL and a kernel WARN: the current state is not legal */
	B = -3,		/* EINVAL: blocked; before a26b499b757c the kernel never comes back */
};

struct fsm_set {
	const char *name;
	uint64_t flags;
	uint32_t states;
	signed char hop[FSM_STATES][FSM_STATES];	/* [current][new] */
	const char *paths[FSM_PATHS_MAX];		/* state numbers as digits */
};

enum { A6, B6, A8, B8, C8, D8, FSM_SETS };

static const struct fsm_set fsm_sets[FSM_SETS] = {
	{
		.name = "A6", .flags = F_STOP_COPY, .states = 6,
		.hop = {
			{ W, W, W, W, W, W },	/* ERROR */
			{ E, 1, 2, 3, 4, E },	/* STOP */
			{ E, 1, 2, 1, 1, E },	/* RUNNING */
			{ E, 1, 1, 3, 1, E },	/* STOP_COPY */
			{ E, 1, 1, 1, 4, E },	/* RESUMING */
			{ W, W, W, W, W, W },	/* RUNNING_P2P */
		},
		.paths = {
			"213", "214", "312", "314", "412", "413",
		},
	},
	{
		.name = "B6", .flags = F_STOP_COPY | F_P2P, .states = 6,
		.hop = {
			{ W, W, W, W, W, W },	/* ERROR */
			{ E, 1, 5, 3, 4, 5 },	/* STOP */
			{ E, 5, 2, 5, 5, 5 },	/* RUNNING */
			{ E, 1, 1, 3, 1, 1 },	/* STOP_COPY */
			{ E, 1, 1, 1, 4, 1 },	/* RESUMING */
			{ E, 1, 2, 1, 1, 5 },	/* RUNNING_P2P */
		},
		.paths = {
			"152", "251", "2513", "2514", "3152", "314", "315", "4152", "413",
			"415", "513", "514",
		},
	},
	{
		.name = "A8", .flags = F_STOP_COPY, .states = 8,
		.hop = {
			{ W, W, W, W, W, W, W, W },	/* ERROR */
			{ E, 1, 2, 3, 4, E, E, E },	/* STOP */
			{ E, 1, 2, 1, 1, E, E, E },	/* RUNNING */
			{ E, 1, 1, 3, 1, E, E, E },	/* STOP_COPY */
			{ E, 1, 1, 1, 4, E, E, E },	/* RESUMING */
			{ W, W, W, W, W, W, W, W },	/* RUNNING_P2P */
			{ W, W, W, W, W, W, W, W },	/* PRE_COPY */
			{ W, W, W, W, W, W, W, W },	/* PRE_COPY_P2P */
		},
		.paths = {
			"213", "214", "312", "314", "412", "413",
		},
	},
	{
		.name = "B8", .flags = F_STOP_COPY | F_P2P, .states = 8,
		.hop = {
			{ W, W, W, W, W, W, W, W },	/* ERROR */
			{ E, 1, 5, 3, 4, 5, E, E },	/* STOP */
			{ E, 5, 2, 5, 5, 5, E, E },	/* RUNNING */
			{ E, 1, 1, 3, 1, 1, E, E },	/* STOP_COPY */
			{ E, 1, 1, 1, 4, 1, E, E },	/* RESUMING */
			{ E, 1, 2, 1, 1, 5, E, E },	/* RUNNING_P2P */
			{ W, W, W, W, W, W, W, W },	/* PRE_COPY */
			{ W, W, W, W, W, W, W, W },	/* PRE_COPY_P2P */
		},
		.paths = {
			"152", "251", "2513", "2514", "3152", "314", "315", "4152", "413",
			"415", "513", "514",
		},
	},
	{
		.name = "C8", .flags = F_STOP_COPY | F_PRE_COPY, .states = 8,
		.hop = {
			{ W, W, W, W, W, W, W, W },	/* ERROR */
			{ E, 1, 2, 3, 4, E, 2, E },	/* STOP */
			{ E, 1, 2, 1, 1, E, 6, E },	/* RUNNING */
			{ E, 1, 1, 3, 1, E, B, E },	/* STOP_COPY */
			{ E, 1, 1, 1, 4, E, 1, E },	/* RESUMING */
			{ W, W, W, W, W, W, W, W },	/* RUNNING_P2P */
			{ E, 2, 2, 3, 2, E, 6, E },	/* PRE_COPY */
			{ W, W, W, W, W, W, W, W },	/* PRE_COPY_P2P */
		},
		.paths = {
			"126", "213", "214", "312", "314", "412", "413", "4126", "621", "6214",
		},
	},
	{
		.name = "D8", .flags = F_STOP_COPY | F_P2P | F_PRE_COPY, .states = 8,
		.hop = {
			{ W, W, W, W, W, W, W, W },	/* ERROR */
			{ E, 1, 5, 3, 4, 5, 5, 5 },	/* STOP */
			{ E, 5, 2, 5, 5, 5, 6, 5 },	/* RUNNING */
			{ E, 1, 1, 3, 1, 1, B, B },	/* STOP_COPY */
			{ E, 1, 1, 1, 4, 1, 1, 1 },	/* RESUMING */
			{ E, 1, 2, 1, 1, 5, 2, 7 },	/* RUNNING_P2P */
			{ E, 2, 2, 7, 2, 2, 6, 7 },	/* PRE_COPY */
			{ E, 5, 5, 3, 5, 5, 6, 7 },	/* PRE_COPY_P2P */
		},
		.paths = {
			"152", "1526", "157", "251", "2513", "2514", "257", "3152", "314",
			"315", "4152", "413", "415", "41526", "4157", "513", "514", "526",
			"6251", "673", "62514", "625", "751", "752", "7514",
		},
	},
};

/*
 * fsm_path - the states from @cur to @new, both included
 * Returns their number, 0 if no path is documented for what @hop calls one.
 */
static inline unsigned int fsm_path(const struct fsm_set *set, uint32_t cur, uint32_t new,
				    uint32_t path[FSM_STATES])
{
	const char *const *p, *s;
	unsigned int n = 0;

	path[n++] = cur;
	if (cur == new)
		return n;
	if (set->hop[cur][new] == (int)new) {
		path[n++] = new;
		return n;
	}
	for (p = set->paths; *p; p++) {
		if ((*p)[0] != (char)('0' + cur))
			continue;
		for (n = 0, s = *p; *s; s++)
			path[n++] = *s - '0';
		if (path[n - 1] == new)
			return n;
	}
	return 0;
}

/* True for the arcs that begin a data transfer session. */
static inline bool fsm_opens(uint32_t from, uint32_t to)
{
	return (from == S_STOP && (to == S_STOP_COPY || to == S_RESUMING)) ||
	       (from == S_RUNNING && to == S_PRE_COPY) ||
	       (from == S_RUNNING_P2P && to == S_PRE_COPY_P2P);
}

/* True if a session lasts over the arc: within PRE_COPY, PRE_COPY_P2P, STOP_COPY. */
static inline bool fsm_saving(uint32_t state)
{
	return state == S_PRE_COPY || state == S_PRE_COPY_P2P || state == S_STOP_COPY;
}

#endif
