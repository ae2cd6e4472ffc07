// SPDX-License-Identifier: GPL-2.0-only
/* Written against kapi, unlike the targets. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <kapi/module.h>
#include <kapi/syscalls.h>
#include <kapi/vfs.h>

#include "../lib/pci/model/model.h"
#include "fuzz_core.h"

void fuzz_core_start(void)
{
	kapi_init();
	kapi_load_modules();
	vfio_model_init(NULL);
}

int fuzz_core_group(const char *bdf)
{
	char path[64], link[256], *slash;
	struct kapi_node *node;
	int ret, group;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
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
