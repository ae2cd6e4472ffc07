// SPDX-License-Identifier: GPL-2.0-only
/*
 * One VFIO_DEVICE_FEATURE call: every header, every feature number, payloads
 * that end at the border of readable memory. The oracle decodes the call a
 * second time, from the uapi header's text, and knows what may be written.
 *
 * Input: byte 0 chooses the device (bit 0), cuts the header (bits 1-3, if bit 4
 * is set) and chooses the kernel (bits 5-6); 4 bytes argsz; 4 bytes flags; the
 * rest is the payload.
 */
#include <errno.h>
#include <string.h>
#include <linux/vfio.h>

#include "fuzz.h"
#include "fuzz_core.h"

#define PAYLOAD_MAX 64
#define HEADER 8
#define OPS (VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET)

/* In order of time. The default has to be 0 in byte 0: kernel_of[] says what it means. */
enum kernel { V5_19, V6_1, V6_12, V7_3 };
static const enum kernel kernel_of[] = { V6_12, V5_19, V6_1, V7_3 };

struct feature {
	uint32_t ops, size;
	bool mig;	/* only on a device that can migrate */
	enum kernel since;
};

/* Later than some uapi headers. */
#define MIG_PRECOPY_INFOv2 12
#define DMA_BUF 11

static const struct feature features[] = {
	[VFIO_DEVICE_FEATURE_MIGRATION] = { VFIO_DEVICE_FEATURE_GET, 8, true, V5_19 },
	[VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE] = { OPS, 8, true, V5_19 },
	[VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY] = { VFIO_DEVICE_FEATURE_SET, 0, false, V6_1 },
	[VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP] = { VFIO_DEVICE_FEATURE_SET, 8, false, V6_1 },
	[VFIO_DEVICE_FEATURE_LOW_POWER_EXIT] = { VFIO_DEVICE_FEATURE_SET, 0, false, V6_1 },
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_START] = { VFIO_DEVICE_FEATURE_SET, 24, true, V6_1 },
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP] = { VFIO_DEVICE_FEATURE_SET, 0, true, V6_1 },
	[VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT] = { VFIO_DEVICE_FEATURE_GET, 32, true, V6_1 },
	[VFIO_DEVICE_FEATURE_MIG_DATA_SIZE] = { VFIO_DEVICE_FEATURE_GET, 8, true, V6_12 },
	[MIG_PRECOPY_INFOv2] = { VFIO_DEVICE_FEATURE_SET, 0, false, V7_3 },
};

static struct fuzz_device devices[2];	/* 0: with migration, 1: without */
static uint64_t mig_flags;
static int open_fds;
static enum kernel kernel = V6_12;

/* A call with a good header and a payload of 8 bytes. */
static long call(int fd, uint32_t flags, uint64_t *payload)
{
	struct {
		uint32_t argsz, flags;
		uint64_t payload;
	} arg = { sizeof(arg), flags, *payload };
	long ret = kapi_sys_ioctl(fd, VFIO_DEVICE_FEATURE, (unsigned long)&arg);

	*payload = arg.payload;
	return ret;
}

FUZZ_TARGET("device_feature");

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	/* The first data file makes what all share: not in the middle of a campaign. */
	static const uint8_t stop_copy[] = { 0, 16, 0, 0, 0, 2, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0 };
	long ret;

	fuzz_start(true, NULL);
	fuzz_open(&devices[0], "0000:01:00.0");
	fuzz_open(&devices[1], "0000:00:03.0");
	ret = call(devices[0].fd, VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIGRATION,
		   &mig_flags);
	ORACLE(ret == 0, "MIGRATION GET gives %ld", ret);
	open_fds = (int)fuzz_core_fds();
	return LLVMFuzzerTestOneInput(stop_copy, sizeof(stop_copy));
}

/* For one call: what it leaves of the other kernel in an open device, no FEATURE shows. */
static void choose_kernel(enum kernel k)
{
	static const char *const names[] = {
		[V5_19] = "5.19", [V6_1] = "6.1", [V6_12] = "6.12", [V7_3] = "7.3",
	};

	if (k == kernel)
		return;
	kernel = k;
	fuzz_core_profile(names[k]);
}

/* Whether the device can be sent to @state from RUNNING. */
static bool legal_state(uint32_t state)
{
	switch (state) {
	case VFIO_DEVICE_STATE_STOP:
	case VFIO_DEVICE_STATE_RUNNING:
	case VFIO_DEVICE_STATE_STOP_COPY:
	case VFIO_DEVICE_STATE_RESUMING:
		return true;
	case VFIO_DEVICE_STATE_RUNNING_P2P:
		return mig_flags & VFIO_MIGRATION_P2P;
	case VFIO_DEVICE_STATE_PRE_COPY:
		return kernel >= V6_12 && mig_flags & VFIO_MIGRATION_PRE_COPY;
	case VFIO_DEVICE_STATE_PRE_COPY_P2P:
		return kernel >= V6_12 && mig_flags & VFIO_MIGRATION_PRE_COPY && mig_flags & VFIO_MIGRATION_P2P;
	}
	return false;
}

static bool opens_session(uint32_t state)
{
	return state == VFIO_DEVICE_STATE_STOP_COPY || state == VFIO_DEVICE_STATE_RESUMING ||
	       state == VFIO_DEVICE_STATE_PRE_COPY || state == VFIO_DEVICE_STATE_PRE_COPY_P2P;
}

static const struct feature *known(unsigned int dev, uint32_t flags)
{
	uint32_t nr = flags & VFIO_DEVICE_FEATURE_MASK;

	if (nr >= sizeof(features) / sizeof(features[0]) || !features[nr].ops)
		return NULL;
	return (features[nr].mig && dev) || features[nr].since > kernel ? NULL : &features[nr];
}

/* The errno that the header alone calls for; 1 if the call gets to the payload. */
static int expect_header(unsigned int dev, size_t len, uint32_t argsz, uint32_t flags)
{
	const struct feature *f;
	uint32_t ops = flags & OPS;

	if (len < HEADER)
		return -EFAULT;
	if (argsz < HEADER)
		return -EINVAL;
	if (flags & ~(VFIO_DEVICE_FEATURE_MASK | OPS | VFIO_DEVICE_FEATURE_PROBE))
		return -EINVAL;
	if (ops == OPS && !(flags & VFIO_DEVICE_FEATURE_PROBE))
		return -EINVAL;
	f = known(dev, flags);
	if (!f)
		return -ENOTTY;
	/* Not known to a device without PRE_COPY by another word than for the others. */
	if ((flags & VFIO_DEVICE_FEATURE_MASK) == MIG_PRECOPY_INFOv2 && dev)
		return -EINVAL;
	if (ops & ~f->ops || !(flags & (OPS | VFIO_DEVICE_FEATURE_PROBE)))
		return -EINVAL;
	if (flags & VFIO_DEVICE_FEATURE_PROBE)
		return 0;
	if (argsz - HEADER < f->size)
		return -EINVAL;
	return f->size && len < HEADER + f->size ? -EFAULT : 1;
}

static void check_state_set(const uint8_t *before, const uint8_t *after, long ret)
{
	uint32_t state, out_state;
	int32_t data_fd;

	memcpy(&state, before, 4);
	memcpy(&out_state, after, 4);
	memcpy(&data_fd, after + 4, 4);
	ORACLE(ret == (legal_state(state) ? 0 : -EINVAL), "SET %u gives %ld", state, ret);
	if (ret && state >= 8)
		return;
	ORACLE(out_state == state, "SET %u writes back state %u", state, out_state);
	ORACLE((data_fd >= 0) == (!ret && opens_session(state)), "SET %u: %ld, data_fd %d", state,
	       ret, data_fd);
	if (data_fd >= 0) {
		ORACLE(kapi_fd_is_ours(data_fd), "data_fd %d is no file", data_fd);
		kapi_sys_close(data_fd);
	}
}

static void check_payload(unsigned int dev, uint32_t flags, const uint8_t *before,
			  const uint8_t *after, size_t len, long ret)
{
	uint32_t nr = flags & VFIO_DEVICE_FEATURE_MASK, state;
	size_t written = 0;

	switch (nr) {
	case VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE:
		written = 8;
		if (flags & VFIO_DEVICE_FEATURE_SET) {
			check_state_set(before, after, ret);
			break;
		}
		memcpy(&state, after, 4);
		ORACLE(!ret && state == VFIO_DEVICE_STATE_RUNNING, "GET: %ld, state %u", ret, state);
		break;
	case VFIO_DEVICE_FEATURE_MIGRATION:
		written = 8;
		ORACLE(!ret && !memcmp(after, &mig_flags, 8), "MIGRATION GET: %ld", ret);
		break;
	case VFIO_DEVICE_FEATURE_MIG_DATA_SIZE:
		written = 8;
		ORACLE(!ret, "MIG_DATA_SIZE GET: %ld", ret);
		break;
	case VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP:
		ORACLE(ret == 0 || ret == -EINVAL || ret == -EBADF, "wakeup: %ld", ret);
		break;
	case VFIO_DEVICE_FEATURE_DMA_LOGGING_START:
		written = ret ? 0 : 24;	/* the page size that the driver chose */
		ORACLE(ret == 0 || ret == -EINVAL || ret == -E2BIG || ret == -EFAULT ||
		       ret == -EOVERFLOW || ret == -ENOMEM, "logging start: %ld", ret);
		break;
	case VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP:
		ORACLE(ret == -EINVAL, "stop of what was not started: %ld", ret);
		break;
	case VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT:
		ORACLE(ret == -EINVAL || ret == -EOVERFLOW || ret == -EFAULT,
		       "report of what was not started: %ld", ret);
		break;
	default:
		ORACLE(!ret, "feature %u on device %u: %ld", nr, dev, ret);
	}
	if (len > written)
		ORACLE(!memcmp(before + written, after + written, len - written),
		       "feature %u wrote behind its payload", nr);
}

/* Bring both devices back to where LLVMFuzzerInitialize() left them. */
static void restore(unsigned int dev, uint32_t flags)
{
	uint32_t nr = flags & VFIO_DEVICE_FEATURE_MASK;
	uint64_t payload = 0;
	long ret;

	if (nr == VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY ||
	    nr == VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP) {
		ret = call(devices[dev].fd,
			   VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, &payload);
		ORACLE(!ret, "LOW_POWER_EXIT: %ld", ret);
	}
	if (nr == VFIO_DEVICE_FEATURE_DMA_LOGGING_START && !dev)
		call(devices[0].fd,
		     VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, &payload);
	if (nr == VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE && !dev) {
		ret = kapi_sys_ioctl(devices[0].fd, VFIO_DEVICE_RESET, 0);
		ORACLE(!ret, "reset: %ld", ret);
	}
	ORACLE((int)fuzz_core_fds() == open_fds, "%d descriptors are open, %d were", (int)fuzz_core_fds(),
	       open_fds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t buf[HEADER + PAYLOAD_MAX] = { 0 }, *user;
	uint8_t how = take8(&in);
	uint32_t argsz = take32(&in), flags = take32(&in);
	unsigned int dev = how & 1;
	size_t len = in.size < PAYLOAD_MAX ? in.size : PAYLOAD_MAX;
	int want;
	long ret;

	memcpy(buf, &argsz, 4);
	memcpy(buf + 4, &flags, 4);
	if (len)
		memcpy(buf + HEADER, in.data, len);
	len += HEADER;
	if (how & 16)
		len = how >> 1 & 7;

	choose_kernel(kernel_of[how >> 5 & 3]);
	user = fuzz_at_border(buf, len);
	ret = kapi_sys_ioctl(devices[dev].fd, VFIO_DEVICE_FEATURE, (unsigned long)user);
	want = expect_header(dev, len, argsz, flags);
	if (kernel == V7_3 && (flags & VFIO_DEVICE_FEATURE_MASK) == DMA_BUF && want == -ENOTTY) {
		/* A file, if the payload happens to name ranges of a region. */
		ORACLE(!memcmp(user, buf, len), "DMA_BUF: %ld, and wrote to the user's memory", ret);
		if (ret > 0)
			kapi_sys_close(ret);
	} else if (want == 1) {
		check_payload(dev, flags, buf + HEADER, user + HEADER, len - HEADER, ret);
	} else {
		ORACLE(ret == want, "argsz %u flags %#x len %zu on device %u: %ld, not %d", argsz,
		       flags, len, dev, ret, want);
		/* A write that faults has written what fits. */
		if (want != -EFAULT || !(flags & VFIO_DEVICE_FEATURE_GET))
			ORACLE(!memcmp(user, buf, len),
			       "argsz %u flags %#x: wrote to the user's memory", argsz, flags);
	}
	if (len >= HEADER)
		ORACLE(!memcmp(user, buf, HEADER), "flags %#x: wrote to the header", flags);
	choose_kernel(V6_12);
	restore(dev, flags);
	return 0;
}
