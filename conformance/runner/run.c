// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance run: the suite on the core, or on devices of this host. */
#include "clause.h"
#include "results.h"
#include "runner.h"
#include "stream.h"
#include "text.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const profiles[] = { "5.19", "6.1", "6.12", "7.3" };

struct run_options {
	char **bdfs, **globs, **drivers;
	size_t nr_bdfs, nr_globs, nr_drivers;
	const char *profile, *topology, *out, *silence;
	bool verbose, quiet;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance run [-d BDF]... [options]\n"
	      "\n"
	      "Without -d the suite runs on the userspace core; no root, no device.\n"
	      "\n"
	      "  -d BDF         a PCI device of this host, bound to a vfio driver; the first is the\n"
	      "                 device under test, further ones may be used beside it.\n"
	      "                 VFIO_SELFTESTS_BDF names it, too\n"
	      "  --profile V    the kernel that the core answers as: 5.19, 6.1, 6.12 (default), 7.3\n"
	      "  --topology T   the machine of the core: a file, or one of those that are shipped:\n"
	      "                 default, hotreset, noiommu. VFIO_CORE_TOPOLOGY names a file, too\n"
	      "  --driver FILE  a driver for the core to load, from `vfio-compliance sdk build`; its\n"
	      "                 devices are those under test. Repeatable. VFIO_CORE_DRIVERS names\n"
	      "                 such files, too, separated by colons\n"
	      "  -t GLOB        only tests whose name, program or PROGRAM/NAME matches; repeatable\n"
	      "  -o DIR         where the report goes (default build/report)\n"
	      "  --silence S    seconds without output after which a test program is ended (60)\n"
	      "  -v             print every test\n"
	      "  -q             no progress\n", f);
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

bool known_profile(const char *name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (!strcmp(name, profiles[i]))
			return true;
	cannot("no profile \"%s\"; there are 5.19, 6.1, 6.12 and 7.3", name);
	return false;
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
		return cannot("%s has no driver; bind it to vfio-pci or to your variant driver "
			      "first", bdf);
	if (!strstr(driver, "vfio"))
		return cannot("%s is bound to %s, which is no vfio driver; bind it to vfio-pci or "
			      "to your variant driver first", bdf, driver);
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

static void set_drivers(const struct run_options *o)
{
	char *all = NULL, *more;

	for (size_t i = 0; i < o->nr_drivers; i++) {
		if (asprintf(&more, "%s%s%s", all ? all : "", all ? ":" : "", o->drivers[i]) < 0)
			err(EXIT_CANNOT, "no memory");
		free(all);
		all = more;
	}
	setenv("VFIO_CORE_DRIVERS", all, 1);
	free(all);
}

static pid_t start_exec_tests(const struct run_options *o, int *fd)
{
	char **argv = calloc(16 + 2 * o->nr_globs, sizeof(*argv)), bdfs[4096] = "";
	int p[2], n = 0;
	pid_t pid;

	if (!argv || pipe2(p, O_CLOEXEC))
		err(EXIT_CANNOT, "cannot start");
	argv[n++] = (char *)path_exec_tests();
	if (o->nr_bdfs) {
		argv[n++] = "--kmsg";
	} else {
		argv[n++] = "--backend";
		argv[n++] = "core";
		argv[n++] = "--release";
		argv[n++] = (char *)o->profile;
	}
	if (o->silence) {
		argv[n++] = "--silence";
		argv[n++] = (char *)o->silence;
	}
	for (size_t i = 0; i < o->nr_globs; i++) {
		argv[n++] = "-t";
		argv[n++] = o->globs[i];
	}
	argv[n++] = "--dir";
	argv[n++] = (char *)path_tests();
	for (size_t i = 0; i < o->nr_bdfs; i++)
		snprintf(bdfs + strlen(bdfs), sizeof(bdfs) - strlen(bdfs), "%s%s", i ? " " : "",
			 o->bdfs[i]);

	pid = fork();
	if (pid < 0)
		err(EXIT_CANNOT, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		setpgid(0, 0);
		dup2(p[1], STDOUT_FILENO);
		if (o->nr_bdfs) {
			setenv("VFIO_SELFTESTS_BDF", o->bdfs[0], 1);
			setenv("VFIO_COMPLIANCE_BDFS", bdfs, 1);
		} else {
			unsetenv("VFIO_SELFTESTS_BDF");
			unsetenv("VFIO_COMPLIANCE_BDFS");
			unsetenv("VFIO_COMPLIANCE_MDEVS");
			unsetenv("VFIO_COMPLIANCE_MDEV_PARENT");
			setenv("LD_PRELOAD", path_core(), 1);
			setenv("VFIO_CORE_PROFILE", o->profile, 1);
			if (o->topology)
				setenv("VFIO_CORE_TOPOLOGY", o->topology, 1);
			if (o->nr_drivers)
				set_drivers(o);
		}
		execv(argv[0], argv);
		err(127, "cannot start %s", argv[0]);
	}
	free(argv);
	close(p[1]);
	*fd = p[0];
	return pid;
}

/* The file behind --topology, or NULL with a message. */
static const char *find_topology(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s", name);
	if (access(path, R_OK) && !strchr(name, '/'))
		snprintf(path, sizeof(path), "%s/%s.topo", path_topologies(), name);
	if (!access(path, R_OK))
		return path;
	cannot("no topology \"%s\"; give a file, or one of those in %s", name, path_topologies());
	return NULL;
}

static int run(const struct run_options *o)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct catalogue *cat = catalogue_load(path_clauses(), path_test_list());
	char buf[65536], why[512];
	struct results *r;
	struct stream *s;
	size_t total = 0;
	int fd, st, ret;
	pid_t pid;
	ssize_t n;

	if (!cat)
		return EXIT_CANNOT;
	if (access(path_exec_tests(), X_OK))
		return cannot("%s is missing; run make", path_exec_tests());
	if (!o->nr_bdfs && access(path_core(), R_OK))
		return cannot("%s is missing; run make", path_core());
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	s = stream_new(cat, o->globs, o->nr_globs, !o->quiet && isatty(STDERR_FILENO));
	pid = start_exec_tests(o, &fd);
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR && !interrupted))
		if (n > 0) {
			stream_feed(s, buf, n);
			total += n;
		}
	if (interrupted)
		kill(pid, SIGTERM);
	close(fd);
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	/* The core could not start and has said why. */
	if (!o->nr_bdfs && !total && WIFEXITED(st) && WEXITSTATUS(st) == EXIT_CANNOT) {
		results_free(stream_end(s, "the core did not start", NULL));
		return EXIT_CANNOT;
	}
	if (interrupted) {
		results_free(stream_end(s, "interrupted", NULL));
		return cannot("interrupted; nothing was written to %s", o->out);
	}
	r = stream_end(s, stream_complete(s) ? NULL : "exec-tests ended before its end", NULL);
	if (!r->nr_tests) {
		results_free(r);
		return cannot("no test matches; `vfio-compliance list --tests` shows them all");
	}
	ret = results_exit_status(r);
	if (report_write(r, o->out, why, sizeof(why)))
		ret = cannot("%s", why);
	else
		text_print(r, o->out, o->verbose);
	results_free(r);
	return ret;
}

/* As an absolute path: dlopen() looks for a bare name elsewhere. */
static void add_driver(struct run_options *o, const char *file)
{
	char *path = realpath(file, NULL);

	strv_add(&o->drivers, &o->nr_drivers, path ? path : file);
	free(path);
}

int cmd_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },  { "test", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },  { "profile", required_argument, NULL, 'p' },
		{ "topology", required_argument, NULL, 'T' },
		{ "driver", required_argument, NULL, 'D' },
		{ "silence", required_argument, NULL, 's' }, { "verbose", no_argument, NULL, 'v' },
		{ "quiet", no_argument, NULL, 'q' },	     { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct run_options o = { .profile = "6.12", .out = "build/report" };
	const char *env = getenv("VFIO_SELFTESTS_BDF");
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "d:t:o:vqh", options, NULL)) != -1) {
		switch (opt) {
		case 'd': strv_add(&o.bdfs, &o.nr_bdfs, optarg); break;
		case 't': strv_add(&o.globs, &o.nr_globs, optarg); break;
		case 'o': o.out = optarg; break;
		case 'p': o.profile = optarg; break;
		case 'T': o.topology = optarg; break;
		case 'D': add_driver(&o, optarg); break;
		case 's': o.silence = optarg; break;
		case 'v': o.verbose = true; break;
		case 'q': o.quiet = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind < argc)
		return cannot("\"%s\" is not an option of run; see `vfio-compliance run -h`",
			      argv[optind]);
	if (!known_profile(o.profile))
		return EXIT_CANNOT;
	if (!o.nr_bdfs && !o.topology && !o.nr_drivers && env && *env)
		strv_add(&o.bdfs, &o.nr_bdfs, env);
	if (o.topology && o.nr_bdfs)
		return cannot("--topology is for the core, -d for a device of this host; give one "
			      "of them");
	if (o.nr_drivers && o.nr_bdfs)
		return cannot("--driver is for the core, -d for a device of this host; give one of "
			      "them");
	for (size_t i = 0; i < o.nr_drivers; i++)
		if (access(o.drivers[i], R_OK))
			return cannot("no driver %s: %s", o.drivers[i], strerror(errno));
	if (o.topology) {
		o.topology = find_topology(o.topology);
		if (!o.topology)
			return EXIT_CANNOT;
	}
	for (size_t i = 0; i < o.nr_bdfs; i++) {
		ret = check_device(o.bdfs[i]);
		if (ret)
			return ret;
	}
	return run(&o);
}
