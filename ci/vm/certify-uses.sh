#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest of ci/check/36-certify, whose machine has a disk, an NVMe namespace, a
# network device and a display beside the usual ones: devices in use are refused, others
# are bound and given back. Prints TAP.
nr=0
disk=0000:00:10.0 nvme=0000:00:11.0 net=0000:00:12.0 display=0000:00:13.0
edu=0000:00:03.0 pf=0000:04:00.0

result() {	# status, name
	nr=$((nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $nr - $2"
	else
		echo "not ok $nr - $2: $(tr '\n' ' ' </tmp/log)"
	fi
}

driver() {
	basename "$(readlink "/sys/bus/pci/devices/$1/driver")"
}

# Both commands refuse, in one line that says PATTERN, and change nothing.
refused() {	# device, pattern, name
	before=$(driver "$1")
	for command in "bind $1" "certify -q -d $1 -o /tmp/never"; do
		# shellcheck disable=SC2086
		vfio-compliance $command >/tmp/log 2>&1
		[ $? = 2 ] && [ "$(wc -l </tmp/log)" = 1 ] && grep -q "in use: $2" /tmp/log &&
			[ "$(driver "$1")" = "$before" ] && [ ! -e /tmp/never ]
		result $? "${command%% *} refuses $3"
	done
}

for module in virtio_blk minix nvme e1000e ahci; do
	modprobe $module || echo "# no $module"
done
for _ in $(seq 50); do
	[ -e /dev/vda ] && [ -e /dev/nvme0n1 ] && break
	usleep 100000
done

bound_and_back() {	# device, name
	before=$(driver "$1")
	override=$(cat "/sys/bus/pci/devices/$1/driver_override")
	vfio-compliance bind "$1" >/tmp/log 2>&1 && [ "$(driver "$1")" = vfio-pci ] &&
		vfio-compliance bind "$1" >>/tmp/log 2>&1
	result $? "bind $2 that nobody uses, twice"
	vfio-compliance unbind "$1" >/tmp/log 2>&1 && [ "$(driver "$1")" = "$before" ] &&
		[ "$(cat "/sys/bus/pci/devices/$1/driver_override")" = "$override" ]
	result $? "unbind gives $2 back to $before"
}
bound_and_back $disk "a disk"
bound_and_back $nvme "an NVMe controller"
bound_and_back $net "a network device"
vfio-compliance unbind $net >/tmp/log 2>&1
[ $? = 2 ] && grep -q 'was not bound by' /tmp/log
result $? "unbind of what was not bound"
vfio-compliance bind $net --driver vfio-nosuch >/tmp/log 2>&1
[ $? = 2 ] && [ "$(driver $net)" = e1000e ]
result $? "bind to a driver that there is not"
vfio-compliance bind $net --driver pcieport >/tmp/log 2>&1
[ $? = 2 ] && grep -q 'no VFIO driver' /tmp/log && [ "$(driver $net)" = e1000e ]
result $? "bind to a driver that is none of VFIO's"

for _ in $(seq 50); do
	[ -e /dev/vda1 ] && [ -e /dev/nvme0n1 ] && break
	usleep 100000
done
mkdir /tmp/mnt
mount -t minix /dev/nvme0n1 /tmp/mnt || echo "# cannot mount"
refused $nvme 'nvme0n1 is mounted on /tmp/mnt' "a mounted disk"
umount /tmp/mnt
mount -t minix /dev/vda1 /tmp/mnt || echo "# cannot mount"
refused $disk 'vda1 is mounted on /tmp/mnt' "a mounted partition"
umount /tmp/mnt
swapon /dev/vda2 || echo "# cannot swap"
refused $disk 'vda2 is swap' "swap"
swapoff /dev/vda2
name=$(ls "/sys/bus/pci/devices/$net/net")
ifconfig "$name" 10.0.2.15 netmask 255.255.255.0 up
route add default gw 10.0.2.2 || echo "# no route"
refused $net "the default route leaves by $name" "the interface of the default route"
route del default
refused $display 'it is the boot display' "the boot display"
refused 0000:00:04.0 'it is a bridge' "a bridge"
echo 1 >/sys/bus/pci/devices/$pf/sriov_numvfs
refused $pf 'it has 1 virtual functions' "a device with virtual functions"
echo 0 >/sys/bus/pci/devices/$pf/sriov_numvfs
group=/dev/vfio/$(basename "$(readlink /sys/bus/pci/devices/$edu/iommu_group)")
exec 3<>"$group"
refused $edu "a program has $group open" "a device that a program uses through VFIO"
exec 3>&-
vfio-compliance certify -q -d $net -t 'group/*' -o /tmp/net >/tmp/log 2>&1
[ $? = 0 ] && [ "$(driver $net)" = e1000e ] && vfio-compliance verify /tmp/net >>/tmp/log
[ $? = 1 ] && grep -q 'tests have no result' /tmp/log
result $? "certify with some of the tests is no certificate"
before=$(driver 0000:00:1f.2)
vfio-compliance certify -q -d 0000:00:1f.3 -o /tmp/never >/tmp/log 2>&1
[ $? = 2 ] && grep -q "in one IOMMU group with 0000:00:1f.2, which $before has" /tmp/log
result $? "certify refuses a group that another driver has a part in"
echo "1..$nr"
