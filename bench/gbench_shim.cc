// SPDX-License-Identifier: GPL-2.0-only
#include "gbench_shim.h"

#include <benchmark/benchmark.h>

struct bench {
	benchmark::State &state;
};

void bench_register(const char *name, bench_fn *fn, const int64_t *args, int nr_args)
{
	auto *b = benchmark::RegisterBenchmark(name, [fn](benchmark::State &state) {
		struct bench bench = { state };

		fn(&bench);
	});

	for (int i = 0; i < nr_args; i++)
		b->Arg(args[i]);
}

bool bench_loop(struct bench *b)
{
	return b->state.KeepRunning();
}

int64_t bench_arg(const struct bench *b)
{
	return b->state.range(0);
}

void bench_set_bytes(struct bench *b, int64_t per_iteration)
{
	b->state.SetBytesProcessed(b->state.iterations() * per_iteration);
}

void bench_set_items(struct bench *b, int64_t per_iteration)
{
	b->state.SetItemsProcessed(b->state.iterations() * per_iteration);
}

void bench_counter(struct bench *b, const char *name, double value)
{
	b->state.counters[name] = value;
}

void bench_pause(struct bench *b)
{
	b->state.PauseTiming();
}

void bench_resume(struct bench *b)
{
	b->state.ResumeTiming();
}

void bench_skip(struct bench *b, const char *reason)
{
	b->state.SkipWithError(reason);
}

int bench_main(int argc, char **argv)
{
	benchmark::Initialize(&argc, argv);
	if (benchmark::ReportUnrecognizedArguments(argc, argv))
		return 1;
	benchmark::RunSpecifiedBenchmarks();
	benchmark::Shutdown();
	return 0;
}
