# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For newest.sh: run programs that need a newer glibc than the host's.

# Programs below the directories $@ that the host's loader refuses.
refused() {
	local f
	find "$@" -type f -perm -u+x | while IFS= read -r f; do
		[ "$(head -c 4 "$f" | tr -d '\0')" = $'\x7fELF' ] || continue
		# ldd fails as well: only what it says counts.
		if grep -q 'GLIBC_.* not found' <<<"$(ldd "$f" 2>&1 || true)"; then
			printf '%s\n' "$f"
		fi
	done
}

# give_newer_libc KERNEL_DIR: put the newest libc6 of the archive beside the headers'
# programs, and in place of each program that needs it a script that runs it with
# that. Fails if there is no such libc or a program does not load with it either.
give_newer_libc() {
	local dir=$1 f loader libs list
	mapfile -t list < <(refused "$dir"/usr/lib/linux-kbuild-* "$dir"/usr/src/linux-headers-*)
	[ ${#list[@]} -gt 0 ] || return 0
	unpack "$dir/libc" libc6 || return
	loader=$(find "$dir/libc" -name ld-linux-x86-64.so.2 -print -quit)
	libs=$(dirname "$(find "$dir/libc" -name libc.so.6 -print -quit)")
	[ -n "$loader" ] || return
	# Its other libraries are the host's.
	libs+=:/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu
	for f in "${list[@]}"; do
		"$loader" --library-path "$libs" --list "$f" >/dev/null 2>&1 || return
		mv "$f" "$f.program"
		printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libs" \
			"$f.program" >"$f"
		chmod 755 "$f"
	done
}
