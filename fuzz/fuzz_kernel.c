// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz-kernel: libFuzzer on /dev/vfio of the kernel that runs, guided by what KCOV says
 * that a program reached there. For guests of `vfio-compliance fuzz --kernel`.
 *
 *	usage: fuzz-kernel TARGET [libFuzzer's options] CORPUS...
 *
 * All that is to be kept goes out on standard output at once, since the kernel may take
 * the process along:
 *
 *	@input HEX		this program runs now
 *	@keep			it reached something new
 *	@report NAME LINE	it made the kernel report this; what breaks
 *				the kernel ends the process
 *	@stat EXECS EDGES PLACES  so far; PLACES: of the code that KCOV counts
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <linux/kcov.h>

#include "fuzz.h"
#include "replay_device.h"
#include "replay_run.h"
#include "sys_libc.h"
#include "targets.h"

#define TRACE		(1U << 18)	/* places that a program may come by */
#define EDGES		(1U << 16)
#define PLACES		(1U << 16)	/* more than drivers/vfio has */
#define INPUT_MAX	(PROG_MAX_CALLS * PROG_CALL_SIZE)

static char name[32];
const char *const fuzz_target_name = name;
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libFuzzer clears these before each input and looks at them behind it. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[EDGES];

static struct replay_run target;
static uint64_t *trace;
static int kernel_log;
static uint8_t seen[EDGES];		/* by edge: classes of counts, as libFuzzer has them */
static uint64_t places[PLACES];
static unsigned long execs, nr_edges, nr_places;

static void start_trace(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, KCOV_INIT_TRACE, TRACE))
		err(2, "this kernel has no KCOV: /sys/kernel/debug/kcov");
	trace = mmap(NULL, TRACE * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		err(2, "KCOV cannot be used");
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93;
	return x ^ x >> 32;
}

static void note_place(uint64_t pc)
{
	unsigned int at = mix(pc) % PLACES;

	while (places[at] && places[at] != pc)
		at = (at + 1) % PLACES;
	if (!places[at] && nr_places < PLACES / 2) {
		places[at] = pc;
		nr_places++;
	}
}

/* From what the kernel came by to counts of edges. */
static void count_edges(void)
{
	uint64_t n = __atomic_load_n(&trace[0], __ATOMIC_RELAXED), before = 0;

	for (uint64_t i = 1; i <= n && i < TRACE; i++) {
		uint8_t *count = &counters[mix(before * 3 + trace[i]) % EDGES];

		*count += *count < 255;
		note_place(trace[i]);
		before = trace[i];
	}
}

/* 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more. */
static uint8_t class_of(uint8_t count)
{
	return 1U << (count < 4 ? count - 1 : count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 :
		      count < 128 ? 6 : 7);
}

static bool anything_new(void)
{
	bool new = false;

	for (unsigned int i = 0; i < EDGES; i++) {
		if (!counters[i] || seen[i] & class_of(counters[i]))
			continue;
		nr_edges += !seen[i];
		seen[i] |= class_of(counters[i]);
		new = true;
	}
	return new;
}

static void print_input(const uint8_t *data, size_t size)
{
	static char line[16 + 2 * INPUT_MAX];
	int n = sprintf(line, "@input ");

	for (size_t i = 0; i < size; i++)
		n += sprintf(line + n, "%02x", data[i]);
	line[n++] = '\n';
	fwrite(line, 1, n, stdout);
	fflush(stdout);
	/* Out of the kernel, too, if it is a terminal there. */
	tcdrain(STDOUT_FILENO);
}

static void print_stat(void)
{
	static time_t last;
	time_t t = time(NULL);

	if (t == last)
		return;
	last = t;
	printf("@stat %lu %lu %lu\n", execs, nr_edges, nr_places);
	fflush(stdout);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct fuzz_target *t = *argc > 1 ? fuzz_target((*argv)[1]) : NULL;

	if (!t || t->input != FUZZ_PROGRAM)
		errx(2, "usage: fuzz-kernel TARGET [options] CORPUS..., of a target that runs programs");
	snprintf(name, sizeof(name), "%s", t->name);
	(*argv)[1] = (*argv)[0];
	(*argv)++;
	(*argc)--;
	target = (struct replay_run){ .ops = t->ops, .sys = &prog_libc };
	if (prog_mem_init())
		errx(2, "cannot map the program's memory");
	replay_device_init();
	kernel_log = replay_log_open();
	start_trace();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum replay_report report;

	if (size > INPUT_MAX)
		return -1;
	print_input(data, size);
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
	replay_run(&target, data, size);
	count_edges();
	execs++;
	report = replay_log_look(kernel_log, name);
	if (report == REPLAY_BROKEN) {
		fflush(stdout);
		tcdrain(STDOUT_FILENO);
		_exit(1);
	}
	if (!report && anything_new())
		puts("@keep");
	print_stat();
	return 0;
}
