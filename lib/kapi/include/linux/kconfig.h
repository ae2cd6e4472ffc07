/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

/*
 * The configuration of the userspace kernel: what Debian's 6.12 kernel for
 * amd64 has on, as far as drivers/vfio asks. VFIO_NOIOMMU, VFIO_DEVICE_CDEV and
 * IOMMUFD are off there, and here.
 */
#define CONFIG_64BIT 1
#define CONFIG_X86 1
#define CONFIG_X86_64 1
#define CONFIG_MMU 1
#define CONFIG_SMP 1
#define CONFIG_HZ 1000
#define CONFIG_NR_CPUS 64
#define CONFIG_SYSFS 1
#define CONFIG_MODULES 1
#define CONFIG_PM 1
#define CONFIG_EVENTFD 1
#define CONFIG_PCI 1
#define CONFIG_PCI_MSI 1
#define CONFIG_PCI_IOV 1
#define CONFIG_IOMMU_API 1
#define CONFIG_KVM_MODULE 1
#define CONFIG_VFIO_MODULE 1
#define CONFIG_VFIO_GROUP 1
#define CONFIG_VFIO_CONTAINER 1
#define CONFIG_VFIO_IOMMU_TYPE1_MODULE 1
#define CONFIG_VFIO_VIRQFD 1
#define CONFIG_VFIO_PCI_CORE_MODULE 1
#define CONFIG_VFIO_PCI_MMAP 1
#define CONFIG_VFIO_PCI_INTX 1
#define CONFIG_VFIO_PCI_MODULE 1
#define CONFIG_VFIO_MDEV_MODULE 1

/* An option that is 1 turns into a placeholder that shifts a 1 into the second place. */
#define __KAPI_ARG_PLACEHOLDER_1 0,
#define __kapi_second(ignored, val, ...) val
#define __kapi_defined(x) __kapi_defined_(x)
#define __kapi_defined_(val) __kapi_defined__(__KAPI_ARG_PLACEHOLDER_##val)
#define __kapi_defined__(junk) __kapi_second(junk 1, 0, 0)

#define IS_BUILTIN(option) __kapi_defined(option)
#define IS_MODULE(option) __kapi_defined(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option) IS_ENABLED(option)

#endif
