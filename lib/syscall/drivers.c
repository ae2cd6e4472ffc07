// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which drivers the machine has beside its own, and which devices come of that.
 */
#include <kapi/plugin.h>
#include <kapi/vfs.h>
#include <linux/array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../pci/model/model.h"
#include "drivers.h"

/* The main device of the default topology, behind a port of its own. */
#define MAIN_DEVICE	"0000:01:00.0"
#define PCI_DRIVERS	"/sys/bus/pci/drivers"
#define MDEV_PARENTS	"/sys/class/mdev_bus"
#define NAME_SIZE	128

static const char *const uuids[] = {
	"5f0a0001-76d0-4c0d-9c3a-6d6465760001",
	"5f0a0001-76d0-4c0d-9c3a-6d6465760002",
};

static bool pci_loaded;			/* a driver for PCI devices was */
static char parents[512] = "mock_mdev mock_mdev_pool";
static char type_dir[2 * NAME_SIZE] = MDEV_PARENTS "/mock_mdev/mdev_supported_types/mock_mdev-small";
static char mdevs[128];
static bool mdev_is_main;

/* Name of child @index of a directory; false behind the last, or without directory. */
static bool child(const char *dir, unsigned int index, char name[NAME_SIZE])
{
	struct kapi_node *node;
	struct kapi_stat st;
	bool found;

	if (kapi_lookup(dir, true, &node))
		return false;
	found = kapi_node_child(node, index, name, NAME_SIZE, &st) > 0;
	kapi_node_put(node);
	return found;
}

static unsigned int children(const char *dir)
{
	char name[NAME_SIZE];
	unsigned int n = 0;

	while (child(dir, n, name))
		n++;
	return n;
}

/* Text of DIR/NAME without the newline at its end, or "". */
static void attr(const char *dir, const char *name, char text[NAME_SIZE])
{
	struct kapi_node *node;
	char path[512];
	ssize_t n;

	*text = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (kapi_lookup(path, true, &node))
		return;
	n = kapi_attr_read(node, text, 0, NAME_SIZE - 1);
	text[n > 0 ? n : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	kapi_node_put(node);
}

/* Parents number @first and up are the loaded drivers': take the first type with room. */
static void choose_type(unsigned int first)
{
	char parent[NAME_SIZE], type[NAME_SIZE], text[NAME_SIZE], dir[2 * NAME_SIZE];
	char types[NAME_SIZE + sizeof(MDEV_PARENTS "//mdev_supported_types")];
	bool chosen = false;
	unsigned int i, j;

	if (!child(MDEV_PARENTS, first, parent))
		return;
	*parents = 0;
	for (i = first; child(MDEV_PARENTS, i, parent); i++) {
		snprintf(parents + strlen(parents), sizeof(parents) - strlen(parents), "%s%s",
			 i > first ? " " : "", parent);
		snprintf(types, sizeof(types), MDEV_PARENTS "/%s/mdev_supported_types", parent);
		for (j = 0; !chosen && child(types, j, type); j++) {
			if (snprintf(dir, sizeof(dir), "%s/%s", types, type) >= (int)sizeof(dir))
				continue;
			attr(dir, "available_instances", text);
			chosen = atoi(text) > 0;
			if (!chosen)
				continue;
			strcpy(type_dir, dir);
			attr(dir, "device_api", text);
			mdev_is_main = !pci_loaded && !strcmp(text, "vfio-pci");
		}
	}
}

int drivers_load(void)
{
	unsigned int pci = children(PCI_DRIVERS), mdev = children(MDEV_PARENTS);
	static char name[NAME_SIZE];
	int ret;

	ret = kapi_load_plugins(getenv("VFIO_CORE_DRIVERS"));
	if (ret)
		return ret;
	pci_loaded = child(PCI_DRIVERS, pci, name);
	if (pci_loaded)
		vfio_model_replace_driver("mock_vfio_pci", name);
	choose_type(mdev);
	return 0;
}

/* By the attributes that users have for it. */
int drivers_make_mdevs(void)
{
	char path[sizeof(type_dir) + 8], left[NAME_SIZE];
	struct kapi_node *node;
	ssize_t n = 0;
	size_t i;
	int ret;

	snprintf(path, sizeof(path), "%s/create", type_dir);
	ret = kapi_lookup(path, true, &node);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(uuids) && n >= 0; i++) {
		attr(type_dir, "available_instances", left);
		if (!atoi(left))
			break;
		n = kapi_attr_write(node, uuids[i], 0, strlen(uuids[i]));
		snprintf(mdevs + strlen(mdevs), sizeof(mdevs) - strlen(mdevs), "%s%s",
			 i ? " " : "", uuids[i]);
	}
	kapi_node_put(node);
	return n < 0 ? n : 0;
}

void drivers_set_environment(void)
{
	const char *functions = vfio_model_bdfs();
	char first[40], all[8192];

	snprintf(all, sizeof(all), "%s%s%s", mdev_is_main ? mdevs : "",
		 mdev_is_main && *functions ? " " : "", functions);
	snprintf(first, sizeof(first), "%s",
		 !mdev_is_main && strstr(all, MAIN_DEVICE) ? MAIN_DEVICE : all);
	first[strcspn(first, " ")] = 0;
	if (*first) {
		setenv("VFIO_SELFTESTS_BDF", first, 0);
		setenv("VFIO_COMPLIANCE_BDFS", all, 0);
	}
	setenv("VFIO_COMPLIANCE_MDEVS", mdevs, 0);
	setenv("VFIO_COMPLIANCE_MDEV_PARENT", parents, 0);
}
