# SPDX-License-Identifier: GPL-2.0-only
# Benchmarks: plain VFIO programs on Google Benchmark.

CFLAGS_bench = $(UAPI) -Ilib -Ibench -D_GNU_SOURCE

$(O)/obj/bench/gbench_shim.o: bench/gbench_shim.cc
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) -std=gnu++17 $(OPT) -Wall -Wextra -Werror $(sanflags) -MMD -MP -c -o $@ $<

$(O)/libexec/vfio-compliance/vfio_bench: $(O)/obj/bench/vfio_bench.o $(O)/obj/bench/gbench_shim.o \
		$(O)/lib/libvfio-client.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(sanflags) -o $@ $^ -lbenchmark -lpthread

$(O)/libexec/vfio-compliance/core_scale: $(O)/obj/bench/core_scale.o $(O)/lib/libvfio-client.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^

$(O)/obj/bench/vfio_bench.o $(O)/obj/bench/core_scale.o: | $(O)/include/complete

ALL += $(O)/libexec/vfio-compliance/vfio_bench $(O)/libexec/vfio-compliance/core_scale

.PHONY: bench
bench: all
	$(Q)LD_PRELOAD=$(O)/lib/libvfio-core.so $(O)/libexec/vfio-compliance/vfio_bench $(BENCH_ARGS)
