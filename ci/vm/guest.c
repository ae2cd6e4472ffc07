// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's init: brings up what VFIO programs need, runs one command with its
 * output on the result port, says how it ended, and powers off.
 *
 * It reads two files of the initramfs:
 *	/etc/vfio-compliance/plan	one order a line, '#' begins a comment
 *	/etc/vfio-compliance/argv	the command, each argument ended by NUL
 * Orders:
 *	module NAME [PARAM=VALUE...]	load it; failure ends the run
 *	try NAME [PARAM=VALUE...]	load it if this kernel and the processor have it
 *	bind BDF DRIVER...		to the first of the drivers that is there
 *	main BDF			the main device (VFIO_SELFTESTS_BDF)
 *	mdev PARENT [TYPE UUID...]	if there is such a parent of mediated devices, it may be
 *					used (VFIO_COMPLIANCE_MDEV_PARENT): make these devices
 *					of it (VFIO_COMPLIANCE_MDEVS)
 *	env NAME=VALUE			for the command
 *	qemu ...			not for the guest
 *
 * Lines of its own on the result port start with RECORD, which no text has:
 *	release RELEASE			uname -r
 *	error TEXT			could not get the guest ready; no status follows
 *	status N			exit status of the command, 128 + n for signal n
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "kmod/bind.h"
#include "kmod/kmod.h"

#define RECORD	"\x1e@guest "
#define ETC	"/etc/vfio-compliance/"
#define LIBEXEC	"/libexec/vfio-compliance"	/* the command's working directory */

static int port = STDOUT_FILENO;
static char bdfs[1024], mdevs[1024], mdev_parents[256];

static void __attribute__((noreturn)) power_off(void)
{
	tcdrain(port);
	sync();
	reboot(RB_POWER_OFF);
	/* Only where the machine has no such switch. */
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void record(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	dprintf(port, RECORD);
	vdprintf(port, fmt, args);
	dprintf(port, "\n");
	va_end(args);
}

#define fail(...) do { record("error " __VA_ARGS__); power_off(); } while (0)

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
		unsigned long flags;
	} mounts[] = {
		{ "proc", "/proc", 0 },
		{ "sysfs", "/sys", 0 },
		{ "devtmpfs", "/dev", 0 },
		{ "tmpfs", "/dev/shm", 0 },
		{ "tmpfs", "/tmp", 0 },
		{ "debugfs", "/sys/kernel/debug", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		/* debugfs need not be there; a missing /proc or /dev shows below. */
		mount(mounts[i].type, mounts[i].dir, mounts[i].type, mounts[i].flags, NULL);
	}
}

/* No echo, no translation: what is written is what arrives. */
static void open_port(const char *path)
{
	struct termios t;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		cfsetspeed(&t, B115200);
		t.c_cflag |= CLOCAL;
		t.c_cflag &= ~CRTSCTS;
		tcsetattr(fd, TCSANOW, &t);
	}
	port = fd;
}

static void load(const char *name, const char *params, int optional)
{
	int ret;

	if (optional && !module_exists(name))
		return;
	ret = module_load(name, params);
	/* Such as kvm_intel on a processor of another make. */
	if (optional && (ret == -ENODEV || ret == -EOPNOTSUPP))
		return;
	if (ret)
		fail("cannot load module %s: %s", name, strerror(-ret));
}

static void add_word(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? " " : "", word);
}

static void bind_one(const char *bdf, char *drivers)
{
	const char *driver, *tried = "";
	int ret = -ENOENT;

	for (driver = strtok(drivers, " \t"); driver; driver = strtok(NULL, " \t")) {
		tried = driver;
		ret = bind_driver(bdf, driver);
		if (ret != -ENOENT)
			break;
	}
	if (ret)
		fail("cannot bind %s to %s: %s", bdf, tried, strerror(-ret));
	add_word(bdfs, sizeof(bdfs), bdf);
}

static void make_mdevs(const char *parent, char *rest)
{
	const char *type = rest ? strtok(rest, " \t") : NULL, *uuid;
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/mdev_bus/%s", parent);
	if (access(path, F_OK))
		return;
	add_word(mdev_parents, sizeof(mdev_parents), parent);
	while (type && (uuid = strtok(NULL, " \t"))) {
		snprintf(path, sizeof(path),
			 "/sys/class/mdev_bus/%s/mdev_supported_types/%s/create", parent, type);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, uuid, strlen(uuid)) < 0)
			fail("cannot make %s of %s: %s", uuid, type, strerror(errno));
		close(fd);
		add_word(mdevs, sizeof(mdevs), uuid);
	}
}

static void follow_plan(void)
{
	FILE *f = fopen(ETC "plan", "r");
	char line[512];

	if (!f)
		fail("no plan in the initramfs");
	while (fgets(line, sizeof(line), f)) {
		char *rest = line, *order, *arg;

		rest[strcspn(rest, "#\n")] = '\0';
		order = strsep(&rest, " \t");
		if (!*order || !strcmp(order, "qemu"))
			continue;
		arg = rest ? strsep(&rest, " \t") : "";
		if (!strcmp(order, "module") || !strcmp(order, "try"))
			load(arg, rest, *order == 't');
		else if (!strcmp(order, "bind"))
			bind_one(arg, rest);
		else if (!strcmp(order, "main"))
			setenv("VFIO_SELFTESTS_BDF", arg, 1);
		else if (!strcmp(order, "mdev"))
			make_mdevs(arg, rest);
		else if (!strcmp(order, "env"))
			putenv(strdup(arg));
		else
			fail("plan: unknown order '%s'", order);
	}
	fclose(f);
	setenv("VFIO_COMPLIANCE_BDFS", bdfs, 1);
	if (*mdev_parents) {
		setenv("VFIO_COMPLIANCE_MDEVS", mdevs, 1);
		setenv("VFIO_COMPLIANCE_MDEV_PARENT", mdev_parents, 1);
	}
}

static char **read_argv(void)
{
	static char text[65536], *argv[512];
	int fd = open(ETC "argv", O_RDONLY | O_CLOEXEC), argc = 0;
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *p;

	if (len <= 0)
		fail("no command in the initramfs");
	for (p = text; p < text + len && argc < 511; p += strlen(p) + 1)
		argv[argc++] = p;
	return argv;
}

static int run(char **argv)
{
	pid_t child = fork(), pid;
	int status;

	if (child < 0)
		fail("fork: %s", strerror(errno));
	if (!child) {
		setsid();
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		dup2(port, STDOUT_FILENO);
		dup2(port, STDERR_FILENO);
		execvp(argv[0], argv);
		dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	/* Whatever else ends here was orphaned by the command. */
	do {
		pid = wait(&status);
	} while (pid != child && (pid > 0 || errno == EINTR));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	struct utsname u;
	int status;

	mount_all();
	open_port("/dev/ttyS1");
	setenv("PATH", LIBEXEC ":/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/tmp", 1);
	uname(&u);
	record("release %s", u.release);
	follow_plan();
	if (chdir(LIBEXEC))
		chdir("/");
	status = run(read_argv());
	record("status %d", status);
	power_off();
}
