# SPDX-License-Identifier: GPL-2.0-only
# Generated documents, of which `make check` finds stale copies, and the
# reproducers of defects found in Linux.

.PHONY: docs
docs: all
	$(Q)$(O)/bin/vfio-compliance list --markdown > docs/clauses.md
	$(Q)awk -f docs/seeds.awk docs/clauses.md docs/seeds.data > docs/seeds.md.tmp && \
		mv docs/seeds.md.tmp docs/seeds.md

# One page for each command and one of the clauses; completion for bash.
MAN := $(O)/share/man
$(MAN)/complete: $(O)/bin/vfio-compliance $(O)/share/vfio-compliance/tests.list \
		$(O)/share/vfio-compliance/clauses/complete $(wildcard docs/man/*)
	$(call say,GEN,$(@D))
	$(Q)rm -rf $(@D) && docs/man/pages.sh $(O) $(@D) && touch $@

COMPLETION := $(O)/share/bash-completion/completions/vfio-compliance
$(COMPLETION): $(O)/bin/vfio-compliance docs/completion.sh $(wildcard docs/man/*.mdoc)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)docs/completion.sh $(O) >$@.tmp && mv $@.tmp $@

ALL += $(MAN)/complete $(COMPLETION)

FINDINGS := $(patsubst docs/findings/%.c,$(O)/libexec/vfio-compliance/findings/%,$(wildcard docs/findings/*.c))
CFLAGS_docs = $(UAPI) -Ilib -Imock_driver -D_GNU_SOURCE

$(FINDINGS): $(O)/libexec/vfio-compliance/findings/%: $(O)/obj/docs/findings/%.o $(O)/lib/libvfio-client.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ -lpthread

$(FINDINGS:$(O)/libexec/vfio-compliance/findings/%=$(O)/obj/docs/findings/%.o): | $(O)/include/complete

ALL += $(FINDINGS)
