// SPDX-License-Identifier: GPL-2.0-only
/* SARIF 2.1.0 (OASIS); section numbers are of that document. */
#include "sarif.h"
#include "json_text.h"
#include "results.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *get(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

json_t *findings_load(const char *path, char *err, size_t size)
{
	json_error_t je;
	json_t *root, *list, *o;
	FILE *f = fopen(path, "r");
	size_t i;

	if (!f) {
		snprintf(err, size, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	root = json_loadf(f, 0, &je);
	fclose(f);
	if (!root) {
		snprintf(err, size, "%s is no complete JSON file (line %d: %s)", path, je.line, json_error_text(&je));
		return NULL;
	}
	list = json_incref(json_is_array(root) ? root : json_object_get(root, "findings"));
	json_decref(root);
	if (!json_is_array(list)) {
		snprintf(err, size, "%s is no list of findings", path);
		json_decref(list);
		return NULL;
	}
	json_array_foreach(list, i, o)
		if (!*get(o, "target") || !*get(o, "oracle")) {
			snprintf(err, size, "%s: finding %zu has no target or no oracle", path, i + 1);
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *finding_frames(const json_t *finding)
{
	json_t *stack = json_object_get(finding, "stack"), *frames;
	char *copy, *line, *save;

	if (json_is_array(stack))
		return json_incref(stack);
	frames = json_array();
	if (!json_is_string(stack))
		return frames;
	copy = strdup(json_string_value(stack));
	for (line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		json_array_append_new(frames, text_to_json(line + strspn(line, " \t")));
	free(copy);
	return frames;
}

/* A path as a URI reference (RFC 3986). */
static json_t *uri(const char *path)
{
	static const char plain[] = "-._~/!$&'()*+,;=:@";
	char *out = NULL, c[4];
	json_t *o;

	str_set(&out, "");
	for (; *path; path++) {
		if (isalnum((unsigned char)*path) || strchr(plain, *path))
			snprintf(c, sizeof(c), "%c", *path);
		else
			snprintf(c, sizeof(c), "%%%02X", (unsigned char)*path);
		str_append(&out, c);
	}
	o = json_string(out);
	free(out);
	return o;
}

/*
 * "#0 0x4f in vfio_device_read lib/core/device.c:120:9", "device.c:120
 * vfio_device_read()" or "vfio_device_read+0x1c/0x80": the word with a line
 * number is the place, the first other one that begins a name the function.
 */
static json_t *frame_location(const char *frame)
{
	json_t *physical = NULL, *logical = NULL, *loc;
	char *copy = strdup(frame), *word, *save;

	for (word = copy ? strtok_r(copy, " \t", &save) : NULL; word;
	     word = strtok_r(NULL, " \t", &save)) {
		char *colon = strchr(word, ':');
		int line = colon ? atoi(colon + 1) : 0;

		if (line > 0 && !physical) {
			*colon = '\0';
			physical = json_pack("{s{so} s{si}}", "artifactLocation", "uri", uri(word),
					     "region", "startLine", line);
		} else if (!logical && (isalpha((unsigned char)*word) || *word == '_') &&
			   strcmp(word, "in") && strcmp(word, "at")) {
			word[strcspn(word, "+(")] = '\0';
			logical = json_pack("[{so ss}]", "fullyQualifiedName", text_to_json(word),
					    "kind", "function");
		}
	}
	free(copy);
	loc = json_pack("{s{so}}", "message", "text", text_to_json(frame));
	if (physical)
		json_object_set_new(loc, "physicalLocation", physical);
	if (logical)
		json_object_set_new(loc, "logicalLocations", logical);
	return loc;
}

/* Findings with the same oracle and frames are one, whatever the addresses (3.27.17). */
static json_t *fingerprint(const json_t *finding, const json_t *frames)
{
	uint64_t h = 0xcbf29ce484222325;
	char buf[32];
	const json_t *o;
	size_t i;

	for (const char *p = get(finding, "oracle"); *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	json_array_foreach(frames, i, o) {
		json_t *loc = frame_location(json_string_value(o) ? json_string_value(o) : "");
		const char *name = get(json_array_get(json_object_get(loc, "logicalLocations"), 0),
				       "fullyQualifiedName");

		for (const char *p = name; *p; p++)
			h = (h ^ (unsigned char)*p) * 0x100000001b3;
		h = (h ^ '/') * 0x100000001b3;
		json_decref(loc);
	}
	snprintf(buf, sizeof(buf), "%016llx", (unsigned long long)h);
	return json_pack("{ss}", "oracleAndStack/v1", buf);
}

static json_t *properties(const json_t *finding)
{
	static const char *const keys[] = { "target", "input", "reproducer", "first_seen",
					    "last_seen" };
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(finding, keys[i]))
			json_object_set(o, keys[i], json_object_get(finding, keys[i]));
	return o;
}

/* 3.48: when it was seen, if the times are dates of ISO 8601. */
static void add_provenance(json_t *result, const json_t *finding)
{
	const char *first = get(finding, "first_seen"), *last = get(finding, "last_seen");
	json_t *o = json_object();

	if (strchr(first, 'T'))
		json_object_set_new(o, "firstDetectionTimeUtc", json_string(first));
	if (strchr(last, 'T'))
		json_object_set_new(o, "lastDetectionTimeUtc", json_string(last));
	if (json_object_size(o))
		json_object_set(result, "provenance", o);
	json_decref(o);
}

static json_t *result_object(const json_t *finding)
{
	json_t *frames = finding_frames(finding), *stack = json_array(), *result, *o, *first = NULL;
	char message[512];
	size_t i;

	json_array_foreach(frames, i, o) {
		json_t *loc = frame_location(json_string_value(o) ? json_string_value(o) : "");

		if (!first && json_object_get(loc, "physicalLocation"))
			first = json_incref(loc);
		json_array_append_new(stack, json_pack("{so}", "location", loc));
	}
	snprintf(message, sizeof(message), "fuzz target %.100s: %.300s", get(finding, "target"),
		 get(finding, "oracle"));
	result = json_pack("{so ss s{so} so so}", "ruleId", text_to_json(get(finding, "oracle")),
			   "level", "error", "message", "text", text_to_json(message),
			   "partialFingerprints", fingerprint(finding, frames), "properties",
			   properties(finding));
	if (json_array_size(stack))
		json_object_set_new(result, "stacks", json_pack("[{s{ss} sO}]", "message", "text",
								"where it was seen", "frames", stack));
	/* The place to show it at; without one, the input stands for it. */
	if (first)
		json_object_set_new(result, "locations", json_pack("[O]", first));
	else if (*get(finding, "input"))
		json_object_set_new(result, "locations",
				    json_pack("[{s{s{so}}}]", "physicalLocation", "artifactLocation",
					      "uri", uri(get(finding, "input"))));
	add_provenance(result, finding);
	json_decref(first);
	json_decref(stack);
	json_decref(frames);
	return result;
}

static json_t *rules(const json_t *findings)
{
	json_t *list = json_array(), *seen = json_object(), *o;
	size_t i;

	json_array_foreach((json_t *)findings, i, o) {
		const char *oracle = get(o, "oracle");

		if (json_object_get(seen, oracle))
			continue;
		json_object_set_new(seen, oracle, json_true());
		json_array_append_new(list, json_pack("{so s{ss}}", "id", text_to_json(oracle),
						      "defaultConfiguration", "level", "error"));
	}
	json_decref(seen);
	return list;
}

int findings_write_sarif(const json_t *findings, const char *path)
{
	json_t *results = json_array(), *root, *o;
	int ret = -1;
	size_t i;
	FILE *f;

	json_array_foreach((json_t *)findings, i, o)
		json_array_append_new(results, result_object(o));
	root = json_pack("{ss ss s[{s{s{ss so}} so ss}]}", "$schema",
			 "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
			 "tool", "driver", "name", "vfio-compliance", "rules", rules(findings),
			 "results", results, "columnKind", "utf16CodeUnits");
	f = fopen(path, "w");
	if (f && root && !json_dumpf(root, f, JSON_INDENT(1)) && fputc('\n', f) != EOF)
		ret = 0;
	if (f && fclose(f))
		ret = -1;
	json_decref(root);
	return ret;
}
