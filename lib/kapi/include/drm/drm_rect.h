/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_DRM_RECT_H
#define KAPI_DRM_RECT_H

/* The second corner is outside. */
struct drm_rect {
	int x1, y1, x2, y2;
};

#endif
