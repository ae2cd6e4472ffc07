# SPDX-License-Identifier: GPL-2.0-only
# vfio-compliance-clauses(7) from what `list --json` prints:
# jq -r --arg date YYYY-MM-DD -f clauses.jq

def roff: gsub("\\\\"; "\\e") | gsub("\""; "\\(dq") | gsub("(?<a>[/|_])"; "\(.a)\\:") |
	gsub("(?<a>^|[^A-Za-z0-9])-"; "\(.a)\\-") | sub("^(?<c>[.'])"; "\\&\(.c)");

".\\\" SPDX-License-Identifier: GPL-2.0-only",
".TH VFIO-COMPLIANCE-CLAUSES 7 \($date) vfio-compliance",
".SH NAME", "vfio-compliance\\-clauses \\- the rules that the suite tests",
".SH DESCRIPTION",
"A clause is one rule of the VFIO user API that a program can observe.",
"Each has its level, the kernels in which it holds, the place in Linux that it comes from, and",
"the tests that cover it;",
"one that nobody can test says why.",
"\\(lqall\\(rq are all kernels that the core answers as, Linux 5.19 to 7.3.", ".nh", ".ad l",
(.clauses | group_by(.id / "-" | .[0])[] |
	".SH \(.[0].id / "-" | .[0])",
	(.[] | ".TP", ".BR \(.id | roff) \" (\(.level), \(.versions | roff))\"", (.text | roff), ".br",
		"Source: \(.source | roff).",
		(if (.tests | length) > 0 then ".br", "Tests: \(.tests | join(", ") | roff)."
		elif .exception then ".br", "Not tested: \(.exception | roff)." else empty end))),
".SH SEE ALSO", ".BR vfio\\-compliance\\-list (1)"
