// SPDX-License-Identifier: GPL-2.0-only
#include "groups.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *prefix, *title;
} titles[] = {
	{ "BIND", "Binding and unbinding drivers" },
	{ "CDEV", "Device cdev and iommufd binding" },
	{ "CONT", "Container" },
	{ "DEV", "Device fd" },
	{ "DMA", "DMA by the device" },
	{ "DRV", "Driver-facing registration" },
	{ "EFAULT", "Pointers of calls" },
	{ "FEAT", "DEVICE_FEATURE" },
	{ "FSM", "Migration state machine" },
	{ "GRP", "Group" },
	{ "INFO", "Device, region and irq info" },
	{ "IOFD", "iommufd compatibility" },
	{ "IRQ", "SET_IRQS" },
	{ "IRQM", "SET_IRQS matrix" },
	{ "KVM", "KVM association" },
	{ "MDEV", "Mediated devices" },
	{ "MIG", "MIG_DEVICE_STATE and data fd" },
	{ "MMAP", "Region mmap" },
	{ "MSIX", "MSI-X" },
	{ "NOIO", "No-IOMMU" },
	{ "PIN", "pin_pages and dma_rw" },
	{ "PREC", "Order of checks" },
	{ "RST", "Reset and hot reset" },
	{ "RW", "Region read and write" },
	{ "SET", "Device sets" },
	{ "SRIOV", "SR-IOV" },
	{ "T1", "Type1 IOMMU" },
};

static const char *title_of(const char *prefix)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (!strcmp(titles[i].prefix, prefix))
			return titles[i].title;
	return "Other rules";
}

size_t clause_groups(const struct results *r, struct clause_group **groups)
{
	struct clause_group *g = NULL;
	size_t n = 0;

	for (size_t i = 0; i < r->nr_clauses; i++) {
		const char *id = r->clauses[i].id;
		size_t len = strcspn(id, "-");

		if (len >= sizeof(g->prefix))
			len = sizeof(g->prefix) - 1;
		if (!n || strlen(g[n - 1].prefix) != len || strncmp(g[n - 1].prefix, id, len)) {
			g = grow(g, n + 1, sizeof(*g));
			g[n] = (struct clause_group){ .first = i };
			memcpy(g[n].prefix, id, len);
			g[n].title = title_of(g[n].prefix);
			n++;
		}
		g[n - 1].count[r->clauses[i].status]++;
		g[n - 1].total++;
		g[n - 1].asked += r->clauses[i].nr_tests > 0;
		g[n - 1].end = i + 1;
	}
	*groups = g;
	return n;
}

enum status group_status(const struct clause_group *g)
{
	for (int st = 0; st < ST_COUNT; st++)
		if (status_is_bad(st) && g->count[st])
			return ST_FAIL;
	return g->count[ST_PASS] ? ST_PASS : ST_SKIP;
}
