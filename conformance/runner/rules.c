// SPDX-License-Identifier: GPL-2.0-only
#include "rules.h"
#include "results.h"
#include "runner.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int rules_load(struct rules *r, const char *path, bool need_why)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int nr = 0, ret = 0;

	if (!f)
		return cannot("cannot read %s: %s", path, strerror(errno));
	while (getline(&line, &size, f) > 0) {
		struct rule *rule;
		char *why;

		nr++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		why = line + strcspn(line, " \t");
		if (*why)
			*why++ = '\0';
		why += strspn(why, " \t");
		if (need_why && !*why) {
			ret = cannot("%s:%d: no reason given for %s", path, nr, line);
			break;
		}
		r->rule = grow(r->rule, r->nr + 1, sizeof(*r->rule));
		rule = &r->rule[r->nr++];
		*rule = (struct rule){ 0 };
		str_set(&rule->glob, line);
		str_set(&rule->why, why);
	}
	free(line);
	fclose(f);
	return ret;
}

void rules_free(struct rules *r)
{
	while (r->nr) {
		free(r->rule[--r->nr].glob);
		free(r->rule[r->nr].why);
	}
	free(r->rule);
	r->rule = NULL;
}

const char *rules_match(const struct rules *r, const char *name)
{
	for (size_t i = 0; i < r->nr; i++)
		if (!fnmatch(r->rule[i].glob, name, 0))
			return r->rule[i].why;
	return NULL;
}

int rules_add_globs(const char *name, char ***globs, size_t *nr)
{
	struct rules r = { 0 };
	char path[4200];
	int ret;

	snprintf(path, sizeof(path), "%s", name);
	if (!strchr(name, '/') && access(path, R_OK))
		snprintf(path, sizeof(path), "%s/%s", path_lists(), name);
	ret = rules_load(&r, path, false);
	if (!ret && !r.nr)
		ret = cannot("%s names no test", path);
	for (size_t i = 0; !ret && i < r.nr; i++)
		strv_add(globs, nr, r.rule[i].glob);
	rules_free(&r);
	return ret;
}
