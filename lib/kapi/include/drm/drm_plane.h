/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_DRM_PLANE_H
#define KAPI_DRM_PLANE_H

/* What a plane shows: VFIO_DEVICE_QUERY_GFX_PLANE names it by these. */
enum drm_plane_type {
	DRM_PLANE_TYPE_OVERLAY,
	DRM_PLANE_TYPE_PRIMARY,
	DRM_PLANE_TYPE_CURSOR,
};

#endif
