/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading topologies; the format is described in model.h. */
#ifndef PCI_MODEL_TOPOLOGY_H
#define PCI_MODEL_TOPOLOGY_H

#include <linux/types.h>

enum topo_kind { TOPO_IOMMU, TOPO_PARAM, TOPO_PORT, TOPO_ROOT, TOPO_EDU, TOPO_NVME };

struct topo_stmt {
	enum topo_kind kind;
	unsigned int line;
	unsigned int slot, func;	/* TOPO_PORT, TOPO_EDU, TOPO_NVME */
	unsigned int aw;		/* TOPO_IOMMU */
	bool snoop, intremap;
	bool hotplug;			/* TOPO_PORT */
	bool acs, noiommu;		/* TOPO_EDU */
	unsigned int vfs;		/* TOPO_NVME */
	char driver[32];		/* TOPO_EDU, TOPO_NVME; "" if none */
	char module[32], param[32], value[32];	/* TOPO_PARAM */
};

/*
 * Parse @text (NUL terminated; it is changed). Returns 0 and an array to kfree()
 * with *@n statements, -EINVAL or -ENOMEM; then vfio_model_error() says what
 * is wrong in which line of @name.
 */
int topology_parse(const char *name, char *text, struct topo_stmt **stmts, unsigned int *n);

/* What vfio_model_error() is to say. */
void topology_error(const char *fmt, ...) __printf(1, 2);

/* The text of @file, or of the default if NULL; to kfree(). ERR_PTR on failure. */
char *topology_load(const char *file);

#endif
