// SPDX-License-Identifier: GPL-2.0-only
/* Inputs on /dev/vfio: see fuzz_replay.h. */
#include "fuzz_replay.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "replay_device.h"
#include "replay_run.h"
#include "sys_libc.h"
#include "targets.h"

#define BATCH		100	/* programs of one process */
#define HANG_S		30
#define INPUT_MAX	(PROG_MAX_CALLS * PROG_CALL_SIZE)

struct input {
	char *path;
	const char *name;
	uint8_t data[INPUT_MAX];
	size_t size;
};

static struct input *inputs;
static unsigned int nr_inputs;
static uint64_t ops = PROG_ALL_OPS;
static const char *topology;	/* that the target has; for who reads a reproducer */
static const char *write_to, *expect_from;
static bool emit, profile, aftermath;
static unsigned int stop_at;
static unsigned int part = 1, parts = 1;	/* every parts-th input, from the part-th on */

/* Both processes look at it. */
static struct shared {
	volatile unsigned int next, ran, differ, explained, reports, hangs;
} *shared;

static void load_file(const char *path)
{
	struct input *in;
	FILE *f = fopen(path, "rb");

	inputs = reallocarray(inputs, nr_inputs + 1, sizeof(*inputs));
	if (!f || !inputs)
		err(2, "%s", path);
	in = &inputs[nr_inputs++];
	in->path = strdup(path);
	in->name = strrchr(in->path, '/') ? strrchr(in->path, '/') + 1 : in->path;
	in->size = fread(in->data, 1, INPUT_MAX, f);
	fclose(f);
}

static void load(const char *path)
{
	struct dirent **names;
	struct stat st;
	int n;

	if (stat(path, &st))
		err(2, "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		load_file(path);
		return;
	}
	n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char sub[4096];

		snprintf(sub, sizeof(sub), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			load(sub);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* Where time goes. */
static struct {
	unsigned int n;
	double s;
} *spent;
static double since;

static double clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void spend(unsigned int op)
{
	double t = clock_now();

	spent[op].n++;
	spent[op].s += t - since;
	since = t;
}

static struct replay_program now;
static unsigned int steps;

static void on_step(const struct prog_step *s, unsigned int dev)
{
	struct prog_call c = *s->call;
	char words[256];

	replay_note(&now, s, dev);
	steps++;
	if (spent)
		spend(s->op);
	if (emit && s->index < PROG_MAX_CALLS) {
		c.op = s->op;
		prog_print(&c, words, sizeof(words));
		emit_words(words);
	}
	if (stop_at && steps == stop_at) {
		emit_end(true);
		exit(0);
	}
}

static void run(const struct input *in)
{
	const struct replay_run r = {
		.ops = ops, .sys = emit ? &prog_emit : &prog_libc, .once = emit, .aftermath = aftermath,
		.step = on_step,
	};

	memset(&now, 0, sizeof(now));
	snprintf(now.name, sizeof(now.name), "%s", in->name);
	if (spent)
		since = clock_now();
	replay_run(&r, in->data, in->size);
	if (spent)
		spend(PROG_OPS);
}

static bool read_program(FILE *f, struct replay_program *p)
{
	size_t head = offsetof(struct replay_program, step);

	memset(p, 0, head);
	return fread(p, head, 1, f) == 1 && p->nr <= REPLAY_STEPS &&
	       fread(p->step, sizeof(p->step[0]), p->nr, f) == p->nr;
}

static void write_program(FILE *f, const struct replay_program *p)
{
	fwrite(p, offsetof(struct replay_program, step), 1, f);
	fwrite(p->step, sizeof(p->step[0]), p->nr, f);
	fflush(f);
}

static void print_words(const struct input *in, unsigned int index)
{
	struct prog_call c;
	char words[256] = "close";

	if (prog_call(in->data, in->size, index, &c))
		prog_print(&c, words, sizeof(words));
	printf("%s", words);
}

static void compare(const struct input *in, const struct replay_program *want)
{
	const char *why;
	int at = replay_compare(want, &now, in->data, in->size, &why);

	if (at < 0)
		return;
	if (*why) {
		shared->explained++;
		printf("@explained %s %s\n", in->name, why);
		return;
	}
	shared->differ++;
	printf("@diff %s step %d call %u: ", in->name, at, now.step[at].index);
	print_words(in, now.step[at].index);
	printf("\n@core   ");
	replay_print(stdout, &want->step[at]);
	printf("\n@kernel ");
	replay_print(stdout, &now.step[at]);
	putchar('\n');
}

static void print_program(const struct input *in)
{
	printf("@program %s\n", in->name);
	for (unsigned int i = 0; i < now.nr; i++) {
		printf("%2u ", now.step[i].index);
		replay_print(stdout, &now.step[i]);
		putchar('\n');
	}
}

/* From shared->next on; the programs before have been written or compared. */
static void batch(int kmsg, FILE *out, FILE *want)
{
	static struct replay_program expected;
	unsigned int end = shared->next + BATCH;

	for (; shared->next < nr_inputs && shared->next < end; shared->next++) {
		const struct input *in = &inputs[shared->next];

		if (want && (!read_program(want, &expected) || strcmp(expected.name, in->name)))
			errx(2, "%s has other programs than there are here", expect_from);
		if (shared->next % parts != part - 1)
			continue;
		run(in);
		shared->ran++;
		if (out)
			write_program(out, &now);
		else if (want)
			compare(in, &expected);
		else
			print_program(in);
		shared->reports += replay_log_look(kmsg, in->name) != REPLAY_QUIET;
		fflush(stdout);
	}
	fflush(stdout);
	_exit(0);
}

/* 0, or the status of one that did not end well. */
static int wait_for(pid_t pid)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	unsigned int at = shared->next;
	time_t since = time(NULL);
	int st;

	while (!waitpid(pid, &st, WNOHANG)) {
		if (at != shared->next) {
			at = shared->next;
			since = time(NULL);
		} else if (time(NULL) - since > HANG_S) {
			printf("@hang %s\n", inputs[at].name);
			kill(pid, SIGKILL);
			waitpid(pid, &st, 0);
			break;
		}
		nanosleep(&nap, NULL);
	}
	return st;
}

static int replay(void)
{
	int kmsg = write_to ? -1 : replay_log_open(), st;
	FILE *out = write_to ? fopen(write_to, "wb") : NULL;
	FILE *want = expect_from ? fopen(expect_from, "rb") : NULL;
	double began, took;

	if ((write_to && !out) || (expect_from && !want))
		err(2, "%s", write_to ? write_to : expect_from);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(2, "no memory");
	if (profile)
		spent = mmap(NULL, (PROG_OPS + 1) * sizeof(*spent), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (spent == MAP_FAILED)
		err(2, "no memory");
	/* Descriptors share their place in the files: a batch goes on where the last one ended. */
	if (want)
		setvbuf(want, NULL, _IONBF, 0);
	replay_device_init();
	began = clock_now();
	while (shared->next < nr_inputs) {
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid < 0)
			err(2, "fork");
		if (!pid)
			batch(kmsg, out, want);
		st = wait_for(pid);
		if (WIFEXITED(st) && WEXITSTATUS(st) == 2)
			return 2;
		if (!st)
			continue;
		shared->hangs++;
		printf("@died %s status %#x\n", inputs[shared->next].name, st);
		if (out) {
			memset(&now, 0, offsetof(struct replay_program, step));
			snprintf(now.name, sizeof(now.name), "%s", inputs[shared->next].name);
			write_program(out, &now);
		}
		shared->next++;
	}
	took = clock_now() - began;
	for (unsigned int i = 0; spent && i <= PROG_OPS; i++)
		if (spent[i].n)
			printf("@time %s: %u calls, %.2f ms each, %.0f ms\n", i < PROG_OPS ? prog_ops[i].name :
			       "restore", spent[i].n, spent[i].s * 1e3 / spent[i].n, spent[i].s * 1e3);
	printf("@done %u programs in %.1f s, %.0f a minute: %u differ, %u explained, %u died, %u reports\n",
	       shared->ran, took, shared->ran / took * 60, shared->differ, shared->explained,
	       shared->hangs, shared->reports);
	return shared->differ || shared->hangs || shared->reports ? 1 : 0;
}

/* The kernel that a program asks for, or NULL. The core is one when it starts. */
static const char *profile_of(const struct input *in)
{
	struct prog_call c;

	return prog_call(in->data, in->size, 0, &c) && c.op == PROG_PROFILE && ops & PROG_OP(PROFILE) ?
	       prog_profile[c.v[0] % PROG_PROFILES] : NULL;
}

static void be_kernel(const char *name, char **argv)
{
	const char *is = getenv("VFIO_CORE_PROFILE");

	if (!name || (is && !strcmp(is, name)))
		return;
	setenv("VFIO_CORE_PROFILE", name, 1);
	execv("/proc/self/exe", argv);
	err(2, "/proc/self/exe");
}

/* The calls up to one that ends the process are a reproducer, too. */
static int emit_c(void)
{
	FILE *out = write_to ? fopen(write_to, "we") : stdout;
	const char *kernel = profile_of(&inputs[0]);
	char machine[128] = "", settings[192];
	pid_t pid;
	int st;

	if (!out)
		err(2, "%s", write_to);
	if (topology)
		snprintf(machine, sizeof(machine),
			 "VFIO_CORE_TOPOLOGY=build/share/vfio-compliance/topologies/%s.topo \\\n *\t", topology);
	snprintf(settings, sizeof(settings), "%s%s%s%s", machine, kernel ? "VFIO_CORE_PROFILE=" : "",
		 kernel ?: "", kernel ? " " : "");
	emit_begin(out, inputs[0].name, settings);
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		alarm(HANG_S);
		run(&inputs[0]);
		emit_end(false);
		exit(0);
	}
	if (waitpid(pid, &st, 0) != pid)
		err(2, "waitpid");
	if (WIFSIGNALED(st)) {
		putc('\n', out);
		emit_end(false);
	}
	return WIFEXITED(st) ? WEXITSTATUS(st) : 0;
}

static void usage(void)
{
	fputs("usage: fuzz-replay [-t TARGET] [-ap] [-n I/N] [-w FILE | -e FILE] FILE|DIR...\n"
	      "       fuzz-replay [-t TARGET] -c [-s STEP] [-w FILE] FILE\n"
	      "  -t TARGET  only the operations of this fuzz target\n"
	      "  -w FILE    write down what each step gives\n"
	      "  -e FILE    compare with what was written down\n"
	      "  -n I/N     every Nth input, from the Ith on\n"
	      "  -a         look on at the end: interrupts, dirty pages, devices opened again;\n"
	      "             to compare a core with a core\n"
	      "  -p         say how long which operations took\n"
	      "  -c         print a C program that makes the same calls, or write it to -w's file;\n"
	      "             with -s up to this step, which is wrong\n", stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct fuzz_target *t;
	int opt, ret;

	while ((opt = getopt(argc, argv, "t:w:e:cs:pan:")) != -1) {
		switch (opt) {
		case 't':
			t = fuzz_target(optarg);
			if (!t || t->input != FUZZ_PROGRAM)
				errx(2, "%s is no target that runs programs", optarg);
			ops = t->ops;
			topology = t->topology;
			break;
		case 'w': write_to = optarg; break;
		case 'e': expect_from = optarg; break;
		case 'p': profile = true; break;
		case 'a': aftermath = true; break;
		case 'c': emit = true; break;
		case 'n':
			if (sscanf(optarg, "%u/%u", &part, &parts) != 2 || !part || part > parts)
				errx(2, "-n takes I/N, the Ith of N parts of the inputs, not \"%s\"", optarg);
			break;
		case 's': stop_at = strtoul(optarg, NULL, 10); break;
		default: usage();
		}
	}
	for (int i = optind; i < argc; i++)
		load(argv[i]);
	if (!nr_inputs || (emit && nr_inputs > 1))
		usage();
	if (emit)
		be_kernel(profile_of(&inputs[0]), argv);
	ret = prog_mem_init();
	if (ret)
		errx(2, "cannot map the program's memory: %s", strerror(-ret));
	return emit ? emit_c() : replay();
}
