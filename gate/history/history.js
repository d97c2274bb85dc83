"use strict";
(() => {
  const days = JSON.parse(document.getElementById("days").textContent), total = days.length;
  const all = [...document.querySelectorAll(".requirement")], spans = [...document.querySelectorAll(".span")];
  const find = (id) => document.getElementById(id);
  const tools = find("tools"), axis = document.querySelector(".axis"), told = find("told"), text = find("text");
  const from = find("from"), to = find("to"), search = find("search");
  let low = 0, high = 1; // the stretch that is shown, as a part of all
  let byDays = false, chosen = null;

  // Where a commit begins, as a part of all.
  const place = (commit) => {
    if (!byDays) return commit / total;
    const last = days[total - 1] + 1 - days[0];
    return commit >= total ? 1 : (days[commit] - days[0]) / last;
  };
  const iso = (day) => new Date((day - 719163) * 864e5).toISOString().slice(0, 10);
  const commitAt = (part) => {
    if (!byDays) return Math.min(total - 1, Math.max(0, Math.floor(part * total)));
    const day = days[0] + part * (days[total - 1] + 1 - days[0]);
    const at = days.findIndex((each) => each >= Math.floor(day));
    return at < 0 ? total - 1 : at;
  };

  const draw = () => {
    const width = high - low;
    for (const span of spans) {
      const begin = (place(+span.dataset.first) - low) / width, end = (place(+span.dataset.last + 1) - low) / width;
      span.hidden = end <= 0 || begin >= 1;
      span.style.left = `${100 * Math.max(begin, 0)}%`;
      span.style.width = `${100 * (Math.min(end, 1) - Math.max(begin, 0))}%`;
    }
    axis.replaceChildren();
    const ticks = Math.max(2, Math.min(10, Math.floor(axis.clientWidth / 110)));
    for (let n = 0; n < ticks; n++) {
      const tick = document.createElement("span");
      tick.textContent = iso(days[commitAt(low + (width * n) / ticks)]);
      tick.style.left = `${(100 * n) / ticks}%`;
      axis.append(tick);
    }
    from.value = Math.round(1000 * low);
    to.value = Math.round(1000 * high);
    from.setAttribute("aria-valuetext", iso(days[commitAt(low)]));
    to.setAttribute("aria-valuetext", iso(days[commitAt(Math.min(high, 0.99999))]));
  };
  const zoom = (begin, end) => {
    const least = Math.min(1, Math.max(4 / total, 1e-4)), size = Math.min(1, Math.max(end - begin, least));
    low = Math.min(Math.max(begin, 0), 1 - size);
    high = low + size;
    draw();
  };

  const tell = (span) => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = span;
    told.hidden = !span;
    if (!span) return;
    span.classList.add("chosen");
    const about = document.createElement("p"), id = document.createElement("strong");
    id.textContent = span.closest(".requirement").dataset.id;
    about.append(id);
    text.replaceChildren(about, ...[...find(span.dataset.tells).childNodes].map((node) => node.cloneNode(true)));
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const now = new Set([...tools.querySelectorAll("[name=now]:checked")].map((box) => box.value));
    let left = 0;
    for (const one of all) {
      const says = one.textContent.toLowerCase();
      one.hidden = !now.has(one.dataset.now) || !words.every((word) => says.includes(word));
      left += !one.hidden;
    }
    find("shown").textContent = left === all.length ? `${left} requirements` : `${left} of ${all.length} requirements`;
    find("none").hidden = left > 0;
  };

  for (const span of spans) {
    span.addEventListener("click", () => tell(span));
    span.addEventListener("mouseenter", () => tell(span));
    span.addEventListener("focus", () => tell(span));
    span.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
      let other = step && span[step];
      while (other && other.hidden) other = other[step];
      if (!other) return;
      event.preventDefault();
      span.tabIndex = -1;
      other.tabIndex = 0;
      other.focus();
    });
  }
  for (const one of all) {
    const track = one.querySelector(".track");
    track.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.shiftKey) return; // a page scrolls
      event.preventDefault();
      const box = track.getBoundingClientRect(), at = low + ((event.clientX - box.left) / box.width) * (high - low);
      const by = (event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8;
      zoom(at - (at - low) * by, at + (high - at) * by);
    }, { passive: false });
  }
  find("close").addEventListener("click", () => tell(null));
  document.addEventListener("keydown", (event) => event.key === "Escape" && tell(null));
  search.addEventListener("input", filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("change", (event) => {
    if (event.target.name === "scale") {
      byDays = event.target.value === "days";
      zoom(0, 1);
    } else if (event.target.name === "now") filter();
  });
  from.addEventListener("input", () => zoom(Math.min(from.value / 1000, high - 0.001), high));
  to.addEventListener("input", () => zoom(low, Math.max(to.value / 1000, low + 0.001)));
  for (const button of tools.querySelectorAll("[data-last]")) {
    button.addEventListener("click", () => {
      const back = +button.dataset.last, begin = days[total - 1] - back;
      const commit = back ? Math.max(0, days.findIndex((day) => day >= begin)) : 0;
      zoom(place(commit), 1);
    });
  }
  addEventListener("resize", draw);
  tools.hidden = false;
  filter();
  draw();
})();
