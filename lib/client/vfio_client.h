/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of programs that use VFIO.
 *
 * Two forms of most functions: __foo() does the call and returns its result or
 * -errno; foo() expects success, and otherwise prints "# file:line: ..." with
 * the call and the error on stderr and ends the process with the exit status
 * of a failed kselftest (1). What foo() leaves open then is closed by the
 * kernel, as for any process that ends.
 *
 * Nothing here keeps global state, and all may be called from any thread.
 */
#ifndef VFIO_CLIENT_H
#define VFIO_CLIENT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/vfio.h>

#include "client/sysfs.h"
#include "client/iommu.h"
#include "client/device.h"
#include "client/irq.h"
#include "client/mock.h"
#include "client/edu.h"
#include "client/nvme.h"

/* Print the message behind "# file:line: " and end the process as failed. */
void client_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
#define CLIENT_FAIL(...) client_fail(__FILE__, __LINE__, __VA_ARGS__)

/* Name of the error for messages, "EINVAL" or "errno 4711"; sign does not matter. */
const char *client_errno(int err);

/* ioctl() that returns the result or -errno. */
int __vfio_ioctl(int fd, unsigned long request, const void *arg);

/*
 * Memory of whole pages, zero filled, from mmap(); release with munmap().
 * Fails the test when there is none.
 */
void *pages_alloc(size_t size);
/*
 * @size bytes that end right at a page that cannot be touched, for calls that
 * must not look behind what they were given. They hold a copy of @fill (@size
 * bytes as well; NULL for zeros) and can be written unless @readonly.
 * border_free() takes the pointer and the same size.
 */
void *border_alloc(size_t size, const void *fill, bool readonly);
void border_free(void *p, size_t size);
/* An address at which nothing is mapped, one page long. */
void *bad_pointer(void);

/* A capability (CAP_*) of the calling thread: has it, and give it up for good. */
bool have_capability(unsigned int cap);
void drop_capability(unsigned int cap);
/*
 * Allow this process @bytes of locked memory from now on: lowers the limit and
 * gives up CAP_IPC_LOCK, which cannot be had back.
 */
void limit_locked_memory(uint64_t bytes);

/* Size of a page in bytes. */
size_t page_size(void);

#endif
