// SPDX-License-Identifier: GPL-2.0-only
/* The driver of the other levels' tests, compiled at 6.12, where no adapter stands between. */
#define KAPI_LEVEL 612
#include "levels_life.h"
#include "levels_mig.h"

int main(void)
{
	level_start();
	is(LINUX_VERSION_CODE, KERNEL_VERSION(6, 12, 0), "the level");
	test_unregistered();
	test_open_close();
	test_set();
	test_unregister_waits(false);
	test_kvm();
	test_migration();
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
