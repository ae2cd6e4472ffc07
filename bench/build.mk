# SPDX-License-Identifier: GPL-2.0-only
# Benchmarks: plain VFIO programs on Google Benchmark.

BENCH := $(O)/libexec/vfio-compliance/bench/vfio_bench
BENCH_SRCS := $(filter-out bench/core_scale.c,$(wildcard bench/*.c))
CFLAGS_bench = $(UAPI) -Ilib -Ibench -Iconformance -I$(O)/gen/bench -D_GNU_SOURCE
# Kernel structures that end in an array begin larger ones, as in the tests.
CFLAGS_bench += $(if $(findstring clang,$(CC)),-Wno-gnu-variable-sized-type-not-at-end)

$(O)/obj/bench/gbench_shim.o: bench/gbench_shim.cc
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=gnu++17 $(OPT) -Wall -Wextra -Werror $(sanflags) -MMD -MP -c -o $@ $<

# What was measured is told by the commit that was built.
$(O)/gen/bench/bench_commit.h: FORCE
	@mkdir -p $(@D)
	$(Q)commit=$$(git describe --always --abbrev=12 --dirty --exclude='*' 2>/dev/null || echo unknown); \
	printf '#define BENCH_COMMIT "%s"\n' "$$commit" >$@.tmp; \
	if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi

.PHONY: FORCE
FORCE:

$(O)/obj/bench/main.o: $(O)/gen/bench/bench_commit.h
$(call objs,$(BENCH_SRCS)): | $(O)/include/complete

$(BENCH): $(call objs,$(BENCH_SRCS)) $(O)/obj/bench/gbench_shim.o $(O)/lib/libvfio-client.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(sanflags) -o $@ $^ -lbenchmark -lpthread

$(O)/libexec/vfio-compliance/bench/core_scale: $(O)/obj/bench/core_scale.o $(O)/lib/libvfio-client.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^

$(O)/obj/bench/core_scale.o: | $(O)/include/complete

$(O)/share/vfio-compliance/bench/tracked: bench/tracked
	$(call say,COPY,$@)
	@mkdir -p $(@D)
	$(Q)cp $< $@

ALL += $(BENCH) $(O)/libexec/vfio-compliance/bench/core_scale \
	$(O)/share/vfio-compliance/bench/tracked

.PHONY: bench
bench: all
	$(Q)$(O)/bin/vfio-compliance bench -o $(O)/bench $(BENCH_ARGS)
