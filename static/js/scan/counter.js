// The counter: each scan is answered in place, one after the other, and the focus stays in the box.

import { focusBox, moment } from "./box.js";
import { tell } from "./outcome.js";

const SETTLED = 500; // milliseconds in which an Enter still belongs to the scan before it

const form = document.querySelector("form[data-counter]");
const place = document.querySelector("[data-verdict]");
const { htmx } = window;
const waiting = [];
let asking = false;
let answered = -Infinity;

const values = (scan) => ({
  code: scan.raw,
  source: scan.source,
  csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value,
});

const ask = async () => {
  if (asking || !waiting.length) return;
  asking = true;
  place.setAttribute("aria-busy", "true");
  try {
    await htmx.ajax("POST", form.action, { target: place, swap: "innerHTML", values: values(waiting.shift()) });
  } catch {
    // no answer came: an event of htmx says so, below
  } finally {
    asking = false;
    place.removeAttribute("aria-busy");
  }
  await ask();
};

const settle = () => {
  answered = performance.now();
  const answer = place.querySelector("[data-outcome]");
  if (!answer) return;
  tell(answer.dataset.outcome, answer.dataset.word, form);
  answer.scrollIntoView({ block: "nearest" }); // on a phone it would stand below the edge
  if (answer.dataset.outcome === "stop") {
    waiting.length = 0; // what was scanned meanwhile waits in the hand, not here
    place.querySelector("input[name=reason]")?.focus();
  } else {
    focusBox(form);
  }
};

// Enter in the empty box is the button below; not the second Enter of a scanner that sends two.
const proceed = () => {
  if (asking || performance.now() - answered < SETTLED) return;
  place.querySelector("[data-primary]")?.click();
};

// Without htmx the form is sent as it is, and the page comes again with the verdict.
if (htmx) {
  form.addEventListener("scan", (event) => {
    event.preventDefault();
    waiting.push(event.detail);
    ask();
  });
  form.addEventListener("scan-empty", proceed);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === place) settle();
  });
  for (const failed of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failed, () => {
      waiting.length = 0;
      place.textContent = "";
      tell("unknown", form.dataset.trouble, form);
      form.dataset.failed = moment();
      focusBox(form);
    });
  }
  document.addEventListener("htmx:beforeRequest", () => delete form.dataset.failed);
  if (place.querySelector("[data-answer]")) place.querySelector("input[name=reason]").focus();
}
