# SPDX-License-Identifier: GPL-2.0-only
# The tests: every source with a CONFORMANCE_MAIN line is a program; the others
# here are linked into all of them.

TEST_SRCS := $(shell grep -l '^CONFORMANCE_MAIN' conformance/*.c 2>/dev/null)
TEST_LIB_SRCS := $(filter-out $(TEST_SRCS),$(wildcard conformance/*.c))
TESTDIR := $(O)/libexec/vfio-compliance/tests
TESTS := $(TEST_SRCS:conformance/%.c=$(TESTDIR)/%)

# The harness has fixtures' functions external and without a prototype; tests put
# arrays behind uapi structures that end in a flexible one.
CFLAGS_conformance = $(if $(filter conformance/runner/%,$*),$(CFLAGS_runner),\
	$(UAPI) -isystem $(O)/include/kselftest -Ilib -Imock_driver -Iconformance -D_GNU_SOURCE= \
	-Wno-missing-prototypes -Wno-gnu-variable-sized-type-not-at-end)

$(call objs,$(TEST_SRCS) $(TEST_LIB_SRCS)): | $(O)/include/complete

$(O)/lib/libvfio-conformance.a: $(call objs,$(TEST_LIB_SRCS))
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(TESTS): $(TESTDIR)/%: $(O)/obj/conformance/%.o $(COV_EXIT) $(O)/lib/libvfio-conformance.a \
		$(O)/lib/libvfio-client.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^

.PHONY: tests
tests: $(TESTS)

ALL += $(TESTS)

-include conformance/runner/build.mk
