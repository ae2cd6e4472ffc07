#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run a command beside a Slurm cluster of one node on loopback: munged,
# slurmctld and slurmd of this machine's packages, with a configuration, a key
# and state of their own in DIR. They are gone when the command has ended.
#
# usage: ci/adapters/test-slurm.sh DIR COMMAND...
set -euo pipefail

dir=${1:?usage: ci/adapters/test-slurm.sh DIR COMMAND...}
shift
mkdir -p "$dir/state" "$dir/spool"
dir=$(cd "$dir" && pwd)
host=$(hostname -s)
port=$((20000 + RANDOM % 20000))

dd if=/dev/urandom of="$dir/munge.key" bs=128 count=1 2>/dev/null
chmod 400 "$dir/munge.key"
cat >"$dir/slurm.conf" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmdSpoolDir=$dir/spool
StateSaveLocation=$dir/state
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
# slurmd wants a plugin even where nothing of it is used.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then v=2; else v=1; fi
echo "CgroupPlugin=cgroup/v$v" >"$dir/cgroup.conf"
export SLURM_CONF=$dir/slurm.conf

pids=()
finish() {
	kill "${pids[@]}" 2>/dev/null || true
	wait "${pids[@]}" 2>/dev/null || true
}
trap finish EXIT

munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" \
	--pid-file="$dir/munged.pid" --seed-file="$dir/munged.seed" >"$dir/munged.log" 2>&1 &
pids+=($!)
for _ in $(seq 50); do [ -S "$dir/munge.socket" ] && break; sleep 0.1; done
slurmctld -D -c -f "$SLURM_CONF" >"$dir/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D -f "$SLURM_CONF" >"$dir/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 300); do
	sinfo -h -o %t 2>/dev/null | grep -q '^\(idle\|mix\)' && break
	sleep 0.1
done
if ! sinfo -h -o %t | grep -q '^\(idle\|mix\)'; then
	echo "the node did not come up:" >&2
	tail -n 5 "$dir"/*.log >&2
	exit 2
fi
"$@"
