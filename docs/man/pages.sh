#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every man page: vfio-compliance(1), one for each PROSE.mdoc, vfio-compliance-clauses(7).
# Fails for a command of `vfio-compliance -h` that has no prose.
#
# usage: docs/man/pages.sh BUILD_DIR OUT_DIR
#
# Their date is SOURCE_DATE_EPOCH, or that of the last commit, or today.
set -eu -o pipefail
export LC_ALL=C
build=$1 out=$2
day=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}" +%F)
date=$(date -u -d "$day" '+%B %-d, %Y')
vc=$build/bin/vfio-compliance
mkdir -p "$out/man1" "$out/man7"
"$vc" -h | sed -n 's/^  \([a-z]*\)  *\(.*\)/\1\t\2/p' >"$out/commands"
names=vfio-compliance
while IFS=$'\t' read -r command _; do
	[ -e "docs/man/$command.mdoc" ] ||
		{ echo "docs/man: no page of \`vfio-compliance $command\`" >&2; exit 1; }
done <"$out/commands"
for prose in docs/man/*.mdoc; do
	name=${prose##*/} name=${name%.mdoc}
	[ "$name" = main ] || names="$names vfio-compliance-$name"
done
# shellcheck disable=SC2086
names=$(printf '%s\n' $names | sort | tr '\n' ' ')
for prose in docs/man/*.mdoc; do
	name=${prose##*/} name=${name%.mdoc}
	command=$(sed -n 's/^\.\\" command: //p' "$prose")
	what=$(sed -n 's/^\.\\" what: //p' "$prose")
	[ -n "$what" ] || what=$(sed -n "s/^$name\t//p" "$out/commands")
	[ -n "$what" ] || { echo "$prose: there is no command $name" >&2; exit 1; }
	[ "$name" = main ] && page= || page=$name
	# shellcheck disable=SC2086
	[ "$name" = main ] || "$vc" ${command:-$name} -h >"$out/help"
	[ "$name" = main ] && "$vc" -h >"$out/help"
	awk -f docs/man/page.awk -v command="$page" -v what="$what" -v date="$date" \
		-v others="$names" "$prose" "$out/help" >"$out/man1/vfio-compliance${page:+-$page}.1"
done
"$vc" list --json | jq -r --arg date "$day" -f docs/man/clauses.jq >"$out/man7/vfio-compliance-clauses.7"
rm "$out/commands" "$out/help"
