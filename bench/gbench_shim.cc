// SPDX-License-Identifier: GPL-2.0-only
#include "gbench_shim.h"
#include "counter.h"

#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

int failures;
bool quick;

constexpr double slice_ns = 100e3;
constexpr size_t warmup_pairs = 3;
constexpr size_t enough_pairs = 40;	/* undisturbed ones; a run goes on for them */
constexpr size_t few_pairs = 8;		/* too few to say more than all do */
constexpr double patience = 10;		/* times its length at most */
constexpr double calm = 1.08;		/* times the probe at its best */
constexpr double enough_instructions = 4e6;	/* for callgrind to count in a run */
constexpr double enough_iterations = 4096;
/* From run to reporter, not in the output. */
constexpr const char *time_counter = "ns", *iterations_counter = "n";

struct pair {
	double op, floor;	/* nanoseconds of an iteration, and of its floor */
	double weight;		/* iterations */
	double instructions;
	bool disturbed;
};

uint64_t now()
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* What two readings of the clock, one behind the other, differ by. */
double clock_cost()
{
	static double cost = -1;

	if (cost >= 0)
		return cost;
	std::vector<uint64_t> d;
	for (int i = 0; i < 101; i++) {
		uint64_t t = now();

		d.push_back(now() - t);
	}
	std::nth_element(d.begin(), d.begin() + 50, d.end());
	return cost = d[50];
}

/*
 * What shares the processor core with us, or changes its clock, is nothing that the
 * system tells. A loop that needs all of a core shows it: it takes up to twice as long.
 */
double probe()
{
	uint64_t a = 1, b = 2, c = 3, d = 4, t = now();

	for (int i = 0; i < 2000; i++) {
		a += i ^ b;
		b += i & 5;
		c ^= i + d;
		d += i | 3;
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	}
	return now() - t;
}

/* All probes so far, sorted. */
std::vector<double> probes;
/* What all runs together may go on for, longer than Google Benchmark wants, in ns. */
double extra = 1;

bool probe_is_calm()
{
	double p = probe();

	if (probes.size() < 20000)
		probes.insert(std::upper_bound(probes.begin(), probes.end(), p), p);
	return p <= calm * probes[probes.size() / 20];
}

/* How often this thread lost the processor while it still had work. */
long preemptions()
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return u.ru_nivcsw;
}

/* The mean of the middle half: steady, and without a jump where there are two heaps. */
double middle(std::vector<double> v)
{
	size_t cut = v.size() / 4;
	double sum = 0;

	if (v.empty())
		return 0;
	std::sort(v.begin(), v.end());
	for (size_t i = cut; i < v.size() - cut; i++)
		sum += v[i];
	return sum / (v.size() - 2 * cut);
}

struct run : bench {
	benchmark::State &state;
	const void *ctx;
	const struct bench_floor *floor = nullptr;
	void *floor_ctx = nullptr;
	double floor_per_iteration = 1;
	double floor_estimate = 0;	/* nanoseconds of one unit */

	int64_t remaining, slice = 0, batch_left = 0;
	uint64_t start = 0, pause_start = 0;
	double paused = 0, manual = 0, estimate = 0, total = 0;
	double bytes = 0, items = 0;	/* of an iteration */
	bool has_manual = false;
	long preempted = 0;
	double one = 0;			/* instructions of an iteration, callgrind's count */
	int counted_slices = 0;
	std::vector<pair> pairs;
	size_t calm_pairs = 0;
	double planned = 0;		/* total when Google Benchmark had enough */
	bool was_calm = false;

	run(benchmark::State &s, const void *c)
		: bench{ 1 }, state(s), ctx(c), remaining(s.max_iterations)
	{
	}

	double run_floor(int64_t n)
	{
		if (floor->ready)
			floor->ready(floor_ctx);
		uint64_t t = now();

		floor->run(floor_ctx, n);
		return std::max(now() - t - clock_cost(), 1.0) / n;
	}

	void end_slice()
	{
		double wall = std::max(now() - start - clock_cost() - paused, 1.0);
		double op = has_manual ? manual : wall, unit = 0;
		int64_t counted = counter_take();

		if (floor) {
			double n = std::min(wall, slice_ns) / floor_estimate;

			state.PauseTiming();
			unit = run_floor(std::max<int64_t>(1, n));
			floor_estimate = unit;
			state.ResumeTiming();
		}
		pairs.push_back({ op / slice, unit * floor_per_iteration, double(slice),
				  double(counted) / slice,
				  !(was_calm & probe_is_calm()) || preemptions() != preempted });
		calm_pairs += !pairs.back().disturbed;
		/* Pauses, and what a driver does not count, are part of what a slice takes. */
		estimate = (wall + paused) / slice;
		total += wall + paused;
		if (planned > 0)
			extra -= wall + paused;
	}

	bool next_slice()
	{
		if (state.error_occurred()) {
			state.KeepRunning();
			return false;
		}
		if (slice)
			end_slice();
		else if (floor)
			for (int i = 0; i < 2; i++)
				floor_estimate = run_floor(1);
		if (!remaining && !planned)
			planned = total;
		double n = slice ? std::min(slice_ns / estimate, slice * 8.0) : 1;

		slice = std::max<int64_t>(1, n);
		if (remaining > 0) {
			slice = std::min(slice, remaining);
			if (!state.KeepRunningBatch(slice))
				return false;
			remaining -= slice;
		} else if (calm_pairs >= enough_pairs || pairs.size() < enough_pairs ||
			   total >= patience * planned || extra <= 0) {
			state.KeepRunning();
			return false;
		}
		left = slice;
		paused = manual = 0;
		was_calm = probe_is_calm();
		preempted = preemptions();
		counter_start();
		start = now();
		return true;
	}

	/*
	 * Callgrind has the same number each time for the same iterations: a first one, a
	 * few that tell how many there are to be, a power of two, and those.
	 */
	bool next_counted()
	{
		double n = 1;

		if (slice)
			one = double(counter_take()) / slice;
		if (state.error_occurred() || counted_slices == 2) {
			state.KeepRunning();
			return false;
		}
		if (!slice)
			state.KeepRunningBatch(1);
		else if (++counted_slices == 1)
			n = std::min(enough_instructions / one, 8.0);
		else if (counted_slices == 2)
			n = std::exp2(std::floor(std::log2(std::min(enough_instructions / one,
								    enough_iterations))));
		left = slice = std::max<int64_t>(1, n);
		counter_start();
		return true;
	}

	void finish_counted()
	{
		counter_stop();
		if (state.error_occurred())
			return;
		/* The times are not those of a processor. */
		state.SetIterationTime(1e-9);
		state.counters[time_counter] = 0;
		state.counters[iterations_counter] = slice;
		state.counters["instructions"] = one;
	}

	void finish_timed()
	{
		std::vector<double> of_op, of_floor;
		double time, weight = 0, instructions = 0;
		bool warm = pairs.size() > 4 * warmup_pairs;
		std::vector<pair> kept;

		if (state.error_occurred() || pairs.empty())
			return;
		if (warm)
			pairs.erase(pairs.begin(), pairs.begin() + warmup_pairs);
		std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(kept),
			     [](const pair &p) { return !p.disturbed; });
		size_t nr_calm = kept.size();
		if (nr_calm < few_pairs)
			kept = pairs;
		for (const pair &p : kept) {
			instructions += p.instructions * p.weight;
			weight += p.weight;
			of_op.push_back(p.op);
			of_floor.push_back(p.floor);
		}
		time = middle(of_op);
		/* How long it runs is judged by the former, what comes out is the latter. */
		state.SetIterationTime((planned ? planned : total) * 1e-9);
		state.counters[time_counter] = time;
		state.counters[iterations_counter] = weight;
		if (bytes)
			state.counters["bytes_per_second"] =
				benchmark::Counter(bytes / time * 1e9,
						   benchmark::Counter::kDefaults,
						   benchmark::Counter::kIs1024);
		if (items)
			state.counters["items_per_second"] = items / time * 1e9;
		state.counters["pairs"] = nr_calm;
		if (floor) {
			state.counters["floor"] = middle(of_floor);
			state.counters["ratio"] = time / middle(of_floor);
			state.SetLabel(floor->name);
		}
		if (counter_available())
			state.counters["instructions"] = instructions / weight;
	}

	void finish()
	{
		if (counter_exact())
			finish_counted();
		else
			finish_timed();
	}
};

run &of(struct bench *b)
{
	return *static_cast<run *>(b);
}

const run &of(const struct bench *b)
{
	return *static_cast<const run *>(b);
}

} // namespace

struct bench_entry {
	benchmark::internal::Benchmark *b;
	std::vector<std::string> names;
	std::vector<std::vector<int64_t>> values;
};

static std::vector<bench_entry *> &entries()
{
	static std::vector<bench_entry *> list;

	return list;
}

struct bench_entry *bench_register(const char *name, bench_fn *fn, const void *ctx)
{
	auto *entry = new bench_entry;

	entry->b = benchmark::RegisterBenchmark(name, [fn, ctx](benchmark::State &state) {
		run r(state, ctx);

		fn(&r);
		r.finish();
	});
	entry->b->UseManualTime();
	entries().push_back(entry);
	return entry;
}

void bench_arg_list(struct bench_entry *entry, const char *name, const int64_t *values, int n)
{
	entry->names.push_back(name);
	entry->values.emplace_back(values, values + n);
}

/* The arguments of all, once each has them all. */
static void complete_entries()
{
	for (bench_entry *entry : entries()) {
		if (counter_exact())
			entry->b->Iterations(1);
		if (entry->names.empty())
			continue;
		entry->b->ArgNames(entry->names);
		entry->b->ArgsProduct(entry->values);
	}
}

const void *bench_ctx(const struct bench *b)
{
	return of(b).ctx;
}

int64_t bench_arg(const struct bench *b, int index)
{
	return of(b).state.range(index);
}

void bench_floor(struct bench *b, const struct bench_floor *floor, void *ctx,
		 double per_iteration)
{
	of(b).floor = floor;
	of(b).floor_ctx = ctx;
	of(b).floor_per_iteration = per_iteration;
}

bool bench_slice(struct bench *b)
{
	return counter_exact() ? of(b).next_counted() : of(b).next_slice();
}

int64_t bench_batch(struct bench *b, int64_t max)
{
	run &r = of(b);
	int64_t n;

	if (!r.batch_left) {
		if (!bench_slice(b))
			return 0;
		r.batch_left = b->left;
	}
	n = std::min(r.batch_left, max);
	r.batch_left -= n;
	return n;
}

void bench_pause(struct bench *b)
{
	if (!counter_exact())
		of(b).pause_start = now();
	counter_stop();
}

void bench_resume(struct bench *b)
{
	counter_start();
	if (!counter_exact())
		of(b).paused += now() - of(b).pause_start + clock_cost();
}

void bench_manual_ns(struct bench *b, uint64_t ns)
{
	of(b).manual += ns;
	of(b).has_manual = true;
}

void bench_set_bytes(struct bench *b, int64_t per_iteration)
{
	of(b).bytes = per_iteration;
}

void bench_set_items(struct bench *b, int64_t per_iteration)
{
	of(b).items = per_iteration;
}

void bench_counter(struct bench *b, const char *name, double value)
{
	of(b).state.counters[name] = value;
}

void bench_skip(struct bench *b, const char *reason)
{
	of(b).state.SkipWithError((std::string("skipped: ") + reason).c_str());
	b->left = 1;
	of(b).batch_left = 0;
}

void bench_fail(struct bench *b, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	of(b).state.SkipWithError((std::string("failed: ") + text).c_str());
	failures++;
	b->left = 1;
	of(b).batch_left = 0;
}

bool bench_is_counted(void)
{
	return counter_exact();
}

void bench_context(const char *key, const char *value)
{
	benchmark::AddCustomContext(key, value);
}

namespace {

/*
 * Times are those that the run told, without its pauses; and as all are of that
 * kind, no name needs to say so.
 */
template <class Base> struct reporter : Base {
	using Base::Base;

	void ReportRuns(const std::vector<benchmark::BenchmarkReporter::Run> &runs) override
	{
		auto named = runs;

		for (auto &r : named) {
			auto ns = r.counters.find(time_counter);

			r.run_name.time_type.clear();
			r.run_name.iterations.clear();
			if (ns == r.counters.end())
				continue;
			if (counter_exact())
				r.cpu_accumulated_time = 0;
			if (r.run_type == benchmark::BenchmarkReporter::Run::RT_Iteration)
				r.iterations = r.counters[iterations_counter];
			r.real_accumulated_time = ns->second;
			if (r.aggregate_unit == benchmark::kTime)
				r.real_accumulated_time *= 1e-9 * r.iterations;
			r.counters.erase(ns);
			r.counters.erase(iterations_counter);
			/* What varies in nothing but zeroes is no number, which JSON cannot say. */
			for (auto &c : r.counters)
				if (!std::isfinite(c.second.value))
					c.second.value = 0;
		}
		Base::ReportRuns(named);
	}
};

/* What Google Benchmark matches has its own words at its end. */
constexpr const char *name_end = "(/iterations:1)?(/manual_time)?$";

/* The filter of the user, who knows nothing of those. */
std::string with_name_ends(const char *filter)
{
	std::string s;

	for (; *filter; filter++)
		if (*filter == '$')
			s += name_end;
		else
			s += *filter;
	return s;
}

/* Another processor has other caches. Threads started later stay with us. */
void stay_on(int want)
{
	cpu_set_t set;
	int cpu = -1;

	if (want == -1 || sched_getaffinity(0, sizeof(set), &set))
		return bench_context("pinned_cpu", "none");
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set) && (want < 0 || i == want))
			cpu = i;
	CPU_ZERO(&set);
	if (cpu >= 0)
		CPU_SET(cpu, &set);
	if (cpu < 0 || sched_setaffinity(0, sizeof(set), &set))
		return bench_context("pinned_cpu", "none");
	bench_context("pinned_cpu", std::to_string(cpu).c_str());
}

const char *value_of(const char *arg, const char *option)
{
	size_t len = std::strlen(option);

	return std::strncmp(arg, option, len) ? nullptr : arg + len;
}

} // namespace

int bench_main(int argc, char **argv, void (*init)(void))
{
	std::vector<std::string> args{ argv[0] }, own;
	std::unique_ptr<benchmark::BenchmarkReporter> display, file;
	bool json = false, out = false, list = false;
	std::vector<char *> argp;
	int cpu = -2, repetitions = 9, n;

	counter_open();
	for (int i = 1; i < argc; i++) {
		const char *v;

		json |= !std::strcmp(argv[i], "--benchmark_format=json");
		list |= value_of(argv[i], "--benchmark_list_tests") != nullptr;
		if ((v = value_of(argv[i], "--benchmark_repetitions=")))
			repetitions = std::atoi(v);
		out |= value_of(argv[i], "--benchmark_out=") != nullptr;
		if (!std::strcmp(argv[i], "--quick"))
			quick = true;
		else if ((v = value_of(argv[i], "--cpu=")))
			cpu = std::atoi(v);
		else if (value_of(argv[i], "--benchmark_filter="))
			own.push_back(with_name_ends(argv[i]));
		else
			own.push_back(argv[i]);
	}
	/* What the user says comes behind, and wins. */
	args.push_back(quick ? "--benchmark_repetitions=1" : "--benchmark_repetitions=9");
	args.push_back(quick ? "--benchmark_min_time=0.01" : "--benchmark_min_time=0.03");
	/* Counts are the same each time if what is before them is. */
	if (!counter_exact())
		args.push_back("--benchmark_enable_random_interleaving=true");
	args.insert(args.end(), own.begin(), own.end());
	for (std::string &a : args)
		argp.push_back(&a[0]);
	n = argp.size();
	argp.push_back(nullptr);
	complete_entries();
	benchmark::Initialize(&n, argp.data());
	if (benchmark::ReportUnrecognizedArguments(n, argp.data()))
		return 2;
	if (!list) {
		stay_on(cpu);
		bench_context("instructions", counter_text());
		for (int i = 0; i < 1000 && !counter_exact(); i++)
			probe_is_calm();
		extra *= quick ? 5e9 : repetitions * 2.4e9;
		if (init)
			init();
	}
	if (json)
		display = std::make_unique<reporter<benchmark::JSONReporter>>();
	else
		display = std::make_unique<reporter<benchmark::ConsoleReporter>>(
			benchmark::ConsoleReporter::OO_None);
	if (out)
		file = std::make_unique<reporter<benchmark::JSONReporter>>();
	benchmark::RunSpecifiedBenchmarks(display.get(), file.get());
	benchmark::Shutdown();
	return failures ? 1 : 0;
}
