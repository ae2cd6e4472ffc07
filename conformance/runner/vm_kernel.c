// SPDX-License-Identifier: GPL-2.0-only
/* From the name of a kernel to its image and its modules. */
#include "runner.h"
#include "vm_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/*
 * The release a bzImage was built as, from its boot header
 * (Documentation/arch/x86/boot.rst: header magic at 0x202, kernel_version at 0x20e).
 */
static int image_release(const char *path, char *release, size_t size)
{
	unsigned char head[0x8000];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	size_t at;

	if (fd < 0)
		return -errno;
	n = pread(fd, head, sizeof(head) - 1, 0);
	close(fd);
	if (n < 0)
		return -errno;
	if (n < 0x210 || memcmp(head + 0x202, "HdrS", 4))
		return -ENOEXEC;
	head[n] = '\0';
	at = 0x200 + (head[0x20e] | head[0x20f] << 8);
	if (at >= (size_t)n)
		return -ENOEXEC;
	snprintf(release, size, "%s", (char *)head + at);
	release[strcspn(release, " ")] = '\0';
	return 0;
}

/* The newest file that matches one of the patterns below @dir. */
static bool find_image(const char *dir, char *image)
{
	static const char *const places[] = {
		"vmlinuz", "bzImage", "arch/x86/boot/bzImage", "boot/vmlinuz-*",
		"usr/lib/modules/*/vmlinuz",
	};
	char pattern[PATH_MAX];
	glob_t g;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(pattern, sizeof(pattern), "%s/%s", dir, places[i]);
		if (glob(pattern, 0, NULL, &g))
			continue;
		snprintf(image, PATH_MAX, "%s", g.gl_pathv[g.gl_pathc - 1]);
		globfree(&g);
		return true;
	}
	return false;
}

/* lib/modules/RELEASE as a package has it, or the modules of a built tree. */
static bool has_modules(const char *dir, const char *release)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/lib/modules/%s/modules.dep", dir, release);
	if (!access(path, R_OK))
		return true;
	snprintf(path, sizeof(path), "%s/usr/lib/modules/%s/modules.dep", dir, release);
	if (!access(path, R_OK))
		return true;
	/* A built tree, be it that all is built in. */
	snprintf(path, sizeof(path), "%s/include/config/kernel.release", dir);
	return !access(path, R_OK);
}

static bool find_modules(const char *image, const char *release, char *modules)
{
	char dir[PATH_MAX];
	int up;

	/* Beside it, above boot/, or above arch/x86/boot/; not the host's own by chance. */
	snprintf(dir, sizeof(dir), "%s", image);
	for (up = 0; up <= 3; up++) {
		dirname(dir);
		if (!has_modules(dir, release))
			continue;
		snprintf(modules, PATH_MAX, "%s", dir);
		return true;
	}
	return false;
}

/* The mock modules are built per series of stock kernels, or per release. */
static void find_mock(struct vm_kernel *k, const char *series)
{
	const char *const names[] = { series, k->release };
	char pattern[PATH_MAX];
	glob_t g;
	size_t i;

	/* ci/kernel/tree.sh builds them with the kernel. */
	snprintf(pattern, sizeof(pattern), "%s/mock/*.ko", k->modules);
	if (!glob(pattern, 0, NULL, &g)) {
		globfree(&g);
		snprintf(k->mock, sizeof(k->mock), "%.*s/mock", PATH_MAX - 8, k->modules);
		return;
	}
	for (i = 0; i < 2; i++) {
		if (!names[i])
			continue;
		snprintf(pattern, sizeof(pattern), "%s/modules/%s/*.ko", path_state(), names[i]);
		if (glob(pattern, 0, NULL, &g))
			continue;
		globfree(&g);
		snprintf(k->mock, sizeof(k->mock), "%s/modules/%s", path_state(), names[i]);
		return;
	}
}

int vm_find_kernel(const char *name, struct vm_kernel *k, char *why, size_t len)
{
	char path[PATH_MAX], full[PATH_MAX];
	int ret;

	*k = (struct vm_kernel){ 0 };
	if (!strchr(name, '/') && *name != '.') {
		snprintf(path, sizeof(path), "%s/kernels/%s", path_state(), name);
		k->stock = is_dir(path);
	}
	if (!k->stock)
		snprintf(path, sizeof(path), "%s", name);
	if (!realpath(path, full)) {
		snprintf(why, len, "no kernel \"%s\": neither one that `make deps`%s put below %s/kernels nor a path",
			 name, strcmp(name, "debug") ? "" : " (here: `make debug-kernel`)",
			 path_state());
		return -1;
	}
	if (!is_dir(full)) {
		snprintf(k->image, sizeof(k->image), "%s", full);
	} else if (!find_image(full, k->image)) {
		snprintf(why, len, "no kernel image below %s (vmlinuz, boot/vmlinuz-*, arch/x86/boot/bzImage)",
			 full);
		return -1;
	}
	ret = image_release(k->image, k->release, sizeof(k->release));
	if (ret) {
		snprintf(why, len, "%s: %s", k->image,
			 ret == -ENOEXEC ? "not a bzImage; give the file that the kernel's build calls arch/x86/boot/bzImage" :
			 strerror(-ret));
		return -1;
	}
	if (is_dir(full) && has_modules(full, k->release)) {
		snprintf(k->modules, sizeof(k->modules), "%s", full);
	} else if (!find_modules(k->image, k->release, k->modules)) {
		snprintf(why, len, "no modules of %s: expected lib/modules/%s beside or above %s",
			 k->release, k->release, k->image);
		return -1;
	}
	find_mock(k, k->stock ? name : NULL);
	return 0;
}
