/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How ioctls take and return a struct: only its head, the members that every
 * version of the interface has, is taken as given. What grew behind it later is
 * there if argsz, the first member, says so.
 */
#ifndef KAPI_ARGSZ_H
#define KAPI_ARGSZ_H

#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/uaccess.h>

static inline int vfio_copy_head(void *head, const void __user *arg, size_t size)
{
	if (copy_from_user(head, arg, size))
		return -EFAULT;
	return *(const u32 *)head < size ? -EINVAL : 0;
}

/* Bytes of *@head up to the member @last. */
#define vfio_head_size(head, last)	offsetofend(typeof(*(head)), last)

/* Copy the head of an argument in. 0, -EFAULT, or -EINVAL if the user has less than a head. */
#define vfio_get_head(head, arg, last)	vfio_copy_head(head, arg, vfio_head_size(head, last))

/* Copy it back. 0 or -EFAULT. */
#define vfio_put_head(head, arg, last) \
	(copy_to_user(arg, head, vfio_head_size(head, last)) ? -EFAULT : 0)

struct vfio_info_cap;

/*
 * Of the vfio module: hand a capability chain out behind a struct of @size bytes
 * at @arg. If it does not fit, *@argsz becomes what would; else *@cap_offset says
 * where it is. An empty chain changes neither. Consumes the chain. 0 or -EFAULT.
 */
int vfio_info_put_caps(void __user *arg, size_t size, struct vfio_info_cap *caps, u32 *argsz,
		       u32 *cap_offset);

#endif
