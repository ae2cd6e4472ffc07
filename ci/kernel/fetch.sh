# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# For ci/deps.sh and the scripts here: packages of the archive, unpacked and never
# installed. Source it; APT holds options that all apt commands get, and $build is
# the build directory.

APT=()

# The packages that $1 depends on and whose names begin with one of the rest.
depends_on() {
	local package=$1 want
	shift
	for want; do
		apt-cache "${APT[@]}" depends "$package" 2>/dev/null |
			awk -v want="$want" '$1 == "Depends:" && index($2, want) == 1 { print $2; exit }'
	done
}

# Download packages into the build directory and unpack them at $1.
unpack() {
	local dest=$1 tmp deb
	shift
	tmp=$(mktemp -d "$build/deb.XXXXXX")
	chmod 755 "$tmp"
	(cd "$tmp" && apt-get "${APT[@]}" download -qq "$@" >/dev/null 2>"$build/apt.log") ||
		{ rm -rf "$tmp"; return 1; }
	for deb in "$tmp"/*.deb; do
		dpkg-deb -x "$deb" "$dest" || { rm -rf "$tmp"; return 1; }
	done
	rm -rf "$tmp"
}

# unpack_kernel DIR IMAGE HEADERS: vmlinuz, lib/modules/RELEASE and usr/src with the
# headers below DIR. Later series have image, modules and headers in more packages
# than one each; all carry the release in their names.
unpack_kernel() {
	local dir=$1 image=$2 headers=$3 release=${2#linux-image-} common kbuild part more=()
	common=$(depends_on "$headers" linux-headers-)
	kbuild=$(depends_on "$headers" linux-kbuild-)
	for part in base binary modules; do
		mapfile -t -O "${#more[@]}" more < <(depends_on "$image" "linux-$part-$release")
	done
	rm -rf "$dir"
	mkdir -p "$dir"
	unpack "$dir" "$image" "${more[@]}" "$headers" "$common" "$kbuild" || return
	# Where /lib is a link to /usr/lib, packages bring the latter.
	if [ -d "$dir/usr/lib/modules" ]; then
		mkdir -p "$dir/lib"
		mv "$dir/usr/lib/modules" "$dir/lib/modules"
	fi
	if [ -e "$dir/boot/vmlinuz-$release" ]; then
		mv "$dir/boot/vmlinuz-$release" "$dir/vmlinuz"
	else
		mv "$dir/lib/modules/$release/vmlinuz" "$dir/vmlinuz"
	fi || return
	# The header packages expect to live at /usr/src; make them relocatable.
	sed -i "s#/usr/src/#$dir/usr/src/#g" "$dir/usr/src/$headers/Makefile"
	[ -e "$dir/usr/src/$common/scripts" ] ||
		ln -sfn "$dir/usr/lib/$kbuild/scripts" "$dir/usr/src/$common/scripts"
	ln -sfn "$dir/usr/src/$headers" "$dir/lib/modules/$release/build"
	depmod -b "$dir" "$release" 2>/dev/null || true
}
