// SPDX-License-Identifier: GPL-2.0-only
// The filter above each long table. Without JavaScript the tables are whole.
for (const box of document.querySelectorAll("input[data-table]")) {
	box.hidden = false;
	const rows = document.querySelectorAll("#" + box.dataset.table + " tbody tr");
	box.addEventListener("input", () => {
		const words = box.value.toLowerCase().split(/\s+/);
		for (const row of rows) {
			const text = row.textContent.toLowerCase();
			row.hidden = !words.every((word) => text.includes(word));
		}
	});
}
