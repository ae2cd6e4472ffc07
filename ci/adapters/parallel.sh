#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The cells of a plan with GNU parallel, on this machine or on others over ssh.
#
# usage: ci/adapters/parallel.sh PLAN OUT [PARALLEL_OPTION...]
#
# OUT/joblog says what was done; the same command goes on where an earlier one
# was ended. With --sshlogin, OUT has to be a shared directory. A cell that could
# not run (status 2) is tried again, one that fell short has its result.
set -euo pipefail

plan=${1:?usage: ci/adapters/parallel.sh PLAN OUT [PARALLEL_OPTION...]}
out=${2:?the directory for the results}
shift 2
vc=${VFIO_COMPLIANCE:-$(cd "$(dirname "$0")/../.." && pwd)/build/bin/vfio-compliance}
mkdir -p "$out"

# --resume-failed is --resume and another try for what failed; to a cell that is
# there already that costs nothing.
set +e
sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$plan" |
	parallel --will-cite --joblog "$out/joblog" --resume --resume-failed "$@" \
		"$vc" run --plan "$plan" --cell {} -o "$out" -q
set -e
exec "$vc" merge --plan "$plan" -o "$out/report" "$out"
