#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite want it: with the compilers,
# flags and engine of the environment (CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE), to
# OUT, each with its seed corpus, dictionary and options. WORK is for what lies between.
#
# Optional: KSRC, a kernel tree to take the headers from; or WORK/include as it is in
# a build directory after `make deps`.
cd "$(dirname "$0")/../.."

: "${CC:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}" "${OUT:?}" "${WORK:?}"
if [ "${ARCHITECTURE:-x86_64}" != x86_64 ]; then
	echo "the core is written for x86_64, not for $ARCHITECTURE" >&2
	exit 1
fi
if [ "${SANITIZER:-address}" = memory ]; then
	echo "MemorySanitizer would need every library instrumented" >&2
	exit 1
fi

exe=libexec/vfio-compliance/fuzz
targets=$(cd fuzz/corpus && echo *)
mkdir -p "$WORK"/target "$WORK"/host
if [ ! -e "$WORK/include/complete" ]; then
	mkdir -p "$WORK/include/uapi/linux"
	cp "${KSRC:?a kernel tree, for the headers of the user API}"/include/uapi/linux/{vfio,iommufd}.h \
		"$WORK/include/uapi/linux/"
	echo "KSRC=$KSRC" >"$WORK/include/complete"
fi
for dir in target host; do
	ln -sfn "$WORK/include" "$WORK/$dir/include"
done

# The generator of dictionaries runs here: it is built without flags of the engine.
dicts=() programs=()
for target in $targets; do
	dicts+=("$WORK/host/$exe/$target.dict")
	programs+=("$WORK/target/$exe/$target")
done
env -u CFLAGS -u CXXFLAGS make --no-print-directory -j"$(nproc)" O="$WORK/host" CC=clang WARN=-w "${dicts[@]}"

# Nothing but the C library is there where the targets run.
build=("O=$WORK/target" "CC=$CC" "FUZZ_LD=$CXX" WARN=-w "OPT=-g ${CFLAGS:-}"
	"FUZZ_ENGINE=${CXXFLAGS:-} $LIB_FUZZING_ENGINE"
	"FUZZ_REPORTS_LIBS=-Wl,-Bstatic -ljansson -Wl,-Bdynamic -lm")
make --no-print-directory -j"$(nproc)" "${build[@]}" "${programs[@]}"

for target in $targets; do
	cp "$WORK/target/$exe/$target" "$OUT/$target"
	cp "$WORK/host/$exe/$target.dict" "$OUT/$target.dict"
	zip -q -j -r "$OUT/${target}_seed_corpus.zip" "fuzz/corpus/$target"
	cat >"$OUT/$target.options" <<-END
		[libfuzzer]
		max_len = 1024
		timeout = 20
		rss_limit_mb = 2560
	END
done
