// SPDX-License-Identifier: GPL-2.0-only
/*
 * SET_IRQS, all of it: index by data type by action by range, in each mode that the
 * device can be in. What is to come is computed from the rules; what came is seen on
 * the eventfds, the device's own interrupts included.
 */
#include <unistd.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX
#define MSI	VFIO_PCI_MSI_IRQ_INDEX
#define MSIX	VFIO_PCI_MSIX_IRQ_INDEX
#define ERR	VFIO_PCI_ERR_IRQ_INDEX
#define REQ	VFIO_PCI_REQ_IRQ_INDEX
#define TRIGGER	VFIO_IRQ_SET_ACTION_TRIGGER
#define MASK	VFIO_IRQ_SET_ACTION_MASK
#define UNMASK	VFIO_IRQ_SET_ACTION_UNMASK
#define NONE	VFIO_IRQ_SET_DATA_NONE
#define BOOL	VFIO_IRQ_SET_DATA_BOOL
#define EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD

#define SOON_MS		2000
#define QUIET_MS	5
#define VECTORS_MAX	128
#define DATA_MAX	1024	/* bytes */
#define OFF		-1	/* the mode without any of the indexes */

FIXTURE(matrix)
{
	struct vfio_dev dev;
	int fd;
	bool edu;
	uint32_t count[VFIO_PCI_NUM_IRQS];
	int first[VECTORS_MAX], other[VECTORS_MAX];
	uint32_t vectors;	/* of the largest index; as many of those are open */
};

FIXTURE_VARIANT(matrix)
{
	enum device_role role;
	uint32_t index;
};

#define INDEX_OF(_role, _index) \
	FIXTURE_VARIANT_ADD(matrix, _role##_##_index) { .role = ROLE_##_role, .index = _index }

INDEX_OF(MAIN, INTX);
INDEX_OF(MAIN, MSI);
INDEX_OF(MAIN, MSIX);
INDEX_OF(MAIN, ERR);
INDEX_OF(MAIN, REQ);
INDEX_OF(MSIX, INTX);
INDEX_OF(MSIX, MSI);
INDEX_OF(MSIX, MSIX);
INDEX_OF(MSIX, ERR);
INDEX_OF(MSIX, REQ);

FIXTURE_SETUP(matrix)
{
	struct vfio_irq_info info;
	uint32_t i;

	if (!role_bdf(variant->role))
		SKIP(return, "%s", role_missing(variant->role));
	if (variant->role == ROLE_MSIX && role_bdf(ROLE_MAIN) &&
	    !strcmp(role_bdf(ROLE_MSIX), role_bdf(ROLE_MAIN)))
		SKIP(return, "the main device is the one with MSI-X");
	self->edu = edu_is(role_bdf(variant->role));
	device_open(&self->dev, role_bdf(variant->role));
	self->fd = self->dev.fd;
	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		info = (struct vfio_irq_info){ .argsz = sizeof(info), .index = i };
		if (!__vfio_ioctl(self->fd, VFIO_DEVICE_GET_IRQ_INFO, &info))
			self->count[i] = info.count;
		if (self->vectors < self->count[i])
			self->vectors = self->count[i];
	}
	if (self->vectors > VECTORS_MAX) {
		device_close(&self->dev);
		SKIP(return, "more than %d vectors", VECTORS_MAX);
	}
	for (i = 0; i < self->vectors; i++) {
		self->first[i] = eventfd_new();
		self->other[i] = eventfd_new();
	}
	if (self->edu)
		edu_enable_dma(self->fd);
}

FIXTURE_TEARDOWN(matrix)
{
	uint32_t i;

	device_close(&self->dev);
	for (i = 0; i < self->vectors; i++) {
		close(self->first[i]);
		close(self->other[i]);
	}
}

/* One cell. @mode: the index that is in use, OFF for none. */
struct cell {
	int mode;
	uint32_t index, type, action, start, count;
	bool value;	/* of BOOL */
};

static bool is_vectors(uint32_t index)
{
	return index == MSI || index == MSIX;
}

static int want_trigger(const struct cell *c)
{
	bool on = c->mode == (int)c->index;

	if (c->index == INTX || is_vectors(c->index)) {
		if (on && c->type == NONE && !c->count)
			return 0;
		if (!on && c->mode != OFF && c->mode != ERR && c->mode != REQ)
			return -EINVAL;
		if (c->index == INTX && c->count != 1)
			return -EINVAL;
		if (c->type == EVENTFD)
			return on || c->start + c->count ? 0 : -ERANGE;
		return on ? 0 : -EINVAL;
	}
	if (c->type == NONE)
		return on ? 0 : -EINVAL;
	return c->count ? 0 : -EINVAL;
}

/* What the rules say of a cell; @n interrupts are in the index. */
static int want(const struct cell *c, uint32_t n)
{
	if (c->start >= n || c->start + (uint64_t)c->count > n)
		return -EINVAL;
	if (c->action == TRIGGER)
		return want_trigger(c);
	if (c->index != INTX)
		return -ENOTTY;
	if (c->mode != INTX || c->count != 1)
		return -EINVAL;
	return c->action == MASK && c->type == EVENTFD ? -ENOTTY : 0;
}

static int issue(FIXTURE_DATA(matrix) *self, const struct cell *c)
{
	uint8_t data[DATA_MAX] = { 0 };
	size_t size = c->type == NONE ? 0 : c->type == BOOL ? 1 : sizeof(int);
	size_t len = c->count <= VECTORS_MAX ? c->count * size : sizeof(data);

	if (c->type == BOOL)
		memset(data, c->value, sizeof(data));
	else
		memcpy(data, self->other, sizeof(self->other));
	return __irq_set(self->fd, c->index, c->type | c->action, c->start, c->count, data, len);
}

/* All of @index on, with the first eventfds. */
static void enter(FIXTURE_DATA(matrix) *self, int mode)
{
	int ret;

	if (mode == OFF)
		return;
	ret = __irq_set(self->fd, mode, EVENTFD | TRIGGER, 0, self->count[mode], self->first,
			self->count[mode] * sizeof(int));
	if (ret)
		CLIENT_FAIL("index %d cannot be enabled: %s", mode, client_errno(ret));
}

static void drain(FIXTURE_DATA(matrix) *self)
{
	uint32_t i;

	for (i = 0; i < self->vectors; i++) {
		eventfd_count(self->first[i]);
		eventfd_count(self->other[i]);
	}
}

static void leave(FIXTURE_DATA(matrix) *self)
{
	uint32_t i;

	if (self->edu)
		edu_write32(self->fd, EDU_IRQ_ACK, ~0u);
	for (i = 0; i < VFIO_PCI_NUM_IRQS; i++)
		if (self->count[i])
			__irq_none(self->fd, i, TRIGGER, 0, 0);
	drain(self);
}

/* Each vector's eventfds have the count that the cell gives them. */
static void check_signals(struct __test_metadata *_metadata, FIXTURE_DATA(matrix) *self,
			  const struct cell *c, int ret)
{
	bool fires = !ret && c->action == TRIGGER && c->mode == (int)c->index &&
		     (c->type == NONE || (c->type == BOOL && c->value));
	uint32_t i;

	for (i = 0; i < self->vectors; i++) {
		EXPECT_EQ(fires && i >= c->start && i - c->start < c->count,
			  eventfd_count(self->first[i])) {
			TH_LOG("vector %u", i);
		}
		EXPECT_EQ(0, eventfd_count(self->other[i]));
	}
}

/* The device's own interrupt goes where the cell has left it. */
static void check_device(struct __test_metadata *_metadata, FIXTURE_DATA(matrix) *self,
			 const struct cell *c)
{
	bool on = c->mode == (int)c->index;
	int event = c->type == EVENTFD && c->action == TRIGGER && c->count ? self->other[0] :
		    self->first[0];
	bool masked = on && c->action == MASK && (c->type == NONE || c->value);
	bool gone = c->action == TRIGGER && c->type == NONE && !c->count;

	if (!on && (c->action != TRIGGER || c->type != EVENTFD))
		return;
	edu_write32(self->fd, EDU_IRQ_RAISE, 1);
	EXPECT_EQ(!masked && !gone, eventfd_wait(event, masked || gone ? QUIET_MS : SOON_MS));
	if (masked) {
		EXPECT_EQ(0, __irq_none(self->fd, INTX, UNMASK, 0, 1));
		EXPECT_EQ(1, eventfd_wait(event, SOON_MS));
	}
	if (c->action == UNMASK && c->type == EVENTFD) {
		/* The interrupt has masked itself, and what is still raised comes again. */
		eventfd_raise(self->other[0]);
		EXPECT_EQ(1, eventfd_wait(event, SOON_MS));
	}
	edu_write32(self->fd, EDU_IRQ_ACK, ~0u);
}

/* Ranges at each edge of @n; the last ones wrap. */
#define RANGES 16

static void range(uint32_t n, unsigned int i, struct cell *c)
{
	const uint32_t ranges[RANGES][2] = {
		{ 0, 0 }, { 0, 1 }, { 0, n }, { 0, n + 1 }, { n - 1, 1 }, { n - 1, 2 },
		{ n, 0 }, { n, 1 }, { n, n }, { n + 1, 0 }, { n + 1, 1 }, { 0, ~0u },
		{ 1, ~0u }, { ~0u, 0 }, { ~0u, 1 }, { 0x80000000, 0x80000000 },
	};

	c->start = ranges[i][0];
	c->count = ranges[i][1];
}

static void try_cell(struct __test_metadata *_metadata, FIXTURE_DATA(matrix) *self,
		     const struct cell *c)
{
	int expected, ret;

	enter(self, c->mode);
	expected = want(c, self->count[c->index]);
	ret = issue(self, c);
	EXPECT_EQ(expected, ret) {
		TH_LOG("mode %d, index %u, data %#x, action %#x, start %u, count %u",
		       c->mode, c->index, c->type, c->action, c->start, c->count);
	}
	check_signals(_metadata, self, c, ret);
	if (!ret && self->edu && (c->index == INTX || c->index == MSI))
		check_device(_metadata, self, c);
	leave(self);
}

/* All cells of one index in one mode. */
static unsigned int try_mode(struct __test_metadata *_metadata, FIXTURE_DATA(matrix) *self,
			     uint32_t index, int mode)
{
	static const struct { uint32_t type; bool value; } types[] = {
		{ NONE }, { BOOL, false }, { BOOL, true }, { EVENTFD },
	};
	static const uint32_t actions[] = { MASK, UNMASK, TRIGGER };
	unsigned int t, a, r, cells = 0;
	struct cell c;

	for (t = 0; t < ARRAY_SIZE(types); t++) {
		for (a = 0; a < ARRAY_SIZE(actions); a++) {
			for (r = 0; r < RANGES; r++) {
				c = (struct cell){ mode, index, types[t].type, actions[a],
						   .value = types[t].value };
				range(self->count[index], r, &c);
				try_cell(_metadata, self, &c);
				cells++;
			}
		}
	}
	return cells;
}

VFIO_TEST_F_TIMEOUT(matrix, cells, 120, "IRQM-{}")
{
	unsigned int cells = try_mode(_metadata, self, variant->index, OFF);
	int mode;

	for (mode = 0; mode < VFIO_PCI_NUM_IRQS; mode++)
		if (self->count[mode])
			cells += try_mode(_metadata, self, variant->index, mode);
	EXPECT_LE(4 * 3 * RANGES, cells);
}

CONFORMANCE_MAIN
