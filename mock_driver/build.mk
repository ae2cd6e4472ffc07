# SPDX-License-Identifier: GPL-2.0-only
# The mock drivers: into the core here, as .ko files through Kbuild.
#
#   make modules                     for every kernel below $(O)/kernels
#   make modules KERNELS=6.12        for this one
#   make $(O)/modules/X/mock_vfio_pci.ko KHEADERS_X=DIR
#                                    against any other tree or headers package

CFLAGS_mock_driver = $(KAPI) -Imock_driver \
	-DKAPI_MODULE=$(if $(filter mock_driver/mock_mdev%,$*),mock_mdev,mock_vfio_pci)
MOCK_CORE_OBJS := $(call objs,$(wildcard mock_driver/mock_*.c))

KERNELS ?= $(notdir $(patsubst %/headers,%,$(wildcard $(O)/kernels/*/headers)))
MODULE_FILES := mock_driver/Kbuild $(wildcard mock_driver/mock*.[ch])
# A compiler for kernels is gcc whatever CC is here, unless KCC says otherwise.
KCC ?= gcc

# A folder per kernel with links to the sources: the build writes beside them. Type
# information (BTF) is left out: it needs pahole and the debug vmlinux. So is an option
# that a kernel built by a newer gcc has in its configuration and an older one refuses.
$(O)/modules/%/mock_vfio_pci.ko $(O)/modules/%/mock_mdev.ko: $(MODULE_FILES) \
		$$(wildcard $(O)/kernels/$$*/release)
	$(call say,KBUILD,$@)
	@mkdir -p $(@D)
	$(Q)ln -sf $(abspath $(MODULE_FILES)) $(@D)/
	$(Q)env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u O -u V make --no-print-directory \
		-C "$(or $(KHEADERS_$*),$(O)/kernels/$*/headers)" M=$(abspath $(@D)) CC=$(KCC) \
		CONFIG_DEBUG_INFO_BTF_MODULES= CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= \
		modules >$(@D)/build.log 2>&1 || { tail -40 $(@D)/build.log >&2; exit 1; }
	@touch $(@D)/mock_vfio_pci.ko $(@D)/mock_mdev.ko

MODULES := $(foreach k,$(KERNELS),$(addprefix $(O)/modules/$(k)/,mock_vfio_pci.ko mock_mdev.ko))

.PHONY: modules
modules: $(MODULES)

ALL += $(MODULES)
