# SPDX-License-Identifier: GPL-2.0-only
"""What formats of others ask for, checked on our files.

check.py kcidb FILE RESULTS    I/O schema 5.x: fields, their types and patterns, references
check.py sarif FILE FINDINGS   SARIF 2.1.0: required properties, references, URIs
check.py page FILE             HTML: every link within leads somewhere, no other file
"""
import html.parser
import json
import re
import sys

ORIGIN = r"[a-z0-9_]+"
ID = rf"^{ORIGIN}:.*$"
STATUS = {"FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"}
RESOURCE, TEXT, NUMBER, OBJECT, BOOL = "resource", "text", "number", "object", "bool"
FIELDS = {
    "checkouts": ({"id", "origin"}, {
        "id": ID, "origin": f"^{ORIGIN}$", "tree_name": TEXT, "git_commit_hash": r"^[0-9a-f]{40}$",
        "git_commit_name": TEXT, "comment": TEXT, "valid": BOOL, "misc": OBJECT}),
    "builds": ({"id", "checkout_id", "origin"}, {
        "id": ID, "checkout_id": ID, "origin": f"^{ORIGIN}$", "comment": TEXT,
        "architecture": r"^[a-z0-9_]*$", "duration": NUMBER, "status": STATUS, "misc": OBJECT}),
    "tests": ({"id", "build_id", "origin"}, {
        "id": ID, "build_id": ID, "origin": f"^{ORIGIN}$", "environment": OBJECT,
        "path": r"^[.a-zA-Z0-9_-]*$", "comment": TEXT, "log_excerpt": TEXT, "status": STATUS,
        "duration": NUMBER, "misc": OBJECT}),
}
TYPES = {TEXT: str, NUMBER: (int, float), OBJECT: dict, BOOL: bool}


def kcidb(path, results):
    doc = json.load(open(path))
    assert set(doc) <= {"version", "checkouts", "builds", "tests", "issues", "incidents"}, set(doc)
    assert doc["version"]["major"] == 5 and isinstance(doc["version"]["minor"], int)
    seen = {}
    for kind, (required, fields) in FIELDS.items():
        for o in doc[kind]:
            assert required <= set(o) <= set(fields), (kind, set(o) ^ set(fields))
            for key, value in o.items():
                want = fields[key]
                if isinstance(want, set):
                    assert value in want, (key, value)
                elif want in TYPES:
                    assert isinstance(value, TYPES[want]), (key, value)
                else:
                    assert re.match(want, value, re.S), (key, value)
                assert not isinstance(value, str) or "\0" not in value
            assert o["id"].startswith(o["origin"] + ":")
            assert (kind, o["id"]) not in seen, o["id"]
            seen[kind, o["id"]] = o
    for b in doc["builds"]:
        assert ("checkouts", b["checkout_id"]) in seen
    words = {"pass": "PASS", "fail": "FAIL", "skip": "SKIP", "xfail": "FAIL", "error": "ERROR",
             "timeout": "FAIL", "missing": "MISS"}
    run = json.load(open(results))
    assert len(doc["tests"]) == len(run["tests"])
    for t, r in zip(doc["tests"], run["tests"]):
        assert ("builds", t["build_id"]) in seen
        assert set(t["environment"]) <= {"comment", "misc", "compatible"}
        assert len(t.get("log_excerpt", "")) <= 16384
        assert t["status"] == words[r["status"]] and t["id"].endswith(":" + r["name"]), (t, r)
        root = "vfio_compliance" + ("_core" if run["backend"] == "core" else "")
        assert t["path"] == root + "." + r["name"].replace("/", "."), t["path"]


def location(loc):
    phys = loc.get("physicalLocation")
    if phys:
        uri = phys["artifactLocation"]["uri"]
        assert re.match(r"^[A-Za-z0-9._~/!$&'()*+,;=:@%-]+$", uri), uri
        assert phys.get("region", {"startLine": 1})["startLine"] >= 1
    for logical in loc.get("logicalLocations", []):
        assert logical["fullyQualifiedName"]


def sarif(path, findings):
    doc = json.load(open(path))
    assert doc["version"] == "2.1.0" and "sarif" in doc["$schema"] and len(doc["runs"]) == 1
    run = doc["runs"][0]
    driver = run["tool"]["driver"]
    assert driver["name"]
    rules = [r["id"] for r in driver["rules"]]
    assert len(rules) == len(set(rules))
    given = json.load(open(findings))["findings"]
    assert len(run["results"]) == len(given)
    prints = {}
    for r, f in zip(run["results"], given):
        assert r["message"]["text"] and r["level"] in ("none", "note", "warning", "error")
        assert r["ruleId"] in rules and r["ruleId"] == f["oracle"]
        for loc in r.get("locations", []):
            location(loc)
        for stack in r.get("stacks", []):
            for frame in stack["frames"]:
                location(frame["location"])
        assert all(isinstance(v, str) for v in r["partialFingerprints"].values())
        prints.setdefault(r["partialFingerprints"]["oracleAndStack/v1"], []).append(f["target"])
        for key in ("target", "input", "reproducer", "first_seen", "last_seen"):
            assert r["properties"][key] == f[key]
    assert sorted(map(len, prints.values())) == [1, 2], prints


class Page(html.parser.HTMLParser):
    VOID = {"meta", "input", "br", "img", "link", "rect"}

    def __init__(self):
        super().__init__()
        self.ids, self.links, self.logs = [], [], 0

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a":
            self.links.append(a["href"])
        for key in ("src", "href"):
            assert a.get(key, "#").startswith("#"), (tag, a[key])
        self.logs += a.get("href", "").startswith("#log.")


def page(path):
    p = Page()
    p.feed(open(path).read())
    twice = {i for i in p.ids if p.ids.count(i) > 1}
    assert not twice, f"ids given twice: {twice}"
    nowhere = {h for h in p.links if h[1:] not in p.ids}
    assert not nowhere, f"links that lead nowhere: {nowhere}"
    print(f"# {len(p.links)} links, {p.logs} to logs")


{"kcidb": kcidb, "sarif": sarif, "page": page}[sys.argv[1]](*sys.argv[2:])
