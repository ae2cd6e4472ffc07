// SPDX-License-Identifier: GPL-2.0-only
#include "replay_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "../conformance/runner/kmsg.h"
#include "replay_device.h"
#include "replay_look.h"
#include "sys_libc.h"

static const struct replay_run *now;
static int slots[PROG_SLOTS];
static uint8_t kinds[PROG_SLOTS], devs[PROG_SLOTS];
static unsigned int touched, opened;

static void on_step(void *ctx, const struct prog_step *s)
{
	unsigned int dev = devs[s->call->slot % PROG_SLOTS];

	(void)ctx;
	if (s->op == PROG_PWRITE && s->ret > 0 && s->value >> 40 == VFIO_PCI_CONFIG_REGION_INDEX)
		touched |= 1U << dev;
	if (s->op == PROG_GET_DEVICE && s->new_fd >= 0)
		opened |= 1U << s->value;
	/* The mock driver counts its arcs. */
	if (s->kind == PROG_DEVICE && !s->ret &&
	    (s->op == PROG_SET_STATE || s->op == PROG_FEATURE || s->op == PROG_RAW))
		touched |= 1U << dev;
	if (s->op == PROG_PWRITE && s->ret > 0 && s->value >> 40 == VFIO_PCI_BAR0_REGION_INDEX && !now->once)
		replay_wait_dma(s->fd);
	if (now->step)
		now->step(s, dev);
}

static ssize_t guarded_pwrite(int fd, const void *buf, size_t count, off_t pos)
{
	if (pos >> 40 == VFIO_PCI_BAR0_REGION_INDEX && !replay_dma_allowed(fd, pos, buf, count))
		return -EACCES;
	return now->sys->pwrite(fd, buf, count, pos);
}

static void tell(const struct prog_step *s, unsigned int dev)
{
	now->step(s, dev);
}

void replay_run(const struct replay_run *r, const uint8_t *data, size_t size)
{
	struct prog_sys sys = *r->sys;
	struct prog_run run = {
		.sys = &sys, .slots = slots, .kinds = kinds, .devs = devs,
		.thread = PROG_BOTH, .ops = r->ops, .step = on_step,
	};
	const struct replay_look look = {
		.sys = &sys, .slots = slots, .kinds = kinds, .devs = devs, .tell = tell,
	};

	now = r;
	sys.pwrite = guarded_pwrite;
	memset(slots, -1, sizeof(slots));
	touched = opened = 0;
	prog_mem_reset();
	prog_run(&run, data, size);
	touched |= run.touched;
	if (r->aftermath)
		replay_look_on(&look);
	/* To open a device once more costs two resets of it. */
	for (int i = 0; i < PROG_SLOTS && !r->once && !r->aftermath; i++)
		if (slots[i] >= 0 && kinds[i] == PROG_DEVICE && touched >> devs[i] & 1 &&
		    replay_restore_open(devs[i], slots[i]))
			touched &= ~(1U << devs[i]);
	prog_end(&run);
	if (r->aftermath)
		replay_look_again(&look, opened);
	if (!r->once)
		replay_restore(touched);
}

int replay_log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log >= 0)
		lseek(log, 0, SEEK_END);
	return log;
}

enum replay_report replay_log_look(int log, const char *name)
{
	struct kmsg_scanner scanner = { .left = 0 };
	enum replay_report worst = REPLAY_QUIET;
	char line[2048], *text;
	ssize_t n;
	int left;

	while (log >= 0 && (n = read(log, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		text = strchr(line, ';');
		left = scanner.left;
		if (!text || kmsg_classify(&scanner, text + 1) != KMSG_REPORT)
			continue;
		printf("@report %s %s\n", name, text + 1);
		/* The line that begins one. */
		if (scanner.left < left)
			continue;
		if (!strstr(text, "UBSAN: ") && !strstr(text, "WARNING: CPU: "))
			worst = REPLAY_BROKEN;
		else if (!worst)
			worst = REPLAY_WARNED;
	}
	return worst;
}
