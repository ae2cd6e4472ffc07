#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A bundle that was changed is refused. Prints TAP.
#
# usage: ci/check/tamper.sh VFIO-COMPLIANCE BUNDLE WORK
vc=$1 bundle=$2 work=$3 failed=0
mkdir -p "$work" || exit 2

refuse() {	# name, pattern, bundle
	"$vc" verify "$3" >"$work/out" 2>&1
	if [ $? = 1 ] && grep -qE "$2" "$work/out"; then
		echo "ok - refused: $1"
	else
		echo "not ok - refused: $1: $(head -n 3 "$work/out" | tr '\n' ' ')"
		failed=1
	fi
}

copy() {
	rm -rf "$work/c" && cp -r "$bundle" "$work/c"
}

flip() {	# file, offset
	local byte
	byte=$(od -An -t u1 -j "$2" -N 1 "$1")
	printf '%b' "$(printf '\\0%o' $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# The manifest as certify would have written it: for one who changes that, too.
reseal() {
	(
		cd "$work/c" || exit
		{
			echo "vfio-compliance bundle 1"
			find . -type f ! -path ./MANIFEST -printf '%P\n' | LC_ALL=C sort >"$work/names"
			xargs -d '\n' sha256sum <"$work/names" | cut -d ' ' -f 1 >"$work/sums"
			xargs -d '\n' stat -c '%s %n' <"$work/names" | paste -d ' ' "$work/sums" -
		} >MANIFEST
		sum=$(sha256sum <MANIFEST)
		echo "end ${sum%% *}" >>MANIFEST
	)
}

change() {	# what jq makes of the results
	copy
	jq "$1" "$bundle/results/results.json" >"$work/c/results/results.json" || failed=1
	reseal
}

"$vc" verify "$bundle" >"$work/out" 2>&1 && copy && reseal &&
	cmp -s "$bundle/MANIFEST" "$work/c/MANIFEST" && echo "ok - as it is, it verifies" ||
	{ echo "not ok - as it is, it verifies: $(head -n 3 "$work/out")"; failed=1; }
while read -r file; do
	copy
	flip "$work/c/$file" $((RANDOM % $(stat -c %s "$work/c/$file")))
	refuse "a byte of $file" "changed|damaged" "$work/c"
done < <(cd "$bundle" && find . -maxdepth 2 -type f -size +0 -printf '%P\n' | sort)
copy && printf '\0' >>"$work/c/MANIFEST"
refuse "a byte more in the manifest" "MANIFEST" "$work/c"
copy && rm "$work/c/kernel.log"
refuse "a file less" "missing: kernel.log" "$work/c"
copy && echo x >"$work/c/results/more"
refuse "a file more" "not in the manifest: results/more" "$work/c"
copy && ln -s /etc/passwd "$work/c/link"
refuse "a link" "neither file nor directory: link" "$work/c"

# The archive: in its head, anywhere, in its end.
size=$(stat -c %s "$bundle.tar.gz")
for at in 3 4 8 9 $((RANDOM % size)) $((RANDOM % size)) $((size - 100)) $((size - 87)) $((size - 1)); do
	cp "$bundle.tar.gz" "$work/a.tar.gz"
	flip "$work/a.tar.gz" "$at"
	refuse "byte $at of the archive" "not as it was written" "$work/a.tar.gz"
done
head -c $((size - 1)) "$bundle.tar.gz" >"$work/a.tar.gz"
refuse "an archive cut short" "not as it was written" "$work/a.tar.gz"
mkdir -p "$work/x" && tar -C "$work/x" -xzf "$bundle.tar.gz" 2>"$work/out" && [ ! -s "$work/out" ] &&
	diff -r "$bundle" "$work/x"/* >/dev/null && echo "ok - tar unpacks it" ||
	{ echo "not ok - tar unpacks it: $(head -n 3 "$work/out")"; failed=1; }

# With hashes that are right: what is said has to make sense.
change '.backend = "core"'
refuse "results of the core" 'it ran on "core"' "$work/c"
change '.tests |= map(select(.name | startswith("group/") | not))'
refuse "results without some tests" "tests have no result" "$work/c"
change 'first(.tests[] | select(.status == "skip")).reason = ""'
refuse "a skip without a reason" "no reason given" "$work/c"
change 'first(.tests[] | select(.status == "pass")).status = "fail"'
refuse "a failure" "^fault: fail: " "$work/c"
change 'first(.tests[] | select(.status == "pass")).status = "xfail"'
refuse "a failure that no waiver explains" "no waiver was in force" "$work/c"
change 'first(.tests[] | select(.status == "pass")).status = "missing"'
refuse "a missing result" "^fault: missing: " "$work/c"
change 'first(.clauses[] | select(.status == "skip")).status = "pass"'
refuse "a clause that held by itself" "and its tests say skip" "$work/c"
change '(.tests[] | select(.clauses | index("GRP-002"))) |= (.status = "skip" | .reason = "why not") |
	(.clauses[] | select(.id == "GRP-002")).status = "skip"'
refuse "a clause of the mustpass list that was skipped" "GRP-002 has to hold" "$work/c"
change '.topology[0].driver = "mock_vfio_pci"'
refuse "the mock driver" "rehearsal" "$work/c"
change '.kernel = "9.99"'
refuse "another kernel in the results" "does not follow from the results" "$work/c"
exit $failed
