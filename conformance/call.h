/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ioctl as a thing that can be changed before it is issued: its argument, how
 * much of that is there, and whether the kernel may write to it.
 */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "client/vfio_client.h"

#define CALL_MAX 256

/* One ioctl. The first @len bytes of @buf can be read, what is behind them can not. */
struct call {
	int fd;
	unsigned long request;
	uint8_t buf[CALL_MAX] __attribute__((aligned(8)));
	size_t len;
	bool readonly;		/* the kernel cannot write there */
	bool nowhere;		/* the argument is an address where nothing is */
	bool by_value;		/* the argument is @value and no pointer */
	unsigned long value;
	const void *self;	/* of the test */
};

static inline int call_issue(const struct call *call)
{
	void *arg;
	int ret;

	if (call->by_value)
		return __vfio_ioctl(call->fd, call->request, (void *)call->value);
	if (call->nowhere)
		return __vfio_ioctl(call->fd, call->request, bad_pointer());
	arg = border_alloc(call->len, call->buf, call->readonly);
	ret = __vfio_ioctl(call->fd, call->request, arg);
	border_free(arg, call->len);
	return ret;
}

/* A structure in the argument, which all of it can be read. */
#define CALL_ARG(_call, _struct) ((_struct *)(void *)(_call)->buf)
#define CALL_INIT(_fd, _request, _arg) ({ \
	struct call _c = { .fd = (_fd), .request = (_request), .len = sizeof(_arg), \
			   .self = self }; \
	memcpy(_c.buf, &(_arg), sizeof(_arg)); \
	_c; \
})

/* Common first rules. */
static inline void call_nowhere(struct call *call)
{
	call->nowhere = true;
}

static inline void call_readonly(struct call *call)
{
	call->readonly = true;
}

/* argsz is the first field of nearly every argument. */
static inline void call_argsz(struct call *call, uint32_t argsz)
{
	memcpy(call->buf, &argsz, sizeof(argsz));
}

static inline void call_argsz_zero(struct call *call)
{
	call_argsz(call, 0);
}

#endif
