/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

/* All of them sleep at least so long; no signal cuts them short, but for the last. */
void udelay(unsigned long usecs);
void ndelay(unsigned long nsecs);
void mdelay(unsigned long msecs);
void msleep(unsigned int msecs);
void ssleep(unsigned int seconds);
void usleep_range(unsigned long min, unsigned long max);
void fsleep(unsigned long usecs);
/* Milliseconds left when a signal came. */
unsigned long msleep_interruptible(unsigned int msecs);

#endif
