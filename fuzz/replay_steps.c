// SPDX-License-Identifier: GPL-2.0-only
/* What is written down of a step, and when two are the same. */
#include "fuzz_replay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "replay_device.h"

#define EDU_DMA_CMD 0x98
#define BITMAP_MAX	16384U	/* bytes that are looked at */

#define HASH_EMPTY	0xcbf29ce484222325

static uint64_t hash(uint64_t h, const uint8_t *p, size_t n)
{
	while (n--)
		h = (h ^ *p++) * 0x100000001b3;
	return h;
}

/* Numbers of descriptors are the process's own. */
static void without_fds(const struct prog_step *s, uint8_t *bytes, size_t len)
{
	size_t at = s->op == PROG_SET_STATE ? 12 : s->op == PROG_CREATE_KVM_VFIO ? 4 : 0;

	if (at && len >= at + 4)
		memset(bytes + at, 0, 4);
}

/* Registers that tell of the past of the device, or of time. */
static bool volatile_register(uint64_t reg)
{
	switch (reg) {
	case MOCK_REG_OPEN_CALLS: case MOCK_REG_CLOSE_CALLS: case MOCK_REG_RESETS:
	case MOCK_REG_UNMAP_CALLS: case MOCK_REG_UNMAP_IOVA: case MOCK_REG_UNMAP_LEN:
	case MOCK_REG_REQUESTS: case MOCK_REG_NS: case MOCK_REG_LOG_STARTS:
	case MOCK_REG_LOG_STOPS: case MOCK_REG_LOG_REPORTS: case MOCK_REG_RESULT:
	case MOCK_REG_KVM_USERS: case MOCK_REG_KVM_CLOSE_USERS: case MOCK_REG_KVM_NONCOHERENT:
		return true;
	default:
		return reg >= MOCK_REG_ARG0 && reg <= MOCK_REG_ARG3;
	}
}

/* The command of edu's DMA engine: nothing but another command changes it. */
static bool is_old_command(const struct replay_program *p, const struct prog_step *s)
{
	if (s->op != PROG_PREAD || s->value >= EDU_DMA_CMD + 4 || s->value + s->len <= EDU_DMA_CMD)
		return false;
	for (uint32_t i = 0; i < p->nr; i++)
		if (p->step[i].op == PROG_PWRITE && p->step[i].ret > 0)
			return false;
	return true;
}

static bool has_output(const struct prog_step *s)
{
	if (!s->after || !s->len)
		return false;
	switch (s->op) {
	case PROG_WRITE: case PROG_PWRITE: case PROG_MOCK_SET: case PROG_MOCK_CMD:
	/* Arguments that only go in, with descriptors. */
	case PROG_SET_CONTAINER: case PROG_SET_IRQS: case PROG_HOT_RESET: case PROG_IOEVENTFD:
	case PROG_LOW_POWER: case PROG_KVM_ATTR:
		return false;
	case PROG_MOCK_GET:
		return !volatile_register(s->value);
	case PROG_PREAD:
		return s->ret > 0 && s->value >> 40 != VFIO_PCI_NUM_REGIONS;
	case PROG_READ:
		return s->ret > 0;
	default:
		return true;
	}
}

static uint64_t number(const uint8_t *p, size_t at, size_t len)
{
	uint64_t n = 0;

	memcpy(&n, p + at, len);
	return n;
}

/* The bitmap that a call filled in: where it is, and how long; 0: none. */
static size_t bitmap_of(const struct prog_step *s, uint64_t *at)
{
	uint64_t len, page;

	if (s->ret || !s->before || s->len < 40)
		return 0;
	if ((s->cmd == VFIO_IOMMU_DIRTY_PAGES &&
	     number(s->before, 4, 4) == VFIO_IOMMU_DIRTY_PAGES_FLAG_GET_BITMAP) ||
	    (s->cmd == VFIO_IOMMU_UNMAP_DMA &&
	     number(s->before, 4, 4) == VFIO_DMA_UNMAP_FLAG_GET_DIRTY_BITMAP)) {
		if (s->len < 48)
			return 0;
		len = number(s->before, 32, 8);
		*at = number(s->before, 40, 8);
	} else if (s->cmd == VFIO_DEVICE_FEATURE && number(s->before, 4, 4) ==
		   (VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT)) {
		page = number(s->before, 24, 8);
		len = page ? (number(s->before, 16, 8) / page + 7) / 8 : 0;
		*at = number(s->before, 32, 8);
	} else {
		return 0;
	}
	if (len > BITMAP_MAX)
		len = BITMAP_MAX;
	return prog_in_memory(*at, len, true) ? len : 0;
}

/* A descriptor was made: that it was, and whether it is closed on exec. */
static unsigned int made(int fd)
{
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFD);

	return fd < 0 ? 0 : flags >= 0 && flags & FD_CLOEXEC ? 3 : 1;
}

void replay_note(struct replay_program *p, const struct prog_step *s, unsigned int dev)
{
	struct replay_step *r = &p->step[p->nr];
	uint8_t bytes[PROG_ARG_MAX];
	size_t len, bitmap;
	uint64_t at;

	/* Windows are unmapped at the end whether or not there was one. */
	if (s->index == PROG_MAX_CALLS && s->op == PROG_MUNMAP)
		return;
	if (p->nr == REPLAY_STEPS) {
		p->cut = 1;
		return;
	}
	if (!p->nr)
		replay_begin();
	p->nr++;
	if (s->op == PROG_PWRITE && s->ret > 0)
		replay_bars_written(dev, s->value, s->ret);
	else if (s->op == PROG_GET_DEVICE && s->new_fd >= 0)
		replay_bars_opened(s->value);
	memset(r, 0, sizeof(*r));
	r->op = s->op;
	r->kind = s->kind;
	r->index = s->index;
	r->ret = s->ret;
	r->made = made(s->new_fd);
	if (!has_output(s) || is_old_command(p, s))
		return;
	len = s->op == PROG_READ || s->op == PROG_PREAD ? (size_t)s->ret : s->len;
	if (len <= sizeof(bytes)) {
		memcpy(bytes, s->after, len);
		without_fds(s, bytes, len);
		if (s->op == PROG_PREAD)
			replay_without_bars(dev, s->value, bytes, len);
		if (s->kind == PROG_DEVICE && s->cmd == VFIO_DEVICE_GET_PCI_HOT_RESET_INFO)
			replay_without_groups(bytes, len, !s->ret);
		r->hash = hash(HASH_EMPTY, bytes, len);
		memcpy(r->head, bytes, len < REPLAY_HEAD ? len : REPLAY_HEAD);
	} else {
		r->hash = hash(HASH_EMPTY, s->after, len);
		memcpy(r->head, s->after, REPLAY_HEAD);
	}
	r->len = len;
	bitmap = bitmap_of(s, &at);
	if (bitmap)
		r->hash = hash(r->hash, (const uint8_t *)at, bitmap);
}

void replay_print(FILE *f, const struct replay_step *s)
{
	size_t n = s->len < REPLAY_HEAD ? s->len : REPLAY_HEAD;

	fprintf(f, "%s = %lld", prog_ops[s->op].name, (long long)s->ret);
	if (s->len)
		fprintf(f, " [%u %016llx]", s->len, (unsigned long long)s->hash);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s%02x", i % 4 ? "" : " ", s->head[i]);
}

/* Differences that are as they have to be, between this core and a kernel as Debian builds it. */
static const char *explained(const struct replay_step *core, const struct replay_step *kernel)
{
	if (kernel->ret == -EOPNOTSUPP && core->op == kernel->op &&
	    (core->op == PROG_LOG_REPORT || core->op == PROG_FEATURE || core->op == PROG_RAW))
		return "no-iova-bitmap: DMA logs cannot be read in a kernel built without IOMMUFD_DRIVER";
	return "";
}

int replay_compare(const struct replay_program *core, const struct replay_program *kernel,
		   const uint8_t *data, size_t size, const char **why)
{
	uint32_t i;

	*why = "";
	for (i = 0; i < core->nr && i < kernel->nr; i++) {
		const struct replay_step *a = &core->step[i], *b = &kernel->step[i];

		if (a->op != b->op || a->ret != b->ret || a->made != b->made || a->len != b->len ||
		    a->hash != b->hash) {
			*why = explained(a, b);
			return i;
		}
	}
	return core->nr == kernel->nr ? -1 : (int)i;
}
