#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel tree of the user's, built beside it (make O=) with what a VFIO guest needs:
# debug.config, or of that what no checker needs. The tree stays as it is, and a second
# build does what changed. With the mock driver, where its source is at hand.
#
# usage: ci/kernel/tree.sh TREE OBJ debug|plain [VARIABLE=VALUE...]
#   VARIABLE=VALUE	for the kernel's make: LLVM=1, KCFLAGS=...
#
# OBJ/install gets vmlinuz, lib/modules and mock/. Status 1: the tree does not build;
# 2: nothing was tried.
set -euo pipefail

tree=${1:?usage: ci/kernel/tree.sh TREE OBJ debug|plain [VARIABLE=VALUE...]}
obj=${2:?the directory for the build}
flavour=${3:?debug or plain}
shift 3
here=$(cd "$(dirname "$0")" && pwd)

cannot() { printf 'kernel: %s\n' "$*" >&2; exit 2; }
die() { printf 'kernel: %s\n' "$*" >&2; exit 1; }

[ -f "$tree/Kbuild" ] && [ -d "$tree/drivers/vfio" ] ||
	cannot "$tree is no source tree of Linux"
for tool in gcc bc bison flex make; do
	command -v $tool >/dev/null || cannot "$tool is missing: run 'make deps'"
done
mkdir -p "$obj"
tree=$(cd "$tree" && pwd -P)
obj=$(cd "$obj" && pwd -P)
log=$obj/build.log
: >"$log"

kmake() {
	env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u O -u V -u CC \
		KBUILD_BUILD_USER=vfio-compliance KBUILD_BUILD_HOST=ci \
		make -C "$tree" O="$obj" -j"${JOBS:-$(nproc)}" "${vars[@]}" "$@" >>"$log" 2>&1 ||
		die "the build failed: $(grep -m1 -E 'error[: ]|Error |\*\*\*' "$log"); see $log"
}
vars=("$@")

fragment=$obj/fragment.config
case $flavour in
debug) cp "$here/debug.config" "$fragment" ;;
plain) sed '/^# Memory and undefined/,$d' "$here/debug.config" >"$fragment" ;;
*) cannot "no configuration \"$flavour\"; there are debug and plain" ;;
esac
stamp=$({ cat "$fragment"; printf '%s\n' "${vars[@]}"; } | sha256sum)
if [ "$(cat "$obj/fragment.stamp" 2>/dev/null)" != "$stamp" ]; then
	KCONFIG_ALLCONFIG=$fragment kmake allnoconfig
	printf '%s\n' "$stamp" >"$obj/fragment.stamp"
else
	kmake olddefconfig
fi
# Names come and go between kernels; without these there is nothing to test or to see.
for name in MODULES PCI PCI_MSI BLK_DEV_INITRD SERIAL_8250_CONSOLE INTEL_IOMMU VFIO VFIO_PCI \
		VFIO_IOMMU_TYPE1; do
	grep -qE "^CONFIG_$name=[ym]" "$obj/.config" || die "the tree has no CONFIG_$name"
done
kmake bzImage modules
rm -rf "${obj:?}/install"
kmake INSTALL_MOD_PATH="$obj/install" INSTALL_MOD_STRIP=1 modules_install

mock=$here/mock
[ -d "$mock" ] || mock=$here/../../mock_driver
if [ -f "$mock/Kbuild" ]; then
	mkdir -p "$obj/install/mock"
	cp "$mock"/{Kbuild,*.[ch]} "$obj/install/mock/"
	kmake M="$obj/install/mock" modules
fi
# Last, as the sign that all is there.
cp "$obj/arch/x86/boot/bzImage" "$obj/install/vmlinuz"
cat "$obj/include/config/kernel.release"
