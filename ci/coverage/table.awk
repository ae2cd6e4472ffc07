# SPDX-License-Identifier: GPL-2.0-only
# Sums up what `gcov -b -n` says of each source file below `under`: a line per file (lines
# run, of how many; branches taken, of how many), the least covered first is up to sort(1),
# then the total. A header's lines belong to those who include it and are left out.
function flush() {
	if (file ~ ("^" under ".*\\.c$")) {
		printf "%6.2f%% of %4d lines %6.2f%% of %4d branches  %s\n",
			lines, nlines, taken, ntaken, file
		run += lines * nlines / 100
		of += nlines
		went += taken * ntaken / 100
		ways += ntaken
	}
	file = ""
	lines = nlines = taken = ntaken = 0
}
/^File / { flush(); file = $2; gsub("'", "", file) }
/^Lines executed:/ { split($0, w, /[:% ]+/); lines = w[3]; nlines = w[5] }
/^Taken at least once:/ { split($0, w, /[:% ]+/); taken = w[5]; ntaken = w[7] }
END {
	flush()
	if (!of || !ways)
		exit 1
	printf "total: %.1f%% of %d lines, %.1f%% of %d branches\n", 100 * run / of, of,
		100 * went / ways, ways
}
