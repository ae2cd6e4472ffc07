# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the steps of ci/check: TAP lines from shell. Source it with the build dir
# in $1; finish with `tap_done`.

# shellcheck disable=SC2034
build=${1:?the build directory}
# shellcheck disable=SC2034
vc=$build/bin/vfio-compliance
tap_failed=0
tap_nr=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

ok() {
	tap_nr=$((tap_nr + 1))
	printf 'ok %d - %s\n' "$tap_nr" "$1"
}

not_ok() {	# name, why
	tap_nr=$((tap_nr + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s: %s\n' "$tap_nr" "$1" "${2:-}"
}

skip() {	# name, reason
	tap_nr=$((tap_nr + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_nr" "$1" "$2"
}

figure() {
	printf 'figure: %s\n' "$*"
}

# check NAME COMMAND...: the command succeeds.
check() {
	local name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name" "failed: $*"; fi
}

# holds NAME JQ-ARGUMENT...: jq finds no fault. Its program yields a line for each, and takes
# its files by `input`, so that one with nothing in it is a fault, too.
holds() {
	local name=$1 faults st
	shift
	faults=$(jq -rn "$@" 2>&1)
	st=$?
	[ -z "$faults" ] || sed "s/^/# /" <<<"$faults"
	check "$name" test "$st" = 0 -a -z "$faults"
}

# replays TARGET PROGRAMS: the fuzz target holds on its corpus.
replays() {
	check "$1: replay of the corpus" "$2/$1" "fuzz/corpus/$1" >"$work/replay" 2>"$work/errors" || true
	cat "$work/replay"
	grep -v '^#' "$work/errors" | sed 's/^/# /'
}

# copy_sources DIR: what the project is made of, without what was built.
copy_sources() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- . ':!build'
	else
		find . -path ./build -prune -o -type f -print
	fi | while read -r f; do [ -e "$f" ] && printf '%s\n' "$f"; done |
		tar -cf - -T - | tar -C "$1" -xf -
}

tap_done() {
	printf '1..%d\n' "$tap_nr"
	exit "$((tap_failed > 0))"
}
