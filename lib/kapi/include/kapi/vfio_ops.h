/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of <linux/vfio.h> that drivers fill in: their callbacks, in the layout
 * of KAPI_OPS_LEVEL, which is the driver's level. No include guard: the adapters
 * of earlier levels include it once more, with the names of the structures
 * defined to others, to read what such a driver filled in.
 */

/**
 * struct vfio_device_ops - what the core calls
 *
 * @name: of the driver
 * @init: fill the driver's part of a new device; its error fails vfio_alloc_device()
 * @release: undo @init; the core frees the memory, at 6.1 it calls vfio_free_device()
 * @open_device: the first file of the device opens; open_count is 1 already
 * @close_device: the last one closes; all pages must be unpinned at the end of it
 * @read, @write, @ioctl, @mmap: of a device file; a missing one answers -EINVAL
 * @request: please give the device back; called with 0, 1, ... every 10 seconds
 *	while an unregistration waits
 * @match: is @buf, from VFIO_GROUP_GET_DEVICE_FD, this device? 0 no, > 0 yes,
 *	-errno ends the search. Without it the name must equal dev_name()
 * @dma_unmap: a range is about to be unmapped; unpin all within it. Comes with no
 *	IOMMU lock held. Needed by drivers that pin
 * @device_feature: VFIO_DEVICE_FEATURE that the core does not handle itself;
 *	@arg is the payload and @argsz its size without the header
 * @migration_set_state, @migration_get_state: as in struct vfio_migration_ops
 *
 * The iommufd ops are the kernel's; this core has no iommufd and leaves them be.
 */
struct vfio_device_ops {
	char *name;
#if KAPI_OPS_LEVEL >= 601
	int (*init)(struct vfio_device *vdev);
	void (*release)(struct vfio_device *vdev);
#endif
#if KAPI_OPS_LEVEL >= 612
	int (*bind_iommufd)(struct vfio_device *vdev, struct iommufd_ctx *ictx,
			    u32 *out_device_id);
	void (*unbind_iommufd)(struct vfio_device *vdev);
	int (*attach_ioas)(struct vfio_device *vdev, u32 *pt_id);
	void (*detach_ioas)(struct vfio_device *vdev);
#endif
	int (*open_device)(struct vfio_device *vdev);
	void (*close_device)(struct vfio_device *vdev);
	ssize_t (*read)(struct vfio_device *vdev, char __user *buf, size_t count, loff_t *ppos);
	ssize_t (*write)(struct vfio_device *vdev, const char __user *buf, size_t count,
			 loff_t *ppos);
	long (*ioctl)(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct vfio_device *vdev, struct vm_area_struct *vma);
	void (*request)(struct vfio_device *vdev, unsigned int count);
	int (*match)(struct vfio_device *vdev, char *buf);
#if KAPI_OPS_LEVEL >= 601
	void (*dma_unmap)(struct vfio_device *vdev, u64 iova, u64 length);
#endif
	int (*device_feature)(struct vfio_device *vdev, u32 flags, void __user *arg,
			      size_t argsz);
#if KAPI_OPS_LEVEL < 601
	struct file *(*migration_set_state)(struct vfio_device *vdev,
					    enum vfio_device_mig_state new_state);
	int (*migration_get_state)(struct vfio_device *vdev,
				   enum vfio_device_mig_state *curr_state);
#endif
};

#if KAPI_OPS_LEVEL >= 601
/**
 * struct vfio_migration_ops - of a device with VFIO_MIGRATION_STOP_COPY
 *
 * @migration_set_state: go to @new_state, hop by hop as vfio_mig_get_next_state()
 *	says. Returns NULL, a file for the data stream (the core takes it over), or
 *	ERR_PTR with the device left in the last state it reached
 * @migration_get_state: current state. Returns 0 or -errno
 * @migration_get_data_size: bytes that STOP_COPY would transfer, a guess
 */
struct vfio_migration_ops {
	struct file *(*migration_set_state)(struct vfio_device *device,
					    enum vfio_device_mig_state new_state);
	int (*migration_get_state)(struct vfio_device *device,
				   enum vfio_device_mig_state *curr_state);
#if KAPI_OPS_LEVEL >= 612
	int (*migration_get_data_size)(struct vfio_device *device,
				       unsigned long *stop_copy_length);
#endif
};
#endif
