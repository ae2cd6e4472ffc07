// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of calls as a C program that needs nothing but Linux's headers. What
 * the executor puts into the program's memory is seen by comparing it with a copy
 * in front of each call.
 */
#include "sys_libc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kvm.h>
#include <linux/vfio.h>

#include "program_args.h"

#define FIRST_FD	64
#define SIZE		(PROG_MEM_PAGES * PROG_PAGE)
#define GAP		16	/* equal bytes between two runs of different ones */

static FILE *out;
static int next_fd;
static uint8_t *shadow;
static const char *group_of;	/* whose group's number was asked for last */
static long last;
static const uint8_t *last_buf;	/* outside of the program's memory */
static size_t last_len;

static const char head[] =
"// SPDX-License-Identifier: GPL-2.0-only\n"
"/*\n"
" * Made by `vfio-compliance fuzz` of input %s: a VFIO program for any machine\n"
" * whose devices are those of the guest, or for the core, preloaded:\n"
" *\n"
" *\tcc -o repro repro.c && ./repro\n"
" *\t%sLD_PRELOAD=build/lib/libvfio-core.so ./repro\n"
" *\n"
" * Status 1: the last call gave what was found wrong. Without such a call the\n"
" * finding is a crash or a report, of the kernel or of a sanitizer, at its end.\n"
" */\n"
"#define _GNU_SOURCE\n"
"#include <errno.h>\n#include <fcntl.h>\n#include <poll.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
"#include <string.h>\n#include <sys/eventfd.h>\n#include <sys/ioctl.h>\n#include <sys/mman.h>\n"
"#include <unistd.h>\n\n"
"#define MEM ((char *)0x%llxULL)\n#define SIZE 0x%xUL\n"
"#define RO ((char *)0x%llxULL)\t/* read-only pages */\n#define RO_SIZE 0x%xUL\n\n"
"static long r;\n"
"static unsigned char out[4096];\n\n"
"static long result(long ret)\n{\n\treturn ret < 0 ? -errno : ret;\n}\n\n"
"/* Descriptors have fixed numbers, since they are part of arguments. */\n"
"static long take(long fd, int as)\n{\n"
"\tif (fd < 0)\n\t\treturn -errno;\n"
"\tdup2(fd, as);\n\tclose(fd);\n\treturn as;\n}\n\n"
"/* One that the call wrote. */\n"
"static void took(void *at, int as)\n{\n\tint fd;\n\n"
"\tmemcpy(&fd, at, sizeof(fd));\n"
"\tif (r || fd < 0)\n\t\treturn;\n"
"\ttake(fd, as);\n\tmemcpy(at, &as, sizeof(as));\n}\n\n"
"static void put(unsigned long at, const void *bytes, unsigned long n)\n{\n"
"\tmprotect(RO, RO_SIZE, PROT_READ | PROT_WRITE);\n"
"\tmemcpy((void *)at, bytes, n);\n\tmprotect(RO, RO_SIZE, PROT_READ);\n}\n\n"
"static const char *group(const char *dev)\n{\n"
"\tstatic const char *const buses[] = { \"pci\", \"mdev\" };\n"
"\tstatic char path[128], link[256];\n\tlong n = -1;\n\n"
"\tfor (int i = 0; i < 2 && n < 0; i++) {\n"
"\t\tsnprintf(path, sizeof(path), \"/sys/bus/%%s/devices/%%s/iommu_group\", buses[i], dev);\n"
"\t\tn = readlink(path, link, sizeof(link) - 1);\n\t}\n"
"\tlink[n > 0 ? n : 0] = 0;\n"
"\tsnprintf(path, sizeof(path), \"/dev/vfio/%%s\", n > 0 ? strrchr(link, '/') + 1 : \"none\");\n"
"\treturn path;\n}\n\n"
"static long attr_write(const char *path, const char *text)\n{\n"
"\tint fd = open(path, O_WRONLY);\n\tlong ret = result(fd < 0 ? fd : write(fd, text, strlen(text)));\n\n"
"\tif (fd >= 0)\n\t\tclose(fd);\n\treturn ret > 0 ? 0 : ret;\n}\n\n"
"static void fail_nth(unsigned int n)\n{\n"
"\tint fd = open(\"/proc/thread-self/fail-nth\", O_WRONLY);\n\n"
"\tdprintf(fd, \"%%u\", n);\n\tclose(fd);\n}\n\n"
"static long poll_now(int fd)\n{\n"
"\tstruct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };\n\n"
"\treturn poll(&p, 1, 0) < 0 ? -errno : p.revents;\n}\n\n"
"int main(void)\n{\n"
"\tif (mmap(MEM, SIZE + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |\n"
"\t\t MAP_FIXED_NOREPLACE, -1, 0) != MEM || mprotect(MEM + SIZE, 4096, PROT_NONE))\n"
"\t\treturn 2;\n"
"\tmprotect(RO, RO_SIZE, PROT_READ);\n\n";

static void bytes(const uint8_t *p, size_t n)
{
	fputc('"', out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s\\x%02x", i && i % 24 == 0 ? "\"\n\t    \"" : "", p[i]);
	fputc('"', out);
}

/* Calls @each for every run of bytes that differ from the copy. */
static void changes(void (*each)(size_t at, size_t n))
{
	const uint8_t *mem = (const uint8_t *)PROG_MEM;
	size_t at = 0, end, same;

	while (at < SIZE) {
		if (!(at % PROG_PAGE) && !memcmp(mem + at, shadow + at, PROG_PAGE)) {
			at += PROG_PAGE;
			continue;
		}
		if (mem[at] == shadow[at]) {
			at++;
			continue;
		}
		for (end = at, same = 0; end < SIZE && same < GAP; end++)
			same = mem[end] == shadow[end] ? same + 1 : 0;
		each(at, end - same - at);
		at = end;
	}
}

static void put_run(size_t at, size_t n)
{
	fprintf(out, "\tput(0x%llx, ", PROG_MEM + (unsigned long long)at);
	bytes((const uint8_t *)PROG_MEM + at, n);
	fprintf(out, ", %zu);\n", n);
}

static void check_run(size_t at, size_t n)
{
	fprintf(out, " &&\n\t    !memcmp((void *)0x%llx, ", PROG_MEM + (unsigned long long)at);
	bytes((const uint8_t *)PROG_MEM + at, n);
	fprintf(out, ", %zu)", n);
}

static void copy(void)
{
	memcpy(shadow, (void *)PROG_MEM, SIZE);
}

/* What is to be in memory is there, and is the last that is known before the call. */
static void before(void)
{
	changes(put_run);
	copy();
	last_len = 0;
}

static long done(long ret)
{
	last = ret;
	if (ret < 0)
		fprintf(out, "\t/* %s */\n", strerror(-ret));
	else
		fprintf(out, "\t/* %ld */\n", ret);
	fflush(out);
	return ret;
}

static int move(int fd)
{
	if (fd < 0)
		return fd;
	dup2(fd, next_fd);
	close(fd);
	return next_fd++;
}

/* A descriptor in an argument. */
static void took(uint8_t *at)
{
	int fd;

	memcpy(&fd, at, sizeof(fd));
	if (fd < 0)
		return;
	fprintf(out, "\ttook((void *)0x%lx, %d);\n", (unsigned long)at, next_fd);
	fd = move(fd);
	memcpy(at, &fd, sizeof(fd));
}

static void string(const char *s)
{
	fputc('"', out);
	for (; *s; s++)
		fprintf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	fputc('"', out);
}

static int emit_open(const char *path, int flags)
{
	before();
	fprintf(out, "\tr = take(open(");
	if (group_of && !strncmp(path, "/dev/vfio/", 10) && path[10] != 'v') {
		fputs("group(", out);
		string(group_of);
		fputc(')', out);
	} else {
		string(path);
	}
	fprintf(out, ", 0x%x), %d);", flags, next_fd);
	fflush(out);
	return done(move(prog_libc.open(path, flags)));
}

static int emit_close(int fd)
{
	before();
	fprintf(out, "\tr = result(close(%d));", fd);
	fflush(out);
	return done(prog_libc.close(fd));
}

static int emit_dup(int fd)
{
	before();
	fprintf(out, "\tr = take(dup(%d), %d);", fd, next_fd);
	fflush(out);
	return done(move(prog_libc.dup(fd)));
}

static bool sets_state(unsigned int cmd, const uint8_t *arg)
{
	uint64_t at = (uint64_t)arg;
	uint32_t flags;

	if (cmd != VFIO_DEVICE_FEATURE || at < PROG_MEM || at + 16 > PROG_MEM_END)
		return false;
	memcpy(&flags, arg + 4, sizeof(flags));
	return flags == (VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE);
}

static long emit_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	bool makes = cmd == VFIO_GROUP_GET_DEVICE_FD || cmd == KVM_CREATE_VM, state;
	long ret;

	before();
	state = sets_state(cmd, (uint8_t *)arg);
	if (makes)
		fprintf(out, "\tr = take(ioctl(%d, 0x%x, 0x%lxUL), %d);", fd, cmd, arg, next_fd);
	else
		fprintf(out, "\tr = result(ioctl(%d, 0x%x, 0x%lxUL));", fd, cmd, arg);
	fflush(out);
	ret = prog_libc.ioctl(fd, cmd, arg);
	if (makes)
		ret = move(ret);
	done(ret);
	if (!ret && (state || cmd == KVM_CREATE_DEVICE))
		took((uint8_t *)arg + (state ? 12 : 4));
	return ret;
}

/* read() and its kin; what is outside of the program's memory goes through out[]. */
static bool inside(const void *buf)
{
	return ((uint64_t)buf >= PROG_MEM && (uint64_t)buf <= PROG_MEM_END) ||
	       (uint64_t)buf < 0x10000 || (uint64_t)buf >> 47;
}

static void buffer(const void *buf, size_t count, bool write)
{
	if (inside(buf))
		fprintf(out, "(void *)0x%lxUL", (unsigned long)buf);
	else if (write)
		bytes(buf, count);
	else
		fputs("out", out);
	last_buf = buf;
	last_len = inside(buf) || write ? 0 : count;
}

static ssize_t emit_read(int fd, void *buf, size_t count)
{
	before();
	fprintf(out, "\tr = result(read(%d, ", fd);
	buffer(buf, count, false);
	fprintf(out, ", %zu));", count);
	fflush(out);
	return done(prog_libc.read(fd, buf, count));
}

static ssize_t emit_write(int fd, const void *buf, size_t count)
{
	before();
	fprintf(out, "\tr = result(write(%d, ", fd);
	buffer(buf, count, true);
	fprintf(out, ", %zu));", count);
	fflush(out);
	return done(prog_libc.write(fd, buf, count));
}

static ssize_t emit_pread(int fd, void *buf, size_t count, off_t pos)
{
	before();
	fprintf(out, "\tr = result(pread(%d, ", fd);
	buffer(buf, count, false);
	fprintf(out, ", %zu, 0x%llx));", count, (unsigned long long)pos);
	fflush(out);
	return done(prog_libc.pread(fd, buf, count, pos));
}

static ssize_t emit_pwrite(int fd, const void *buf, size_t count, off_t pos)
{
	before();
	fprintf(out, "\tr = result(pwrite(%d, ", fd);
	buffer(buf, count, true);
	fprintf(out, ", %zu, 0x%llx));", count, (unsigned long long)pos);
	fflush(out);
	return done(prog_libc.pwrite(fd, buf, count, pos));
}

static off_t emit_lseek(int fd, off_t off, int whence)
{
	before();
	fprintf(out, "\tr = result(lseek(%d, 0x%llx, %d));", fd, (unsigned long long)off, whence);
	fflush(out);
	return done(prog_libc.lseek(fd, off, whence));
}

static int emit_poll(int fd)
{
	before();
	fprintf(out, "\tr = poll_now(%d);", fd);
	fflush(out);
	return done(prog_libc.poll(fd));
}

static void *emit_mmap(void *addr, size_t len, int prot, int fd, off_t off)
{
	void *p;

	before();
	fprintf(out, "\tr = (long)mmap((void *)%p, %zu, %d, MAP_SHARED | MAP_FIXED, %d, 0x%llx);",
		addr, len, prot, fd, (unsigned long long)off);
	fflush(out);
	p = prog_libc.mmap(addr, len, prot, fd, off);
	/* libc's way to say it. */
	last = (unsigned long)p >= -4095UL ? -1 : (long)p;
	fputc('\n', out);
	return p;
}

static int emit_munmap(void *addr, size_t len)
{
	before();
	fprintf(out, "\tr = result(munmap((void *)%p, %zu));", addr, len);
	fflush(out);
	return done(prog_libc.munmap(addr, len));
}

static int emit_eventfd(void)
{
	before();
	fprintf(out, "\tr = take(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), %d);", next_fd);
	fflush(out);
	return done(move(prog_libc.eventfd()));
}

static int emit_attr_write(const char *path, const char *text)
{
	before();
	fputs("\tr = attr_write(", out);
	string(path);
	fputs(", ", out);
	string(text);
	fputs(");", out);
	fflush(out);
	return done(prog_libc.attr_write(path, text));
}

/* The setting is a file of the kernel's with CONFIG_FAULT_INJECTION, and of the core's. */
static unsigned int emit_fail_nth(unsigned int n)
{
	char text[16] = "";
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	fprintf(out, "\tfail_nth(%u);\n", n);
	if (fd < 0)
		return 0;
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		*text = '\0';
	dprintf(fd, "%u", n);
	close(fd);
	return strtoul(text, NULL, 10);
}

static int emit_group(const char *dev)
{
	group_of = dev;
	return prog_libc.group(dev);
}

const struct prog_sys prog_emit = {
	.open = emit_open, .close = emit_close, .dup = emit_dup, .ioctl = emit_ioctl,
	.read = emit_read, .write = emit_write, .pread = emit_pread, .pwrite = emit_pwrite,
	.lseek = emit_lseek, .poll = emit_poll, .mmap = emit_mmap, .munmap = emit_munmap,
	.eventfd = emit_eventfd, .attr_write = emit_attr_write, .group = emit_group,
	.fail_nth = emit_fail_nth,
};

void emit_begin(FILE *to, const char *title, const char *settings)
{
	out = to;
	next_fd = FIRST_FD;
	shadow = calloc(1, SIZE);
	if (!shadow)
		abort();
	fprintf(out, head, title, settings, PROG_MEM, SIZE, PROG_RO, PROG_RO_PAGES * PROG_PAGE);
	fflush(out);
}

void emit_words(const char *words)
{
	fprintf(out, "\t/* ^ %s */\n\n", words);
	fflush(out);
}

void emit_end(bool check)
{
	if (check) {
		fprintf(out, "\tif (r == %ldL", last);
		changes(check_run);
		if (last_len) {
			fputs(" &&\n\t    !memcmp(out, ", out);
			bytes(last_buf, last_len);
			fprintf(out, ", %zu)", last_len);
		}
		fputs(") {\n\t\tputs(\"the last call gave what was found wrong\");\n\t\treturn 1;\n\t}\n", out);
	}
	fputs("\tputs(\"all calls made\");\n\treturn 0;\n}\n", out);
	fflush(out);
}
