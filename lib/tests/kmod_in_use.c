// SPDX-License-Identifier: GPL-2.0-only
/*
 * What makes a device one that the host cannot do without, in a mount namespace with
 * a /sys, a /dev and tables of /proc made for it. The uses that only the kernel can
 * make (a device held exclusively, a group that is open) are ci/vm/certify-uses.sh's.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kmod/in_use.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "tap.h"

#define BDF	"0000:01:00.0"
#define DEV	"/sys/devices/pci0000:00/" BDF

static char why[256];

static void parents(const char *path)
{
	char dir[512];

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(dir, 0755);
		*slash = '/';
	}
}

static void text(const char *path, const char *what)
{
	int fd;

	parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, what, strlen(what)) != (ssize_t)strlen(what) || close(fd)) {
		perror(path);
		exit(1);
	}
}

static void to(const char *path, const char *target)
{
	parents(path);
	if (symlink(target, path)) {
		perror(path);
		exit(1);
	}
}

/* What is ours in the place of something in /proc. */
static void cover(const char *path, const char *with)
{
	if (mount(with, path, NULL, MS_BIND, NULL)) {
		perror(path);
		exit(1);
	}
}

static void uncover(const char *path)
{
	if (umount2(path, MNT_DETACH))
		perror(path);
}

/* A new /sys with the device, and nothing that needs it. */
static void sys_anew(void)
{
	umount2("/sys", MNT_DETACH);
	if (mount("sysfs", "/sys", "tmpfs", 0, NULL)) {
		perror("/sys");
		exit(1);
	}
	text(DEV "/class", "0x010802\n");
	to("/sys/bus/pci/devices/" BDF, DEV);
	*why = '\0';
}

static void in_use(const char *want, const char *what)
{
	int ret = device_in_use(BDF, why, sizeof(why));

	if (!check(ret == !!*want && !strcmp(why, want), "%s", what))
		printf("# %d: %s\n", ret, why);
}

static void test_functions(void)
{
	is(device_in_use("01:00.0", why, sizeof(why)), -EINVAL, "no address");
	is(device_in_use("0000:0a:00.0", why, sizeof(why)), -ENODEV, "no such device");
	in_use("", "a device that does nothing");
	text(DEV "/boot_vga", "0\n");
	text(DEV "/sriov_numvfs", "0\n");
	in_use("", "another display, and no virtual functions");
	text(DEV "/sriov_numvfs", "2\n");
	in_use("it has 2 virtual functions", "virtual functions");
	text(DEV "/boot_vga", "1\n");
	in_use("it is the boot display", "the boot display");
	text(DEV "/class", "0x060400\n");
	in_use("it is a bridge", "a bridge");
}

static void test_vfio(void)
{
	to(DEV "/driver", "../../bus/pci/drivers/vfio-pci");
	in_use("", "a VFIO driver, and no group");
	to(DEV "/iommu_group", "../../kernel/iommu_groups/99");
	in_use("", "no node of the group");
	text("/dev/vfio/noiommu-99", "");
	in_use("", "a group without IOMMU that nobody has open");
	text("/dev/vfio/99", "");
	in_use("", "a group that nobody has open");
}

static void disk(const char *name, const char *numbers)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/dev", name);
	text(path, numbers);
	snprintf(path, sizeof(path), "%s/subsystem", name);
	to(path, "/sys/class/block");
}

static void mount_from(const char *source)
{
	mkdir("/dev/mnt", 0755);
	if (mount(source, "/dev/mnt", "tmpfs", 0, NULL)) {
		perror(source);
		exit(1);
	}
}

static void test_disks(void)
{
	char numbers[32];
	struct stat st;

	disk(DEV "/block/sdz", "250:170\n");
	disk(DEV "/block/sdz/sdz1", "250:171\n");
	in_use("", "a disk that nobody mounted");
	mount_from("/dev/sdz1");
	in_use("sdz1 is mounted on /dev/mnt", "a partition, by its name");
	umount("/dev/mnt");
	mount_from("/dev/sdz10");
	in_use("", "not one whose name goes on");
	if (stat("/dev/mnt", &st))
		exit(1);
	snprintf(numbers, sizeof(numbers), "%u:%u\n", major(st.st_dev), minor(st.st_dev));
	text(DEV "/block/sdz/sdz1/dev", numbers);
	in_use("sdz1 is mounted on /dev/mnt", "by its numbers");
	text(DEV "/block/sdz/sdz1/dev", "250:171\n");

	mkdir("/sys/class/block", 0755);
	disk("/sys/class/block/dm-0", "251:0\n");
	text(DEV "/block/sdz/sdz1/holders/dm-0/x", "");
	in_use("sdz1 is part of dm-0", "what something else is made of");
	text("/sys/class/block/dm-0/dev", numbers);
	in_use("dm-0 is mounted on /dev/mnt", "which may be mounted");
	text("/sys/class/block/dm-0/dev", "251:0\n");
	text("/sys/class/block/dm-0/holders/dm-0/x", "");
	in_use("dm-0 is part of dm-0", "a ring of them ends");
	umount("/dev/mnt");

	sys_anew();
	disk(DEV "/block/sdz", "250:170\n");
	text("/dev/sdz", "");
	in_use("", "a node that can be opened");
	if (mknod("/dev/swapped", S_IFBLK | 0600, makedev(250, 170))) {
		check(true, "swap # SKIP no device nodes may be made here");
		return;
	}
	text("/dev/swaps", "Filename Type Size Used Priority\n/dev/none partition 1 0 -1\n"
	     "/dev/sdz file 1 0 -1\n/dev/swapped partition 1 0 -2\n");
	cover("/proc/swaps", "/dev/swaps");
	in_use("sdz is swap", "swap, whatever its node is called");
	text(DEV "/block/sdz/dev", "250:169\n");
	in_use("", "swap on another disk");
	uncover("/proc/swaps");
}

static void test_nvme(void)
{
	to(DEV "/nvme/nvme7/subsystem", "/sys/class/nvme");
	in_use("", "a controller without subsystem");
	text("/sys/class/nvme-subsystem/nvme-subsys1/nvme8", "");
	disk("/sys/class/nvme-subsystem/nvme-subsys1/nvme1n1", "259:1\n");
	mount_from("/dev/nvme1n1");
	in_use("", "another one's namespace");
	text("/sys/class/nvme-subsystem/nvme-subsys0/nvme7", "");
	disk("/sys/class/nvme-subsystem/nvme-subsys0/nvme0n1", "259:0\n");
	in_use("", "its own, not mounted");
	umount("/dev/mnt");
	mount_from("/dev/nvme0n1");
	in_use("nvme0n1 is mounted on /dev/mnt", "its own, mounted");
	umount("/dev/mnt");
}

#define ROUTES	"Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
#define NONE	"00000000000000000000000000000000"

static void routes(const char *v4, const char *v6, const char *want, const char *what)
{
	text("/dev/net/route", v4);
	text("/dev/net/ipv6_route", v6);
	cover("/proc/self/net", "/dev/net");
	in_use(want, what);
	uncover("/proc/self/net");
}

static void test_interfaces(void)
{
	static const char by_eth9[] = "the default route leaves by eth9";

	to(DEV "/net/eth9/subsystem", "/sys/class/net");
	routes(ROUTES, "", "", "no routes");
	routes(ROUTES "eth9 00000000 0102000A 0003 0 0 0 00000000 0 0 0\n", "", by_eth9,
	       "a default route");
	routes(ROUTES "eth9 0000000A 00000000 0001 0 0 0 000000FF 0 0 0\n"
	       "eth9 00000000 00000000 0001 0 0 0 000000FF 0 0 0\n"
	       "eth9 00000000 00000000 0002 0 0 0 00000000 0 0 0\n"
	       "eth9 00000000 00000000 0201 0 0 0 00000000 0 0 0\n"
	       "eth8 00000000 00000000 0003 0 0 0 00000000 0 0 0\n", "", "",
	       "others, one that is down, one that rejects, another interface's");
	routes(ROUTES, NONE " 00 " NONE " 00 fe80 00000400 1 0 00000003     eth9\n", by_eth9,
	       "of version 6");
	routes(ROUTES, "fe80" NONE " 40 " NONE " 00 " NONE " 100 1 0 00000001 eth9\n"
	       "fe800000000000000000000000000000 00 " NONE " 00 " NONE " 100 1 0 00000001 eth9\n"
	       NONE " 40 " NONE " 00 " NONE " 100 1 0 00000001 eth9\n"
	       NONE " 00 " NONE " 00 " NONE " ffffffff 1 0 00200200 eth9\n"
	       NONE " 00 " NONE " 00 " NONE " ffffffff 1 0 00000201 eth9\n"
	       NONE " 00 " NONE " 00 " NONE " 100 1 0 00000003 lo\n", "",
	       "others of version 6, and what rejects");
	text("/sys/class/net/eth9/upper_br9/x", "");
	routes(ROUTES "br9 00000000 0102000A 0003 0 0 0 00000000 0 0 0\n", "",
	       "the default route leaves by br9", "by a bridge over it");
	text("/sys/class/net/br9/upper_eth9/x", "");
	routes(ROUTES, "", "", "a ring of them ends");
}

static void test_terminals(void)
{
	to(DEV "/tty/ttyS9/subsystem", "/sys/class/tty");
	in_use("", "no console");
	text("/sys/class/tty/console/active", "tty0 ttyS90\n");
	in_use("", "another one");
	text("/sys/class/tty/console/active", "tty0 ttyS9\n");
	in_use("ttyS9 is a console of the kernel", "a console");
	to(DEV "/input/mouse/subsystem", "/sys/class/input");
	text("/sys/class/tty/console/active", "tty0\n");
	in_use("", "and what nobody minds");
}

int main(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("dev", "/dev", "tmpfs", 0, NULL)) {
		printf("1..0 # SKIP no mount namespace: %s\n", strerror(errno));
		return 0;
	}
	sys_anew();
	test_functions();
	sys_anew();
	test_vfio();
	sys_anew();
	test_disks();
	sys_anew();
	test_nvme();
	sys_anew();
	test_interfaces();
	sys_anew();
	test_terminals();
	return done_testing();
}
