// SPDX-License-Identifier: GPL-2.0-only
#include "results.h"

#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <string.h>

static void attr(xmlTextWriterPtr w, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(w, BAD_CAST name, BAD_CAST value);
}

static void attr_int(xmlTextWriterPtr w, const char *name, int value)
{
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST name, "%d", value);
}

/* XML 1.0 has no room for most control bytes, not even escaped. */
static void text(xmlTextWriterPtr w, const char *s)
{
	char *copy = strdup(s);

	for (char *p = copy; p && *p; p++)
		if (((unsigned char)*p < 0x20 && *p != '\n' && *p != '\t') || *p & 0x80)
			*p = '?';
	if (copy)
		xmlTextWriterWriteString(w, BAD_CAST copy);
	free(copy);
}

static void write_case(xmlTextWriterPtr w, const struct test_result *t)
{
	const char *name = strchr(t->name, '/');
	const char *child = NULL;

	xmlTextWriterStartElement(w, BAD_CAST "testcase");
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "classname", "%.*s",
					  (int)strcspn(t->name, "/"), t->name);
	attr(w, "name", name ? name + 1 : t->name);
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "time", "%d.%03d", t->ms / 1000,
					  t->ms % 1000);
	if (t->status == ST_SKIP || t->status == ST_XFAIL)
		child = "skipped";
	else if (t->status == ST_FAIL)
		child = "failure";
	else if (status_is_bad(t->status))
		child = "error";
	if (child) {
		xmlTextWriterStartElement(w, BAD_CAST child);
		attr(w, "message", *t->reason ? t->reason : status_name(t->status));
		if (status_is_bad(t->status))
			text(w, t->log);
		xmlTextWriterEndElement(w);
	}
	xmlTextWriterEndElement(w);
}

int results_write_junit(const struct results *r, const char *path)
{
	xmlTextWriterPtr w = xmlNewTextWriterFilename(path, 0);
	struct summary s = results_summary(r);
	int ret;

	if (!w)
		return -1;
	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
	xmlTextWriterStartElement(w, BAD_CAST "testsuites");
	xmlTextWriterStartElement(w, BAD_CAST "testsuite");
	xmlTextWriterWriteFormatAttribute(w, BAD_CAST "name", "vfio-compliance %s %s", r->backend,
					  r->kernel);
	attr_int(w, "tests", s.nr_tests);
	attr_int(w, "failures", s.tests[ST_FAIL]);
	attr_int(w, "errors", s.tests[ST_ERROR] + s.tests[ST_TIMEOUT] + s.tests[ST_MISSING]);
	attr_int(w, "skipped", s.tests[ST_SKIP] + s.tests[ST_XFAIL]);
	for (size_t i = 0; i < r->nr_tests; i++)
		write_case(w, &r->tests[i]);
	xmlTextWriterEndElement(w);
	xmlTextWriterEndElement(w);
	ret = xmlTextWriterEndDocument(w) < 0 ? -1 : 0;
	if (xmlTextWriterFlush(w) < 0)
		ret = -1;
	xmlFreeTextWriter(w);
	return ret;
}
