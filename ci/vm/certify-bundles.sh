#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: certify the devices that are named, DEVICE/DRIVER/OPTIONS each, and
# write what came of it to the result port as a tar file: archives, not the bundles
# of three thousand files beside them.
mkdir /tmp/out && cd /tmp/out || exit 2
set -f
for what; do
	device=${what%%/*}
	rest=${what#*/}
	driver=${rest%%/*}
	options=${rest#*/}
	{
		# shellcheck disable=SC2086
		vfio-compliance certify -q -d "$device" --driver "$driver" $options -o "$device"
		echo "exit $?"
		basename "$(readlink "/sys/bus/pci/devices/$device/driver")"
		vfio-compliance verify "$device"
		echo "verified $?"
	} >"$device.log" 2>&1
	rm -rf "$device"
done
tar -cf - .
