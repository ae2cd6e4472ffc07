# SPDX-License-Identifier: GPL-2.0-only
# The clause reference is generated, and stale copies are found by `make check`.

.PHONY: docs
docs: all
	$(Q)$(O)/bin/vfio-compliance list --markdown > docs/clauses.md
