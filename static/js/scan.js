"use strict";
// A gun is a keyboard. Keys are rebuilt from event.code so that a Chinese input method cannot swallow them. Every scan
// gets its own id and waits in line until the server has answered the one before it: a lost answer is asked for again
// with the same id and counts once. A wrong scan is seen, heard, felt and spoken, and must be confirmed.
(() => {
  const LONGEST_GAP_MS = 250;   // between two keys of one scan, over a bad radio
  const GUN_GAP_MS = 40;        // faster than a person types
  const CONFIRM = "C-OK";       // the printed command card that says "seen"
  const COMMAND = /^C-[A-Z]+$/;
  const RETRY_MS = 2000;
  const SETTLE_MS = 50;         // htmx has made the new form its own by then
  const SEEN_MS = 300;          // nobody has read the alarm sooner

  const byId = (id) => document.getElementById(id);
  const form = () => document.querySelector("form[data-scan]");
  const alarm = byId("alarm"), question = byId("confirm");

  // --- what is heard, felt, seen ---
  const TONES = { ok: [[880, 0.08]], done: [[660, 0.09], [990, 0.16]], wrong: [[180, 0.3], [140, 0.4]] };
  let speaker = null;
  const sound = (tone) => {
    try {
      speaker ??= new AudioContext();
      let at = speaker.currentTime;
      for (const [frequency, seconds] of TONES[tone] ?? []) {
        const oscillator = speaker.createOscillator(), gain = speaker.createGain();
        oscillator.frequency.value = frequency;
        oscillator.type = tone === "wrong" ? "square" : "sine";
        gain.gain.value = 0.25;
        oscillator.connect(gain).connect(speaker.destination);
        oscillator.start(at);
        oscillator.stop(at + seconds);
        at += seconds;
      }
    } catch { /* no sound device */ }
  };
  const say = (text) => {
    if (!text || !window.speechSynthesis) return;
    const words = new SpeechSynthesisUtterance(text);
    words.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
    speechSynthesis.cancel();
    speechSynthesis.speak(words);
  };
  let lastCode = "", shownAt = 0;
  const tell = () => {
    const verdict = document.querySelector("[data-tone]:not([data-told])");
    if (!verdict) return;
    verdict.dataset.told = "1";
    const { tone, say: words, next } = verdict.dataset;
    sound(tone);
    navigator.vibrate?.(tone === "wrong" ? [200, 80, 200] : 40);
    say(tone === "ok" ? next : words);
    if (tone !== "wrong" || !alarm) return;
    byId("alarm-text").textContent = words;
    byId("alarm-code").textContent = lastCode;
    shownAt = performance.now();
    if (!alarm.open) alarm.showModal();
  };

  // --- the line of scans ---
  const waiting = [];
  let sending = false, retry = 0, others = 0;  // `others`: answers that buttons beside the scan wait for
  const state = (name) => {
    const chip = byId("link-state");
    if (!chip) return;
    chip.dataset.state = name;
    chip.textContent = waiting.length > 1 || (name === "off" && waiting.length)
      ? `${chip.dataset[name]} · ${waiting.length}` : chip.dataset[name];
  };
  // A printed command card presses the button that carries its code; C-OK answers the question on the screen.
  const obey = (code) => {
    const button = question?.open
      ? code === CONFIRM && question.querySelector("button[value=yes]")
      : document.querySelector(`button[data-command="${code}"]`);
    if (button) button.click(); else sound("wrong");
  };
  const newId = () => crypto.randomUUID?.() ?? ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g,
    (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const send = () => {
    const target = form();
    if (sending || !waiting.length || alarm?.open) return;
    const scan = waiting[0];
    if (COMMAND.test(scan.code)) {
      waiting.shift();
      obey(scan.code);
      send();
      return;
    }
    if (!target || question?.open || others) return;
    lastCode = scan.code;
    target.elements.code.value = scan.code;
    if (!target.hasAttribute("hx-post")) {  // a form that opens another page
      waiting.length = 0;
      target.submit();
      return;
    }
    if (target.elements.uuid) target.elements.uuid.value = scan.uuid;
    sending = true;
    state("busy");
    target.requestSubmit();
  };
  const scanned = (code) => {
    if (question?.open && COMMAND.test(code)) {
      obey(code);
      return;
    }
    waiting.push({ code, uuid: newId() });
    send();
  };
  const isScan = (event) => sending && event.detail.requestConfig?.elt.matches("form[data-scan]");
  const failed = (event) => {
    state("off");
    sound("wrong");
    if (!isScan(event)) return;
    sending = false;
    const { xhr } = event.detail;
    if (xhr.status >= 400 && xhr.status < 500) {  // asking again would not help: the work has gone, or the right to it
      waiting.length = 0;
      location.reload();
      return;
    }
    clearTimeout(retry);
    retry = setTimeout(send, RETRY_MS);
  };

  // Not before it has settled: until then the new form is not htmx's, and would load the page anew. Said once for every
  // element that came, so the request is what tells one answer from the next.
  let settled = null;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr === settled) return;
    settled = event.detail.xhr;
    if (isScan(event)) {
      sending = false;
      waiting.shift();
    }
    state("on");
    tell();
    byId("code")?.focus();
    send();
  });
  const isOther = (event) => !event.detail.requestConfig?.elt.matches("form[data-scan]");
  document.addEventListener("htmx:beforeRequest", (event) => { if (isOther(event)) others += 1; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isOther(event)) return;
    others -= 1;
    setTimeout(send, SETTLE_MS);
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, failed);
  document.addEventListener("submit", (event) => {
    // Typed by hand (or by a gun into the field): the same line, the same ids.
    const target = event.target.closest("form[data-scan]");
    if (!target || sending || !target.hasAttribute("hx-post")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const code = target.elements.code.value.trim();
    if (code) setTimeout(() => scanned(code));  // a form cannot be submitted while it is being submitted
  }, true);
  window.addEventListener("offline", () => state("off"));
  window.addEventListener("online", () => { state("on"); send(); });
  window.addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });

  // --- keys ---
  const NAMED = { Minus: "-_", Slash: "/?", Period: ".>", Comma: ",<", Equal: "=+", Space: "  ", Semicolon: ";:", NumpadSubtract: "--", NumpadDecimal: "..", NumpadAdd: "++" };
  const character = ({ code, shiftKey }) => {
    if (/^Key[A-Z]$/.test(code)) return code[3];
    if (/^(Digit|Numpad)\d$/.test(code)) return code.at(-1);
    return NAMED[code]?.[shiftKey ? 1 : 0] ?? "";
  };
  let keys = "", last = 0, quick = 0;
  const forget = () => { keys = ""; quick = 0; };
  const isEnd = (event) => event.key === "Enter" || event.code === "NumpadEnter" || event.key === "Tab";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.code) return;
    const field = event.target.closest?.("input:not([type=hidden], [type=checkbox]), textarea, select");
    if (field && field.name !== "code" && !alarm?.open) return;
    const now = event.timeStamp, gap = now - last;  // when it was pressed, however busy the page was
    if (gap > LONGEST_GAP_MS) forget();
    last = now;
    const ime = byId("ime");
    if (ime && (event.isComposing || event.key === "Process")) ime.hidden = false;
    if (!isEnd(event)) {
      const typed = character(event);
      if (!typed) return;
      if (keys && gap < GUN_GAP_MS) quick += 1;
      keys += typed;
      return;
    }
    const code = keys, byGun = keys.length >= 3 && quick >= keys.length / 2;
    forget();
    if (alarm?.open) {
      // Only a deliberate Enter or the card confirms: the next scan of a hurried hand does not.
      event.preventDefault();
      if (code === CONFIRM || (!code && event.key !== "Tab" && now - shownAt > SEEN_MS)) alarm.close();
      else if (byGun) sound("wrong");
    } else if ((form() || COMMAND.test(code)) && (byGun || (code.length >= 3 && !field))) {
      event.preventDefault();
      event.stopPropagation();
      scanned(code);
    }
  }, true);
  alarm?.addEventListener("cancel", (event) => event.preventDefault());
  for (const dialog of [alarm, question]) dialog?.addEventListener("close", () => { byId("code")?.focus(); setTimeout(send); });

  tell();
})();
