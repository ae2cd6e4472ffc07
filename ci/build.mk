# SPDX-License-Identifier: GPL-2.0-only
# deps, conform, check, lint; see the head of Makefile.

NPROC := $(shell nproc)

.PHONY: deps
deps:
	$(Q)ci/deps.sh $(O)

# Linux 6.12 with every checker; takes ten minutes, and is kept (see ci/kernel/build.sh).
.PHONY: debug-kernel
debug-kernel:
	$(Q)ci/kernel/build.sh $(O)
	$(Q)$(MAKE) --no-print-directory O=$(O) modules

# A fresh clone runs `make deps conform`: what deps brings is not there yet when
# make reads this file, so the rest is made by a make of its own.
.PHONY: conform
conform: $(if $(filter deps,$(MAKECMDGOALS)),deps)
	$(Q)$(MAKE) --no-print-directory -j$(NPROC) O=$(O) all
	$(Q)$(O)/bin/vfio-compliance run -o $(O)/report

.PHONY: check
check: $(if $(filter deps,$(MAKECMDGOALS)),deps)
	$(Q)$(MAKE) --no-print-directory -j$(NPROC) O=$(O) all
	$(Q)ci/check.sh $(O) $(STEPS)

.PHONY: lint
lint:
	$(Q)ci/lint.sh $(O)

include ci/vm/build.mk
include ci/mutants/build.mk
include ci/install.mk

# The test programs as selftests of a kernel tree:
#   make kselftest-install DEST=TREE/tools/testing/selftests/drivers/vfio-compliance
.PHONY: kselftest-install
kselftest-install: $(O)/include/complete
	$(Q)ci/kselftest/install.sh $(O) $(DEST)

# N interruptions of certify at random moments, in the guest; six seconds each.
N ?= 100
.PHONY: certify-interrupt
certify-interrupt: all
	$(Q)ONLY=interrupt INTERRUPTIONS=$(N) INTERRUPT_TIMEOUT=7200 ci/check.sh $(O) 36-certify
