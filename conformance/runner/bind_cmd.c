// SPDX-License-Identifier: GPL-2.0-only
/* vfio-compliance bind and unbind: give a device to a VFIO driver, and back. */
#include "devices.h"
#include "runner.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "kmod/bind.h"
#include "kmod/bind_state.h"

static void bind_usage(FILE *f)
{
	fputs("usage: vfio-compliance bind BDF [--driver NAME]\n"
	      "\n"
	      "Gives the PCI device to a VFIO driver (default vfio-pci; its module is loaded) and\n"
	      "keeps in /run/vfio-compliance which driver it had, for unbind. A device that this\n"
	      "host uses is refused: a mounted disk, the default route, the boot display, ...\n", f);
}

static void unbind_usage(FILE *f)
{
	fputs("usage: vfio-compliance unbind BDF\n"
	      "\n"
	      "Gives the PCI device back to the driver that it had before `bind`.\n", f);
}

static int do_bind(const char *bdf, const char *driver)
{
	struct binding was;
	int ret, saved;

	ret = binding_read(bdf, &was);
	if (ret)
		return cannot("cannot read how %s is bound: %s", bdf, strerror(-ret));
	if (!strcmp(was.driver, driver)) {
		printf("%s has driver %s already\n", bdf, driver);
		return EXIT_HELD;
	}
	/* Of two binds the first one knows what was before. */
	saved = bind_state_save(&was);
	if (saved && saved != -EEXIST)
		return cannot("cannot keep the binding of %s: %s", bdf, strerror(-saved));
	ret = bind_driver(bdf, driver);
	if (ret) {
		binding_restore(&was);
		if (!saved)
			bind_state_drop(bdf);
		return cannot_bind(bdf, driver, ret);
	}
	printf("%s: driver %s (it was %s); `vfio-compliance unbind %s` gives it back\n", bdf, driver,
	       *was.driver ? was.driver : "without one", bdf);
	return EXIT_HELD;
}

static int do_unbind(const char *bdf)
{
	struct binding was;
	int ret = bind_state_load(bdf, &was);

	if (ret == -ENOENT)
		return cannot("%s was not bound by `vfio-compliance bind`; nothing is known to give "
			      "back", bdf);
	if (ret)
		return cannot("the record of %s's binding cannot be read: %s", bdf, strerror(-ret));
	ret = device_spared(bdf);
	if (ret)
		return ret;
	ret = binding_restore(&was);
	if (ret)
		return cannot_bind(bdf, was.driver, ret);
	bind_state_drop(bdf);
	printf("%s: driver %s again\n", bdf, *was.driver ? was.driver : "none");
	return EXIT_HELD;
}

static int command(int argc, char **argv, bool binds)
{
	static const struct option options[] = {
		{ "driver", required_argument, NULL, 'D' }, { "help", no_argument, NULL, 'h' }, { 0 }
	};
	void (*usage)(FILE *) = binds ? bind_usage : unbind_usage;
	char driver[BIND_NAME_MAX];
	const char *name = NULL;
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return EXIT_HELD;
		}
		if (opt != 'D' || !binds) {
			usage(stderr);
			return EXIT_CANNOT;
		}
		name = optarg;
	}
	if (argc - optind != 1) {
		usage(stderr);
		return EXIT_CANNOT;
	}
	ret = device_claim(argv[optind]);
	if (!ret && !binds)
		return do_unbind(argv[optind]);
	if (!ret)
		ret = device_spared(argv[optind]);
	if (!ret)
		ret = driver_get(name, driver);
	return ret ? ret : do_bind(argv[optind], driver);
}

int cmd_bind(int argc, char **argv)
{
	return command(argc, argv, true);
}

int cmd_unbind(int argc, char **argv)
{
	return command(argc, argv, false);
}
