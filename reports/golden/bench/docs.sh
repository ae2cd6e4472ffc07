#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Documents of Google Benchmark's schema for the tests of `bench`.
#
# docs.sh pairs ROUNDS DIR: from recorded rounds aa-NN-{a,b}.json, the two sides of
# which come in turns from the same program, and slow-NN-{a,b}.json, whose b did 5%
# more in op and copy. The former have 9 rounds on a side, the latter the 21 of
# `bench compare --run`. ROUNDS has a line for each round: percent of more work, then
# real and processor time of getppid, op and copy in ns.
#
# docs.sh one FILE MACHINE NAME=V,V,... : one document with these times.
set -eu -o pipefail

# shellcheck disable=SC2016
document='
def document($machine): {
	context: { date: "2026-01-01T00:00:00+00:00", commit: "0123456789ab", kernel: "6.12",
		backend: "core", device: "mock", machine: $machine },
	benchmarks: [.[] | .name as $name | .reps | length as $n | to_entries[] | {
		name: $name, run_name: $name, run_type: "iteration", repetitions: $n,
		repetition_index: .key, threads: 1, iterations: 1000, real_time: .value[0],
		cpu_time: .value[1], time_unit: "ns" }] };
def side: . as $rounds | ["getppid", "op", "copy/chunk:65536"] | to_entries |
	map(.key as $i | { name: .value, reps: [$rounds[] | .[1 + 2 * $i:3 + 2 * $i]] }) |
	document("the machine");
def of($percent): map(select(.[0] == $percent));
def parts($n): range(0; length - length % $n; $n) as $at | [$at / $n, .[$at:$at + $n]];
def named($what; $nr; $which): "\($what)-\($nr / 10 | floor)\($nr % 10)-\($which).json\t\(side)";
'
case $1 in
pairs)
	grep -v '^#' "$2" | jq -rn -R "$document"'
		[inputs | [splits(" +") | tonumber]] |
		(of(0) | parts(18) as [$nr, $rounds] |
			([range(0; 18; 2) | $rounds[.]] | named("aa"; $nr; "a")),
			([range(1; 18; 2) | $rounds[.]] | named("aa"; $nr; "b"))),
		([of(0) | parts(21)] as $plain | [of(5) | parts(21)] as $slow | $plain | length |
			range(.) | ($plain[.] as [$nr, $rounds] | $rounds | named("slow"; $nr; "a")),
			($slow[.] as [$nr, $rounds] | $rounds | named("slow"; $nr; "b")))' |
	while IFS=$'\t' read -r name text; do
		printf '%s\n' "$text" >"$3/$name"
	done ;;
one)
	shift
	jq -n "$document"'$ARGS.positional as [$machine] | $ARGS.positional[1:] |
		map(rindex("=") as $at | { name: .[:$at], reps: (.[$at + 1:] / "," |
			map(tonumber | [., .])) }) | document($machine)' --args -- "${@:2}" >"$1" ;;
*)
	exit 2 ;;
esac
