// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio_mig_get_next_state() against the tables of the clauses, every cell: two
 * 6x6 tables (kernels to 6.1) and four 8x8 (from 6.2). And that whoever follows
 * the hops arrives.
 */
#include "core_test.h"
#include "../core/profile.h"

/*
 * A row per current state, a character per new state: the hop, 'E' for -EINVAL,
 * 'W' for -EINVAL and a warning, because no such device can be in that state.
 */
struct fsm_table {
	const char *id, *profile;
	unsigned int flags, states;
	const char *rows[8];
};

static const struct fsm_table tables[] = {
	{ "A6", "6.1", 1, 6, { "WWWWWW", "E1234E", "E1211E", "E1131E", "E1114E", "WWWWWW" } },
	{ "B6", "6.1", 3, 6, { "WWWWWW", "E15345", "E52555", "E11311", "E11141", "E12115" } },
	{ "A8", "6.12", 1, 8, { "WWWWWWWW", "E1234EEE", "E1211EEE", "E1131EEE", "E1114EEE",
				"WWWWWWWW", "WWWWWWWW", "WWWWWWWW" } },
	{ "B8", "6.12", 3, 8, { "WWWWWWWW", "E15345EE", "E52555EE", "E11311EE", "E11141EE",
				"E12115EE", "WWWWWWWW", "WWWWWWWW" } },
	{ "C8", "6.12", 5, 8, { "WWWWWWWW", "E1234E2E", "E1211E6E", "E1131EEE", "E1114E1E",
				"WWWWWWWW", "E2232E6E", "WWWWWWWW" } },
	{ "D8", "6.12", 7, 8, { "WWWWWWWW", "E1534555", "E5255565", "E11311EE", "E1114111",
				"E1211527", "E2272267", "E5535567" } },
};

static char cell(struct vfio_device *vdev, unsigned int cur, unsigned int new)
{
	unsigned int before = expected_warnings;
	enum vfio_device_mig_state next = 0;
	int ret;

	kapi_warn_set_hook(claim_warning, NULL);
	ret = vfio_mig_get_next_state(vdev, cur, new, &next);
	kapi_warn_set_hook(NULL, NULL);
	if (ret == -EINVAL)
		return expected_warnings == before ? 'E' : 'W';
	return ret ? '?' : '0' + next;
}

static void check_table(const struct fsm_table *table)
{
	struct fake dev = { .vdev.migration_flags = table->flags };
	unsigned int cur, new;
	char got[9] = "";

	vfio_profile_select(table->profile);
	for (cur = 0; cur < table->states; cur++) {
		for (new = 0; new < table->states; new++)
			got[new] = cell(&dev.vdev, cur, new);
		got[new] = 0;
		if (!ok(!strcmp(got, table->rows[cur]), "FSM-%s row %u", table->id, cur))
			printf("# got %s, expected %s\n", got, table->rows[cur]);
	}

	/* Numbers behind the last state. */
	for (new = table->states; new < table->states + 3; new++) {
		is(cell(&dev.vdev, VFIO_DEVICE_STATE_RUNNING, new), 'E', "FSM-%s new %u",
		   table->id, new);
		is(cell(&dev.vdev, new, VFIO_DEVICE_STATE_RUNNING), 'W', "FSM-%s current %u",
		   table->id, new);
	}
	is(cell(&dev.vdev, VFIO_DEVICE_STATE_RUNNING, ~0U), 'E', "FSM-%s new -1", table->id);
}

/* Every legal way ends at its goal within as many hops as there are states. */
static void check_paths(const struct fsm_table *table)
{
	struct fake dev = { .vdev.migration_flags = table->flags };
	unsigned int cur, new, at, hops, bad = 0, ways = 0;
	char hop;

	vfio_profile_select(table->profile);
	for (cur = 1; cur < table->states; cur++) {
		for (new = 1; new < table->states; new++) {
			if (table->rows[cur][new] == 'E' || table->rows[cur][new] == 'W')
				continue;
			ways++;
			for (at = cur, hops = 0; at != new && hops < table->states; hops++) {
				hop = cell(&dev.vdev, at, new);
				if (hop < '1' || hop > '7')
					break;
				at = hop - '0';
			}
			bad += at != new;
		}
	}
	ok(ways && !bad, "FSM-%s: %u ways, all arrive", table->id, ways);
}

int main(void)
{
	unsigned int i;

	kapi_init();
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		check_table(&tables[i]);
		check_paths(&tables[i]);
	}
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
