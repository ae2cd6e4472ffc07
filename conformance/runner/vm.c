// SPDX-License-Identifier: GPL-2.0-only
#include "runner.h"
#include "vm_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

int make_dirs(const char *path)
{
	char dir[PATH_MAX], *p;

	snprintf(dir, sizeof(dir), "%s", path);
	for (p = dir + 1; ; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(dir, 0777) && errno != EEXIST)
			return -errno;
		*p = c;
		if (!c)
			return 0;
	}
}

/*
 * console.log, or console-2.log if a guest that runs now has that one: a log
 * stays locked as long as its guest lives.
 */
static int claim_console(const char *dir, char *path, size_t size)
{
	int i, fd;

	for (i = 1; i <= VM_MAX_GUESTS; i++) {
		if (i == 1)
			snprintf(path, size, "%s/console.log", dir);
		else
			snprintf(path, size, "%s/console-%d.log", dir, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0)
			return -errno;
		if (!flock(fd, LOCK_EX | LOCK_NB)) {
			if (!ftruncate(fd, 0))
				return fd;
			i = -errno;
			close(fd);
			return i;
		}
		close(fd);
	}
	return -EBUSY;
}

/* What to type; vmlinux stands in the tree, beside or above what is booted. */
static void print_gdb(const struct vm_kernel *kernel, int port)
{
	char path[PATH_MAX], *slash;

	snprintf(path, sizeof(path), "%s", kernel->image);
	while ((slash = strrchr(path, '/'))) {
		snprintf(slash, sizeof(path) - (slash - path), "/vmlinux");
		if (!access(path, R_OK))
			break;
		*slash = '\0';
	}
	fprintf(stderr, "vm: waiting for gdb %s -ex 'target remote 127.0.0.1:%d'\n",
		slash ? path : "VMLINUX", port);
}

static void run(const struct vm_options *opt, struct vm_machine *machine,
		void (*sink)(void *, const char *, size_t), void *ctx, struct vm_result *r)
{
	char initramfs[PATH_MAX + 16], log[PATH_MAX + 8], work[PATH_MAX];
	const char *out = opt->out_dir;
	struct vm_kernel kernel;
	struct vm_boot boot = {
		.kernel = &kernel, .machine = machine, .initramfs = initramfs, .log = log,
		.append = opt->append, .coverage = opt->coverage, .shell = opt->shell,
		.gdb_port = opt->gdb_port,
	};
	struct termios terminal;
	bool tty = opt->shell && !tcgetattr(STDIN_FILENO, &terminal);
	int fd;

	if (!vm_qemu_path()) {
		snprintf(r->reason, sizeof(r->reason),
			 "%s is missing: run `make deps`, or set QEMU=PROGRAM",
			 getenv("QEMU") ?: "qemu-system-x86_64");
		return;
	}
	if (vm_find_kernel(opt->kernel, &kernel, r->reason, sizeof(r->reason)))
		return;
	snprintf(work, sizeof(work), "%s/vm", path_state());
	fd = make_dirs(out);
	if (!fd)
		fd = make_dirs(work);
	if (fd) {
		snprintf(r->reason, sizeof(r->reason), "cannot make %.200s or %.200s: %s", out, work,
			 strerror(-fd));
		return;
	}
	fd = claim_console(out, r->console, sizeof(r->console));
	if (fd < 0) {
		snprintf(r->reason, sizeof(r->reason), "cannot write %.300s: %s", r->console,
			 strerror(-fd));
		*r->console = '\0';
		return;
	}
	snprintf(log, sizeof(log), "%s.qemu", r->console);
	snprintf(initramfs, sizeof(initramfs), "%s.initramfs", r->console);
	boot.console = r->console;
	boot.accel = vm_choose_accel(&kernel, machine, work);
	if (!opt->quiet && !vm_interrupted())
		fprintf(stderr, "vm: booting %s with %s\n", kernel.release,
			*boot.accel == 'k' ? "KVM" : "emulation (TCG)");
	if (!opt->quiet && !vm_interrupted() && !*kernel.mock)
		fprintf(stderr, "vm: no mock driver is built for %s, and what needs one is skipped; build it by\n"
			"vm: make build/modules/%s/mock_vfio_pci.ko KHEADERS_%s=TREE\n", kernel.release,
			kernel.release, kernel.release);
	if (opt->gdb_port)
		print_gdb(&kernel, opt->gdb_port);
	if (!vm_interrupted() &&
	    !vm_build_initramfs(opt, &kernel, machine, initramfs, r->reason,
				sizeof(r->reason)))
		vm_watch(&boot, opt->timeout_s, opt->quiet, sink, ctx, r);
	/* QEMU changed it, and may have been killed. */
	if (tty)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
	if (vm_interrupted()) {
		r->end = VM_INTERRUPTED;
		snprintf(r->reason, sizeof(r->reason), "interrupted; no guest is left running");
	}
	unlink(initramfs);
	if (r->end != VM_CANNOT)
		unlink(log);
	close(fd);
}

int vm_run(const struct vm_options *opt, void (*sink)(void *ctx, const char *data, size_t len),
	   void *ctx, struct vm_result *result)
{
	struct vm_machine machine;

	*result = (struct vm_result){ .end = VM_CANNOT };
	if (vm_read_machine(opt->machine ?: "default", &machine, result->reason,
			    sizeof(result->reason)))
		return -1;
	vm_signals_hold();
	run(opt, &machine, sink, ctx, result);
	vm_signals_release();
	vm_free_machine(&machine);
	return result->end == VM_OK ? 0 : -1;
}
