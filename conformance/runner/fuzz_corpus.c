// SPDX-License-Identifier: GPL-2.0-only
/* The corpus of a target: a folder of inputs and nothing else. */
#include "campaign.h"
#include "results.h"
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sha1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_MAX	(1 << 20)	/* bytes; no target reads as much */

struct file {
	char *path;
	off_t size;
};

static int by_size(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return x->size != y->size ? (x->size > y->size) - (x->size < y->size)
				  : strcmp(x->path, y->path);
}

void fuzz_files(const char *dir, char ***paths, size_t *nr)
{
	DIR *d = opendir(dir);
	struct file *files = NULL;
	char path[FUZZ_PATH + 256];
	struct dirent *e;
	struct stat st;
	size_t n = 0;

	*paths = NULL;
	*nr = 0;
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (stat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		files = grow(files, n + 1, sizeof(*files));
		files[n].path = NULL;
		str_set(&files[n].path, path);
		files[n++].size = st.st_size;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(files, n, sizeof(*files), by_size);
	for (size_t i = 0; i < n; i++) {
		strv_add(paths, nr, files[i].path);
		free(files[i].path);
	}
	free(files);
}

static void free_files(char **paths, size_t n)
{
	while (n)
		free(paths[--n]);
	free(paths);
}

long fuzz_corpus_count(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	long n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

int fuzz_corpus_add(const char *dir, const char *file)
{
	char name[SHA1_DIGEST_STRING_LENGTH], path[FUZZ_PATH + 256], buf[65536];
	ssize_t n = 0;
	int in, out;

	if (!SHA1File(file, name))
		return -1;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!access(path, F_OK))
		return 0;
	in = open(file, O_RDONLY | O_CLOEXEC);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	while (in >= 0 && out >= 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n) {
			n = -1;
			break;
		}
	if (in < 0 || out < 0)
		n = -1;
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out))
		n = -1;
	return n;
}

/* Inputs only: who points at a folder of something else gets to know it at once. */
static int check(const char *dir)
{
	DIR *d = opendir(dir);
	char path[FUZZ_PATH + 256];
	struct dirent *e;
	struct stat st;
	int ret = 0;

	if (!d)
		return cannot("the corpus %s cannot be read: %s", dir, strerror(errno));
	while (!ret && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (stat(path, &st) || access(path, R_OK))
			ret = cannot("the corpus is damaged: %s cannot be read: %s; remove it", path,
				     strerror(errno));
		else if (!S_ISREG(st.st_mode))
			ret = cannot("the corpus is damaged: %s is no file; remove it, or name another "
				     "folder with --corpus", path);
		else if (st.st_size > INPUT_MAX)
			ret = cannot("the corpus is damaged: %s has %lld bytes and no input has more than "
				     "%d; remove it", path, (long long)st.st_size, INPUT_MAX);
	}
	closedir(d);
	return ret;
}

static int add_seeds(const struct campaign *c)
{
	char dir[FUZZ_PATH + 64], **paths, seed[FUZZ_PATH];
	size_t n;
	FILE *f;

	snprintf(dir, sizeof(dir), "%s/share/vfio-compliance/fuzz/%s", path_prefix(), c->target->name);
	fuzz_files(dir, &paths, &n);
	for (size_t i = 0; i < n; i++)
		if (fuzz_corpus_add(c->corpus, paths[i]) < 0)
			return cannot("cannot copy %s to %s: %s", paths[i], c->corpus, strerror(errno));
	free_files(paths, n);
	if (n)
		return 0;
	/* Engines start from something. */
	snprintf(seed, sizeof(seed), "%s/zero", c->corpus);
	f = fopen(seed, "w");
	if (!f || fputc(0, f) == EOF || fclose(f))
		return cannot("cannot write %s: %s", seed, strerror(errno));
	return 0;
}

int fuzz_corpus_open(struct campaign *c)
{
	char new[FUZZ_PATH + 16];
	int ret;

	snprintf(c->corpus, sizeof(c->corpus), "%s/%s", c->o->corpus, c->target->name);
	ret = fuzz_mkdir("%s", c->corpus);
	if (ret)
		return ret;
	ret = check(c->corpus);
	if (ret)
		return ret;
	/* Of a campaign that ended while it merged: nothing that is not in the corpus. */
	snprintf(new, sizeof(new), "%s.new", c->corpus);
	fuzz_remove_tree(new);
	return fuzz_corpus_count(c->corpus) ? 0 : add_seeds(c);
}

int fuzz_corpus_merge(struct campaign *c)
{
	char new[FUZZ_PATH + 16];
	int ret;

	snprintf(new, sizeof(new), "%s.new", c->corpus);
	fuzz_remove_tree(new);
	ret = fuzz_mkdir("%s", new);
	if (ret)
		return ret;
	ret = c->o->engine->merge(c, new);
	if (ret || !fuzz_corpus_count(new)) {
		fuzz_remove_tree(new);
		return ret ? ret : cannot("nothing was left of the corpus %s; it stays as it is", c->corpus);
	}
	if (renameat2(AT_FDCWD, new, AT_FDCWD, c->corpus, RENAME_EXCHANGE))
		return cannot("cannot put %s in its place: %s", new, strerror(errno));
	fuzz_remove_tree(new);
	c->stats.inputs = fuzz_corpus_count(c->corpus);
	return 0;
}
