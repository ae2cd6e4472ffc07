#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Arguments for objcopy that give every symbol a driver can use, which is what the
# headers name, a second name kapi.NAME. Thread-local variables are left out: those
# that headers use are visible as they are.
#
# usage: lib/exports.sh INCLUDE_DIR OBJECT
set -euo pipefail
export LC_ALL=C

# objdump: VALUE, seven columns of flags, SECTION, SIZE, ".hidden", NAME.
find "$1" -name '*.h' -exec grep -ohE '[A-Za-z_][A-Za-z0-9_]*' {} + | sort -u |
	awk '
	NR == FNR { named[$1]; next }
	/^[0-9a-f]+ / {
		value = $1
		flags = substr($0, length(value) + 2, 7)
		$0 = substr($0, length(value) + 9)
		if (flags !~ /[gwu!]/ || flags !~ /[FO]/ || $1 ~ /^(\*UND\*|\.tbss|\.tdata)$/ ||
		    !($NF in named) || $NF ~ /^__this_module_/)
			next
		printf "--add-symbol=kapi.%s=%s:0x%s,global,%s\n", $NF, $1, value,
			flags ~ /F/ ? "function" : "object"
	}' - <(objdump -tw "$2") | sort
