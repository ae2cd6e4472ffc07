/* SPDX-License-Identifier: GPL-2.0-only */
/* Findings of fuzz campaigns, for tools that read SARIF. */
#ifndef REPORTS_SARIF_H
#define REPORTS_SARIF_H

#include <stddef.h>
#include <jansson.h>

/*
 * findings_load - read a findings.json
 *
 * An array, or an object with an array "findings", of { target, oracle, stack,
 * input, reproducer, first_seen, last_seen }; "stack" is an array of frames or
 * one text with a frame a line. Returns the array, or NULL with a line in @err.
 */
json_t *findings_load(const char *path, char *err, size_t size);

/* SARIF 2.1.0: one rule per oracle, one result per finding. 0, or -1 with errno set. */
int findings_write_sarif(const json_t *findings, const char *path);

/* The frames of a finding as an array of strings; a new reference. */
json_t *finding_frames(const json_t *finding);

#endif
