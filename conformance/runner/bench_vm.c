// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance vm -- bench: measured in the guest, written here. */
#include "bench.h"
#include "results.h"
#include "runner.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the guest there is a shell; each document it prints is some rounds. */
#define ROUNDS	3	/* in one process at most */

struct gathered {
	const struct bench_options *o;
	char *text;
	size_t n;
	int seen;
};

static void gather(void *ctx, const char *data, size_t len)
{
	static const char iteration[] = "\"run_type\": \"iteration\"";
	struct gathered *g = ctx;

	g->text = grow(g->text, g->n + len + 1, 1);
	memcpy(g->text + g->n, data, len);
	g->n += len;
	g->text[g->n] = '\0';
	g->seen = 0;
	for (char *p = g->text; (p = strstr(p, iteration)); p++)
		g->seen++;
	bench_progress(g->o, "in the guest: %d figures", g->seen);
}

int bench_in_vm(struct vm_options *vm, int argc, char **argv)
{
	/* Of huge pages, twice what the second largest benchmark of them takes. */
	static const char loop[] = "echo 64 >/proc/sys/vm/nr_hugepages; "
				   "n=$1; s=0; shift; while [ $n -gt 0 ]; do "
				   "\"$@\" || { s=$?; [ $s = 1 ] || exit $s; }; n=$((n - 1)); "
				   "done; exit $s";
	struct bench_options o;
	struct gathered g = { .o = &o };
	char **round, **command = NULL, *at, times[16], why[512], *file[2] = { 0 }, machine[512];
	struct vm_result res;
	size_t n = 0;
	json_error_t e;
	json_t *doc, *one;
	int ret;

	optind = 0;	/* begins anew, with the order of these options */
	ret = bench_parse(argc, argv, &o);
	if (ret)
		return ret - 1;
	if (o.target.bdf)
		return cannot("the guest has its own devices; leave out -d");
	if (o.instructions)
		return cannot("callgrind counts nothing of what a kernel does; leave out --instructions");
	o.quiet |= vm->quiet;
	/*
	 * Emulated, a benchmark takes longer to be set up than to run. A process takes
	 * what one round needs for others, too.
	 */
	o.parts = 1;
	for (o.rounds = ROUNDS; o.repetitions % o.rounds; o.rounds--)
		;
	snprintf(times, sizeof(times), "%d", o.repetitions / o.rounds);
	round = bench_argv(&o, NULL, strrchr(o.target.program, '/') + 1);
	strv_add(&command, &n, "sh");
	strv_add(&command, &n, "-c");
	strv_add(&command, &n, loop);
	strv_add(&command, &n, "sh");
	strv_add(&command, &n, times);
	for (char **p = round; *p; p++)
		strv_add(&command, &n, *p);
	strv_add(&command, &n, "");
	command[n - 1] = NULL;
	file[0] = o.target.program;
	vm->files = (const char *const *)file;
	vm->argv = command;
	vm->quiet = true;
	vm_run(vm, gather, &g, &res);
	bench_progress(&o, NULL);
	if (res.end != VM_OK) {
		cannot("%s", res.reason);
		return res.end == VM_PANIC || res.end == VM_TIMEOUT ? EXIT_SHORT : EXIT_CANNOT;
	}
	if (res.status > EXIT_SHORT)
		return cannot("%s ended with status %d in the guest; its console is in %s",
			      o.target.program, res.status, res.console);
	doc = bench_doc_new();
	for (at = g.text ? g.text : ""; *at; at += e.position + strspn(at + e.position, " \r\n")) {
		one = json_loads(at, JSON_DISABLE_EOF_CHECK, &e);
		if (!one || bench_doc_add(doc, one, o.rounds, why, sizeof(why)))
			return cannot("the guest printed no JSON of Google Benchmark: line %d: %s",
				      e.line, one ? why : e.text);
		json_decref(one);
	}
	bench_machine(machine, sizeof(machine));
	snprintf(machine + strlen(machine), sizeof(machine) - strlen(machine), ", QEMU %s", res.accel);
	/* What the guest takes for its processor says nothing of its speed. */
	bench_doc_context_set(doc, "machine", machine);
	if (o.commit)
		bench_doc_context_set(doc, "commit", o.commit);
	bench_doc_context(doc, "backend", "kernel");
	bench_doc_context(doc, "kernel", res.release);
	bench_doc_context(doc, "device", "edu of QEMU");
	bench_doc_context(doc, "commit", res.release);
	ret = bench_conclude(doc, &o, res.status == EXIT_SHORT);
	json_decref(doc);
	free(g.text);
	return ret;
}
