# SPDX-License-Identifier: GPL-2.0-only
# Fuzz targets: one source, three programs each: replay (the build's own
# compiler), libFuzzer and AFL++. The engines want the core instrumented, so
# each has a build folder of its own below $(O)/fuzz.

FUZZ_PROGRAMS := config dma_logging hot_reset ioctl_program mdev migration race set_irqs type1
FUZZ_PARSERS := parse_ktap parse_results
FUZZ_TARGETS := $(FUZZ_PROGRAMS) $(FUZZ_PARSERS) device_feature mock_stream parse_topology
FUZZDIR := $(O)/libexec/vfio-compliance/fuzz
FUZZ_ENGINE ?=
# Engines that are libraries of C++ bring their own linker and libraries: ci/oss-fuzz.
FUZZ_LD ?= $(CC)
FUZZ_REPORTS_LIBS ?= $(REPORTS_LIBS)

CFLAGS_fuzz = $(if $(filter fuzz/fuzz_core,$*),$(KAPI),$(UAPI)) -D_GNU_SOURCE -fPIC -Ifuzz -Imock_driver \
	$(if $(filter fuzz/parse_%,$*),-Ireports -Iconformance/runner)

# How programs are written down, run and changed: of this, nothing knows the core.
FUZZ_PROGRAM_OBJS := $(call objs,fuzz/program.c fuzz/program_ops.c fuzz/program_args.c)
FUZZ_MUTATOR_OBJS := $(call objs,fuzz/mutator.c fuzz/targets.c)
FUZZ_ORACLE_OBJS := $(call objs,$(wildcard fuzz/oracle_*.c))
FUZZ_DRIVER := $(if $(FUZZ_ENGINE),,$(O)/obj/fuzz/replay.o) \
	$(if $(findstring clang,$(notdir $(CC))),$(if $(filter afl-%,$(CC)),,$(if $(FUZZ_ENGINE),\
	$(O)/obj/fuzz/mutator_libfuzzer.o $(FUZZ_MUTATOR_OBJS) $(FUZZ_PROGRAM_OBJS))))

FUZZ_OBJS := $(call objs,fuzz/fuzz.c) $(FUZZ_DRIVER)
FUZZ_CORE_OBJS := $(call objs,fuzz/fuzz_core.c fuzz/fuzz_open.c) $(O)/lib/libvfio-core.a
FUZZ_RUN_OBJS := $(call objs,fuzz/fuzz_program.c) $(FUZZ_PROGRAM_OBJS) $(FUZZ_MUTATOR_OBJS) \
	$(FUZZ_ORACLE_OBJS)
# The front end's reading of the result stream.
FUZZ_STREAM_OBJS := $(call objs,$(addprefix conformance/runner/,stream.c text.c select.c))

$(call objs,$(wildcard fuzz/*.c)): | $(O)/include/complete
# Its topology is part of that object.
$(O)/obj/fuzz/type1.o: lib/pci/model/topologies/iommus.topo

$(FUZZ_PROGRAMS:%=$(FUZZDIR)/%): $(FUZZ_RUN_OBJS) $(FUZZ_CORE_OBJS)
$(FUZZDIR)/device_feature $(FUZZDIR)/parse_topology: $(FUZZ_CORE_OBJS)
$(FUZZDIR)/mock_stream: $(FUZZ_CORE_OBJS) $(FUZZ_ORACLE_OBJS) $(FUZZ_PROGRAM_OBJS)
$(FUZZDIR)/parse_results: $(O)/lib/libvfio-reports.a
$(FUZZDIR)/parse_ktap: $(FUZZ_STREAM_OBJS) $(O)/lib/libvfio-reports.a
# Modules are found by their constructors alone, so all of the core is linked.
$(FUZZDIR)/%: $(O)/obj/fuzz/%.o $(FUZZ_OBJS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_LD) $(sanflags) $(FUZZ_ENGINE) -o $@ $(sort $(filter %.o,$^)) \
		-Wl,--whole-archive $(filter %core.a,$^) -Wl,--no-whole-archive \
		$(filter %reports.a,$^) $(if $(filter %reports.a,$^),$(FUZZ_REPORTS_LIBS)) -ldl -lpthread

# For AFL++ to load; and one process that no engine instruments.
$(FUZZDIR)/mutator.so: $(O)/obj/fuzz/mutator_afl.o $(FUZZ_MUTATOR_OBJS) $(FUZZ_PROGRAM_OBJS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -shared -o $@ $^
$(FUZZDIR)/mkdict: $(O)/obj/fuzz/mkdict.o $(O)/obj/fuzz/targets.o $(FUZZ_PROGRAM_OBJS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^

# Dictionaries: written by hand for what is text, made of the calls for the others.
FUZZ_DICTS := $(FUZZ_TARGETS:%=$(FUZZDIR)/%.dict)
$(FUZZ_PROGRAMS:%=$(FUZZDIR)/%.dict): $(FUZZDIR)/mkdict
	$(call say,GEN,$@)
	$(Q)$< $(basename $(@F)) >$@.tmp && mv $@.tmp $@
$(filter-out $(FUZZ_PROGRAMS:%=$(FUZZDIR)/%.dict),$(FUZZ_DICTS)): $(FUZZDIR)/%.dict: fuzz/%.dict
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(FUZZDIR)/trace2prog: $(O)/obj/fuzz/trace2prog.o $(FUZZ_PROGRAM_OBJS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^

ALL += $(FUZZ_TARGETS:%=$(FUZZDIR)/%) $(FUZZDIR)/mutator.so $(FUZZDIR)/trace2prog $(FUZZ_DICTS)

# Programs meet constants by their mutator: to trace what is compared, or who calls whom
# through a pointer, would only cost them time.
FUZZ_OPT := -O2 -g -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp,indirect-calls \
	-fsanitize-coverage-ignorelist=fuzz/uncovered.txt
FUZZ_SUBMAKE = $(MAKE) --no-print-directory -f Makefile
$(O)/fuzz/%/include: | $(O)/include/complete
	@mkdir -p $(@D)
	$(Q)ln -sfn ../../include $@

.PHONY: fuzz fuzz-libfuzzer fuzz-afl
fuzz: fuzz-libfuzzer fuzz-afl fuzz-kernel

fuzz-libfuzzer: $(O)/fuzz/libfuzzer/include
	+$(Q)$(FUZZ_SUBMAKE) O=$(O)/fuzz/libfuzzer CC=clang SAN=address \
		OPT='$(FUZZ_OPT)' FUZZ_ENGINE=-fsanitize=fuzzer \
		$(FUZZ_TARGETS:%=$(O)/fuzz/libfuzzer/libexec/vfio-compliance/fuzz/%)

# AFL++'s driver behind -fsanitize=fuzzer runs the same entry point in a loop.
fuzz-afl: $(O)/fuzz/afl/include
	+$(Q)AFL_QUIET=1 AFL_LLVM_DENYLIST=$(abspath fuzz/uncovered.txt) $(FUZZ_SUBMAKE) O=$(O)/fuzz/afl CC=afl-clang-fast \
		OPT='-O2 -g' FUZZ_ENGINE=-fsanitize=fuzzer \
		$(FUZZ_TARGETS:%=$(O)/fuzz/afl/libexec/vfio-compliance/fuzz/%)

# How many seeded bugs a campaign triggers, and its corpus detects: see score.sh.
#   make fuzz-score TRIALS=3 TIME=600 TARGETS='migration type1'
#   make fuzz-score AGAIN=1        of the campaigns that ran last
TRIALS ?= 3
TIME ?= 600
TARGETS ?= $(FUZZ_PROGRAMS) device_feature mock_stream
.PHONY: fuzz-score
fuzz-score: $(O)/fuzz/canary/include $(O)/fuzz/mutants/include all mutants-build
	+$(Q)$(FUZZ_SUBMAKE) O=$(O)/fuzz/canary MUTANTS=canary CC=clang SAN=address \
		OPT='$(FUZZ_OPT)' FUZZ_ENGINE=-fsanitize=fuzzer \
		$(TARGETS:%=$(O)/fuzz/canary/libexec/vfio-compliance/fuzz/%)
	+$(Q)$(FUZZ_SUBMAKE) O=$(O)/fuzz/mutants MUTANTS=1 CC=clang SAN=address FUZZ_ENGINE= \
		$(TARGETS:%=$(O)/fuzz/mutants/libexec/vfio-compliance/fuzz/%)
	$(Q)TRIALS=$(TRIALS) TIME=$(TIME) TARGETS='$(TARGETS)' \
		PROGRAMS='$(filter-out race,$(FUZZ_PROGRAMS))' fuzz/score.sh $(if $(AGAIN),--again) $(O)

# Seeds, for campaigns to begin with.
FUZZ_SEEDS := $(patsubst fuzz/corpus/%,$(O)/share/vfio-compliance/fuzz/%,$(wildcard fuzz/corpus/*/*))
$(FUZZ_SEEDS): $(O)/share/vfio-compliance/fuzz/%: fuzz/corpus/%
	@mkdir -p $(@D)
	$(Q)cp $< $@
ALL += $(FUZZ_SEEDS)

# The executor of programs on libc's calls, for guests.
$(O)/libexec/vfio-compliance/fuzz-replay: $(call objs,fuzz/fuzz_replay.c fuzz/replay_steps.c \
		fuzz/replay_run.c fuzz/replay_look.c fuzz/replay_device.c fuzz/sys_libc.c \
		fuzz/emit_c.c fuzz/targets.c conformance/runner/kmsg.c) $(FUZZ_PROGRAM_OBJS)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^
ALL += $(O)/libexec/vfio-compliance/fuzz-replay

# libFuzzer on the calls of the kernel that runs: its coverage is the kernel's, not ours.
$(FUZZDIR)/fuzz-kernel: $(call objs,fuzz/fuzz_kernel.c fuzz/replay_run.c \
		fuzz/replay_look.c fuzz/replay_device.c fuzz/sys_libc.c conformance/runner/kmsg.c) $(FUZZ_DRIVER)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_LD) $(sanflags) $(FUZZ_ENGINE) -o $@ $(sort $^)

.PHONY: fuzz-kernel
fuzz-kernel: $(O)/fuzz/kernel/include
	+$(Q)$(FUZZ_SUBMAKE) O=$(O)/fuzz/kernel CC=clang OPT='-O2 -g' FUZZ_ENGINE=-fsanitize=fuzzer \
		$(O)/fuzz/kernel/libexec/vfio-compliance/fuzz/fuzz-kernel
