// SPDX-License-Identifier: GPL-2.0-only
// The charts. The tables of the page hold the same figures.
(() => {
	const specs = JSON.parse(document.getElementById("charts").textContent);
	const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
		"#8c7ae6", "#8c959f"];
	const charts = new Map();

	const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
	const scaled = (v, step, units) => {
		let i = 0;
		while (Math.abs(v) >= step * 0.9995 && i < units.length - 1) {
			v /= step;
			i++;
		}
		return +v.toPrecision(3) + " " + units[i];
	};
	const formats = {
		"ns": (v) => scaled(v, 1000, ["ns", "us", "ms", "s"]),
		"B/s": (v) => scaled(v, 1000, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"]),
		"": (v) => String(+v.toPrecision(3)),
	};

	// What stands on the canvas, taken from where it was drawn, as {label: {x: y}}.
	function plotted(chart, horizontal) {
		const out = {};
		chart.data.datasets.forEach((set, i) => {
			const meta = chart.getDatasetMeta(i);
			const scale = horizontal ? meta.xScale : meta.yScale;
			const points = out[set.label] = {};
			meta.data.forEach((element, k) => {
				const at = element.getProps(["x", "y"], true);
				const v = scale.getValueForPixel(horizontal ? at.x : at.y);
				if (set.data[k] !== null && Number.isFinite(v))
					points[chart.data.labels[k]] = +v.toPrecision(6);
			});
		});
		return out;
	}

	// A line across the chart at the floor.
	const baseline = {
		id: "baseline",
		beforeDatasetsDraw(chart, args, opt) {
			if (!opt.at)
				return;
			const area = chart.chartArea, c = chart.ctx;
			const x = chart.scales.x.getPixelForValue(opt.at);
			if (x < area.left || x > area.right)
				return;
			c.save();
			c.strokeStyle = opt.colour;
			c.setLineDash([4, 4]);
			c.beginPath();
			c.moveTo(x, area.top);
			c.lineTo(x, area.bottom);
			c.stroke();
			c.restore();
		},
	};

	function dataset(set, i, spec) {
		const colour = colours[(set.colour ?? i) % colours.length];
		const marks = new Set(set.marks || []);
		const radius = set.dashed ? 0 : spec.horizontal ? 5 : 3;
		return {
			label: set.label,
			data: set.values,
			borderColor: colour,
			backgroundColor: colour,
			borderWidth: set.dashed ? 1.5 : 2,
			borderDash: set.dashed ? [6, 4] : i >= colours.length ? [2, 3] : [],
			stepped: set.dashed ? "middle" : false,
			spanGaps: true,
			pointRadius: set.values.map((v, k) => marks.has(k) ? 8 : radius),
			pointStyle: set.values.map((v, k) => marks.has(k) ? "triangle" : "circle"),
			pointBackgroundColor: set.values.map((v, k) => marks.has(k) ? css("--fail") : colour),
			maxBarThickness: 14,
		};
	}

	function config(spec) {
		const fg = css("--fg"), line = css("--line");
		const format = formats[spec.unit] || formats[""];
		const values = {
			type: spec.log ? "logarithmic" : "linear",
			title: { display: true, text: spec.y, color: fg },
			grid: { color: line },
			ticks: { color: fg, callback: (v, i, all) =>
				spec.log && all.length > 12 && !/^[125]/.test(v.toExponential()) ? null : format(v) },
		};
		const names = {
			title: { display: Boolean(spec.x), text: spec.x, color: fg },
			grid: { color: line },
			ticks: { color: fg, autoSkip: !spec.horizontal },
		};
		return {
			type: spec.horizontal ? "bar" : "line",
			plugins: [baseline],
			data: { labels: spec.labels, datasets: spec.sets.map((s, i) => dataset(s, i, spec)) },
			options: {
				animation: false,
				responsive: true,
				maintainAspectRatio: false,
				indexAxis: spec.horizontal ? "y" : "x",
				interaction: { mode: "nearest", intersect: false },
				scales: spec.horizontal ? { x: values, y: names } : { x: names, y: values },
				plugins: {
					baseline: { at: spec.baseline, colour: fg },
					legend: { display: spec.sets.length > 1, labels: { color: fg } },
					tooltip: { callbacks: { label: (item) =>
						item.dataset.label + ": " + format(item.raw) } },
				},
			},
		};
	}

	// Arrow keys go from point to point (left, right) and from line to line (up, down).
	function keyboard(canvas, out, spec) {
		let set = 0, at = -1;
		const format = formats[spec.unit] || formats[""];
		canvas.addEventListener("keydown", (event) => {
			const chart = charts.get(spec.id);
			const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
			const move = step[event.key];
			if (!move)
				return;
			event.preventDefault();
			set = (set + move[0] + spec.sets.length) % spec.sets.length;
			const data = spec.sets[set].values;
			at = at < 0 ? 0 : at + move[1];
			for (let n = 0; n < data.length; n++, at += move[1] || 1) {
				at = (at + data.length) % data.length;
				if (data[at] !== null)
					break;
			}
			const active = [{ datasetIndex: set, index: at }];
			chart.setActiveElements(active);
			chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
			chart.update();
			out.textContent = spec.sets[set].label + ", " + spec.labels[at] + ": " + format(data[at]);
		});
	}

	function draw(figure) {
		const spec = specs.find((s) => s.id === figure.id);
		if (charts.has(spec.id))
			charts.get(spec.id).destroy();
		const canvas = figure.querySelector("canvas");
		if (spec.horizontal)
			canvas.parentNode.style.height = 6 + 1.6 * spec.labels.length + "rem";
		const chart = new Chart(canvas, config(spec));
		if (!charts.has(spec.id))
			keyboard(canvas, figure.querySelector("output"), spec);
		charts.set(spec.id, chart);
		figure.dataset.plotted = JSON.stringify(plotted(chart, spec.horizontal));
	}

	for (const figure of document.querySelectorAll("figure.chart")) {
		const fold = figure.closest("details");
		figure.hidden = false;
		if (!fold || fold.open)
			draw(figure);
		else
			fold.addEventListener("toggle", () => charts.has(figure.id) || draw(figure));
	}
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
		for (const id of [...charts.keys()])
			draw(document.getElementById(id));
	});
})();
