// SPDX-License-Identifier: GPL-2.0-only
/* The manifest. */
#include "bundle.h"
#include "results.h"

#include <errno.h>
#include <ftw.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD	"vfio-compliance bundle 1\n"

/* What nftw() finds. */
static char **files;
static size_t nr_files, prefix_len;
static char *odd;	/* neither file nor directory */

static int take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type == FTW_D || !strcmp(path + prefix_len, BUNDLE_MANIFEST))
		return 0;
	if (type == FTW_F && S_ISREG(st->st_mode))
		strv_add(&files, &nr_files, path + prefix_len);
	else
		str_set(&odd, path + prefix_len);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_files(const char *dir)
{
	while (nr_files)
		free(files[--nr_files]);
	free(odd);
	odd = NULL;
	prefix_len = strlen(dir) + 1;
	nftw(dir, take_file, 16, FTW_PHYS);
	if (nr_files)
		qsort(files, nr_files, sizeof(*files), by_name);
}

/* The line of the manifest for one file; NULL if it cannot be read. */
static char *line_of(const char *dir, const char *name)
{
	char path[4096], sum[SHA256_DIGEST_STRING_LENGTH], *line;
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (stat(path, &st) || !SHA256File(path, sum) ||
	    asprintf(&line, "%s %lld %s\n", sum, (long long)st.st_size, name) < 0)
		return NULL;
	return line;
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &size, '\0', f);
	/* No text has a NUL, not even at its end. */
	if (n <= 0 || strlen(text) != (size_t)n || getc(f) != EOF) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

int bundle_seal(const char *dir, char *why, size_t len)
{
	char path[4096], sum[SHA256_DIGEST_STRING_LENGTH], *text = NULL, *line;
	FILE *f;
	int bad;

	list_files(dir);
	str_set(&text, HEAD);
	for (size_t i = 0; i < nr_files; i++) {
		line = line_of(dir, files[i]);
		if (!line) {
			snprintf(why, len, "cannot read %s/%s: %s", dir, files[i], strerror(errno));
			free(text);
			return -1;
		}
		str_append(&text, line);
		free(line);
	}
	SHA256Data((const uint8_t *)text, strlen(text), sum);
	snprintf(path, sizeof(path), "%s/" BUNDLE_MANIFEST, dir);
	f = fopen(path, "we");
	bad = !f || fprintf(f, "%send %s\n", text, sum) < 0;
	if (f)
		bad |= fclose(f);
	free(text);
	if (bad)
		snprintf(why, len, "cannot write %s: %s", path, strerror(errno));
	return bad ? -1 : 0;
}

/* @text up to its last line, if that says what stands above it; else NULL. */
static char *open_manifest(char *text)
{
	char sum[SHA256_DIGEST_STRING_LENGTH], end[sizeof(sum) + 8];
	size_t n = strlen(text), tail = strlen("end \n") + sizeof(sum) - 1;

	if (n < strlen(HEAD) + tail || strncmp(text, HEAD, strlen(HEAD)))
		return NULL;
	SHA256Data((const uint8_t *)text, n - tail, sum);
	snprintf(end, sizeof(end), "end %s\n", sum);
	if (strcmp(text + n - tail, end))
		return NULL;
	text[n - tail] = '\0';
	return text + strlen(HEAD);
}

static int differ(void (*fault)(const char *), const char *what, const char *name)
{
	char line[4200];

	snprintf(line, sizeof(line), "%s: %s", what, name);
	fault(line);
	return 1;
}

/* Both lists are sorted: go through them side by side. */
static int compare(const char *dir, char *lines, void (*fault)(const char *))
{
	char *line, *name, *have, *rest = lines, *mark;
	int faults = 0;
	size_t i = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		mark = strchr(line, ' ');
		mark = mark ? strchr(mark + 1, ' ') : NULL;
		name = mark ? mark + 1 : line;
		while (i < nr_files && strcmp(files[i], name) < 0)
			faults += differ(fault, "not in the manifest", files[i++]);
		if (i == nr_files || strcmp(files[i], name)) {
			faults += differ(fault, "missing", name);
			continue;
		}
		have = line_of(dir, files[i++]);
		if (have)
			have[strcspn(have, "\n")] = '\0';
		if (!have || strcmp(have, line))
			faults += differ(fault, "changed", name);
		free(have);
	}
	while (i < nr_files)
		faults += differ(fault, "not in the manifest", files[i++]);
	return faults;
}

int bundle_check(const char *dir, void (*fault)(const char *))
{
	char path[4096], *text, *lines;
	int faults;

	list_files(dir);
	if (odd)
		return differ(fault, "neither file nor directory", odd);
	snprintf(path, sizeof(path), "%s/" BUNDLE_MANIFEST, dir);
	text = read_all(path);
	lines = text ? open_manifest(text) : NULL;
	if (!lines)
		faults = differ(fault, text ? "changed" : "missing or damaged", BUNDLE_MANIFEST);
	else
		faults = compare(dir, lines, fault);
	free(text);
	return faults;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
