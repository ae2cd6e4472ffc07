#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a run in the guest reached of drivers/vfio and virt/kvm/vfio.c.

usage: kernel-coverage.py TAR KERNEL_DIR OUT_DIR

TAR is what the guest wrote (gcov-out.sh), KERNEL_DIR a kernel that ci/kernel/build.sh
built. Prints a table and writes it as OUT_DIR/coverage.txt, and with the lines that
were not reached as OUT_DIR/coverage.json:
  { "release": "...", "files": { "drivers/vfio/group.c":
      { "lines": N, "lines_hit": N, "branches": N, "branches_hit": N, "functions": N,
        "functions_hit": N, "missed": [LINE, ...], "functions_missed": ["NAME", ...] } },
    "total": { the same counts } }
"""
import collections
import json
import os
import subprocess
import sys
import tarfile
import tempfile

# Other machines, and graphics that QEMU does not emulate.
LEFT_OUT = ("vfio_pci_igd.c", "vfio_pci_zdev.c", "/platform/", "/fsl-mc/", "/ap/", "/ccw/")
COUNTS = ("lines", "lines_hit", "branches", "branches_hit", "functions", "functions_hit")


def die(text):
    sys.exit(f"vfio-compliance: coverage: {text}")


def ours(path):
    return (path.endswith(".c") and not any(part in path for part in LEFT_OUT) and
            (path.startswith("drivers/vfio/") or path == "virt/kvm/vfio.c"))


def collect(tar, objects):
    """One JSON document of gcov per object file."""
    with tempfile.TemporaryDirectory() as tmp:
        with tarfile.open(tar) as archive:
            # The guest names each file by where it was compiled.
            for member in archive:
                at = max(member.name.find("/drivers/vfio/"), member.name.find("/virt/kvm/"))
                if not member.isfile() or at < 0:
                    continue
                place = os.path.join(tmp, member.name[at + 1:])
                note = member.name[at + 1:-len(".gcda")] + ".gcno"
                os.makedirs(os.path.dirname(place), exist_ok=True)
                with open(place, "wb") as f:
                    f.write(archive.extractfile(member).read())
                os.symlink(os.path.join(objects, note), os.path.join(tmp, note))
                run = subprocess.run(["gcov", "-b", "--json-format", "--stdout", place],
                                     capture_output=True, cwd=tmp, check=False)
                if run.returncode:
                    die(f"gcov {note}: {run.stderr.decode().strip()}")
                yield json.loads(run.stdout)


def summarize(documents, source):
    lines = collections.defaultdict(lambda: collections.defaultdict(int))
    branches = collections.defaultdict(dict)
    functions = collections.defaultdict(dict)
    for document in documents:
        for entry in document["files"]:
            path = os.path.join(document["current_working_directory"], entry["file"])
            path = os.path.relpath(os.path.realpath(path), source)
            if not ours(path):
                continue
            for line in entry["lines"]:
                number = line["line_number"]
                lines[path][number] += line["count"]
                # A line that was compiled into several functions has its branches in each.
                for i, branch in enumerate(line["branches"]):
                    key = (line.get("function_name"), number, i)
                    seen = branches[path].get(key, 0)
                    branches[path][key] = seen + branch["count"]
            for function in entry["functions"]:
                seen = functions[path].get(function["name"], 0)
                functions[path][function["name"]] = seen + function["execution_count"]
    files = {}
    for path in sorted(lines):
        files[path] = {
            "lines": len(lines[path]), "lines_hit": sum(1 for c in lines[path].values() if c),
            "branches": len(branches[path]),
            "branches_hit": sum(1 for c in branches[path].values() if c),
            "functions": len(functions[path]),
            "functions_hit": sum(1 for c in functions[path].values() if c),
            "missed": sorted(n for n, c in lines[path].items() if not c),
            "functions_missed": sorted(n for n, c in functions[path].items() if not c),
        }
    return files


def row(name, f):
    def part(what):
        hit, of = f[what + "_hit"], f[what]
        return f"{hit:5} of {of:5} {100 * hit / of if of else 100:6.1f}%"
    return f"{name:40} {part('lines')}  {part('branches')}"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tar, kernel, out = sys.argv[1:]
    source = os.path.realpath(os.path.join(kernel, "source"))
    if not os.path.isdir(source):
        die(f"{kernel} was not built by ci/kernel/build.sh; run `make debug-kernel`")
    if not os.path.exists(tar) or not os.path.getsize(tar):
        die("the guest wrote no coverage: its kernel has no gcov, or it did not come to its end")
    files = summarize(collect(tar, os.path.join(kernel, "obj")), source)
    if not files:
        die("none of the counters is of drivers/vfio")
    total = {what: sum(f[what] for f in files.values()) for what in COUNTS}
    with open(os.path.join(kernel, "release")) as f:
        release = f.read().strip()
    table = [f"{'coverage of ' + release:40} {'lines':>22}  {'branches':>22}"]
    table += [row(path, f) for path, f in files.items()] + [row("total", total)]
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "coverage.json"), "w") as f:
        json.dump({"release": release, "files": files, "total": total}, f, indent=1)
        f.write("\n")
    with open(os.path.join(out, "coverage.txt"), "w") as f:
        f.write("\n".join(table) + "\n")
    print("\n".join(table))


main()
