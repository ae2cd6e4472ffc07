# SPDX-License-Identifier: GPL-2.0-only
# What SARIF 2.1.0 asks for: required properties, references, URIs.
# jq -rn -f sarif.jq SARIF FINDINGS: a line for each fault.

def must(holds; fault): if holds then empty else (fault | tojson) end;
def location:
	(.physicalLocation | select(.) |
		must(.artifactLocation.uri | test("\\A[A-Za-z0-9._~/!$&'()*+,;=:@%-]+\\Z"); .),
		must(.region == null or .region.startLine >= 1; .)),
	(.logicalLocations[]? | must(.fullyQualifiedName | length > 0; .));

input as $doc | input.findings as $given |
must($doc.version == "2.1.0" and ($doc["$schema"] | contains("sarif")) and ($doc.runs | length == 1);
	$doc | del(.runs)),
($doc.runs[0] | . as $run | .tool.driver as $driver | [$driver.rules[].id] as $rules |
	must($driver.name | length > 0; $driver),
	must($rules | length == (unique | length); $rules),
	must($run.results | length == ($given | length); "not as many results as findings"),
	([$run.results, $given] | transpose[] | . as [$r, $f] |
		must(($r.message.text | length > 0) and
			($r.level | IN("none", "note", "warning", "error")); $r),
		must(($rules | index($r.ruleId) != null) and $r.ruleId == $f.oracle; $r.ruleId),
		($r.locations[]? | location),
		($r.stacks[]? | .frames[].location | location),
		must($r.partialFingerprints | all(type == "string"); $r.partialFingerprints),
		(("target", "input", "reproducer", "first_seen", "last_seen") |
			must($r.properties[.] == $f[.]; [., $r.properties, $f]))),
	([$run.results, $given] | transpose | group_by(.[0].partialFingerprints["oracleAndStack/v1"]) |
		map(length) | sort | must(. == [1, 2]; ["fingerprints", .])))
