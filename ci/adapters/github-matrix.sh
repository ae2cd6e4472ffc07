#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The matrix of a GitHub Actions job: N shards of a plan, or a job per cell.
# See ci/adapters/github.yml for its use.
#
# usage: ci/adapters/github-matrix.sh N
#        ci/adapters/github-matrix.sh PLAN
set -euo pipefail

what=${1:?usage: ci/adapters/github-matrix.sh N\|PLAN}
if [ -e "$what" ]; then
	ids=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$what")
	key=cell
else
	ids=$(for i in $(seq "$what"); do echo "$i/$what"; done)
	key=shard
fi
# A matrix of GitHub's has 256 jobs at most.
if [ "$(wc -l <<<"$ids")" -gt 256 ]; then
	echo "github-matrix: more than 256 jobs; use shards" >&2
	exit 2
fi
printf '{"%s":[%s]}\n' "$key" "$(sed 's/.*/"&"/' <<<"$ids" | paste -sd,)"
