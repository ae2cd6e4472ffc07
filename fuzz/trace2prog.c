// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs from a record of VFIO_CORE_TRACE (lib/syscall/trace.h): one for each
 * process that made a few calls on VFIO descriptors, which in the conformance
 * tests is one for each test.
 *
 *	trace2prog TRACE DIR
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kvm.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "program.h"
#include "program_args.h"

#define PROCESSES	4096
#define FDS		256
#define MIN_CALLS	3

struct process {
	int pid;
	unsigned int n;
	uint8_t calls[PROG_MAX_CALLS][PROG_CALL_SIZE];
	uint8_t kind[FDS], slot[FDS];	/* kind PROG_NONE: not known */
	uint64_t used, mock_arg[3];	/* slots; what was written to the argument registers */
	int group_call[FDS];		/* of OPEN_GROUP, whose device is learnt later; -1 */
};

static struct process *processes[PROCESSES];
static unsigned int nr_processes;

static struct process *process_of(int pid)
{
	struct process *p;
	unsigned int i;

	for (i = nr_processes; i-- > 0;)
		if (processes[i]->pid == pid)
			return processes[i];
	if (nr_processes == PROCESSES)
		return NULL;
	p = calloc(1, sizeof(*p));
	p->pid = pid;
	return processes[nr_processes++] = p;
}

static size_t unhex(const char *hex, uint8_t *to, size_t max)
{
	unsigned int byte;
	size_t n;

	memset(to, 0, max);
	for (n = 0; n < max && sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		to[n] = byte;
	return n;
}

static unsigned int new_slot(struct process *p, int fd, unsigned int kind)
{
	unsigned int slot = 0;

	while (slot < PROG_SLOTS - 1 && p->used >> slot & 1)
		slot++;
	if (fd < 0 || fd >= FDS)
		return slot;
	p->used |= 1ULL << slot;
	p->kind[fd] = kind;
	p->slot[fd] = slot;
	return slot;
}

static void add(struct process *p, const struct prog_call *c)
{
	if (p->n < PROG_MAX_CALLS)
		prog_encode(c, p->calls[p->n++]);
}

/* An eventfd, or what stands for one, is made where it is first heard of. */
static uint16_t fd_operand(struct process *p, int fd)
{
	struct prog_call c = { .op = PROG_EVENTFD };

	if (fd < 0 || fd >= FDS)
		return 0x8000;
	if (p->kind[fd] == PROG_NONE) {
		c.out = new_slot(p, fd, PROG_EVENT);
		add(p, &c);
	}
	return p->slot[fd];
}

static unsigned int device_of(const char *name)
{
	for (unsigned int i = 0; i < PROG_DEVS; i++)
		if (!strcmp(name, prog_dev_name[i]))
			return i;
	return strlen(name) == strlen(prog_dev_name[PROG_MDEV0]) ? PROG_MDEV0 : PROG_NO_DEVICE;
}

static uint32_t u32(const uint8_t *arg, size_t at)
{
	uint32_t v;

	memcpy(&v, arg + at, sizeof(v));
	return v;
}

static uint16_t code(const uint8_t *arg, size_t at)
{
	uint64_t v;

	memcpy(&v, arg + at, sizeof(v));
	return prog_code(v);
}

static void on_open(struct process *p, const char *path, int fd)
{
	struct prog_call c = { .op = PROG_OPEN_GROUP, .v = { PROG_MAIN } };
	unsigned int kind = PROG_GROUP;

	if (fd < 0 || fd >= FDS || strncmp(path, "/dev/", 5))
		return;
	if (!strcmp(path, "/dev/vfio/vfio")) {
		c.op = PROG_OPEN_CONTAINER;
		kind = PROG_CONTAINER;
	} else if (!strcmp(path, "/dev/kvm")) {
		c.op = PROG_OPEN_KVM;
		kind = PROG_KVM;
	}
	c.out = new_slot(p, fd, kind);
	p->group_call[fd] = p->n;
	add(p, &c);
}

static void on_get_device(struct process *p, int fd, const uint8_t *arg, int ret)
{
	struct prog_call c = { .op = PROG_GET_DEVICE, .slot = p->slot[fd] }, create = { };
	unsigned int dev = device_of((const char *)arg);

	/* Now it is known which group it was, and that there has to be such a device. */
	if (p->group_call[fd] < PROG_MAX_CALLS)
		p->calls[p->group_call[fd]][4] = dev;
	if (dev == PROG_MDEV0 && p->n < PROG_MAX_CALLS) {
		create.op = PROG_MDEV_CREATE;
		create.v[0] = dev;
		memmove(p->calls[1], p->calls[0], p->n++ * PROG_CALL_SIZE);
		prog_encode(&create, p->calls[0]);
		for (unsigned int i = 0; i < FDS; i++)
			p->group_call[i]++;
	}
	c.v[0] = dev;
	c.out = new_slot(p, ret, PROG_DEVICE);
	add(p, &c);
}

static void on_feature(struct process *p, struct prog_call *c, const uint8_t *arg,
		       const uint8_t *after)
{
	uint32_t flags = u32(arg, 4);

	c->op = PROG_FEATURE;
	c->v[0] = (flags & 0xff) | (flags >> 8 & 0xf00);
	memcpy(&c->v[1], arg + 8, 10);
	switch (flags) {
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE:
		c->op = PROG_SET_STATE;
		c->v[0] = u32(arg, 8);
		c->out = new_slot(p, (int)u32(after, 12), PROG_DATA);
		break;
	case VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE:
		c->op = PROG_GET_STATE;
		break;
	case VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE:
		c->op = PROG_DATA_SIZE;
		break;
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START:
		/* The ranges are elsewhere: one of 1 GiB has all that the tests use. */
		c->op = PROG_LOG_START;
		c->v[0] = code(arg, 8);
		c->v[1] = u32(arg, 16);
		c->v[2] = prog_code(0);
		c->v[3] = c->v[4] = prog_code(1ULL << 30);
		break;
	case VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP:
		c->op = PROG_LOG_STOP;
		break;
	case VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT:
		c->op = PROG_LOG_REPORT;
		for (unsigned int i = 0; i < 4; i++)
			c->v[i] = code(arg, 8 + 8 * i);
		break;
	}
	add(p, c);
}

static void on_set_irqs(struct process *p, struct prog_call *c, const uint8_t *arg)
{
	uint32_t flags = u32(arg, 4), count = u32(arg, 16);

	c->op = PROG_SET_IRQS;
	c->v[0] = flags;
	c->v[1] = u32(arg, 8);
	c->v[2] = u32(arg, 12);
	c->v[3] = count;
	c->v[4] = flags & VFIO_IRQ_SET_DATA_EVENTFD && count ? fd_operand(p, u32(arg, 20)) : 0;
	c->v[5] = flags & VFIO_IRQ_SET_DATA_BOOL ? arg[20] : 0;
	add(p, c);
}

/* Operations whose operands are the members of the argument behind argsz. */
static bool plain(struct process *p, struct prog_call *c, unsigned int op, const uint8_t *arg,
		  const char *members)
{
	size_t at = 4;
	unsigned int i;

	c->op = op;
	for (i = 0; members[i]; i++) {
		c->v[i] = members[i] == 'w' ? u32(arg, at) : members[i] == 'q' ? code(arg, at) :
			  fd_operand(p, u32(arg, at));
		at += members[i] == 'q' ? 8 : 4;
	}
	add(p, c);
	return true;
}

static void container_ioctl(struct process *p, struct prog_call *c, unsigned int cmd,
			    uint64_t value, const uint8_t *arg)
{
	c->op = PROG_OPS;
	switch (cmd) {
	case VFIO_SET_IOMMU:
	case VFIO_CHECK_EXTENSION:
		c->op = cmd == VFIO_SET_IOMMU ? PROG_SET_IOMMU : PROG_CHECK_EXTENSION;
		c->v[0] = value;
		add(p, c);
		return;
	case VFIO_IOMMU_GET_INFO:
		c->form = PROG_ARGSZ_PAGE;
		plain(p, c, PROG_IOMMU_INFO, arg, "");
		return;
	case VFIO_IOMMU_MAP_DMA:
		plain(p, c, PROG_MAP, arg, "wqqq");
		return;
	case VFIO_IOMMU_UNMAP_DMA:
		plain(p, c, PROG_UNMAP, arg, "wqqqqq");
		return;
	case VFIO_IOMMU_DIRTY_PAGES:
		plain(p, c, PROG_DIRTY, arg, "wqqqqq");
		return;
	case VFIO_GET_API_VERSION:
		plain(p, c, PROG_API_VERSION, arg, "");
	}
}

static void device_ioctl(struct process *p, struct prog_call *c, unsigned int cmd,
			 const uint8_t *arg, const uint8_t *after)
{
	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		plain(p, c, PROG_INFO, arg, "");
		return;
	case VFIO_DEVICE_GET_REGION_INFO:
	case VFIO_DEVICE_GET_IRQ_INFO:
		c->v[0] = u32(arg, 8);
		c->op = cmd == VFIO_DEVICE_GET_REGION_INFO ? PROG_REGION_INFO : PROG_IRQ_INFO;
		add(p, c);
		return;
	case VFIO_DEVICE_SET_IRQS:
		on_set_irqs(p, c, arg);
		return;
	case VFIO_DEVICE_RESET:
		plain(p, c, PROG_RESET, arg, "");
		return;
	case VFIO_DEVICE_GET_PCI_HOT_RESET_INFO:
		c->v[0] = (u32(arg, 0) - 12) / 8;
		c->op = PROG_HOT_RESET_INFO;
		add(p, c);
		return;
	case VFIO_DEVICE_PCI_HOT_RESET:
		plain(p, c, PROG_HOT_RESET, arg, u32(arg, 8) > 1 ? "wwff" : u32(arg, 8) ? "wwf" : "ww");
		return;
	case VFIO_DEVICE_IOEVENTFD:
		plain(p, c, PROG_IOEVENTFD, arg, "wqqf");
		return;
	case VFIO_DEVICE_FEATURE:
		on_feature(p, c, arg, after);
	}
}

static void on_ioctl(struct process *p, int fd, unsigned int cmd, uint64_t value,
		     const uint8_t *arg, int ret, const uint8_t *after)
{
	struct prog_call c = { .slot = p->slot[fd] };

	switch (p->kind[fd]) {
	case PROG_CONTAINER:
		container_ioctl(p, &c, cmd, value, arg);
		break;
	case PROG_GROUP:
		if (cmd == VFIO_GROUP_GET_DEVICE_FD) {
			on_get_device(p, fd, arg, ret);
		} else {
			c.op = cmd == VFIO_GROUP_SET_CONTAINER ? PROG_SET_CONTAINER :
			       cmd == VFIO_GROUP_UNSET_CONTAINER ? PROG_UNSET_CONTAINER :
			       PROG_GROUP_STATUS;
			if (c.op == PROG_SET_CONTAINER)
				c.v[0] = fd_operand(p, u32(arg, 0));
			add(p, &c);
		}
		break;
	case PROG_DEVICE:
		device_ioctl(p, &c, cmd, arg, after);
		break;
	case PROG_DATA:
		plain(p, &c, PROG_PRECOPY_INFO, arg, "");
		break;
	case PROG_KVM:
		if (cmd == KVM_CREATE_VM) {
			c.out = new_slot(p, ret, PROG_VM);
			plain(p, &c, PROG_CREATE_VM, arg, "");
		}
		break;
	case PROG_VM:
		if (cmd == KVM_CREATE_DEVICE) {
			c.out = new_slot(p, (int)u32(after, 4), PROG_KVM_DEVICE);
			plain(p, &c, PROG_CREATE_KVM_VFIO, arg, "");
		}
		break;
	case PROG_KVM_DEVICE:
		c.v[0] = u32(arg, 4);
		c.v[1] = u32(arg, 8);
		for (fd = 0; fd < FDS && p->kind[fd] != PROG_GROUP; fd++)
			;
		c.v[2] = fd < FDS ? p->slot[fd] : 0x8000;
		c.op = PROG_KVM_ATTR;
		add(p, &c);
	}
}

/* Registers of the mock driver. */
static bool on_mock(struct process *p, struct prog_call *c, uint64_t reg, const uint8_t *data,
		    bool write)
{
	static const uint8_t commands[] = {
		MOCK_CMD_PIN, MOCK_CMD_DMA_RW, MOCK_CMD_NEXT_STATE, MOCK_CMD_UNPIN_ALL, MOCK_CMD_DIRTY,
	};
	uint64_t val;

	memcpy(&val, data, sizeof(val));
	if (write && reg >= MOCK_REG_ARG0 && reg <= MOCK_REG_ARG2) {
		p->mock_arg[(reg - MOCK_REG_ARG0) / 8] = val;
		return true;
	}
	c->op = write ? PROG_MOCK_SET : PROG_MOCK_GET;
	c->v[0] = reg;
	c->v[1] = write ? prog_code(val) : 0;
	if (write && reg == MOCK_REG_CMD) {
		c->op = PROG_MOCK_CMD;
		for (c->v[0] = 0; c->v[0] < sizeof(commands) && commands[c->v[0]] != val; c->v[0]++)
			;
		c->v[1] = prog_code(p->mock_arg[0]);
		c->v[2] = val == MOCK_CMD_DIRTY ? p->mock_arg[1] / 256 : p->mock_arg[1];
		c->v[3] = p->mock_arg[2];
		if (c->v[0] == sizeof(commands))
			return true;
	}
	add(p, c);
	return true;
}

static void on_rw(struct process *p, const char *call, int fd, uint64_t pos, uint64_t count,
		  const uint8_t *data)
{
	struct prog_call c = { .slot = p->slot[fd] };
	bool write = !strcmp(call, "write") || !strcmp(call, "pwrite");

	if (*call != 'p') {
		if (p->kind[fd] != PROG_DATA)
			return;
		c.op = write ? PROG_WRITE : PROG_READ;
		c.v[0] = 0x5100;
		c.v[1] = prog_code(count);
		/* What the other device's stream gave, where that is what it looks like. */
		c.v[2] = write && count > 64;
		add(p, &c);
	} else if (p->kind[fd] == PROG_DEVICE) {
		if (count == 8 && pos - PROG_MOCK_POS < MOCK_DATA &&
		    on_mock(p, &c, pos - PROG_MOCK_POS, data, write))
			return;
		c.op = write ? PROG_PWRITE : PROG_PREAD;
		c.v[0] = prog_code(pos);
		c.v[1] = prog_code(count);
		memcpy(&c.v[2], data, 8);
		add(p, &c);
	}
}

static void on_line(struct process *p, const char *line)
{
	static char path[512], hex[2][512];
	static uint8_t before[256], after[256];
	struct prog_call c = { .op = PROG_CLOSE };
	unsigned long long pos, count, value;
	char call[16];
	unsigned int cmd;
	int fd, ret;

	if (sscanf(line, "open %511s = %d", path, &fd) == 2) {
		on_open(p, path, fd);
	} else if (sscanf(line, "ioctl %d %x %llx %511s = %d %511s", &fd, &cmd, &value, hex[0], &ret,
			  hex[1]) == 6) {
		unhex(hex[0], before, sizeof(before));
		unhex(hex[1], after, sizeof(after));
		if (fd >= 0 && fd < FDS)
			on_ioctl(p, fd, cmd, value, before, ret, after);
	} else if (sscanf(line, "%15s %d %llx %llx %511s = %d", call, &fd, &pos, &count, hex[0],
			  &ret) == 6) {
		unhex(hex[0], before, sizeof(before));
		if (fd >= 0 && fd < FDS)
			on_rw(p, call, fd, pos, count, before);
	} else if (sscanf(line, "%15s %d = %d", call, &fd, &ret) == 3 && fd >= 0 && fd < FDS &&
		   p->kind[fd] != PROG_NONE) {
		c.slot = p->slot[fd];
		if (!strcmp(call, "dup")) {
			c.op = PROG_DUP;
			c.out = new_slot(p, ret, p->kind[fd]);
		} else {
			p->used &= ~(1ULL << c.slot);
			p->kind[fd] = PROG_NONE;
		}
		add(p, &c);
	}
}

int main(int argc, char **argv)
{
	static char line[2048], path[4096];
	unsigned int i, written = 0;
	struct process *p;
	FILE *f;
	int at;

	f = argc == 3 ? fopen(argv[1], "r") : NULL;
	if (!f) {
		fprintf(stderr, "usage: trace2prog TRACE DIR\n");
		return 2;
	}
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%d %n", &i, &at) == 1 && (p = process_of(i)))
			on_line(p, line + at);
	fclose(f);
	for (i = 0; i < nr_processes; i++) {
		if (processes[i]->n < MIN_CALLS)
			continue;
		snprintf(path, sizeof(path), "%s/%04u", argv[2], i);
		f = fopen(path, "wb");
		if (!f || fwrite(processes[i]->calls, PROG_CALL_SIZE, processes[i]->n, f) !=
		    processes[i]->n || fclose(f)) {
			perror(path);
			return 2;
		}
		written++;
	}
	printf("%u programs of %u processes\n", written, nr_processes);
	return written ? 0 : 1;
}
