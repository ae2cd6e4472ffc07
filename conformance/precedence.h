/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of two broken rules a call answers for: the one that is checked first.
 *
 * A table has the checks of one call in the order in which the kernel makes them.
 * precedence_run() breaks each rule alone, and each pair of rules at once, in an
 * argument that is good otherwise, and expects the errno of the earlier one.
 */
#ifndef PRECEDENCE_H
#define PRECEDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "conformance.h"
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

struct rule {
	const char *name;
	int err;		/* negative errno when it is broken, and no earlier one is */
	int or_err;		/* what another kernel gives instead; 0: all give @err */
	void (*broken)(struct call *call);
	/* Rules that share a bit cannot be broken at once: they need the same field. */
	unsigned int field;
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

/*
 * precedence_run - all rules alone and in pairs
 * @good: the call that breaks no rule
 * @rules: in the order of the kernel's checks, @count of them
 * Returns the number of calls made. Failures are noted in @_metadata.
 */
static inline unsigned int precedence_run(struct __test_metadata *_metadata,
					  const struct call *good, const struct rule *rules,
					  unsigned int count)
{
	unsigned int first, second, calls = 0;
	struct call call;
	int want, ret;

	for (first = 0; first < count; first++) {
		want = 0;
		for (second = first; second < count; second++) {
			if (second != first && rules[first].field & rules[second].field)
				continue;
			call = *good;
			/* The earlier one last: what it needs in the argument stands. */
			if (second != first)
				rules[second].broken(&call);
			rules[first].broken(&call);
			ret = call_issue(&call);
			calls++;
			if (second == first)
				want = rules[first].or_err && ret == rules[first].or_err ?
				       ret : rules[first].err;
			EXPECT_EQ(want, ret) {
				TH_LOG("%s; and %s", rules[first].name,
				       second == first ? "nothing else" : rules[second].name);
			}
		}
	}
	return calls;
}

#define PRECEDENCE(_good, _rules) \
	EXPECT_LT(ARRAY_SIZE(_rules), precedence_run(_metadata, &(_good), _rules, \
						     ARRAY_SIZE(_rules)))

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

/* Fields of rules; each table may use the rest as it likes. */
#define F_POINTER	0x1u
#define F_ARGSZ		0x2u
#define F_FLAGS		0x4u
#define F_A		0x10u
#define F_B		0x20u
#define F_C		0x40u
#define F_D		0x80u
#define F_E		0x100u

#endif
