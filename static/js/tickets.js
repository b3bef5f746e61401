"use strict";
// The board by keyboard and by dragging (both press the same menu buttons), and one-click texts for the reply.
(() => {
  const cards = () => [...document.querySelectorAll("[data-card]")];
  const inField = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.closest("[data-compose]")?.querySelector("button[value=reply]").click();
      return;
    }
    if (inField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = cards(), at = all.indexOf(document.activeElement.closest("[data-card]"));
    if (event.key === "j" || event.key === "k") {
      const next = all[event.key === "j" ? Math.min(at + 1, all.length - 1) : Math.max(at - 1, 0)];
      next?.focus();
      next?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Enter" && all.includes(document.activeElement)) {
      document.activeElement.querySelector("a").click();
    } else if (event.key === "m" && at >= 0) {
      const menu = all[at].querySelector("[data-menu]");
      if (!menu) return;
      menu.open = !menu.open;
      menu.querySelector("button")?.focus();
    } else if (event.key === "Escape") {
      const menu = document.activeElement.closest("[data-menu]");
      if (menu) {
        menu.open = false;
        menu.closest("[data-card]")?.focus();
      }
    } else if (event.key === "r") {
      const composer = document.querySelector("[data-composer]");
      if (composer) {
        event.preventDefault();
        composer.focus();
      }
    }
  });

  document.addEventListener("click", (event) => {
    const ready = event.target.closest("[data-insert]");
    const composer = document.querySelector("[data-composer]");
    if (!ready || !composer) return;
    event.preventDefault();
    composer.setRangeText(ready.dataset.insert, composer.selectionStart, composer.selectionEnd, "end");
    composer.focus();
  });

  // data-drops says "lane:move lane:move"; dropping presses the button of that move.
  let dragged = null;
  const moveTo = (lane) => {
    const drop = dragged?.dataset.drops.split(" ").find((pair) => pair.startsWith(`${lane.dataset.lane}:`));
    return drop && dragged.querySelector(`[data-move] button[value="${drop.split(":")[1]}"]`);
  };
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    event.dataTransfer?.setData("text/plain", "");
  });
  document.addEventListener("dragover", (event) => {
    const lane = event.target.closest?.("[data-lane]");
    document.querySelectorAll(".lane.over").forEach((other) => other.classList.remove("over"));
    if (!lane || !moveTo(lane)) return;
    event.preventDefault();
    lane.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const lane = event.target.closest?.("[data-lane]"), button = lane && moveTo(lane);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
