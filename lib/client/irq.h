/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts of a device: SET_IRQS, and eventfds that they signal. */
#ifndef CLIENT_IRQ_H
#define CLIENT_IRQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/vfio.h>

/*
 * __irq_set - SET_IRQS
 * @flags: one VFIO_IRQ_SET_DATA_* and one VFIO_IRQ_SET_ACTION_*, or what else is to be tried
 * @data:  @len bytes behind the header; argsz is the header and @len
 * Returns the ioctl's result (positive: fewer vectors) or -errno.
 */
int __irq_set(int fd, uint32_t index, uint32_t flags, uint32_t start, uint32_t count,
	      const void *data, size_t len);
/* @action VFIO_IRQ_SET_ACTION_*; the data type is in the name. */
int __irq_none(int fd, uint32_t index, uint32_t action, uint32_t start, uint32_t count);
int __irq_bool(int fd, uint32_t index, uint32_t action, uint8_t value);
int __irq_eventfd(int fd, uint32_t index, uint32_t action, int eventfd);
void irq_none(int fd, uint32_t index, uint32_t action, uint32_t start, uint32_t count);
void irq_eventfd(int fd, uint32_t index, uint32_t action, int eventfd);
/* Take the trigger away and disable the index. */
void irq_disable(int fd, uint32_t index);
void irq_info(int fd, uint32_t index, struct vfio_irq_info *info);

/* A non-blocking eventfd with counter 0. */
int eventfd_new(void);
/* Counter of a non-blocking eventfd, which is 0 then. */
uint64_t eventfd_count(int eventfd);
/* Wait up to @ms milliseconds for a signal; returns the counter, 0 if none came. */
uint64_t eventfd_wait(int eventfd, int ms);
void eventfd_raise(int eventfd);

#endif
