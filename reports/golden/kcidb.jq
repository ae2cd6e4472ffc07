# SPDX-License-Identifier: GPL-2.0-only
# What KCIDB's I/O schema 5.x asks for: fields, their types and patterns, references.
# jq -rn -f kcidb.jq KCIDB RESULTS: a line for each fault.

def must(holds; fault): if holds then empty else (fault | tojson) end;
def keys_in($required; $fields): (keys - $fields == []) and ($required - keys == []);
def id: "\\A[a-z0-9_]+:.*\\Z";
def origin: "\\A[a-z0-9_]+\\Z";
def fields: {
	checkouts: {
		required: ["id", "origin"],
		fields: { id: id, origin: origin, tree_name: "string",
			git_commit_hash: "\\A[0-9a-f]{40}\\Z", git_commit_name: "string",
			comment: "string", valid: "boolean", misc: "object" } },
	builds: {
		required: ["id", "checkout_id", "origin"],
		fields: { id: id, checkout_id: id, origin: origin, comment: "string",
			architecture: "\\A[a-z0-9_]*\\Z", duration: "number", status: "status",
			misc: "object" } },
	tests: {
		required: ["id", "build_id", "origin"],
		fields: { id: id, build_id: id, origin: origin, environment: "object",
			path: "\\A[.a-zA-Z0-9_-]*\\Z", comment: "string", log_excerpt: "string",
			status: "status", duration: "number", misc: "object" } } };
def fits($want):
	if $want == "status" then IN("FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP")
	elif $want | startswith("\\A") then type == "string" and test($want; "p")
	else type == $want end;
def words: { pass: "PASS", fail: "FAIL", skip: "SKIP", xfail: "FAIL", error: "ERROR",
	timeout: "FAIL", missing: "MISS" };

input as $doc | input as $run |
must($doc | keys - ["version", "checkouts", "builds", "tests", "issues", "incidents"] == [];
	$doc | keys),
must($doc.version | .major == 5 and (.minor | type == "number" and . == floor); $doc.version),
(fields | to_entries[] | .key as $kind | .value as $want | $doc[$kind] |
	must(map(.id) | length == (unique | length); "\($kind): an id is given twice"),
	(.[] | . as $o |
		must(keys_in($want.required; $want.fields | keys); [$kind, keys]),
		must(.id | startswith($o.origin + ":"); .id),
		(to_entries[] |
			must(.key as $key | .value | fits($want.fields[$key]); [$kind, .]),
			must(.value | type != "string" or (explode | index(0) == null); .)))),
($doc.checkouts | map({ (.id): true }) | add) as $checkouts |
($doc.builds | map({ (.id): true }) | add) as $builds |
($doc.builds[] | must($checkouts[.checkout_id]; .)),
must($doc.tests | length == ($run.tests | length); "not as many tests as in the results"),
($run.backend | if . == "core" then "_core" else "" end) as $suffix |
([$doc.tests, $run.tests] | transpose[] | . as [$t, $r] |
	must($builds[$t.build_id]; $t),
	must($t.environment | keys - ["comment", "misc", "compatible"] == []; $t.environment),
	must(($t.log_excerpt // "") | length <= 16384; "\($t.id): a log of more than 16384"),
	must($t.status == words[$r.status] and ($t.id | endswith(":" + $r.name)); [$t, $r]),
	must($t.path == "vfio_compliance\($suffix)." + ($r.name | gsub("/"; ".")); $t.path))
