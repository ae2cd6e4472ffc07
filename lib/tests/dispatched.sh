#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The ioctls and device features that source files (arguments) answer: every one
# that they name behind "case", in a table, or in a comparison. stdin has the
# macros of the uapi headers, which tell an ioctl from another constant. Writes
# IOCTL(NAME) and FEATURE(NAME) lines, for core_fail_sweep.c.
set -e
ioctls=$(sed -nE 's/^#define ((VFIO|KVM)_[A-Z0-9_]+) _IO.*/\1/p')
cat "$@" | grep -oE '(case |\{ |\[|[=!]= )(VFIO|KVM)_[A-Za-z0-9_]+' |
	sed -E 's/.*[ {[]//' | sort -u |
	while read -r name; do
		case $name in
		VFIO_DEVICE_FEATURE_[GS]ET | VFIO_DEVICE_FEATURE_MASK | VFIO_DEVICE_FEATURE_PROBE) ;;
		VFIO_DEVICE_FEATURE_*) echo "FEATURE($name)" ;;
		*) echo "$ioctls" | grep -qx "$name" && echo "IOCTL($name)" || : ;;
		esac
	done
