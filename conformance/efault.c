// SPDX-License-Identifier: GPL-2.0-only
/*
 * The argument of every call that has one: where nothing is, where the kernel
 * cannot write, up to a page border and across one, and changed while it is read.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "efault_calls.h"

FIXTURE(argument)
{
	struct call_env env;
	struct call call;
};

FIXTURE_VARIANT(argument)
{
	const struct call_kind *kind;
};

#define CALL(_name, _kind) \
	FIXTURE_VARIANT_ADD(argument, _name) { .kind = &kind_##_kind }

CALL(GROUP_GET_STATUS, group_status);
CALL(GROUP_SET_CONTAINER, set_container);
CALL(GROUP_GET_DEVICE_FD, device_fd);
CALL(IOMMU_GET_INFO, iommu_info);
CALL(IOMMU_MAP_DMA, map);
CALL(IOMMU_UNMAP_DMA, unmap);
CALL(IOMMU_UNMAP_DMA_DIRTY, unmap_dirty);
CALL(IOMMU_DIRTY_PAGES_START, dirty_start);
CALL(IOMMU_DIRTY_PAGES_GET, dirty_get);
CALL(DEVICE_GET_INFO, device_info);
CALL(DEVICE_GET_REGION_INFO, region_info);
CALL(DEVICE_GET_IRQ_INFO, irq_info);
CALL(DEVICE_SET_IRQS, set_irqs);
CALL(DEVICE_GET_PCI_HOT_RESET_INFO, hot_reset_info);
CALL(DEVICE_PCI_HOT_RESET, hot_reset);
CALL(DEVICE_IOEVENTFD, ioeventfd);
CALL(MIGRATION, migration);
CALL(MIG_DEVICE_STATE_GET, state_get);
CALL(MIG_DEVICE_STATE_SET, state_set);
CALL(MIG_DATA_SIZE, data_size);
CALL(DMA_LOGGING_START, log_start);
CALL(DMA_LOGGING_REPORT, log_report);
CALL(DMA_LOGGING_STOP, log_stop);
CALL(PCI_VF_TOKEN, vf_token);
CALL(LOW_POWER_ENTRY, low_power);
CALL(LOW_POWER_ENTRY_WITH_WAKEUP, low_power_wakeup);
CALL(LOW_POWER_EXIT, low_power_exit);
CALL(MIG_GET_PRECOPY_INFO, precopy_info);

FIXTURE_SETUP(argument)
{
	const char *why = call_env_open(&self->env);

	why = why ?: variant->kind->prepare(&self->env, &self->call);
	if (why)
		SKIP(call_env_close(&self->env); return, "%s", why);
}

FIXTURE_TEARDOWN(argument)
{
	call_env_close(&self->env);
}

static void undo(FIXTURE_DATA(argument) *self, const struct call_kind *kind, int ret)
{
	if (ret >= 0 && kind->undo)
		kind->undo(&self->env, ret);
}

/* A page of a file that has none. */
static void *behind_file(void)
{
	int fd = memfd_create("empty", MFD_CLOEXEC);
	void *p = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		CLIENT_FAIL("mmap: %s", client_errno(errno));
	close(fd);
	return p;
}

VFIO_TEST_F(argument, nowhere, "EFAULT-{}")
{
	void *const places[] = {
		NULL, (void *)8, bad_pointer(), behind_file(),
		mmap(NULL, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		/* Across the end of what programs can have, behind it, the kernel's, and the last. */
		(void *)0x7fffffffeffcull, (void *)0x7ffffffff000ull, (void *)0x800000000000ull,
		(void *)0x8000000000000000ull, (void *)0xffff888000000000ull, (void *)-4096l,
		(void *)-4l,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		EXPECT_EQ(-EFAULT, __vfio_ioctl(self->call.fd, self->call.request, places[i])) {
			TH_LOG("at %p", places[i]);
		}
	}
	/* None of these calls did anything. */
	i = call_issue(&self->call);
	EXPECT_LE(0, (int)i);
	undo(self, variant->kind, i);
}

/* All that the kernel reads or writes must be there, and no more. */
VFIO_TEST_F(argument, border, "EFAULT-{}")
{
	const struct call_kind *kind = variant->kind;
	size_t need = kind->in > kind->out ? kind->in : kind->out;
	struct call call = self->call;
	int ret;

	ASSERT_LE(need, self->call.len);
	for (call.len = 0; call.len < need; call.len++) {
		EXPECT_EQ(-EFAULT, call_issue(&call)) {
			TH_LOG("%zu bytes of %zu", call.len, need);
		}
	}
	ret = call_issue(&call);
	EXPECT_LE(0, ret);
	undo(self, kind, ret);
}

VFIO_TEST_F(argument, read_only, "EFAULT-{}")
{
	struct call call = self->call;
	int ret;

	call.readonly = true;
	ret = call_issue(&call);
	if (variant->kind->out) {
		EXPECT_EQ(-EFAULT, ret);
	} else {
		EXPECT_LE(0, ret);
	}
	undo(self, variant->kind, ret);
}

struct flipper {
	uint32_t *word, values[2];
	bool runs, stop;
};

static void *flip(void *arg)
{
	struct flipper *f = arg;
	unsigned int i = 0;

	__atomic_store_n(&f->runs, true, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED))
		__atomic_store_n(f->word, f->values[++i % 2], __ATOMIC_RELAXED);
	return NULL;
}

/* Either result is right, no other, and each call sees one value for good. */
VFIO_TEST_F(argument, changing, "EFAULT-{}")
{
	const struct call_kind *kind = variant->kind;
	struct call bad = self->call;
	int results[2], ret, i, j;
	struct flipper f;
	pthread_t thread;
	uint32_t *arg;

	/* The first word is an argsz, a descriptor or a name, the second has flags. */
	for (i = 0; i < 2; i++) {
		if (i * 4 + 4 > kind->in || (i && kind == &kind_device_fd))
			continue;
		/* The kernel may write an argsz of its own, and then more than before. */
		arg = pages_alloc(page_size());
		memcpy(arg, self->call.buf, self->call.len);
		f = (struct flipper){ .word = arg + i };
		memcpy(&f.values[0], self->call.buf + i * 4, 4);
		f.values[1] = i ? ~0u : 0;
		bad = self->call;
		memcpy(bad.buf + i * 4, &f.values[1], 4);
		for (j = 0; j < 2; j++) {
			results[j] = call_issue(j ? &bad : &self->call);
			undo(self, kind, results[j]);
		}
		ASSERT_LE(0, results[0]);
		ASSERT_EQ(0, pthread_create(&thread, NULL, flip, &f));
		while (!__atomic_load_n(&f.runs, __ATOMIC_RELAXED))
			sched_yield();
		for (j = 0; j < (kind->slow ? 3 : 100); j++) {
			ret = __vfio_ioctl(self->call.fd, self->call.request, arg);
			EXPECT_TRUE(ret >= 0 || ret == results[1]) {
				TH_LOG("word %d: %d, neither %d nor %d", i, ret, results[0],
				       results[1]);
			}
			undo(self, kind, ret);
		}
		__atomic_store_n(&f.stop, true, __ATOMIC_RELAXED);
		pthread_join(thread, NULL);
		munmap(arg, page_size());
	}
}

CONFORMANCE_MAIN
