/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

/*
 * Text that a show operation writes piece by piece. What does not fit is cut off,
 * which seq_has_overflowed() tells.
 */
#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/types.h>

struct seq_file {
	char *buf;
	size_t size;
	size_t count;	/* bytes written; size if text was lost */
	void *private;
};

void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
/* 0, or -1 if it did not fit. */
int seq_write(struct seq_file *m, const void *data, size_t len);

static inline bool seq_has_overflowed(struct seq_file *m)
{
	return m->count == m->size;
}

#endif
