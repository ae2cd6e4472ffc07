// SPDX-License-Identifier: GPL-2.0-only
/* The vfio module: brings its parts up in the order in which they need each other. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "vfio.h"

static int __init vfio_init(void)
{
	int ret;

	vfio_profile_init();

	ret = vfio_container_init();
	if (ret)
		return ret;
	ret = vfio_group_init();
	if (ret)
		goto err_container;
	ret = vfio_virqfd_init();
	if (ret)
		goto err_group;
	ret = vfio_device_init();
	if (ret)
		goto err_virqfd;
	return 0;

err_virqfd:
	vfio_virqfd_exit();
err_group:
	vfio_group_cleanup();
err_container:
	vfio_container_cleanup();
	return ret;
}

static void __exit vfio_cleanup(void)
{
	vfio_device_cleanup();
	vfio_virqfd_exit();
	vfio_group_cleanup();
	vfio_container_cleanup();
}

module_init(vfio_init);
module_exit(vfio_cleanup);
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("VFIO: devices for drivers in user space");
