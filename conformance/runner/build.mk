# SPDX-License-Identifier: GPL-2.0-only
# The front end vfio-compliance and the executor that also runs in the guest.

RUNNER_SRCS := $(filter-out conformance/runner/exec-tests.c,$(wildcard conformance/runner/*.c))
CFLAGS_conformance/runner = -D_GNU_SOURCE -Ireports -Iconformance/runner \
	$(shell pkg-config --cflags jansson 2>/dev/null)

$(O)/obj/conformance/runner/%.o: conformance/runner/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_conformance/runner) -c -o $@ $<

$(O)/bin/vfio-compliance: $(call objs,$(RUNNER_SRCS)) $(O)/lib/libvfio-reports.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ $(REPORTS_LIBS)

$(O)/libexec/vfio-compliance/exec-tests: $(call objs,conformance/runner/exec-tests.c conformance/runner/kmsg.c)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ $(sanflags)

ALL += $(O)/bin/vfio-compliance $(O)/libexec/vfio-compliance/exec-tests

# What each test covers, asked of the programs themselves, and the clause tables.
$(O)/share/vfio-compliance/tests.list: $(TESTS)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)for t in $(TESTS); do $$t --clauses | sed "s|^|$${t##*/}/|" || exit 1; done > $@.tmp
	$(Q)mv $@.tmp $@

CLAUSE_TABLES := $(wildcard conformance/clauses/*.clauses)
$(O)/share/vfio-compliance/clauses/complete: $(CLAUSE_TABLES)
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $(@D)/*.clauses && cp $(CLAUSE_TABLES) $(@D)/ && touch $@

# Every id known, every MUST tested or excepted: otherwise there is no build.
$(O)/share/vfio-compliance/joined: $(O)/share/vfio-compliance/tests.list \
		$(O)/share/vfio-compliance/clauses/complete $(O)/bin/vfio-compliance
	$(call say,CHECK,$@)
	$(Q)$(O)/bin/vfio-compliance list --check && touch $@

ALL += $(O)/share/vfio-compliance/joined
