// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose a path is. Most are not the core's, and cost a look at their first bytes.
 */
#include "real.h"
#include <kapi/fail_nth.h>
#include <kapi/fdinfo.h>
#include <kapi/syscalls.h>
#include <linux/uaccess.h>
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "path.h"

bool path_ready;

/* Where relative paths start, as far as it matters: computed again after each chdir(). */
static enum { CWD_UNKNOWN, CWD_FOREIGN, CWD_NEAR } cwd;

void path_cwd_changed(void)
{
	__atomic_store_n(&cwd, CWD_UNKNOWN, __ATOMIC_RELAXED);
}

static bool under(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

/* Paths in these may be the core's. */
static bool is_near(const char *path)
{
	return under(path, "/dev") || under(path, "/sys");
}

/*
 * Resolve "//", "/./" and "/../" from the left, until the path is in a directory
 * where the core's names begin: from there on links may matter, and the lookup
 * does it. In place.
 */
static void simplify(char *path)
{
	char *out = path, *in = path, *next;
	size_t len;

	while (*in) {
		in += strspn(in, "/");
		len = strcspn(in, "/");
		next = in + len;
		if (len == 2 && !memcmp(in, "..", 2)) {
			while (out > path && *--out != '/')
				;
		} else if (len && !(len == 1 && *in == '.')) {
			*out++ = '/';
			memmove(out, in, len);
			out += len;
		}
		if (out - path == 4 && *next == '/' &&
		    (!memcmp(path, "/dev", 4) || !memcmp(path, "/sys", 4))) {
			memmove(out, next, strlen(next) + 1);
			return;
		}
		in = next;
	}
	if (out == path)
		*out++ = '/';
	*out = 0;
}

/* Could a name relative to a directory of the host be the core's? By its first part. */
static bool maybe_ours(const char *rel)
{
	static const char *const first[] = { ".", "..", "dev", "sys", "vfio", "kvm", "bus", "pci",
					     "kernel", "iommu_groups", "class", "devices", "module" };
	size_t len = strcspn(rel, "/"), i;

	for (i = 0; i < sizeof(first) / sizeof(*first); i++)
		if (strlen(first[i]) == len && !memcmp(first[i], rel, len))
			return true;
	return !strncmp(rel, "vfio", 4) || !strncmp(rel, "mdev", 4);
}

static bool cwd_is_near(void)
{
	char buf[PATH_MAX];
	int state = __atomic_load_n(&cwd, __ATOMIC_RELAXED);

	if (state == CWD_UNKNOWN) {
		state = getcwd(buf, sizeof(buf)) && (is_near(buf) || !strcmp(buf, "/")) ?
			CWD_NEAR : CWD_FOREIGN;
		__atomic_store_n(&cwd, state, __ATOMIC_RELAXED);
	}
	return state == CWD_NEAR;
}

/* Absolute path of directory @dirfd. 0, or -ENXIO if it cannot matter. */
static int base_of(int dirfd, const char *rel, char *buf, size_t size)
{
	struct kapi_node *node;
	char link[40];
	ssize_t len;

	if (dirfd == AT_FDCWD) {
		if (!cwd_is_near() && strncmp(rel, "..", 2) && !strstr(rel, "/.."))
			return -ENXIO;
		return getcwd(buf, size) ? 0 : -ENXIO;
	}
	if (kapi_fd_is_ours(dirfd)) {
		node = node_of_fd(dirfd);
		if (!node)
			return -ENOTDIR;
		len = kapi_node_path(node, buf, size);
		kapi_node_put(node);
		return len < 0 ? len : 0;
	}
	if (!maybe_ours(rel) && !strstr(rel, "/.."))
		return -ENXIO;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	len = real_readlink(link, buf, size - 1);
	if (len <= 0 || buf[0] != '/')
		return -ENXIO;
	buf[len] = 0;
	return 0;
}

static int find(int dirfd, const char *upath, bool follow, struct kapi_node **node)
{
	char path[PATH_MAX], full[2 * PATH_MAX];
	char *at = path;
	long len;
	int ret;

	len = strncpy_from_user(path, upath, sizeof(path));
	if (len <= 0 || len >= (long)sizeof(path))
		return -ENXIO;
	if (path[0] != '/') {
		ret = base_of(dirfd, path, full, PATH_MAX);
		if (ret)
			return ret;
		len = strlen(full);
		full[len++] = '/';
		strcpy(full + len, path);
		at = full;
	} else if (is_near(path)) {
		return kapi_lookup(path, follow, node);
	} else if (!strncmp(path, "/proc/", 6)) {
		ret = kapi_fail_nth_node(path, node);
		return ret == -ENXIO ? kapi_fdinfo_node(path, node) : ret;
	} else if (path[1] != '/' && path[1] != '.' && !strstr(path, "/..")) {
		return -ENXIO;
	}
	simplify(at);
	return is_near(at) ? kapi_lookup(at, follow, node) : -ENXIO;
}

int path_find(int dirfd, const char *upath, bool follow, struct kapi_node **node)
{
	int ret;

	if (!path_ready)
		return -ENXIO;
	/* Whose the name is has nothing to do with what the program asked to fail. */
	kapi_fail_pause();
	ret = find(dirfd, upath, follow, node);
	kapi_fail_resume();
	return ret;
}

int path_fd_number(const char *upath)
{
	char path[64], *at = path, *end;
	long len, fd;

	kapi_fail_pause();
	len = strncpy_from_user(path, upath, sizeof(path));
	kapi_fail_resume();
	if (len <= 0 || len >= (long)sizeof(path))
		return -1;
	if (!strncmp(at, "/dev/fd/", 8)) {
		at += 8;
	} else if (!strncmp(at, "/proc/", 6)) {
		at += 6;
		if (!strncmp(at, "self/", 5))
			at += 5;
		else if (!strncmp(at, "thread-self/", 12))
			at += 12;
		else if (isdigit(*at) && strtol(at, &end, 10) == getpid() && *end == '/')
			at = end + 1;
		else
			return -1;
		if (strncmp(at, "fd/", 3))
			return -1;
		at += 3;
	} else {
		return -1;
	}
	if (!isdigit(*at))
		return -1;
	fd = strtol(at, &end, 10);
	return *end || fd > INT_MAX ? -1 : fd;
}
