/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Run a command in a guest: build the initramfs, boot the kernel in QEMU, and
 * pass on the result stream that the guest writes on its second serial port.
 *
 * In the guest: the tree libexec/vfio-compliance of this installation is at
 * VM_LIBEXEC, which is the working directory and in PATH (so "exec-tests --dir
 * tests" runs the suite); busybox gives sh and the usual commands; the devices of
 * the machine (ci/vm/machine.*) are bound, VFIO_SELFTESTS_BDF and
 * VFIO_COMPLIANCE_BDFS name them.
 *
 * Environment: VFIO_COMPLIANCE_ACCEL=kvm|tcg overrides the choice between
 * hardware acceleration and emulation, QEMU=PROGRAM the emulator.
 */
#ifndef RUNNER_VM_H
#define RUNNER_VM_H

#include <stdbool.h>
#include <stddef.h>

#define VM_LIBEXEC	"/libexec/vfio-compliance"
#define VM_MAX_GUESTS	16	/* at once in one directory */

struct vm_options {
	/*
	 * "6.1", "6.12", "newest", "debug": a kernel below PREFIX/kernels. Else a path: a
	 * bzImage (its modules in lib/modules/RELEASE beside or above it), an
	 * unpacked kernel package, or a built kernel tree.
	 */
	const char *kernel;
	const char *modules;	/* directory of .ko files laid over the stock ones, or NULL */
	const char *append;	/* more kernel command line, or NULL */
	const char *machine;	/* shape of the guest, NULL for "default" */
	const char *coverage;	/* file for the guest's third serial port, or NULL */
	const char *out_dir;	/* console.log and the initramfs go here; made if missing */
	/*
	 * What the guest runs, NULL terminated. If argv[0] has a slash and is a
	 * file here, it is copied into the guest with the libraries it needs.
	 */
	char *const *argv;
	/* More for the guest, "FILE[=/PATH]" (default /bin/NAME); NULL at the end, or NULL. */
	const char *const *files;
	int guests;		/* that share the suite, at most VM_MAX_GUESTS; 0: vm_suite() decides */
	int timeout_s;		/* from power-on to power-off */
	/* A terminal of the guest's on our stdin and stdout, its third serial port. */
	bool shell;
	int gdb_port;		/* wait at power-on for a debugger on this port of localhost; 0: no */
	bool quiet;		/* no progress on the terminal */
};

enum vm_end {
	VM_OK,			/* the guest ran the command and powered off */
	VM_PANIC,		/* kernel panic or oops that stopped the guest */
	VM_TIMEOUT,		/* neither in time */
	VM_CANNOT,		/* could not run: QEMU, kernel or image missing; reason says which */
	VM_INTERRUPTED,		/* SIGINT, SIGTERM or SIGHUP here; QEMU is gone */
};

struct vm_result {
	enum vm_end end;
	int status;		/* of the guest's command when VM_OK; 128 + n: signal n */
	char release[128];	/* uname -r of the guest, "" if it did not get that far */
	char accel[8];		/* "kvm" or "tcg" */
	char reason[512];	/* one line: why not VM_OK and what to do */
	char console[4096];	/* path of the console log, "" if none */
};

/*
 * vm_run - boot, run, power off
 * @sink:  called with each piece of the result stream, in order
 *
 * Blocks until the guest is gone. Never leaves a QEMU process behind, whatever
 * the way out, SIGKILL of the caller included (hence call it from the thread
 * that lives longest). While it runs it holds SIGINT, SIGTERM and SIGHUP; a
 * handler the caller had for one that came is called before it returns.
 * Returns 0 if result->end is VM_OK, else -1.
 */
int vm_run(const struct vm_options *opt, void (*sink)(void *ctx, const char *data, size_t len),
	   void *ctx, struct vm_result *result);

/*
 * vm_run_all - vm_run() of several guests side by side
 * @opts: of each of @n, at most VM_MAX_GUESTS
 * @sink: called with the pieces of each guest's stream, in the calling process
 * @results: of each
 *
 * If one ends with VM_CANNOT or VM_INTERRUPTED, so do the others.
 */
void vm_run_all(const struct vm_options *opts, int n,
		void (*sink)(void *ctx, int guest, const char *data, size_t len), void *ctx,
		struct vm_result *results);

/* As many guests as there are processors, and memory for. */
int vm_choose_guests(void);

/*
 * vm_join_results - how all ended: as the one of which there is most to say
 *
 * The consoles of all are put together in that of the first.
 */
void vm_join_results(struct vm_result *joined, const struct vm_result *results, int n);

#endif
