# SPDX-License-Identifier: GPL-2.0-only
# Fuzz targets: one source, three programs each: replay (the build's own
# compiler), libFuzzer and AFL++. The engines want the core instrumented, so
# each has a build folder of its own below $(O)/fuzz.

FUZZ_TARGETS := device_feature
FUZZDIR := $(O)/libexec/vfio-compliance/fuzz
FUZZ_ENGINE ?=

CFLAGS_fuzz = $(if $(filter fuzz/fuzz_core,$*),$(KAPI),$(UAPI)) -Ifuzz
FUZZ_COMMON := $(call objs,fuzz/fuzz.c fuzz/fuzz_core.c)

$(FUZZ_COMMON) $(call objs,$(FUZZ_TARGETS:%=fuzz/%.c)): | $(O)/include/complete

$(FUZZDIR)/%: $(O)/obj/fuzz/%.o $(FUZZ_COMMON) $(if $(FUZZ_ENGINE),,$(O)/obj/fuzz/replay.o) \
		$(O)/lib/libvfio-core.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) $(FUZZ_ENGINE) -o $@ $(filter %.o,$^) \
		-Wl,--whole-archive $(filter %.a,$^) -Wl,--no-whole-archive -ldl -lpthread

ALL += $(FUZZ_TARGETS:%=$(FUZZDIR)/%)

FUZZ_SUBMAKE = $(MAKE) --no-print-directory -f Makefile
$(O)/fuzz/%/include: | $(O)/include/complete
	@mkdir -p $(@D)
	$(Q)ln -sfn ../../include $@

.PHONY: fuzz fuzz-libfuzzer fuzz-afl
fuzz: fuzz-libfuzzer fuzz-afl

fuzz-libfuzzer: $(O)/fuzz/libfuzzer/include
	$(Q)$(FUZZ_SUBMAKE) O=$(O)/fuzz/libfuzzer CC=clang SAN=address \
		OPT='-O1 -g -fsanitize=fuzzer-no-link' FUZZ_ENGINE=-fsanitize=fuzzer \
		$(FUZZ_TARGETS:%=$(O)/fuzz/libfuzzer/libexec/vfio-compliance/fuzz/%)

# AFL++'s driver behind -fsanitize=fuzzer runs the same entry point in a loop.
fuzz-afl: $(O)/fuzz/afl/include
	$(Q)AFL_QUIET=1 $(FUZZ_SUBMAKE) O=$(O)/fuzz/afl CC=afl-clang-fast \
		OPT='-O2 -g' FUZZ_ENGINE=-fsanitize=fuzzer \
		$(FUZZ_TARGETS:%=$(O)/fuzz/afl/libexec/vfio-compliance/fuzz/%)
