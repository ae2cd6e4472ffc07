#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a run in the guest reached of drivers/vfio and virt/kvm/vfio.c.
#
# usage: kernel-coverage.sh KERNEL_DIR OUT_DIR TAR...
#
# A TAR is what a guest wrote (gcov-out.sh), KERNEL_DIR a kernel that ci/kernel/build.sh
# built. Prints a table and writes it as OUT_DIR/coverage.txt, and with the lines that
# were not reached as OUT_DIR/coverage.json:
#   { "release": "...", "files": { "drivers/vfio/group.c":
#       { "lines": N, "lines_hit": N, "branches": N, "branches_hit": N, "functions": N,
#         "functions_hit": N, "missed": [LINE, ...], "functions_missed": ["NAME", ...] } },
#     "total": { the same counts } }
set -eu -o pipefail
export LC_ALL=C

die() {
	echo "vfio-compliance: coverage: $*" >&2
	exit 1
}

[ $# -ge 3 ] || die "usage: kernel-coverage.sh KERNEL_DIR OUT_DIR TAR..."
kernel=$1 out=$2
shift 2
[ -d "$kernel/source" ] ||
	die "$kernel was not built by ci/kernel/build.sh; run \`make debug-kernel\`"
objects=$(realpath "$kernel/obj")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The guest names each file by where it was compiled; the notes of the compiler are there.
for tar; do
	[ -s "$tar" ] ||
		die "the guest wrote no coverage: its kernel has no gcov, or it did not come to its end"
	mkdir "$tmp/guest"
	tar -C "$tmp/guest" -xf "$tar" --transform 's#^.*/\(drivers/vfio/\|virt/kvm/\)#\1#'
	cd "$tmp/guest"
	find drivers/vfio virt/kvm -name '*.gcda' 2>/dev/null | sort >counters || true
	while read -r f; do
		ln -s "$objects/${f%.gcda}.gcno" "${f%.gcda}.gcno"
		gcov -b --json-format --stdout "$f" 2>errors || die "gcov $f: $(cat errors)"
	done <counters >>"$tmp/documents"
	cd - >/dev/null
	rm -rf "$tmp/guest"
done

# Left out are other machines, and graphics that QEMU does not emulate. A line that was
# compiled into several functions has its branches in each.
# shellcheck disable=SC2016
jq -n --arg release "$(cat "$kernel/release")" '
def place: capture("(^|/)(?<path>(drivers/vfio/.*|virt/kvm/vfio)[.]c)$").path |
	select(test("vfio_pci_igd[.]c|vfio_pci_zdev[.]c|/platform/|/fsl-mc/|/ap/|/ccw/|[.][.]/") | not);
def sums(key; count): reduce .[] as $x ({}; .[$x | key] += ($x | count));
def hit: map(select(. != 0)) | length;
def missed: to_entries | map(select(.value == 0).key);
(reduce (inputs.files[] | { path: (.file | place), lines, functions }) as $f ({};
	.[$f.path] += [$f | del(.path)])) as $all |
($all | map_values(
	(map(.lines[]) | sums(.line_number | tostring; .count)) as $lines |
	(map(.lines[] | . as $l | .branches | to_entries[] |
		{ key: "\($l.function_name) \($l.line_number) \(.key)", count: .value.count }) |
		sums(.key; .count)) as $branches |
	(map(.functions[]) | sums(.name; .execution_count)) as $functions | {
		lines: ($lines | length), lines_hit: ($lines | hit),
		branches: ($branches | length), branches_hit: ($branches | hit),
		functions: ($functions | length), functions_hit: ($functions | hit),
		missed: ($lines | missed | map(tonumber) | sort),
		functions_missed: ($functions | missed | sort) })) as $files |
if $files == {} then error("none of the counters is of drivers/vfio") else . end |
{ $release, files: ($files | to_entries | sort_by(.key) | from_entries),
  total: ([$files[] | del(.missed, .functions_missed)] |
	reduce (.[] | to_entries[]) as $e ({}; .[$e.key] += $e.value)) }' "$tmp/documents" \
	>"$tmp/coverage.json" || die "none of the counters is of drivers/vfio"

mkdir -p "$out"
cp "$tmp/coverage.json" "$out/coverage.json"
jq -r '["coverage of \(.release)"],
	(.files + { total } | to_entries[] | [.key, (.value | .lines_hit, .lines, .branches_hit, .branches)]) |
	@tsv' "$out/coverage.json" | awk -F '\t' '
function part(hit, of) { return sprintf("%5d of %5d %6.1f%%", hit, of, of ? 100 * hit / of : 100) }
NR == 1 { printf "%-40s %22s  %22s\n", $1, "lines", "branches"; next }
{ printf "%-40s %s  %s\n", $1, part($2, $3), part($4, $5) }' | tee "$out/coverage.txt"
