# SPDX-License-Identifier: GPL-2.0-only
# The core as a shared library to preload, and as an archive to link.

# lib/kapi, lib/core and lib/pci are written against the kernel's API.
CFLAGS_lib = $(if $(filter lib/kapi/% lib/core/% lib/pci/% lib/syscall/% lib/tests/%,\
		$(filter-out lib/tests/kmod_%,$*)),\
	$(KAPI) -DKAPI_MODULE=$(call kapi_module,$*),$(UAPI) -Ilib -fPIC)

# The kernel module that a file belongs to: as drivers/vfio is split.
kapi_module = $(or $(if $(filter lib/core/type1%,$(1)),vfio_iommu_type1),\
	$(if $(filter lib/core/mdev%,$(1)),mdev),$(if $(filter lib/core/kvm_%,$(1)),kvm),\
	$(if $(filter lib/core/%,$(1)),vfio),\
	$(if $(filter lib/pci/vfio_pci,$(1)),vfio_pci),\
	$(if $(filter lib/pci/vfio_pci_%,$(1)),vfio_pci_core),kapi)

KAPI_SRCS := $(wildcard lib/kapi/*.c)
CORE_SRCS := $(wildcard lib/core/*.c)
PCI_SRCS := $(wildcard lib/pci/*.c lib/pci/model/*.c)
# The default topology is part of that object.
$(O)/obj/lib/pci/model/topology.o: lib/pci/model/topologies/default.topo

TOPOLOGIES := $(patsubst lib/pci/model/topologies/%,$(O)/share/vfio-compliance/topologies/%,\
	$(wildcard lib/pci/model/topologies/*.topo))
$(TOPOLOGIES): $(O)/share/vfio-compliance/topologies/%: lib/pci/model/topologies/%
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@
ALL += $(TOPOLOGIES)

SYSCALL_SRCS := $(wildcard lib/syscall/*.c)
CLIENT_SRCS := $(wildcard lib/client/*.c)
KMOD_SRCS := $(wildcard lib/kmod/*.c)

CORE_ALL := $(call objs,$(KAPI_SRCS) $(CORE_SRCS) $(PCI_SRCS)) $(MOCK_CORE_OBJS)
# Where lines are counted, what leaves by _exit() counts too.
COV_EXIT := $(if $(filter 1,$(COV)),$(call objs,ci/coverage/exit.c))
CORE_ALL += $(COV_EXIT)

# What drivers in objects of their own can call: the functions and variables that the
# headers of kapi name get a second name, kapi.NAME, which is visible outside.
SDK := $(O)/share/vfio-compliance/sdk
$(O)/obj/lib/core-exported.o: $(CORE_ALL) lib/exports.sh $(wildcard lib/kapi/include/*/*.h)
	$(call say,EXPORT,$@)
	$(Q)ld -r -o $@.tmp $(filter %.o,$^)
	$(Q)lib/exports.sh lib/kapi/include $@.tmp >$@.args
	$(Q)objcopy @$@.args $@.tmp $@ && rm $@.tmp

# For objcopy --redefine-syms: where a driver's calls go.
$(SDK)/symbols.map: $(O)/obj/lib/core-exported.o
	@mkdir -p $(@D)
	$(Q)sed 's/^--add-symbol=\(kapi\.\([^=]*\)\)=.*/\2 \1/' $<.args >$@

# The headers that drivers are compiled against, as one tree.
$(SDK)/include/complete: $(wildcard lib/kapi/include/*/*.h lib/kapi/include/*/*/*.h) \
		$(O)/include/complete
	$(call say,COPY,$(@D))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/uapi && cp -r lib/kapi/include/. $(@D)/
	$(Q)cp -r $(O)/include/uapi/. $(@D)/uapi/ && touch $@
ALL += $(SDK)/symbols.map $(SDK)/include/complete

$(O)/lib/libvfio-core.so: $(O)/obj/lib/core-exported.o $(call objs,$(SYSCALL_SRCS))
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(sanflags) -Wl,-z,now -Wl,-soname,$(@F) -o $@ $^ -ldl -lpthread

# Without the interposer: for programs that call kapi/syscalls.h.
$(O)/lib/libvfio-core.a: $(CORE_ALL)
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/lib/libvfio-client.a: $(call objs,$(CLIENT_SRCS))
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/lib/libvfio-kmod.a: $(call objs,$(KMOD_SRCS))
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Unit tests: one program per file, TAP on stdout, exit status 1 if one failed. The whole
# archive: nothing refers to a module but its own constructor.
UNIT_TESTS := $(patsubst lib/tests/%.c,$(O)/libexec/unit/%,$(wildcard lib/tests/*.c))

$(UNIT_TESTS): $(O)/libexec/unit/%: $(O)/obj/lib/tests/%.o $(O)/lib/libvfio-core.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(O)/lib/libvfio-core.a \
		-Wl,--no-whole-archive -ldl -lpthread

$(O)/libexec/unit/levels_examples: $$(EXAMPLE_OBJS)
$(filter $(O)/libexec/unit/kmod_%,$(UNIT_TESTS)): $(call objs,$(filter-out lib/kmod/kmod.c,$(KMOD_SRCS)))

# The ioctls that the core and the mock driver answer, which the fault sweeps have to cover.
DISPATCHED := $(O)/obj/lib/tests/dispatched.h
$(DISPATCHED): lib/tests/dispatched.sh $(CORE_SRCS) $(filter-out lib/pci/model/%,$(PCI_SRCS)) \
		$(wildcard mock_driver/*.c)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)printf '#include <linux/vfio.h>\n#include <linux/kvm.h>\n' | \
		$(CC) $(UAPI) -E -dM - | sh $(wordlist 1,1,$^) $(wordlist 2,$(words $^),$^) >$@
$(O)/obj/lib/tests/core_fail_sweep.o: $(DISPATCHED)
CFLAGS_lib/tests/core_fail_sweep = -I$(O)/obj/lib/tests

.PHONY: unit
unit: $(UNIT_TESTS)
ALL += $(UNIT_TESTS)
ALL += $(O)/lib/libvfio-core.so $(O)/lib/libvfio-core.a $(O)/lib/libvfio-client.a $(O)/lib/libvfio-kmod.a
