/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine for unit tests of the PCI and IOMMU API. One program includes it once. */
#ifndef PCI_MACHINE_H
#define PCI_MACHINE_H

#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../pci/model/edu.h"
#include "../pci/model/model.h"
#include "tap.h"

/* The layout of the default machine, with no drivers bound and snoop control. */
static const char machine_topology[] =
	"iommu vtd snoop # comment\n"
	"edu 03.0\n"
	"port 04\n"
	"  edu 00.0\n"
	"root\n"
	"\n"
	"port 05\n"
	"edu 00.0\n"
	"edu 00.1\n"
	"root\n"
	"port 06\n"
	"edu\t00.0\n";

/* Write @text to a new file; its name, to free(). */
static inline char *machine_file(const char *text)
{
	char *name = strdup("/tmp/machine-XXXXXX");
	int fd = mkstemp(name);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		perror(name);
		exit(2);
	}
	close(fd);
	return name;
}

static inline void machine_init(void)
{
	char *name = machine_file(machine_topology);

	kapi_init();
	is(vfio_model_init(name), 0, "machine built");
	unlink(name);
	free(name);
}

/* A function by bus, slot and function number; the program ends if it is not there. */
static inline struct pci_dev *machine_dev(unsigned int bus, unsigned int slot, unsigned int func)
{
	struct pci_dev *dev = pci_get_domain_bus_and_slot(0, bus, PCI_DEVFN(slot, func));

	if (!dev) {
		printf("Bail out! no function %02x:%02x.%u\n", bus, slot, func);
		exit(2);
	}
	return dev;
}

/* Read or write @count bytes at @off of a sysfs attribute; result or -errno. */
static inline ssize_t machine_attr(const char *path, void *buf, loff_t off, size_t count,
				   bool write)
{
	struct kapi_node *node;
	ssize_t ret = kapi_lookup(path, true, &node);

	if (ret)
		return ret;
	ret = write ? kapi_attr_write(node, buf, off, count) :
		kapi_attr_read(node, buf, off, count);
	kapi_node_put(node);
	return ret;
}

/* All of a text attribute; "error -N" if it cannot be read. */
static inline const char *machine_text(const char *path)
{
	static char buf[4097];
	ssize_t len = machine_attr(path, buf, 0, sizeof(buf) - 1, false);

	if (len < 0)
		len = snprintf(buf, sizeof(buf), "error %zd", len);
	buf[len] = 0;
	return buf;
}

/* BAR 0 with the function turned on. */
static inline void __iomem *machine_bar(struct pci_dev *dev)
{
	void __iomem *bar;

	if (pci_enable_device(dev))
		return NULL;
	bar = pci_iomap(dev, 0, 0);
	pci_set_master(dev);
	return bar;
}

/* Let the edu at @bar copy @count bytes; returns what is left in its command register. */
static inline u64 machine_dma(void __iomem *bar, u64 src, u64 dst, u64 count, u64 cmd)
{
	iowrite64(src, bar + EDU_REG_DMA_SRC);
	iowrite64(dst, bar + EDU_REG_DMA_DST);
	iowrite64(count, bar + EDU_REG_DMA_COUNT);
	iowrite64(cmd | EDU_DMA_CMD_RUN, bar + EDU_REG_DMA_CMD);
	return ioread64(bar + EDU_REG_DMA_CMD);
}

#endif
