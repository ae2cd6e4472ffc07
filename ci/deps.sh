#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Install what the build and the checks need and is missing here, and unpack
# Debian's stock kernels and the kselftest headers under the build directory.
# A second run finds everything in place and changes nothing.
#
# usage: ci/deps.sh BUILD_DIR
#   KSRC=DIR     take the kselftest and uapi headers from this kernel tree
#   KERNELS=...  the stock kernels to fetch (default "6.1 6.12 newest"; "" for none)
#   SOURCES=...  the series whose VFIO drivers check step 26-foreign compiles
set -euo pipefail

build=${1:?usage: ci/deps.sh BUILD_DIR}
top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$build"
build=$(cd "$build" && pwd)
KERNELS=${KERNELS-6.1 6.12 newest}
# shellcheck source=ci/kernel/fetch.sh
. "$top/ci/kernel/fetch.sh"
SOURCES=${SOURCES-6.1 6.12}
apt_updated=

say() { printf 'deps: %s\n' "$*"; }
die() { printf 'deps: %s\n' "$*" >&2; exit 2; }

apt_update() {
	[ -n "$apt_updated" ] && return
	say "refreshing the package index"
	apt-get update -qq || die "apt-get update failed; check the apt sources of this host"
	apt_updated=1
}

install_packages() {
	local missing=() p
	while read -r p; do
		case $p in ''|'#'*) continue ;; esac
		dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed ||
			missing+=("$p")
	done <"$top/ci/packages.txt"
	[ ${#missing[@]} -eq 0 ] && { say "all packages installed"; return; }
	[ "$(id -u)" = 0 ] || die "missing packages, and not root: ${missing[*]}"
	apt_update
	say "installing: ${missing[*]}"
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		"${missing[@]}" >"$build/apt.log" 2>&1 ||
		die "apt-get install failed; see $build/apt.log"
}

meta_suffix() {	# 6.1 is Debian 12's own series and has no number in its name
	case $1 in 6.1) echo amd64 ;; *) echo "$1-amd64" ;; esac
}

# build/kernels/SERIES: vmlinuz, lib/modules/RELEASE, and usr/src with the
# headers; the file `release` is written last and marks it complete.
fetch_kernel() {
	local series=$1 dir=$build/kernels/$1 suffix image headers
	if [ -s "$dir/release" ]; then
		say "kernel $series: $(cat "$dir/release") already unpacked"
		return
	fi
	suffix=$(meta_suffix "$series")
	apt_update	# an old index names packages that are gone from the archive
	image=$(depends_on "linux-image-$suffix" linux-image-)
	headers=$(depends_on "linux-headers-$suffix" linux-headers-)
	[ -n "$image" ] && [ -n "$headers" ] ||
		die "no stock kernel $series in the package index (looked for linux-image-$suffix)"
	say "kernel $series: unpacking ${image#linux-image-}"
	unpack_kernel "$dir" "$image" "$headers" ||
		die "cannot download $image; see $build/apt.log"
	ln -sfn "usr/src/$headers" "$dir/headers"
	printf '%s\n' "${image#linux-image-}" >"$dir/release"
}

# The kselftest framework's headers and the newest uapi headers the suite is
# compiled against. They are the kernel's own files and are never committed.
fetch_headers() {
	local dest=$build/include tmp src
	if [ -s "$dest/complete" ]; then
		say "kselftest headers already in place ($(cat "$dest/complete"))"
		return
	fi
	rm -rf "$dest"
	mkdir -p "$dest/kselftest" "$dest/uapi/linux"
	if [ -n "${KSRC:-}" ]; then
		src=$KSRC
		[ -f "$src/tools/testing/selftests/kselftest_harness.h" ] ||
			die "KSRC=$KSRC has no tools/testing/selftests/kselftest_harness.h"
		copy_headers "$src" "$dest"
		printf 'KSRC=%s\n' "$KSRC" >"$dest/complete"
		return
	fi
	say "taking the kselftest headers out of linux-source-6.12"
	apt_update
	tmp=$(mktemp -d "$build/src.XXXXXX")
	chmod 755 "$tmp"
	unpack "$tmp" linux-source-6.12 || die "cannot download linux-source-6.12; see $build/apt.log"
	tar -xJf "$tmp/usr/src/linux-source-6.12.tar.xz" -C "$tmp" --strip-components=1 --occurrence=1 \
		linux-source-6.12/tools/testing/selftests/kselftest_harness.h \
		linux-source-6.12/tools/testing/selftests/kselftest.h \
		linux-source-6.12/include/uapi/linux/vfio.h \
		linux-source-6.12/include/uapi/linux/iommufd.h
	copy_headers "$tmp" "$dest"
	printf '%s\n' "$(apt-cache policy linux-source-6.12 | awk '/Candidate/ {print $2}')" >"$dest/complete"
	rm -rf "$tmp"
}

copy_headers() {
	cp "$1/tools/testing/selftests/kselftest_harness.h" \
		"$1/tools/testing/selftests/kselftest.h" "$2/kselftest/"
	local h
	for h in vfio iommufd; do
		[ -f "$1/include/uapi/linux/$h.h" ] || continue
		sed 's/\b__user\b//g' "$1/include/uapi/linux/$h.h" >"$2/uapi/linux/$h.h"
	done
}

# build/selftests: what builds and runs selftests in a kernel tree, and reads their
# output; check step 28-kselftest puts ours there.
fetch_selftests() {
	local dir=$build/selftests tmp top=linux-source-6.12
	[ -s "$dir/complete" ] && { say "selftests of a kernel tree: already unpacked"; return; }
	say "taking the selftests' framework out of $top"
	apt_update
	tmp=$(mktemp -d "$build/src.XXXXXX")
	chmod 755 "$tmp"
	unpack "$tmp" "$top" || { rm -rf "$tmp"; return 1; }
	rm -rf "$dir"
	mkdir -p "$dir"
	tar -xJf "$tmp/usr/src/$top.tar.xz" -C "$dir" --strip-components=1 --wildcards \
		"$top"/tools/testing/{kunit,selftests/{Makefile,kselftest,'*.mk','*.sh','*.h'}} \
		"$top"/scripts/{subarch.include,'Makefile.*'}
	rm -rf "$tmp"
	apt-cache policy "$top" | awk '/Candidate/ {print $2}' >"$dir/complete"
}

# build/foreign/SERIES: drivers that others wrote, and headers of vendors. Only the
# compiler of one check step looks at them.
fetch_source() {
	local series=$1 dir=$build/foreign/$1 tmp top=linux-source-$1
	[ -s "$dir/complete" ] && { say "drivers of $series: already unpacked"; return; }
	say "taking VFIO drivers out of $top"
	apt_update
	tmp=$(mktemp -d "$build/src.XXXXXX")
	chmod 755 "$tmp"
	unpack "$tmp" "$top" || { rm -rf "$tmp"; return 1; }
	rm -rf "$dir"
	mkdir -p "$dir"
	tar -xJf "$tmp/usr/src/$top.tar.xz" -C "$dir" --strip-components=1 \
		"$top"/{drivers/vfio,samples/vfio-mdev,include,COPYING}
	rm -rf "$tmp"
	apt-cache policy "$top" | awk '/Candidate/ {print $2}' >"$dir/complete"
}

install_packages
fetch_headers
for series in $KERNELS; do
	case $series in
	newest) "$top/ci/kernel/newest.sh" "$build" ;;
	*) fetch_kernel "$series" ;;
	esac
done
for series in $SOURCES; do
	(fetch_source "$series") || say "no source of $series: check step 26-foreign skips it"
done
(fetch_selftests) || say "no selftests of a kernel tree: check step 28-kselftest skips it"
say "done"
