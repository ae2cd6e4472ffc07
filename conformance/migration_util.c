// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "migration_util.h"
#define CONFORMANCE_WITHOUT_HARNESS
#include "conformance.h"

const char *mig_open(struct mig *mig, enum device_role role, bool need_mock)
{
	struct vfio_device_feature_migration feature = { 0 };
	const char *bdf = role_bdf(role), *why;
	struct vfio_device_info info;
	int ret;

	if (role == ROLE_MAIN) {
		role = ROLE_DEVICE;
		bdf = role_bdf(role);
	}
	memset(mig, 0, sizeof(*mig));
	if (!bdf)
		return role_missing(role);
	why = lacks(bdf, need_mock ? "mock migration" : "migration");
	if (why)
		return why;
	mig->role = role;
	device_open(&mig->dev, bdf);
	device_info(mig->dev.fd, &info);
	mig->has_reset = info.flags & VFIO_DEVICE_FLAGS_RESET;
	mig->has_mock = !__mock_find(mig->dev.fd, &mig->mock);
	ret = __feature_get(mig->dev.fd, VFIO_DEVICE_FEATURE_MIGRATION, &feature, sizeof(feature));
	if (ret && ret != -ENOTTY)
		CLIENT_FAIL("FEATURE_MIGRATION GET: %s", client_errno(ret));
	mig->flags = feature.flags;
	if (!ret && (mig->has_mock || !need_mock)) {
		if (mig->has_mock)
			mock_write(&mig->mock, MOCK_REG_RESTORE, 1);
		return NULL;
	}
	device_close(&mig->dev);
	return note_lack(bdf, need_mock ? "mock migration" : "migration",
			 ret ? "the device's driver has no migration" :
			       "needs the control region of the mock driver");
}

void mig_close(struct mig *mig)
{
	if (mig_get(mig->dev.fd).state != S_RUNNING) {
		if (mig->has_reset) {
			mig_reset(mig);
		} else {
			/* The last close ends the session, too. */
			device_close(&mig->dev);
			device_open(&mig->dev, role_bdf(mig->role));
			if (mig->has_mock)
				mock_find(mig->dev.fd, &mig->mock);
		}
	}
	if (mig->has_mock)
		mock_write(&mig->mock, MOCK_REG_RESTORE, 1);
	device_close(&mig->dev);
}

int __mig_set_flags(struct mig *mig, uint64_t flags)
{
	int ret = __mock_write(&mig->mock, MOCK_REG_MIG_FLAGS, flags);

	if (!ret)
		mig->flags = flags;
	return ret;
}

const char *mig_want_flags(struct mig *mig, uint64_t flags)
{
	if (mig->has_mock ? !__mig_set_flags(mig, flags) : (mig->flags & flags) == flags)
		return NULL;
	return flags & F_PRE_COPY ? "this VFIO has no PRE_COPY" :
				    "the device lacks a migration flag";
}

bool mig_has_8_states(struct mig *mig)
{
	uint64_t flags = mig->flags;
	bool has;

	/* They came in one release. */
	if (!mig->has_mock)
		return !__feature_probe(mig->dev.fd, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
					VFIO_DEVICE_FEATURE_GET);
	has = !__mig_set_flags(mig, F_STOP_COPY | F_PRE_COPY);
	if (__mig_set_flags(mig, flags))
		CLIENT_FAIL("migration flags cannot be put back");
	return has;
}

struct mig_answer mig_set(int fd, uint32_t state)
{
	const uint32_t flags = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | VFIO_DEVICE_FEATURE_SET;
	struct vfio_device_feature_mig_state mig = { state, MIG_UNTOUCHED };
	int ret = __device_feature(fd, flags, &mig, sizeof(mig));

	return (struct mig_answer){ ret, mig.device_state, mig.data_fd };
}

struct mig_answer mig_get(int fd)
{
	const uint32_t flags = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE | VFIO_DEVICE_FEATURE_GET;
	struct vfio_device_feature_mig_state mig = { MIG_UNTOUCHED, MIG_UNTOUCHED };
	int ret = __device_feature(fd, flags, &mig, sizeof(mig));

	return (struct mig_answer){ ret, mig.device_state, mig.data_fd };
}

uint32_t mig_state(int fd)
{
	struct mig_answer a = mig_get(fd);

	if (a.ret)
		CLIENT_FAIL("MIG_DEVICE_STATE GET: %s", client_errno(a.ret));
	return a.state;
}

int mig_go(int fd, uint32_t state)
{
	struct mig_answer a = mig_set(fd, state);

	if (a.ret)
		CLIENT_FAIL("MIG_DEVICE_STATE SET %s: %s", mig_state_name(state),
			    client_errno(a.ret));
	return a.data_fd;
}

void mig_fail_arc(struct mig *mig, uint32_t from, uint32_t to, int err, bool to_error)
{
	mock_write(&mig->mock, MOCK_REG_FAIL_ERRNO, err);
	mock_write(&mig->mock, MOCK_REG_FAIL_TO_ERROR, to_error);
	mock_write(&mig->mock, MOCK_REG_FAIL_ARC, MOCK_ARC(from, to) | MOCK_ARC_ARMED);
}

void mig_go_error(struct mig *mig)
{
	uint32_t next = mig->flags & F_P2P ? S_RUNNING_P2P : S_STOP;

	mig_fail_arc(mig, S_RUNNING, next, EIO, true);
	if (mig_set(mig->dev.fd, next).ret != -EIO || mig_state(mig->dev.fd) != S_ERROR)
		CLIENT_FAIL("the device does not go to ERROR");
	mock_write(&mig->mock, MOCK_REG_FAIL_TO_ERROR, 0);
}

/* The device's own state; malloc'ed. */
static char *save_stream(struct mig *mig, size_t *len)
{
	char *stream = malloc(STREAM_MAX);
	int fd = mig_go(mig->dev.fd, S_STOP_COPY);

	if (!stream)
		CLIENT_FAIL("no memory for a stream");
	*len = stream_read(fd, stream, STREAM_MAX, 1 << 20);
	mig_go(mig->dev.fd, S_RUNNING);
	close(fd);
	return stream;
}

int mig_enter(struct mig *mig, uint32_t state)
{
	char made[256], *stream = made;
	size_t len;
	int fd;

	if (state == S_ERROR) {
		mig_go_error(mig);
		return -1;
	}
	if (state != S_RESUMING)
		return mig_go(mig->dev.fd, state);
	if (mig->has_mock)
		len = stream_make(stream, "the new state", 13);
	else
		stream = save_stream(mig, &len);
	fd = mig_go(mig->dev.fd, state);
	stream_write(fd, stream, len, 1 << 20);
	if (stream != made)
		free(stream);
	return fd;
}

void mig_reset(struct mig *mig)
{
	int ret = __vfio_ioctl(mig->dev.fd, VFIO_DEVICE_RESET, NULL);

	if (ret)
		CLIENT_FAIL("DEVICE_RESET: %s", client_errno(ret));
}

const char *mig_state_name(uint32_t state)
{
	static const char *const names[] = {
		[S_ERROR] = "ERROR", [S_STOP] = "STOP", [S_RUNNING] = "RUNNING",
		[S_STOP_COPY] = "STOP_COPY", [S_RESUMING] = "RESUMING",
		[S_RUNNING_P2P] = "RUNNING_P2P", [S_PRE_COPY] = "PRE_COPY",
		[S_PRE_COPY_P2P] = "PRE_COPY_P2P",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "no such state";
}

const char *mig_arc_name(uint32_t from, uint32_t to)
{
	static char buf[4][40];
	static unsigned int next;
	char *b = buf[next++ % 4];

	snprintf(b, sizeof(buf[0]), "%s > %s", mig_state_name(from), mig_state_name(to));
	return b;
}

unsigned int mig_arcs(struct mig *mig, uint16_t *arcs, unsigned int max)
{
	uint64_t count = mock_read(&mig->mock, MOCK_REG_ARC_COUNT);
	unsigned int i;

	for (i = 0; i < count && i < max; i++)
		arcs[i] = mock_read(&mig->mock, MOCK_ARC_LOG + i * sizeof(uint64_t));
	return count;
}

void mig_arcs_restart(struct mig *mig)
{
	mock_write(&mig->mock, MOCK_REG_ARC_COUNT, 0);
}

ssize_t __fd_read(int fd, void *buf, size_t len)
{
	ssize_t n = read(fd, buf, len);

	return n < 0 ? -errno : n;
}

ssize_t __fd_write(int fd, const void *buf, size_t len)
{
	ssize_t n = write(fd, buf, len);

	return n < 0 ? -errno : n;
}

size_t stream_read(int fd, void *buf, size_t max, size_t piece)
{
	size_t done = 0;
	ssize_t n;

	for (;;) {
		if (done + piece > max)
			piece = max - done;
		n = __fd_read(fd, (char *)buf + done, piece);
		if (n < 0)
			CLIENT_FAIL("read of the stream at %zu: %s", done, client_errno(n));
		if (!n)
			return done;
		if ((size_t)n > piece)
			CLIENT_FAIL("read of %zu gives %zd", piece, n);
		done += n;
	}
}

void stream_write(int fd, const void *buf, size_t len, size_t piece)
{
	size_t done;
	ssize_t n;

	for (done = 0; done < len; done += n) {
		if (piece > len - done)
			piece = len - done;
		n = __fd_write(fd, (const char *)buf + done, piece);
		if (n <= 0)
			CLIENT_FAIL("write of the stream at %zu: %s", done, client_errno(n));
	}
}

static uint64_t stream_sum(const void *state, size_t size)
{
	uint64_t h[MOCK_SUM_LANES], sum = MOCK_SUM_INIT, word;
	size_t at, round = MOCK_SUM_LANES * sizeof(word), left, i;

	for (i = 0; i < MOCK_SUM_LANES; i++)
		h[i] = MOCK_SUM_INIT;
	for (at = 0; at < (size + round - 1) / round * round; at += sizeof(word)) {
		word = 0;
		left = at < size ? size - at : 0;
		memcpy(&word, (const char *)state + at, left < sizeof(word) ? left : sizeof(word));
		i = at / sizeof(word) % MOCK_SUM_LANES;
		h[i] = (h[i] ^ le64toh(word)) * MOCK_SUM_PRIME;
	}
	for (i = 0; i < MOCK_SUM_LANES; i++)
		sum = (sum ^ h[i]) * MOCK_SUM_PRIME;
	return sum;
}

void *stream_record(void *at, unsigned int type, const void *payload, uint32_t len)
{
	struct mock_record rec = { htole16(MOCK_REC_MAGIC), htole16(type), htole32(len) };

	memcpy(at, &rec, sizeof(rec));
	if (len)
		memcpy((char *)at + sizeof(rec), payload, len);
	return (char *)at + sizeof(rec) + len;
}

size_t stream_size(size_t state_size)
{
	return 3 * sizeof(struct mock_record) + 2 * sizeof(uint64_t) + state_size;
}

size_t stream_make(void *stream, const void *state, size_t state_size)
{
	uint64_t size = htole64(state_size), sum = htole64(stream_sum(state, state_size));
	void *at = stream_record(stream, MOCK_REC_START, &size, sizeof(size));

	at = stream_record(at, MOCK_REC_DATA, state, state_size);
	at = stream_record(at, MOCK_REC_END, &sum, sizeof(sum));
	return (char *)at - (char *)stream;
}

void fill_pattern(void *buf, size_t len, unsigned int seed)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15ull + 1, *word = buf;
	unsigned char *byte = buf;
	size_t i;

	for (i = 0; i < len / sizeof(x); i++) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		word[i] = x ^ x >> 29;
	}
	for (i *= sizeof(x); i < len; i++)
		byte[i] = (x >> 40) + i;
}
