// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-compliance certify: bind a device, run all that it supports, give it back, and
 * write what was seen as a bundle.
 *
 * All that this changes is undone on every way out: by itself, and by the keeper of
 * lib/kmod should it be killed. What it writes has another name until it is complete.
 */
#include "bundle.h"
#include "certificate.h"
#include "devices.h"
#include "evidence.h"
#include "results.h"
#include "runner.h"
#include "suite.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kmod/bind.h"
#include "kmod/bind_state.h"

struct certify {
	struct suite suite;
	struct waivers waivers;
	struct rules destructive;
	const char *driver, *out;
	bool runs_destructive, quiet;
};

/* For the keeper, too: it has this memory as it was at the first binding. */
static char partial[4096 + 32], partial_archive[4096 + 32];
static char **kept;		/* devices whose binding was written down */
static size_t nr_kept;

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance certify -d BDF [options]\n"
	      "\n"
	      "Gives the device to a VFIO driver, runs all that it supports, gives it back on every\n"
	      "way out, and writes a bundle: DIR and DIR.tar.gz, for `vfio-compliance verify`.\n"
	      "\n"
	      "  -d BDF         the device under test; further ones may be used beside it\n"
	      "  --driver NAME  the VFIO driver (default: the one it has, or else vfio-pci)\n"
	      "  -o DIR         where the bundle goes (default build/certificate)\n"
	      "  --destructive  run the tests, too, that could destroy data on the device\n"
	      "  --waivers FILE  known failures, with reason and expiry date; repeatable\n"
	      "  --repeat N     run it N times\n"
	      "  --silence S    seconds without output after which a test program is ended (60)\n"
	      "  -t GLOB        only some of the tests, to try it: that is no certificate\n"
	      "  -q             no progress, and no list of tests\n"
	      "\n"
	      "Exit status: 0 all held, 1 something fell short, 2 could not run (a device that this\n"
	      "host uses, an interruption): then no bundle is written. 4 everything skipped.\n", f);
}

static void clean_up(void)
{
	remove_tree(partial);
	unlink(partial_archive);
}

static void forget_bindings(void)
{
	while (nr_kept)
		bind_state_drop(kept[--nr_kept]);
}

static void after_death(void)
{
	forget_bindings();
	clean_up();
}

/* A core under this very program would pass for a kernel. */
static bool core_is_preloaded(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[4200];
	bool is = false;

	while (f && !is && fgets(line, sizeof(line), f))
		is = strstr(line, "libvfio-core");
	if (f)
		fclose(f);
	return is;
}

/* What stands there already may only be a bundle of before. */
static int check_output(const char *out)
{
	char path[4200];
	struct dirent *e;
	int entries = 0;
	DIR *d;

	if (strlen(out) > 4000)
		return cannot("the name of the output is too long");
	snprintf(path, sizeof(path), "%s/" BUNDLE_MANIFEST, out);
	d = opendir(out);
	while (d && (e = readdir(d)))
		entries += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	if ((entries && access(path, F_OK)) || (!d && errno != ENOENT))
		return cannot("%s is there and no bundle; remove it, or name another place with -o",
			      out);
	return 0;
}

static int make_output(const char *out)
{
	snprintf(partial, sizeof(partial), "%s.partial-%d", out, getpid());
	snprintf(partial_archive, sizeof(partial_archive), "%s.tar.gz.partial-%d", out, getpid());
	for (char *p = partial + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(partial, 0777) && errno != EEXIST)
			return cannot("cannot make %s: %s", partial, strerror(errno));
		*p = '/';
	}
	return mkdir(partial, 0777) ? cannot("cannot make %s: %s", partial, strerror(errno)) : 0;
}

/* The driver that the device has, if that is one of VFIO's. */
static const char *present_driver(const char *bdf)
{
	static char driver[BIND_NAME_MAX];

	return !driver_of(bdf, driver) && strstr(driver, "vfio") ? driver : NULL;
}

static int prepare(struct certify *c, char *driver)
{
	const struct suite *s = &c->suite;
	int ret = 0;

	for (size_t i = 0; i < s->nr_bdfs && !ret; i++) {
		ret = device_claim(s->bdfs[i]);
		if (!ret)
			ret = device_spared(s->bdfs[i]);
	}
	if (!ret)
		ret = driver_get(c->driver ? c->driver : present_driver(s->bdfs[0]), driver);
	for (size_t i = 0; i < s->nr_bdfs && !ret; i++)
		ret = device_alone(s->bdfs[i], s->bdfs, s->nr_bdfs);
	return ret;
}

static int bind_all(const struct suite *s, const char *driver)
{
	struct binding was;
	int ret;

	/* Before the keeper takes its copy of what there is to forget. */
	for (size_t i = 0; i < s->nr_bdfs; i++)
		if (!binding_read(s->bdfs[i], &was) && !bind_state_save(&was))
			strv_add(&kept, &nr_kept, s->bdfs[i]);
	bind_on_death(suite_kill_left, after_death);
	for (size_t i = 0; i < s->nr_bdfs && !suite_interrupted(); i++) {
		ret = bind_driver_restored(s->bdfs[i], driver);
		if (ret)
			return cannot_bind(s->bdfs[i], driver, ret);
		ret = check_device(s->bdfs[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static void no_fault(const char *line)
{
	(void)line;
}

static int write_bundle(struct certify *c, const struct results *r)
{
	struct statement st = { .r = r, .waivers = &c->waivers,
				.destructive = c->runs_destructive,
				.all_tests = !c->suite.nr_globs };
	char path[4200], why[4500];
	time_t now = time(NULL);
	struct tm tm;

	strftime(st.date, sizeof(st.date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	if (certificate_judge(r, &c->waivers, waivers_today(), no_fault, &st.judgement))
		return EXIT_CANNOT;
	snprintf(path, sizeof(path), "%s/results", partial);
	if (report_write(r, path, why, sizeof(why)))
		return cannot("%s", why);
	snprintf(path, sizeof(path), "%s/" BUNDLE_WAIVERS, partial);
	if (waivers_write(&c->waivers, r, path) || statement_write(&st, partial))
		return cannot("cannot write to %s: %s", partial, strerror(errno));
	snprintf(path, sizeof(path), "%s", c->out);
	if (bundle_seal(partial, why, sizeof(why)) ||
	    bundle_pack(partial, partial_archive, strrchr(path, '/') ? strrchr(path, '/') + 1 : path,
			now, why, sizeof(why)))
		return cannot("%s", why);
	if (suite_interrupted())
		return EXIT_CANNOT;
	snprintf(path, sizeof(path), "%s.tar.gz", c->out);
	/* What was there before goes with the partial directory's name. */
	if ((renameat2(AT_FDCWD, partial, AT_FDCWD, c->out, RENAME_EXCHANGE) &&
	     rename(partial, c->out)) || rename(partial_archive, path))
		return cannot("cannot write %s: %s", c->out, strerror(errno));
	if (!c->quiet)
		text_print(r, NULL, false);
	statement_print(&st, stdout);
	printf("\nBundle: %s and %s\n", c->out, path);
	return st.judgement.short_of && st.all_tests ? EXIT_SHORT : EXIT_HELD;
}

static int run_and_write(struct certify *c)
{
	struct results *r;
	char path[4200];
	int ret, held;

	if (evidence_write(partial, c->suite.bdfs, c->suite.nr_bdfs))
		return cannot("cannot write to %s: %s", partial, strerror(errno));
	snprintf(path, sizeof(path), "%s/kernel.log", partial);
	c->suite.kernel_log = fopen(path, "we");
	if (!c->suite.kernel_log)
		return cannot("cannot write %s: %s", path, strerror(errno));
	ret = suite_run(&c->suite, &r);
	fclose(c->suite.kernel_log);
	if (ret)
		return ret;
	held = results_exit_status(r);
	ret = write_bundle(c, r);
	results_free(r);
	return ret ? ret : held;
}

static int certify(struct certify *c)
{
	char driver[BIND_NAME_MAX];
	int ret, error;

	suite_catch_signals();
	ret = prepare(c, driver);
	if (!ret)
		ret = make_output(c->out);
	if (ret)
		return ret;
	ret = bind_all(&c->suite, driver);
	if (!ret)
		ret = suite_interrupted() ? EXIT_CANNOT : run_and_write(c);
	error = bind_restore_all();
	if (error)
		ret = cannot("the former driver of a device could not be given back: %s; `vfio-compliance "
			     "unbind` tries it again", strerror(-error));
	else
		forget_bindings();
	clean_up();
	if (suite_interrupted() && ret)
		return cannot("interrupted; the devices have the drivers they had, and no bundle was "
			      "written");
	return ret;
}

int cmd_certify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },  { "driver", required_argument, NULL, 'D' },
		{ "output", required_argument, NULL, 'o' },  { "test", required_argument, NULL, 't' },
		{ "destructive", no_argument, NULL, 'X' },   { "waivers", required_argument, NULL, 'w' },
		{ "repeat", required_argument, NULL, 'r' },  { "silence", required_argument, NULL, 's' },
		{ "quiet", no_argument, NULL, 'q' },	     { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct certify c = { .out = "build/certificate" };
	char path[4200], *out;
	int opt;

	while ((opt = getopt_long(argc, argv, "d:t:o:qh", options, NULL)) != -1) {
		switch (opt) {
		case 'd': strv_add(&c.suite.bdfs, &c.suite.nr_bdfs, optarg); break;
		case 't': strv_add(&c.suite.globs, &c.suite.nr_globs, optarg); break;
		case 'D': c.driver = optarg; break;
		case 'o': c.out = optarg; break;
		case 'X': c.runs_destructive = true; break;
		case 's': c.suite.silence = optarg; break;
		case 'q': c.quiet = true; break;
		case 'w':
			if (waivers_load(&c.waivers, optarg))
				return EXIT_CANNOT;
			break;
		case 'r':
			if (parse_repeat(optarg, &c.suite.repeat))
				return EXIT_CANNOT;
			break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (optind < argc || !c.suite.nr_bdfs) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	if (core_is_preloaded())
		return cannot("the userspace core is preloaded; a certificate is for a kernel");
	out = strdup(c.out);
	for (size_t n = strlen(out); n > 1 && out[n - 1] == '/'; n--)
		out[n - 1] = '\0';
	c.out = out;
	snprintf(path, sizeof(path), "%s/destructive", path_lists());
	if (check_output(c.out) || rules_load(&c.destructive, path, true))
		return EXIT_CANNOT;
	/* Only devices that were named: no mediated ones that somebody else made. */
	unsetenv("VFIO_COMPLIANCE_MDEVS");
	unsetenv("VFIO_COMPLIANCE_MDEV_PARENT");
	unsetenv("LD_PRELOAD");
	c.suite.waivers = &c.waivers;
	c.suite.held_back = c.runs_destructive ? NULL : &c.destructive;
	c.suite.progress = !c.quiet && isatty(STDERR_FILENO);
	return certify(&c);
}
