"use strict";

const byId = (id) => document.getElementById(id);
const form = byId("filter");
const requirements = [...document.querySelectorAll(".requirement")].map((element) => ({
  element,
  verdict: element.dataset.verdict,
  age: element.dataset.age,
  details: element.querySelector("details"),
  text: element.textContent.toLowerCase(),
}));

// Every word that is searched for must stand somewhere in a requirement.
function filter() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdicts = new Set([...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
  const changed = form.querySelector("[name=changed]:checked");
  const fresh = (age) => age === "new" || age === "changed";
  let shown = 0;
  for (const { element, verdict, age, text } of requirements) {
    const wanted = verdicts.has(verdict) && (!changed || fresh(age));
    element.hidden = !(wanted && words.every((word) => text.includes(word)));
    shown += element.hidden ? 0 : 1;
  }
  for (const feature of document.querySelectorAll(".feature:has(.requirement)")) {
    feature.hidden = !feature.querySelector(".requirement:not([hidden])");
  }
  byId("none").hidden = shown > 0;
  byId("shown").textContent = `${shown} of ${requirements.length} shown`;
}

// A link to a requirement opens it, whatever the filter hides.
function reveal() {
  const wanted = requirements.find(({ element }) => element.dataset.id === location.hash.slice(1));
  if (!wanted) return;
  if (wanted.element.hidden) {
    form.reset();
    filter();
  }
  wanted.details.open = true;
  const summary = wanted.details.querySelector("summary");
  summary.focus({ preventScroll: true });
  summary.scrollIntoView();
}

const openAll = (open) => requirements.forEach(({ details }) => { details.open = open; });

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));
byId("open").addEventListener("click", () => openAll(true));
byId("close").addEventListener("click", () => openAll(false));
window.addEventListener("hashchange", reveal);

// On paper everything is open.
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = requirements.filter(({ details }) => !details.open);
  opened.forEach(({ details }) => { details.open = true; });
});
window.addEventListener("afterprint", () => opened.forEach(({ details }) => { details.open = false; }));

form.hidden = false;
filter();
reveal();
