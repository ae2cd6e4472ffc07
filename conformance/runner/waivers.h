/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known failures of a kernel or a device, with the reason and an end.
 *
 * A file has stanzas like the clause tables, separated by empty lines; '#' begins a
 * comment line:
 *
 *	id: W-MLX5-1
 *	kernel: 6.12.*			pattern of the release; all if not given
 *	device: 15b3:101?		of vendor:device, and
 *	driver: mlx5_vfio_pci		of the driver of the device under test; likewise
 *	test: reset/reset.*		pattern of PROGRAM/fixture.variant.test
 *	reason: one line
 *	link: where it is discussed
 *	expires: 2027-06-30		the last day on which it holds
 */
#ifndef RUNNER_WAIVERS_H
#define RUNNER_WAIVERS_H

#include <stddef.h>

struct results;

struct waiver {
	char *id, *kernel, *device, *driver, *test, *reason, *link, *expires;
};

struct waivers {
	struct waiver *waiver;
	size_t nr;
};

/* Returns 0, or EXIT_CANNOT with one line on stderr for the first fault. */
int waivers_load(struct waivers *w, const char *path);
void waivers_free(struct waivers *w);

/*
 * waivers_apply - turn expected failures into ST_XFAIL, and their absence into failures
 * @today: YYYY-MM-DD, NULL for the day it is
 *
 * A test that is waived and passes fails, as UnexpectedPass: the waiver has to go. An
 * expired waiver is not applied, and a line on stderr says so if it would have been.
 * A test without result is never waived. Statuses of clauses are worked out anew.
 */
void waivers_apply(const struct waivers *w, struct results *r, const char *today);

/* The waiver that explains @test's ST_XFAIL in a run of @today, or NULL. */
const struct waiver *waivers_explain(const struct waivers *w, const struct results *r,
				     const char *test, const char *today);

/* "YYYY-MM-DD" of now in UTC, in a static buffer. */
const char *waivers_today(void);

/* Write the waivers that apply to @r, in the form they are read in. -1 with errno. */
int waivers_write(const struct waivers *w, const struct results *r, const char *path);

#endif
