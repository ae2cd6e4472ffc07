// SPDX-License-Identifier: GPL-2.0-only
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "client/mdev.h"
#include "setup.h"

#define NR_ROLES	(ROLE_PLAIN + 1)
#define NR_DEVICES	(NR_ROLES + 1)	/* the last one is the mediated device */
#define HUGE		(2ul << 20)
#define ENTRY_LIMIT	"/sys/module/vfio_iommu_type1/parameters/dma_entry_limit"
#define MANY_ENTRIES	"2000000"

static struct {
	struct vfio_dev dev;
	struct mock mock;
	bool open, has_mock;
} devices[NR_DEVICES];

const char *const page_kind_name[PAGE_KINDS] = { "4k", "thp", "hugetlb" };

static struct {
	char *base, *mem;
	size_t size, room;
} memory[PAGE_KINDS];

/* How many mappings a container may have is settled when it is opened. */
static void open_for_many(struct vfio_dev *dev, const char *bdf)
{
	uint64_t limit = file_number(ENTRY_LIMIT, 0);
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)limit);
	__file_write(ENTRY_LIMIT, MANY_ENTRIES);
	device_open(dev, bdf);
	if (limit)
		__file_write(ENTRY_LIMIT, text);
}

static struct vfio_dev *note_open(int i)
{
	devices[i].open = true;
	devices[i].has_mock = !__mock_find(devices[i].dev.fd, &devices[i].mock);
	return &devices[i].dev;
}

struct vfio_dev *setup_device(struct bench *b, enum device_role role)
{
	if (devices[role].open)
		return &devices[role].dev;
	if (!role_bdf(role)) {
		bench_skip(b, role_missing(role));
		return NULL;
	}
	open_for_many(&devices[role].dev, role_bdf(role));
	return note_open(role);
}

struct vfio_dev *setup_pinner(struct bench *b)
{
	if (!mdev_uuid(0))
		return setup_device(b, ROLE_MAIN);
	if (devices[NR_ROLES].open)
		return &devices[NR_ROLES].dev;
	mdev_open(&devices[NR_ROLES].dev, mdev_uuid(0), VFIO_TYPE1v2_IOMMU);
	return note_open(NR_ROLES);
}

struct mock *setup_mock(struct bench *b, struct vfio_dev *dev)
{
	for (int i = 0; i < NR_DEVICES; i++)
		if (dev == &devices[i].dev && devices[i].has_mock)
			return &devices[i].mock;
	bench_skip(b, "needs the control region of the mock driver");
	return NULL;
}

struct mock *setup_main_mock(struct bench *b)
{
	struct vfio_dev *dev = setup_device(b, ROLE_MAIN);

	return dev ? setup_mock(b, dev) : NULL;
}

void setup_end(void)
{
	for (int i = 0; i < NR_DEVICES; i++) {
		if (!devices[i].open)
			continue;
		if (devices[i].has_mock)
			mock_write(&devices[i].mock, MOCK_REG_RESTORE, 1);
		device_close(&devices[i].dev);
		devices[i].open = false;
	}
}

static int is_core(struct dl_phdr_info *info, size_t size, void *ctx)
{
	return !!strstr(info->dlpi_name, "libvfio-core");
}

bool setup_on_core(void)
{
	static int on_core = -1;

	if (on_core < 0)
		on_core = dl_iterate_phdr(is_core, NULL);
	return on_core;
}

static void release(int kind)
{
	if (memory[kind].base)
		munmap(memory[kind].base, memory[kind].room);
	memory[kind].base = NULL;
	memory[kind].size = 0;
}

static size_t meminfo(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "r");
	size_t kib = 0, len = strlen(key);
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len) && sscanf(line + len, ": %zu", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib << 10;
}

/* NULL, or why there is no memory of this kind. */
static const char *allocate(int kind, size_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	size_t room = size;
	char *base;

	if (kind == PAGES_HUGETLB) {
		flags |= MAP_HUGETLB;
		room = (size + HUGE - 1) & -HUGE;
	} else if (kind == PAGES_THP) {
		room = size + HUGE;
	}
	base = mmap(NULL, room, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (base == MAP_FAILED)
		return kind == PAGES_HUGETLB ? "no free hugetlb pages (/proc/sys/vm/nr_hugepages)" :
					       "no memory";
	memory[kind].base = memory[kind].mem = base;
	memory[kind].room = room;
	memory[kind].size = size;
	if (kind == PAGES_THP)
		memory[kind].mem = (char *)(((uintptr_t)base + HUGE - 1) & -HUGE);
	if (kind != PAGES_HUGETLB &&
	    madvise(base, room, kind == PAGES_THP ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) &&
	    kind == PAGES_THP) {
		release(kind);
		return "no transparent huge pages in this kernel";
	}
	for (size_t i = 0; i < size; i += 4096)
		memory[kind].mem[i] = 1;
	return NULL;
}

/* True unless the first huge page is one: none was free, or the system allows none. */
static bool is_split(const char *mem)
{
	unsigned long start, end, at = (unsigned long)mem, kib = 0;
	bool inside = false;
	char line[256];
	FILE *f = fopen("/proc/self/smaps", "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = start <= at && at < end;
		else if (inside && sscanf(line, "AnonHugePages: %lu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return !kib;
}

void *setup_memory(struct bench *b, enum page_kind kind, size_t size)
{
	const char *why;

	if (memory[kind].size >= size)
		return memory[kind].mem;
	release(kind);
	for (int i = 0; i < PAGE_KINDS && meminfo("MemAvailable") < 2 * size; i++)
		release(i);
	/* What is kept must leave room for others, whatever comes after them. */
	if (size > meminfo("MemTotal") / 3 || meminfo("MemAvailable") < size + size / 4) {
		bench_skip(b, "not enough memory");
		return NULL;
	}
	if (kind == PAGES_THP && size < HUGE)
		size = HUGE;
	why = allocate(kind, size);
	if (!why && kind == PAGES_THP && is_split(memory[kind].mem)) {
		release(kind);
		why = "the kernel gives no transparent huge pages";
	}
	if (why)
		bench_skip(b, why);
	return why ? NULL : memory[kind].mem;
}
