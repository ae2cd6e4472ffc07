#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The test programs as a directory of a kernel tree's selftests: sources, a Makefile
# for lib.mk, the fragment of a configuration, the time limit.
#
# usage: ci/kselftest/install.sh BUILD_DIR TREE/tools/testing/selftests/DIR
set -euo pipefail

build=${1:?usage: ci/kselftest/install.sh BUILD_DIR DEST}
dest=${2:?give DEST=TREE/tools/testing/selftests/drivers/vfio-compliance}
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

die() { echo "kselftest-install: $*" >&2; exit 2; }

# The way up from DEST to lib.mk.
up=..
while [ ! -e "$dest/$up/lib.mk" ] && [ ! -e "$(realpath -m "$dest/$up")/lib.mk" ]; do
	up=$up/..
	[ "${#up}" -lt 20 ] || die "$dest is not below a kernel tree's tools/testing/selftests"
done
if [ -e "$dest" ] && ! grep -qs 'vfio-compliance in a kernel tree' "$dest/Makefile"; then
	die "$dest is there and was not made by this"
fi

programs=() common=()
for f in conformance/*.c; do
	if grep -q '^CONFORMANCE_MAIN' "$f"; then
		programs+=("$(basename "$f" .c)")
	else
		common+=("$(basename "$f")")
	fi
done
for f in lib/client/*.c; do
	common+=("$f")
done

rm -rf "$dest"
mkdir -p "$dest"/{lib/client,mock_driver,include/uapi/linux}
cp conformance/*.[ch] "$dest/"
cp lib/client/*.[ch] "$dest/lib/client/"
cp mock_driver/mock_uapi.h "$dest/mock_driver/"
cp "$build"/include/uapi/linux/*.h "$dest/include/uapi/linux/"
cp "$here/config" "$here/settings" "$dest/"
printf '%s\n' "${programs[@]}" | sed 's#^#/#' >"$dest/.gitignore"
sed -e "s#@PROGRAMS@#${programs[*]}#" -e "s#@COMMON@#${common[*]}#" -e "s#@SELFTESTS@#$up#g" \
	"$here/Makefile.in" >"$dest/Makefile"
dir=$(realpath "$dest")
echo "installed ${#programs[@]} programs; build and run them with"
echo "  make -C $(realpath "$dest/$up") TARGETS=${dir#"$(realpath "$dest/$up")"/} run_tests"
