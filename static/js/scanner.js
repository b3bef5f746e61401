"use strict";
// What the gun really sends: keys, gaps, terminator, and what is wrong with it.
(() => {
  const SILENCE_MS = 400, SLOW_MS = 60;
  const rows = document.getElementById("keys"), heard = document.getElementById("heard"), verdict = document.getElementById("verdict");
  let events = [], last = 0, timer = 0;

  const judge = () => {
    const end = events.at(-1)?.key, ended = end === "Enter" || end === "Tab";
    const gaps = events.slice(1).map((one) => one.gap), typical = gaps.length ? gaps.sort((a, b) => a - b)[gaps.length >> 1] : 0;
    const problem = events.some((one) => one.ime) ? "ime" : events.some((one) => one.alt) ? "alt" : !ended ? "end" : typical > SLOW_MS ? "slow" : "good";
    verdict.textContent = (problem === "good" ? "✓ " : "✗ ") + verdict.dataset[problem];
    events = [];
  };
  document.addEventListener("keydown", (event) => {
    if (["Shift", "Control", "Meta", "CapsLock"].includes(event.key)) return;
    const now = performance.now();
    if (!events.length) {
      rows.replaceChildren();
      heard.textContent = "";
    }
    const one = { key: event.key, gap: events.length ? Math.round(now - last) : 0, ime: event.isComposing || event.key === "Process", alt: event.altKey };
    last = now;
    events.push(one);
    if (one.key.length === 1) heard.textContent += one.key;
    const row = rows.insertRow();
    for (const text of [events.length, event.key, event.code, one.gap]) row.insertCell().textContent = text;
    if (event.key === "Tab" || event.key === "Enter") event.preventDefault();
    clearTimeout(timer);
    timer = setTimeout(judge, event.key === "Enter" || event.key === "Tab" ? 0 : SILENCE_MS);
  });
})();
