// SPDX-License-Identifier: GPL-2.0-only
/* The record of a binding, its file, and the lock of a device. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "kmod/bind_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "tap.h"

#define BDF	"0000:01:00.0"

static char dir[64], path[128];

static void write_record(const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static void test_record(void)
{
	struct binding b = { BDF, "e1000e", "" }, c = { BDF, "nvme", "x" }, got;

	is(bind_state_load(BDF, &got), -ENOENT, "none is kept");
	is(bind_state_save(&b), 0, "one is");
	is(bind_state_load(BDF, &got), 0, "and read");
	check(!memcmp(&b, &got, sizeof(b)), "as it was");
	is(bind_state_save(&c), -EEXIST, "the older one stays");
	is(bind_state_load(BDF, &got), 0, "it can be read");
	check(!memcmp(&b, &got, sizeof(b)), "as it was");
	is(bind_state_load("0000:02:00.0", &got), -ENOENT, "not another device's");
	is(bind_state_drop(BDF), 0, "it is forgotten");
	is(bind_state_drop(BDF), 0, "twice");
	is(bind_state_load(BDF, &got), -ENOENT, "and gone");
	is(bind_state_save(&c), 0, "now the other one can be kept");
	is(bind_state_load(BDF, &got), 0, "read");
	check(!strcmp(got.driver, "nvme") && !strcmp(got.override, "x"), "with its override");
	is(bind_state_drop(BDF), 0, "and dropped");
}

static void test_bad_record(void)
{
	static const char *const bad[] = {
		"",
		"another 1\n" BDF "\nnvme\n\n",
		"vfio-compliance binding 12\n" BDF "\nnvme\n\n",
		"vfio-compliance binding 1\n",
		"vfio-compliance binding 1\n0000:01:00.1\nnvme\n\n",
		"vfio-compliance binding 1\n" BDF "\n",
		"vfio-compliance binding 1\n" BDF "\n../nvme\n\n",
		"vfio-compliance binding 1\n" BDF "\nnvme\n",
		"vfio-compliance binding 1\n" BDF "\nnvme\n\nmore\n",
		"vfio-compliance binding 1\n" BDF "\nnvme\nno newline",
		"vfio-compliance binding 1\n" BDF "\n"
		"0123456789012345678901234567890123456789012345678901234567890123456789\n\n",
	};
	struct binding got;

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		write_record(bad[i]);
		is(bind_state_load(BDF, &got), -EBADMSG, "bad record %u", i);
	}
	write_record("vfio-compliance binding 1\n" BDF "\n\n\n");
	is(bind_state_load(BDF, &got), 0, "no driver and no override is a good one");
	is(bind_state_drop(BDF), 0, "dropped");
}

static void test_lock(void)
{
	int fd = bind_lock(BDF), other = bind_lock("0000:01:00.1");

	check(fd >= 0 && other >= 0, "each device has a lock");
	check(fcntl(fd, F_GETFD) == FD_CLOEXEC, "that programs do not inherit");
	is(bind_lock(BDF), -EWOULDBLOCK, "one has it");
	close(fd);
	close(other);
	fd = bind_lock(BDF);
	check(fd >= 0, "until it is closed");
	close(fd);
}

static void test_directory(void)
{
	struct binding b = { BDF, "", "" }, odd = { "nonsense", "", "" }, got;
	static char deep[5000];

	is(bind_state_save(&odd), -EINVAL, "no address");
	is(bind_state_load("nonsense", &got), -EINVAL, "no address");
	is(bind_state_drop("nonsense"), -EINVAL, "no address");
	is(bind_lock("nonsense"), -EINVAL, "no address");
	setenv("VFIO_COMPLIANCE_STATE", "/proc/none/such", 1);
	is(bind_state_save(&b), -ENOENT, "a directory that cannot be made");
	setenv("VFIO_COMPLIANCE_STATE", "/dev/null", 1);
	is(bind_state_save(&b), -ENOTDIR, "that is a file");
	is(bind_lock(BDF), -ENOTDIR, "that is a file");
	is(bind_state_drop(BDF), -ENOTDIR, "that is a file");
	for (unsigned int i = 0; i < sizeof(deep) - 1; i++)
		deep[i] = i % 2 ? '.' : '/';
	setenv("VFIO_COMPLIANCE_STATE", deep, 1);
	is(bind_state_save(&b), -ENAMETOOLONG, "or is too long");
}

int main(void)
{
	/* Made by whoever needs it first. */
	snprintf(dir, sizeof(dir), "/tmp/bind_state.%d", getpid());
	setenv("VFIO_COMPLIANCE_STATE", dir, 1);
	snprintf(path, sizeof(path), "%s/" BDF, dir);
	check(access(dir, F_OK), "no directory for it");
	test_record();
	test_bad_record();
	test_lock();
	unlink(path);
	snprintf(path, sizeof(path), "%s/" BDF ".lock", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/0000:01:00.1.lock", dir);
	unlink(path);
	is(rmdir(dir), 0, "nothing else is left in it");
	test_directory();
	return done_testing();
}
