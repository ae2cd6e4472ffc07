// SPDX-License-Identifier: GPL-2.0-only
#include "runner.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", "run the suite on the userspace core, or on a device of this host", cmd_run },
	{ "vm", "run the suite on a kernel booted in QEMU", cmd_vm },
	{ "exec", "run an unmodified VFIO program on the userspace core", cmd_exec },
	{ "certify", "bind a device, run all that it supports, write a bundle", cmd_certify },
	{ "verify", "check such a bundle", cmd_verify },
	{ "bind", "give a device to a VFIO driver", cmd_bind },
	{ "unbind", "give it back to the driver it had", cmd_unbind },
	{ "list", "show clauses and the tests that cover them", cmd_list },
	{ "compare", "show where two runs disagree", cmd_compare },
	{ "bench", "measure, compare measurements, and show them over time", cmd_bench },
	{ "fuzz", "run the fuzz targets for a while, and sort what they find", cmd_fuzz },
	{ "sdk", "compile a driver for the userspace core", cmd_sdk },
	{ "plan", "list the cells of a matrix of kernels, devices, shapes and suites", cmd_plan },
	{ "merge", "put together what the machines that did them found", cmd_merge },
	{ "report", "write the report again from a results.json", cmd_report },
};

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance COMMAND [options]\n\n", f);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].what);
	fputs("\n`vfio-compliance COMMAND -h` shows the options of a command.\n"
	      "Exit status: 0 all held, 1 something fell short, 2 could not run, "
	      "4 everything skipped.\n", f);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		usage(stdout);
		return EXIT_HELD;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return cannot("no command \"%s\"; `vfio-compliance -h` lists them", argv[1]);
}
