/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/mdev.h> that drivers of API level 5.19 fill in. No include
 * guard: the adapter includes it, too, with the names of the structures defined
 * to others.
 */

/* An attribute of a type, in the directory of that type. */
struct mdev_type_attribute {
	struct attribute attr;
	ssize_t (*show)(struct mdev_type *mtype, struct mdev_type_attribute *attr, char *buf);
	ssize_t (*store)(struct mdev_type *mtype, struct mdev_type_attribute *attr,
			 const char *buf, size_t count);
};

/*
 * @probe, @remove: a device has come, must go. 0 or -errno
 * @supported_type_groups: one per type, NULL at the end. Its name is the end of the
 *	type's; its attributes are struct mdev_type_attribute: "name", "device_api",
 *	"available_instances" and "description" are shown by their show functions,
 *	of a device_api only that of the first type. Others are not shown here.
 */
struct mdev_driver {
	int (*probe)(struct mdev_device *dev);
	void (*remove)(struct mdev_device *dev);
	struct attribute_group **supported_type_groups;
	struct device_driver driver;
};
