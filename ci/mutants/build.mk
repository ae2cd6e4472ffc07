# SPDX-License-Identifier: GPL-2.0-only
#
#   make mutants             the suite against each seeded bug: the kill table
#   make mutants FULL=1      without stopping at the first test that fails: also the
#                            tests that no mutant can fail
#   make mutants ONLY=a,b    these mutants
#
# The core with the bugs is built in $(O)/mutants.

FULL ?=
ONLY ?=

# The table, and what canaries counted: reads the core's structures.
$(O)/libexec/mutants: $(O)/obj/ci/mutants/mutants.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^
CFLAGS_ci/mutants/mutants = $(KAPI) $(if $(MUTANTS),,-DVFIO_MUTANTS=1)

$(O)/libexec/mutants-kill: $(call objs,$(addprefix ci/mutants/,kill.c lanes.c table.c))
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ $(shell pkg-config --libs jansson 2>/dev/null) -pthread
$(foreach f,kill lanes table,$(eval CFLAGS_ci/mutants/$(f) = -D_GNU_SOURCE -pthread \
	$(shell pkg-config --cflags jansson 2>/dev/null)))

ALL += $(O)/libexec/mutants $(O)/libexec/mutants-kill

# The suite is this build's, and so are the headers.
.PHONY: mutants-build
mutants-build: $(TESTS) $(TOPOLOGIES) $(O)/libexec/vfio-compliance/exec-tests \
		$(O)/libexec/mutants $(O)/libexec/mutants-kill
	@mkdir -p $(O)/mutants
	@ln -sfn $(abspath $(O)/include) $(O)/mutants/include
	$(Q)$(MAKE) --no-print-directory -j$(NPROC) O=$(O)/mutants MUTANTS=1 \
		$(O)/mutants/lib/libvfio-core.so

.PHONY: mutants
mutants: mutants-build
	$(Q)$(O)/libexec/mutants-kill -j $(NPROC) $(if $(filter 1,$(FULL)),--full) \
		$(if $(ONLY),--only $(ONLY)) $(O)
