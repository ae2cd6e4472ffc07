// SPDX-License-Identifier: GPL-2.0-only
/*
 * The migration states: the next hop from each to each, a session per data file,
 * and the stream that a device was given, checked by the text of mock_uapi.h.
 */
#include <errno.h>
#include <string.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "oracle.h"

#define STATES		8
#define STREAM_MAX	0x10000U
#define NO		0	/* ERROR is nobody's next hop */

enum { STOP = 1, RUN, SCOPY, RESUME, P2P, PRE, PREP };

/* With all flags set. [from][to] */
static const uint8_t hops[STATES][STATES] = {
	[STOP] = { NO, STOP, P2P, SCOPY, RESUME, P2P, P2P, P2P },
	[RUN] = { NO, P2P, RUN, P2P, P2P, P2P, PRE, P2P },
	[SCOPY] = { NO, STOP, STOP, SCOPY, STOP, STOP, NO, NO },
	[RESUME] = { NO, STOP, STOP, STOP, RESUME, STOP, STOP, STOP },
	[P2P] = { NO, STOP, RUN, STOP, STOP, P2P, RUN, PREP },
	[PRE] = { NO, RUN, RUN, PREP, RUN, RUN, PRE, PREP },
	[PREP] = { NO, P2P, P2P, SCOPY, P2P, P2P, PRE, PREP },
};

/* The flags without which there is no such state. */
static const uint8_t needs[STATES] = {
	[P2P] = VFIO_MIGRATION_P2P, [PRE] = VFIO_MIGRATION_PRE_COPY,
	[PREP] = VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY,
};

/* What a device in RESUMING has been given. */
static struct stream {
	uint8_t bytes[STREAM_MAX];
	size_t len;
	bool unsure;
} streams[PROG_DEVS];
static unsigned int sessions;

static struct stream *stream_of(const struct o_device *d)
{
	return &streams[d - o_devices];
}

void oracle_fsm_reset(struct o_device *d)
{
	d->state = RUN;
	d->session = 0;
}

static bool has(const struct o_device *d, unsigned int state)
{
	return state < STATES && state && (d->flags & needs[state]) == needs[state];
}

static unsigned int next_hop(const struct o_device *d, unsigned int from, unsigned int to)
{
	unsigned int at = hops[from][to];

	/* States that this device lacks are passed through. */
	while (at != NO && !has(d, at))
		at = hops[at][to];
	return at;
}

uint64_t oracle_checksum(const uint8_t *state, uint64_t size)
{
	uint64_t lane[MOCK_SUM_LANES], sum = MOCK_SUM_INIT, i, j, word;

	for (i = 0; i < MOCK_SUM_LANES; i++)
		lane[i] = MOCK_SUM_INIT;
	for (i = 0; i < size || i / 8 % MOCK_SUM_LANES; i += 8) {
		for (word = 0, j = i; j < i + 8 && j < size; j++)
			word |= (uint64_t)state[j] << 8 * (j - i);
		j = i / 8 % MOCK_SUM_LANES;
		lane[j] = (lane[j] ^ word) * MOCK_SUM_PRIME;
	}
	for (i = 0; i < MOCK_SUM_LANES; i++)
		sum = (sum ^ lane[i]) * MOCK_SUM_PRIME;
	return sum;
}

/* Is it a whole stream, with nothing behind it? */
bool oracle_stream_valid(const uint8_t *p, size_t len)
{
	static uint8_t state[STREAM_MAX];
	uint64_t size = 0, got = 0;
	bool started = false;
	struct mock_record rec;

	while (len >= sizeof(rec)) {
		memcpy(&rec, p, sizeof(rec));
		p += sizeof(rec);
		len -= sizeof(rec);
		if (rec.magic != MOCK_REC_MAGIC || rec.len > len)
			return false;
		switch (rec.type) {
		case MOCK_REC_PRECOPY:
			if (started)
				return false;
			break;
		case MOCK_REC_START:
			if (started || rec.len != 8)
				return false;
			started = true;
			size = arg64(p, 0);
			break;
		case MOCK_REC_DATA:
			if (!started || rec.len > size - got || got + rec.len > STREAM_MAX)
				return false;
			memcpy(state + got, p, rec.len);
			got += rec.len;
			break;
		case MOCK_REC_END:
			return started && rec.len == 8 && got == size && len == 8 &&
			       arg64(p, 0) == oracle_checksum(state, size);
		default:
			return false;
		}
		p += rec.len;
		len -= rec.len;
	}
	return false;
}

/* One arc. 0, or the error it ends with. */
static long arc(struct o_device *d, unsigned int to)
{
	struct stream *in = stream_of(d);
	long ret = 0;

	if (d->armed && d->armed_from == d->state && d->armed_to == to) {
		d->armed = false;
		ret = -(long)d->fail_errno;
	} else if (d->state == RESUME && !oracle_stream_valid(in->bytes, in->len)) {
		ret = -EINVAL;
	}
	if (ret) {
		if (d->to_error) {
			d->state = VFIO_DEVICE_STATE_ERROR;
			d->session = 0;
		}
		return ret;
	}
	if (to == RESUME || to == PRE || to == PREP || to == SCOPY) {
		if (!d->session)
			d->session = ++sessions;
	} else {
		d->session = 0;
	}
	if (to == RESUME)
		in->len = in->unsure = 0;
	d->state = to;
	return 0;
}

/* The whole way. */
static long way(struct o_device *d, unsigned int to)
{
	unsigned int hop;
	long ret;

	if (d->state == VFIO_DEVICE_STATE_ERROR)
		return -EINVAL;
	while (d->state != to) {
		hop = has(d, to) ? next_hop(d, d->state, to) : NO;
		if (hop == NO)
			return -EINVAL;
		ret = arc(d, hop);
		if (ret)
			return ret;
	}
	return 0;
}

static void set_state(struct o_device *d, const struct prog_step *s)
{
	unsigned int to = arg32(s->before, 8), session = d->session;
	/* What it was given is not in the books: follow the core. */
	bool guess = d->state == RESUME && stream_of(d)->unsure;
	long want;

	if (guess) {
		d->get_unsure = true;
		oracle_fsm_reset(d);
	}
	if (d->get_unsure)
		return;
	want = way(d, to);
	if (!s->writable) {
		ORACLE(s->ret == -EFAULT, "SET of state %u, read only: %ld", to, s->ret);
		return;
	}
	ORACLE(s->ret == want, "SET of state %u gives %ld, not %ld (state %u)", to, s->ret, want,
	       d->state);
	ORACLE((s->new_fd >= 0) == (!want && d->session != session && d->session),
	       "SET of state %u gives data file %d", to, s->new_fd);
}

static void get_state(struct o_device *d, const struct prog_step *s)
{
	if (d->get_unsure)
		return;
	ORACLE(s->ret == (s->writable ? 0 : -EFAULT), "GET of the state gives %ld", s->ret);
	if (!s->ret)
		ORACLE(arg32(s->after, 8) == d->state, "state %u, not %u", arg32(s->after, 8),
		       d->state);
}

void oracle_fsm(struct o_device *d, const struct prog_step *s)
{
	unsigned int dev = d - o_devices;
	uint32_t flags = s->len >= 16 ? arg32(s->before, 4) : 0;

	if (s->len < 16 || arg32(s->before, 0) < 16)
		return;
	if (flags == (VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE)) {
		if (dev == PROG_PLAIN || dev >= PROG_MDEV0)
			ORACLE(s->ret == -ENOTTY, "SET of a state without migration: %ld", s->ret);
		else
			set_state(d, s);
	} else if (flags == (VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE)) {
		if (dev != PROG_PLAIN && dev < PROG_MDEV0)
			get_state(d, s);
	}
}

void oracle_fsm_mock(struct o_device *d, uint64_t reg, uint64_t val)
{
	switch (reg) {
	case MOCK_REG_MIG_FLAGS:
		d->flags = val;
		break;
	case MOCK_REG_FAIL_ARC:
		d->armed = true;
		d->armed_from = val >> 8;
		d->armed_to = val;
		break;
	case MOCK_REG_FAIL_ERRNO:
		d->fail_errno = val;
		break;
	case MOCK_REG_FAIL_TO_ERROR:
		d->to_error = val;
		break;
	case MOCK_REG_FAIL_GET:
		d->get_unsure = true;
		break;
	case MOCK_REG_FAIL_READ:
	case MOCK_REG_FAIL_WRITE:
		stream_of(d)->unsure = true;
		break;
	case MOCK_REG_OPEN_ERRNO:
	case MOCK_REG_NEED_KVM:
		d->unsure = true;
		break;
	case MOCK_REG_RESTORE:
		d->armed = d->to_error = false;
		d->fail_errno = EIO;
		d->flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P | VFIO_MIGRATION_PRE_COPY;
		break;
	}
}

void oracle_data_file(const struct o_file *f, const struct prog_step *s)
{
	struct o_device *d = &o_devices[f->dev];
	struct stream *in = stream_of(d);

	if (d->get_unsure || (s->op != PROG_READ && s->op != PROG_WRITE))
		return;
	ORACLE(s->ret < 0 || s->len == 0 || (size_t)s->ret <= s->len, "%zu bytes asked, %ld done",
	       s->len, s->ret);
	if (!f->session || f->session != d->session) {
		ORACLE(s->ret <= 0, "%ld bytes of a session that has ended", s->ret);
		return;
	}
	if (s->op == PROG_READ || !s->ret)
		return;
	if (d->state != RESUME) {
		ORACLE(s->ret < 0, "%ld bytes written to what is to be read", s->ret);
		return;
	}
	/* A driver may skip what it has no use for, whether or not it can be read. */
	if (s->ret < 0 || (size_t)s->ret > s->len || in->len + s->ret > STREAM_MAX)
		in->unsure = true;
	if (in->unsure)
		return;
	memcpy(in->bytes + in->len, s->before, s->ret);
	in->len += s->ret;
}
