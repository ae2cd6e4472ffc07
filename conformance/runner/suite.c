// SPDX-License-Identifier: GPL-2.0-only
#include "suite.h"
#include "clause.h"
#include "runner.h"
#include "stream.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MARK		"VFIO_COMPLIANCE_RUN"
#define GRACE_MS	5000	/* for exec-tests to end its tests */

static volatile sig_atomic_t interrupted;
static char mark[64];		/* NAME=VALUE */

static void on_signal(int sig)
{
	interrupted = sig;
}

void suite_catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal }, old;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	/* nohup means it. */
	sigaction(SIGHUP, NULL, &old);
	if (old.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &sa, NULL);
	/* A keeper has to know it, which is forked before the suite starts. */
	if (!*mark)
		snprintf(mark, sizeof(mark), MARK "=%d-%lld", getpid(), (long long)time(NULL));
}

bool suite_interrupted(void)
{
	return interrupted;
}

/* The last component of a sysfs link of the device, "" if there is none. */
static const char *sysfs_link(const char *bdf, const char *name, char *buf, size_t size)
{
	char path[256];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
	n = readlink(path, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	return strrchr(buf, '/') ? strrchr(buf, '/') + 1 : buf;
}

int check_device(const char *bdf)
{
	char path[256], buf[512];
	const char *driver, *group;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	if (access(path, F_OK))
		return cannot("no PCI device %s on this host; `lspci -D` lists them", bdf);
	driver = sysfs_link(bdf, "driver", buf, sizeof(buf));
	if (!*driver)
		return cannot("%s has no driver; `vfio-compliance bind %s` gives it to vfio-pci",
			      bdf, bdf);
	if (!strstr(driver, "vfio"))
		return cannot("%s is bound to %s, which is no vfio driver; `vfio-compliance bind %s` "
			      "gives it to vfio-pci", bdf, driver, bdf);
	group = sysfs_link(bdf, "iommu_group", buf, sizeof(buf));
	if (!*group)
		return cannot("%s is in no IOMMU group; boot with the IOMMU enabled", bdf);
	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	if (access(path, R_OK | W_OK))
		return cannot("no permission on %s: %s; run as root or change its owner", path,
			      strerror(errno));
	if (access("/dev/vfio/vfio", R_OK | W_OK))
		return cannot("no permission on /dev/vfio/vfio: %s; is the vfio module loaded?",
			      strerror(errno));
	return 0;
}

static void set_drivers(const struct suite *s)
{
	char *all = NULL;

	for (size_t i = 0; i < s->nr_drivers; i++) {
		str_append(&all, i ? ":" : "");
		str_append(&all, s->drivers[i]);
	}
	setenv("VFIO_CORE_DRIVERS", all, 1);
	free(all);
}

/* In the child: who is under test, and how. */
static void set_environment(const struct suite *s)
{
	char bdfs[4096] = "";

	for (size_t i = 0; i < s->nr_bdfs; i++)
		snprintf(bdfs + strlen(bdfs), sizeof(bdfs) - strlen(bdfs), "%s%s", i ? " " : "",
			 s->bdfs[i]);
	putenv(mark);
	if (s->nr_bdfs) {
		setenv("VFIO_SELFTESTS_BDF", s->bdfs[0], 1);
		setenv("VFIO_COMPLIANCE_BDFS", bdfs, 1);
		return;
	}
	unsetenv("VFIO_SELFTESTS_BDF");
	unsetenv("VFIO_COMPLIANCE_BDFS");
	unsetenv("VFIO_COMPLIANCE_MDEVS");
	unsetenv("VFIO_COMPLIANCE_MDEV_PARENT");
	setenv("LD_PRELOAD", path_core(), 1);
	setenv("VFIO_CORE_PROFILE", s->profile, 1);
	if (s->topology)
		setenv("VFIO_CORE_TOPOLOGY", s->topology, 1);
	if (s->nr_drivers)
		set_drivers(s);
}

static pid_t start_exec_tests(const struct suite *s, int *fd)
{
	const size_t nr_rules = s->held_back ? s->held_back->nr : 0;
	char **argv = calloc(16 + 2 * (s->nr_globs + nr_rules), sizeof(*argv));
	int p[2], n = 0;
	pid_t pid;

	if (!argv || pipe2(p, O_CLOEXEC))
		err(EXIT_CANNOT, "cannot start");
	argv[n++] = (char *)path_exec_tests();
	if (s->nr_bdfs) {
		argv[n++] = "--kmsg";
	} else {
		argv[n++] = "--backend";
		argv[n++] = "core";
		argv[n++] = "--release";
		argv[n++] = (char *)s->profile;
	}
	if (s->silence) {
		argv[n++] = "--silence";
		argv[n++] = (char *)s->silence;
	}
	for (size_t i = 0; i < s->nr_globs; i++) {
		argv[n++] = "-t";
		argv[n++] = s->globs[i];
	}
	for (size_t i = 0; i < nr_rules; i++) {
		argv[n++] = "-x";
		argv[n++] = s->held_back->rule[i].glob;
	}
	argv[n++] = "--dir";
	argv[n++] = (char *)path_tests();

	pid = fork();
	if (pid < 0)
		err(EXIT_CANNOT, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		setpgid(0, 0);
		dup2(p[1], STDOUT_FILENO);
		set_environment(s);
		execv(argv[0], argv);
		err(127, "cannot start %s", argv[0]);
	}
	free(argv);
	close(p[1]);
	*fd = p[0];
	return pid;
}

static bool is_marked(const char *pid)
{
	char path[300], *text = NULL;
	size_t size = 0;
	bool marked = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/environ", pid);
	f = fopen(path, "re");
	while (f && !marked && getdelim(&text, &size, '\0', f) > 0)
		marked = !strcmp(text, mark);
	free(text);
	if (f)
		fclose(f);
	return marked;
}

#define KILL_ROUNDS	1500	/* half a minute in all */
#define KILL_ROUND_US	20000

void suite_kill_left(void)
{
	struct dirent *e;
	bool any = *mark;
	DIR *d;

	/*
	 * Again, for what was forked in between, and until they are gone: one that was
	 * killed while it binds a device still binds it, after whoever restores it.
	 */
	for (int round = 0; any && round < KILL_ROUNDS; round++) {
		any = false;
		d = opendir("/proc");
		while (d && (e = readdir(d))) {
			if (strspn(e->d_name, "0123456789") != strlen(e->d_name) ||
			    !is_marked(e->d_name))
				continue;
			kill(atoi(e->d_name), SIGKILL);
			any = true;
		}
		if (d)
			closedir(d);
		if (any)
			usleep(KILL_ROUND_US);
	}
}

/* "PRIORITY,SEQ,MICROSECONDS,-;TEXT", and lines of details behind it. */
static void copy_kmsg(int fd, FILE *out)
{
	unsigned long long us;
	char buf[8192], *text;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0) {
			fputs("(lines were lost)\n", out);
			continue;
		}
		buf[n] = '\0';
		text = strchr(buf, ';');
		if (!text || sscanf(buf, "%*u,%*u,%llu", &us) != 1)
			continue;
		fprintf(out, "[%5llu.%06llu] %.*s\n", us / 1000000, us % 1000000,
			(int)strcspn(text + 1, "\n"), text + 1);
	}
}

static void wait_for(pid_t pid, int *st)
{
	int waited = 0;

	while (waitpid(pid, st, interrupted ? WNOHANG : 0) != pid) {
		if (!interrupted)
			continue;
		if (waited > GRACE_MS)
			kill(pid, SIGKILL);
		waited += 10;
		usleep(10000);
	}
}

/* Bytes of the stream; *st is how exec-tests ended. */
static size_t follow(const struct suite *s, struct stream *stream, int *st)
{
	int fd, kmsg = s->kernel_log ? open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
	size_t total = 0;
	char buf[65536];
	ssize_t n = 1;
	pid_t pid;

	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
	pid = start_exec_tests(s, &fd);
	while (n > 0 && !interrupted) {
		struct pollfd p[] = { { .fd = fd, .events = POLLIN },
				      { .fd = kmsg, .events = POLLIN } };

		/* In time, for a signal that comes between the test and the call. */
		if (poll(p, 2, 200) <= 0)
			continue;
		if (kmsg >= 0 && p[1].revents)
			copy_kmsg(kmsg, s->kernel_log);
		if (!p[0].revents)
			continue;
		n = read(fd, buf, sizeof(buf));
		if (n > 0) {
			stream_feed(stream, buf, n);
			total += n;
		}
	}
	if (interrupted)
		kill(pid, SIGTERM);
	close(fd);
	wait_for(pid, st);
	suite_kill_left();
	if (kmsg >= 0) {
		copy_kmsg(kmsg, s->kernel_log);
		close(kmsg);
	}
	return total;
}

/* Tests that were planned and not to be run. */
static void note_held_back(const struct suite *s, struct results *r)
{
	for (size_t i = 0; s->held_back && i < r->nr_tests; i++) {
		struct test_result *t = &r->tests[i];
		const char *why = rules_match(s->held_back, t->name);

		if (!why || t->status != ST_MISSING)
			continue;
		t->status = ST_SKIP;
		str_set(&t->reason, why);
	}
	results_judge(r);
}

static int run_once(const struct suite *s, const struct catalogue *cat, struct results **result)
{
	struct stream *stream = stream_new(cat, s->globs, s->nr_globs, s->progress);
	struct results *r;
	size_t total;
	int st;

	total = follow(s, stream, &st);
	r = stream_end(stream, stream_complete(stream) ? NULL : "exec-tests ended before its end",
		       NULL);
	/* The core could not start and has said why. */
	if (interrupted || (!s->nr_bdfs && !total && WIFEXITED(st) &&
			    WEXITSTATUS(st) == EXIT_CANNOT)) {
		results_free(r);
		return EXIT_CANNOT;
	}
	if (!r->nr_tests) {
		results_free(r);
		return cannot("no test matches; `vfio-compliance list --tests` shows them all");
	}
	note_held_back(s, r);
	*result = r;
	return 0;
}

int suite_run(const struct suite *s, struct results **result)
{
	struct catalogue *cat = catalogue_load(path_clauses(), path_test_list());
	struct results *all = NULL, *r;
	int ret = 0;

	if (!cat)
		return EXIT_CANNOT;
	if (access(path_exec_tests(), X_OK))
		return cannot("%s is missing; run make", path_exec_tests());
	if (!s->nr_bdfs && access(path_core(), R_OK))
		return cannot("%s is missing; run make", path_core());
	suite_catch_signals();
	for (int i = 0; !ret && i < (s->repeat ? s->repeat : 1); i++) {
		ret = run_once(s, cat, &r);
		if (!ret && all) {
			results_fold(all, r);
			results_free(r);
		} else if (!ret) {
			all = r;
		}
	}
	if (ret) {
		results_free(all);
		return ret;
	}
	if (s->waivers)
		waivers_apply(s->waivers, all, NULL);
	*result = all;
	return 0;
}
