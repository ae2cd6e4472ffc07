#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How many of the seeded bugs do the fuzz targets find, and how soon?
#
# Campaigns run on a core that carries all of them as canaries: none goes wrong, each
# notes when it would have. Afterwards the corpus of each campaign is replayed with each
# bug that it triggered. Detected is what makes the replay fail, by the target's own books
# ("books"), or what makes a step of a program give something else than it does without
# the bug ("steps"), which is how a corpus is replayed on a kernel.
#
# usage: TRIALS=3 TIME=600 TARGETS='...' fuzz/score.sh [--again] BUILD
#
# BUILD/fuzz/canary, BUILD/fuzz/mutants and BUILD/mutants are there (make fuzz-score). Two
# targets run at a time, TIME seconds each, from their seeds. With --again the campaigns
# are those that ran last. Writes BUILD/fuzz/score.json. Exit status 0: done, 1: a campaign
# ended with a finding of its own, 2: could not run.
set -u
cd "$(dirname "$0")/.." || exit 2
again=
[ "${1-}" = --again ] && again=1 && shift
build=$(realpath "${1:?the build directory}") || exit 2
trials=${TRIALS:-3}
seconds=${TIME:-600}
targets=${TARGETS:?the targets}
programs=${PROGRAMS:-}	# those of the targets whose programs can be replayed
jobs=$(nproc)
exe=libexec/vfio-compliance/fuzz
dir=$build/fuzz/score
top=$PWD
export build seconds exe dir top LC_ALL=C

campaign() {	# trial target
	local to=$dir/$1/$2

	mkdir -p "$to/corpus"
	date +%s%3N >"$to/start"
	cd "$to" || return
	# A leak is for other campaigns: a look for one fails if a thread is just about to end.
	ASAN_OPTIONS=detect_leaks=0 VFIO_CORE_CANARIES=$to/canaries timeout $((seconds + 120)) \
		"$build/fuzz/canary/$exe/$2" -seed="$1" -max_total_time="$seconds" -max_len=1024 \
		-timeout=20 -rss_limit_mb=2560 -print_final_stats=1 -artifact_prefix="$to/" \
		-dict="$build/$exe/$2.dict" "$to/corpus" "$top/fuzz/corpus/$2" >"$to/log" 2>&1 </dev/null
	echo $? >"$to/status"
	# The seeds are part of what is replayed.
	cp -n "$top/fuzz/corpus/$2"/* "$to/corpus/"
	"$build/libexec/mutants" "$to/canaries" | awk -F'\t' -v OFS='\t' -v trial="$1" -v target="$2" \
		-v start="$(cat "$to/start")" '$5 > 0 {
			print trial, target, $1, $5, $6, ($6 == 0 ? -1 : $7 > start ? $7 - start : 0)
		}' >"$to/canaries.tsv"
}

replay() {	# trial target seconds [mutant]
	VFIO_CORE_MUTANT=${4:-} timeout -k 1 "$3" "$build/fuzz/mutants/$exe/$2" "$dir/$1/$2/corpus" \
		>/dev/null 2>&1 </dev/null
}

# What each step of the programs gives: written to a file (-w), or held against it (-e).
steps() {	# trial target seconds mutant -w|-e
	local topology=default

	[ "$2" = type1 ] && topology=iommus
	VFIO_CORE_TOPOLOGY=$build/share/vfio-compliance/topologies/$topology.topo \
	VFIO_CORE_MUTANT=$4 LD_PRELOAD=$build/mutants/lib/libvfio-core.so timeout -k 1 "$3" \
		"$build/libexec/vfio-compliance/fuzz-replay" -a -t "$2" "$5" "$dir/$1/$2/steps" \
		"$dir/$1/$2/programs" 2>/dev/null </dev/null
}

# The programs that give something else than what was written, or that die.
differing() {	# trial target seconds mutant
	steps "$@" -e | sed -n 's/^@\(diff\|died\|hang\) \([^ ]*\).*/\2/p' | sort -u
}

# What the programs give, without those that give now this, now that: an ioeventfd may
# be on its way.
steady() {	# trial target
	local to=$dir/$1/$2 name

	rm -rf "$to/programs" && cp -rl "$to/corpus" "$to/programs" || return
	steps "$1" "$2" 600 '' -w >/dev/null || return
	for _ in 1 2 3 4; do
		differing "$1" "$2" 600 ''
	done | sort -u | while read -r name; do
		rm -f "$to/programs/$name"
	done
	steps "$1" "$2" 600 '' -w >/dev/null
}

# Programs that give something else with a mutant, each time, and not without it.
seen_in_steps() {	# trial target seconds mutant
	comm -12 <(differing "$@") <(differing "$@") | comm -23 - <(differing "$1" "$2" "$3" '') |
		grep -q .
}

# One mutant of one trial: the targets that triggered it, until one notices.
detect() {	# trial mutant target...
	local trial=$1 mutant=$2 target

	shift 2
	for target; do
		replay "$trial" "$target" "$(cat "$dir/$trial/$target/limit")" "$mutant" && continue
		printf '%s\t%s\t%s\tbooks\n' "$trial" "$mutant" "$target"
		return
	done
	for target; do
		[ -e "$dir/$trial/$target/programs" ] || continue
		seen_in_steps "$trial" "$target" "$(cat "$dir/$trial/$target/limit")" "$mutant" ||
			continue
		printf '%s\t%s\t%s\tsteps\n' "$trial" "$mutant" "$target"
		return
	done
}
export -f campaign replay steps differing seen_in_steps detect

for target in $targets; do
	[ -x "$build/fuzz/canary/$exe/$target" ] && [ -x "$build/fuzz/mutants/$exe/$target" ] ||
		{ echo "fuzz-score: there is no target $target" >&2; exit 2; }
done
if [ "$again" ]; then
	[ -d "$dir/$trials" ] || { echo "fuzz-score: there are no $trials trials in $dir" >&2; exit 2; }
	rm -f "$dir"/*.tsv
else
	rm -rf "$dir" && mkdir -p "$dir" || exit 2
fi
# The bug is in the core of the targets alone.
unset VFIO_CORE_MUTANT VFIO_CORE_CANARIES
bad=0
for ((trial = 1; trial <= trials; trial++)); do
	[ -t 2 ] && printf 'trial %d of %d: campaigns of %d s\n' "$trial" "$trials" "$seconds" >&2
	[ "$again" ] || printf '%s\n' $targets | xargs -P "$jobs" -I{} bash -c "campaign $trial {}"
	for target in $targets; do
		to=$dir/$trial/$target
		if [ "$(cat "$to/status")" != 0 ]; then
			echo "finding: $target, trial $trial: see $to/log"
			bad=1
		fi
		# What fails anyway tells nothing of a bug.
		before=$SECONDS
		replay "$trial" "$target" 600 ||
			{ echo "the replay of $target fails without a bug" >&2; exit 2; }
		# Who takes so much longer than this hangs.
		echo $((10 + 20 * (SECONDS - before))) >"$to/limit"
		case " $programs " in
		*" $target "*)
			steady "$trial" "$target" ||
				{ echo "the programs of $target cannot be replayed" >&2; exit 2; } ;;
		esac
	done
	cat "$dir/$trial"/*/canaries.tsv >>"$dir/canaries.tsv"
	[ -t 2 ] && printf 'trial %d of %d: replay\n' "$trial" "$trials" >&2
	awk -F'\t' '$5 > 0 { by[$3] = by[$3] " " $2 } END { for (m in by) print m by[m] }' \
		"$dir/$trial"/*/canaries.tsv | sort |
		xargs -P "$jobs" -I{} bash -c "detect $trial {}" 2>/dev/null >>"$dir/detected.tsv"
done

# One row for each mutant that was reached, in jq: medians are of the trials that triggered it.
jq -Rn --rawfile found "$dir/detected.tsv" --argjson trials "$trials" --argjson time "$seconds" '
	def median: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;
	($found | split("\n") | map(select(. != "") | split("\t") |
		{ trial: (.[0] | tonumber), name: .[1], by: .[2], how: .[3] })) as $found |
	[inputs | split("\t") | { trial: (.[0] | tonumber), target: .[1], name: .[2],
		reached: (.[3] | tonumber), triggered: (.[4] | tonumber), ms: (.[5] | tonumber) }] as $seen |
	def percent(f): [range(1; $trials + 1) as $t | 100 * ([$found[] | select(.trial == $t) |
		select(f).name] | unique | length) / ([$seen[] | select(.trial == $t).name] | unique | length)] |
		median;
	($seen | group_by(.name) | map(.[0].name as $name | {
		name: $name,
		reached: (map(.trial) | unique | length),
		triggered: (map(select(.triggered > 0).trial) | unique | length),
		ms: (map(select(.triggered > 0)) | group_by(.trial) | map(map(.ms) | min) | median),
		detected: ([$found[] | select(.name == $name).trial] | unique | length),
		by: ([$found[] | select(.name == $name) | "\(.by) (\(.how))"] | unique) })) as $rows |
	{ trials: $trials, time: $time, mutants: $rows,
	  reached: ($rows | length), triggered: ($rows | map(select(.triggered > 0)) | length),
	  detected_percent: percent(true), books_percent: percent(.how == "books") }' "$dir/canaries.tsv" >"$build/fuzz/score.json" || exit 2
printf '%-34s %7s %9s %9s %8s  %s\n' mutant reached triggered 'after s' detected by
jq -r '.mutants | sort_by([.detected == 0, .ms == null, .ms])[] | [.name, .reached, .triggered,
	(if .ms == null then "-" else .ms / 1000 end), .detected, (.by | join(","))] | @tsv' \
	"$build/fuzz/score.json" | while IFS=$'\t' read -r name reached triggered after detected by; do
	printf '%-34s %7s %9s %9s %8s  %s\n' "$name" "$reached" "$triggered" "$after" "$detected" "$by"
done
total=$("$build/libexec/mutants" | wc -l)
jq -r --arg total "$total" '"\n\(.reached) of \($total) seeded bugs reached, \(.triggered) triggered; " +
	"detected of those reached, median of \(.trials) trials of \(.time) s: " +
	"\(.detected_percent * 10 | round / 10)%, by the books alone " +
	"\(.books_percent * 10 | round / 10)%"' "$build/fuzz/score.json"
exit $bad
