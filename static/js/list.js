"use strict";
// Lists: choosing rows (also a run of them with Shift), and links that follow the filters htmx has set meanwhile.
(() => {
  let anchor = null;
  const boxes = () => [...document.querySelectorAll("[data-row]")];
  const refresh = () => {
    const all = boxes(), chosen = all.filter((box) => box.checked).length;
    const matching = document.querySelector("[data-matching]")?.checked;
    document.querySelectorAll("[data-chosen]").forEach((el) => { el.textContent = matching ? "✓" : chosen; });
    document.querySelectorAll("[data-needs-rows]").forEach((el) => { el.disabled = chosen === 0 && !matching; });
    document.querySelectorAll(".batch").forEach((el) => el.classList.toggle("idle", chosen === 0 && !matching));
    document.querySelectorAll("[data-all]").forEach((el) => {
      el.checked = chosen > 0 && chosen === all.length;
      el.indeterminate = chosen > 0 && chosen < all.length;
    });
  };
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.matches("[data-all]")) {
      boxes().forEach((row) => { row.checked = box.checked; });
    } else if (box.matches("[data-row]")) {
      const all = boxes();
      if (event.shiftKey && anchor?.isConnected) {
        const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
        all.slice(from, to + 1).forEach((row) => { row.checked = box.checked; });
      }
      anchor = box;
    } else if (!box.matches("[data-matching]")) {
      return;
    }
    refresh();
  });
  document.addEventListener("htmx:afterSwap", () => {
    refresh();
    const said = document.getElementById("said"), result = document.querySelector("[data-result]");
    if (said && result) said.textContent = result.textContent;
  });
  window.addEventListener("pageshow", refresh);  // a page out of the browser's memory keeps its ticks

  const NOT_KEPT = ["after", "before"];
  const params = () => {
    const found = new URLSearchParams(location.search);
    NOT_KEPT.forEach((name) => found.delete(name));
    return found;
  };
  const canonical = (search) => {
    const pairs = [...search].filter(([name, value]) => value && name !== "q" && !NOT_KEPT.includes(name));
    return JSON.stringify(pairs.sort((a, b) => (a[0] + "\0" + a[1] < b[0] + "\0" + b[1] ? -1 : 1)));
  };
  document.addEventListener("htmx:pushedIntoHistory", () => {
    document.querySelectorAll("a[data-set]").forEach((link) => {
      const [name, value] = link.dataset.set.split("=", 2), to = params();
      if (value) to.set(name, value); else to.delete(name);
      link.search = to.toString();
    });
    document.querySelectorAll("a[data-view]").forEach((tab) => {
      const active = canonical(params()) === canonical(new URLSearchParams(tab.dataset.view));
      tab.classList.toggle("active", active);
      if (active) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
    });
    // Filters that something else has changed (a chip, the sorting) go along with the form's next request.
    const sort = document.querySelector("form[data-filters] input[name=sort]");
    const form = document.querySelector("form[data-filters]");
    const now = params().get("sort");
    if (sort) sort.value = now ?? "";
    else if (form && now) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "sort", value: now }));
  });
  refresh();
})();
