// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM or emulation? That /dev/kvm opens says little: nested hypervisors offer one
 * that cannot run a kernel. So a guest is booted under it, once per host.
 */
#include "vm_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROBE_SECONDS	20

/* What the answer depends on: another host, kernel or QEMU asks again. */
static void fingerprint(char *text, size_t size)
{
	char id[64] = "-", model[128] = "-", line[256];
	struct stat st = { 0 };
	struct utsname u;
	FILE *f;

	uname(&u);
	f = fopen("/etc/machine-id", "re");
	if (f) {
		if (fgets(id, sizeof(id), f))
			id[strcspn(id, "\n")] = '\0';
		fclose(f);
	}
	f = fopen("/proc/cpuinfo", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "model name", 10))
			continue;
		snprintf(model, sizeof(model), "%s", line + 10 + strspn(line + 10, "\t :"));
		model[strcspn(model, "\n")] = '\0';
		break;
	}
	if (f)
		fclose(f);
	if (vm_qemu_path())
		stat(vm_qemu_path(), &st);
	snprintf(text, size, "%s|%s|%s|%s|%lld", id, u.nodename, u.release, model,
		 (long long)st.st_mtime);
}

static const char *cached(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	char line[640];
	const char *answer = NULL;

	if (!f)
		return NULL;
	if (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "kvm ", 4) || !strncmp(line, "tcg ", 4))
			if (!strcmp(line + 4, key))
				answer = *line == 'k' ? "kvm" : "tcg";
	}
	fclose(f);
	return answer;
}

static void remember(const char *path, const char *answer, const char *key)
{
	char tmp[PATH_MAX + 16];
	FILE *f;

	snprintf(tmp, sizeof(tmp), "%s.%d", path, getpid());
	f = fopen(tmp, "we");
	if (!f)
		return;
	fprintf(f, "%s %s\n", answer, key);
	if (fclose(f) || rename(tmp, path))
		unlink(tmp);
}

static void drop(void *ctx, const char *data, size_t len)
{
}

static bool probe(const struct vm_kernel *kernel, const struct vm_machine *machine,
		  const char *dir)
{
	char initramfs[PATH_MAX], console[PATH_MAX], log[PATH_MAX], why[512];
	char *argv[] = { "true", NULL };
	const struct vm_options opt = { .argv = argv };
	struct vm_boot boot = {
		.kernel = kernel, .machine = machine, .initramfs = initramfs, .console = console, .log = log,
		.accel = "kvm",
	};
	struct vm_result r = { .end = VM_CANNOT };

	snprintf(initramfs, sizeof(initramfs), "%s/probe-%d.cpio", dir, getpid());
	snprintf(console, sizeof(console), "%s/probe-%d.console", dir, getpid());
	snprintf(log, sizeof(log), "%s/probe-%d.log", dir, getpid());
	if (!vm_build_initramfs(&opt, kernel, machine, initramfs, why, sizeof(why)))
		vm_watch(&boot, PROBE_SECONDS, true, drop, NULL, &r);
	unlink(initramfs);
	unlink(console);
	unlink(log);
	return r.end == VM_OK && r.status == 0;
}

const char *vm_choose_accel(const struct vm_kernel *kernel, const struct vm_machine *machine,
			    const char *cache_dir)
{
	const char *wish = getenv("VFIO_COMPLIANCE_ACCEL"), *answer;
	char path[PATH_MAX], key[600];

	if (wish && (!strcmp(wish, "kvm") || !strcmp(wish, "tcg")))
		return wish;
	if (access("/dev/kvm", R_OK | W_OK))
		return "tcg";
	fingerprint(key, sizeof(key));
	snprintf(path, sizeof(path), "%s/accel", cache_dir);
	answer = cached(path, key);
	if (answer)
		return answer;
	answer = probe(kernel, machine, cache_dir) ? "kvm" : "tcg";
	/* A kernel under test that does not boot says nothing about the host. */
	if (!vm_interrupted() && (kernel->stock || *answer == 'k'))
		remember(path, answer, key);
	return answer;
}
