/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_RESOURCE_H
#define KAPI_LINUX_RESOURCE_H

#include <sys/resource.h>

#endif
