// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run test programs one after the other and print the result stream that the
 * runner reads: from a pipe on the host, from a serial port out of a guest.
 * Needs nothing but libc, and shares no code with the tests.
 *
 *	@run BACKEND RELEASE		first line
 *	@device BDF DRIVER VENDOR:DEVICE GROUP
 *	@prog NAME			the lines up to @end belong to this program
 *	|TEXT				a line the program printed
 *	@kmsg TEST TEXT			a line of a kernel report during TEST
 *	@expected TEST TEXT		likewise, of a report that TEST asked for
 *	@unmet TEST WHAT		TEST asked for a report that names WHAT, and none came
 *	@ms TEST N			TEST took N milliseconds
 *	@crash TEST WHY			the program itself ended while TEST ran
 *	@end NAME WHY
 *	@done N				N programs were run
 *
 * A program that crashes or falls silent is started again for the tests behind
 * the one it was in, so that the rest still runs.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kmsg.h"

/* How WARN() of the core begins; see lib/kapi/warn.c. */
#define CORE_WARNING "WARNING: PID: "

struct program {
	const char *path, *name;
	char **tests;		/* those to run, in the program's order */
	bool *done;
	size_t nr_tests;
};

static const char *tests_dir;
static char **globs;
static char **excluded;
static int nr_globs, nr_excluded;
static int part = 1, parts = 1;		/* every parts-th test, from the part-th on */
static int nr_selected;
static int silence_s = 60;
static int kmsg_fd = -1;
static struct kmsg_scanner scanner;	/* of the kernel log, or of the core's output */
static bool on_core;			/* the core warns on the program's own stderr */
static int brackets;			/* pairs of markers that the program printed */
static volatile sig_atomic_t stop;

static char current[512];	/* the test that runs, "" between tests */
static char kmsg_test[512];	/* the last test that the kernel log names */
static struct timespec started;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void *must(void *p)
{
	if (!p)
		err(2, "out of memory");
	return p;
}

static const char *who(void)
{
	return *kmsg_test ? kmsg_test : *current ? current : "-";
}

static void print_kmsg(enum kmsg_kind kind, const char *line)
{
	if (kind == KMSG_UNMET)
		printf("@unmet %s %s\n", who(), scanner.what);
	else if (kind != KMSG_QUIET)
		printf("%s %s %s\n", kind == KMSG_EXPECTED ? "@expected" : "@kmsg", who(), line);
}

static void drain_kmsg(void)
{
	char buf[8192];
	ssize_t n;

	while (kmsg_fd >= 0 && ((n = read(kmsg_fd, buf, sizeof(buf) - 1)) > 0 || errno == EPIPE)) {
		char *text;

		if (n <= 0)
			continue;
		buf[n] = '\0';
		text = strchr(buf, ';');
		text = text ? text + 1 : buf;
		text[strcspn(text, "\n")] = '\0';
		if (!strncmp(text, KMSG_RUN, strlen(KMSG_RUN))) {
			print_kmsg(kmsg_reset(&scanner), "");
			snprintf(kmsg_test, sizeof(kmsg_test), "%s", text + strlen(KMSG_RUN));
			continue;
		}
		print_kmsg(kmsg_classify(&scanner, text), text);
	}
}

/* What the output tells of warnings, before the line itself is printed. */
static void judge_warnings(const char *line)
{
	bool end = strstr(line, KMSG_EXPECT_END);

	brackets += end;
	/* Of the core's reports the first line is enough: no marker tells where they end. */
	if (on_core && (end || strstr(line, KMSG_EXPECT_BEGIN) ||
			!strncmp(line, CORE_WARNING, strlen(CORE_WARNING))))
		print_kmsg(kmsg_classify(&scanner, line), line);
}

/*
 * The test is over: a marker that it wrote and nobody saw leaves its warning
 * unproven. The log may be ahead of the output, but not behind.
 */
static void judge_markers(void)
{
	if (on_core)
		print_kmsg(kmsg_reset(&scanner), "");
	if ((on_core || kmsg_fd >= 0) && scanner.brackets < brackets) {
		printf("@unmet %s (its markers are not in the kernel log)\n", current);
		brackets = scanner.brackets;
	}
}

static int elapsed_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - started.tv_sec) * 1000 + (now.tv_nsec - started.tv_nsec) / 1000000;
}

static void mark_done(struct program *p, const char *test)
{
	for (size_t i = 0; i < p->nr_tests; i++)
		if (!strcmp(p->tests[i], test))
			p->done[i] = true;
}

/* One line of a test program; follows which test runs. */
static void take_line(struct program *p, char *line)
{
	char name[512];

	if (sscanf(line, "# RUN %511s", name) == 1) {
		/* Named first: on one processor its report may be there before its line is read. */
		snprintf(current, sizeof(current), "%s", name);
		drain_kmsg();
		clock_gettime(CLOCK_MONOTONIC, &started);
	} else if (*current && (sscanf(line, "ok %*u %511s", name) == 1 ||
				sscanf(line, "not ok %*u %511s", name) == 1) &&
		   !strcmp(name, current)) {
		drain_kmsg();
		judge_markers();
		printf("|%s\n@ms %s %d\n", line, current, elapsed_ms());
		mark_done(p, current);
		*current = '\0';
		return;
	}
	judge_warnings(line);
	printf("|%s\n", line);
}

/* Children of a killed program come to us (we are their subreaper). */
static void kill_descendants(void)
{
	char path[64], buf[4096];
	pid_t self = getpid();

	for (int round = 0; round < 50; round++) {
		bool any = false;
		FILE *f;
		int pid;

		snprintf(path, sizeof(path), "/proc/%d/task/%d/children", self, self);
		f = fopen(path, "r");
		if (!f)
			return;
		if (fgets(buf, sizeof(buf), f)) {
			for (char *tok = strtok(buf, " "); tok; tok = strtok(NULL, " ")) {
				pid = atoi(tok);
				if (pid > 0) {
					kill(pid, SIGKILL);
					waitpid(pid, NULL, 0);
					any = true;
				}
			}
		}
		fclose(f);
		if (!any)
			return;
	}
}

/* Read what the program prints until it ends; false if it fell silent. */
static bool follow(struct program *p, int fd)
{
	static char buf[65536];
	size_t have = 0;

	for (;;) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		int ready = poll(&pfd, 1, silence_s * 1000);
		char *line, *nl;
		ssize_t n;

		if (stop)
			return true;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			return false;
		n = read(fd, buf + have, sizeof(buf) - 1 - have);
		if (n <= 0)
			break;
		have += n;
		buf[have] = '\0';
		for (line = buf; (nl = strchr(line, '\n')); line = nl + 1) {
			*nl = '\0';
			take_line(p, line);
		}
		have -= line - buf;
		memmove(buf, line, have);
		if (have == sizeof(buf) - 1) {
			take_line(p, buf);
			have = 0;
		}
		fflush(stdout);
	}
	if (have) {
		buf[have] = '\0';
		take_line(p, buf);
	}
	return true;
}

/* A child with its output in a pipe. @alone: without a core, and errors are not of the output. */
static pid_t spawn(char **argv, bool alone, int *fd)
{
	int pipefd[2];
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC))
		err(2, "pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pipefd[1], STDOUT_FILENO);
		if (alone)
			unsetenv("LD_PRELOAD");
		else
			dup2(pipefd[1], STDERR_FILENO);
		execv(argv[0], argv);
		fprintf(stderr, "cannot start %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(pipefd[1]);
	*fd = pipefd[0];
	return pid;
}

static pid_t start(const struct program *p, bool all, int *fd)
{
	char **argv = must(calloc(2 * p->nr_tests + 2, sizeof(*argv)));
	int n = 0;
	pid_t pid;

	argv[n++] = (char *)p->path;
	for (size_t i = 0; i < p->nr_tests && !all; i++) {
		if (p->done[i])
			continue;
		argv[n++] = "-r";
		argv[n++] = p->tests[i];
	}
	pid = spawn(argv, false, fd);
	free(argv);
	return pid;
}

/* Returns true if the program has to be started again for what is left. */
static bool run_once(struct program *p, bool all)
{
	bool silent, lost = false;
	char why[64];
	int fd, st;
	pid_t pid = start(p, all, &fd);

	*current = *kmsg_test = '\0';
	scanner = (struct kmsg_scanner){ 0 };
	brackets = 0;
	silent = !follow(p, fd);
	if (silent || stop)
		kill(pid, SIGKILL);
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	kill_descendants();
	close(fd);
	drain_kmsg();
	print_kmsg(kmsg_reset(&scanner), "");
	if (stop)
		snprintf(why, sizeof(why), "interrupted");
	else if (silent)
		snprintf(why, sizeof(why), "timeout");
	else if (WIFSIGNALED(st))
		snprintf(why, sizeof(why), "signal %d", WTERMSIG(st));
	else
		snprintf(why, sizeof(why), "exit %d", WEXITSTATUS(st));
	if (*current && !stop) {
		printf("@crash %s %s\n", current, why);
		mark_done(p, current);
		for (size_t i = 0; i < p->nr_tests; i++)
			lost |= !p->done[i];
	}
	*current = '\0';
	printf("@end %s %s\n", p->name, why);
	fflush(stdout);
	return lost;
}

static bool selected(const char *program, const char *test)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s/%s", program, test);
	for (int i = 0; i < nr_excluded; i++)
		if (!fnmatch(excluded[i], full, 0))
			return false;
	if (!nr_globs)
		return true;
	for (int i = 0; i < nr_globs; i++)
		if (!fnmatch(globs[i], full, 0) || !fnmatch(globs[i], test, 0) ||
		    !fnmatch(globs[i], program, 0))
			return true;
	return false;
}

/* Ask the program for its tests. Returns how many it has in all. */
static size_t list_tests(struct program *p)
{
	size_t all = 0, size = 0;
	char *argv[] = { (char *)p->path, "--clauses", NULL }, *line = NULL;
	int fd;
	pid_t pid = spawn(argv, true, &fd);
	FILE *f = must(fdopen(fd, "r"));

	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, " \n")] = '\0';
		all++;
		if (!selected(p->name, line) || nr_selected++ % parts != part - 1)
			continue;
		p->tests = must(reallocarray(p->tests, p->nr_tests + 1, sizeof(*p->tests)));
		p->tests[p->nr_tests++] = must(strdup(line));
	}
	fclose(f);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(line);
	p->done = must(calloc(p->nr_tests + 1, sizeof(*p->done)));
	return all;
}

static bool run_program(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct program p = { .path = path, .name = slash ? slash + 1 : path };
	size_t all = list_tests(&p);
	bool again = p.nr_tests > 0;

	if (!again && all)
		return false;
	for (bool first = true; (again || first) && !stop; first = false) {
		printf("@prog %s\n", p.name);
		again = run_once(&p, first && p.nr_tests == all);
	}
	for (size_t i = 0; i < p.nr_tests; i++)
		free(p.tests[i]);
	free(p.tests);
	free(p.done);
	return true;
}

static void read_word(const char *bdf, const char *attr, char *buf, size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, attr);
	snprintf(buf, size, "-");
	f = fopen(path, "r");
	if (!f)
		return;
	if (fgets(buf, size, f))
		buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
}

static void read_link(const char *bdf, const char *attr, char *buf, size_t size)
{
	char path[256], target[512];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, attr);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		n = snprintf(target, sizeof(target), "-");
	target[n] = '\0';
	snprintf(buf, size, "%s", strrchr(target, '/') ? strrchr(target, '/') + 1 : target);
}

static void print_device(const char *bdf)
{
	char driver[64], vendor[16], device[16], group[32];

	read_link(bdf, "driver", driver, sizeof(driver));
	read_link(bdf, "iommu_group", group, sizeof(group));
	read_word(bdf, "vendor", vendor, sizeof(vendor));
	read_word(bdf, "device", device, sizeof(device));
	printf("@device %s %s %s:%s %s\n", bdf, driver, vendor + 2 * !strncmp(vendor, "0x", 2),
	       device + 2 * !strncmp(device, "0x", 2), group);
}

/* The device under test first. */
static void print_devices(void)
{
	const char *main_bdf = getenv("VFIO_SELFTESTS_BDF"), *all = getenv("VFIO_COMPLIANCE_BDFS");
	char *list, *save;

	if (main_bdf)
		print_device(main_bdf);
	list = must(strdup(all ? all : ""));
	for (char *bdf = strtok_r(list, " ", &save); bdf; bdf = strtok_r(NULL, " ", &save))
		if (!main_bdf || strcmp(bdf, main_bdf))
			print_device(bdf);
	free(list);
}

static int no_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void usage(FILE *f)
{
	fputs("usage: exec-tests [--kmsg] [--backend NAME] [--release R] [--silence S]\n"
	      "                  [-t GLOB]... [-x GLOB]... [--part I/N]\n"
	      "                  (--dir DIR | PROGRAM...)\n", f);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kmsg", no_argument, NULL, 'k' },	{ "backend", required_argument, NULL, 'b' },
		{ "release", required_argument, NULL, 'r' }, { "dir", required_argument, NULL, 'd' },
		{ "part", required_argument, NULL, 'p' },
		{ "silence", required_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct sigaction sa = { .sa_handler = on_signal };
	const char *backend = "kernel", *release = NULL;
	struct utsname uts;
	int opt, ran = 0;

	while ((opt = getopt_long(argc, argv, "t:x:h", options, NULL)) != -1) {
		switch (opt) {
		case 'k':
			kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
			if (kmsg_fd >= 0)
				lseek(kmsg_fd, 0, SEEK_END);
			setenv("VFIO_COMPLIANCE_KMSG", "1", 1);
			break;
		case 'b': backend = optarg; break;
		case 'r': release = optarg; break;
		case 'd': tests_dir = optarg; break;
		case 's': silence_s = atoi(optarg); break;
		case 'p':
			if (sscanf(optarg, "%d/%d", &part, &parts) != 2 || part < 1 || part > parts)
				errx(2, "--part takes I/N, the Ith of N parts of the tests, not \"%s\"", optarg);
			break;
		case 't':
			globs = must(reallocarray(globs, nr_globs + 1, sizeof(*globs)));
			globs[nr_globs++] = optarg;
			break;
		case 'x':
			excluded = must(reallocarray(excluded, nr_excluded + 1, sizeof(*excluded)));
			excluded[nr_excluded++] = optarg;
			break;
		case 'h': usage(stdout); return 0;
		default: usage(stderr); return 2;
		}
	}
	if (!tests_dir && optind == argc) {
		usage(stderr);
		return 2;
	}
	on_core = !strcmp(backend, "core");
	/* As conformance_patience() has it. */
	if (!on_core && !access("/proc/lockdep", F_OK))
		silence_s *= 6;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	uname(&uts);
	printf("@run %s %s\n", backend, release ? release : uts.release);
	print_devices();
	if (tests_dir) {
		struct dirent **names;
		int n = scandir(tests_dir, &names, no_dots, alphasort);

		if (n < 0)
			err(2, "cannot read %s", tests_dir);
		for (int i = 0; i < n && !stop; i++) {
			char path[4096];

			snprintf(path, sizeof(path), "%s/%s", tests_dir, names[i]->d_name);
			ran += run_program(path);
		}
	}
	for (int i = optind; i < argc && !stop; i++)
		ran += run_program(argv[i]);
	if (!stop)
		printf("@done %d\n", ran);
	fflush(stdout);
	return stop ? 130 : 0;
}
