/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands of vfio-compliance share. */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdbool.h>
#include <stddef.h>

struct results;

/* Exit statuses of contract C1. */
enum { EXIT_HELD = 0, EXIT_SHORT = 1, EXIT_CANNOT = 2, EXIT_ALL_SKIPPED = 4 };

int cmd_run(int argc, char **argv);
int cmd_vm(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_fuzz(int argc, char **argv);

/* Can this PCI device be used through VFIO here? 0, or EXIT_CANNOT with a message. */
int check_device(const char *bdf);
/* Is there this profile of the core? Else false with a message. */
bool known_profile(const char *name);
/* The file behind the argument of --topology, or NULL with a message; a static buffer. */
const char *find_topology(const char *name);
int cmd_sdk(int argc, char **argv);
int cmd_certify(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_bind(int argc, char **argv);
int cmd_unbind(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_merge(int argc, char **argv);
/* `run` with the options that make it work on a plan. */
bool is_shard_run(int argc, char **argv);
int cmd_run_shard(int argc, char **argv);

/* Print one line that says what was wrong and what to do; returns EXIT_CANNOT. */
int cannot(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The argument of --repeat: 0, or EXIT_CANNOT with a line on stderr. */
int parse_repeat(const char *text, int *repeat);

/*
 * Where the parts of this installation are, found beside the program itself:
 * PREFIX/bin, PREFIX/lib, PREFIX/libexec/vfio-compliance and
 * PREFIX/share/vfio-compliance. Each call returns a path in a static buffer of
 * its own.
 */
const char *path_core(void);		/* lib/libvfio-core.so, or lib64/, or lib/TRIPLET/ */
const char *path_tests(void);		/* libexec/vfio-compliance/tests */
const char *path_exec_tests(void);	/* libexec/vfio-compliance/exec-tests */
const char *path_clauses(void);		/* share/vfio-compliance/clauses */
const char *path_test_list(void);	/* share/vfio-compliance/tests.list */
const char *path_topologies(void);	/* share/vfio-compliance/topologies */
const char *path_sdk(void);		/* share/vfio-compliance/sdk */
const char *path_tracked(void);		/* share/vfio-compliance/bench/tracked */
const char *path_lists(void);		/* share/vfio-compliance/lists */
const char *path_prefix(void);
/*
 * The core of a build or an installation at @prefix, in the first folder of libraries that
 * has it. If none has, false, and @path is where it would be.
 */
bool find_core(const char *prefix, char *path, size_t size);
/*
 * Where kernels/, modules/ and vm/ are: VFIO_COMPLIANCE_STATE, or in a build tree the
 * build folder itself, or else vfio-compliance/ below XDG_DATA_HOME or ~/.local/share.
 */
const char *path_state(void);

#endif
