# SPDX-License-Identifier: GPL-2.0-only
#
# A man page in mdoc from what a command says with -h and from prose.
#
# usage: vfio-compliance COMMAND -h | awk -f docs/man/page.awk -v command="COMMAND" \
#		-v what="TEXT" -v date="MONTH DAY, YEAR" -v others="run vm ..." PROSE.mdoc -
#
# The prose is mdoc: what stands before its first .Sh goes behind the description that
# -h gives, its sections behind those that are made here.

function escaped(s)
{
	gsub(/\\/, "\\e", s)
	# Options keep their dashes, of which mdoc else makes hyphens.
	s = " " s
	while (match(s, /[ (\[`|=\-]-/))
		s = substr(s, 1, RSTART) "\001" substr(s, RSTART + 2)
	s = substr(s, 2)
	gsub(/\001/, "\\-", s)
	return s
}

# A line of running text: each sentence on a line of its own, `words` in bold.
function text(s)
{
	s = escaped(s)
	while (match(s, /`/)) {
		s = substr(s, 1, RSTART - 1) (bold ? "\\fP" : "\\fB") substr(s, RSTART + 1)
		bold = !bold
	}
	gsub(/[.] +/, ".\n", s)
	if (s ~ /^[.']/)
		s = "\\&" s
	gsub(/\n[.]/, "\n\\\\\\&.", s)
	print s
}

# "-d BDF, -q" as macros.
function item(s,	part, n, i, out, comma)
{
	n = split(s, part, " ")
	for (i = 1; i <= n; i++) {
		comma = sub(/,$/, "", part[i]) ? " ," : ""
		if (part[i] ~ /^-/)
			out = out " Fl " escaped(substr(part[i], 2))
		else if (part[i] ~ /^\(/)
			out = out " No " part[i]
		else
			out = out (part[i] ~ /^[a-z]/ ? " Cm " : " Ar ") part[i]
		out = out comma
	}
	gsub(/Fl $/, "Fl \\-", out)
	return out
}

function section(name)
{
	if (name != now)
		print ".Sh " name
	now = name
}

FNR == 1 { file++ }
file == 1 && /^\.\\"/ { next }
# ENVIRONMENT and FILES stand before the exit status, EXAMPLES behind it.
file == 1 && /^\.Sh/ { sections = 1; late = /EXAMPLES/ }
file == 1 && sections && late { prose = prose $0 "\n"; next }
file == 1 && sections { early = early $0 "\n"; next }
file == 1 { more = more $0 "\n"; next }

FNR == 1 {
	page = "vfio-compliance" (command == "" ? "" : "-" command)
	gsub(/ /, "-", page)
	printf ".\\\" SPDX-License-Identifier: GPL-2.0-only\n.Dd %s\n.Dt %s 1\n.Os\n", date, toupper(page)
	printf ".Sh NAME\n.Nm %s\n.Nd %s\n", page, what
	section("SYNOPSIS")
}
/^(usage:|      ) vfio-compliance/ {
	sub(/^.* ?vfio-compliance/, "vfio-compliance")
	match($0, /^vfio-compliance( [a-z]+)*/)
	printf ".Nm \"%s\"\n", substr($0, 1, RLENGTH)
	if (RLENGTH < length($0))
		print escaped(substr($0, RLENGTH + 2))
	next
}
/^$/ { blank = 1; next }
/^  [-(a-z]/ {
	if (!list) {
		if (more != "")
			printf "%s%s", now == "DESCRIPTION" ? ".Pp\n" : ".Sh DESCRIPTION\n", more
		more = ""
		section(/^  [a-z]/ ? "COMMANDS" : "OPTIONS")
		print ".Bl -tag -width Ds"
	}
	list = 1; blank = 0
	sub(/^  /, "")
	at = match($0, /  +/)
	behind = at + RLENGTH
	print ".It" item(at ? substr($0, 1, at - 1) : $0)
	if (at)
		text(substr($0, behind))
	next
}
list && /^      / { sub(/^ +/, ""); text($0); next }
{
	if (list) {
		print ".El"
		list = 0; tail = 1
	}
	if (sub(/^Exit status: */, "")) {
		printf "%s", early
		early = ""
		section("EXIT STATUS")
	} else if (now != "EXIT STATUS" || blank) {
		if (now == "DESCRIPTION" || now == "NOTES") {
			if (blank) print ".Pp"
		} else
			section(tail ? "NOTES" : "DESCRIPTION")
	}
	blank = 0
	text($0)
}
END {
	if (list)
		print ".El"
	if (more != "")
		printf "%s%s", now == "DESCRIPTION" ? ".Pp\n" : ".Sh DESCRIPTION\n", more
	if (now != "EXIT STATUS")
		printf "%s.Sh EXIT STATUS\n0 all held, 1 something fell short, 2 could not run\n" \
			"(one line says why and what to do), 4 everything was skipped.\n", early
	printf "%s.Sh SEE ALSO\n", prose
	n = split(others, see, " ")
	for (i = 1; i <= n; i++)
		if (see[i] != page)
			printf ".Xr %s 1 ,\n", see[i]
	print ".Xr vfio-compliance-clauses 7"
}
