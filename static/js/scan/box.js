// The scan box: one field that takes whatever a scanner, a hand, the clipboard or a camera gives.
//
// Works on every `form[data-scan-box]` with `scan/_box.html` inside, also on those that htmx brings later. Each whole
// scan is a `scan` event on the form, bubbling and cancelable, with `detail = {raw, source, at}`; unless a listener
// calls preventDefault() the form is sent with the code. Enter in an empty box is a `scan-empty` event.

import { muted, setMuted, tell } from "./outcome.js";
import { listen } from "./wedge.js";

const BOX = "form[data-scan-box]";
const INPUT = "[data-scan-input]";
const upgraded = new WeakSet();

/** A moment as ISO 8601 with the offset of this device, to the millisecond. */
export const moment = (date = new Date()) => {
  const offset = -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + offset * 60000).toISOString().slice(0, -1);
  const two = (number) => String(Math.trunc(number)).padStart(2, "0");
  const size = Math.abs(offset);
  return `${shifted}${offset < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
};

const inputOf = (form) => form.querySelector(INPUT);

const isThere = (form) => form.isConnected && form.checkVisibility() && !form.closest("[inert]");

/** The box a scan belongs to: the one around the focus, else the first that can be seen. */
export const boxInUse = (target) => {
  const around = target?.closest?.(BOX);
  if (around) return around;
  const dialog = document.querySelector("dialog[open]");
  return [...(dialog ?? document).querySelectorAll(BOX)].find(isThere) ?? null;
};

/** Hands a whole scan to the page; the form is sent with it unless somebody says that it is dealt with. */
export const give = (form, raw, source, suffix = "") => {
  const input = inputOf(form);
  input.value = raw;
  form.querySelector("[data-scan-source]").value = source;
  const suffixField = form.querySelector("[data-scan-suffix]"); // asked for by the scanner check only
  if (suffixField) suffixField.value = suffix;
  const detail = { raw, source, at: moment() };
  const event = new CustomEvent("scan", { bubbles: true, cancelable: true, detail });
  if (form.dispatchEvent(event)) {
    form.dataset.scanGiven = "yes";
    form.requestSubmit();
  } else {
    input.value = "";
  }
  return !event.defaultPrevented;
};

// The button beside the box, and every other way to send the form, is a scan too.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches(BOX) || !upgraded.has(form)) return;
    if (form.dataset.scanGiven) {
      delete form.dataset.scanGiven;
      return;
    }
    const { submitter } = event;
    if (submitter?.name) return; // a button that means something else than the code
    event.preventDefault();
    event.stopImmediatePropagation();
    const { value } = inputOf(form);
    if (value.trim()) give(form, value, "keys");
  },
  true,
);

const pasted = (event) => {
  const form = boxInUse(event.target);
  if (!form || !upgraded.has(form)) return;
  const input = inputOf(form);
  const elsewhere = event.target.matches?.("input, textarea, [contenteditable]") && event.target !== input;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (elsewhere || !text.trim()) return;
  const typedAround = event.target === input && input.value &&
    input.selectionEnd - input.selectionStart < input.value.length;
  if (typedAround) return; // somebody mends a code by hand
  event.preventDefault();
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.trim() && give(form, line, "paste")) return; // the form is on its way
  }
};

/** Puts the focus into the box, without a keyboard jumping up on a phone that nobody asked for. */
export const focusBox = (form = boxInUse(document.activeElement)) => {
  if (!form || !isThere(form) || matchMedia("(pointer: coarse)").matches) return;
  inputOf(form).focus({ preventScroll: true });
};

const withoutFocus = () =>
  (document.activeElement === document.body || document.activeElement === null) &&
  document.hasFocus() && String(document.getSelection()) === "";

const keepFocus = () => {
  // Where the focus went to nothing, it comes back; who tabs to a button stays there.
  setTimeout(() => {
    if (withoutFocus()) focusBox();
  });
};

// A click on nothing in particular is no wish to be there. (Who comes by the skip link stays in the content.)
const clicked = ({ target, detail }) => {
  const meant = target.closest("a, button, input, select, textarea, label, summary, dialog, [contenteditable]");
  if (detail && !meant && String(document.getSelection()) === "") focusBox();
};

const muteButton = (button) => {
  const show = () => {
    button.setAttribute("aria-pressed", String(muted()));
  };
  button.addEventListener("click", () => {
    setMuted(!muted());
    show();
    if (!muted()) tell("good", button.dataset.word, button.form ?? document);
  });
  show();
};

/** Makes a scan box of a form. Doing it twice changes nothing. */
export const upgrade = (form) => {
  if (upgraded.has(form) || !inputOf(form)) return;
  upgraded.add(form);
  form.noValidate = true; // an empty box is nothing to complain about
  for (const button of form.querySelectorAll("[data-scan-mute]")) muteButton(button);
  form.querySelector("[data-scan-tools]")?.removeAttribute("hidden");
  if (navigator.mediaDevices?.getUserMedia && form.querySelector("[data-scan-camera]")) {
    const button = form.querySelector("[data-scan-camera-button]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const { toggleCamera } = await import("./camera.js");
      await toggleCamera(form, (raw) => give(form, raw, "camera"));
    });
  }
  const photo = form.querySelector("[data-scan-photo]");
  photo?.addEventListener("change", async () => {
    const { readPhoto } = await import("./photo.js");
    await readPhoto(form, photo, (raw) => give(form, raw, "photo"));
  });
};

const upgradeAll = () => {
  for (const form of document.querySelectorAll(BOX)) upgrade(form);
  if (withoutFocus()) focusBox();
};

listen({
  boxFor: (target) => {
    const form = boxInUse(target);
    return form && upgraded.has(form) ? inputOf(form) : null;
  },
  give: (input, raw, source, suffix) => give(input.form, raw, source, suffix),
  empty: (input) => input.form.dispatchEvent(new CustomEvent("scan-empty", { bubbles: true })),
});
document.addEventListener("paste", pasted);
document.addEventListener("focusout", keepFocus);
document.addEventListener("click", clicked);
window.addEventListener("focus", keepFocus);
document.addEventListener("htmx:afterSettle", upgradeAll);
upgradeAll();
