# SPDX-License-Identifier: GPL-2.0-only
# What a browser plotted against what was measured; a line for each fault.
#
# jq -rn --rawfile dom DOM --arg what run -f plotted.jq BENCH.json: each plotted point
# is the median of its benchmark, and each benchmark with more than one argument value,
# and each ratio, is plotted.
# jq -rn --rawfile dom DOM --arg what trend --arg name NAME --arg values V,V,... -f
# plotted.jq: the trend of NAME shows these values.

def must(holds; fault): if holds then empty else (fault | tojson) end;
def unescaped: gsub("&lt;"; "<") | gsub("&gt;"; ">") | gsub("&quot;"; "\"") | gsub("&#39;"; "'") |
	gsub("&amp;"; "&");
def near($a; $b): ($a | type == "number") and (($a - $b) | fabs) <= 1e-4 * ($b | fabs);
def median: sort | length as $n |
	if $n % 2 == 1 then .[$n / 2 | floor] else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;
def size: [., ""] | until(.[0] % 1024 != 0 or .[1] == " GiB";
	[.[0] / 1024, ({ "": " KiB", " KiB": " MiB", " MiB": " GiB" }[.[1]])]) | "\(.[0])\(.[1])";

# {title: {line: {x: y}}} of every drawn figure.
def plots: $dom | split("<figure ") | .[1:] | map(split("</figcaption>")[0] |
	select(test("data-plotted=\"")) |
	{ key: (split("<figcaption>")[1] | unescaped),
	  value: (capture("data-plotted=\"(?<data>[^\"]*)\"").data | unescaped | fromjson) }) |
	from_entries;

def run:
	plots as $found |
	[[input.benchmarks[] | select(.run_type == "iteration" and (.error_occurred | not))] |
		group_by(.run_name)[] |
		(.[0].run_name | sub("/manual_time"; "")) as $name | ($name / "/") as $parts |
		(.[0] | has("bytes_per_second")) as $throughput |
		($parts[1:][] as $arg | ($arg / ":") as [$key, $value] | {
			name: $name,
			title: ((if $throughput then "Throughput by " else "Latency by " end) +
				(if $key == "mappings" then "number of mappings" else $key end)),
			line: $parts[0],
			x: (if $key == "chunk" then $value | tonumber | size else $value end),
			want: (map(if $throughput then .bytes_per_second else .real_time end) | median) }),
		(select(.[0] | has("ratio")) | {
			name: $name, title: "Ratio to the floor", line: "ratio", x: $name,
			want: (map(.ratio) | median) })] |
	(.[] | . as $p | $found[.title][.line][.x] | must(near(.; $p.want); [$p, .])),
	(length as $checked | [$found[][] | length] | add |
		must(. == $checked and . >= 12; ["plotted", ., "of", $checked]));

def trend:
	plots[$ARGS.named.name] as $lines | ($ARGS.named.values / "," | map(tonumber)) as $want |
	[$lines.median[]] as $got | [$lines.level[]] as $level |
	must(($got | length) == ($want | length) and
		([$got, $want] | transpose | all(. as [$a, $b] | near($a; $b))); [$got, $want]),
	must(near($level[0]; $want[:12] | median) and near($level[-1]; $want[12:] | median); $level);

if $what == "run" then run else trend end
