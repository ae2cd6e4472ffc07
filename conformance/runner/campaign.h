/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fuzz campaigns: `vfio-compliance fuzz`.
 *
 * A campaign of a target works in three folders: the corpus, DIR/TARGET, plain
 * inputs that both engines and the next campaign read; OUT/TARGET, what the
 * engine leaves; OUT/findings, an input and a reproducer of each finding, and
 * beside it findings.json, findings.sarif and index.html.
 */
#ifndef RUNNER_CAMPAIGN_H
#define RUNNER_CAMPAIGN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <jansson.h>

#include "../../fuzz/targets.h"

struct fuzz_options {
	const struct fuzz_engine *engine;
	int jobs, time_s, seed;
	const char *corpus, *out;	/* folders */
	const char *sync;		/* of AFL++, shared with other hosts; or NULL */
	const char *kernel;		/* to replay or to fuzz on; or NULL */
	const char *append;		/* for its command line, or NULL */
	bool replay;
	bool secondary;			/* another host's instance is the main one */
	bool quiet;
};

struct fuzz_stats {
	unsigned long long execs;
	long per_second, inputs, failures;
	long edges;		/* of libFuzzer: known when the corpus is merged */
	long features;
};

#define FUZZ_JOBS_MAX	64
#define FUZZ_TARGETS_MAX 64
/* Below a folder that was named: room for what the engines add. */
#define FUZZ_PATH	(PATH_MAX + 256)

struct campaign {
	const struct fuzz_options *o;
	const struct fuzz_target *target;
	char corpus[FUZZ_PATH];		/* of the target */
	char work[FUZZ_PATH];		/* OUT/TARGET */
	char sync[FUZZ_PATH];
	pid_t pids[FUZZ_JOBS_MAX];
	int nr_pids;
	struct fuzz_stats stats;
	json_t *findings;		/* of all targets, shared */
	int found, new;		/* of this campaign */
	int failures, looked_at, unsteady;
	double took_s;
};

struct fuzz_engine {
	const char *name;
	/* Start on c->corpus; pids and nr_pids are set. 0, or EXIT_CANNOT with a message. */
	int (*start)(struct campaign *c);
	/* Bring c->stats up to date. */
	void (*look)(struct campaign *c);
	/* Names of inputs that failed, into a list that grows. */
	void (*failures)(const struct campaign *c, char ***paths, size_t *n);
	/* All that was found so far, made small, into the folder @to. 0, or EXIT_CANNOT. */
	int (*merge)(struct campaign *c, const char *to);
};
extern const struct fuzz_engine fuzz_libfuzzer, fuzz_afl;

/* fuzz_proc.c: programs of the build, in process groups of their own. */

/* @env: "NAME=VALUE"..., NULL at the end, or NULL. Both outputs go to @log. -1: errno. */
pid_t fuzz_spawn(char *const argv[], char *const env[], const char *log);
/* Its status (128 + n: signal n), -1 if it still runs after @ms; ends with ^C, too. */
int fuzz_wait(pid_t pid, int ms);
/* Ask it to end, and make it. */
void fuzz_stop(pid_t pid);
/* Start, wait at most @seconds (then stop it), return the status; -1: too long. */
int fuzz_call(char *const argv[], char *const env[], const char *log, int seconds);
double fuzz_now(void);
/* Program of a target: engine "libfuzzer", "afl", or NULL for the build's own. */
const char *fuzz_program_path(const char *engine, const char *target);
/* Other programs beside the targets. */
const char *fuzz_tool(const char *name);
const char *fuzz_replay_path(void);
char *fuzz_text(const char *path, size_t max, bool tail);
int fuzz_mkdir(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void fuzz_remove_tree(const char *path);

/* fuzz_corpus.c */

/*
 * Make the folder of a target's corpus ready; seeds go in if it has nothing.
 * 0, or EXIT_CANNOT with a message if it is no folder of inputs.
 */
int fuzz_corpus_open(struct campaign *c);
/* Put the merged corpus in its place in one step. */
int fuzz_corpus_merge(struct campaign *c);
long fuzz_corpus_count(const char *dir);
/* Copy a file there, named by its content as libFuzzer does. */
int fuzz_corpus_add(const char *dir, const char *file);
/* Files of a folder, hidden ones left out, smallest first; both are the caller's. */
void fuzz_files(const char *dir, char ***paths, size_t *n);

/* fuzz_triage.c */

#define FUZZ_FRAMES	12
struct fuzz_failure {
	char oracle[256];	/* rule or kind of error: what findings are told apart by */
	char message[512];
	char *frames[FUZZ_FRAMES];
	size_t nr_frames;
	char id[96];		/* TARGET-HASH */
	char engine[16];	/* of the program it was seen in */
	int step;		/* of the program, which gave what is wrong; -1: not known */
};

/* Run the target on one input. True if it failed; *f is filled in. */
bool fuzz_try(const struct campaign *c, const char *input, struct fuzz_failure *f);
void fuzz_failure_free(struct fuzz_failure *f);
/* Its id, of target and oracle. */
void fuzz_failure_id(const char *target, struct fuzz_failure *f);
/* Make @input smaller in place as long as it fails in the same way. Bytes left. */
size_t fuzz_minimise(const struct campaign *c, const char *input, const char *id);

/* fuzz_reproducer.c */

/*
 * fuzz_reproducer - a C program that makes the calls of @input
 * @engine: program in which an oracle failed, to find the call by
 * @step: the call that gave what is wrong, if it is known; else -1
 *
 * Made by running the calls on the core. True if @to has a whole program.
 */
bool fuzz_reproducer(const struct campaign *c, const char *input, const char *engine, int step,
		     const char *to);

/* fuzz_findings.c */

/* OUT/findings.json, empty if there is none; NULL with a message if it is broken. */
json_t *fuzz_findings_load(const char *out);
/* Those of the target that were known: which are still there? */
void fuzz_findings_check(struct campaign *c);
/* One more input that fails: a finding of its own, or one more of a known one. */
void fuzz_findings_add(struct campaign *c, const char *input, const struct fuzz_failure *f);
/* findings.json, findings.sarif and index.html; 0, or EXIT_CANNOT with a message. */
int fuzz_findings_write(const json_t *findings, const char *out);

/*
 * fuzz_guest.c: corpora of these targets on o->kernel, compared with the core; differences
 * and reports of the kernel become findings, but for @known ones. 0, or EXIT_CANNOT with a
 * message.
 */
struct rules;
int fuzz_replay(struct campaign *c, char **targets, const struct rules *known);

/*
 * fuzz_kcov.c: one target on o->kernel, guided by the coverage of drivers/vfio there.
 * @known: reports that are no findings. 0, or EXIT_CANNOT with a message.
 */
int fuzz_kernel(struct campaign *c, const struct rules *known);

/*
 * fuzz_name_report - the first line of a kernel report as a name for it
 *
 * The same on another machine: without process and processor, offsets in functions, and
 * where the kernel was built.
 */
void fuzz_name_report(const char *line, char *name, size_t size);
/*
 * What a report is called in a list of known ones (rules.h): if it is one, tell where it is
 * written up, and return true.
 */
bool fuzz_is_known(const struct campaign *c, const struct rules *known, const char *report);

/* fuzz_campaign.c: one target, from its corpus to its findings. 0, or EXIT_CANNOT. */
int fuzz_campaign(struct campaign *c);
/* How it goes, on a terminal: @what, or if that is NULL the figures; "" clears it. */
void fuzz_status(const struct campaign *c, double since, const char *what);

#endif
