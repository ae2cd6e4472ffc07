// SPDX-License-Identifier: GPL-2.0-only
/* Inputs that fail: what of, and how little of them is enough. */
#include "campaign.h"
#include "runner.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRY_S		60
#define MINIMISE_S	60
#define TEXT_LEN	(1 << 18)
#define CALL		16	/* bytes of a call of a program */
#define ID_FRAMES	3

/* Numbers differ from run to run; the rest is the rule. */
static void without_numbers(char *to, size_t size, const char *from)
{
	size_t n = 0;

	while (*from && *from != '\n' && n + 1 < size) {
		if (isdigit((unsigned char)*from)) {
			to[n++] = 'N';
			while (isxdigit((unsigned char)*from) || *from == 'x')
				from++;
		} else {
			to[n++] = *from++;
		}
	}
	to[n] = '\0';
}

static void first_line(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, "\n"), from);
}

/* Of a frame "#3 0x55 in NAME PLACE" the name and the place, if they are ours. */
static char *our_frame(const char *line)
{
	static const char *const others[] = {
		"__", "fuzzer::", "raise", "abort", "gsignal", "oracle_failed", "LLVMFuzzer", "main ",
		"_start", "kapi_warn", "pthread_kill", "dump_stack",
	};
	const char *in = strstr(line, " in ");
	char *s;

	line += strspn(line, " ");
	if (*line != '#' || !isdigit((unsigned char)line[1]) || !in)
		return NULL;
	in += 4;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strncmp(in, others[i], strlen(others[i])))
			return NULL;
	if (strstr(in, "compiler-rt") || strstr(in, "(/lib/") || strstr(in, "(/usr/lib/"))
		return NULL;
	s = strndup(in, strcspn(in, "\n"));
	if (!s)
		abort();
	return s;
}

static void take_frames(const char *from, struct fuzz_failure *f)
{
	const char *line = from;

	while (line && f->nr_frames < FUZZ_FRAMES) {
		char *frame = our_frame(line);

		if (frame)
			f->frames[f->nr_frames++] = frame;
		line = strchr(line, '\n');
		line += !!line;
		/* The stack of where it was freed or allocated is another one. */
		if (f->nr_frames && line && *line == '\n')
			break;
	}
}

/* "FILE:LINE: oracle: FUNCTION: RULE", and behind it what was seen instead. */
static void judge_oracle(const char *text, const char *at, struct fuzz_failure *f)
{
	const char *line = at, *rule, *says = strchr(at, '\n'), *warning = strstr(text, "WARNING");
	char file[64];

	while (line > text && line[-1] != '\n')
		line--;
	for (const char *p = line; p < at; p++)
		if (*p == '/')
			line = p + 1;
	snprintf(file, sizeof(file), "%.*s", (int)strcspn(line, ":"), line);
	says = says ? says + 1 + strspn(says + 1, " ") : "";
	at += strlen(": oracle: ");
	rule = at + strcspn(at, ": ") + 2;	/* behind the function */
	first_line(f->message, sizeof(f->message), says);
	if (!strncmp(rule, "!fuzz_core_warnings", 19) && warning) {
		first_line(f->message, sizeof(f->message), warning);
		without_numbers(f->oracle, sizeof(f->oracle), warning);
	} else if (!strncmp(rule, "!fuzz_core_", 11)) {
		/* One rule for all that may be left; what is left tells them apart. */
		without_numbers(f->oracle, sizeof(f->oracle), says);
	} else {
		snprintf(f->oracle, sizeof(f->oracle), "%s: %.*s", file, (int)strcspn(at, "\n"), at);
	}
}

static void set_id(const char *target, struct fuzz_failure *f, bool by_stack)
{
	uint64_t h = 0xcbf29ce484222325;

	for (const char *p = f->oracle; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	for (size_t i = 0; by_stack && i < f->nr_frames && i < ID_FRAMES; i++)
		for (const char *p = f->frames[i]; *p && *p != ' '; p++)
			h = (h ^ (unsigned char)*p) * 0x100000001b3;
	snprintf(f->id, sizeof(f->id), "%s-%016llx", target, (unsigned long long)h);
}

void fuzz_failure_id(const char *target, struct fuzz_failure *f)
{
	set_id(target, f, false);
}

/* What the output of a program that failed says. @status as of fuzz_call(). */
static void judge(const char *target, const char *text, int status, struct fuzz_failure *f)
{
	static const char *const errors[] = {
		"ERROR: AddressSanitizer: ", "ERROR: LeakSanitizer: ", "runtime error: ",
		"WARNING: ThreadSanitizer: ", "ERROR: libFuzzer: ",
	};
	const char *at = strstr(text, ": oracle: "), *end;

	if (at) {
		judge_oracle(text, at, f);
		take_frames(at, f);
		set_id(target, f, false);
		return;
	}
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		at = strstr(text, errors[i]);
		if (!at)
			continue;
		first_line(f->message, sizeof(f->message), at);
		at += strlen(errors[i]);
		/* "heap-use-after-free on address ..." */
		end = strstr(at, " on ");
		without_numbers(f->oracle, sizeof(f->oracle), at);
		if (end && (size_t)(end - at) < strlen(f->oracle))
			f->oracle[end - at] = '\0';
		if (!strncmp(at, "timeout after", 13))
			strcpy(f->oracle, "timeout");
		break;
	}
	if (!at) {
		snprintf(f->oracle, sizeof(f->oracle), status < 0 ? "timeout" : status > 128 ?
			 "ended by signal %d" : "ended with status %d", status > 128 ? status - 128 : status);
		first_line(f->message, sizeof(f->message), f->oracle);
	}
	take_frames(at ? at : text, f);
	set_id(target, f, strcmp(f->oracle, "timeout"));
}

/* Is it a failure of the target? Status 2 of replay: the file could not be read. */
static bool try_in(const struct campaign *c, const char *engine, const char *input,
		   struct fuzz_failure *f)
{
	const char *program = fuzz_program_path(engine, c->target->name);
	bool libfuzzer = engine && !strcmp(engine, "libfuzzer");
	char again[FUZZ_PATH + 40], asan[FUZZ_PATH + 32], log[FUZZ_PATH + 16], *top;
	char *argv[] = { (char *)program, libfuzzer ? "-timeout=20" : (char *)input,
			 libfuzzer ? "-rss_limit_mb=2560" : NULL, (char *)input, again, NULL };
	char *env[] = { asan, "UBSAN_OPTIONS=print_stacktrace=1", NULL };
	char *text;
	int st;

	if (access(program, X_OK))
		return false;
	snprintf(again, sizeof(again), "-exact_artifact_path=%s/again", c->work);
	/* Sources are named from the top of the tree, as everywhere. */
	snprintf(asan, sizeof(asan), "ASAN_OPTIONS=strip_path_prefix=%s", path_prefix());
	top = strrchr(asan, '/');
	if (top)
		top[1] = '\0';
	snprintf(log, sizeof(log), "%s/try.log", c->work);
	st = fuzz_call(argv, env, log, TRY_S);
	if (!st || st == 127)
		return false;
	memset(f, 0, sizeof(*f));
	f->step = -1;
	snprintf(f->engine, sizeof(f->engine), "%s", engine ? engine : "replay");
	text = fuzz_text(log, TEXT_LEN, false);
	judge(c->target->name, text, st, f);
	free(text);
	return true;
}

bool fuzz_try(const struct campaign *c, const char *input, struct fuzz_failure *f)
{
	/* The sanitizers know most. */
	return try_in(c, "libfuzzer", input, f) || try_in(c, NULL, input, f) ||
	       try_in(c, "afl", input, f);
}

void fuzz_failure_free(struct fuzz_failure *f)
{
	while (f->nr_frames)
		free(f->frames[--f->nr_frames]);
}

struct small {
	const struct campaign *c;
	const char *path, *id;
	uint8_t *data;
	size_t size;
	double end;
};

static bool put(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "wb");
	bool ok = f && fwrite(data, 1, size, f) == size;

	if (f && fclose(f))
		ok = false;
	return ok;
}

static bool same(struct small *s, const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH + 16];
	struct fuzz_failure f;
	bool is;

	if (fuzz_now() >= s->end)
		return false;
	snprintf(path, sizeof(path), "%s/try", s->c->work);
	if (!put(path, data, size) || !fuzz_try(s->c, path, &f))
		return false;
	is = !strcmp(f.id, s->id);
	fuzz_failure_free(&f);
	return is;
}

/* Leave out pieces of @step bytes. */
static bool cut(struct small *s, size_t step)
{
	uint8_t *try = malloc(s->size + 1);
	bool any = false;
	size_t at, n;

	for (at = s->size; try && at > 0;) {
		n = at < step ? at : step;
		at -= n;
		memcpy(try, s->data, at);
		memcpy(try + at, s->data + at + n, s->size - at - n);
		if (!same(s, try, s->size - n))
			continue;
		memmove(s->data + at, s->data + at + n, s->size - at - n);
		s->size -= n;
		any = true;
	}
	free(try);
	return any;
}

/* What does not matter is 0. */
static void clear(struct small *s)
{
	for (size_t i = 0; i < s->size; i++) {
		uint8_t was = s->data[i];

		if (!was)
			continue;
		s->data[i] = 0;
		if (!same(s, s->data, s->size))
			s->data[i] = was;
	}
}

size_t fuzz_minimise(const struct campaign *c, const char *input, const char *id)
{
	const size_t unit = c->target->input == FUZZ_PROGRAM ? CALL : 1;
	struct small s = { .c = c, .path = input, .id = id, .end = fuzz_now() + MINIMISE_S };
	FILE *f = fopen(input, "rb");
	size_t step;
	bool again;

	s.data = malloc(1 << 20);
	if (!f || !s.data)
		abort();
	s.size = fread(s.data, 1, 1 << 20, f);
	fclose(f);
	s.size -= s.size % unit;
	if (!same(&s, s.data, s.size)) {
		free(s.data);
		return 0;
	}
	do {
		again = false;
		for (step = s.size / 2 / unit * unit; step >= unit; step = step / 2 / unit * unit)
			again |= cut(&s, step);
	} while (again && fuzz_now() < s.end);
	clear(&s);
	if (!put(input, s.data, s.size))
		s.size = 0;
	free(s.data);
	return s.size;
}
