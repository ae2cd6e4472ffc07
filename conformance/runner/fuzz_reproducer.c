// SPDX-License-Identifier: GPL-2.0-only
/* A finding as a C program of its own. */
#include "campaign.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_S		60
#define TEXT_LEN	(1 << 20)

/* In which step was the oracle broken? The target prints each in front of it. 0: in none. */
static unsigned int last_step(const struct campaign *c, const char *engine, const char *input)
{
	bool none = !strcmp(engine, "replay");
	char again[FUZZ_PATH + 40], log[FUZZ_PATH + 16], *text, *line, *save, *oracle;
	char *argv[] = { (char *)fuzz_program_path(none ? NULL : engine, c->target->name),
			 (char *)input, none ? NULL : again, NULL };
	char *env[] = { "FUZZ_PRINT=1", NULL };
	unsigned int n = 0;

	snprintf(again, sizeof(again), "-exact_artifact_path=%s/again", c->work);
	snprintf(log, sizeof(log), "%s/steps.log", c->work);
	if (fuzz_call(argv, env, log, RUN_S) <= 0)
		return 0;
	text = fuzz_text(log, TEXT_LEN, false);
	oracle = strstr(text, ": oracle: ");
	if (oracle)
		*oracle = '\0';
	for (line = oracle ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		n += strstr(line, " (fd ") && strstr(line, ") = ");
	free(text);
	return n;
}

bool fuzz_reproducer(const struct campaign *c, const char *input, const char *engine, int step,
		     const char *to)
{
	char *argv[] = { (char *)fuzz_replay_path(), "-t", (char *)c->target->name, "-c", "-w",
			 (char *)to, NULL, NULL, NULL, NULL };
	char preload[FUZZ_PATH], topology[FUZZ_PATH], log[FUZZ_PATH + 16], number[16];
	char *env[] = { preload, c->target->topology ? topology : NULL, NULL }, *text;
	unsigned int n = step >= 0 ? (unsigned int)step + 1 : last_step(c, engine, input);
	int at = 6;
	bool ok;

	if (c->target->input != FUZZ_PROGRAM || access(argv[0], X_OK))
		return false;
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", path_core());
	if (c->target->topology)
		snprintf(topology, sizeof(topology), "VFIO_CORE_TOPOLOGY=%s/%s.topo", path_topologies(),
			 c->target->topology);
	if (n) {
		snprintf(number, sizeof(number), "%u", n);
		argv[at++] = "-s";
		argv[at++] = number;
	}
	argv[at] = (char *)input;
	snprintf(log, sizeof(log), "%s/emit.log", c->work);
	/* What a crash leaves of it is one, too. */
	if (fuzz_call(argv, env, log, RUN_S) < 0)
		return false;
	text = fuzz_text(to, TEXT_LEN, false);
	ok = strstr(text, "int main(void)") && strstr(text, "return 0;\n}\n");
	free(text);
	return ok;
}
