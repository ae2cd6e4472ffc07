// SPDX-License-Identifier: GPL-2.0-only
/* The initramfs: calls mkinitramfs.sh, which keeps what it built by content. */
#include "runner.h"
#include "vm_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *vm_libexec_path(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", path_prefix(), VM_LIBEXEC);
	return path;
}

/* One argument of the helper's; freed with the list. */
static void arg(char **list, size_t *n, const char *fmt, const char *a, const char *b)
{
	char *s;

	if (asprintf(&s, fmt, a, b) < 0)
		abort();
	list[(*n)++] = s;
}

/* Each argument with the NUL that ends it: no quoting, any content. */
static int write_argv(const char *path, char *const *argv, const char *program)
{
	FILE *f = fopen(path, "we");
	int i;

	if (!f)
		return -errno;
	for (i = 0; argv[i]; i++) {
		const char *s = i ? argv[i] : program;

		fwrite(s, 1, strlen(s) + 1, f);
	}
	if (fclose(f))
		return -errno;
	return 0;
}

static bool is_host_file(const char *path)
{
	struct stat st;

	return strchr(path, '/') && !stat(path, &st) && S_ISREG(st.st_mode);
}

static int write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	fputs(text ?: "", f);
	return fclose(f) ? -errno : 0;
}

int vm_build_initramfs(const struct vm_options *opt, const struct vm_kernel *kernel,
		       const struct vm_machine *machine, const char *path, char *why,
		       size_t len)
{
	const char *libexec = vm_libexec_path(), *program = opt->argv[0];
	static const char *const parts[] = { "exec-tests", "tests", "faults", "gcov-out.sh", "fuzz-replay" };
	char argv_file[PATH_MAX], plan_file[PATH_MAX], in_guest[PATH_MAX], part[PATH_MAX];
	size_t n = 0, nr_files = 0, i;
	char **list;
	int ret;

	snprintf(argv_file, sizeof(argv_file), "%s.argv", path);
	snprintf(plan_file, sizeof(plan_file), "%s.plan", path);
	if (is_host_file(program)) {
		snprintf(in_guest, sizeof(in_guest), "/bin/%s", strrchr(program, '/') + 1);
		program = in_guest;
	}
	ret = write_argv(argv_file, opt->argv, program);
	if (!ret)
		ret = write_text(plan_file, machine->plan);
	if (ret) {
		snprintf(why, len, "cannot write %s or %s: %s", argv_file, plan_file,
			 strerror(-ret));
		unlink(argv_file);
		unlink(plan_file);
		return -1;
	}
	while (opt->files && opt->files[nr_files])
		nr_files++;
	list = calloc(32 + nr_files, sizeof(*list));
	if (!list)
		abort();
	arg(list, &n, "%s/%s", libexec, "mkinitramfs.sh");
	arg(list, &n, "-k%s%s", kernel->modules, "");
	arg(list, &n, "-r%s%s", kernel->release, "");
	arg(list, &n, "-i%s/%s", libexec, "guest");
	arg(list, &n, "-o%s%s", path, "");
	arg(list, &n, "-c%s/%s", path_state(), "vm/cache");
	if (*kernel->mock)
		arg(list, &n, "-m%s%s", kernel->mock, "");
	if (opt->modules)
		arg(list, &n, "-m%s%s", opt->modules, "");
	arg(list, &n, "-e%s=%s", argv_file, "/etc/vfio-compliance/argv");
	arg(list, &n, "-e%s=%s", plan_file, "/etc/vfio-compliance/plan");
	arg(list, &n, "%s%s", "--", "");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(part, sizeof(part), "%s/%s", libexec, parts[i]);
		if (!access(part, R_OK)) {
			char to[PATH_MAX];

			snprintf(to, sizeof(to), VM_LIBEXEC "/%s", parts[i]);
			arg(list, &n, "%s=%s", part, to);
		}
	}
	for (i = 0; i < nr_files; i++)
		arg(list, &n, "%s%s", opt->files[i], "");
	if (program == in_guest)
		arg(list, &n, "%s=%s", opt->argv[0], program);

	ret = vm_run_helper(list, why, len);
	if (ret) {
		unlink(path);
		if (!*why)
			snprintf(why, len, "%s failed", list[0]);
	}
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
	unlink(argv_file);
	unlink(plan_file);
	return ret ? -1 : 0;
}
