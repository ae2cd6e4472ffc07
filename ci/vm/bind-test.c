// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/kmod against a real kernel: bindings and their restoration on every way
 * out, modules. Runs in the guest, where 0000:00:03.0 and 0000:03:00.0 are bound
 * by the plan. Prints TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmod/bind.h"
#include "kmod/kmod.h"

#define DEV	"0000:00:03.0"
#define OTHER	"0000:03:00.0"
#define DRIVER	"vfio-pci"

static int nr, failed;

static void result(bool ok, const char *name)
{
	nr++;
	failed += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", nr, name);
}

static bool has_driver(const char *bdf, const char *want)
{
	char name[BIND_NAME_MAX];

	return !driver_of(bdf, name) && !strcmp(name, want);
}

/* The keeper works after its maker's death: give it a moment. */
static bool gets_driver(const char *bdf, const char *want)
{
	int i;

	for (i = 0; i < 100; i++) {
		if (has_driver(bdf, want))
			return true;
		usleep(20000);
	}
	return false;
}

static bool override_is(const char *bdf, const char *want)
{
	char path[128], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", bdf);
	fd = open(path, O_RDONLY);
	if (read(fd, text, sizeof(text) - 1) < 0)
		return false;
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, want);
}

static void errors(void)
{
	char name[BIND_NAME_MAX];

	result(driver_of("03.0", name) == -EINVAL, "driver_of: no address");
	result(driver_of("0000:00:03.8", name) == -EINVAL, "driver_of: function 8");
	result(driver_of("0000:00:0A.0", name) == -EINVAL, "driver_of: upper case");
	result(driver_of("0000:7f:00.0", name) == -ENODEV, "driver_of: no device");
	result(bind_driver("0000:7f:00.0", DRIVER) == -ENODEV, "bind_driver: no device");
	result(bind_driver(DEV, "no_such_driver") == -ENOENT && has_driver(DEV, DRIVER),
	       "bind_driver: no driver, and the device keeps its own");
	result(bind_driver(DEV, "../devices") == -ENOENT, "bind_driver: a path is no driver");
	result(bind_driver(DEV, "pcieport") == -EIO && has_driver(DEV, ""),
	       "bind_driver: a driver that refuses the device");
	result(!bind_driver(DEV, DRIVER) && has_driver(DEV, DRIVER), "bind_driver: back again");
	result(!bind_driver(DEV, DRIVER), "bind_driver: already there");
}

static void modules(void)
{
	result(module_is_loaded("vfio-pci") && module_is_loaded("vfio_pci"),
	       "module_is_loaded: '-' and '_'");
	result(!module_is_loaded("no_such_module"), "module_is_loaded: no");
	result(!module_exists("no_such_module"), "module_exists: no");
	result(module_load("no_such_module", NULL) == -ENOENT, "module_load: no such module");
	result(!module_load("vfio", NULL), "module_load: already there");
	result(module_unload("vfio") != 0 && module_is_loaded("vfio"), "module_unload: in use");
	result(!module_unload("no_such_module"), "module_unload: not loaded");
	result(!module_unload("kvm_amd") && !module_is_loaded("kvm_amd") &&
	       !module_load("kvm_amd", NULL) && module_is_loaded("kvm_amd"),
	       "unload and load kvm_amd");
}

enum way { EXIT, UNDERSCORE_EXIT, INT, TERM, SEGV, KILL };

static void leave(enum way way)
{
	static const int sig[] = { [INT] = SIGINT, [TERM] = SIGTERM, [SEGV] = SIGSEGV,
				   [KILL] = SIGKILL };

	if (way == EXIT)
		exit(0);
	if (way == UNDERSCORE_EXIT)
		_exit(0);
	/* As Ctrl-C does it: to the whole group. */
	kill(way == INT ? 0 : getpid(), sig[way]);
	pause();
}

static void way_out(enum way way, const char *name)
{
	bool was_changed;
	int status;
	char text[128];
	pid_t pid = fork();

	if (!pid) {
		int fd;

		setpgid(0, 0);
		if (bind_driver_restored(DEV, "") || bind_driver_restored(OTHER, "") ||
		    bind_driver_restored(OTHER, DRIVER))
			_exit(9);
		if (!has_driver(DEV, "") || !has_driver(OTHER, DRIVER))
			_exit(8);
		/* An open group must not keep the keeper from its work. */
		fd = open("/dev/vfio/8", O_RDWR);
		if (fd < 0)
			_exit(7);
		leave(way);
	}
	waitpid(pid, &status, 0);
	was_changed = !WIFEXITED(status) || !WEXITSTATUS(status);
	snprintf(text, sizeof(text), "bindings are restored after %s", name);
	result(was_changed && gets_driver(DEV, DRIVER) && gets_driver(OTHER, DRIVER), text);
}

static void restore_all(void)
{
	result(!bind_driver(OTHER, "") && !bind_driver_restored(OTHER, DRIVER) &&
	       !bind_driver_restored(DEV, "") && has_driver(DEV, ""), "two devices changed");
	result(!bind_restore_all() && has_driver(DEV, DRIVER) && has_driver(OTHER, ""),
	       "bind_restore_all: both ways");
	result(override_is(DEV, DRIVER) && override_is(OTHER, "(null)"),
	       "driver_override as it was");
	result(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "the keeper has ended");
	result(!bind_restore_all() && has_driver(OTHER, ""), "nothing left to restore");
	result(!bind_driver(OTHER, DRIVER), "and in its place again");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (bind_driver(OTHER, DRIVER)) {
		printf("not ok 1 - %s on %s\n", DRIVER, OTHER);
		return 1;
	}
	errors();
	modules();
	way_out(EXIT, "exit()");
	way_out(UNDERSCORE_EXIT, "_exit()");
	way_out(INT, "SIGINT to the group");
	way_out(TERM, "SIGTERM");
	way_out(SEGV, "a crash");
	way_out(KILL, "SIGKILL");
	restore_all();
	printf("1..%d\n", nr);
	return failed != 0;
}
