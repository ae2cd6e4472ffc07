// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance verify: does a bundle bear a certificate? */
#include "bundle.h"
#include "certificate.h"
#include "results.h"
#include "runner.h"
#include "waivers.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int nr_faults;
static bool quiet;

static void usage(FILE *f)
{
	fputs("usage: vfio-compliance verify [-q] BUNDLE\n"
	      "\n"
	      "Checks what `certify` wrote, the directory or the archive: all files are there and as\n"
	      "they were written, every test has a result, each clause of the mustpass list held,\n"
	      "failures are waived and skips explained, and it ran on a kernel.\n"
	      "\n"
	      "  -q  print nothing\n"
	      "\n"
	      "Exit status: 0 it is a certificate, 1 it is none, 2 it cannot be read.\n", f);
}

static void fault(const char *line)
{
	nr_faults++;
	if (!quiet)
		printf("fault: %s\n", line);
}

/* The hashes are right: now what is in the files. */
static int check_content(const char *dir)
{
	struct waivers waivers = { 0 };
	struct judgement j;
	struct results *r;
	char path[4200], why[512], date[16];
	int ret;

	snprintf(path, sizeof(path), "%s/" BUNDLE_WAIVERS, dir);
	if (waivers_load(&waivers, path))
		fault("its waivers cannot be read");
	snprintf(path, sizeof(path), "%s/" BUNDLE_RESULTS, dir);
	r = results_load(path, why, sizeof(why));
	if (!r) {
		fault(why);
		return 0;
	}
	snprintf(path, sizeof(path), "%s/" BUNDLE_STATEMENT, dir);
	statement_check(path, r, date, fault);
	ret = certificate_judge(r, &waivers, date, fault, &j);
	if (!ret && !nr_faults && !quiet)
		printf("certificate: %s [%s] with %s on Linux %s, %s: %d clauses held\n", r->device,
		       r->devices[0].id, r->devices[0].driver, r->kernel, date,
		       results_summary(r).clauses[ST_PASS]);
	waivers_free(&waivers);
	results_free(r);
	return ret;
}

static int verify(const char *dir)
{
	char path[4200];
	int ret = 0;

	snprintf(path, sizeof(path), "%s/" BUNDLE_MANIFEST, dir);
	if (access(path, R_OK))
		return cannot("%s is no bundle of `vfio-compliance certify`: no " BUNDLE_MANIFEST
			      " in it", dir);
	if (!bundle_check(dir, fault))
		ret = check_content(dir);
	if (ret)
		return ret;
	if (nr_faults && !quiet)
		printf("no certificate: %d faults\n", nr_faults);
	return nr_faults ? EXIT_SHORT : EXIT_HELD;
}

static int verify_archive(const char *archive)
{
	char dir[4096], why[512];
	bool damaged;
	int ret;

	snprintf(dir, sizeof(dir), "%s/vfio-compliance.XXXXXX", getenv("TMPDIR") ?: "/tmp");
	if (!mkdtemp(dir))
		return cannot("cannot make %s: %s", dir, strerror(errno));
	if (!bundle_unpack(archive, dir, &damaged, why, sizeof(why))) {
		ret = verify(dir);
	} else if (damaged) {
		fault(why);
		ret = EXIT_SHORT;
	} else {
		ret = cannot("%s", why);
	}
	remove_tree(dir);
	return ret;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' },
						 { "quiet", no_argument, NULL, 'q' },
						 { 0 } };
	struct stat st;
	int opt;

	while ((opt = getopt_long(argc, argv, "hq", options, NULL)) != -1) {
		switch (opt) {
		case 'q': quiet = true; break;
		case 'h': usage(stdout); return EXIT_HELD;
		default: usage(stderr); return EXIT_CANNOT;
		}
	}
	if (argc - optind != 1) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	if (stat(argv[optind], &st))
		return cannot("cannot read %s: %s", argv[optind], strerror(errno));
	return S_ISDIR(st.st_mode) ? verify(argv[optind]) : verify_archive(argv[optind]);
}
