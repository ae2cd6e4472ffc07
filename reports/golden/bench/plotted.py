# SPDX-License-Identifier: GPL-2.0-only
"""What a browser plotted against what was measured.

plotted.py run DOM BENCH.json: each plotted point is the median of its benchmark,
and each benchmark with more than one argument value, and each ratio, is plotted.
plotted.py trend DOM NAME V,V,...: the trend of NAME shows these values.
"""
import html
import json
import re
import statistics
import sys


def plots(dom):
    """{title: {line: {x: y}}} of every drawn figure."""
    text = open(dom).read()
    found = {}
    for figure in re.findall(r"<figure [^>]*>.*?</figcaption>", text, re.S):
        data = re.search(r'data-plotted="([^"]*)"', figure)
        title = re.search(r"<figcaption>(.*?)</figcaption>", figure).group(1)
        if data:
            found[html.unescape(title)] = json.loads(html.unescape(data.group(1)))
    return found


def near(a, b):
    return abs(a - b) <= 1e-4 * abs(b)


def size(n):
    for unit in ("", " KiB", " MiB", " GiB"):
        if n % 1024 or unit == " GiB":
            return f"{n}{unit}"
        n //= 1024


def check_run(dom, path):
    found = plots(dom)
    reps = {}
    for b in json.load(open(path))["benchmarks"]:
        if b["run_type"] == "iteration" and not b.get("error_occurred"):
            reps.setdefault(b["run_name"].replace("/manual_time", ""), []).append(b)
    checked = 0
    for name, rows in reps.items():
        family, *args = name.split("/")
        for arg in args:
            key, value = arg.split(":")
            throughput = "bytes_per_second" in rows[0]
            title = ("Throughput by " if throughput else "Latency by ") + \
                ("number of mappings" if key == "mappings" else key)
            want = statistics.median(r["bytes_per_second" if throughput else "real_time"] for r in rows)
            got = found[title][family][size(int(value)) if key == "chunk" else value]
            assert near(got, want), (title, name, got, want)
            checked += 1
        if "ratio" in rows[0]:
            want = statistics.median(r["ratio"] for r in rows)
            got = found["Ratio to the floor"]["ratio"][name]
            assert near(got, want), (name, got, want)
            checked += 1
    plotted = sum(len(line) for plot in found.values() for line in plot.values())
    assert plotted == checked and checked >= 12, (plotted, checked)


def check_trend(dom, name, values):
    lines = plots(dom)[name]
    got = list(lines["median"].values())
    want = [float(v) for v in values.split(",")]
    assert len(got) == len(want) and all(map(near, got, want)), (got, want)
    level = list(lines["level"].values())
    assert near(level[0], statistics.median(want[:12])) and \
        near(level[-1], statistics.median(want[12:])), level


{"run": check_run, "trend": check_trend}[sys.argv[1]](*sys.argv[2:])
