/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_REPLAY_DEVICE_H
#define FUZZ_REPLAY_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before the first program: what is to be restored, and where the BARs are. */
void replay_device_init(void);

/*
 * In what was read from @pos of config space on: addresses that the machine gave to
 * the BARs become 0, since another machine gives others. What was written to a BAR
 * since replay_begin() may be an address of one machine only: it stays, until the device
 * is opened once more, which may give the address back.
 */
void replay_begin(void);
void replay_bars_written(unsigned int dev, uint64_t pos, size_t len);
void replay_bars_opened(unsigned int dev);
void replay_without_bars(unsigned int dev, uint64_t pos, uint8_t *bytes, size_t len);

/*
 * In what VFIO_DEVICE_GET_PCI_HOT_RESET_INFO wrote: numbers of groups become those of
 * the devices in them, since machines number differently. If it was not @done, what it
 * wrote of them is left out.
 */
void replay_without_groups(uint8_t *bytes, size_t len, bool done);

/*
 * Before a write to BAR 0: may it be made? QEMU ends if edu is told to move what is not in
 * its buffer. Behind it: wait for the end of a transfer that it began.
 */
bool replay_dma_allowed(int fd, uint64_t pos, const void *data, size_t len);
void replay_wait_dma(int fd);

/*
 * Bring devices (bit per enum prog_dev) back to where a program expects them:
 * what they and their drivers keep longer than a file of theirs.
 */
void replay_restore(unsigned int touched);
/* The same through a descriptor of the device that is open still; false if it cannot be. */
bool replay_restore_open(unsigned int dev, int fd);

/*
 * A device (enum prog_dev) in a container of its own: its descriptor, or -errno. All three
 * are for the other one to close.
 */
int replay_device_open(unsigned int dev, int *container, int *group);
void replay_device_close(int container, int group, int fd);

#endif
