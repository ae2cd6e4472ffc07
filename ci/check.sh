#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The project's own tests: run each step, count what it says it tested, and end
# with one line `N passed, N failed, N skipped`.
#
# usage: ci/check.sh BUILD_DIR [STEP...]
#
# A step is a script in ci/check/ that takes the build directory. It prints TAP
# lines (`ok ...`, `not ok ...`, with `# SKIP` behind what was skipped) and
# fails if one of them is not ok; what a run of the suite prints counts by its
# grand total. Logs are in BUILD_DIR/check/STEP.log.
set -uo pipefail

build=${1:?usage: ci/check.sh BUILD_DIR [STEP...]}
shift
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$build" && pwd)
cd "$top" || exit 2
mkdir -p "$build/check"

steps=("$@")
if [ ${#steps[@]} -eq 0 ]; then
	for s in ci/check/[0-9]*; do
		steps+=("$(basename "$s")")
	done
fi

passed=0 failed=0 skipped=0
begin=$(date +%s)

# Sum up "Grand Total" lines and TAP lines of a log.
count() {
	awk '
	/^Grand Total: / {
		for (i = 1; i <= NF; i++) {
			if ($(i + 1) ~ /^passed/) p += $i
			if ($(i + 1) ~ /^(failed|errors|timeouts|missing)/) f += $i
			if ($(i + 1) ~ /^skipped/) s += $i
		}
		next
	}
	/^ok .*# SKIP/ { s++; next }
	/^ok / { p++; next }
	/^not ok / { f++ }
	END { printf "%d %d %d\n", p, f, s }' "$1"
}

for step in "${steps[@]}"; do
	if [ ! -x "ci/check/$step" ]; then
		echo "check: no step $step; ci/check/ has them" >&2
		exit 2
	fi
done

# A step whose script says so waits for a guest most of the time, on one CPU.
is_guest() {
	grep -q '^# Runs beside other guests' "ci/check/$1"
}

perform() {
	local t0
	t0=$(date +%s)
	"ci/check/$1" "$build" >"$build/check/$1.log" 2>&1 </dev/null
	echo "$? $(($(date +%s) - t0))" >"$build/check/$1.status"
}

tell() {
	local log=$build/check/$1.log status seconds p f s
	read -r status seconds <"$build/check/$1.status"
	read -r p f s < <(count "$log")
	# A step that failed without saying which test, or that tested nothing, failed.
	[ "$status" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ "$status" -eq 0 ] && [ "$((p + f + s))" -eq 0 ] && f=1
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%s  %d passed, %d failed, %d skipped (%d s)\n' \
		"$([ "$f" -eq 0 ] && echo ok || echo FAIL)" "$p" "$f" "$s" "$seconds"
	grep '^figure: ' "$log" | sed 's/^figure: /    /'
	if [ "$f" -ne 0 ]; then
		grep -E '^(not ok|fail:|error:|timeout:|missing:|DIFFERENT)|: error: ' "$log" | head -n 15 |
			sed 's/^/    /'
		printf '    the whole log: %s\n' "$log"
		[ "${CI:-}" = true ] && tail -n 25 "$log" | sed 's/^/    | /'
	fi
}

# The guests' steps start where the first of them stands, each is told in its turn. A guest waits
# for its devices half of its time, so that there may be one more than there are CPUs.
guests=() pool=
for step in "${steps[@]}"; do
	is_guest "$step" && guests+=("$step")
done
start_guests() {
	local s
	for s in "${guests[@]}"; do
		while [ "$(jobs -rp | wc -l)" -gt "$(nproc)" ]; do
			wait -n
		done
		perform "$s" &
	done
	wait
}

for step in "${steps[@]}"; do
	rm -f "$build/check/$step.status"
done
for step in "${steps[@]}"; do
	printf '%-28s ' "$step"
	if is_guest "$step"; then
		[ -n "$pool" ] || { start_guests & pool=$!; }
		while [ ! -s "$build/check/$step.status" ] && kill -0 "$pool" 2>/dev/null; do
			sleep 0.5
		done
	else
		# What other steps measure is not to be disturbed.
		[ -z "$pool" ] || wait "$pool"
		perform "$step"
	fi
	tell "$step"
done

printf '\nchecked in %d s\n' "$(($(date +%s) - begin))"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
