# SPDX-License-Identifier: GPL-2.0-only
"""Documents of Google Benchmark's schema for the tests of `bench`.

docs.py pairs ROUNDS DIR: from recorded rounds aa-NN-{a,b}.json, the two sides of
which come in turns from the same program, and slow-NN-{a,b}.json, whose b did 5%
more in op and copy. The former have 9 rounds on a side, the latter the 21 of
`bench compare --run`. ROUNDS has a line for each round: percent of more work, then
real and processor time of getppid, op and copy in ns.

docs.py one FILE MACHINE NAME=V,V,... : one document with these times.
"""
import json
import sys

NAMES = ["getppid", "op", "copy/chunk:65536"]
REPS = 9
DEFAULT_REPS = 21


def document(machine, series):
    rows = []
    for name, reps in series.items():
        for i, (real, cpu) in enumerate(reps):
            rows.append({"name": name, "run_name": name, "run_type": "iteration",
                         "repetitions": len(reps), "repetition_index": i, "threads": 1,
                         "iterations": 1000, "real_time": real, "cpu_time": cpu,
                         "time_unit": "ns"})
    return {"context": {"date": "2026-01-01T00:00:00+00:00", "commit": "0123456789ab",
                        "kernel": "6.12", "backend": "core", "device": "mock",
                        "machine": machine}, "benchmarks": rows}


def write(path, doc):
    with open(path, "w") as f:
        json.dump(doc, f)


def side(rounds):
    return document("the machine", {n: [(r[2 * i], r[2 * i + 1]) for r in rounds]
                                    for i, n in enumerate(NAMES)})


def pairs(rounds_file, where):
    rounds = {0: [], 5: []}
    for line in open(rounds_file):
        if line.startswith("#"):
            continue
        percent, *values = line.split()
        rounds[int(percent)].append([float(v) for v in values])
    plain, slow = rounds[0], rounds[5]
    for k in range(len(plain) // (2 * REPS)):
        some = plain[2 * REPS * k:2 * REPS * (k + 1)]
        write(f"{where}/aa-{k:02}-a.json", side(some[0::2]))
        write(f"{where}/aa-{k:02}-b.json", side(some[1::2]))
    for k in range(len(plain) // DEFAULT_REPS):
        some = slice(DEFAULT_REPS * k, DEFAULT_REPS * (k + 1))
        write(f"{where}/slow-{k:02}-a.json", side(plain[some]))
        write(f"{where}/slow-{k:02}-b.json", side(slow[some]))


def one(path, machine, *series):
    parsed = {}
    for s in series:
        name, values = s.rsplit("=", 1)
        parsed[name] = [(float(v), float(v)) for v in values.split(",")]
    write(path, document(machine, parsed))


{"pairs": pairs, "one": one}[sys.argv[1]](*sys.argv[2:])
