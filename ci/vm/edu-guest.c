// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of a guest that was given an edu device: finds it, and uses its
 * registers, its DMA engine and its interrupt as a driver would. One line per
 * part, "edu: NAME ok" or "edu: NAME FAIL why", on the console; then it powers off.
 *
 * The interrupt comes through uio_pci_generic, if its modules are in /lib/modules.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices"
#define BUFFER 0x40000

static char device[128];
static volatile uint32_t *regs;

/* Always 4 bytes wide: that is what the device answers. */
static uint32_t get(unsigned int off)
{
	return regs[off / 4];
}

static void put(unsigned int off, uint32_t val)
{
	regs[off / 4] = val;
}

static void __attribute__((format(printf, 3, 4)))
say(const char *part, bool ok, const char *fmt, ...)
{
	va_list ap;

	printf("edu: %s %s ", part, ok ? "ok" : "FAIL");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static int open_file(const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", device, name);
	return open(path, flags);
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static unsigned long read_number(const char *name)
{
	char text[32] = "";
	int fd = open_file(name, O_RDONLY);

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0)
			text[0] = 0;
		close(fd);
	}
	return strtoul(text, NULL, 0);
}

static bool find(void)
{
	struct dirent *entry;
	DIR *dir = opendir(DEVICES);

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(device, sizeof(device), DEVICES "/%.20s", entry->d_name);
		printf("edu: bus has %s %04lx:%04lx\n", entry->d_name, read_number("vendor"),
		       read_number("device"));
		if (read_number("vendor") == 0x1234 && read_number("device") == 0x11e8) {
			closedir(dir);
			return true;
		}
	}
	return false;
}

static bool map(void)
{
	uint16_t command;
	int fd;

	/* Memory space and bus mastering on: what pci_enable_device() and pci_set_master() do. */
	fd = open_file("config", O_RDWR);
	if (fd < 0 || pread(fd, &command, 2, 4) != 2)
		return false;
	command |= 6;
	if (pwrite(fd, &command, 2, 4) != 2)
		return false;
	close(fd);
	fd = open_file("resource0", O_RDWR);
	if (fd < 0)
		return false;
	regs = mmap(NULL, 0x100000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return regs != MAP_FAILED;
}

static bool wait_clear(unsigned int off, uint32_t bits)
{
	int i;

	for (i = 0; i < 2000 && get(off) & bits; i++)
		usleep(1000);
	return !(get(off) & bits);
}

static void registers(void)
{
	uint32_t id = get(0), live;

	say("id", id == 0x010000ed, "%08x", id);
	put(4, 0x12345678);
	live = get(4);
	say("liveness", live == ~0x12345678u, "%08x", live);
	put(8, 10);
	wait_clear(0x20, 1);
	say("factorial", get(8) == 3628800, "%u", get(8));
}

static uint64_t physical(const void *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)at / 4096 * 8) != 8)
		entry = 0;
	close(fd);
	return entry >> 63 ? (entry & ((1ull << 55) - 1)) * 4096 : 0;
}

static bool transfer(uint64_t src, uint64_t dst, uint32_t count, uint32_t cmd)
{
	put(0x80, src);
	put(0x88, dst);
	put(0x90, count);
	put(0x98, cmd | 1);
	return wait_clear(0x98, 1);
}

static void dma(void)
{
	uint32_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
	uint64_t phys;
	bool ok;
	int i;

	for (i = 0; i < 512; i++)
		page[i] = i * 2654435761u;
	phys = physical(page);
	ok = phys && phys < 1 << 28 && transfer(phys, BUFFER, 2048, 0) &&
	     transfer(BUFFER, phys + 2048, 2048, 2);
	/* The device writes behind the compiler's back. */
	__asm__ volatile("" ::: "memory");
	say("dma", ok && !memcmp(page, page + 512, 2048), "at %#llx", (unsigned long long)phys);
}

static bool load(const char *module)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/lib/modules/%s.ko", module);
	fd = open(path, O_RDONLY);
	return fd >= 0 && !syscall(SYS_finit_module, fd, "", 0);
}

static void interrupt(void)
{
	struct pollfd pfd = { .events = POLLIN };
	uint32_t count = 0, status = 0;
	int i;

	if (!load("uio") || !load("uio_pci_generic")) {
		printf("edu: interrupt skipped: uio_pci_generic does not load (%m)\n");
		return;
	}
	if (!write_text("/sys/bus/pci/drivers/uio_pci_generic/new_id", "1234 11e8")) {
		say("interrupt", false, "new_id: %m");
		return;
	}
	for (i = 0; i < 100 && (pfd.fd = open("/dev/uio0", O_RDWR)) < 0; i++)
		usleep(10000);
	for (i = 1; i <= 3; i++) {
		/* INTx is on again when its disable bit is written 0. */
		uint16_t command = 0x0106;
		int fd = open_file("config", O_RDWR);

		if (fd < 0 || pwrite(fd, &command, 2, 4) != 2)
			break;
		close(fd);
		put(0x60, 1 << i);
		if (poll(&pfd, 1, 5000) != 1 || read(pfd.fd, &count, 4) != 4)
			break;
		status = get(0x24);
		put(0x64, status);
		if (status != 1u << i)
			break;
	}
	say("interrupt", i == 4 && count == 3, "count %u status %#x", count, status);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (!find()) {
		say("find", false, "no 1234:11e8 on the bus");
	} else {
		say("find", true, "%s", device + sizeof(DEVICES));
		if (!map()) {
			say("map", false, "%m");
		} else {
			registers();
			dma();
			interrupt();
		}
	}
	printf("edu: done\n");
	reboot(RB_POWER_OFF);
	return 0;
}
