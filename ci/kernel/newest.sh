#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build/kernels/newest: the newest stock kernel that the host's Debian archive has,
# whatever suite it is in. The suites are read with an apt state of our own below the
# build directory; the host's package lists and sources stay as they are. apt takes
# what is signed with a key of the host's Debian keyring, and nothing else.
#
# Where it cannot be had, the reason is in build/kernels/newest.skipped and this
# script succeeds: `make check` then skips the lane with that reason. To look for
# a newer one, remove build/kernels/newest and run it again.
#
# usage: ci/kernel/newest.sh BUILD_DIR
#   SUITES=...	where to look (default "sid forky trixie-backports")
set -euo pipefail

build=${1:?usage: ci/kernel/newest.sh BUILD_DIR}
build=$(cd "$build" && pwd)
# shellcheck source=ci/kernel/fetch.sh
. "$(dirname "$0")/fetch.sh"
dir=$build/kernels/newest
state=$build/apt-newest
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'deps: kernel newest: %s\n' "$*"; }
skip() {
	rm -rf "$dir"
	mkdir -p "$build/kernels"
	printf '%s\n' "$*" >"$build/kernels/newest.skipped"
	say "skipped: $*"
	exit 0
}

if [ -s "$dir/release" ]; then
	say "$(cat "$dir/release") already unpacked"
	exit 0
fi

# The archive that the host itself uses, a mirror or a snapshot included.
archive=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
	awk '$1 == "Debian" && $2 !~ /security/ { print $2; exit }')
[ -n "$archive" ] || skip "this host's apt has no Debian archive (run apt-get update?)"

mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status"
signed=
[ -e "$keyring" ] && signed=" signed-by=$keyring"
for suite in ${SUITES:-sid forky trixie-backports}; do
	printf 'deb [arch=amd64%s] %s %s main\n' "$signed" "$archive" "$suite"
done >"$state/sources.list"
APT=(-o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o "Dir::State::Lists=$state/lists" -o "Dir::State::status=$state/status"
	-o "Dir::Cache=$state/cache" -o Acquire::Languages=none
	-o APT::Architecture=amd64 -o APT::Architectures=amd64
	-o APT::Get::AllowUnauthenticated=false)

say "reading the package indexes of $archive"
# A suite that is not there or not signed as it should be is left out.
timeout 300 apt-get "${APT[@]}" update -qq >"$build/apt.log" 2>&1 ||
	say "not all suites are to be had: $(grep -m1 -E '^[EW]:' "$build/apt.log")"

# The newest by its own version, not by apt's order of suites.
best=
while read -r version image; do
	if [ -z "$best" ] || dpkg --compare-versions "$version" gt "$best"; then
		best=$version release=${image#linux-image-}
	fi
done < <(apt-cache "${APT[@]}" show linux-image-amd64 2>/dev/null | awk '
	$1 == "Version:" { v = $2 }
	$1 == "Depends:" && match($0, /linux-image-[0-9][^ ,]*/) { print v, substr($0, RSTART, RLENGTH) }')
[ -n "$best" ] || skip "no kernel in the indexes of $archive: $(grep -m1 -E '^[EW]:' "$build/apt.log" || echo 'see the suites in ci/kernel/newest.sh')"

say "unpacking $release ($best)"
unpack_kernel "$dir" "linux-image-$release" "linux-headers-$release" ||
	skip "cannot download $release: $(tail -n 1 "$build/apt.log")"

# Programs of the headers' package were linked where glibc is newer than here. They
# get that glibc, beside them: nothing of it is installed.
# shellcheck source=ci/kernel/newlibc.sh
. "$(dirname "$0")/newlibc.sh"
if ! give_newer_libc "$dir"; then
	say "no mock module: its headers' programs do not run here (GLIBC), and no newer libc6 was found"
else
	ln -sfn "usr/src/linux-headers-$release" "$dir/headers"
fi
rm -f "$build/kernels/newest.skipped"
printf '%s\n' "$release" >"$dir/release"
