// SPDX-License-Identifier: GPL-2.0-only
/* Order of checks in DEVICE_FEATURE, feature by feature. */
#include "precedence.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define HEADER	sizeof(struct vfio_device_feature)
#define PAGE	0x1000ull

FIXTURE(order)
{
	struct vfio_dev dev;
	int fd;
};

FIXTURE_SETUP(order)
{
	if (!role_bdf(ROLE_MAIN))
		SKIP(return, "%s", role_missing(ROLE_MAIN));
	device_open(&self->dev, role_bdf(ROLE_MAIN));
	self->fd = self->dev.fd;
}

FIXTURE_TEARDOWN(order)
{
	device_close(&self->dev);
}

#define FEATURE(call) CALL_ARG(call, struct vfio_device_feature)

static struct call feature_call(int fd, uint32_t flags, const void *data, size_t len)
{
	struct call call = { .fd = fd, .request = VFIO_DEVICE_FEATURE, .len = HEADER + len };

	FEATURE(&call)->argsz = HEADER + len;
	FEATURE(&call)->flags = flags;
	memcpy(call.buf + HEADER, data, len);
	return call;
}

static void header_cut(struct call *call)
{
	call->len = HEADER - 1;
}

static void argsz_7(struct call *call)
{
	call_argsz(call, HEADER - 1);
}

static void unknown_flag(struct call *call)
{
	FEATURE(call)->flags |= 1u << 19;
}

static void get_and_set(struct call *call)
{
	FEATURE(call)->flags |= GET | SET;
}

static void unknown_feature(struct call *call)
{
	FEATURE(call)->flags |= VFIO_DEVICE_FEATURE_MASK;
}

static void other_op(struct call *call)
{
	FEATURE(call)->flags ^= GET | SET;
}

static void argsz_short(struct call *call)
{
	call_argsz(call, FEATURE(call)->argsz - 1);
}

static void payload_cut(struct call *call)
{
	call->len = HEADER;
}

/* GET and SET at once have no other, and either is refused. */
#define HEAD_RULES \
	{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER }, \
	{ "header a byte short", -EFAULT, 0, header_cut, F_POINTER }, \
	{ "argsz 7", -EINVAL, 0, argsz_7, F_ARGSZ }, \
	{ "unknown flag", -EINVAL, 0, unknown_flag, 0 }, \
	{ "GET and SET", -EINVAL, 0, get_and_set, F_FLAGS }, \
	{ "unknown feature", -ENOTTY, 0, unknown_feature, 0 }
#define OP_RULES \
	{ "the other operation", -EINVAL, 0, other_op, F_FLAGS }, \
	{ "payload beyond argsz", -EINVAL, 0, argsz_short, F_ARGSZ }

VFIO_TEST_F(order, migration, "PREC-016")
{
	struct vfio_device_feature_migration mig = { 0 };
	struct call good = feature_call(self->fd, GET | VFIO_DEVICE_FEATURE_MIGRATION, &mig,
					sizeof(mig));
	static const struct rule rules[] = {
		HEAD_RULES,
		OP_RULES,
		{ "payload not writable", -EFAULT, 0, payload_cut, F_POINTER },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	};

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIGRATION, GET))
		SKIP(return, "the device cannot migrate");
	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, rules);
}

static void state_unknown(struct call *call)
{
	struct vfio_device_feature_mig_state *state = (void *)(call->buf + HEADER);

	state->device_state = 0x1000;
}

/* A payload that cannot be written hides that the state is none. */
VFIO_TEST_F(order, device_state, "PREC-017")
{
	struct vfio_device_feature_mig_state state = {
		.device_state = VFIO_DEVICE_STATE_RUNNING, .data_fd = -1,
	};
	struct call good = feature_call(self->fd, SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
					&state, sizeof(state));
	static const struct rule rules[] = {
		HEAD_RULES,
		{ "payload beyond argsz", -EINVAL, 0, argsz_short, F_ARGSZ },
		{ "payload not readable", -EFAULT, 0, payload_cut, F_POINTER },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
		{ "no such state", -EINVAL, 0, state_unknown, 0 },
	};

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, SET))
		SKIP(return, "the device cannot migrate");
	EXPECT_EQ(0, call_issue(&good));
	PRECEDENCE(good, rules);
}

#define CONTROL(call) \
	((struct vfio_device_feature_dma_logging_control *)(void *)((call)->buf + HEADER))

/* Bit 0: not aligned. Bit 1: ends behind 2^64. */
static const struct vfio_device_feature_dma_logging_range ranges[4] = {
	{ 0x100000, PAGE }, { 0x100008, PAGE }, { -PAGE, 2 * PAGE }, { -PAGE + 8, 2 * PAGE },
};
static const struct vfio_device_feature_dma_logging_range twice[2] = {
	{ 0x100000, 2 * PAGE }, { 0x101000, PAGE },
};

static void use_range(struct call *call, unsigned int bit)
{
	unsigned int now = (CONTROL(call)->ranges - (uintptr_t)ranges) / sizeof(ranges[0]);

	CONTROL(call)->ranges = (uintptr_t)&ranges[now | bit];
}

static void range_odd(struct call *call)
{
	use_range(call, 1);
}

static void range_wraps(struct call *call)
{
	use_range(call, 2);
}

static void ranges_none(struct call *call)
{
	CONTROL(call)->num_ranges = 0;
}

static void ranges_many(struct call *call)
{
	CONTROL(call)->num_ranges = ~0u;
}

static void ranges_nowhere(struct call *call)
{
	CONTROL(call)->ranges = (uintptr_t)bad_pointer();
}

static void ranges_overlap(struct call *call)
{
	CONTROL(call)->ranges = (uintptr_t)twice;
	CONTROL(call)->num_ranges = 2;
}

VFIO_TEST_F(order, logging_start, "PREC-018")
{
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = PAGE, .num_ranges = 1, .ranges = (uintptr_t)ranges,
	};
	struct call good = feature_call(self->fd, SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
					&control, sizeof(control));
	static const struct rule rules[] = {
		HEAD_RULES,
		OP_RULES,
		{ "payload not readable", -EFAULT, 0, payload_cut, F_POINTER },
		{ "no ranges", -EINVAL, 0, ranges_none, F_A },
		{ "too many ranges", -E2BIG, 0, ranges_many, F_A },
		{ "ranges not readable", -EFAULT, 0, ranges_nowhere, F_B | F_C },
		{ "range not aligned", -EINVAL, 0, range_odd, F_B },
		{ "range wraps", -EOVERFLOW, 0, range_wraps, F_C },
		{ "ranges overlap", -EINVAL, 0, ranges_overlap, F_A | F_B | F_C },
		{ "not writable", -EFAULT, 0, call_readonly, F_POINTER },
	};

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_START, SET))
		SKIP(return, "the device does not log DMA");
	PRECEDENCE(good, rules);
	/* Which left it stopped. */
	EXPECT_EQ(0, call_issue(&good));
	EXPECT_EQ(0, __feature_set(self->fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, NULL, 0));
}

#define REPORT(call) \
	((struct vfio_device_feature_dma_logging_report *)(void *)((call)->buf + HEADER))

static void report_page(struct call *call)
{
	REPORT(call)->page_size = 3 * PAGE;
}

static void report_wraps(struct call *call)
{
	REPORT(call)->iova = -PAGE;
	REPORT(call)->length = 2 * PAGE;
}

VFIO_TEST_F(order, logging_report, "PREC-019")
{
	static uint64_t bitmap;
	struct vfio_device_feature_dma_logging_report report = {
		.iova = ranges[0].iova, .length = PAGE, .page_size = PAGE,
		.bitmap = (uintptr_t)&bitmap,
	};
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = PAGE, .num_ranges = 1, .ranges = (uintptr_t)ranges,
	};
	struct call good = feature_call(self->fd, GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
					&report, sizeof(report));
	static const struct rule rules[] = {
		HEAD_RULES,
		OP_RULES,
		{ "payload not readable", -EFAULT, 0, payload_cut, F_POINTER },
		{ "page size", -EINVAL, 0, report_page, 0 },
		{ "wraps", -EOVERFLOW, 0, report_wraps, F_A },
	};
	int ret;

	if (__feature_probe(self->fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, GET))
		SKIP(return, "the device does not log DMA");
	/* The argument is looked at whether there is a log or not. */
	PRECEDENCE(good, rules);
	feature_set(self->fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_START, &control, sizeof(control));
	ret = call_issue(&good);
	/* Since 6.6 the bitmaps are iommufd's (CONFIG_IOMMUFD_DRIVER). */
	EXPECT_TRUE(!ret || ret == -EOPNOTSUPP);
	PRECEDENCE(good, rules);
	/* Nothing is written to the argument itself. */
	call_readonly(&good);
	EXPECT_EQ(ret, call_issue(&good));
}

/* What the device does not have is ENOTTY before anything that is said of it. */
VFIO_TEST_F(order, absent, "PREC-020")
{
	static const uint32_t features[] = {
		VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, VFIO_DEVICE_FEATURE_MIGRATION,
		VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
		VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
		VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, 200,
	};
	static const struct rule rules[] = {
		{ "no memory", -EFAULT, 0, call_nowhere, F_POINTER },
		{ "argsz 7", -EINVAL, 0, argsz_7, F_ARGSZ },
		{ "unknown flag", -EINVAL, 0, unknown_flag, 0 },
		{ "GET and SET", -EINVAL, 0, get_and_set, F_FLAGS },
		{ "absent", -ENOTTY, 0, other_op, F_FLAGS },
		{ "payload beyond argsz", -ENOTTY, 0, argsz_short, F_ARGSZ },
		{ "not writable", -ENOTTY, 0, call_readonly, F_POINTER },
	};
	const char *bdf = role_bdf(ROLE_PLAIN);
	unsigned int i, seen = 0;
	struct vfio_dev dev;
	struct call good;

	if (!bdf)
		SKIP(return, "%s", role_missing(ROLE_PLAIN));
	device_open(&dev, bdf);
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		if (__feature_probe(dev.fd, features[i], 0) != -ENOTTY)
			continue;
		seen++;
		good = feature_call(dev.fd, GET | features[i], (uint64_t[4]){ 0 }, 32);
		EXPECT_EQ(-ENOTTY, call_issue(&good));
		PRECEDENCE(good, rules);
	}
	device_close(&dev);
	EXPECT_LT(0, seen);
}

CONFORMANCE_MAIN
