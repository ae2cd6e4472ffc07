#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion for bash, from what each command says with -h.
#
# usage: docs/completion.sh BUILD_DIR >FILE
set -eu -o pipefail
export LC_ALL=C
vc=$1/bin/vfio-compliance

# "--option ARGUMENT", or "--option" alone, one a line, from the tables of -h and from
# what stands in brackets in its first lines.
options() {
	{
		"$vc" "$@" -h | sed -n 's/^  \(-.*\)/\1/p' | sed -E 's| {2,}.*||'
		"$vc" "$@" -h | sed '/^$/q' | grep -oE '[[|] ?-[^]|]*' | sed 's/^[[|]//'
	} | tr ',' '\n' | sed 's/^ *//; s/[=[].*//; s/ *$//' | grep -E '^--?[a-zA-Z][a-z-]*( |$)' | sort -u
}

commands=$("$vc" -h | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')
cat <<'SH'
# SPDX-License-Identifier: GPL-2.0-only
# bash completion for vfio-compliance; made from its -h.

_vfio_compliance() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} options='' words='' kind=''

	COMPREPLY=()
SH
echo "	if ((COMP_CWORD == 1)); then"
# shellcheck disable=SC2086
echo "		mapfile -t COMPREPLY < <(compgen -W '$(echo $commands) -h' -- \"\$cur\")"
cat <<'SH'
		return
	fi
	case "$command ${COMP_WORDS[2]}" in
	'bench compare' | 'bench trend' | 'bench history' | 'bench report')
		((COMP_CWORD > 2)) && command="$command ${COMP_WORDS[2]}" ;;
	esac
	case $command in
SH
for prose in docs/man/*.mdoc; do
	name=${prose##*/} name=${name%.mdoc}
	command=$(sed -n 's/^\.\\" command: //p' "$prose")
	case $name in main | run-shard) continue ;; esac
	command=${command:-$name}
	# shellcheck disable=SC2086
	table=$(options $command || true)
	[ "$name" = run ] && table=$(printf '%s\n' "$table" "$(options run --shard 1/1)" | sort -u)
	# shellcheck disable=SC2086
	words=$("$vc" ${command%% *} -h |
		sed -nE "s/^(usage:|      ) vfio-compliance $command ([a-z]*).*/\2/p" | tr '\n' ' ')
	[ "$name" = bench ] && words='compare trend history report'
	echo "	'$command')"
	echo "		options='$(echo "$table" | sed 's/ .*//' | sort -u | tr '\n' ' ')-h'"
	[ -n "${words// }" ] && echo "		((COMP_CWORD == 2)) && words='${words% }'"
	case $name in unbind | bind) echo "		words=\$(cd /sys/bus/pci/devices 2>/dev/null && echo *)" ;; esac
	echo "		case \$prev in"
	sed -n 's/^\([^ ]*\) \([A-Z]*\).*/\2 \1/p' <<<"$table" | sort | awk '
		$1 ~ /^[A-Z]+$/ { of[$1] = of[$1] (of[$1] == "" ? "" : " | ") $2 }
		END { for (a in of) printf "\t\t%s) kind=%s ;;\n", of[a], a }' | sort
	echo "		esac ;;"
done
cat <<'SH'
	esac
	case $prev:$kind in
	--profile:*) words='5.19 6.1 6.12 7.3' ;;
	--level:*) words='5.19 6.1 6.12' ;;
	--engine:*) words='libfuzzer afl' ;;
	--metric:*) words='time cpu ratio instructions' ;;
SH
machines=$("$vc" vm -h | sed -n '/--machine/,/^  --c/p' | tr -d '\n' | sed 's/.*guest: //; s/  --.*//; s/,/ /g')
# shellcheck disable=SC2086
echo "	--machine:*) words='$(echo $machines)' ;;"
cat <<'SH'
	--topology:*) mapfile -t COMPREPLY < <(compgen -W 'default hotreset noiommu slots' -- "$cur"; compgen -f -- "$cur"); return ;;
	--kernel:*) mapfile -t COMPREPLY < <(compgen -W '6.1 6.12 newest debug' -- "$cur"; compgen -f -- "$cur"); return ;;
	*:BDF) words=$(cd /sys/bus/pci/devices 2>/dev/null && echo *) ;;
	*:FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	*:DIR) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	*:?*) return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	elif [[ $words ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _vfio_compliance vfio-compliance
SH
