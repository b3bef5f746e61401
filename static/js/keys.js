"use strict";
// A list by keyboard: j and k walk its rows, x chooses one, f does what is suggested about it, Enter opens it, ? tells.
(() => {
  // A scanner gun types letters too, but never one alone: a key counts once nothing else has followed for a moment.
  const GUN_GAP_MS = 60;
  let row = null, waiting = null, last = -GUN_GAP_MS;
  const rows = () => [...document.querySelectorAll("#list tbody tr")];
  const stand = (to) => {
    row?.classList.remove("here");
    row = to;
    row.classList.add("here");
    row.scrollIntoView({ block: "nearest" });
    (row.querySelector("[data-open]") ?? row.querySelector("[data-row]"))?.focus({ preventScroll: true });
  };
  const walk = (step) => {
    const all = rows(), at = all.indexOf(row);
    if (all.length) stand(all[Math.min(Math.max(at < 0 ? 0 : at + step, 0), all.length - 1)]);
  };
  const press = (selector) => { if (row?.isConnected) row.querySelector(selector)?.click(); };
  const ACTS = {
    j: () => walk(1),
    k: () => walk(-1),
    x: () => press("[data-row]"),
    f: () => press("[data-fix]"),
    "?": () => { const help = document.querySelector("[data-keys]"); if (help) help.open = !help.open; },
  };
  document.addEventListener("keydown", (event) => {
    clearTimeout(waiting);
    const alone = event.timeStamp - last > GUN_GAP_MS;
    last = event.timeStamp;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || !document.querySelector("[data-keys]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog") || document.querySelector("dialog[open]")) return;
    const act = ACTS[event.key];
    if (act && alone) waiting = setTimeout(act, GUN_GAP_MS);
  });
})();
