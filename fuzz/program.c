// SPDX-License-Identifier: GPL-2.0-only
/* Running programs. No header of the core's: this is built for guests as well. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <linux/kvm.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "program.h"
#include "program_args.h"

#define WINDOW_SIZE	0x10000ULL
#define WINDOWS		8U
#define DATA_MAX	0x4000U		/* of one read() or write() */
#define MDEV_PARENT	"/sys/class/mdev_bus/mock_mdev/mdev_supported_types/"

int prog_mem_init(void)
{
	uint8_t *mem = (uint8_t *)PROG_MEM;
	size_t size = PROG_MEM_PAGES * PROG_PAGE, readonly = PROG_RO_PAGES * PROG_PAGE;

	/* The page behind it stays free of other mappings. */
	if (mmap(mem, size + PROG_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != mem)
		return -errno;
	memset(mem, 0, size);
	return mprotect(mem + size, PROG_PAGE, PROT_NONE) ||
	       mprotect((void *)PROG_RO, readonly, PROT_READ) ? -errno : 0;
}

void prog_mem_reset(void)
{
	uint8_t *args = (uint8_t *)PROG_RO + PROG_RO_PAGES * PROG_PAGE;

	/* Where arguments stand, they always do; the rest is zeroes again at its next touch. */
	memset(args, 0, (uint8_t *)PROG_MEM_END - args);
	madvise((void *)PROG_MEM, args - (uint8_t *)PROG_MEM, MADV_DONTNEED);
}

bool prog_in_memory(uint64_t addr, uint64_t len, bool write)
{
	if (addr < PROG_MEM || addr > PROG_MEM_END || len > PROG_MEM_END - addr)
		return false;
	return !write || addr + len <= PROG_RO ||
	       addr >= PROG_RO + PROG_RO_PAGES * PROG_PAGE;
}

static int slot_fd(struct prog_run *run, unsigned int slot)
{
	return __atomic_load_n(&run->slots[slot % PROG_SLOTS], __ATOMIC_RELAXED);
}

/* What is in a slot: both threads of a race look and write. */
static unsigned int get(const uint8_t *of, unsigned int slot)
{
	return __atomic_load_n(&of[slot], __ATOMIC_RELAXED);
}

static void set(uint8_t *of, unsigned int slot, unsigned int val)
{
	__atomic_store_n(&of[slot], val, __ATOMIC_RELAXED);
}

static void touch(struct prog_run *run, unsigned int slot)
{
	run->touched |= 1U << get(run->devs, slot);
}

/* A slot as an operand. */
static int operand_fd(struct prog_run *run, uint16_t v)
{
	return v & 0x8000 ? -1 : slot_fd(run, v);
}

/* From here on the fault can come, if one is to. KVM_CREATE_DEVICE would lose its file. */
static void expect_fault(struct prog_run *run, enum prog_op op)
{
	run->armed = run->fail && op != PROG_CREATE_KVM_VFIO;
	if (run->armed)
		run->sys->fail_nth(run->fail);
}

static void no_fault(struct prog_run *run)
{
	if (!run->armed)
		return;
	run->armed = false;
	run->fail = run->sys->fail_nth(0);
	run->foreign |= !run->fail;
}

static void tell(struct prog_run *run, struct prog_step *s)
{
	no_fault(run);
	s->foreign = run->foreign;
	if (run->step)
		run->step(run->ctx, s);
}

static void close_slot(struct prog_run *run, const struct prog_step *from, unsigned int slot)
{
	struct prog_step s = *from;
	int fd = __atomic_exchange_n(&run->slots[slot], -1, __ATOMIC_RELAXED);

	if (fd < 0)
		return;
	s.op = PROG_CLOSE;
	s.kind = get(run->kinds, slot);
	s.fd = fd;
	s.new_fd = -1;
	s.before = s.after = NULL;
	s.len = 0;
	set(run->kinds, slot, PROG_NONE);
	s.ret = run->sys->close(fd);
	tell(run, &s);
}

static void store(struct prog_run *run, const struct prog_step *s, unsigned int slot, int kind,
		  unsigned int dev)
{
	int old = __atomic_exchange_n(&run->slots[slot], s->new_fd, __ATOMIC_RELAXED);

	set(run->kinds, slot, kind);
	set(run->devs, slot, dev);
	/* Of the other thread's making, between our close and now. */
	if (old >= 0)
		run->sys->close(old);
}

/* The ioctl itself, on an argument of @len bytes that are readable, at @arg. */
static void do_ioctl(struct prog_run *run, struct prog_step *s, unsigned int cmd, uint8_t *arg,
		     size_t len)
{
	s->cmd = cmd;
	s->len = len < PROG_ARG_MAX ? len : PROG_ARG_MAX;
	if (s->len)
		memcpy(run->before, arg, s->len);
	s->before = run->before;
	s->after = arg;
	if (cmd == VFIO_IOMMU_UNMAP_DMA && s->len >= 8 && run->before[4] & VFIO_DMA_UNMAP_FLAG_VADDR) {
		/*
		 * The other thread's commands would have to know. And before 6.1 who needs
		 * an address waits for it.
		 */
		if (run->thread != PROG_BOTH || run->profile == PROG_PROFILE_5_19) {
			s->ret = -EINVAL;
			return;
		}
		run->addresses_taken = true;
	}
	s->ret = run->sys->ioctl(s->fd, cmd, (unsigned long)arg);
}

/* Put the argument where its form says, and call. */
static void ioctl_arg(struct prog_run *run, struct prog_step *s, unsigned int cmd,
		      struct prog_arg *arg)
{
	uint64_t end = PROG_MEM_END - (run->thread == 1 ? PROG_PAGE : 0);
	unsigned int at = s->call->form & 0xf0;
	size_t len = arg->len;
	uint8_t *p;

	s->writable = true;
	/*
	 * Two threads share the pages that all this is made of. And when KVM cannot write what
	 * it made, the file stays, and nobody knows its number.
	 */
	if ((run->thread != PROG_BOTH && at != PROG_AT_NULL) ||
	    (cmd == KVM_CREATE_DEVICE && at == PROG_AT_READONLY))
		at = PROG_AT_BORDER;
	switch (at) {
	case PROG_AT_CUT:
		len--;
		break;
	case PROG_AT_STUMP:
		len = 4;
		break;
	case PROG_AT_NULL:
		do_ioctl(run, s, cmd, NULL, 0);
		return;
	case PROG_AT_READONLY:
		s->writable = false;
		p = (uint8_t *)PROG_RO + PROG_PAGE * PROG_RO_PAGES - len;
		mprotect((void *)PROG_RO, PROG_PAGE * PROG_RO_PAGES, PROT_READ | PROT_WRITE);
		memcpy(p, arg->bytes, len);
		mprotect((void *)PROG_RO, PROG_PAGE * PROG_RO_PAGES, PROT_READ);
		/* Memory goes on there, and a longer argument of this number is read whole. */
		do_ioctl(run, s, cmd, p, len + 64);
		return;
	}
	p = memcpy((uint8_t *)end - len, arg->bytes, len);
	do_ioctl(run, s, cmd, p, len);
}

static void ioctl_value(struct prog_run *run, struct prog_step *s, unsigned int cmd,
			uint64_t value)
{
	s->cmd = cmd;
	s->value = value;
	s->ret = run->sys->ioctl(s->fd, cmd, value);
}

static void open_path(struct prog_run *run, struct prog_step *s, const char *path, int kind,
		      unsigned int dev)
{
	s->ret = run->sys->open(path, O_RDWR | O_CLOEXEC);
	if (s->ret < 0)
		return;
	s->new_fd = s->ret;
	s->ret = 0;
	store(run, s, s->call->out, kind, dev);
}

static void open_group(struct prog_run *run, struct prog_step *s, unsigned int dev)
{
	char path[32];
	int group = run->sys->group(prog_dev_name[dev]);

	s->value = dev;
	if (group < 0) {
		s->ret = -ENOENT;
		return;
	}
	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	open_path(run, s, path, PROG_GROUP, dev);
}

static void get_device(struct prog_run *run, struct prog_step *s, unsigned int dev)
{
	struct prog_arg arg = { .len = strlen(prog_dev_name[dev]) + 1 };

	memcpy(arg.bytes, prog_dev_name[dev], arg.len);
	s->value = dev;
	ioctl_arg(run, s, VFIO_GROUP_GET_DEVICE_FD, &arg);
	if (s->ret >= 0) {
		s->new_fd = s->ret;
		s->ret = 0;
		store(run, s, s->call->out, PROG_DEVICE, dev);
	}
}

/* A descriptor that the ioctl wrote, or returned. */
static void took_fd(struct prog_run *run, struct prog_step *s, int fd, int kind)
{
	if (fd < 0)
		return;
	s->new_fd = fd;
	store(run, s, s->call->out, kind, get(run->devs, s->call->slot));
}

/* read() and its kin: into or from the program's memory at @addr. */
static void transfer(struct prog_run *run, struct prog_step *s, uint64_t addr, uint64_t len,
		     bool write)
{
	void *buf = (void *)addr;

	if (write && s->call->v[2] >= 1 && s->call->v[2] <= 3)
		len = s->call->v[2] == 3 ? run->moved / 2 : run->moved - (s->call->v[2] == 2);
	if (len > DATA_MAX)
		len = DATA_MAX;
	/* What can be touched in part is the kernel's business, what cannot be ours. */
	s->len = prog_in_memory(addr, len, !write) ? len : 0;
	s->before = s->after = buf;
	s->value = addr;
	if (write)
		touch(run, s->call->slot);
	s->ret = write ? run->sys->write(s->fd, buf, len) : run->sys->read(s->fd, buf, len);
	if (!write && s->ret > 0)
		run->moved = s->ret;
}

static void positioned(struct prog_run *run, struct prog_step *s, bool write)
{
	const uint16_t *v = s->call->v;
	uint64_t len = prog_value(v[1]);
	uint8_t *buf = (uint8_t *)PROG_MEM_END - (run->thread == 1 ? PROG_PAGE : 0);

	len = len > PROG_PAGE ? PROG_PAGE : len;
	buf -= len;
	if (write)
		for (size_t i = 0; i < len; i++)
			buf[i] = v[2 + (i >> 1) % 4] >> 8 * (i & 1);
	else
		memset(buf, 0xa5, len);
	s->value = prog_value(v[0]);
	s->len = len;
	s->before = s->after = buf;
	if (write && (s->value >> 40 == VFIO_PCI_NUM_REGIONS ||
		      s->value >> 40 == VFIO_PCI_BAR0_REGION_INDEX))
		touch(run, s->call->slot);
	/* Whole registers are written by MOCK_SET, which knows those that wait. */
	if (write && len == 8 && s->value >> 40 == VFIO_PCI_NUM_REGIONS &&
	    (s->value & 0xffffffffff) < MOCK_DATA) {
		s->ret = -EACCES;
		return;
	}
	s->ret = write ? run->sys->pwrite(s->fd, buf, len, s->value) :
			 run->sys->pread(s->fd, buf, len, s->value);
}

static void map_window(struct prog_run *run, struct prog_step *s)
{
	const uint16_t *v = s->call->v;
	uint64_t at = PROG_WINDOWS + v[3] % WINDOWS * WINDOW_SIZE, len = prog_value(v[1]);
	void *p;

	run->sys->munmap((void *)at, WINDOW_SIZE);
	s->value = at;
	p = run->sys->mmap((void *)at, len < WINDOW_SIZE ? len : WINDOW_SIZE, v[2] & 3, s->fd,
			   prog_value(v[0]));
	s->ret = (unsigned long)p >= -4095UL ? (long)p : 0;
}

static void mdev_create(struct prog_run *run, struct prog_step *s, unsigned int dev)
{
	static const char *const types[] = { "mock_mdev-small", "mock_mdev-big", "none" };
	char path[128];

	s->value = dev;
	snprintf(path, sizeof(path), MDEV_PARENT "%s/create", types[s->call->v[1] % 3]);
	s->ret = run->sys->attr_write(path, prog_dev_name[dev]);
	if (!s->ret)
		run->mdevs |= 1U << dev;
}

/* Removal waits for the last close of the device, which would be ours to do. */
static void mdev_remove(struct prog_run *run, struct prog_step *s, unsigned int dev)
{
	char path[128];
	unsigned int i;

	s->value = dev;
	s->ret = -EBUSY;
	for (i = 0; i < PROG_SLOTS; i++)
		if (run->slots[i] >= 0 && run->kinds[i] == PROG_DEVICE && run->devs[i] == dev)
			return;
	snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s/remove", prog_dev_name[dev]);
	s->ret = run->sys->attr_write(path, "1");
	if (!s->ret)
		run->mdevs &= ~(1U << dev);
}

static void mock_register(struct prog_run *run, struct prog_step *s, bool write)
{
	uint64_t reg, val = prog_value(s->call->v[1]);

	reg = prog_mock_register(s->call->v[0], &val);
	s->value = reg;
	s->before = s->after = run->before;
	s->len = 8;
	memcpy(run->before, &val, 8);
	if (write)
		touch(run, s->call->slot);
	s->ret = write ? run->sys->pwrite(s->fd, run->before, 8, PROG_MOCK_POS + reg) :
			 run->sys->pread(s->fd, run->before, 8, PROG_MOCK_POS + reg);
}

/* Arguments, command, result: ret is what the driver says. */
static void mock_command(struct prog_run *run, struct prog_step *s)
{
	uint64_t regs[4];
	int64_t result;
	unsigned int i;

	s->value = prog_mock_command(s->call, regs);
	/*
	 * The arguments may be the other thread's by then, or a state that another kernel has
	 * not: no state, and that is warned of.
	 */
	if ((run->thread != PROG_BOTH || run->profile) && s->value == MOCK_CMD_NEXT_STATE)
		s->value = MOCK_CMD_UNPIN_ALL;
	/* A driver that needs memory has to be a mediated one, where no address is taken: warned of. */
	if (run->addresses_taken && (s->value == MOCK_CMD_PIN || s->value == MOCK_CMD_DMA_RW))
		s->value = MOCK_CMD_UNPIN_ALL;
	memcpy(run->before, regs, sizeof(regs));
	s->before = s->after = run->before;
	s->len = sizeof(regs);
	touch(run, s->call->slot);
	for (i = 0; i < 3; i++) {
		s->ret = run->sys->pwrite(s->fd, &regs[i], 8, PROG_MOCK_POS + MOCK_REG_ARG0 + 8 * i);
		if (s->ret < 0)
			return;
	}
	s->ret = run->sys->pwrite(s->fd, &s->value, 8, PROG_MOCK_POS + MOCK_REG_CMD);
	if (s->ret != 8)
		return;
	s->ret = run->sys->pread(s->fd, &result, 8, PROG_MOCK_POS + MOCK_REG_RESULT);
	if (s->ret == 8)
		s->ret = result;
}

static void poke(struct prog_step *s)
{
	uint64_t at = prog_value(s->call->v[0]) + s->call->v[1];

	s->value = at;
	s->ret = prog_in_memory(at, 2, true) ? 0 : -EFAULT;
	if (!s->ret)
		memcpy((void *)at, &s->call->v[2], 2);
}

static void run_call(struct prog_run *run, struct prog_step *s)
{
	const struct prog_call *c = s->call;
	unsigned int dev = c->v[0] % PROG_DEVS;
	struct prog_arg arg;
	unsigned int cmd;
	int fds[PROG_ARG_FDS], i, kind;

	if (prog_ops[c->op].makes != PROG_NONE)
		close_slot(run, s, c->out);
	expect_fault(run, c->op);
	switch (c->op) {
	case PROG_CLOSE:
		close_slot(run, s, c->slot);
		return;
	case PROG_DUP:
		kind = get(run->kinds, c->slot);
		s->ret = run->sys->dup(s->fd);
		if (s->ret >= 0) {
			s->new_fd = s->ret;
			s->ret = 0;
			store(run, s, c->out, kind, get(run->devs, c->slot));
		}
		break;
	case PROG_OPEN_CONTAINER:
		open_path(run, s, "/dev/vfio/vfio", PROG_CONTAINER, PROG_NO_DEVICE);
		break;
	case PROG_OPEN_KVM:
		open_path(run, s, "/dev/kvm", PROG_KVM, PROG_NO_DEVICE);
		break;
	case PROG_OPEN_GROUP:
		open_group(run, s, dev);
		break;
	case PROG_GET_DEVICE:
		get_device(run, s, dev);
		break;
	case PROG_EVENTFD:
		s->new_fd = run->sys->eventfd();
		s->ret = s->new_fd < 0 ? s->new_fd : 0;
		if (!s->ret)
			store(run, s, c->out, PROG_EVENT, PROG_NO_DEVICE);
		break;
	case PROG_RAW:
		s->value = prog_value(c->v[1]);
		i = prog_in_memory(s->value, 64, true) ? 64 : 0;
		s->writable = i;
		if (i || s->value < PROG_PAGE)
			do_ioctl(run, s, VFIO_TYPE << 8 | (c->v[0] & 0xff), (uint8_t *)s->value, i);
		else
			s->ret = -EFAULT;
		break;
	case PROG_UNSET_CONTAINER:
	case PROG_API_VERSION:
	case PROG_RESET:
		ioctl_value(run, s, prog_ioctl(c->op), 0);
		break;
	case PROG_CHECK_EXTENSION:
	case PROG_SET_IOMMU:
		ioctl_value(run, s, prog_ioctl(c->op), c->v[0]);
		break;
	case PROG_CREATE_VM:
		ioctl_value(run, s, KVM_CREATE_VM, 0);
		if (s->ret >= 0) {
			took_fd(run, s, s->ret, PROG_VM);
			s->ret = 0;
		}
		break;
	case PROG_READ:
	case PROG_WRITE:
		transfer(run, s, prog_address(c->v[0]), prog_value(c->v[1]), c->op == PROG_WRITE);
		break;
	case PROG_PREAD:
	case PROG_PWRITE:
		positioned(run, s, c->op == PROG_PWRITE);
		break;
	case PROG_LSEEK:
		s->ret = run->sys->lseek(s->fd, prog_value(c->v[0]), c->v[1] % 5);
		break;
	case PROG_POLL:
		s->ret = run->sys->poll(s->fd);
		break;
	case PROG_MMAP:
		map_window(run, s);
		break;
	case PROG_MUNMAP:
		s->value = PROG_WINDOWS + c->v[0] % WINDOWS * WINDOW_SIZE;
		s->ret = run->sys->munmap((void *)s->value, WINDOW_SIZE);
		break;
	case PROG_POKE:
		poke(s);
		break;
	case PROG_MOCK_SET:
	case PROG_MOCK_GET:
		mock_register(run, s, c->op == PROG_MOCK_SET);
		break;
	case PROG_MOCK_CMD:
		mock_command(run, s);
		break;
	case PROG_MDEV_CREATE:
		mdev_create(run, s, PROG_MDEV0 + (dev & 1));
		break;
	case PROG_MDEV_REMOVE:
		mdev_remove(run, s, PROG_MDEV0 + (dev & 1));
		break;
	default:
		for (i = 0; i < PROG_ARG_FDS; i++)
			fds[i] = operand_fd(run, prog_fd_operand(c, i));
		cmd = prog_ioctl_arg(c, fds, &arg);
		/* Writes to the device when somebody writes to the eventfd. */
		if (c->op == PROG_IOEVENTFD)
			touch(run, c->slot);
		ioctl_arg(run, s, cmd, &arg);
		if (!s->ret && c->op == PROG_SET_STATE && s->len >= 16)
			took_fd(run, s, prog_state_fd(s->after), PROG_DATA);
		if (!s->ret && c->op == PROG_CREATE_KVM_VFIO && s->len >= 12)
			took_fd(run, s, prog_kvm_device_fd(s->after), PROG_KVM_DEVICE);
	}
	tell(run, s);
}

/* A container, a group and a device of it, in three slots from @c's on. */
static void setup(struct prog_run *run, const struct prog_step *step)
{
	static const enum prog_op ops[] = {
		PROG_OPEN_CONTAINER, PROG_OPEN_GROUP, PROG_SET_CONTAINER, PROG_SET_IOMMU,
		PROG_GET_DEVICE,
	};
	unsigned int i, first = step->call->slot, dev = step->call->v[0];
	const unsigned int slot[] = { 0, 0, first + 1, first, first + 1 };
	const unsigned int out[] = { first, first + 1, 0, 0, first + 2 };
	const uint16_t operand[] = { 0, dev, first, VFIO_TYPE1v2_IOMMU, dev };

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		struct prog_call c = {
			.op = ops[i], .slot = slot[i] % PROG_SLOTS, .out = out[i] % PROG_SLOTS,
			.v = { operand[i] },
		};
		struct prog_step s = *step;

		s.call = &c;
		s.op = c.op;
		s.fd = prog_ops[c.op].kind == PROG_NONE ? -1 : slot_fd(run, c.slot);
		s.kind = prog_ops[c.op].kind == PROG_NONE ? PROG_NONE : get(run->kinds, c.slot);
		run_call(run, &s);
	}
}

static void choose_profile(struct prog_run *run, unsigned int n)
{
	run->profile = n;
	run->foreign = n != 0;
	run->sys->profile(n);
}

unsigned int prog_run(struct prog_run *run, const uint8_t *data, size_t size)
{
	unsigned int i, done = 0;
	struct prog_call c;

	for (i = 0; prog_call(data, size, i, &c); i++) {
		struct prog_step s = { .call = &c, .index = i, .op = c.op, .fd = -1, .new_fd = -1 };

		if (!(run->ops >> c.op & 1) || (run->thread != PROG_BOTH && run->thread != c.thread))
			continue;
		done++;
		/* What a call works on is not closed for what it makes. */
		if (prog_ops[c.op].kind != PROG_NONE && c.out == c.slot)
			c.out = (c.out + 1) % PROG_SLOTS;
		if (c.op == PROG_FAIL) {
			run->fail = run->sys->fail_nth ? 1 + c.v[0] % PROG_NTH_MAX : 0;
			continue;
		}
		if (c.op == PROG_PROFILE) {
			if (!i && run->sys->profile)
				choose_profile(run, c.v[0] % PROG_PROFILES);
			continue;
		}
		if (c.op == PROG_SETUP) {
			setup(run, &s);
			run->fail = 0;
			continue;
		}
		if (prog_ops[c.op].kind != PROG_NONE) {
			s.fd = slot_fd(run, c.slot);
			s.kind = get(run->kinds, c.slot);
			/* Nothing to learn from what the host says of -1. */
			if (s.fd < 0)
				continue;
		}
		run_call(run, &s);
		no_fault(run);
		run->fail = 0;
	}
	return done;
}

void prog_end(struct prog_run *run)
{
	struct prog_call c = { .op = PROG_CLOSE };
	struct prog_step s = { .call = &c, .index = PROG_MAX_CALLS, .op = PROG_CLOSE, .new_fd = -1 };
	struct prog_step unmap = s;
	char path[128];
	unsigned int i;

	unmap.op = PROG_MUNMAP;
	unmap.fd = -1;
	for (i = 0; i < WINDOWS && run->ops & PROG_OP(MMAP); i++) {
		unmap.value = PROG_WINDOWS + i * WINDOW_SIZE;
		unmap.ret = run->sys->munmap((void *)unmap.value, WINDOW_SIZE);
		tell(run, &unmap);
	}
	for (i = PROG_SLOTS; i-- > 0;)
		close_slot(run, &s, i);
	for (i = 0; i < PROG_DEVS; i++) {
		if (!(run->mdevs >> i & 1))
			continue;
		snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s/remove", prog_dev_name[i]);
		run->sys->attr_write(path, "1");
	}
	run->mdevs = 0;
}
