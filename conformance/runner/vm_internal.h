/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that make up vm_run(); see vm.h. */
#ifndef RUNNER_VM_INTERNAL_H
#define RUNNER_VM_INTERNAL_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "vm.h"

/* vm_kernel.c: what to boot. */
struct vm_kernel {
	char image[PATH_MAX];		/* bzImage */
	char modules[PATH_MAX];		/* directory with lib/modules/RELEASE, or a kernel tree */
	char release[128];		/* from the image */
	char mock[PATH_MAX];		/* our own modules built for it, "" if none */
	bool stock;			/* one of PREFIX/kernels */
};

/* Returns 0, or -1 with one line in @why (@len bytes). */
int vm_find_kernel(const char *name, struct vm_kernel *kernel, char *why, size_t len);

/* vm_machine.c: the shape of the guest, out of libexec/.../machine.NAME. */
struct vm_machine {
	char **qemu;			/* arguments */
	size_t nr_qemu;
	char *append;			/* for the kernel command line, or NULL */
	char *plan;			/* for the agent, or NULL */
};

/* Returns 0, or -1 with one line in @why. */
int vm_read_machine(const char *name, struct vm_machine *machine, char *why, size_t len);
void vm_free_machine(struct vm_machine *machine);

/* vm_initramfs.c: writes it to @path. Same returns; stops early when vm_interrupted(). */
int vm_build_initramfs(const struct vm_options *opt, const struct vm_kernel *kernel,
		       const struct vm_machine *machine, const char *path, char *why,
		       size_t len);
const char *vm_libexec_path(void);
/* All folders of the path that are missing: 0 or -errno. */
int make_dirs(const char *path);

/* vm_qemu.c: the process. */
struct vm_qemu {
	pid_t pid;
	int port;			/* result stream, read end */
	int status;			/* as waitpid() gave it, once pid is 0 */
};

struct vm_boot {
	const struct vm_kernel *kernel;
	const struct vm_machine *machine;
	const char *initramfs, *console;
	const char *coverage;		/* file behind the third serial port, or NULL */
	const char *log;		/* what QEMU itself prints */
	const char *append;		/* or NULL */
	const char *accel;		/* "kvm" or "tcg" */
	bool shell;			/* see struct vm_options */
	int gdb_port;
};

int vm_qemu_start(const struct vm_boot *boot, struct vm_qemu *qemu, char *why, size_t len);
/* Has it ended? Never blocks. */
bool vm_qemu_ended(struct vm_qemu *qemu);
/* Kill it if it still runs, and collect it. */
void vm_qemu_stop(struct vm_qemu *qemu);
/* "/usr/bin/qemu-system-x86_64", or NULL if there is none. */
const char *vm_qemu_path(void);
/* Run a helper to its end; its last line on stderr goes to @why. Returns its exit status or -1. */
int vm_run_helper(char *const argv[], char *why, size_t len);

/* vm_watch.c: a guest from power-on to its end. */
void vm_watch(const struct vm_boot *boot, int timeout_s, bool quiet,
	      void (*sink)(void *ctx, const char *data, size_t len), void *ctx,
	      struct vm_result *result);
bool vm_interrupted(void);
void vm_signals_hold(void);
void vm_signals_release(void);

/*
 * vm_accel.c: "kvm" if a guest really ran under it on this host, else "tcg". The
 * answer is kept in @cache_dir.
 */
const char *vm_choose_accel(const struct vm_kernel *kernel, const struct vm_machine *machine,
			    const char *cache_dir);

#endif
