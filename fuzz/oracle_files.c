// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who refers to what: descriptors to files, device files to group files, groups
 * to containers. What each open, close and attach must say follows from that.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <linux/kvm.h>
#include <linux/vfio.h>

#include "mock_uapi.h"
#include "oracle.h"
#include "program_args.h"

#define FILES	128
#define FDS	1024

struct o_container o_containers[O_CONTAINERS];
struct o_group o_groups[O_GROUPS];
struct o_device o_devices[PROG_DEVS];
static struct o_file files[FILES];
static struct o_file *fds[FDS];
static struct o_file *windows[8];	/* what is mapped, which keeps it alive */
static unsigned int made_mdevs;

static const struct { uint8_t group, exists; } devs[PROG_DEVS] = {
	[PROG_MAIN] = { 0, 1 }, [PROG_PLAIN] = { 1, 1 }, [PROG_PAIR0] = { 2, 1 },
	[PROG_PAIR1] = { 2, 1 }, [PROG_PEER] = { 3, 1 }, [PROG_NO_DEVICE] = { 0, 0 },
	[PROG_MDEV0] = { 4, 0 }, [PROG_MDEV1] = { 5, 0 },
};

unsigned int o_group_of(unsigned int dev)
{
	return devs[dev].group;
}

/* A descriptor of the process that no program made, as the standard streams. */
static const struct o_file foreign = { .kind = PROG_ANY };

const struct o_file *o_file(int fd)
{
	return fd >= 0 && fd < FDS ? fds[fd] : NULL;
}

const struct o_file *o_operand(int fd)
{
	const struct o_file *f = o_file(fd);

	return f || fd < 0 || fcntl(fd, F_GETFD) < 0 ? f : &foreign;
}

void oracle_files_start(void)
{
	unsigned int i;

	for (i = 0; i < O_GROUPS; i++)
		o_groups[i] = (struct o_group) { .real = i < devs[PROG_MDEV0].group };
	for (i = 0; i < PROG_DEVS; i++) {
		memset(&o_devices[i], 0, sizeof(o_devices[i]));
		o_devices[i].flags = VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P |
				     VFIO_MIGRATION_PRE_COPY;
		oracle_fsm_reset(&o_devices[i]);
		o_devices[i].irq = -1;
		o_devices[i].fail_errno = EIO;
		oracle_config_reset(i);
	}
	made_mdevs = 0;
}

/* A new file behind @fd. */
static struct o_file *install(int fd, enum prog_kind kind)
{
	struct o_file *f = files;

	ORACLE(fd >= 0 && fd < FDS, "descriptor %d", fd);
	ORACLE(!fds[fd], "descriptor %d is given out twice", fd);
	while (f->kind != PROG_NONE)
		f++;
	*f = (struct o_file) { .kind = kind, .refs = 1 };
	return fds[fd] = f;
}

uint8_t o_width[O_GROUPS] = { [0 ... O_GROUPS - 1] = O_WIDTH };

static unsigned int width_of(const struct o_container *c)
{
	unsigned int width = 0;

	for (unsigned int i = 0; i < O_GROUPS; i++)
		if (o_groups[i].container == c && o_groups[i].real && (!width || o_width[i] < width))
			width = o_width[i];
	return width;
}

static void leave_container(struct o_group *g)
{
	struct o_container *c = g->container;

	g->container = NULL;
	if (c && !--c->groups) {
		c->iommu = c->nesting = c->unsure = c->narrow = false;
		oracle_type1_reset(&c->t1, false);
	}
}

/* The last reference to a file has gone. */
static void released(struct o_file *f)
{
	struct o_group *g = &o_groups[f->group];
	struct o_device *d = &o_devices[f->dev];

	switch (f->kind) {
	case PROG_CONTAINER:
		f->container->files--;
		break;
	case PROG_DEVICE:
		if (!--d->files) {
			oracle_fsm_reset(d);
			d->irq = -1;
			d->logging = false;
			oracle_config_reset(f->dev);
		}
		g->devices--;
		break;
	case PROG_GROUP:
		g->open = false;
		break;
	default:
		break;
	}
	/* The group's own file goes with its last user, a device's file among them. */
	if ((f->kind == PROG_DEVICE || f->kind == PROG_GROUP) && !g->open && !g->devices)
		leave_container(g);
	f->kind = PROG_NONE;
}

static void closed(const struct prog_step *s)
{
	struct o_file *f = fds[s->fd];

	ORACLE(f, "descriptor %d was not in the books", s->fd);
	ORACLE(s->ret == 0, "close of a %d gives %ld", f->kind, s->ret);
	fds[s->fd] = NULL;
	if (!--f->refs)
		released(f);
}

#define EXPECT(want, ...) ORACLE(s->ret == (want), __VA_ARGS__)

static void open_group(const struct prog_step *s)
{
	unsigned int n = devs[s->value].group;
	bool there = devs[s->value].exists || made_mdevs >> s->value & 1;
	struct o_group *g = &o_groups[n];
	long want = !there ? -ENOENT : g->open || g->devices ? -EBUSY : 0;

	EXPECT(want, "open of group %u gives %ld, not %ld", n, s->ret, want);
	if (!want) {
		install(s->new_fd, PROG_GROUP)->group = n;
		g->open = true;
	}
}

static void open_container(const struct prog_step *s)
{
	struct o_container *c = o_containers;

	EXPECT(0, "open of a container gives %ld", s->ret);
	while (c->files || c->groups)
		c++;
	memset(c, 0, __builtin_offsetof(struct o_container, t1));
	oracle_type1_reset(&c->t1, false);
	c->files = 1;
	install(s->new_fd, PROG_CONTAINER)->container = c;
}

static void set_container(struct o_group *g, const struct prog_step *s)
{
	const struct o_file *f = s->len < 4 ? NULL : o_operand(arg32(s->before, 0));
	long want = s->len < 4 ? -EFAULT : !f ? -EBADF : g->container ? -EINVAL :
		    g->dead ? -ENODEV : f->kind != PROG_CONTAINER ? -EBADFD : 0;

	/* A group that joins what is mapped may not fit, or the memory be bad; nor need it nest. */
	if (!want && f->container->iommu && s->ret &&
	    (f->container->t1.n || f->container->nesting || f->container->unsure))
		return;
	EXPECT(want, "SET_CONTAINER gives %ld, not %ld", s->ret, want);
	if (!want) {
		g->container = f->container;
		f->container->groups++;
		f->container->narrow |= g->real && o_width[g - o_groups] == O_WIDTH;
	}
}

static void get_device(struct o_file *f, const struct prog_step *s)
{
	struct o_group *g = &o_groups[f->group];
	struct o_device *d;
	struct o_file *new;

	if (s->op != PROG_GET_DEVICE || s->len < 13) {
		ORACLE(s->ret < 0, "a device by no name: %ld", s->ret);
		return;
	}
	d = &o_devices[s->value];
	if (devs[s->value].group != f->group || s->value == PROG_NO_DEVICE ||
	    s->len <= strlen(prog_dev_name[s->value]))
		ORACLE(s->ret == -ENODEV || s->ret == -EFAULT, "GET_DEVICE_FD of another: %ld",
		       s->ret);
	else if (!g->container || !g->container->iommu)
		EXPECT(-EINVAL, "GET_DEVICE_FD without a container: %ld", s->ret);
	else if (!d->unsure || !s->ret)
		EXPECT(0, "GET_DEVICE_FD gives %ld", s->ret);
	if (s->ret)
		return;
	new = install(s->new_fd, PROG_DEVICE);
	new->group = f->group;
	new->dev = s->value;
	g->devices++;
	d->files++;
}

static void group_ioctl(struct o_file *f, const struct prog_step *s)
{
	struct o_group *g = &o_groups[f->group];
	uint32_t argsz = s->len >= 8 ? arg32(s->before, 0) : 0;

	switch (s->cmd) {
	case VFIO_GROUP_SET_CONTAINER:
		set_container(g, s);
		return;
	case VFIO_GROUP_UNSET_CONTAINER:
		EXPECT(!g->container ? -EINVAL : g->devices ? -EBUSY : 0,
		       "UNSET_CONTAINER gives %ld", s->ret);
		if (!s->ret)
			leave_container(g);
		return;
	case VFIO_GROUP_GET_DEVICE_FD:
		get_device(f, s);
		return;
	case VFIO_GROUP_GET_STATUS:
		if (s->len < 8 || argsz < 8 || !s->writable) {
			ORACLE(s->ret == -EFAULT || s->ret == -EINVAL || s->op == PROG_RAW ||
			       (g->dead && s->ret == -ENODEV), "bad GET_STATUS gives %ld", s->ret);
			return;
		}
		EXPECT(g->dead ? -ENODEV : 0, "GET_STATUS gives %ld", s->ret);
		ORACLE(s->ret || arg32(s->after, 4) == (g->container ? 3U : 1U), "status %#x",
		       arg32(s->after, 4));
		return;
	}
	EXPECT(-ENOTTY, "ioctl %#x on a group gives %ld", s->cmd, s->ret);
}

static void set_iommu(struct o_container *c, const struct prog_step *s)
{
	bool type1 = s->value == VFIO_TYPE1_IOMMU || s->value == VFIO_TYPE1v2_IOMMU;
	long want = !c->groups || c->iommu ? -EINVAL : 0;

	if (!want && s->value == VFIO_TYPE1_NESTING_IOMMU) {
		/* Up to the IOMMU, if there is one. */
		c->iommu = c->nesting = !s->ret;
		oracle_type1_reset(&c->t1, true);
		return;
	}
	/* Its number is one that type1 knows as an extension, and refuses as a type. */
	if (!want && !type1)
		want = s->value == VFIO_UNMAP_ALL ? -EINVAL : -ENODEV;
	EXPECT(want, "SET_IOMMU %llu gives %ld, not %ld", (unsigned long long)s->value, s->ret,
	       want);
	if (!want) {
		c->iommu = true;
		oracle_type1_reset(&c->t1, s->value == VFIO_TYPE1v2_IOMMU);
	}
}

static void container_ioctl(struct o_container *c, const struct prog_step *s)
{
	switch (s->cmd) {
	case VFIO_GET_API_VERSION:
		EXPECT(VFIO_API_VERSION, "GET_API_VERSION gives %ld", s->ret);
		break;
	case VFIO_CHECK_EXTENSION:
		ORACLE(s->ret == 0 || s->ret == 1, "CHECK_EXTENSION gives %ld", s->ret);
		if (s->value == VFIO_TYPE1v2_IOMMU || s->value == VFIO_TYPE1_IOMMU ||
		    s->value == VFIO_UNMAP_ALL)
			EXPECT(1, "CHECK_EXTENSION %llu gives %ld", (unsigned long long)s->value,
			       s->ret);
		break;
	case VFIO_SET_IOMMU:
		set_iommu(c, s);
		break;
	default:
		if (!c->iommu)
			EXPECT(-EINVAL, "ioctl %#x on an empty container gives %ld", s->cmd, s->ret);
		else
			oracle_type1(c, width_of(c), s);
	}
}

static void device_ioctl(const struct o_file *f, const struct prog_step *s)
{
	struct o_device *d = &o_devices[f->dev];

	switch (s->cmd) {
	case VFIO_DEVICE_FEATURE:
		oracle_fsm(d, s);
		oracle_log(d, f->dev, s);
		break;
	case VFIO_DEVICE_SET_IRQS:
		oracle_irq(d, f->dev, s);
		break;
	case VFIO_DEVICE_RESET:
		if (f->dev == PROG_PLAIN)
			EXPECT(-EINVAL, "reset of what cannot be reset gives %ld", s->ret);
		else if (f->dev != PROG_PAIR0 && f->dev != PROG_PAIR1)
			EXPECT(0, "reset gives %ld", s->ret);
		if (s->ret)
			break;
		oracle_fsm_reset(d);
		oracle_config_reset(f->dev);
		break;
	case VFIO_DEVICE_PCI_HOT_RESET:
		oracle_hot_reset(f->dev, s);
		break;
	}
	ORACLE(s->ret <= 0 || s->cmd == VFIO_DEVICE_SET_IRQS, "ioctl %#x gives %ld", s->cmd, s->ret);
}

static void device_access(const struct o_file *f, const struct prog_step *s)
{
	struct o_device *d = &o_devices[f->dev];

	if (s->op == PROG_MOCK_SET && s->ret == 8)
		oracle_fsm_mock(d, s->value, arg64(s->before, 0));
	if (s->op == PROG_MOCK_CMD && s->value == MOCK_CMD_DIRTY && !s->ret)
		oracle_log_dirty(d, f->dev, arg64(s->before, 0), arg64(s->before, 8));
	if (s->op == PROG_PREAD || s->op == PROG_PWRITE) {
		ORACLE(s->ret <= (long)s->len, "%zu bytes asked, %ld done", s->len, s->ret);
		oracle_config(d, f->dev, s);
	}
}

/* The device has gone: who has its group open keeps an empty one. */
static void orphan(unsigned int n)
{
	unsigned int to = O_ORPHANS, i;

	if (!o_groups[n].open)
		return;
	while (o_groups[to].open)
		to++;
	leave_container(&o_groups[n]);
	o_groups[to] = o_groups[n];
	o_groups[to].dead = true;
	o_groups[n].open = false;
	for (i = 0; i < FILES; i++)
		if (files[i].kind == PROG_GROUP && files[i].group == n)
			files[i].group = to;
}

static void drop_window(uint64_t at)
{
	struct o_file **w = &windows[(at - PROG_WINDOWS) >> 16 & 7], *f = *w;

	*w = NULL;
	if (f && !--f->refs)
		released(f);
}

static void made(const struct prog_step *s)
{
	struct o_file *f;

	switch (s->op) {
	case PROG_OPEN_CONTAINER:
		open_container(s);
		break;
	case PROG_OPEN_GROUP:
		open_group(s);
		break;
	case PROG_OPEN_KVM:
		if (s->new_fd >= 0)
			install(s->new_fd, PROG_KVM);
		break;
	case PROG_EVENTFD:
		install(s->new_fd, PROG_EVENT);
		break;
	case PROG_DUP:
		EXPECT(0, "dup gives %ld", s->ret);
		f = fds[s->fd];
		ORACLE(f && !fds[s->new_fd], "dup of %d is %d", s->fd, s->new_fd);
		fds[s->new_fd] = f;
		f->refs++;
		break;
	case PROG_MMAP:
		f = fds[s->fd];
		if (!s->ret)
			f->refs++;
		drop_window(s->value);
		if (!s->ret)
			windows[(s->value - PROG_WINDOWS) >> 16 & 7] = f;
		break;
	case PROG_MUNMAP:
		drop_window(s->value);
		break;
	case PROG_MDEV_CREATE:
		if (!s->ret)
			made_mdevs |= 1U << s->value;
		break;
	case PROG_MDEV_REMOVE:
		if (s->ret)
			break;
		made_mdevs &= ~(1U << s->value);
		orphan(devs[s->value].group);
		break;
	default:
		break;
	}
}

void oracle_files_step(const struct prog_step *s)
{
	struct o_file *f = s->fd >= 0 && s->fd < FDS ? fds[s->fd] : NULL;
	enum prog_kind kind = f ? f->kind : PROG_NONE;

	if (s->op == PROG_CLOSE) {
		if (s->fd >= 0)
			closed(s);
		return;
	}
	made(s);
	if (s->cmd && kind == PROG_CONTAINER)
		container_ioctl(f->container, s);
	else if (s->cmd && kind == PROG_GROUP)
		group_ioctl(f, s);
	else if (s->cmd && kind == PROG_DEVICE)
		device_ioctl(f, s);
	else if (kind == PROG_DEVICE)
		device_access(f, s);
	else if (kind == PROG_DATA)
		oracle_data_file(f, s);
	if (s->new_fd >= 0 && !fds[s->new_fd]) {
		struct o_file *new = install(s->new_fd, prog_ops[s->op].makes);

		if (f && new->kind == PROG_DATA) {
			new->dev = f->dev;
			new->session = o_devices[f->dev].session;
		}
	}
}

void oracle_files_end(void)
{
	unsigned int i;

	for (i = 0; i < FDS; i++)
		ORACLE(!fds[i], "descriptor %u is open in the books", i);
	for (i = 0; i < O_GROUPS; i++)
		ORACLE(!o_groups[i].container && !o_groups[i].devices, "group %u is in use", i);
}

void oracle_files_forget(void)
{
	memset(files, 0, sizeof(files));
	memset(fds, 0, sizeof(fds));
	memset(windows, 0, sizeof(windows));
	memset(o_containers, 0, sizeof(o_containers));
}
