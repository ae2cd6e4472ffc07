// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of seeded bugs as text, tab-separated: name, area, kind, what goes
 * wrong; with a file of canaries (VFIO_CORE_CANARIES) also how often each was
 * reached and triggered, and when first, in milliseconds since the epoch.
 */
#include <stdio.h>

#include <kapi/mutant.h>

static const struct {
	const char *name, *area, *kind, *text;
} table[MUTANT_COUNT] = {
#define ROW(name_, area_, kind_, text_) [MUTANT_##name_] = { #name_, #area_, #kind_, text_ },
	KAPI_MUTANTS(ROW)
#undef ROW
};

int main(int argc, char **argv)
{
	static struct kapi_canary canaries[MUTANT_COUNT];
	int i;

	if (argc > 2) {
		fprintf(stderr, "usage: mutants [CANARIES]\n");
		return 2;
	}
	if (argc == 2) {
		FILE *f = fopen(argv[1], "r");

		if (!f || fread(canaries, sizeof(canaries), 1, f) != 1) {
			fprintf(stderr, "mutants: %s has no canaries of this build\n", argv[1]);
			return 2;
		}
		fclose(f);
	}
	for (i = MUTANT_none + 1; i < MUTANT_COUNT; i++) {
		printf("%s\t%s\t%s\t%s", table[i].name, table[i].area, table[i].kind, table[i].text);
		if (argc == 2)
			printf("\t%llu\t%llu\t%llu", canaries[i].reached, canaries[i].triggered,
			       canaries[i].first_ms);
		putchar('\n');
	}
	return 0;
}
