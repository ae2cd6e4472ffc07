// SPDX-License-Identifier: GPL-2.0-only
#include "mutator.h"

#include <string.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "program.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t state;

static unsigned int roll(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (state >> 32) % n : 0;
}

#define PICK(array) ((array)[roll(COUNT(array))])

/* Descriptors as they may be when a call is reached. */
struct world {
	uint8_t kind[PROG_SLOTS], dev[PROG_SLOTS];
	uint32_t bare;		/* slots of containers that have no group */
	uint32_t groups;	/* that are open: bit per first device */
	/* What calls before had: numbers meet each other more often than by chance. */
	uint16_t seen[PROG_MEANINGS][4];
	uint8_t nr_seen[PROG_MEANINGS];
};

/* Both functions of the pair are one group. */
static unsigned int group_bit(unsigned int dev)
{
	return 1U << (dev == PROG_PAIR1 ? PROG_PAIR0 : dev % PROG_DEVS);
}

static void play(struct world *w, const struct prog_call *c)
{
	const struct prog_op_info *info = &prog_ops[c->op];
	unsigned int i, type;

	for (i = 0; i < PROG_OPERANDS; i++) {
		type = info->operands[i];
		w->seen[type][w->nr_seen[type]++ % 4] = c->v[i];
	}
	switch (c->op) {
	case PROG_SETUP:
		w->kind[c->slot] = PROG_CONTAINER;
		w->bare |= 1U << c->slot;
		if (w->groups & group_bit(c->v[0]))
			break;
		w->groups |= group_bit(c->v[0]);
		w->bare &= ~(1U << c->slot);
		w->kind[(c->slot + 1) % PROG_SLOTS] = PROG_GROUP;
		w->dev[(c->slot + 1) % PROG_SLOTS] = c->v[0];
		w->kind[(c->slot + 2) % PROG_SLOTS] = PROG_DEVICE;
		w->dev[(c->slot + 2) % PROG_SLOTS] = c->v[0];
		break;
	case PROG_CLOSE:
		if (w->kind[c->slot] == PROG_GROUP)
			w->groups &= ~group_bit(w->dev[c->slot]);
		w->kind[c->slot] = PROG_NONE;
		break;
	case PROG_DUP:
		w->kind[c->out] = w->kind[c->slot];
		break;
	case PROG_SET_CONTAINER:
		w->bare &= ~(1U << c->v[0] % PROG_SLOTS);
		break;
	case PROG_OPEN_GROUP:
		if (w->groups & group_bit(c->v[0]))
			break;
		w->groups |= group_bit(c->v[0]);
		w->kind[c->out] = PROG_GROUP;
		w->dev[c->out] = c->v[0];
		break;
	case PROG_GET_DEVICE:
		w->kind[c->out] = PROG_DEVICE;
		w->dev[c->out] = c->v[0];
		break;
	case PROG_SET_STATE:
		/* To running, stopped and back gives none. */
		if (c->v[0] == VFIO_DEVICE_STATE_STOP_COPY || c->v[0] == VFIO_DEVICE_STATE_RESUMING ||
		    c->v[0] >= VFIO_DEVICE_STATE_PRE_COPY)
			w->kind[c->out] = PROG_DATA;
		break;
	case PROG_OPEN_CONTAINER:
		w->kind[c->out] = PROG_CONTAINER;
		w->bare |= 1U << c->out;
		break;
	default:
		if (info->makes != PROG_NONE)
			w->kind[c->out] = info->makes;
	}
}

/* A slot with a descriptor of @kind (PROG_ANY: whatever), most of the time. */
static unsigned int slot_of(const struct world *w, unsigned int kind)
{
	unsigned int i, at = roll(PROG_SLOTS);

	if (!roll(24))
		return roll(8);
	for (i = 0; i < PROG_SLOTS; i++, at = (at + 1) % PROG_SLOTS) {
		if (w->bare >> at & 1 && w->kind[at] == PROG_CONTAINER && roll(8))
			continue;
		if (w->kind[at] == kind || (kind == PROG_ANY && w->kind[at] != PROG_NONE))
			return at;
	}
	return roll(8);
}

static unsigned int free_slot(const struct world *w)
{
	unsigned int i;

	for (i = 0; i < PROG_SLOTS && roll(12); i++)
		if (w->kind[i] == PROG_NONE)
			return i;
	return roll(PROG_SLOTS);
}

static unsigned int device(const struct fuzz_target *t)
{
	unsigned int dev = roll(PROG_DEVS);

	while (roll(10) && !(t->devices >> dev & 1))
		dev = (dev + 1) % PROG_DEVS;
	return dev;
}

/* Codes of prog_value(). IOVAs stay close to each other, so that they meet. */
static uint16_t iova(void)
{
	static const uint16_t edges[] = {
		0x0000, 0x2001, 0x3001, 0xf001, 0xf010, 0xf100, 0x7000, 0xc7ff, 0xc800, 0xc8ff,
		0xc900, 0xd7ff, 0xd800, 0xd801, 0xa001, 0xb001, 0x4a3f, 0x481f,
	};

	if (!roll(6))
		return PICK(edges);
	return 0x1000 | (roll(3) ? roll(32) : roll(4096));
}

static uint16_t size(void)
{
	static const uint16_t edges[] = {
		0x0000, 0x0001, 0x0008, 0x2001, 0x3001, 0xf001, 0x7000, 0xa001, 0xb001, 0x482c, 0x481f,
		0x483f, 0x1100, 0x10f8, 0x0fff,
	};

	if (!roll(5))
		return PICK(edges);
	return 0x1000 | (roll(4) ? 1 + roll(8) : 1 + roll(64));
}

static uint16_t address(void)
{
	static const uint16_t edges[] = {
		0x0000, 0x1001, 0x5001, 0x6000, 0x6001, 0x6008, 0x5f80, 0x5f90, 0x5fa0, 0x7000, 0xe000,
		0xe001, 0x482f, 0x5fff,
	};

	if (!roll(5))
		return PICK(edges);
	return 0x5000 | roll(128) * 16;
}

/* Offsets in regions: config space, BAR 0, the mock's registers, and where nothing is. */
static uint16_t position(void)
{
	static const uint8_t config[] = {
		0x00, 0x04, 0x05, 0x06, 0x0c, 0x10, 0x12, 0x14, 0x24, 0x2c, 0x30, 0x34, 0x3c, 0x3d, 0x40,
		0x42, 0x44, 0x48, 0x4c, 0xfc, 0xff,
	};
	static const uint8_t bar[] = {
		0x00, 0x04, 0x08, 0x20, 0x24, 0x60, 0x64, 0x80, 0x88, 0x90, 0x98, 0xfc,
	};

	switch (roll(8)) {
	case 0 ... 2:
		return 0x8700 | PICK(config);
	case 3 ... 4:
		return 0x8000 | PICK(bar);
	case 5:
		return 0x9000 | roll(0x500);
	case 6:
		return 0x1000 | roll(0x102);
	default:
		return 0x8000 | roll(0x1000);
	}
}

static uint16_t number(void)
{
	static const uint16_t edges[] = {
		0, 1, 2, 3, 4, 7, 8, 0x1001, 0x1002, 0x4a00, 0x481f, 0x7000, 0x0307, 0x0102, 0x0103,
		0x0104, 0x0401, 0x0206, 0x0602, 0x0707, 0x0fff,
	};

	return roll(3) ? PICK(edges) : roll(0x10000);
}

static uint16_t flags(enum prog_op op)
{
	static const uint16_t irqs[] = { 0x21, 0x22, 0x24, 0x11, 0x12, 0x14, 0x09, 0x0a, 0x0c };

	if (!roll(16))
		return roll(0x10000);
	switch (op) {
	case PROG_SET_IRQS:
		return roll(12) ? PICK(irqs) : roll(0x80);
	case PROG_MAP:
		return roll(5) ? 1 + roll(3) : roll(16);
	case PROG_UNMAP:
		return roll(2) ? 0 : roll(8);
	case PROG_DIRTY:
		return roll(6) ? 1 << roll(3) : roll(16);
	case PROG_IOEVENTFD:
		return 1 << roll(4);
	case PROG_HOT_RESET:
		return roll(8) ? 0 : 1;
	case PROG_WRITE:
		return roll(3) ? 1 : roll(5);
	default:
		return roll(5);
	}
}

static uint16_t operand(const struct fuzz_target *t, const struct world *w, enum prog_op op,
			enum prog_operand type)
{
	static const uint16_t types[] = { 1, 3, 3, 3, 6, 8, 4, 7, 9, 10, 11, 2, 0, 0x7fff };
	static const uint16_t regs[] = {
		MOCK_REG_MIG_FLAGS, MOCK_REG_STATE_SIZE, MOCK_REG_MIG_STATE, MOCK_REG_FAIL_ARC,
		MOCK_REG_FAIL_ERRNO, MOCK_REG_FAIL_TO_ERROR, MOCK_REG_FAIL_READ, MOCK_REG_FAIL_WRITE,
		MOCK_REG_ARC_COUNT, MOCK_REG_PRECOPY_INIT, MOCK_REG_PRECOPY_DIRTY,
		MOCK_REG_READ_CHUNK, MOCK_REG_FAIL_GET, MOCK_REG_OPEN_ERRNO, MOCK_REG_PINS,
		MOCK_REG_RESTORE, MOCK_REG_OPEN_PIN, MOCK_REG_LOG_PAGE,
		MOCK_REG_LOG_DIRTY, MOCK_ARC_LOG,
	};
	uint16_t nr;

	if ((type == PROG_IOVA || type == PROG_POS || type == PROG_ADDR || type == PROG_SIZE ||
	     type == PROG_REG) && w->nr_seen[type] && !roll(3))
		return w->seen[type][roll(w->nr_seen[type] < 4 ? w->nr_seen[type] : 4)];
	switch (type) {
	case PROG_SLOT:
		return !roll(10) ? 0x8000 : op == PROG_SET_CONTAINER ? slot_of(w, PROG_CONTAINER) :
		       op == PROG_HOT_RESET || op == PROG_KVM_ATTR ? slot_of(w, PROG_GROUP) :
		       slot_of(w, PROG_EVENT);
	case PROG_DEV:
		return device(t);
	case PROG_FLAGS:
		return flags(op);
	case PROG_IOVA:
		return iova();
	case PROG_SIZE:
		if (op == PROG_PREAD || op == PROG_PWRITE)
			return roll(8) ? 1 << roll(4) : roll(300);
		if ((op == PROG_READ || op == PROG_WRITE) && roll(3))
			return roll(2) ? 0x1001 + roll(3) : roll(64);
		/* Page sizes of logs and bitmaps, which are right more often than not. */
		if (roll(3) && op >= PROG_UNMAP)
			return 0x1001;
		return size();
	case PROG_ADDR:
		return address();
	case PROG_POS:
		return position();
	case PROG_NUM:
		return number();
	case PROG_STATE:
		return roll(20) ? 1 + roll(7) : roll(12);
	case PROG_INDEX:
		return roll(12) ? roll(11) : 0xffff;
	case PROG_COUNT:
		return roll(8) ? roll(3) : roll(3) ? roll(300) : 0x8000 | roll(0x8000);
	case PROG_NR:
		return 100 + roll(24);
	case PROG_REG:
		return roll(12) ? PICK(regs) : roll(0x500);
	case PROG_CMD:
		return roll(5);
	case PROG_NTH:
		return roll(3) ? roll(8) : roll(PROG_NTH_MAX);
	case PROG_KERNEL:
		return roll(PROG_PROFILES);
	case PROG_TYPE:
		return PICK(types);
	case PROG_FEATURE_NR:
		nr = roll(14);
		return nr | (roll(8) ? 1 << roll(3) : roll(16)) << 8;
	default:
		return roll(3) ? roll(256) : roll(0x10000);
	}
}

/* Most calls have the argument that is right: more than one fault teaches nothing. */
static uint8_t form(void)
{
	static const uint8_t at[] = { PROG_AT_CUT, PROG_AT_STUMP, PROG_AT_NULL, PROG_AT_READONLY };

	switch (roll(16)) {
	case 0:
		return PICK(at);
	case 1 ... 2:
		return roll(8);
	default:
		return 0;
	}
}

/* What makes and takes away descriptors comes by less often than what uses them. */
static bool wanted(const struct fuzz_target *t, const struct world *w, unsigned int op)
{
	const struct prog_op_info *info = &prog_ops[op];

	if (!(t->ops >> op & 1) || op == PROG_PROFILE)
		return false;
	if (op == PROG_SETUP || op == PROG_CLOSE || op == PROG_UNSET_CONTAINER)
		return !roll(10);
	if (op == PROG_RAW || op == PROG_DUP || op == PROG_MUNMAP || op == PROG_OPEN_GROUP ||
	    op == PROG_OPEN_CONTAINER || op == PROG_SET_CONTAINER || op == PROG_SET_IOMMU ||
	    op == PROG_GET_DEVICE || op == PROG_RESET || op == PROG_FAIL)
		return !roll(6);
	if (info->kind != PROG_NONE && info->kind != PROG_ANY) {
		for (unsigned int i = 0; i < PROG_SLOTS; i++)
			if (w->kind[i] == info->kind)
				return true;
		return !roll(20);
	}
	return true;
}

static enum prog_op any_op(const struct fuzz_target *t, const struct world *w)
{
	unsigned int op;

	do
		op = roll(PROG_OPS);
	while (!wanted(t, w, op));
	return op;
}

static struct prog_call new_call(const struct fuzz_target *t, const struct world *w)
{
	struct prog_call c = { .op = any_op(t, w) };
	const struct prog_op_info *info = &prog_ops[c.op];
	unsigned int i;

	c.slot = c.op == PROG_SETUP ? free_slot(w) : slot_of(w, info->kind);
	c.out = free_slot(w);
	c.form = form();
	c.thread = roll(2);
	for (i = 0; i < PROG_OPERANDS; i++)
		if (info->operands[i])
			c.v[i] = operand(t, w, c.op, info->operands[i]);
	/* A device that nobody has yet, and of its own group's. */
	for (i = 0; i < PROG_DEVS && (c.op == PROG_SETUP || c.op == PROG_OPEN_GROUP); i++)
		if (w->groups & group_bit(c.v[0]) || (roll(8) && !(t->devices >> c.v[0] & 1)))
			c.v[0] = (c.v[0] + 1) % PROG_DEVS;
	if (c.op == PROG_GET_DEVICE && roll(8))
		c.v[0] = w->dev[c.slot];
	return c;
}

static void change_call(const struct fuzz_target *t, const struct world *w, struct prog_call *c)
{
	const struct prog_op_info *info = &prog_ops[c->op];
	unsigned int i = roll(PROG_OPERANDS), n = 0;

	while (n++ < PROG_OPERANDS && !info->operands[i])
		i = (i + 1) % PROG_OPERANDS;
	switch (roll(8)) {
	case 0:
		c->slot = slot_of(w, info->kind);
		break;
	case 1:
		c->form = form();
		break;
	case 2:
		/* Its neighbour: one page, one bit, one more. */
		c->v[i] += roll(2) ? 1 : -1;
		break;
	case 3:
		c->v[i] ^= 1 << roll(16);
		break;
	case 4:
		c->thread ^= 1;
		c->out = free_slot(w);
		break;
	default:
		c->v[i] = operand(t, w, c->op, info->operands[i]);
	}
}

static struct world world_at(const uint8_t *data, size_t bytes, unsigned int calls)
{
	struct world w = { };
	struct prog_call c;

	for (unsigned int i = 0; i < calls && prog_call(data, bytes, i, &c); i++)
		play(&w, &c);
	return w;
}

/* Room for it is there. */
static size_t put(uint8_t *data, size_t n, unsigned int at, const struct prog_call *c)
{
	uint8_t *p = data + at * PROG_CALL_SIZE;

	memmove(p + PROG_CALL_SIZE, p, (n - at) * PROG_CALL_SIZE);
	prog_encode(c, p);
	return n + 1;
}

static size_t insert(const struct fuzz_target *t, uint8_t *data, size_t n, size_t max,
		     unsigned int at)
{
	struct world w = world_at(data, n * PROG_CALL_SIZE, at);
	struct prog_call c = new_call(t, &w);

	if (n == max)
		return n;
	/* Behind a fault there are no books: seldom before more than one call. */
	if (c.op == PROG_FAIL && n && roll(8))
		at = n - 1;
	return put(data, n, at, &c);
}

/* A device more for a container that is there, which takes some calls in a row. */
static size_t join(const struct fuzz_target *t, uint8_t *data, size_t n, size_t max, unsigned int at)
{
	struct world w = world_at(data, n * PROG_CALL_SIZE, at);
	uint16_t dev = device(t), container = slot_of(&w, PROG_CONTAINER);
	unsigned int group = free_slot(&w);
	struct prog_call c[] = {
		{ .op = PROG_MDEV_CREATE, .v = { dev } }, { .op = PROG_OPEN_GROUP, .out = group, .v = { dev } },
		{ .op = PROG_SET_CONTAINER, .slot = group, .v = { container } },
		{ .op = PROG_GET_DEVICE, .slot = group, .v = { dev } },
	};

	if (n + COUNT(c) > max || w.kind[container] != PROG_CONTAINER)
		return n;
	w.kind[group] = PROG_GROUP;
	c[3].out = free_slot(&w);
	for (unsigned int i = dev < PROG_MDEV0; i < COUNT(c); i++)
		if (t->ops >> c[i].op & 1)
			n = put(data, n, at++, &c[i]);
	return n;
}

/* Takes out the calls behind which there are no books. */
static size_t booked(uint8_t *data, size_t n)
{
	struct prog_call c;
	size_t to = 0, i;

	for (i = 0; i < n && prog_call(data, n * PROG_CALL_SIZE, i, &c); i++)
		if (c.op != PROG_FAIL && c.op != PROG_PROFILE)
			memmove(data + to++ * PROG_CALL_SIZE, data + i * PROG_CALL_SIZE, PROG_CALL_SIZE);
	return to;
}

/* What nearly every program starts with: a device to work on. */
static size_t begin(const struct fuzz_target *t, uint8_t *data, size_t n, size_t max)
{
	struct prog_call c = { .op = PROG_SETUP, .slot = 3 * roll(3) };
	unsigned int at = n && data[0] == PROG_SETUP ? 1 : 0;

	c.v[0] = device(t);
	if (c.v[0] >= PROG_MDEV0 && n + 1 < max) {
		struct prog_call create = { .op = PROG_MDEV_CREATE, .v = { c.v[0] } };

		memmove(data + PROG_CALL_SIZE, data, n++ * PROG_CALL_SIZE);
		prog_encode(&create, data);
		at++;
	}
	if (n == max || at > n)
		return n;
	memmove(data + (at + 1) * PROG_CALL_SIZE, data + at * PROG_CALL_SIZE,
		(n - at) * PROG_CALL_SIZE);
	prog_encode(&c, data + at * PROG_CALL_SIZE);
	return n + 1;
}

static size_t mutate_program(const struct fuzz_target *t, uint8_t *data, size_t bytes, size_t max)
{
	size_t n = bytes / PROG_CALL_SIZE, room = max / PROG_CALL_SIZE, at, other;
	uint8_t swap[PROG_CALL_SIZE];
	struct prog_call c;
	struct world w;
	unsigned int times = 1 + roll(4);

	room = room > PROG_MAX_CALLS ? PROG_MAX_CALLS : room;
	n = n > room ? room : n;
	/* Half of the children have the books to their end. */
	if (roll(2))
		n = booked(data, n);
	if (!n) {
		n = begin(t, data, 0, room);
		times = 4 + roll(16);
	} else if (data[0] != PROG_SETUP && data[0] != PROG_MDEV_CREATE &&
		   data[0] != PROG_PROFILE && !roll(8)) {
		n = begin(t, data, n, room);
	}
	if (t->ops & PROG_OP(PROFILE) && n && n < room && !roll(32)) {
		c = (struct prog_call){ .op = PROG_PROFILE, .v = { roll(PROG_PROFILES) } };
		n = put(data, n, 0, &c);
	}
	while (times-- && n) {
		at = roll(n);
		other = roll(n);
		switch (bytes ? roll(12) : 0) {
		case 0 ... 3:
			/* Seldom before the first, which most of the others need. */
			at = bytes ? roll(n + 1) : n;
			at = at || !roll(10) ? at : n;
			n = roll(16) ? insert(t, data, n, room, at) : join(t, data, n, room, at);
			break;
		case 4 ... 7:
			w = world_at(data, n * PROG_CALL_SIZE, at);
			prog_call(data, n * PROG_CALL_SIZE, at, &c);
			change_call(t, &w, &c);
			prog_encode(&c, data + at * PROG_CALL_SIZE);
			break;
		case 8 ... 9:
			if (n == 1)
				break;
			memmove(data + at * PROG_CALL_SIZE, data + (at + 1) * PROG_CALL_SIZE,
				(n - at - 1) * PROG_CALL_SIZE);
			n--;
			break;
		case 10:
			memcpy(swap, data + at * PROG_CALL_SIZE, PROG_CALL_SIZE);
			memcpy(data + at * PROG_CALL_SIZE, data + other * PROG_CALL_SIZE, PROG_CALL_SIZE);
			memcpy(data + other * PROG_CALL_SIZE, swap, PROG_CALL_SIZE);
			break;
		default:
			/* The same call once more. */
			if (n == room)
				break;
			memmove(data + (at + 1) * PROG_CALL_SIZE, data + at * PROG_CALL_SIZE,
				(n - at) * PROG_CALL_SIZE);
			n++;
		}
	}
	return n * PROG_CALL_SIZE;
}

static void put32(uint8_t *at, uint32_t val)
{
	memcpy(at, &val, sizeof(val));
}

/* device_feature.c: how, argsz, flags, payload. */
static size_t mutate_feature(uint8_t *data, size_t bytes, size_t max)
{
	static const uint32_t argsz[] = { 0, 7, 8, 9, 15, 16, 24, 31, 32, 39, 40, 72, 4096, ~0U };
	uint32_t nr = roll(14);

	if (max < 73)
		return 0;
	if (bytes < 73)
		memset(data + bytes, 0, 73 - bytes);
	switch (bytes < 9 ? 6 : roll(6)) {
	case 0:
		data[0] = roll(4) ? roll(2) | roll(4) << 5 : roll(128);
		break;
	case 1:
		put32(data + 1, PICK(argsz));
		break;
	case 2:
		put32(data + 5, nr | (roll(6) ? 1U << roll(3) : roll(8)) << 16);
		break;
	case 3:
		data[9 + roll(64)] = PICK(argsz);
		break;
	case 4:
		put32(data + 9 + 4 * roll(16), roll(10));
		break;
	case 5:
		return 9 + roll(65);
	default:
		data[0] = roll(2) | (roll(2) ? 0 : roll(4) << 5);
		put32(data + 1, 8 + 8 * roll(5));
		put32(data + 5, nr | 1U << (16 + roll(3)));
		put32(data + 9, roll(9));
		return 9 + 8 * roll(9);
	}
	return bytes;
}

/* mock_stream.c: records that are nearly in order. */
static size_t mutate_stream(uint8_t *data, size_t bytes, size_t max)
{
	struct mock_record rec = { .magic = MOCK_REC_MAGIC };
	unsigned int records = 1 + roll(3), left, len;
	size_t at = 1;

	if (max < 160)
		return 0;
	if (bytes > 16 && roll(3)) {
		data[roll(bytes)] ^= 1 << roll(8);
		return roll(8) ? bytes : 1 + roll(bytes - 1);
	}
	data[0] = roll(256);
	left = records * (len = roll(24));
	if (roll(2)) {
		rec.type = MOCK_REC_PRECOPY;
		rec.len = roll(8);
		memcpy(data + at, &rec, sizeof(rec));
		memset(data + at + sizeof(rec), 0x55, rec.len);
		at += sizeof(rec) + rec.len;
	}
	rec.type = MOCK_REC_START;
	rec.len = 8;
	memcpy(data + at, &rec, sizeof(rec));
	memset(data + at + sizeof(rec), 0, 8);
	data[at + sizeof(rec)] = left;
	at += sizeof(rec) + 8;
	while (records--) {
		rec.type = MOCK_REC_DATA;
		rec.len = len;
		memcpy(data + at, &rec, sizeof(rec));
		at += sizeof(rec);
		for (unsigned int i = 0; i < len; i++)
			data[at++] = roll(256);
	}
	rec.type = MOCK_REC_END;
	rec.len = 8;
	memcpy(data + at, &rec, sizeof(rec));
	memset(data + at + sizeof(rec), 0xff, 8);
	return at + sizeof(rec) + 8;
}

static void seed_with(unsigned int seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL ^ 0x2545f4914f6cdd1dULL;
	if (!state)
		state = 1;
	roll(1);
}

size_t mutate(const struct fuzz_target *target, uint8_t *data, size_t bytes, size_t max,
	      unsigned int seed)
{
	seed_with(seed);
	switch (target->input) {
	case FUZZ_PROGRAM:
		return mutate_program(target, data, bytes, max);
	case FUZZ_FEATURE:
		return mutate_feature(data, bytes, max);
	case FUZZ_STREAM:
		return mutate_stream(data, bytes, max);
	default:
		return 0;
	}
}

size_t mutate_cross(const struct fuzz_target *target, const uint8_t *a, size_t na,
		    const uint8_t *b, size_t nb, uint8_t *out, size_t max, unsigned int seed)
{
	size_t unit = target->input == FUZZ_PROGRAM ? PROG_CALL_SIZE : 1, cut, from, len;

	seed_with(seed);
	/* The first of @a up to a call, then @b from a call on. */
	cut = roll(na / unit + 1) * unit;
	from = roll(nb / unit + 1) * unit;
	cut = cut > max ? max / unit * unit : cut;
	len = nb - from > max - cut ? (max - cut) / unit * unit : nb - from;
	memcpy(out, a, cut);
	memcpy(out + cut, b + from, len);
	return cut + len;
}
