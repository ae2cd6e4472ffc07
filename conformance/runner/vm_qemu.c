// SPDX-License-Identifier: GPL-2.0-only
/* The QEMU process, and helpers that must not outlive us either. */
#include "runner.h"
#include "vm_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define QEMU	"qemu-system-x86_64"

const char *vm_qemu_path(void)
{
	static char path[PATH_MAX];
	const char *want = getenv("QEMU"), *dirs = getenv("PATH");
	size_t n;

	if (!want || !*want)
		want = QEMU;
	if (strchr(want, '/'))
		return access(want, X_OK) ? NULL : want;
	if (!dirs)
		dirs = "/usr/bin:/bin";
	for (; *dirs; dirs += n + (dirs[n] == ':')) {
		n = strcspn(dirs, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)n, dirs, want);
		if (n && !access(path, X_OK))
			return path;
	}
	return NULL;
}

/*
 * A child that dies with us, whatever ends us, and that a Ctrl-C at the terminal
 * does not reach: its end is ours to decide.
 */
static pid_t fork_bound(bool foreground)
{
	pid_t parent = getpid(), pid = fork();
	sigset_t none;
	int sig;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	/* Another group could not read from the terminal. */
	if (!foreground)
		setpgid(0, 0);
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return 0;
}

static void to_fd(const char *path, int flags, int fd)
{
	int from = open(path, flags, 0644);

	if (from < 0)
		_exit(126);
	if (from != fd) {
		dup2(from, fd);
		close(from);
	}
}

struct args {
	const char *v[256];
	size_t n;
};

static void add(struct args *a, const char *arg)
{
	if (a->n == sizeof(a->v) / sizeof(a->v[0]) - 1)
		abort();
	a->v[a->n++] = arg;
}

/* What is the same for every guest. */
static const char *const machine[] = {
	/* the name tells our guests from others in a process list */
	"-name", "vfio-compliance", "-nodefaults", "-no-user-config", "-display", "none",
	/* a guest that panics ends */
	"-no-reboot",
	/* interrupt remapping under KVM needs the split irqchip */
	"-machine", "q35,kernel-irqchip=split", "-cpu", "max", "-m", "2G",
	/* a second processor makes emulation slower, not faster */
	"-smp", "1",
};

/*
 * loglevel=5: all that a report consists of, without the boot's chatter, which
 * costs a second on an emulated serial port. softlockup_panic: code that spins in
 * the kernel ends the guest with a backtrace, after a minute: on a loaded host the
 * processor of the guest may stand still for long. no_timer_check: on a loaded host an
 * emulated timer misses the boot's test of it, and the kernel panics.
 * printk.devkmsg: the tests' markers must not be rate limited.
 */
#define CMDLINE	"console=ttyS0,115200 loglevel=5 panic=-1 softlockup_panic=1 " \
		"watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=120 mitigations=off no_timer_check printk.devkmsg=on "
#define CMDLINE_MAX	2048	/* COMMAND_LINE_SIZE of x86 */

static int exec_qemu(const struct vm_boot *boot, int console, int port, struct vm_qemu *qemu)
{
	char append[CMDLINE_MAX], gdb_dev[64], console_dev[64], port_dev[64], coverage_dev[PATH_MAX + 64];
	const char *const boot_args[] = {
		"-accel", boot->accel, "-kernel", boot->kernel->image, "-initrd", boot->initramfs,
		"-append", append, "-chardev", console_dev, "-serial", "chardev:console",
		"-chardev", port_dev, "-serial", "chardev:port",
	};
	struct args a = { .n = 0 };
	size_t i;

	/* A debugger knows the addresses of vmlinux. */
	snprintf(append, sizeof(append), CMDLINE "%s %s%s", boot->machine->append ?: "",
		 boot->append ?: "", boot->gdb_port ? " nokaslr" : "");
	/* By descriptor: a comma in a path would have a meaning of its own. */
	snprintf(console_dev, sizeof(console_dev), "file,id=console,path=/dev/fd/%d", console);
	snprintf(port_dev, sizeof(port_dev), "file,id=port,path=/dev/fd/%d", port);
	add(&a, vm_qemu_path());
	for (i = 0; i < sizeof(machine) / sizeof(machine[0]); i++)
		add(&a, machine[i]);
	for (i = 0; i < boot->machine->nr_qemu; i++)
		add(&a, boot->machine->qemu[i]);
	for (i = 0; i < sizeof(boot_args) / sizeof(boot_args[0]); i++)
		add(&a, boot_args[i]);
	if (boot->coverage) {
		snprintf(coverage_dev, sizeof(coverage_dev), "file,id=coverage,path=%s",
			 boot->coverage);
		add(&a, "-chardev");
		add(&a, coverage_dev);
		add(&a, "-serial");
		add(&a, "chardev:coverage");
	}
	if (boot->shell) {
		add(&a, "-chardev");
		add(&a, "stdio,id=shell,signal=off");
		add(&a, "-serial");
		add(&a, "chardev:shell");
	}
	if (boot->gdb_port) {
		snprintf(gdb_dev, sizeof(gdb_dev), "tcp:127.0.0.1:%d", boot->gdb_port);
		add(&a, "-S");
		add(&a, "-gdb");
		add(&a, gdb_dev);
	}

	qemu->pid = fork_bound(boot->shell);
	if (!qemu->pid) {
		to_fd(boot->log, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
		if (!boot->shell) {
			to_fd("/dev/null", O_RDONLY, STDIN_FILENO);
			dup2(STDERR_FILENO, STDOUT_FILENO);
		}
		fcntl(console, F_SETFD, 0);
		fcntl(port, F_SETFD, 0);
		execv(a.v[0], (char *const *)a.v);
		dprintf(STDERR_FILENO, "%s: %s\n", a.v[0], strerror(errno));
		_exit(127);
	}
	return qemu->pid < 0 ? -errno : 0;
}

int vm_qemu_start(const struct vm_boot *boot, struct vm_qemu *qemu, char *why, size_t len)
{
	int fds[2], console, ret;

	*qemu = (struct vm_qemu){ .port = -1 };
	if (strlen(CMDLINE) + strlen(boot->machine->append ?: "") + 1 +
	    strlen(boot->append ?: "") + strlen(" nokaslr") >= CMDLINE_MAX) {
		snprintf(why, len, "the kernel command line is too long: Linux takes %d bytes",
			 CMDLINE_MAX);
		return -1;
	}
	console = open(boot->console, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (console < 0 || pipe2(fds, O_CLOEXEC)) {
		snprintf(why, len, "cannot write %s: %s", boot->console, strerror(errno));
		if (console >= 0)
			close(console);
		return -1;
	}
	ret = exec_qemu(boot, console, fds[1], qemu);
	close(console);
	close(fds[1]);
	if (ret) {
		snprintf(why, len, "cannot start %s: %s", vm_qemu_path(), strerror(-ret));
		qemu->pid = 0;
		close(fds[0]);
		return -1;
	}
	qemu->port = fds[0];
	return 0;
}

bool vm_qemu_ended(struct vm_qemu *qemu)
{
	if (qemu->pid > 0 && waitpid(qemu->pid, &qemu->status, WNOHANG) == qemu->pid)
		qemu->pid = 0;
	return !qemu->pid;
}

void vm_qemu_stop(struct vm_qemu *qemu)
{
	if (qemu->pid > 0) {
		kill(qemu->pid, SIGKILL);
		while (waitpid(qemu->pid, &qemu->status, 0) < 0 && errno == EINTR)
			;
		qemu->pid = 0;
	}
	if (qemu->port >= 0)
		close(qemu->port);
	qemu->port = -1;
}

/* The last line that is not empty. */
static void last_line(char *text, char *line, size_t len)
{
	char *save, *s;

	*line = '\0';
	for (s = strtok_r(text, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		snprintf(line, len, "%s", s);
}

int vm_run_helper(char *const argv[], char *why, size_t len)
{
	char text[4096];
	size_t have = 0;
	int fds[2], status;
	pid_t pid;

	*why = '\0';
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork_bound(false);
	if (!pid) {
		to_fd("/dev/null", O_RDONLY, STDIN_FILENO);
		dup2(fds[1], STDERR_FILENO);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execv(argv[0], argv);
		dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(fds[1]);
	while (pid > 0 && !vm_interrupted()) {
		struct pollfd p = { .fd = fds[0], .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, 200) <= 0)
			continue;
		/* Only the end of a long text is of use. */
		if (have == sizeof(text) - 1) {
			memmove(text, text + have / 2, have - have / 2);
			have -= have / 2;
		}
		n = read(fds[0], text + have, sizeof(text) - 1 - have);
		if (n <= 0)
			break;
		have += n;
	}
	close(fds[0]);
	if (pid < 0)
		return -1;
	/* Its whole group: it may be waiting for a child of its own. */
	if (vm_interrupted())
		kill(-pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	text[have] = '\0';
	last_line(text, why, len);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
