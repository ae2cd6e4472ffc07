#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build/kernels/debug: Linux 6.12 with debug.config, out of Debian's source package,
# laid out as the stock kernels are there. It stays until the package, the
# configuration or this script change. Some ten minutes of two processors, 2 GB.
#
# Coverage is compiled into drivers/vfio and virt/kvm/vfio.c alone: for gcov, whose
# counters `vm --coverage` collects, and for KCOV, which guides fuzzing.
#
# usage: ci/kernel/build.sh BUILD_DIR
#   JOBS=N	compilers at once (default: one per processor)
set -euo pipefail

build=${1:?usage: ci/kernel/build.sh BUILD_DIR}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$build/kernels"
build=$(cd "$build" && pwd -P)
# shellcheck source=ci/kernel/fetch.sh
. "$here/fetch.sh"
package=linux-source-6.12
dir=$build/kernels/debug
log=$build/kernel-debug.log

say() { printf 'kernel debug: %s\n' "$*"; }
die() { printf 'kernel debug: %s\n' "$*" >&2; exit 2; }

version=$(apt-cache policy $package | awk '/Candidate:/ && $2 != "(none)" { print $2 }')
if [ -z "$version" ]; then
	[ -s "$dir/release" ] || die "no $package in the package index; run apt-get update"
	version=$(cat "$dir/source.version")
fi
stamp=$({ printf '%s\n' "$version"; cat "$here/debug.config" "$0"; gcc --version; } |
	sha256sum | cut -c1-32)
if [ -s "$dir/release" ] && [ "$(cat "$dir/stamp")" = "$stamp" ]; then
	say "$(cat "$dir/release") already built"
	exit 0
fi
for tool in gcc bc bison flex; do
	command -v $tool >/dev/null || die "$tool is missing: run 'make deps'"
done

mkdir -p "$dir/obj"
rm -f "$dir/release" "$dir/headers"
if [ "$(cat "$dir/source.version" 2>/dev/null)" != "$version" ]; then
	say "unpacking $package $version"
	rm -rf "${dir:?}"/{source,source.version,obj,lib}
	mkdir -p "$dir/source" "$dir/obj"
	unpack "$dir/package" $package || die "cannot download $package; see $build/apt.log"
	# Of the documentation its Kconfig is enough.
	tar -xJf "$dir/package/usr/src/$package.tar.xz" -C "$dir/source" --strip-components=1 \
		--exclude="$package/Documentation/*/*" --exclude="$package/tools/testing"
	rm -rf "$dir/package"
	printf '%s\n' "$version" >"$dir/source.version"
fi

# kmake TARGET...: no word of who built it where; not our own make's variables.
kmake() {
	env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u O -u V -u CC \
		KBUILD_BUILD_USER=vfio-compliance KBUILD_BUILD_HOST=ci \
		make -C "$dir/source" O="$dir/obj" LOCALVERSION=-vfio-debug -j"${JOBS:-$(nproc)}" \
		"$@" >>"$log" 2>&1 || die "the build failed: $(grep -m1 -iE 'error' "$log"); see $log"
}

: >"$log"
say "configuring"
KCONFIG_ALLCONFIG=$here/debug.config kmake allnoconfig
# A name that Kconfig does not know or whose needs are not met is dropped silently.
while IFS= read -r line; do
	case $line in
	CONFIG_*)
		grep -qxF "$line" "$dir/obj/.config" || die "debug.config: $line was not taken" ;;
	"# CONFIG_"*" is not set")
		line=${line#\# }
		! grep -q "^${line%% *}=" "$dir/obj/.config" || die "debug.config: ${line%% *} is set" ;;
	esac
done <"$here/debug.config"

say "building; see $log"
# Read by Kbuild for each object, with the object's directory and name put in. That of
# virt/kvm/vfio.c is arch/x86/kvm/../../../virt/kvm/vfio.o.
# shellcheck disable=SC2016
which='$(if $(filter drivers/vfio drivers/vfio/%,$(obj))$(findstring /virt/kvm/vfio.,$@),y)'
kmake GCOV_PROFILE="$which" KCOV_INSTRUMENT="$which" bzImage modules
for object in drivers/vfio/vfio_main drivers/vfio/pci/vfio_pci_core virt/kvm/vfio; do
	[ -e "$dir/obj/$object.gcno" ] || die "$object was built without gcov"
done
[ "$(find "$dir/obj" -name '*.gcno' | grep -cvE '/(drivers/vfio|virt/kvm)/')" = 0 ] ||
	die "more than VFIO was built with gcov"

release=$(cat "$dir/obj/include/config/kernel.release")
rm -rf "${dir:?}/lib"
kmake INSTALL_MOD_PATH="$dir" modules_install
cp "$dir/obj/arch/x86/boot/bzImage" "$dir/vmlinuz"
ln -sfn obj "$dir/headers"
printf '%s\n' "$stamp" >"$dir/stamp"
printf '%s\n' "$release" >"$dir/release"
say "$release built"
