#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A LAVA job definition for one shard of a plan, on stdout.
#
# usage: ci/adapters/lava.sh PLAN I/N DEVICE_TYPE KERNEL_URL ROOTFS_URL [UPLOAD_URL]
#
# The root file system has vfio-compliance installed. Each cell becomes a test
# case of LAVA; with UPLOAD_URL the shard's results go there by HTTP PUT, to be
# merged. LAVA keeps only [A-Za-z0-9_-] of a name: the ids of cells are made so.
set -euo pipefail

usage='usage: ci/adapters/lava.sh PLAN I/N DEVICE_TYPE KERNEL_URL ROOTFS_URL [UPLOAD_URL]'
plan=${1:?$usage} shard=${2:?$usage} type=${3:?$usage} kernel=${4:?$usage} rootfs=${5:?$usage}
upload=${6:-}

cat <<YAML
job_name: vfio-compliance-${shard/\//-of-}
device_type: $type
priority: medium
visibility: public
timeouts:
  job: {minutes: 120}
  action: {minutes: 60}
actions:
- deploy:
    to: tftp
    kernel: {url: "$kernel", type: zimage}
    nfsrootfs: {url: "$rootfs", compression: xz}
- boot:
    method: ipxe
    commands: nfs
    prompts: ["# "]
    auto_login: {login_prompt: "login:", username: root}
- test:
    definitions:
    - from: inline
      name: vfio-compliance
      path: inline/vfio-compliance.yaml
      repository:
        metadata: {format: "Lava-Test Test Definition 1.0", name: vfio-compliance}
        run:
          steps:
          - |
            cat >plan.jsonl <<'PLAN'
$(sed 's/^/            /' "$plan")
            PLAN
          - vfio-compliance run --plan plan.jsonl --shard $shard -o shard >cells.log || true
          - cat cells.log
          - >-
            sed -nE 's/^([A-Za-z0-9_-]+): [0-9]+ tests, .* ([0-9]+) fell short.*/\1 \2/p' cells.log |
            while read -r id bad; do
            lava-test-case "\$id" --result "\$([ "\$bad" = 0 ] && echo pass || echo fail)"; done
${upload:+          - tar cz shard | curl -fsS -T - "$upload/shard-${shard/\//-of-}.tar.gz"}
YAML
