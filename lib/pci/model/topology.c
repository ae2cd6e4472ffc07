// SPDX-License-Identifier: GPL-2.0-only
#include "topology.h"
#include "model.h"

#include <errno.h>
#include <stdarg.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <stdio.h>

#define TOPO_MAX_SIZE	65536

/* The default, as the file has it; the path counts from the top of the source tree. */
__asm__(".pushsection .rodata\n"
	".hidden default_topology, default_topology_end\n"
	".globl default_topology, default_topology_end\n"
	"default_topology:\n"
	".incbin \"lib/pci/model/topologies/default.topo\"\n"
	"default_topology_end:\n"
	".byte 0\n"
	".popsection\n");
extern const char default_topology[], default_topology_end[];

char *topology_load(const char *file)
{
	char *text;
	size_t len;
	FILE *f;

	if (!file) {
		len = default_topology_end - default_topology;
		text = kmemdup(default_topology, len + 1, GFP_KERNEL);
		return text ? text : ERR_PTR(-ENOMEM);
	}
	f = fopen(file, "re");
	if (!f)
		return ERR_PTR(-errno);
	text = kzalloc(TOPO_MAX_SIZE + 1, GFP_KERNEL);
	len = text ? fread(text, 1, TOPO_MAX_SIZE + 1, f) : 0;
	if (!text || ferror(f) || len > TOPO_MAX_SIZE) {
		int err = !text ? -ENOMEM : ferror(f) ? -EIO : -EFBIG;

		fclose(f);
		kfree(text);
		return ERR_PTR(err);
	}
	fclose(f);
	return text;
}

static char error[256];

const char *vfio_model_error(void)
{
	return error;
}

void topology_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, sizeof(error), fmt, ap);
	va_end(ap);
}

/* Whole string as a hexadecimal number up to @max. */
static bool hex(const char *s, unsigned int max, unsigned int *val)
{
	return s && *s && !kstrtouint(s, 16, val) && *val <= max;
}

static const char *parse_iommu(char **rest, struct topo_stmt *st)
{
	const char *word = strsep(rest, " ");

	if (!word || strcmp(word, "vtd"))
		return "the only IOMMU is 'vtd'";
	st->aw = 39;
	st->intremap = true;
	while ((word = strsep(rest, " "))) {
		if (!strcmp(word, "snoop"))
			st->snoop = true;
		else if (!strcmp(word, "intremap=off"))
			st->intremap = false;
		else if (!strcmp(word, "aw=39"))
			st->aw = 39;
		else if (!strcmp(word, "aw=48"))
			st->aw = 48;
		else
			return "expected aw=39, aw=48, snoop or intremap=off";
	}
	return NULL;
}

/* False for an empty word and for one that is too long. */
static bool copy_word(char to[32], const char *word)
{
	return *word && strscpy(to, word, 32) > 0;
}

static const char *parse_function(char **rest, struct topo_stmt *st)
{
	char *addr = strsep(rest, " "), *slot = addr ? strsep(&addr, ".") : NULL;
	bool edu = st->kind == TOPO_EDU;
	const char *word;

	if (!hex(slot, 0x1f, &st->slot) || !hex(addr, 7, &st->func))
		return "expected SLOT.FUNC";
	while ((word = strsep(rest, " "))) {
		if (edu && !strcmp(word, "acs"))
			st->acs = true;
		else if (edu && !strcmp(word, "noiommu"))
			st->noiommu = true;
		else if (!edu && !strncmp(word, "vfs=", 4) && hex(word + 4, 8, &st->vfs))
			continue;
		else if (strncmp(word, "driver=", 7) || !copy_word(st->driver, word + 7))
			return edu ? "expected driver=NAME, acs or noiommu" :
			       "expected driver=NAME or vfs=0 to vfs=8";
	}
	return NULL;
}

/* MODULE.NAME=VALUE */
static const char *parse_param(char **rest, struct topo_stmt *st)
{
	char *value = strsep(rest, " "), *name = value ? strsep(&value, "=") : NULL;
	char *module = name ? strsep(&name, ".") : NULL;

	if (!module || !name || !value || !copy_word(st->module, module) ||
	    !copy_word(st->param, name) || !copy_word(st->value, value))
		return "expected MODULE.NAME=VALUE";
	return NULL;
}

static const char *parse_stmt(char *line, struct topo_stmt *st)
{
	const char *word = strsep(&line, " ");
	const char *err = NULL;

	if (!strcmp(word, "iommu")) {
		st->kind = TOPO_IOMMU;
		err = parse_iommu(&line, st);
	} else if (!strcmp(word, "param")) {
		st->kind = TOPO_PARAM;
		err = parse_param(&line, st);
	} else if (!strcmp(word, "port")) {
		st->kind = TOPO_PORT;
		if (!hex(strsep(&line, " "), 0x1f, &st->slot))
			err = "expected SLOT";
		word = strsep(&line, " ");
		st->hotplug = word && !strcmp(word, "hotplug");
		if (word && !st->hotplug)
			err = "expected hotplug or nothing";
	} else if (!strcmp(word, "root")) {
		st->kind = TOPO_ROOT;
	} else if (!strcmp(word, "edu")) {
		st->kind = TOPO_EDU;
		err = parse_function(&line, st);
	} else if (!strcmp(word, "nvme")) {
		st->kind = TOPO_NVME;
		err = parse_function(&line, st);
	} else {
		err = "unknown statement";
	}
	if (!err && line)
		err = "more words than expected";
	return err;
}

/* No comment, single spaces, none at the ends. */
static char *clean(char *line)
{
	char *in, *out = line;

	line[strcspn(line, "#")] = 0;
	for (in = line; *in; in++) {
		char c = *in == '\t' || *in == '\r' ? ' ' : *in;

		if (c != ' ' || (out > line && out[-1] != ' '))
			*out++ = c;
	}
	if (out > line && out[-1] == ' ')
		out--;
	*out = 0;
	return line;
}

int topology_parse(const char *name, char *text, struct topo_stmt **stmts, unsigned int *n)
{
	unsigned int line_nr = 0, lines = 1;
	struct topo_stmt *st;
	char *line;

	for (line = text; *line; line++)
		lines += *line == '\n';
	st = kcalloc(lines, sizeof(*st), GFP_KERNEL);
	if (!st)
		return -ENOMEM;
	*n = 0;
	while ((line = strsep(&text, "\n"))) {
		const char *err;

		line_nr++;
		if (!*clean(line))
			continue;
		st[*n].line = line_nr;
		err = parse_stmt(line, &st[*n]);
		if (err) {
			topology_error("%s:%u: %s", name, line_nr, err);
			kfree(st);
			return -EINVAL;
		}
		++*n;
	}
	*stmts = st;
	return 0;
}
