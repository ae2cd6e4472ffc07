// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sriov_util.h"

#define PARAM	"/sys/module/vfio_pci/parameters/enable_sriov"

/* vfio_pci.enable_sriov: 'Y' or 'N'. */
static char sriov_param(void)
{
	char c = 0;
	int fd = open(PARAM, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, &c, 1) != 1)
		c = 0;
	close(fd);
	return c;
}

int __sriov_set_param(const char *text)
{
	return __file_write(PARAM, text);
}

const char *sriov_candidate(const char **why)
{
	const char *pf = role_bdf(ROLE_PF);
	char path[128];

	*why = role_missing(ROLE_PF);
	if (!pf)
		return NULL;
	*why = "vfio-pci was not loaded with enable_sriov=1";
	if (sriov_param() != 'Y')
		return NULL;
	*why = "this user cannot write to sriov_numvfs";
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/sriov_numvfs", pf);
	if (access(path, W_OK))
		return NULL;
	*why = "the PF has VFs that are not the test's";
	return sysfs_number(pf, "sriov_numvfs") ? NULL : pf;
}

/* VFs go with their PF's driver; without one there are none. */
static void restore(const struct sriov *s, const char *autoprobe)
{
	char driver[64];

	__sriov_set(s, 0);
	__sysfs_write(s->pf, "sriov_drivers_autoprobe", autoprobe);
	__sysfs_write(s->pf, "reset_method", "default");
	if (sriov_param() != 'Y')
		__sriov_set_param("Y");
	if (!__sysfs_driver(s->pf, driver, sizeof(driver))) {
		if (!strcmp(driver, "vfio-pci"))
			return;
		__sysfs_write(s->pf, "driver/unbind", s->pf);
	}
	__sysfs_write(s->pf, "driver_override", "vfio-pci");
	__file_write("/sys/bus/pci/drivers/vfio-pci/bind", s->pf);
}

void sriov_keep(struct sriov *s, const char *pf)
{
	char autoprobe[8], byte;
	int p[2];

	memset(s, 0, sizeof(*s));
	snprintf(s->pf, sizeof(s->pf), "%s", pf);
	s->total = sysfs_number(pf, "sriov_totalvfs");
	if (__sysfs_read(pf, "sriov_drivers_autoprobe", autoprobe, sizeof(autoprobe)) < 0)
		CLIENT_FAIL("%s: no sriov_drivers_autoprobe", pf);
	if (pipe2(p, O_CLOEXEC))
		CLIENT_FAIL("pipe: %s", client_errno(errno));
	fflush(NULL);
	s->keeper = fork();
	if (s->keeper < 0)
		CLIENT_FAIL("fork: %s", client_errno(errno));
	if (!s->keeper) {
		/* Out of reach of what ends the test and all of its group. */
		setsid();
		close(p[1]);
		while (read(p[0], &byte, 1) < 0 && errno == EINTR)
			;
		restore(s, autoprobe);
		_exit(0);
	}
	close(p[0]);
	s->pipe = p[1];
	/*
	 * QEMU 7.2 takes the VFs of its nvme away at a reset of the PF and leaves VF
	 * Enable set, so that Linux sees no need to bring them back: the PF is not to
	 * be reset by being opened.
	 */
	if (nvme_is(pf))
		__sysfs_write(pf, "reset_method", "\n");
}

void sriov_restore(struct sriov *s)
{
	if (!s->keeper)
		return;
	close(s->pipe);
	while (waitpid(s->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	s->keeper = 0;
}

int __sriov_set(const struct sriov *s, unsigned int count)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", count);
	return __sysfs_write(s->pf, "sriov_numvfs", text);
}

void sriov_set(const struct sriov *s, unsigned int count)
{
	int ret = __sriov_set(s, count);

	if (ret < 0)
		CLIENT_FAIL("%s: sriov_numvfs = %u: %s", s->pf, count, client_errno(ret));
}

bool sriov_vf(const struct sriov *s, unsigned int index, char bdf[BDF_MAX])
{
	char path[128], target[256], *name;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/virtfn%u", s->pf, index);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = 0;
	name = strrchr(target, '/');
	snprintf(bdf, BDF_MAX, "%.*s", BDF_MAX - 1, name ? name + 1 : target);
	return true;
}

int __token_open(int group, const char *bdf, const char *token)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s%s", bdf, token ? " vf_token=" : "", token ?: "");
	return __group_get_device_fd(group, name);
}

void token_bytes(const char *text, uint8_t bytes[16])
{
	unsigned int i, n = 0;
	char pair[3] = "";

	for (i = 0; text[i] && n < 32; i++)
		if (text[i] != '-') {
			pair[n & 1] = text[i];
			if (n++ & 1)
				bytes[n / 2 - 1] = strtoul(pair, NULL, 16);
		}
}
