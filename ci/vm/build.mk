# SPDX-License-Identifier: GPL-2.0-only
# The guest: its agent, and beside it what the runner needs to build and boot one.

LIBEXEC := $(O)/libexec/vfio-compliance

CFLAGS_ci = $(UAPI) -Ilib
CFLAGS_ci/vm/faults = -isystem $(O)/include/kselftest -Imock_driver -Iconformance \
	-Wno-missing-prototypes
$(O)/obj/ci/vm/faults.o: | $(O)/include/complete

$(LIBEXEC)/guest: $(O)/obj/ci/vm/guest.o $(O)/lib/libvfio-kmod.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ -lkmod

GUEST_SHAPES := $(addprefix $(LIBEXEC)/,$(notdir $(wildcard ci/vm/machine.* ci/vm/topology.* \
	ci/vm/modules.*)))
$(GUEST_SHAPES) $(LIBEXEC)/mkinitramfs.sh $(LIBEXEC)/gcov-out.sh: $(LIBEXEC)/%: ci/vm/%
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp -p $< $@

$(LIBEXEC)/kernel-coverage.sh: ci/kernel/coverage.sh
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp -p $< $@

# What `vm --build` builds a tree with; the mock driver's source for it.
$(LIBEXEC)/tree.sh $(LIBEXEC)/debug.config: $(LIBEXEC)/%: ci/kernel/%
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp -p $< $@

$(LIBEXEC)/mock/Kbuild: $(MODULE_FILES)
	$(call say,COPY,$(@D))
	@mkdir -p $(@D)
	$(Q)cp $^ $(@D)/ && touch $@

GUEST_FILES := $(addprefix $(LIBEXEC)/,guest mkinitramfs.sh gcov-out.sh kernel-coverage.sh) \
	$(addprefix $(LIBEXEC)/,tree.sh debug.config mock/Kbuild) $(GUEST_SHAPES)
ALL += $(GUEST_FILES)

# Programs of the checks in ci/check/35-guest.
$(LIBEXEC)/faults/faults: $(O)/obj/ci/vm/faults.o $(O)/lib/libvfio-conformance.a \
		$(O)/lib/libvfio-client.a
$(LIBEXEC)/bind-test: $(O)/obj/ci/vm/bind-test.o $(O)/lib/libvfio-kmod.a
$(LIBEXEC)/bind-test: LIBS = -lkmod

$(LIBEXEC)/faults/faults $(LIBEXEC)/bind-test:
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ $(LIBS)

ALL += $(LIBEXEC)/faults/faults $(LIBEXEC)/bind-test

# The init of a guest that QEMU gives the core's device (ci/check/55-unmodified): with
# nothing else in that guest, it needs no libraries.
$(LIBEXEC)/edu-guest: ci/vm/edu-guest.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(OPT) $(WARN) -static -o $@ $<

ALL += $(LIBEXEC)/edu-guest
