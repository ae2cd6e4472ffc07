/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of tests and kernels in JSON. */
#ifndef REPORTS_JSON_TEXT_H
#define REPORTS_JSON_TEXT_H

#include <jansson.h>

/* A string whatever its bytes: what is no UTF-8 has its high bytes replaced. */
json_t *text_to_json(const char *s);

/* What is wrong with a file, in one line: it may quote the file. */
const char *json_error_text(json_error_t *e);

#endif
