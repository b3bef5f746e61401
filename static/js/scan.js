"use strict";
// A gun is a keyboard. Keys are rebuilt from event.code so that a Chinese input method cannot swallow them; every scan
// has its own id so that a repeated request counts once; a wrong scan is seen, heard, felt and spoken.
(() => {
  const audio = () => (audio.context ??= new AudioContext());
  const tones = { ok: [[880, 0.08]], done: [[660, 0.09], [990, 0.14]], wrong: [[180, 0.35], [140, 0.35]] };
  const sound = (tone) => {
    try {
      let at = audio().currentTime;
      for (const [frequency, seconds] of tones[tone] ?? []) {
        const oscillator = audio().createOscillator(), gain = audio().createGain();
        oscillator.frequency.value = frequency;
        oscillator.type = tone === "wrong" ? "square" : "sine";
        gain.gain.value = 0.2;
        oscillator.connect(gain).connect(audio().destination);
        oscillator.start(at);
        oscillator.stop(at + seconds);
        at += seconds;
      }
    } catch (error) { /* no sound device */ }
  };
  const tell = () => {
    const verdict = document.querySelector("[data-tone]");
    if (!verdict || verdict.dataset.told) return;
    verdict.dataset.told = "1";
    sound(verdict.dataset.tone);
    navigator.vibrate?.(verdict.dataset.tone === "wrong" ? [200, 80, 200] : 40);
    if (verdict.dataset.tone !== "ok" && window.speechSynthesis) {
      const words = new SpeechSynthesisUtterance(verdict.dataset.say);
      words.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
      speechSynthesis.speak(words);
    }
  };

  const named = { Minus: ["-", "_"], Slash: ["/", "?"], Period: [".", ">"], Equal: ["=", "+"], Space: [" ", " "], Semicolon: [";", ":"] };
  const character = (event) => {
    const { code, shiftKey } = event;
    if (/^Key[A-Z]$/.test(code)) return code[3];
    if (/^(Digit|Numpad)\d$/.test(code)) return code.at(-1);
    if (code === "NumpadSubtract") return "-";
    return named[code]?.[shiftKey ? 1 : 0] ?? "";
  };
  let buffer = "", last = 0;
  document.addEventListener("keydown", (event) => {
    const form = document.querySelector("[data-scan]");
    const field = event.target.closest?.("input:not([type=hidden]), textarea");
    if (!form || (field && field.name !== "code") || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = performance.now();
    if (now - last > 120) buffer = "";
    last = now;
    if (event.key === "Enter" || event.code === "NumpadEnter" || event.key === "Tab") {
      if (buffer.length >= 3) {
        event.preventDefault();
        form.elements.code.value = buffer;
        buffer = "";
        form.requestSubmit();
      }
    } else {
      buffer += character(event);
    }
  }, true);

  const freshId = (form) => {
    const id = form.elements.uuid;
    if (id && crypto.randomUUID) id.value = crypto.randomUUID();
  };
  const state = (text) => { const el = document.getElementById("link-state"); if (el) el.textContent = text; };
  document.addEventListener("htmx:afterSwap", () => { tell(); document.getElementById("code")?.focus(); });
  document.addEventListener("htmx:sendError", () => { state("✗"); sound("wrong"); });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) state("✓"); });
  document.querySelectorAll("form").forEach(freshId);
  tell();
})();
