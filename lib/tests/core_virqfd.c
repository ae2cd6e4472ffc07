// SPDX-License-Identifier: GPL-2.0-only
/* Eventfds that drivers act on: vfio_virqfd_enable() and its kin. Clauses IRQ. */
#include <kapi/file.h>
#include <sys/eventfd.h>
#include "core_test.h"

static int handled, threaded, handler_says;

static int handler(void *opaque, void *data)
{
	__atomic_fetch_add(&handled, opaque == &handled && data == &threaded, __ATOMIC_RELEASE);
	return __atomic_load_n(&handler_says, __ATOMIC_ACQUIRE);
}

static void thread(void *opaque, void *data)
{
	__atomic_fetch_add(&threaded, opaque == &handled && data == &threaded, __ATOMIC_RELEASE);
}

/* Up to two seconds; returns what *@count is then. */
static int wait_for(int *count, int want)
{
	int i;

	for (i = 0; i < 2000 && __atomic_load_n(count, __ATOMIC_ACQUIRE) < want; i++)
		usleep(1000);
	return __atomic_load_n(count, __ATOMIC_ACQUIRE);
}

static bool gone(struct virqfd **slot)
{
	int i;

	for (i = 0; i < 2000 && __atomic_load_n(slot, __ATOMIC_ACQUIRE); i++)
		usleep(1000);
	return !__atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

static int enable(struct virqfd **slot, int fd)
{
	return vfio_virqfd_enable(&handled, handler, thread, &threaded, slot, fd);
}

int main(void)
{
	int fd = eventfd(0, 0), null;
	struct virqfd *slot = NULL;

	core_start();
	null = open("/dev/null", O_RDWR);
	is(enable(&slot, 900), -EBADF, "closed descriptor");
	is(enable(&slot, null), -EINVAL, "no eventfd");
	ok(!slot, "nothing is kept");
	is(enable(&slot, fd), 0, "enable");
	is(enable(&slot, fd), -EBUSY, "once only");

	is(eventfd_write(fd, 1), 0, "signal");
	is(wait_for(&handled, 1), 1, "handled");
	__atomic_store_n(&handler_says, 1, __ATOMIC_RELEASE);
	is(eventfd_write(fd, 5), 0, "signal");
	is(wait_for(&threaded, 1), 1, "left to the thread");
	vfio_virqfd_flush_thread(&slot);
	is(wait_for(&handled, 2), 2, "one call each");
	vfio_virqfd_disable(&slot);
	ok(!slot, "disabled");
	vfio_virqfd_disable(&slot);

	is(eventfd_write(fd, 1), 0, "signal in between");
	usleep(20000);
	is(wait_for(&handled, 0), 2, "nobody listens");
	is(enable(&slot, fd), 0, "enable again");
	is(wait_for(&handled, 3), 3, "what came before counts");
	is(wait_for(&threaded, 2), 2, "for the thread, too");
	close(fd);
	kapi_fd_closed();	/* the interposer's part */
	ok(gone(&slot), "closing the eventfd ends it");
	vfio_virqfd_disable(&slot);

	close(null);
	is(kapi_warn_count(), 0, "no warning");
	return tap_done();
}
