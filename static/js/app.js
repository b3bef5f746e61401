"use strict";
// The frame: search by Ctrl-K or by a scanner gun, menus, questions, copying, dialogs, and what went wrong.
(() => {
  const byId = (id) => document.getElementById(id);
  const find = byId("find"), said = byId("said");
  const inField = (target) => target.closest?.("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (find && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === "Escape") {
      closeMenus(null);
    }
  });

  // A gun types a whole code within a few milliseconds per key and ends with Enter, wherever the focus is.
  const GUN_GAP_MS = 60, SHORTEST_CODE = 4;
  let keys = "", last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!find || inField(event.target) || document.querySelector("dialog[open]")) return;
    const now = event.timeStamp;
    if (now - last > GUN_GAP_MS) keys = "";
    last = now;
    if (event.key === "Enter" && keys.length >= SHORTEST_CODE) {
      event.preventDefault();
      find.value = keys;
      find.form.submit();
    } else if (event.key.length === 1) {
      keys += event.key;
    }
  });

  const closeMenus = (except) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    if (byId("nav-open")?.checked && !event.target.closest(".side, .nav-button, #nav-open")) byId("nav-open").checked = false;
    const copy = event.target.closest("[data-copy]");
    if (!copy || !navigator.clipboard) return;
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      copy.classList.add("done");
      said.textContent = `${said.dataset.copied}: ${copy.dataset.copy}`;
      setTimeout(() => copy.classList.remove("done"), 1500);
    });
  });

  // data-confirm on a submit button: ask first, then press it again.
  const question = byId("confirm");
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.confirm || !question) return;
    if (button.dataset.confirmed) {
      delete button.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    byId("confirm-text").textContent = button.dataset.confirm;
    question.returnValue = "no";
    question.showModal();
    question.addEventListener("close", () => {
      if (question.returnValue !== "yes") return;
      button.dataset.confirmed = "1";
      button.form.requestSubmit(button);
    }, { once: true });
  }, true);

  // htmx: empty filters stay out of the address; a dialog opens when something is put into it; failures are said.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get") return;
    for (const [name, value] of [...detail.formData.entries()]) if (value === "") detail.formData.delete(name);
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target?.id === "modal-body" && !byId("modal").open) byId("modal").showModal();
  });
  const complain = (text) => {
    const box = byId("messages");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "note note-error";
    note.setAttribute("role", "alert");
    note.textContent = text;
    box.replaceChildren(note);
  };
  document.addEventListener("htmx:responseError", ({ detail }) => {
    complain(`${said.dataset.failed} ${detail.xhr.getResponseHeader("X-Request-Id") ?? "?"}`);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => complain(said.dataset.offline));
  }
})();
