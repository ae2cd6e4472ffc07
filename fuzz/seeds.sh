#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make the seed corpora of the targets that run programs anew: record the
# conformance tests on the core, turn each into a program, and keep for every
# target those that together reach what all of them reach, the longest first.
#
#	fuzz/seeds.sh BUILDDIR [FILES-PER-TARGET]
set -eu

build=${1:?the build directory}
most=${2:-14}
exe=libexec/vfio-compliance
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/all"

for test in "$build/$exe/tests"/*; do
	# What waits for others, or for minutes, is not for a fuzzer.
	case ${test##*/} in *race* | *bind* | *_remove) continue ;; esac
	VFIO_CORE_TRACE=$work/trace LD_PRELOAD=$PWD/$build/lib/libvfio-core.so \
		timeout 60 "$test" >"$work/log" 2>&1 || echo "${test##*/}: not recorded in full" >&2
done
"$build/$exe/fuzz/trace2prog" "$work/trace" "$work/all"

for target in config dma_logging hot_reset ioctl_program mdev migration race set_irqs type1; do
	mkdir "$work/$target"
	"$build/fuzz/libfuzzer/$exe/fuzz/$target" -set_cover_merge=1 -max_len=1024 \
		"$work/$target" "$work/all" >"$work/log" 2>&1
	rm -rf "fuzz/corpus/$target"
	mkdir -p "fuzz/corpus/$target"
	find "$work/$target" -type f -printf '%s %f\n' | sort -rn | head -n "$most" |
		while read -r _ file; do
			cp "$work/$target/$file" "fuzz/corpus/$target/${file:0:12}"
		done
done
find fuzz/corpus -type f | wc -l
