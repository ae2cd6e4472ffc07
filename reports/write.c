// SPDX-License-Identifier: GPL-2.0-only
#include "html.h"
#include "results.h"
#include "sarif.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *path)
{
	int saved = errno;

	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	errno = saved;
}

static int write_log(const char *dir, const struct test_result *t)
{
	char path[4096];
	FILE *f;
	int n, bad;

	n = snprintf(path, sizeof(path), "%s/logs/%s.log", dir, t->name);
	if (n >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *p = path + strlen(dir) + 6; *p; p++)
		if (*p == '/')
			*p = '.';
	f = fopen(path, "w");
	if (!f)
		return -1;
	fprintf(f, "%s: %s %s\n%s", t->name, status_name(t->status), t->reason, t->log);
	bad = ferror(f);
	return fclose(f) || bad ? -1 : 0;
}

static int write_all(const struct results *r, const char *dir, const struct report_extra *x)
{
	static const struct {
		const char *name;
		int (*write)(const struct results *, const char *);
	} formats[] = {
		{ "results.json", results_write_json },
		{ "results.ktap", results_write_ktap },
		{ "junit.xml", results_write_junit },
		{ "kcidb.json", results_write_kcidb },
	};
	char path[4096];

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, formats[i].name);
		if (formats[i].write(r, path))
			return -1;
	}
	snprintf(path, sizeof(path), "%s/index.html", dir);
	if (results_write_html(r, x ? x->html : NULL, path))
		return -1;
	snprintf(path, sizeof(path), "%s/findings.sarif", dir);
	if (x && x->html && x->html->findings && findings_write_sarif(x->html->findings, path))
		return -1;
	snprintf(path, sizeof(path), "%s/logs", dir);
	if (mkdir(path, 0777))
		return -1;
	for (size_t i = 0; i < r->nr_tests; i++)
		if (write_log(dir, &r->tests[i]))
			return -1;
	return x && x->more ? x->more(dir, x->ctx) : 0;
}

/* mkdir -p for all but the last component. */
static int make_parents(const char *path)
{
	char buf[4096];

	if (snprintf(buf, sizeof(buf), "%s", path) >= (int)sizeof(buf)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *p = buf + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(buf, 0777) && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return 0;
}

int report_write(const struct results *r, const char *dir, char *err, size_t size)
{
	return report_write_with(r, dir, NULL, err, size);
}

int report_write_with(const struct results *r, const char *dir, const struct report_extra *x,
		      char *err, size_t size)
{
	char tmp[4096], name[4096];
	mode_t mask = umask(0);

	umask(mask);
	snprintf(name, sizeof(name), "%s", dir);
	while (strlen(name) > 1 && name[strlen(name) - 1] == '/')
		name[strlen(name) - 1] = '\0';
	if (snprintf(tmp, sizeof(tmp), "%s.XXXXXX", name) >= (int)sizeof(tmp))
		errno = ENAMETOOLONG;
	else if (!make_parents(name) && mkdtemp(tmp)) {
		chmod(tmp, 0777 & ~mask);
		if (!write_all(r, tmp, x)) {
			/* An old report is exchanged, so that there is no moment without one. */
			if (!renameat2(AT_FDCWD, tmp, AT_FDCWD, name, RENAME_EXCHANGE)) {
				remove_tree(tmp);
				return 0;
			}
			if (!rename(tmp, name))
				return 0;
		}
		remove_tree(tmp);
	}
	snprintf(err, size, "cannot write the report to %s: %s", dir, strerror(errno));
	return -1;
}
