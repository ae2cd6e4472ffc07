#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A plan as a Slurm job array: each task does its share of the cells.
#
#   sbatch --array=1-4 ci/adapters/slurm.sh PLAN OUT
#   vfio-compliance merge --plan PLAN -o REPORT OUT
#
# OUT is a directory that all nodes see. A task that was ended or moved goes on
# where it was; submit the same again for what could not run.
#SBATCH --job-name=vfio-compliance
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail

plan=${1:?usage: sbatch --array=1-N ci/adapters/slurm.sh PLAN OUT}
out=${2:?the directory for the results}
first=${SLURM_ARRAY_TASK_MIN:?submit this with sbatch --array=1-N}
shard=$(((SLURM_ARRAY_TASK_ID - first) / ${SLURM_ARRAY_TASK_STEP:-1} + 1))
# Slurm runs a copy of this file, so the program is found in PATH or by name.
exec "${VFIO_COMPLIANCE:-vfio-compliance}" run --plan "$plan" \
	--shard "$shard/$SLURM_ARRAY_TASK_COUNT" -o "$out"
