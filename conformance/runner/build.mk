# SPDX-License-Identifier: GPL-2.0-only
# The front end vfio-compliance and the executor that also runs in the guest.

RUNNER_SRCS := $(filter-out conformance/runner/exec-tests.c,$(wildcard conformance/runner/*.c))
CFLAGS_conformance/runner = -D_GNU_SOURCE -Ireports -Ilib -Iconformance/runner \
	-I$(O)/gen/conformance/runner -DMULTIARCH='"$(shell $(CC) -print-multiarch)"' $(shell pkg-config --cflags jansson libarchive libmd 2>/dev/null)
RUNNER_LIBS := $(shell pkg-config --libs libarchive libmd zlib 2>/dev/null) -lkmod

# What a certificate says of the tool. Written anew only when it changed.
VERSION ?= 0.1
$(O)/gen/conformance/runner/version.h: FORCE
	@mkdir -p $(@D)
	$(Q)commit=$$(git rev-parse HEAD 2>/dev/null || echo unknown); \
	git diff --quiet HEAD 2>/dev/null || commit=$$commit-modified; \
	printf '#define TOOL_VERSION "%s"\n#define TOOL_COMMIT "%s"\n' '$(VERSION)' "$$commit" >$@.tmp; \
	cmp -s $@.tmp $@ || cp $@.tmp $@; rm -f $@.tmp
.PHONY: FORCE
FORCE:
$(O)/obj/conformance/runner/statement.o: $(O)/gen/conformance/runner/version.h

$(O)/obj/conformance/runner/%.o: conformance/runner/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_conformance/runner) -c -o $@ $<

$(O)/bin/vfio-compliance: $(call objs,$(RUNNER_SRCS)) $(O)/obj/fuzz/targets.o $(O)/lib/libvfio-reports.a \
		$(O)/lib/libvfio-kmod.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ $(REPORTS_LIBS) $(RUNNER_LIBS)

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

LISTS := $(addprefix $(O)/share/vfio-compliance/,$(patsubst conformance/%,%,$(wildcard conformance/lists/*)))
$(LISTS): $(O)/share/vfio-compliance/lists/%: conformance/lists/%
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@
ALL += $(LISTS)

# Every id known, every MUST tested or excepted: otherwise there is no build.
$(O)/share/vfio-compliance/joined: $(O)/share/vfio-compliance/tests.list \
		$(O)/share/vfio-compliance/clauses/complete $(O)/bin/vfio-compliance $(LISTS)
	$(call say,CHECK,$@)
	$(Q)$(O)/bin/vfio-compliance list --check && touch $@

ALL += $(O)/share/vfio-compliance/joined
