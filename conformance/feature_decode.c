// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decoding of VFIO_DEVICE_FEATURE, which is the same for all features: the
 * header, then whether the feature is there, then the operation, then the size.
 */
#include <string.h>

#include "conformance.h"
#include "client/vfio_client.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define PROBE	VFIO_DEVICE_FEATURE_PROBE
#define HEADER	((uint32_t)sizeof(struct vfio_device_feature))
#define ROOM	64

/* What a feature can do when it is there, and how much data it takes. */
static const struct known {
	uint32_t number, ops, size;
} known[] = {
	{ VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, SET, 16 },
	{ VFIO_DEVICE_FEATURE_MIGRATION, GET, 8 },
	{ VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, GET | SET, 8 },
	{ VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, SET, 0 },
	{ VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP, SET, 8 },
	{ VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, SET, 0 },
	{ VFIO_DEVICE_FEATURE_DMA_LOGGING_START, SET, 24 },
	{ VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, SET, 0 },
	{ VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, GET, 32 },
	{ VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, GET, 8 },
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

FIXTURE(feature)
{
	struct vfio_dev dev;
	int fd;
	struct {
		struct vfio_device_feature head;
		uint8_t data[ROOM];
	} arg;
};

FIXTURE_SETUP(feature)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
}

FIXTURE_TEARDOWN(feature)
{
	device_close(&self->dev);
}

static int call(FIXTURE_DATA(feature) *self, uint32_t argsz, uint32_t flags)
{
	self->arg.head.argsz = argsz;
	self->arg.head.flags = flags;
	memset(self->arg.data, 0x5a, ROOM);
	return __feature_raw(self->fd, &self->arg);
}

static bool present(FIXTURE_DATA(feature) *self, const struct known *f)
{
	return __feature_probe(self->fd, f->number, f->ops) == 0;
}

/* Of the features that are there, one with the operation and data to go with it, or NULL. */
static const struct known *having(FIXTURE_DATA(feature) *self, uint32_t ops)
{
	unsigned int i;

	for (i = 0; i < KNOWN; i++)
		if (known[i].size && (known[i].ops & ops) == ops && present(self, &known[i]))
			return &known[i];
	return NULL;
}

VFIO_TEST_F(feature, bad_pointer, "FEAT-001")
{
	const uint32_t flags = VFIO_DEVICE_FEATURE_LOW_POWER_EXIT | PROBE;
	uint32_t head[2] = { HEADER, flags };

	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, bad_pointer()));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, NULL));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(HEADER - 1, NULL, false)));
	/* A whole header at the end of memory is enough, and is not written. */
	EXPECT_NE(-EFAULT, __feature_raw(self->fd, border_alloc(HEADER, head, true)));
}

VFIO_TEST_F(feature, short_argsz, "FEAT-002")
{
	uint32_t argsz;

	for (argsz = 0; argsz < HEADER; argsz++) {
		EXPECT_EQ(-EINVAL, call(self, argsz, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT | PROBE));
		EXPECT_EQ(-EINVAL, call(self, argsz, 0xffff | PROBE));
	}
}

VFIO_TEST_F(feature, unknown_flags, "FEAT-003")
{
	unsigned int bit, i;

	for (bit = 19; bit < 32; bit++) {
		for (i = 0; i < 16; i++)
			ASSERT_EQ(-EINVAL, call(self, sizeof(self->arg), i | PROBE | 1u << bit));
		EXPECT_EQ(-EINVAL, call(self, sizeof(self->arg), 0xffff | 1u << bit));
	}
}

VFIO_TEST_F(feature, get_and_set, "FEAT-004")
{
	unsigned int i;

	/* Also for a feature that nobody knows: the header comes first. */
	for (i = 0; i < 16; i++)
		EXPECT_EQ(-EINVAL, call(self, sizeof(self->arg), i | GET | SET));
	EXPECT_EQ(-EINVAL, call(self, sizeof(self->arg), 0xffff | GET | SET));
}

VFIO_TEST_F(feature, get_and_set_probe, "FEAT-005")
{
	unsigned int i;

	for (i = 0; i < KNOWN; i++) {
		if (!present(self, &known[i]))
			continue;
		EXPECT_EQ(known[i].ops == (GET | SET) ? 0 : -EINVAL,
			  call(self, HEADER, known[i].number | PROBE | GET | SET));
	}
	EXPECT_EQ(-ENOTTY, call(self, HEADER, 0xffff | PROBE | GET | SET));
}

/* Every number that is not there, with every operation and any size. */
VFIO_TEST_F(feature, unknown_feature, "FEAT-006 FEAT-014")
{
	static const uint32_t ops[] = { 0, GET, SET, PROBE, PROBE | GET, PROBE | SET,
					PROBE | GET | SET };
	static const uint32_t sizes[] = { HEADER, HEADER + 1, HEADER + ROOM };
	unsigned int number, tried = 0, i, j;

	for (number = 0; number <= 16; number++) {
		const uint32_t n = number < 16 ? number : 0xffff;

		if (__feature_probe(self->fd, n, 0) != -ENOTTY)
			continue;
		tried++;
		for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
			for (j = 0; j < 3; j++) {
				ASSERT_EQ(-ENOTTY, call(self, sizes[j], n | ops[i])) {
					TH_LOG("feature %u ops 0x%x argsz %u", n, ops[i],
					       sizes[j]);
				}
			}
		}
	}
	EXPECT_GT(tried, 0);
	EXPECT_EQ(-ENOTTY, __feature_probe(self->fd, 0xffff, 0));
}

VFIO_TEST_F(feature, probe_alone, "FEAT-008")
{
	unsigned int i;

	for (i = 0; i < KNOWN; i++) {
		if (!present(self, &known[i]))
			continue;
		/* No data is needed or written. */
		EXPECT_EQ(0, call(self, HEADER, known[i].number | PROBE));
		EXPECT_EQ(0, call(self, HEADER + ROOM, known[i].number | PROBE));
		EXPECT_EQ(0x5a, self->arg.data[0]);
		EXPECT_EQ(0, call(self, ~0u, known[i].number | PROBE));
	}
}

VFIO_TEST_F(feature, probe_operation, "FEAT-009 FEAT-010")
{
	unsigned int i, seen = 0;

	for (i = 0; i < KNOWN; i++) {
		if (__feature_probe(self->fd, known[i].number, 0) == -ENOTTY)
			continue;
		seen++;
		EXPECT_EQ(known[i].ops & GET ? 0 : -EINVAL,
			  call(self, HEADER, known[i].number | PROBE | GET));
		EXPECT_EQ(known[i].ops & SET ? 0 : -EINVAL,
			  call(self, HEADER, known[i].number | PROBE | SET));
	}
	if (!seen)
		SKIP(return, "the device has no feature");
}

VFIO_TEST_F(feature, no_operation, "FEAT-011")
{
	unsigned int i;

	for (i = 0; i < KNOWN; i++) {
		if (present(self, &known[i]))
			EXPECT_EQ(-EINVAL, call(self, sizeof(self->arg), known[i].number));
	}
}

VFIO_TEST_F(feature, operation_not_supported, "FEAT-012 FEAT-046")
{
	unsigned int i;

	for (i = 0; i < KNOWN; i++) {
		if (!present(self, &known[i]) || known[i].ops == (GET | SET))
			continue;
		/* With and without room for data: the operation is looked at first. */
		EXPECT_EQ(-EINVAL, call(self, sizeof(self->arg),
					known[i].number | (known[i].ops ^ (GET | SET))));
		EXPECT_EQ(0x5a, self->arg.data[0]);
		EXPECT_EQ(-EINVAL, call(self, HEADER,
					known[i].number | (known[i].ops ^ (GET | SET))));
	}
}

VFIO_TEST_F(feature, data_too_short, "FEAT-013 FEAT-048")
{
	uint32_t argsz;
	unsigned int i;

	for (i = 0; i < KNOWN; i++) {
		if (!present(self, &known[i]))
			continue;
		for (argsz = HEADER; argsz < HEADER + known[i].size; argsz++) {
			if (known[i].ops & GET)
				EXPECT_EQ(-EINVAL, call(self, argsz, known[i].number | GET));
			if (known[i].ops & SET)
				EXPECT_EQ(-EINVAL, call(self, argsz, known[i].number | SET));
		}
	}
}

VFIO_TEST_F(feature, data_longer_than_needed, "FEAT-015")
{
	const struct known *f = having(self, GET);
	unsigned int i;

	/* Leaving low power is harmless where it was never entered, and takes no data. */
	if (!__feature_probe(self->fd, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, SET))
		EXPECT_EQ(0, call(self, HEADER + ROOM, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT | SET));
	if (!f || f->number == VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT)
		SKIP(return, "the device has no feature that can be read");
	EXPECT_EQ(0, call(self, HEADER + ROOM, f->number | GET));
	for (i = f->size; i < ROOM; i++)
		ASSERT_EQ(0x5a, self->arg.data[i]);
}

VFIO_TEST_F(feature, data_not_accessible, "FEAT-019")
{
	const struct known *f = having(self, GET);
	uint32_t head[4] = { HEADER, 0 };

	if (!f || f->number == VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT)
		SKIP(return, "the device has no feature that can be read");
	head[0] = HEADER + f->size;
	head[1] = f->number | GET;
	/* The header is there, the data behind it is not. */
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(HEADER, head, false)));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(HEADER + f->size - 1, head,
								false)));
	EXPECT_EQ(-EFAULT, __feature_raw(self->fd, border_alloc(HEADER + f->size, head, true)));
	/* Nor does a missing operation become visible through the data. */
	head[1] = f->number;
	EXPECT_EQ(-EINVAL, __feature_raw(self->fd, border_alloc(HEADER, head, false)));
}

CONFORMANCE_MAIN
