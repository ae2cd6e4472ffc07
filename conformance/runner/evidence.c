// SPDX-License-Identifier: GPL-2.0-only
#include "evidence.h"
#include "results.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

const char *first_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, size, f))
		*buf = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
	return buf;
}

static FILE *create(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "we");
}

static int done(FILE *f)
{
	int bad = ferror(f);

	return fclose(f) || bad ? -1 : 0;
}

/* A program's output goes to @f; false if it failed. */
static bool run(FILE *f, const char *program, char *const argv[])
{
	pid_t pid;
	int st;

	fflush(f);
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(fileno(f), STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(program, argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(st) && !WEXITSTATUS(st);
}

static int write_lspci(const char *dir, char *const *bdfs, size_t nr)
{
	FILE *f = create(dir, "lspci.txt");

	if (!f)
		return -1;
	for (size_t i = 0; i < nr; i++) {
		char *argv[] = { "lspci", "-D", "-nn", "-vvv", "-s", bdfs[i], NULL };

		if (!run(f, "lspci", argv)) {
			fseek(f, 0, SEEK_END);
			fprintf(f, "%s: lspci of pciutils is not on this host; see config-space.txt\n",
				bdfs[i]);
		}
		fseek(f, 0, SEEK_END);
	}
	return done(f);
}

static int write_config_space(const char *dir, char *const *bdfs, size_t nr)
{
	FILE *f = create(dir, "config-space.txt");
	char path[256];
	int c, at;

	if (!f)
		return -1;
	for (size_t i = 0; i < nr; i++) {
		FILE *in;

		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdfs[i]);
		in = fopen(path, "re");
		fprintf(f, "%s device", bdfs[i]);
		for (at = 0; in && (c = getc(in)) != EOF; at++) {
			if (at % 16 == 0)
				fprintf(f, "\n%02x:", at);
			fprintf(f, " %02x", c);
		}
		fputs(in ? "\n\n" : ": cannot be read\n\n", f);
		if (in)
			fclose(in);
	}
	return done(f);
}

static int write_kernel(const char *dir)
{
	static const char *const files[] = { "/proc/version", "/proc/cmdline",
					     "/proc/sys/kernel/tainted" };
	FILE *f = create(dir, "kernel.txt");
	char line[4096];

	if (!f)
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		fprintf(f, "%s: %s\n", files[i], first_line(files[i], line, sizeof(line)));
	return done(f);
}

static bool copy(const char *from, FILE *out)
{
	FILE *in = fopen(from, "re");
	char buf[65536];
	size_t n;

	if (!in)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		fwrite(buf, 1, n, out);
	fclose(in);
	return true;
}

static int write_kernel_config(const char *dir)
{
	static const char *const places[] = { "/boot/config-%s", "/lib/modules/%s/config",
					      "/usr/lib/modules/%s/config",
					      "/lib/modules/%s/build/.config" };
	bool packed = !access("/proc/config.gz", R_OK), found = false;
	FILE *f = create(dir, packed ? "kernel-config.gz" : "kernel-config");
	struct utsname u;
	char path[4096];

	if (!f)
		return -1;
	uname(&u);
	if (packed)
		found = copy("/proc/config.gz", f);
	for (size_t i = 0; !found && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], u.release);
		found = copy(path, f);
	}
	if (!found)
		fputs("# not on this host: neither /proc/config.gz nor a file in /boot or /lib/modules\n",
		      f);
	return done(f);
}

static int is_wanted(const struct dirent *d)
{
	static const char *const wanted[] = { "*vfio*", "mdev", "irqbypass", "kvm*", "*iommu*",
					      "*mock_mdev*" };

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!fnmatch(wanted[i], d->d_name, 0))
			return 1;
	return 0;
}

static int write_modules(const char *dir)
{
	static const char *const attrs[] = { "version", "srcversion", "taint" };
	json_t *all = json_array(), *one;
	char path[4096], text[256];
	struct dirent **names;
	int n = scandir("/sys/module", &names, is_wanted, alphasort), ret;
	FILE *f = create(dir, "modules.json");

	if (!f) {
		json_decref(all);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		one = json_pack("{ss}", "name", names[i]->d_name);
		snprintf(path, sizeof(path), "/sys/module/%s/initstate", names[i]->d_name);
		json_object_set_new(one, "built_in", json_boolean(access(path, F_OK)));
		for (size_t j = 0; j < sizeof(attrs) / sizeof(attrs[0]); j++) {
			snprintf(path, sizeof(path), "/sys/module/%s/%s", names[i]->d_name, attrs[j]);
			first_line(path, text, sizeof(text));
			if (*text)
				json_object_set_new(one, attrs[j], json_string(text));
		}
		json_array_append_new(all, one);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	json_dumpf(all, f, JSON_INDENT(1));
	fputc('\n', f);
	ret = done(f);
	json_decref(all);
	return ret;
}

int evidence_write(const char *dir, char *const *bdfs, size_t nr_bdfs)
{
	if (write_lspci(dir, bdfs, nr_bdfs) || write_config_space(dir, bdfs, nr_bdfs) ||
	    write_kernel(dir) || write_kernel_config(dir) || write_modules(dir))
		return -1;
	return 0;
}
