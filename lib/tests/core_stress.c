// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once: threads that open, close, duplicate, map, unmap, pin, migrate,
 * log, reset, set interrupts up, tell KVM, take drivers away and give them back, make
 * mediated devices and remove them, all on the same four functions and two UUIDs,
 * without a word between them. Descriptors are used that another thread is just
 * closing, on purpose. Which calls succeed is left to chance; what is asked is that
 * nothing warns, that a sanitizer finds nothing, that everybody comes to an end, and
 * that nothing is left at the end.
 *
 *	core_stress [milliseconds [track]]
 *
 * With "track" it says where what is left was allocated; that takes a lock at each
 * allocation, which hides races.
 */
#include <kapi/file.h>
#include <kapi/objects.h>
#include <kapi/warn.h>
#include <sys/eventfd.h>

#include "core_stress.h"
#include "tap.h"

#define MILLISECONDS	3000

static bool stop;
static unsigned long done_ops, good_ops;
static struct worker workers[] = {
	{ "open", open_step }, { "open", open_step }, { "close", close_step },
	{ "dup", dup_step }, { "map", map_step }, { "map", map_step }, { "pin", pin_step },
	{ "migrate", migrate_step }, { "migrate", migrate_step }, { "data", data_step },
	{ "data", data_step }, { "reset", reset_step }, { "reset", reset_step },
	{ "irq", irq_step }, { "irq", irq_step }, { "access", access_step },
	{ "access", access_step }, { "kvm", kvm_step }, { "log", log_step },
};
/* They wait for others to close what they take away. */
static struct worker waiters[] = { { "bind", bind_step }, { "mdev", mdev_step } };

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!READ_ONCE(stop)) {
		w->steps++;
		if (w->step(w) >= 0)
			w->good++;
		else
			sched_yield();
	}
	return NULL;
}

static void start(struct worker *w, unsigned int seed)
{
	w->seed = seed;
	w->event[0] = eventfd(0, EFD_NONBLOCK);
	w->event[1] = eventfd(0, EFD_NONBLOCK);
	w->page = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pthread_create(&w->thread, NULL, work, w))
		abort();
}

static void end(struct worker *w)
{
	pthread_join(w->thread, NULL);
	close(w->event[0]);
	close(w->event[1]);
	munmap(w->page, PG);
	printf("# %s: %lu of %lu succeeded\n", w->name, w->good, w->steps);
	done_ops += w->steps;
	good_ops += w->good;
}

static void close_all(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(data_files); i++)
		publish(data_files, i, -1);
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		publish(devices, i, -1);
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		publish(groups, i, -1);
	for (i = 0; i < ARRAY_SIZE(containers); i++)
		publish(containers, i, -1);
}

/* A device set up from nothing works: what a user of the next minute does. */
static bool usable(const char *bdf)
{
	int c = open_container(), g = open_group(group_of(bdf)), d;
	u32 id = 0;
	bool ret;

	ret = !sys(g, VFIO_GROUP_SET_CONTAINER, &c) && !sysv(c, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU);
	d = open_device(g, bdf);
	ret &= !map_dma(c, 0x100000, mem, SLOT_SIZE) && kapi_sys_pread(d, &id, 4, BAR0_AT(0)) == 4 &&
	       id == 0x010000ed && get_state(d) == VFIO_DEVICE_STATE_RUNNING;
	/* The state that was written is the device's own, and lives on. */
	ret &= mock_put(d, MOCK_REG_RESTORE, 1) == 8;
	kapi_sys_close(d);
	kapi_sys_close(g);
	kapi_sys_close(c);
	return ret;
}

/*
 * Linux warns, too, when a driver with an IOMMU of its own pins while addresses are to
 * be updated. Only drivers without are meant to pin, and for them that cannot be.
 */
static bool pins_without_address(const struct kapi_warning *warning, void *arg)
{
	return strstr(warning->text, "VFIO_UPDATE_VADDR") != NULL;
}

static void show(const char *line)
{
	printf("# %s\n", line);
}

int main(int argc, char **argv)
{
	struct kapi_objects before, after;
	unsigned long mark;
	char diff[400];
	unsigned int i;

	if (!machine_start()) {
		printf("Bail out! no machine\n");
		return 2;
	}
	alarm(600);
	mem = mmap(NULL, 64 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < NR_DEVS; i++)
		group_ids[i] = group_of(bdfs[i]);
	if (argc > 2)
		kapi_sites_track(true);
	for (i = 0; i < NR_DEVS; i++)
		check(usable(bdfs[i]), "%s works before", bdfs[i]);
	/* What the first mediated device leaves for the others. */
	attr_put(MDEV_TYPE "create", uuids[0]);
	mdevs_remove();
	mark = kapi_sites_mark();
	kapi_objects_settle();
	kapi_objects_snap(&before);

	kapi_warn_set_hook(pins_without_address, NULL);
	for (i = 0; i < ARRAY_SIZE(workers); i++)
		start(&workers[i], i + 1);
	for (i = 0; i < ARRAY_SIZE(waiters); i++)
		start(&waiters[i], ARRAY_SIZE(workers) + i + 1);
	usleep(1000 * (argc > 1 ? atoi(argv[1]) : MILLISECONDS));
	WRITE_ONCE(stop, true);
	for (i = 0; i < ARRAY_SIZE(workers); i++)
		end(&workers[i]);
	/* A waiter may still be waiting for one of these. */
	close_all();
	for (i = 0; i < ARRAY_SIZE(waiters); i++)
		end(&waiters[i]);
	mdevs_remove();
	printf("# %lu of %lu operations succeeded\n", good_ops, done_ops);

	for (i = 0; i < NR_DEVS; i++)
		check(usable(bdfs[i]), "%s works after", bdfs[i]);
	kapi_objects_settle();
	kapi_objects_snap(&after);
	check(!kapi_objects_diff(&before, &after, diff, sizeof(diff)), "nothing is left: %s", diff);
	kapi_sites_report(mark, show);
	check(!kapi_warn_count(), "no warning");
	return done_testing();
}
