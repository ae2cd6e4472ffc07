// SPDX-License-Identifier: GPL-2.0-only
/* The shape of the guest: from files of orders to QEMU's arguments and the agent's plan. */
#include "vm_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH	4	/* of files that include each other */

static char *append_text(char *text, const char *more, const char *end)
{
	char *s;

	if (asprintf(&s, "%s%s%s", text ?: "", more, end) < 0)
		abort();
	free(text);
	return s;
}

static void add_words(struct vm_machine *m, char *line)
{
	char *word, *save;

	for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		m->qemu = realloc(m->qemu, (m->nr_qemu + 1) * sizeof(*m->qemu));
		if (!m->qemu)
			abort();
		m->qemu[m->nr_qemu++] = append_text(NULL, word, "");
	}
}

static int read_orders(struct vm_machine *m, const char *name, int depth)
{
	char path[PATH_MAX], line[1024];
	FILE *f;
	int ret = 0;

	if (depth == MAX_DEPTH)
		return -ELOOP;
	snprintf(path, sizeof(path), "%s/%s", vm_libexec_path(), name);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (!ret && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "#\n")] = '\0';
		if (!strncmp(line, "qemu ", 5))
			add_words(m, line + 5);
		else if (!strncmp(line, "append ", 7))
			m->append = append_text(m->append, line + 7, " ");
		else if (!strncmp(line, "include ", 8))
			ret = read_orders(m, line + 8, depth + 1);
		else if (*line)
			m->plan = append_text(m->plan, line, "\n");
	}
	fclose(f);
	return ret;
}

int vm_read_machine(const char *name, struct vm_machine *m, char *why, size_t len)
{
	char file[256];
	int ret = -EINVAL;

	*m = (struct vm_machine){ 0 };
	snprintf(file, sizeof(file), "machine.%s", name);
	if (!strchr(name, '/'))
		ret = read_orders(m, file, 0);
	if (!ret)
		return 0;
	snprintf(why, len, "no machine \"%s\" (%s); there are those with a file machine.NAME in %s",
		 name, strerror(-ret), vm_libexec_path());
	vm_free_machine(m);
	return -1;
}

void vm_free_machine(struct vm_machine *m)
{
	size_t i;

	for (i = 0; i < m->nr_qemu; i++)
		free(m->qemu[i]);
	free(m->qemu);
	free(m->append);
	free(m->plan);
	*m = (struct vm_machine){ 0 };
}
