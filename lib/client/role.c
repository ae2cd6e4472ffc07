// SPDX-License-Identifier: GPL-2.0-only
/* Which named device is fit for what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/vfio_client.h"

struct named {
	char bdf[BDF_MAX];
	char driver[64];
	uint64_t id;		/* vendor and device */
	int group;
	bool noiommu;
};

static struct named named[NAMED_MAX];
static unsigned int named_count;
static const struct named *main_dev;

static struct named *add(const char *bdf, size_t len)
{
	struct named *n;
	unsigned int i;

	for (i = 0; i < named_count; i++)
		if (strlen(named[i].bdf) == len && !strncmp(named[i].bdf, bdf, len))
			return &named[i];
	if (len >= BDF_MAX || named_count == NAMED_MAX)
		CLIENT_FAIL("%.*s: no device name, or more than %d of them", (int)len, bdf,
			    NAMED_MAX);
	n = &named[named_count++];
	memcpy(n->bdf, bdf, len);
	n->group = __sysfs_group(n->bdf);
	if (n->group < 0)
		CLIENT_FAIL("%s: no such device, or it has no IOMMU group", n->bdf);
	n->noiommu = group_is_noiommu(n->group);
	if (__sysfs_driver(n->bdf, n->driver, sizeof(n->driver)))
		n->driver[0] = 0;
	if (!bdf_is_mdev(n->bdf))
		n->id = sysfs_number(n->bdf, "vendor") << 16 | sysfs_number(n->bdf, "device");
	return n;
}

static void look_up(void)
{
	const char *list = getenv("VFIO_COMPLIANCE_BDFS");
	const char *first = getenv("VFIO_SELFTESTS_BDF");
	size_t len;

	if (named_count)
		return;
	for (; list && *list; list += len) {
		list += strspn(list, " ");
		len = strcspn(list, " ");
		if (len)
			add(list, len);
	}
	if (first && *first)
		main_dev = add(first, strlen(first));
}

static unsigned int in_group(int group)
{
	unsigned int i, n = 0;

	for (i = 0; i < named_count; i++)
		n += named[i].group == group;
	return n;
}

static const struct named *shared_dev(void)
{
	unsigned int i;

	if (main_dev && in_group(main_dev->group) > 1)
		return main_dev;
	for (i = 0; i < named_count; i++)
		if (in_group(named[i].group) > 1)
			return &named[i];
	return NULL;
}

static const struct named *sibling_dev(void)
{
	const struct named *first = shared_dev();
	unsigned int i;

	for (i = 0; first && i < named_count; i++)
		if (&named[i] != first && named[i].group == first->group)
			return &named[i];
	return NULL;
}

/* The first one that fits and has a group of its own, else the first one that fits. */
static const struct named *pick(bool (*fits)(const struct named *n))
{
	const struct named *found = NULL;
	unsigned int i;

	for (i = 0; main_dev && i < named_count; i++) {
		/* Groups with an IOMMU and without do not go together. */
		if (named[i].group == main_dev->group || named[i].noiommu != main_dev->noiommu ||
		    !fits(&named[i]))
			continue;
		if (in_group(named[i].group) == 1)
			return &named[i];
		if (!found)
			found = &named[i];
	}
	return found;
}

static bool fits_peer(const struct named *n)
{
	return main_dev->driver[0] && !strcmp(n->driver, main_dev->driver) &&
	       n->id == main_dev->id && sysfs_can_reset(n->bdf) == sysfs_can_reset(main_dev->bdf);
}

static bool fits_plain(const struct named *n)
{
	return !strcmp(n->driver, "vfio-pci");
}

static bool fits_plain_not_peer(const struct named *n)
{
	return fits_plain(n) && n != pick(fits_peer);
}

static const struct named *pf_dev(void)
{
	char text[16];
	unsigned int i;

	for (i = 0; i < named_count; i++)
		if (fits_plain(&named[i]) && !named[i].noiommu &&
		    __sysfs_read(named[i].bdf, "sriov_totalvfs", text, sizeof(text)) > 0 &&
		    strcmp(text, "0"))
			return &named[i];
	return NULL;
}

static const struct named *msix_dev(void)
{
	unsigned int i;

	for (i = 0; i < named_count; i++)
		if (!named[i].noiommu && named[i].driver[0] && !bdf_is_mdev(named[i].bdf) &&
		    nvme_is(named[i].bdf))
			return &named[i];
	return NULL;
}

const char *role_bdf(enum device_role role)
{
	const struct named *n = NULL;

	look_up();
	switch (role) {
	case ROLE_MAIN:
		n = main_dev && !bdf_is_mdev(main_dev->bdf) ? main_dev : NULL;
		break;
	case ROLE_DEVICE:
		n = main_dev;
		break;
	case ROLE_SHARED:
		n = shared_dev();
		break;
	case ROLE_SIBLING:
		n = sibling_dev();
		break;
	case ROLE_PEER:
		n = pick(fits_peer);
		break;
	case ROLE_PLAIN:
		n = pick(fits_plain_not_peer) ?: pick(fits_plain);
		break;
	case ROLE_PF:
		n = pf_dev();
		break;
	case ROLE_MSIX:
		n = msix_dev();
		break;
	}
	return n ? n->bdf : NULL;
}

const char *role_missing(enum device_role role)
{
	switch (role) {
	case ROLE_MAIN:
		if (main_dev)
			return "the device under test is a mediated one, and no PCI function";
		return "no device is named in VFIO_SELFTESTS_BDF";
	case ROLE_DEVICE:
		return "no device is named in VFIO_SELFTESTS_BDF";
	case ROLE_SHARED:
	case ROLE_SIBLING:
		return "no two named devices share an IOMMU group";
	case ROLE_PEER:
		return "no second device like the main one, in another group, is named";
	case ROLE_PLAIN:
		return "no device of another group on vfio-pci is named";
	case ROLE_PF:
		return "no device with SR-IOV on vfio-pci is named";
	case ROLE_MSIX:
		return "no NVMe controller with an IOMMU is named";
	}
	return "no such role";
}

const char *named_bdf(unsigned int n)
{
	unsigned int i;

	look_up();
	for (i = 0; i < named_count; i++)
		if (!bdf_is_mdev(named[i].bdf) && !n--)
			return named[i].bdf;
	return NULL;
}
