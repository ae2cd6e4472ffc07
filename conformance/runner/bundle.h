/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bundle of a certificate: a directory whose MANIFEST names every file with its
 * size and SHA-256, and the same as one file (tar, gzip).
 *
 *	vfio-compliance bundle 1
 *	SHA-256 SIZE PATH		one line per file, sorted by path
 *	end SHA-256			of all lines above
 *
 * Behind the archive stands another gzip member with its SHA-256. `tar -xz` passes over
 * it, and with it a change of any byte shows, of those too that gzip does not look at.
 *
 * Functions return 0, or -1 with one line in @why unless stated.
 */
#ifndef RUNNER_BUNDLE_H
#define RUNNER_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define BUNDLE_MANIFEST	"MANIFEST"

/* Write the manifest of what is in @dir. */
int bundle_seal(const char *dir, char *why, size_t len);

/*
 * bundle_check - compare a directory with its manifest
 * @fault: called with one line for each difference
 *
 * Returns the number of differences. No manifest, or one that is damaged, is one.
 */
int bundle_check(const char *dir, void (*fault)(const char *line));

/* Pack @dir into the file @archive; the files are in it below @name and have time @when. */
int bundle_pack(const char *dir, const char *archive, const char *name, time_t when, char *why,
		size_t len);
/*
 * bundle_unpack - check the archive's own SHA-256, and unpack it into @dir
 *
 * What is in it is not trusted: files and directories alone, none outside of @dir. The
 * first component of their paths is left out. *damaged tells an archive whose bytes
 * changed from one that cannot be read.
 */
int bundle_unpack(const char *archive, const char *dir, bool *damaged, char *why, size_t len);

/* rm -r; what is not there is no error. */
void remove_tree(const char *path);

#endif
