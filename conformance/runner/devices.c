// SPDX-License-Identifier: GPL-2.0-only
#include "devices.h"
#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kmod/bind.h"
#include "kmod/bind_state.h"
#include "kmod/in_use.h"
#include "kmod/kmod.h"

int device_claim(const char *bdf)
{
	char path[256];
	int fd;

	if (!bind_valid_bdf(bdf))
		return cannot("\"%s\" is no address of a PCI device, as 0000:01:00.0 is one; "
			      "`lspci -D` lists them", bdf);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", bdf);
	if (access(path, F_OK))
		return cannot("no PCI device %s on this host; `lspci -D` lists them", bdf);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", bdf);
	if (access(path, W_OK))
		return cannot("cannot change the driver of %s: %s; run as root", bdf,
			      strerror(errno));
	/* Held open until the end of this process. */
	fd = bind_lock(bdf);
	if (fd == -EWOULDBLOCK)
		return cannot("another vfio-compliance is at %s; wait for its end", bdf);
	return fd < 0 ? cannot("cannot lock %s: %s", bdf, strerror(-fd)) : 0;
}

int device_spared(const char *bdf)
{
	char why[512];
	int ret = device_in_use(bdf, why, sizeof(why));

	if (ret > 0)
		return cannot("%s is in use: %s; nothing was changed", bdf, why);
	return ret ? cannot("cannot find out what uses %s: %s", bdf, strerror(-ret)) : 0;
}

int device_alone(const char *bdf, char *const *named, int nr)
{
	char path[256], attr[320], class[16] = "", driver[BIND_NAME_MAX];
	struct dirent *e;
	int ret = 0;
	FILE *f;
	DIR *d;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group/devices", bdf);
	d = opendir(path);
	while (d && !ret && (e = readdir(d))) {
		bool is_named = *e->d_name == '.';

		for (int i = 0; i < nr; i++)
			is_named |= !strcmp(named[i], e->d_name);
		if (is_named || driver_of(e->d_name, driver) || !*driver ||
		    strstr(driver, "vfio") || !strcmp(driver, "pci-stub"))
			continue;
		snprintf(attr, sizeof(attr), "/sys/bus/pci/devices/%s/class", e->d_name);
		f = fopen(attr, "re");
		if (f && fgets(class, sizeof(class), f) && !strncmp(class, "0x06", 4))
			*driver = '\0';
		if (f)
			fclose(f);
		if (*driver)
			ret = cannot("%s is in one IOMMU group with %s, which %s has; name both, or "
				     "unbind that one", bdf, e->d_name, driver);
	}
	if (d)
		closedir(d);
	return ret;
}

/* The driver's name is its module's, but for the mark between the words. */
static bool find_driver(const char *name, char *driver)
{
	static const char marks[] = "_-";
	char path[256];

	for (const char *mark = marks; *mark; mark++) {
		snprintf(driver, BIND_NAME_MAX, "%s", name);
		for (char *p = driver; *p; p++)
			if (*p == '-' || *p == '_')
				*p = *mark;
		snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s", driver);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

int driver_get(const char *name, char *driver)
{
	int ret;

	if (!name)
		name = "vfio-pci";
	if (!strstr(name, "vfio") || strchr(name, '/'))
		return cannot("%s is no VFIO driver: those have vfio in their name", name);
	ret = module_load(name, NULL);
	if (!find_driver(name, driver))
		return cannot("no driver %s: %s", name,
			      ret ? strerror(-ret) : "the module has none of that name");
	/* Without it a group cannot be used; it may be built in, or come by itself. */
	module_load("vfio_iommu_type1", NULL);
	return 0;
}

int cannot_bind(const char *bdf, const char *driver, int error)
{
	return cannot("cannot bind %s to %s: %s", bdf, *driver ? driver : "no driver",
		      error == -EIO ? "the driver refused it (see the kernel log)" :
		      strerror(-error));
}
