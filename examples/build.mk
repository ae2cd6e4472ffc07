# SPDX-License-Identifier: GPL-2.0-only
# The example drivers, compiled at every API level. All are linked side by side into
# the unit tests called levels_*, as modules vfio_pci_example_519 and so on.

LEVELS := 519 601 612
EXAMPLES := vfio_pci_example emulated_example

# A module's files are linked into one object that shows nothing of its own to
# others, as a .ko does not.
define example_rule
$(O)/obj/examples/$(2)_$(1)/%.o: examples/%.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(KAPI) -DKAPI_LEVEL=$(1) -DKAPI_MODULE=$(2)_$(1) -c -o $$@ $$<

$(O)/obj/examples/$(2)_$(1).o: $(patsubst examples/%.c,$(O)/obj/examples/$(2)_$(1)/%.o,$(wildcard examples/$(2)*.c))
	$$(call say,LD,$$@)
	$$(Q)ld -r -o $$@.tmp $$^ && objcopy --localize-hidden $$@.tmp $$@ && rm $$@.tmp
EXAMPLE_OBJS += $(O)/obj/examples/$(2)_$(1).o
endef
$(foreach e,$(EXAMPLES),$(foreach l,$(LEVELS),$(eval $(call example_rule,$(l),$(e)))))

ALL += $(EXAMPLE_OBJS)
