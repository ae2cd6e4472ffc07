// SPDX-License-Identifier: GPL-2.0-only
/* Written against kapi, unlike the targets. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <linux/delay.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <kapi/alone.h>
#include <kapi/module.h>
#include <kapi/objects.h>
#include <kapi/syscalls.h>
#include <kapi/vfs.h>
#include <kapi/warn.h>

#include "../lib/core/profile.h"
#include "../lib/pci/model/model.h"
#include "../lib/pci/model/topology.h"
#include "fuzz_core.h"

int fuzz_core_start(bool alone, const char *topology)
{
	kapi_init();
	if (alone)
		kapi_run_alone();
	kapi_load_modules();
	return vfio_model_init(topology);
}

static int group_behind(const char *path)
{
	char link[256], *slash;
	struct kapi_node *node;
	int ret, group;

	ret = kapi_lookup(path, false, &node);
	if (ret)
		return ret;
	ret = kapi_node_readlink(node, link, sizeof(link) - 1);
	kapi_node_put(node);
	if (ret < 0)
		return ret;
	link[ret] = '\0';
	slash = strrchr(link, '/');
	return slash && !kstrtoint(slash + 1, 10, &group) ? group : -EINVAL;
}

int fuzz_core_group(const char *bdf)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	return group_behind(path);
}

int fuzz_core_mdev_group(const char *uuid)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/bus/mdev/devices/%s/iommu_group", uuid);
	return group_behind(path);
}

int fuzz_core_attr_write(const char *path, const char *text)
{
	struct kapi_node *node;
	ssize_t ret;

	ret = kapi_lookup(path, true, &node);
	if (ret)
		return ret;
	ret = kapi_attr_write(node, text, 0, strlen(text));
	kapi_node_put(node);
	return ret < 0 ? ret : 0;
}

#define SETTLE_TRIES	500

static struct kapi_objects at_rest;

void fuzz_core_snap(void)
{
	kapi_objects_settle();
	kapi_objects_snap(&at_rest);
}

unsigned int fuzz_core_diff(char *buf, size_t size)
{
	struct kapi_objects now;
	unsigned int tries;

	*buf = '\0';
	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		kapi_objects_snap(&now);
		if (!memcmp(&now, &at_rest, sizeof(now)))
			return 0;
		kapi_objects_settle();
		/* The thread that hears of closed eventfds may not have come around to it yet. */
		if (tries)
			usleep_range(1000, 1000);
	}
	return kapi_objects_diff(&at_rest, &now, buf, size);
}

long fuzz_core_fds(void)
{
	return kapi_objects(KAPI_DESCRIPTORS);
}

static struct pci_dev *function(const char *bdf)
{
	unsigned int domain, bus, slot, fn;

	if (sscanf(bdf, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) != 4)
		return NULL;
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
}

void fuzz_core_header(const char *bdf, unsigned int header[FUZZ_HEADER])
{
	struct pci_dev *dev = function(bdf);

	for (int i = 0; dev && i < FUZZ_HEADER; i++)
		pci_read_config_dword(dev, 4 * i, &header[i]);
	pci_dev_put(dev);
}

void fuzz_core_header_restore(const char *bdf, const unsigned int header[FUZZ_HEADER])
{
	struct pci_dev *dev = function(bdf);

	if (!dev)
		return;
	/* Asleep, it would lose what is written. */
	pm_runtime_get_sync(&dev->dev);
	/* The command last: what it turns on has to be in its place. */
	for (int i = FUZZ_HEADER; --i > 0;)
		pci_write_config_dword(dev, 4 * i, header[i]);
	pm_runtime_put_sync(&dev->dev);
	pci_dev_put(dev);
}

void fuzz_core_profile(const char *name)
{
	vfio_profile_select(name);
}

unsigned int fuzz_core_warnings(void)
{
	return kapi_warn_count();
}

int fuzz_core_topology(char *text, unsigned int *statements)
{
	struct topo_stmt *stmts;
	int ret = topology_parse("input", text, &stmts, statements);

	if (!ret)
		kfree(stmts);
	return ret;
}
