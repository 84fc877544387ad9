// Comfort only: every page is whole without it. Times become "3 hours ago"
// with the exact one kept as a tooltip; j and k walk through the stories, o
// opens the sources, / goes to the search box.
(function () {
	"use strict";

	var steps = [
		["minute", 60],
		["hour", 3600],
		["day", 86400]
	];

	function humanise() {
		var now = Date.now();
		var ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
		var exact = new Intl.DateTimeFormat(undefined, {
			dateStyle: "full", timeStyle: "short"
		});

		document.querySelectorAll("time[datetime]").forEach(function (t) {
			var when = Date.parse(t.dateTime);
			var seconds = (when - now) / 1000;
			var far = Math.abs(seconds);
			var step = steps[0];

			if (isNaN(when))
				return;
			t.title = exact.format(when);
			if (far > 7 * 86400)
				return; // the date says more than "9 days ago"
			steps.forEach(function (s) {
				if (far >= s[1])
					step = s;
			});
			t.textContent = far < 60 ? "just now" :
				ago.format(Math.round(seconds / step[1]), step[0]);
		});
	}

	function headings() {
		return Array.prototype.slice.call(
			document.querySelectorAll("article h2 a, .sources > li > a"));
	}

	function move(by) {
		var all = headings().filter(function (a) {
			return a.offsetParent !== null; // not folded away
		});
		var at = all.indexOf(document.activeElement);
		var next = at >= 0 ? at + by : by > 0 ? 0 : all.length - 1;

		if (all[next])
			all[next].focus();
	}

	document.addEventListener("keydown", function (e) {
		var box = document.getElementById("q");
		var story;

		if (e.ctrlKey || e.altKey || e.metaKey ||
		    /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName))
			return;
		if (e.key === "/" && box) {
			box.focus();
			box.select();
			e.preventDefault();
		} else if (e.key === "j" || e.key === "k") {
			move(e.key === "j" ? 1 : -1);
		} else if (e.key === "o") {
			story = document.activeElement.closest("article");
			story = story && story.querySelector("details");
			if (story)
				story.open = !story.open;
		}
	});

	if (window.Intl && Intl.RelativeTimeFormat) {
		humanise();
		setInterval(humanise, 60000);
	}
}());
