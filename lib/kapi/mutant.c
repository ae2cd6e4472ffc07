// SPDX-License-Identifier: GPL-2.0-only
/* Which seeded bug is on, and the counters of those that are only watched. */
#ifdef VFIO_MUTANTS
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <kapi/mutant.h>

static struct kapi_canary own_canaries[MUTANT_COUNT];

unsigned int kapi_mutant;
struct kapi_canary *kapi_canaries = own_canaries;

bool kapi_canary_count(struct kapi_canary *canary, bool triggered)
{
	struct timespec now;
	u64 never = 0;

	__atomic_fetch_add(&canary->reached, 1, __ATOMIC_RELAXED);
	if (!triggered)
		return false;
	if (__atomic_fetch_add(&canary->triggered, 1, __ATOMIC_RELAXED) == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		__atomic_compare_exchange_n(&canary->first_ms, &never,
					    now.tv_sec * 1000ull + now.tv_nsec / 1000000, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
	return false;
}

static __attribute__((noreturn)) void give_up(const char *what, const char *name)
{
	fprintf(stderr, "libvfio-core: %s \"%s\"\n", what, name);
	_exit(2);
}

static void choose_mutant(const char *name)
{
	static const char *const names[MUTANT_COUNT] = {
#define MUTANT_NAME(name_, area_, kind_, text_) [MUTANT_##name_] = #name_,
		KAPI_MUTANTS(MUTANT_NAME)
#undef MUTANT_NAME
	};

	for (kapi_mutant = MUTANT_none + 1; kapi_mutant < MUTANT_COUNT; kapi_mutant++)
		if (!strcmp(names[kapi_mutant], name))
			return;
	give_up("no mutant", name);
}

static void share_canaries(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	void *map = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, sizeof(own_canaries)))
		map = mmap(NULL, sizeof(own_canaries), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		give_up("no canaries in", path);
	close(fd);
	kapi_canaries = map;
}

/* Before the constructors that bring the machine up: bugs may be in that, too. */
__attribute__((constructor(102))) static void mutant_init(void)
{
	const char *name = getenv("VFIO_CORE_MUTANT"), *path = getenv("VFIO_CORE_CANARIES");

	if (VFIO_MUTANTS == 1 && name && *name)
		choose_mutant(name);
	if (VFIO_MUTANTS == 2 && path && *path)
		share_canaries(path);
}
#endif
