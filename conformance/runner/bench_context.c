// SPDX-License-Identifier: GPL-2.0-only
/* What a measurement has to say of itself, to be comparable later. */
#include "bench.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* git's word for the tree that the program was built in; "" if it has none. */
static void commit_of(const char *program, char *buf, size_t size)
{
	char dir[4096], *out;
	char *argv[] = { "sh", "-c", "exec git -C \"$1\" describe --always --dirty --abbrev=12 "
			 "--exclude='*' 2>/dev/null", "sh", dir, NULL };
	int status;

	snprintf(dir, sizeof(dir), "%s", program);
	if (strrchr(dir, '/'))
		*strrchr(dir, '/') = '\0';
	else
		snprintf(dir, sizeof(dir), ".");
	out = bench_capture(argv, NULL, &status, NULL, NULL);
	snprintf(buf, size, "%.*s", out && !status ? (int)strcspn(out, "\n") : 0, out ? out : "");
	free(out);
}

static void sysfs_text(const char *bdf, const char *name, char *buf, size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, name);
	f = fopen(path, "r");
	if (!f || !fgets(buf, size, f))
		*buf = '\0';
	if (f)
		fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
}

/* "1234:11e8 mock_vfio_pci"; not the address, which says nothing of its speed. */
static void device_text(const char *bdf, char *buf, size_t size)
{
	char vendor[16], device[16], path[256], driver[256];
	ssize_t n;

	sysfs_text(bdf, "vendor", vendor, sizeof(vendor));
	sysfs_text(bdf, "device", device, sizeof(device));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", bdf);
	n = readlink(path, driver, sizeof(driver) - 1);
	driver[n > 0 ? n : 0] = '\0';
	snprintf(buf, size, "%s:%s %s", *vendor ? vendor + 2 : "", *device ? device + 2 : "",
		 strrchr(driver, '/') ? strrchr(driver, '/') + 1 : "no driver");
}

void bench_add_context(json_t *doc, const struct bench_options *o, const struct bench_target *t)
{
	char buf[512];
	struct utsname host;

	uname(&host);
	bench_machine(buf, sizeof(buf));
	bench_doc_context(doc, "machine", buf);
	bench_doc_context(doc, "backend", t->bdf ? "kernel" : *t->core ? "core" : "other");
	if (t->bdf) {
		device_text(t->bdf, buf, sizeof(buf));
		bench_doc_context(doc, "device", buf);
	} else if (*t->core) {
		bench_doc_context(doc, "device", "mock device of the core");
		bench_doc_context(doc, "profile", t->profile ? t->profile : "6.12");
	}
	bench_doc_context(doc, "kernel", host.release);
	if (o->commit)
		bench_doc_context_set(doc, "commit", o->commit);
	if (t->bdf)
		snprintf(buf, sizeof(buf), "%s", host.release);
	else
		commit_of(t->program, buf, sizeof(buf));
	bench_doc_context(doc, "commit", *buf ? buf : "unknown");
}
