// SPDX-License-Identifier: GPL-2.0-only
/* The table of seeded bugs, and which of them may survive. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kapi/include/kapi/mutants.h"

#include "table.h"

static struct mutant all[] = {
#define ROW(name_, area_, kind_, text_) { #name_, #area_, #kind_, text_, NULL, NULL },
	KAPI_MUTANTS(ROW)
#undef ROW
};

static struct mutant *find(const char *name)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	errx(2, "no mutant %s", name);
}

static void read_survivors(void)
{
	FILE *f = fopen(SURVIVORS, "r");
	char *line = NULL, *why;
	size_t size = 0;

	if (!f)
		err(2, "%s", SURVIVORS);
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		why = line + strcspn(line, " ");
		why += strspn(why, " ");
		if (!*why)
			errx(2, "%s does not say why \"%s\" survives", SURVIVORS, line);
		line[strcspn(line, " ")] = '\0';
		find(line)->reason = strdup(why);
	}
	free(line);
	fclose(f);
}

void table_read(struct table *table, const char *only)
{
	char *names, *save;

	read_survivors();
	table->mutants = all;
	table->nr = sizeof(all) / sizeof(all[0]);
	if (!only)
		return;
	names = strdup(only);
	table->mutants = calloc(strlen(only) / 2 + 1, sizeof(*table->mutants));
	if (!names || !table->mutants)
		err(2, "out of memory");
	table->nr = 0;
	for (char *p = strtok_r(names, ",", &save); p; p = strtok_r(NULL, ",", &save))
		table->mutants[table->nr++] = *find(p);
	free(names);
}
