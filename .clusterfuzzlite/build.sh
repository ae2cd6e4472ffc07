#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-only
# ClusterFuzzLite asks for the same as OSS-Fuzz.
exec "$(dirname "$0")/../ci/oss-fuzz/build.sh"
