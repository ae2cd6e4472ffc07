// SPDX-License-Identifier: GPL-2.0-only
/* What debugfs shows of a device that can migrate (CONFIG_VFIO_DEBUGFS). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "migration_util.h"

FIXTURE(debugfs)
{
	struct mig mig;
	char path[160];
};

FIXTURE_SETUP(debugfs)
{
	const char *why = mig_open(&self->mig, ROLE_MAIN, false);

	if (why)
		SKIP(return, "%s", why);
	snprintf(self->path, sizeof(self->path), "/sys/kernel/debug/vfio/%s/migration/state",
		 self->mig.dev.bdf);
	if (access(self->path, R_OK))
		SKIP(mig_close(&self->mig); return, "no %s: CONFIG_VFIO_DEBUGFS is not set, or "
		     "debugfs is not mounted", self->path);
}

FIXTURE_TEARDOWN(debugfs)
{
	mig_close(&self->mig);
}

static void shows(struct __test_metadata *_metadata, FIXTURE_DATA(debugfs) *self,
		  const char *state)
{
	char line[64] = "";
	FILE *f = fopen(self->path, "r");

	ASSERT_NE(NULL, f);
	EXPECT_NE(NULL, fgets(line, sizeof(line), f));
	fclose(f);
	line[strcspn(line, "\n")] = 0;
	EXPECT_STREQ(state, line);
}

VFIO_TEST_F(debugfs, migration_state, "DEV-022")
{
	shows(_metadata, self, "RUNNING");
	mig_go(self->mig.dev.fd, S_STOP);
	shows(_metadata, self, "STOP");
	mig_go(self->mig.dev.fd, S_RUNNING);
	shows(_metadata, self, "RUNNING");
}

CONFORMANCE_MAIN
