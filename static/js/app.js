"use strict";
// Ctrl-K and a scanner gun both reach the search box; row selection keeps the batch bar honest.
(() => {
  const find = document.getElementById("find");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find) {
      event.preventDefault();
      find.focus();
      find.select();
    }
  });

  // A gun types a whole code within a few milliseconds per key and ends with Enter, wherever the focus is.
  let keys = "", last = 0;
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!find || target.closest("input, textarea, select") || event.isComposing) return;
    const now = performance.now();
    if (now - last > 60) keys = "";
    last = now;
    if (event.key === "Enter" && keys.length >= 4) {
      event.preventDefault();
      find.value = keys;
      find.form.submit();
    } else if (event.key.length === 1) {
      keys += event.key;
    }
  });

  let anchor = null;
  const boxes = () => [...document.querySelectorAll("[data-row]")];
  const refresh = () => {
    const all = boxes(), chosen = all.filter((box) => box.checked).length;
    document.querySelectorAll("[data-chosen]").forEach((el) => { el.textContent = chosen; });
    document.querySelectorAll("[data-needs-rows]").forEach((el) => { el.disabled = chosen === 0; });
    document.querySelectorAll("[data-all]").forEach((el) => { el.checked = chosen > 0 && chosen === all.length; });
  };
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches("[data-all]")) {
      boxes().forEach((row) => { row.checked = box.checked; });
    } else if (box.matches("[data-row]")) {
      const all = boxes();
      if (event.shiftKey && anchor) {
        const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((row) => { row.checked = box.checked; });
      }
      anchor = box;
    } else if (box.closest("[data-copy]")) {
      navigator.clipboard?.writeText(box.closest("[data-copy]").dataset.copy);
      return;
    } else {
      return;
    }
    refresh();
  });
  document.addEventListener("htmx:afterSwap", refresh);
  document.addEventListener("submit", (event) => {
    const text = event.submitter?.dataset.confirm;
    if (text && !window.confirm(text)) event.preventDefault();
  });
  refresh();
})();
