// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast a VFIO implementation is, from its user's side. The same program runs
 * on the core (preloaded) and on a kernel; devices are named as for the tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench_commit.h"
#include "setup.h"

/* Of the first processor in /proc/cpuinfo. */
static void cpu_model(char *text, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256], *value;

	snprintf(text, size, "unknown processor");
	while (f && fgets(line, sizeof(line), f)) {
		value = strstr(line, ": ");
		if (strncmp(line, "model name", 10) || !value)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(text, size, "%s", value + 2);
		break;
	}
	if (f)
		fclose(f);
}

static void tell_device(void)
{
	const char *bdf = role_bdf(ROLE_MAIN);
	char driver[64] = "no driver", text[160];

	if (!bdf) {
		bench_context("device", "none");
		return;
	}
	__sysfs_driver(bdf, driver, sizeof(driver));
	snprintf(text, sizeof(text), "%s %s %04x:%04x", bdf, driver,
		 (unsigned int)sysfs_number(bdf, "vendor"),
		 (unsigned int)sysfs_number(bdf, "device"));
	bench_context("device", text);
}

static void tell_context(void)
{
	const char *profile = getenv("VFIO_CORE_PROFILE");
	bool core = setup_on_core();
	char cpu[128], machine[256];
	struct sysinfo mem;
	struct utsname u;

	uname(&u);
	sysinfo(&mem);
	cpu_model(cpu, sizeof(cpu));
	/* Not the memory in bytes: that differs from boot to boot. */
	snprintf(machine, sizeof(machine), "%s, %ld processors, %llu GiB, %s", cpu,
		 sysconf(_SC_NPROCESSORS_CONF),
		 ((unsigned long long)mem.totalram * mem.mem_unit + (1ull << 29)) >> 30, u.machine);
	bench_context("commit", BENCH_COMMIT);
	bench_context("backend", core ? "core" : "kernel");
	if (core)
		bench_context("profile", profile && *profile ? profile : "6.12");
	bench_context("kernel", u.release);
	bench_context("cpu", cpu);
	bench_context("machine", machine);
	tell_device();
}

int main(int argc, char **argv)
{
	int ret;

	register_floors();
	register_type1_map();
	register_pin();
	register_dma_rw();
	register_dirty();
	register_dma_logging();
	register_feature();
	register_migration();
	register_data_fd();
	register_region();
	register_irq();
	register_open_close();
	register_hot_reset();
	register_kvm();
	ret = bench_main(argc, argv, tell_context);
	setup_end();
	return ret;
}
