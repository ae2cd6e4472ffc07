/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_DRM_FOURCC_H
#define KAPI_DRM_FOURCC_H

#include <linux/types.h>

/* Names of pixel formats, as VFIO's graphics regions give them: four letters. */
#define fourcc_code(a, b, c, d) \
	((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)

#define DRM_FORMAT_INVALID	0
#define DRM_FORMAT_C8		fourcc_code('C', '8', ' ', ' ')
#define DRM_FORMAT_RGB565	fourcc_code('R', 'G', '1', '6')
#define DRM_FORMAT_RGB888	fourcc_code('R', 'G', '2', '4')
#define DRM_FORMAT_BGR888	fourcc_code('B', 'G', '2', '4')
#define DRM_FORMAT_XRGB8888	fourcc_code('X', 'R', '2', '4')
#define DRM_FORMAT_XBGR8888	fourcc_code('X', 'B', '2', '4')
#define DRM_FORMAT_RGBX8888	fourcc_code('R', 'X', '2', '4')
#define DRM_FORMAT_BGRX8888	fourcc_code('B', 'X', '2', '4')
#define DRM_FORMAT_ARGB8888	fourcc_code('A', 'R', '2', '4')
#define DRM_FORMAT_ABGR8888	fourcc_code('A', 'B', '2', '4')

/* Layout modifiers: a vendor and a code. */
#define DRM_FORMAT_MOD_LINEAR	0ULL
#define DRM_FORMAT_MOD_INVALID	0x00ffffffffffffffULL

#endif
