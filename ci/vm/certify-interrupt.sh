#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: interrupt certify N times at random moments, by every signal in turn,
# and see each time that the device has its driver again and nothing half-written is
# left. Prints TAP.
#
# usage: certify-interrupt.sh DEVICE N
device=$1 n=$2
sysfs=/sys/bus/pci/devices/$device
out=/tmp/interrupted
mkdir $out

binding() {
	echo "$(readlink "$sysfs/driver") $(cat "$sysfs/driver_override")"
}

is_left() {
	ps -o args | grep -qE "^([^ ]*/)?vfio-compliance certify|[l]ibexec/vfio-compliance/tests/"
}

# The keeper goes on after its maker's death: give it a moment.
is_restored() {
	for _ in $(seq 800); do
		[ "$(binding)" = "$1" ] && ! is_left && return 0
		usleep 50000
	done
	return 1
}

# Half of the names below are of a device that was bound, half of one that was not.
change() {
	[ ! -e "$sysfs/driver" ] || echo "$device" >"$sysfs/driver/unbind"
	[ $(($1 % 2)) = 0 ] && echo "$device" >"/sys/bus/pci/drivers/$2/bind"
}

driver=$(basename "$(readlink "$sysfs/driver")")
interrupted=0
for i in $(seq "$n"); do
	case $((i % 4)) in
	0) signal=KILL ;;
	1) signal=INT ;;
	2) signal=TERM ;;
	3) signal=HUP ;;
	esac
	change "$i" "$driver"
	before=$(binding)
	setsid vfio-compliance certify -q -d "$device" --driver vfio-pci -t 'group/*' -t 'reset/*' \
		-t 'type1_map/*' -t 'bind/*' -o $out/bundle >/tmp/log 2>&1 &
	pid=$!
	# shellcheck disable=SC3028 # busybox has it
	delay=$(((RANDOM * 32768 + RANDOM) % 4000))
	usleep $((delay * 1000))
	[ "$(binding)" != "$before" ] && during=changed || during=same
	kill -$signal $pid 2>/dev/null && interrupted=$((interrupted + 1))
	wait $pid
	status=$?
	if ! is_restored "$before"; then
		echo "not ok $i - SIG$signal after $delay ms: it was $before, and is $(binding)"
		ps -o pid,ppid,stat,args | grep -v "\[" | sed "s/^/# /"
	elif [ -e "/run/vfio-compliance/$device" ]; then
		echo "not ok $i - SIG$signal after $delay ms: the record of the binding is left"
	elif [ -n "$(find $out -name '*partial*')" ]; then
		echo "not ok $i - SIG$signal after $delay ms: left: $(ls -A $out | tr '\n' ' ')"
	elif [ -e $out/bundle ] && ! vfio-compliance verify $out/bundle | grep -q 'tests have no result'; then
		echo "not ok $i - SIG$signal after $delay ms: a bundle that is not whole"
	elif [ $status = 0 ] && [ ! -e $out/bundle ]; then
		echo "not ok $i - SIG$signal after $delay ms: exit status 0, and no bundle"
	else
		echo "ok $i - SIG$signal after $delay ms, binding $during then, exit status $status"
	fi
	rm -rf $out/bundle*
done
echo "figure: $interrupted of $n runs of certify interrupted, each driver given back"
